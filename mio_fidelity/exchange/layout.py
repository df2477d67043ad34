"""Which column of a table means what: guessed from the header, or said by a person."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.rows import Problem
from mio_fidelity.instrument import Instrument

SESSION, CODER, SCALE, DIMENSION, VALUE, ARM, SITE, RATED_ON = ROLES = (
    "session",
    "coder",
    "scale",
    "dimension",
    "value",
    "arm",
    "site",
    "rated_on",
)
LEFT_OUT, UNKNOWN = "", "?"
# What other programs call the same columns.
_ALSO = {
    "session_id": SESSION,
    "sessionid": SESSION,
    "rater": CODER,
    "coder_id": CODER,
    "rater_id": CODER,
    "score": VALUE,
    "rating": VALUE,
    "submitted_on": RATED_ON,
    "date_submitted": RATED_ON,
    "date_rated": RATED_ON,
    "rating_date": RATED_ON,
    "coded_on": RATED_ON,
    "date_coded": RATED_ON,
}
ONE_DIMENSION = "score"
# A wide column whose name ends so holds this dimension, also of a scale nobody declared.
_KNOWN_DIMENSIONS = ("fidelity", "competence", "adherence", "quality")


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column holds.

    Attributes:
        roles: Per column one of `ROLES`, "scale/dimension" where a column holds these scores, `LEFT_OUT`, or
            `UNKNOWN` where nobody has said yet.
    """

    roles: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether a row holds one score, and not all scores of a coder for a session."""
        return bool({VALUE, SCALE} & set(self.roles))

    def at(self, role: str) -> int | None:
        """The column of a role; None when there is none."""
        return self.roles.index(role) if role in self.roles else None

    @property
    def slots(self) -> tuple[tuple[int, str, str], ...]:
        """Column, scale and dimension of the columns with scores of a wide table."""
        pairs = ((at, role.partition("/")) for at, role in enumerate(self.roles) if "/" in role)
        return tuple((at, scale, dimension) for at, (scale, _, dimension) in pairs)


def guess_layout(
    header: Sequence[str],
    instrument: Instrument | None,
    named: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
) -> Layout:
    """What the columns hold, from their titles, whatever their order and capitals.

    Args:
        header: The titles.
        instrument: What the scores are of; None for scales that are not declared.
        named: Role to title, where somebody has said so.
        left_out: Titles of columns to leave out.

    Raises:
        UserError: a title in ``named`` or ``left_out``, or a role, does not exist.
    """
    slugs = [slug(title) for title in header]
    roles = [UNKNOWN] * len(header)
    for role, title in (named or {}).items():
        if role not in ROLES:
            raise UserError(
                "{role} is no kind of column. Name one of {all}.", role=role, all=", ".join(ROLES)
            )
        roles[_position(slugs, title)] = role
    for title in left_out:
        roles[_position(slugs, title)] = LEFT_OUT
    for at, name in enumerate(slugs):
        role = name if name in ROLES else _ALSO.get(name, UNKNOWN)
        # A title that comes twice is an error later on; one that somebody has said is settled.
        if roles[at] == UNKNOWN and role not in (named or {}):
            roles[at] = role
    if {VALUE, SCALE} & set(roles):
        return Layout(tuple(LEFT_OUT if role == UNKNOWN else role for role in roles))
    names = slot_names(instrument)
    for at, name in enumerate(slugs):
        if roles[at] == UNKNOWN and name:
            roles[at] = names.get(name, UNKNOWN) if instrument else "/".join(_split(name))
        elif not name:
            roles[at] = LEFT_OUT if roles[at] == UNKNOWN else roles[at]
    return Layout(tuple(roles))


def problems_of(layout: Layout, header: Sequence[str], instrument: Instrument | None) -> list[Problem]:
    """What is wrong with the columns as a whole."""
    wanted = [SESSION, CODER, SCALE, DIMENSION, VALUE] if layout.is_long else [SESSION, CODER]
    found = []
    missing = [role for role in wanted if role not in layout.roles]
    if missing:
        what = UserError(
            "There is no column {missing}. A long table has the columns session, coder, scale, dimension, "
            "value; a wide one session, coder and one for each scale and dimension.",
            missing=", ".join(missing),
        )
        found.append(Problem(None, what))
    elif not layout.is_long and not layout.slots and UNKNOWN not in layout.roles:
        what = UserError("There is no column with scores. Check the header.")
        found.append(Problem(None, what))
    for role in dict.fromkeys(layout.roles):
        if role not in (LEFT_OUT, UNKNOWN) and layout.roles.count(role) > 1:
            what = UserError("There are two columns {role}. Leave one of them out.", role=role)
            found.append(Problem(None, what))
    found += [
        Problem(None, unknown_column(title, instrument))
        for title, role in zip(header, layout.roles, strict=True)
        if role == UNKNOWN and not missing
    ]
    return found


def unknown_column(title: str, instrument: Instrument | None) -> UserError:
    """The sentence for a column nobody knows."""
    close = get_close_matches(slug(title), slot_names(instrument), 1)
    if close:
        return UserError(
            "The column {title} is not known; did you mean {close}? Rename it, or leave it out.",
            title=short(title),
            close=close[0],
        )
    return UserError(
        "The column {title} is no scale of the instrument. Rename it, or leave it out.", title=short(title)
    )


def slot_names(instrument: Instrument | None) -> dict[str, str]:
    """Names a wide column may have, to "scale/dimension"."""
    found = {}
    for scale in instrument.scales if instrument else ():
        for key in scale.dimensions:
            titles = (slug(key), slug(instrument.dimensions[key].title)) if instrument else ()
            for first in (slug(scale.key), slug(scale.title)):
                found.update({f"{first}_{last}": f"{scale.key}/{key}" for last in titles})
                if len(scale.dimensions) == 1:
                    found[first] = f"{scale.key}/{key}"
    return found


def slug(text: str) -> str:
    """``text`` in small letters with "_" for whatever lies between them: "Warm regard" is "warm_regard"."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def short(text: str) -> str:
    """``text`` cut to what fits in a sentence."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return clean if len(clean) <= 40 else f"{clean[:39]}…"


def _position(slugs: Sequence[str], title: str) -> int:
    if slug(title) not in slugs:
        raise UserError("The file has no column {title}. Check the header.", title=short(title))
    return slugs.index(slug(title))


def _split(name: str) -> tuple[str, str]:
    """Scale and dimension of a column of a table whose scales nobody declared."""
    scale, _, last = name.rpartition("_")
    return (scale, last) if scale and last in _KNOWN_DIMENSIONS else (name, ONE_DIMENSION)
