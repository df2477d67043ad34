"""Files that are awaited: examined one by one, taken in or kept with what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.recordings import in_vault, kept_as, put_at, recording_row, refuse_known
from mio_fidelity.errors import UserError
from mio_fidelity.media.vault import sealed_bytes
from mio_fidelity.store import Db
from mio_fidelity.store.models import AwaitedFile, Client, Recording, TreatmentSession

if TYPE_CHECKING:
    from mio_fidelity.media.probe import Examined


@dataclass(frozen=True, slots=True)
class Awaited:
    """A file that is to be examined.

    Attributes:
        session: Label of its session, for supervisors.
        problem: Why it could not be taken in when that was last tried.
    """

    id: str
    session: str
    part: int
    problem: str
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lost:
    """A recording or an awaited file that is not where it was.

    Attributes:
        byte_size: Of the recording itself; 0 for an awaited file.
        sha256: Of a recording; empty for an awaited file, which is known by its name alone.
        stored_bytes: How large the file ought to be where it lies, enciphered or not.
    """

    id: str
    session: str
    part: int
    byte_size: int
    sha256: str
    path: Path = field(repr=False)
    stored_bytes: int = 0


def awaited(db: Db, study_folder: Path) -> tuple[Awaited, ...]:
    """Every file that is awaited, by session.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    rows = db.execute(
        select(AwaitedFile, Client.code, TreatmentSession.number)
        .join(TreatmentSession, TreatmentSession.id == AwaitedFile.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .order_by(Client.code, TreatmentSession.number, AwaitedFile.part)
    )
    return tuple(
        Awaited(row.id, f"{client}-{number}", row.part, row.problem, study_folder / row.location)
        for row, client, number in rows
    )


def take_in(db: Db, awaited_id: str, examined: "Examined") -> None:
    """An awaited file has been examined and becomes a recording.

    Raises:
        UserError: the very recording is in the study already, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    row = db.get_one(AwaitedFile, awaited_id)
    refuse_known(db, examined.sha256)
    db.add(recording_row(row.session_id, row.part, row.location, examined))
    db.delete(row)


def note_problem(db: Db, awaited_id: str, problem: str) -> None:
    """Keep why an awaited file was not taken in."""
    people.only_supervisors(db)
    db.get_one(AwaitedFile, awaited_id).problem = problem


def await_no_more(db: Db, awaited_ids: Sequence[str]) -> int:
    """Give awaited files up; the sessions stay. How many."""
    people.only_supervisors(db)
    for awaited_id in awaited_ids:
        db.delete(db.get_one(AwaitedFile, awaited_id))
    return len(awaited_ids)


def files(db: Db, study_folder: Path) -> tuple[Lost, ...]:
    """Where every recording and every awaited file is said to lie; who asks looks whether it does."""
    people.only_supervisors(db)
    rows = db.execute(
        select(Recording, Client.code, TreatmentSession.number)
        .join(TreatmentSession, TreatmentSession.id == Recording.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(Recording.removed_at.is_(None))
        .order_by(Client.code, TreatmentSession.number, Recording.part)
    )
    found = [
        Lost(
            row.id,
            f"{client}-{number}",
            row.part,
            row.byte_size,
            row.sha256,
            study_folder / row.location,
            sealed_bytes(row.byte_size) if in_vault(row) else row.byte_size,
        )
        for row, client, number in rows
    ]
    waiting = [Lost(each.id, each.session, each.part, 0, "", each.path) for each in awaited(db, study_folder)]
    return (*found, *waiting)


def relocate_all(db: Db, places: Sequence[tuple[Lost, Path]], study_folder: Path) -> int:
    """Remember where files lie now; the fingerprints have been compared by whoever found them. How many.

    Raises:
        UserError: one of them is no longer what was searched for, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    for lost, path in places:
        row = db.get(Recording, lost.id) if lost.sha256 else db.get(AwaitedFile, lost.id)
        if row is None or (isinstance(row, Recording) and row.sha256 != lost.sha256):
            raise UserError("The study has changed meanwhile. Search again.")
        if isinstance(row, Recording):
            put_at(db, row, path, study_folder)
        else:
            row.location = kept_as(path, study_folder)
            # What was wrong was wrong at the old place.
            row.problem = ""
    return len(places)
