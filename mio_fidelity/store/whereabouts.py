"""Where recordings lie, how long they may be kept, who may not be heard: no part of a backup, but as now."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.orm import Session

from mio_fidelity.store.models import Client, Recording, VaultKey
from mio_fidelity.store.study_file import connected

# Where in the study folder sealed recordings lie; the ending is of one whose key is being stored.
VAULT, NEW = "vault", ".new"
_WHERE = """SELECT recording.id, sha256, location, removed_at, keep_until, key FROM recording
    LEFT JOIN vault_key ON vault_key.recording_id = recording.id"""
_WITHDREW = "SELECT id, withdrew_on FROM client WHERE withdrew_on IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a recording is, under which key when in the vault, whether removed, and its own last day."""

    recording_id: str
    sha256: str
    location: str = field(repr=False)
    removed_at: str | None
    keep_until: str | None
    key: bytes | None = field(repr=False)


def whereabouts(path: Path, key: bytes) -> tuple[Whereabouts, ...]:
    """Of all recordings of a study that nobody has open; none where it cannot be read."""
    try:
        with closing(connected(path, key)) as connection:
            return tuple(Whereabouts(*row) for row in connection.execute(_WHERE).fetchall())
    except sqlcipher.DatabaseError:
        return ()


def carry_over(db: Session, folder: Path, now: tuple[Whereabouts, ...]) -> None:
    """Let a study that goes back know what became of its recordings since.

    One that was taken into the vault is heard with its key, or else with none ever again; one that was
    copied out of it is where it was copied to; one that was removed stays removed; one that was given an
    earlier last day, or one of its own where it had none, is kept no longer.

    Args:
        db: The study as it was.
        folder: The study folder.
        now: What `whereabouts` found before.
    """
    for each in now:
        recording = db.get(Recording, each.recording_id)
        if recording is None or recording.removed_at:
            continue
        last = date.fromisoformat(each.keep_until) if each.keep_until else None
        if last and (recording.keep_until is None or last < recording.keep_until):
            recording.keep_until = last
        if recording.sha256 != each.sha256:
            continue
        if each.removed_at:
            recording.removed_at = datetime.fromisoformat(each.removed_at).replace(tzinfo=UTC)
            _use_key(db, each.recording_id, None)
        elif not _lies_there(folder, recording.location) and _lies_there(folder, each.location):
            recording.location = each.location
            _use_key(db, each.recording_id, each.key)


def withdrawn(path: Path, key: bytes) -> Mapping[str, date]:
    """Client id to the day on which consent was withdrawn, of a study that nobody has open; as above."""
    try:
        with closing(connected(path, key)) as connection:
            rows = connection.execute(_WITHDREW).fetchall()
    except sqlcipher.DatabaseError:
        return {}
    return {client_id: date.fromisoformat(day) for client_id, day in rows}


def keep_withdrawn(db: Session, now: Mapping[str, date]) -> None:
    """Let a study that goes back know who withdrew consent since: nothing of them is heard again.

    Args:
        db: The study as it was.
        now: What `withdrawn` found before.
    """
    for client_id, day in now.items():
        client = db.get(Client, client_id)
        if client is not None:
            client.withdrew_on = day


def sealed_at(folder: Path, location: str) -> Path:
    """Where a file of the vault lies: the program may have been killed before it was given its name."""
    place, fresh = folder / location, folder / f"{location}{NEW}"
    return fresh if fresh.is_file() and not place.is_file() else place


def _lies_there(folder: Path, location: str) -> bool:
    return sealed_at(folder, location).is_file()


def _use_key(db: Session, recording_id: str, key: bytes | None) -> None:
    old = db.get(VaultKey, recording_id)
    if old is not None:
        db.delete(old)
        db.flush()
    if key is not None:
        db.add(VaultKey(recording_id=recording_id, key=key))
