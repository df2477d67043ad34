"""Recordings kept enciphered in the study folder: which, under which key, and where they were before."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from mio_fidelity.coding import people, study_settings
from mio_fidelity.coding.recordings import in_vault, source_of_part
from mio_fidelity.errors import UserError
from mio_fidelity.media.condition import Condition, condition
from mio_fidelity.media.progress import IsCancelled, Progress
from mio_fidelity.media.source import Source
from mio_fidelity.store import Db
from mio_fidelity.store.models import Audit, Client, Recording, TreatmentSession, VaultKey, new_id, now
from mio_fidelity.store.whereabouts import VAULT

SETTING, COPIED_OUT = "vault", "copied_out"


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording and what it is kept in.

    Attributes:
        session: Label of its session, for supervisors.
        inside: Whether its file lies in the study folder.
    """

    id: str
    session: str
    part: int
    sha256: str
    byte_size: int
    container: str
    inside: bool
    location: str = field(repr=False)
    source: Source = field(repr=False)

    @property
    def sealed(self) -> bool:
        """Whether it is in the vault."""
        return self.source.key is not None


def kept(db: Db, study_folder: Path, ids: Collection[str] | None = None) -> tuple[Kept, ...]:
    """Every recording that was not removed, or those of them in ``ids``, by session.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    rows = db.execute(
        select(Recording, Client.code, TreatmentSession.number)
        .join(TreatmentSession, TreatmentSession.id == Recording.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(Recording.removed_at.is_(None))
        .order_by(Client.code, TreatmentSession.number, Recording.part)
    )
    return tuple(
        Kept(
            row.id,
            f"{client}-{number}",
            row.part,
            row.sha256,
            row.byte_size,
            row.container,
            not Path(row.location).is_absolute(),
            row.location,
            source_of_part(db, row, study_folder),
        )
        for row, client, number in rows
        if ids is None or row.id in ids
    )


def new_place() -> str:
    """A place in the vault that nobody has; its name tells nothing."""
    return f"{VAULT}/{new_id()}"


def take_in(db: Db, recording_id: str, was_at: str, place: str, key: bytes) -> None:
    """A recording lies enciphered in ``place`` from now on; what lay there was read back and compared.

    Args:
        db: The study.
        recording_id: Which recording.
        was_at: Where it was when it was read.
        place: From `new_place`.
        key: What it was enciphered with.

    Raises:
        UserError: the study has changed meanwhile, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    recording = db.get_one(Recording, recording_id)
    if recording.removed_at or recording.location != was_at:
        raise UserError("The study has changed meanwhile. Do this again.")
    _drop_key(db, recording_id)
    db.add(VaultKey(recording_id=recording_id, key=key))
    recording.location = place


def _drop_key(db: Db, recording_id: str) -> None:
    old = db.get(VaultKey, recording_id)
    if old is not None:
        db.delete(old)
        db.flush()


def places(db: Db) -> frozenset[str]:
    """Where in the vault recordings lie, by name; any person may ask."""
    found = db.scalars(select(Recording.location).where(Recording.removed_at.is_(None)))
    return frozenset(location.rpartition("/")[2] for location in found if location.startswith(f"{VAULT}/"))


def originals(db: Db, study_folder: Path) -> tuple[Path, ...]:
    """Plain files inside the study folder of recordings that are in the vault by now.

    The audit trail remembers where they were, so a deletion that was broken off is known again.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    recordings = db.scalars(select(Recording).where(Recording.removed_at.is_(None))).all()
    sealed = {row.id: row for row in recordings if in_vault(row)}
    used = {row.location for row in recordings}
    moved = db.execute(
        select(Audit.row_id, Audit.changes)
        .where(Audit.table_name == Recording.__tablename__, Audit.verb == take_in.__name__)
        .order_by(Audit.id)
    )
    found = {}
    for recording_id, changes in moved:
        was_at = (changes.get("location") or [None])[0]
        if recording_id in sealed and isinstance(was_at, str) and was_at not in used:
            found[was_at] = sealed[recording_id]
    return tuple(
        study_folder / was_at
        for was_at, row in found.items()
        if not was_at.startswith(f"{VAULT}/")
        and _is_file_inside(study_folder, was_at, row.byte_size)
        # Somebody may have lost the file of the vault meanwhile: then this is the only one.
        and _condition(db, row, study_folder) is Condition.WHOLE
    )


def ailing(db: Db, study_folder: Path, cancelled: IsCancelled | None = None) -> int:
    """How many recordings of the vault are missing or do not open; any person may ask.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    found, progress = 0, Progress(None, cancelled)
    for row in db.scalars(select(Recording).where(Recording.removed_at.is_(None))):
        if in_vault(row):
            progress.at(0)
            found += _condition(db, row, study_folder) is not Condition.WHOLE
    return found


def _condition(db: Db, row: Recording, study_folder: Path) -> Condition:
    source = source_of_part(db, row, study_folder)
    if source.key is None:
        return Condition.DAMAGED
    return condition(source, row.byte_size, row.sha256, False, Progress(None, None))


def _is_file_inside(study_folder: Path, location: str, size: int) -> bool:
    path = study_folder / location
    try:
        if not path.resolve().is_relative_to(study_folder.resolve()):
            return False
        return path.is_file() and path.stat().st_size == size
    except OSError:
        return False


def for_new_ones(db: Db) -> bool:
    """Whether the study wants new recordings in the vault."""
    return bool(study_settings.chosen(db, SETTING).get("new", False))


def set_for_new_ones(db: Db, wanted: bool) -> None:
    """Choose whether new recordings are to go into the vault.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    study_settings.choose(db, SETTING, {"new": wanted})


def note_copied_out(db: Db, recording_ids: Collection[str]) -> None:
    """Leave a line in the audit trail that plain copies left the study.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    said = {"at": now().isoformat(), "recordings": sorted(recording_ids)}
    study_settings.choose(db, COPIED_OUT, json.loads(json.dumps(said)))
