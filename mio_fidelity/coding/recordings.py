"""Sessions of the therapy and their recordings."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import object_session

from mio_fidelity.coding import people
from mio_fidelity.coding.pseudonyms import label
from mio_fidelity.errors import UserError
from mio_fidelity.media.source import Source
from mio_fidelity.store import Db, MediaKind
from mio_fidelity.store.models import Client, Rating, Recording, TreatmentSession, VaultKey
from mio_fidelity.store.whereabouts import VAULT, sealed_at

if TYPE_CHECKING:
    from mio_fidelity.media.probe import Examined

MOST_SESSIONS = 9999


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a supervisor says of a session.

    Attributes:
        client: Pseudonymous id of the caregiver.
        number: Which session of the treatment it is, from 1.
    """

    client: str
    number: int
    arm: str | None = None
    counselor: str | None = None
    site: str | None = None
    held_on: date | None = None


@dataclass(frozen=True, slots=True)
class Medium:
    """One recording that a player plays, without its name ever being shown."""

    recording_id: str
    sha256: str
    duration_ms: int
    kind: MediaKind
    source: Source = field(repr=False)

    @property
    def path(self) -> Path:
        """Where its file lies."""
        return self.source.path


def add_session(
    db: Db, facts: SessionFacts, files: Sequence[tuple[str, "Examined"]], study_folder: Path
) -> str:
    """Add a session with its recording; the new session's id.

    Args:
        db: The study.
        facts: What is known of the session.
        files: Path and examination of each part, in the order in which they are played.
        study_folder: Files inside it are remembered relative to it, so that the study can be moved.

    Raises:
        UserError: the client has this session already, the number is out of range, an id could identify
            somebody, or a file is in the study already.
    """
    people.only_supervisors(db)
    session = new_session(db, facts)
    for part, (location, found) in enumerate(files, start=1):
        refuse_known(db, found.sha256)
        db.add(recording_row(session.id, part, kept_as(Path(location), study_folder), found))
        db.flush()
    return session.id


def new_session(db: Db, facts: SessionFacts) -> TreatmentSession:
    """Add a session, with its client, site and counselor where they are new.

    Raises:
        UserError: the client has this session already or belongs to another site, the number is out of
            range, or an id could identify somebody.
    """
    if not 1 <= facts.number <= MOST_SESSIONS:
        raise UserError("Sessions are numbered from 1 to {most}. Check the number.", most=MOST_SESSIONS)
    where = people.site(db, facts.site) if facts.site else None
    client = people.client(db, facts.client, where)
    if db.scalar(
        select(TreatmentSession.id).where(
            TreatmentSession.client_id == client.id, TreatmentSession.number == facts.number
        )
    ):
        raise UserError(
            "Client {client} has a session {number} already. Check the number.",
            client=client.code,
            number=facts.number,
        )
    counselor = people.counselor(db, facts.counselor, where) if facts.counselor else None
    session = TreatmentSession(
        client_id=client.id,
        counselor_id=counselor.id if counselor else None,
        arm=label(facts.arm) if facts.arm else None,
        number=facts.number,
        held_on=facts.held_on,
    )
    db.add(session)
    db.flush()
    return session


def recording_row(session_id: str, part: int, location: str, found: "Examined") -> Recording:
    """The row of an examined file."""
    return Recording(
        session_id=session_id,
        part=part,
        location=location,
        sha256=found.sha256,
        byte_size=found.byte_size,
        kind=found.kind,
        container=found.container,
        codec=found.codec,
        duration_ms=found.duration_ms,
        claimed_ms=found.claimed_ms,
        packet_errors=found.packet_errors,
        problems="\n".join(str(problem) for problem in found.problems),
    )


def refuse_known(db: Db, sha256: str) -> None:
    """Let only recordings pass that the study does not have.

    Raises:
        UserError: it has this one.
    """
    if db.scalar(select(func.count()).select_from(Recording).where(Recording.sha256 == sha256)):
        raise UserError(
            "This very recording is in the study already, in another session or part. Check the file; the "
            "same recording cannot stand for two sessions."
        )


