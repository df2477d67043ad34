"""Ids that must not identify anybody: what is refused at entry, and why."""

import re

from mio_fidelity.errors import UserError

_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}")
_LETTERS = re.compile(r"[A-Za-z]+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_BETWEEN = "[-_./ ]"
# With a whole year or the name of a month a date is one anywhere in an id, else only as the whole of it.
_DATE = re.compile(
    r"(?<!\d)(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|[12]\d|3[01])(19|20)\d{2}(?!\d)"
    rf"|(?<!\d)(19|20)\d{{2}}{_BETWEEN}\d{{1,2}}{_BETWEEN}\d{{1,2}}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}{_BETWEEN}\d{{1,2}}{_BETWEEN}(19|20)\d{{2}}(?!\d)"
    rf"|^\d{{1,2}}{_BETWEEN}\d{{1,2}}{_BETWEEN}\d{{2}}$"
    rf"|\d{_BETWEEN}?({_MONTHS}){_BETWEEN}?\d"
    rf"|^({_MONTHS}){_BETWEEN}?\d{{1,2}}{_BETWEEN}\d",
    re.IGNORECASE,
)
_NUMBER_OF_A_PERSON = re.compile(
    r"(?<!\d)(\d{3}[-_. ]?\d{2}[-_. ]?\d{4}"
    r"|(\d{1,2}[-_. ]?)?\(?\d{3}\)?[-_. ]?\d{3}[-_. ]?\d{4}"
    r"|\d{9,})(?!\d)"
)
_LONGEST_WORD = 4


def pseudonym(text: str) -> str:
    """``text`` without surrounding space, when it looks like a study's own id ("C017", "BH-03").

    Raises:
        UserError: it could be a name, an e-mail address, a date or a number that identifies a person.
    """
    code = text.strip()
    if "@" in code:
        raise _refused(UserError("an e-mail address"))
    if _DATE.search(code):
        raise _refused(UserError("a date"))
    if _NUMBER_OF_A_PERSON.search(code):
        raise _refused(UserError("a social security or telephone number"))
    words = _LETTERS.findall(code)
    if not any(letter.isdigit() for letter in code) or any(len(word) > _LONGEST_WORD for word in words):
        raise _refused(UserError("a name"))
    if not _SHAPE.fullmatch(code):
        raise UserError(
            "An id has characters or a length that ids do not have. Use up to 16 letters, digits, hyphens or "
            "dots, such as C017."
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
            "This is not a label for a site or an arm. Use up to 24 characters, such as MIO or North."
        )
    return code


def _refused(what: UserError) -> UserError:
    """Without the id itself, which may identify somebody and does not belong on a screen or in a log."""
    return UserError(
        "An id looks like {what}. Ids must not identify anybody: use the study's own numbering, such as "
        "C017.",
        what=what,
    )
