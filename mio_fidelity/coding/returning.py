"""On a coder's own computer: what the package holds, and returning what she did."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mio_fidelity import __version__
from mio_fidelity.coding import return_file, study_settings
from mio_fidelity.coding.package_content import contents_of, digest, digest_in, first_state
from mio_fidelity.coding.package_study import FORMAT, SETTING
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, actor
from mio_fidelity.store.durable import write_durably
from mio_fidelity.store.models import Amendment, Audit, EvidenceMark, Rating, Recording, Score, Setting, now
from mio_fidelity.store.salvage import SALVAGED

# What is told of how the work came about; of nothing else.
TRAILED = tuple(table.__tablename__ for table in (Rating, Score, EvidenceMark, Amendment))
LINE = ("at", "person_id", "verb", "table_name", "row_id", "action", "changes")


@dataclass(frozen=True, slots=True)
class Handed:
    """The package that this study is, and how far its work is.

    Attributes:
        submitted, begun, untouched: How many sessions are.
        fresh: How many have changed since they were last returned, or were worked on and never returned.
        returned_at: When work was last returned.
        keep_until: The last day on which the recordings may be kept here; None for ever.
    """

    package_id: str
    submitted: int
    begun: int
    untouched: int
    fresh: int
    returned_at: datetime | None
    keep_until: date | None


def is_package(db: Db) -> bool:
    """Whether this study is a coder's package."""
    return bool(study_settings.chosen(db, SETTING))


def handed(db: Db) -> Handed | None:
    """How far the work is; None in a study that is no package."""
    about = study_settings.chosen(db, SETTING)
    if not about:
        return None
    contents = contents_of(db, about["baselines"])
    submitted = sum(each["submitted_at"] is not None for each in contents.values())
    begun = sum(each["begun_at"] is not None for each in contents.values()) - submitted
    before = {key: _before(about, key)[-1] for key in contents}
    fresh = sum(digest(each) != digest_in(before[key]) for key, each in contents.items())
    at = about.get("returned_at")
    return Handed(
        about["package"],
        submitted,
        begun,
        len(contents) - submitted - begun,
        fresh,
        datetime.fromisoformat(at) if at else None,
        db.scalar(select(func.min(Recording.keep_until))),
    )


def return_work(project: Project, target: Path) -> int:
    """Write all that was done so far into one file for the supervisor; it can be done again, any time.

    Returns:
        How many sessions were worked on.

    Raises:
        UserError: this study is no package, it is somebody else's, or the file cannot be written.
    """
    # Noted first: a state that is out there must be known to every later one.
    told, key = project.do_elsewhere(note_returned).value
    try:
        write_durably(target, return_file.sealed(told, told["package"], key))
    except OSError as error:
        raise UserError(
            "The file could not be written: {reason}. Choose another folder or disk.",
            reason=error.strerror or "the disk refused",
        ) from error
    return len(told["ratings"])


def note_returned(db: Db) -> tuple[dict[str, Any], bytes]:
    """Note what is being returned; what the file is to say, and the key to seal it with.

    Raises:
        UserError: this study is no package, or the work is somebody else's.
    """
    row = db.scalar(select(Setting).where(Setting.key == SETTING))
    if row is None:
        raise UserError("This study is no coder package, so there is nothing to return.")
    about = dict(row.value)
    if about["person"] != actor(db):
        raise UserError("This is somebody else's work. Only she returns it.")
    contents = contents_of(db, about["baselines"])
    returned = {key: _states(about, key, digest(content)) for key, content in contents.items()}
    ratings = {
        key: {"states": returned[key], **content}
        for key, content in contents.items()
        if len(returned[key]) > 1 or content["stretches"]
    }
    about["returned"] = {key: states for key, states in returned.items() if len(states) > 1}
    about["returned_at"] = now().isoformat()
    row.value = about
    told = {
        "format": FORMAT,
        "program": __version__,
        "package": about["package"],
        "study": about["study"],
        "person": about["person"],
        "made_at": about["returned_at"],
        "ratings": ratings,
        "lines": _lines(db, about["person"]),
    }
    if study_settings.chosen(db, SALVAGED):
        # Rows and lines may be missing, which would look like forgery.
        told["salvaged"] = True
    return told, bytes.fromhex(about["key"])


def _states(about: dict[str, Any], rating_id: str, now_at: str) -> list[str]:
    """The states of a rating that were handed out or returned, the oldest first, with the present one.

    Each is a digest and its place in the row: a text that was changed and changed back is a state of its own.
    """
    states = _before(about, rating_id)
    return states if digest_in(states[-1]) == now_at else [*states, f"{now_at}-{len(states)}"]


def _before(about: dict[str, Any], rating_id: str) -> list[str]:
    found: list[str] = about["returned"].get(rating_id) or [first_state(about["baselines"][rating_id])]
    return found


def _lines(db: Db, person_id: str) -> list[dict[str, Any]]:
    rows = db.execute(
        select(*(getattr(Audit, column) for column in LINE))
        .where(Audit.person_id == person_id, Audit.table_name.in_(TRAILED))
        .order_by(Audit.id)
    )
    return [{**row._mapping, "at": row.at.isoformat()} for row in rows]
