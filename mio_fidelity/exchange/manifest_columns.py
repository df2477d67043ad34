"""Which column of a manifest means what: guessed from the header, or said by a person."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.layout import LEFT_OUT, UNKNOWN, short, slug
from mio_fidelity.exchange.rows import Problem

CLIENT, SESSION, PART, SITE, ARM, COUNSELOR, DATE, FILE = ROLES = (
    "client",
    "session",
    "part",
    "site",
    "arm",
    "counselor",
    "date",
    "file",
)
# What labs call the same columns.
_ALSO = {
    **dict.fromkeys(("client_id", "participant", "participant_id", "pid", "subject", "mother", "id"), CLIENT),
    **dict.fromkeys(
        ("session_number", "session_no", "session_num", "number", "visit", "session_id"), SESSION
    ),
    **dict.fromkeys(("clinic", "center", "centre", "site_id"), SITE),
    **dict.fromkeys(("condition", "group", "treatment", "study_arm"), ARM),
    **dict.fromkeys(("counsellor", "therapist", "clinician", "counselor_id", "therapist_id"), COUNSELOR),
    **dict.fromkeys(("session_date", "held_on", "day", "date_of_session"), DATE),
    **dict.fromkeys(("filename", "file_name", "recording", "path", "audio", "video", "media"), FILE),
}
# What is no title may be a row of data, which names files and people.
_TITLE = re.compile(r"[\w ()#?:-]{1,40}")


def guess_roles(header: Sequence[str]) -> tuple[str, ...]:
    """What the columns hold, from their titles; `UNKNOWN` where nobody has said yet."""
    slugs = [slug(title) for title in header]
    return tuple(
        LEFT_OUT if not name else name if name in ROLES else _ALSO.get(name, UNKNOWN) for name in slugs
    )


def problems_of(header: Sequence[str], roles: Sequence[str]) -> list[Problem]:
    """What is wrong with the columns as a whole."""
    is_header = any(role in ROLES for role in roles)
    found = [
        Problem(None, _unknown_column(title, nth, is_header))
        for nth, (title, role) in enumerate(zip(header, roles, strict=True), 1)
        if role == UNKNOWN
    ]
    found += [
        Problem(None, UserError("There are two columns {role}. Leave one of them out.", role=role))
        for role in ROLES
        if list(roles).count(role) > 1
    ]
    if SESSION not in roles:
        what = UserError(
            "There is no column session. A manifest has the columns client and session, and any of part, "
            "site, arm, counselor, date and file."
        )
        found.append(Problem(None, what))
    return found


def _unknown_column(title: str, nth: int, is_header: bool) -> UserError:
    """The sentence for a column nobody knows; by its place where the title may be data."""
    close = get_close_matches(slug(title), [*ROLES, *_ALSO], 1)
    if not _TITLE.fullmatch(title) or not (close or is_header):
        return UserError("Column {nth} is not known. Say what it holds, or leave it out.", nth=nth)
    if close:
        return UserError(
            "The column {title} is not known; did you mean {close}? Say what it holds, or leave it out.",
            title=short(title),
            close=close[0],
        )
    return UserError(
        "The column {title} is not known. Say what it holds, or leave it out.", title=short(title)
    )
