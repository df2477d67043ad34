"""Ids that must not identify anybody: what is refused at entry, and why."""

import re

from mio_fidelity.errors import UserError

_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}")
_LETTERS = re.compile(r"[A-Za-z]+")
_DATE = re.compile(
    r"(19|20)\d{2}[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"|(0?[1-9]|[12]\d|3[01])[-_.](0?[1-9]|[12]\d|3[01])[-_.](\d{4}|\d{2})"
    r"|(0[1-9]|[12]\d|3[01])(0[1-9]|[12]\d|3[01])(19|20)\d{2}"
)
_NUMBER_OF_A_PERSON = re.compile(r"\d{3}[-_.]?\d{2}[-_.]?\d{4}|\d{3}[-_.]?\d{3}[-_.]?\d{4}")
_LONGEST_WORD = 4


def pseudonym(text: str) -> str:
    """``text`` without surrounding space, when it looks like a study's own id ("C017", "BH-03").

    Raises:
        UserError: it could be a name, an e-mail address, a date or a number that identifies a person.
    """
    code = text.strip()
    if "@" in code:
        raise _refused(code, "an e-mail address")
    if _DATE.fullmatch(code):
        raise _refused(code, "a date")
    if _NUMBER_OF_A_PERSON.fullmatch(code):
        raise _refused(code, "a social security or telephone number")
    words = _LETTERS.findall(code)
    if not any(letter.isdigit() for letter in code) or any(len(word) > _LONGEST_WORD for word in words):
        raise _refused(code, "a name")
    if not _SHAPE.fullmatch(code):
        raise UserError(
            "The id {code} has characters or a length that ids do not have. Use up to 16 letters, digits, "
            "hyphens or dots, such as C017.",
            code=repr(code),
        )
    return code


def label(text: str) -> str:
    """``text`` without surrounding space, when it is short enough for a site or an arm.

    Raises:
        UserError: it is empty, long, or an e-mail address.
    """
    code = text.strip()
    if not code or len(code) > 24 or "@" in code or any(not letter.isprintable() for letter in code):
        raise UserError(
            "{code} is not a label for a site or an arm. Use up to 24 characters, such as MIO or North.",
            code=repr(code),
        )
    return code


def _refused(code: str, what: str) -> UserError:
    return UserError(
        "The id {code} looks like {what}. Ids must not identify anybody: use the study's own numbering, "
        "such as C017.",
        code=repr(code),
        what=what,
    )
