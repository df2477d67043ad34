"""The recovery key: 160 random bits in eight groups that can be read from paper and typed."""

import secrets
import unicodedata

from mio_fidelity.errors import UserError

# Crockford's 32 letters: none is taken for another.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, LETTERS = 8, 4
_LENGTH = GROUPS * (LETTERS + 1)
# Odd, so that each mistyped letter changes the sum modulo 32.
_WEIGHTS = (1, 3, 5, 7)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
# A pass phrase of forty such letters has fewer groups that happen to add up.
_SURELY_MEANT = 5


def new_recovery_key() -> str:
    """A fresh key: eight groups of four letters and a check letter, with hyphens between."""
    bodies = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    return "-".join(body + _check(body, place) for place, body in enumerate(bodies))


def recognised(typed: str) -> str | None:
    """The recovery key in what was typed, as `new_recovery_key` writes it; None when it is a pass phrase.

    Case, blanks and hyphens do not matter, nor whether 0 or O, 1, I or L was typed.

    Raises:
        UserError: it is a recovery key with groups that are mistyped.
    """
    letters = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(each for each in letters if not each.isspace() and each not in "-–‐").translate(
        _MISREAD
    )
    if len(letters) != _LENGTH or set(letters) - set(ALPHABET):
        return None
    groups = [letters[at : at + LETTERS + 1] for at in range(0, _LENGTH, LETTERS + 1)]
    wrong = [place for place, group in enumerate(groups) if _check(group[:-1], place) != group[-1]]
    if len(wrong) > GROUPS - _SURELY_MEANT:
        return None
    if wrong:
        raise UserError(
            "This looks like the recovery key, but group {groups} is mistyped. Compare it with the paper.",
            groups=", ".join(str(place + 1) for place in wrong),
        )
    return "-".join(groups)


def _check(body: str, place: int) -> str:
    """The letter that tells a mistyped group, and one in another's place."""
    total = sum(weight * ALPHABET.index(each) for weight, each in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[(total + place) % len(ALPHABET)]