def kept_as(path: Path, study_folder: Path) -> str:
    """How the place of a file is remembered: relative to the study when it lies inside it."""
    full, home = path.resolve(), study_folder.resolve()
    return full.relative_to(home).as_posix() if full.is_relative_to(home) else os.fspath(full)


def media_of(db: Db, rating_id: str, study_folder: Path) -> tuple[Medium, ...]:
    """The files to play for a rating, in order. For the player alone: a page never shows a path.

    Raises:
        UserError: it is somebody else's rating.
    """
    rating = db.get(Rating, rating_id)
    if rating is None or not people.works_on(db, rating):
        raise UserError("This is not one of your sessions. Go back to your queue.")
    return parts_of(rating.session, study_folder)


def parts_of(session: TreatmentSession, study_folder: Path) -> tuple[Medium, ...]:
    """The files of a session, in order; none when it may not be heard any more.

    Who may hear them, the caller has asked.
    """
    db = object_session(session)
    if db is None:
        raise RuntimeError("the session belongs to no open study")
    if withheld(db, session):
        return ()
    return tuple(
        Medium(
            part.id,
            part.sha256,
            part.duration_ms,
            MediaKind(part.kind),
            source_of_part(db, part, study_folder),
        )
        for part in session.recordings
    )


def source_of_part(db: Db, part: Recording, study_folder: Path) -> Source:
    """Where the bytes of a recording come from, in the vault or wherever its file lies."""
    row = db.get(VaultKey, part.id) if in_vault(part) else None
    if row is None:
        return Source(study_folder / part.location, None, part.container)
    return Source(sealed_at(study_folder, part.location), row.key, part.container)


def in_vault(part: Recording) -> bool:
    """Whether a recording is kept enciphered in the study folder."""
    return part.location.startswith(f"{VAULT}/")


def withheld(db: Db, session: TreatmentSession) -> bool:
    """Whether a session may not be heard any more: its recording was removed, or consent was withdrawn."""
    client = db.get_one(Client, session.client_id)
    return client.withdrew_on is not None or any(part.removed_at for part in session.recordings)


def is_withheld() -> ColumnElement[bool]:
    """`withheld` as a condition, of sessions that are asked for with their clients."""
    removed = select(Recording.session_id).where(Recording.removed_at.is_not(None))
    return or_(Client.withdrew_on.is_not(None), TreatmentSession.id.in_(removed))


def was_taken_away(db: Db, rating_id: str) -> bool:
    """Whether the session of a rating had a recording that may not be heard any more."""
    rating = db.get(Rating, rating_id)
    return rating is not None and bool(rating.session.recordings) and withheld(db, rating.session)


def audible() -> Select[str]:
    """The ids of the sessions that have a recording which may be heard."""
    return (
        select(Recording.session_id)
        .join(TreatmentSession, TreatmentSession.id == Recording.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(~is_withheld())
    )


def relocate(db: Db, recording_id: str, path: Path, sha256: str, study_folder: Path) -> None:
    """Remember where a moved recording lies now.

    Args:
        db: The study.
        recording_id: Which recording.
        path: The file somebody pointed at.
        sha256: Its fingerprint, as just computed.
        study_folder: As in `add_session`.

    Raises:
        UserError: it is another recording.
    """
    recording = db.get_one(Recording, recording_id)
    if recording.sha256 != sha256:
        raise UserError(
            "This is not the recording that belongs here: its content differs. Choose the original file; a "
            "converted or cut copy does not count."
        )
    put_at(db, recording, path, study_folder)


def put_at(db: Db, recording: Recording, path: Path, study_folder: Path) -> None:
    """Remember the place of a plain file; the key of one in the vault is of no use any more."""
    recording.location = kept_as(path, study_folder)
    row = db.get(VaultKey, recording.id)
    if row is not None:
        db.delete(row)
