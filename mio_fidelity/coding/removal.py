"""Recordings that are removed: after their time, when consent is withdrawn, or by hand. The rows stay."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mio_fidelity.coding import assign, people
from mio_fidelity.coding.recordings import in_vault, source_of_part
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db
from mio_fidelity.store.erasure import erase, rows_ever
from mio_fidelity.store.models import (
    Amendment,
    AwaitedFile,
    Client,
    Conflict,
    ConsensusReason,
    Discussion,
    EvidenceMark,
    Exemplar,
    Meeting,
    MeetingSession,
    Rating,
    Rationale,
    Recording,
    TreatmentSession,
    VaultKey,
    now,
)


class Words(StrEnum):
    """What people wrote about a session, and what may go with its recording.

    MARKS: notes at moments of the recording, and at examples made of them. NOTES: notes on a whole rating.
    REASONS: why a consensus or master codes say what they say, and what was noted for a discussion.
    AMENDMENTS: why submitted ratings were changed. RETURNED: all notes in both sides of conflicts with work
    that came back. MEETINGS: the minutes of meetings at which the session was talked about, whole.
    """

    MARKS = "marks"
    NOTES = "notes"
    REASONS = "reasons"
    AMENDMENTS = "amendments"
    RETURNED = "returned"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class Doomed:
    """A file that goes.

    Attributes:
        session: Label of its session, for supervisors.
        inside: Whether it lies in the study folder.
        sealed: Whether it is in the vault.
        sha256: Fingerprint of the recording; empty for a file that is still awaited.
    """

    session_id: str
    session: str
    part: int
    sha256: str
    byte_size: int
    inside: bool
    sealed: bool
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a removal takes and what it leaves, in numbers.

    Attributes:
        sessions: Ids, of those that were removed before too: words may still go.
        files: What is still there.
        words: How many notes there are of each kind, without earlier wordings; of conflicts and of meetings
            how many of these there are.
        open_ratings: Assignments that are taken back.
        submitted: Ratings that stay, with their scores.
        examples: Examples that are taken back.
    """

    sessions: tuple[str, ...]
    files: tuple[Doomed, ...]
    words: Mapping[Words, int]
    open_ratings: int
    submitted: int
    examples: int


def preview(db: Db, session_ids: Collection[str], study_folder: Path) -> Preview:
    """What removing the recordings of these sessions would do.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    sessions = set(session_ids)
    told = select(Rating.id, Rating.session_id, Rating.notes, Rating.submitted_at, Rating.withdrawn_at)
    ratings = [row for row in db.execute(told) if row.session_id in sessions]
    own = {row.id for row in ratings}
    marks = _of(db, select(EvidenceMark.id, EvidenceMark.rating_id, EvidenceMark.note), own)
    of_marks = {row[0] for row in marks}
    examples = _of(db, select(Exemplar.id, Exemplar.mark_id, Exemplar.note, Exemplar.withdrawn_at), of_marks)
    reasons = [
        *_of(db, select(ConsensusReason.id, ConsensusReason.rating_id, ConsensusReason.why), own),
        *_of(db, select(Rationale.id, Rationale.rating_id, Rationale.text), own),
        *_of(db, select(Discussion.id, Discussion.session_id, Discussion.note), sessions),
    ]
    amendments = _of(db, select(Amendment.id, Amendment.rating_id, Amendment.why), own)
    words = {
        Words.MARKS: sum(bool(row[2]) for row in (*marks, *examples)),
        Words.NOTES: sum(bool(row.notes) for row in ratings),
        Words.REASONS: sum(bool(row[2]) for row in reasons),
        Words.AMENDMENTS: sum(bool(row[2]) for row in amendments),
        Words.RETURNED: len(_of(db, select(Conflict.id, Conflict.rating_id), own)),
        Words.MEETINGS: len(_meetings(db, sessions)),
    }
    return Preview(
        tuple(sorted(sessions)),
        _files(db, sessions, study_folder),
        words,
        sum(row.submitted_at is None and row.withdrawn_at is None for row in ratings),
        sum(row.submitted_at is not None for row in ratings),
        sum(row.withdrawn_at is None for row in examples),
    )


def _of(db: Db, query: Any, parents: Collection[str]) -> list[Any]:
    """Id, parent, words and so on of the rows that belong to ``parents``."""
    return [row for row in db.execute(query) if row[1] in parents]


def _files(db: Db, sessions: set[str], study_folder: Path) -> tuple[Doomed, ...]:
    labels = {
        session_id: f"{client}-{number}"
        for session_id, client, number in db.execute(
            select(TreatmentSession.id, Client.code, TreatmentSession.number).join(
                Client, Client.id == TreatmentSession.client_id
            )
        )
        if session_id in sessions
    }
    found = []
    kept = db.scalars(select(Recording).where(Recording.removed_at.is_(None))).all()
    # Another recording may have been put over one, and added: its file is not this one's to delete.
    others = {row.location for row in kept if row.session_id not in sessions}
    for row in kept:
        if row.session_id in sessions and row.location not in others:
            path = source_of_part(db, row, study_folder).path
            inside = not Path(row.location).is_absolute()
            told = labels[row.session_id], row.part, row.sha256, row.byte_size
            found.append(Doomed(row.session_id, *told, inside, in_vault(row), path))
    for waits in db.scalars(select(AwaitedFile)):
        if waits.session_id in sessions:
            inside = not Path(waits.location).is_absolute()
            told = labels[waits.session_id], waits.part, "", 0
            found.append(Doomed(waits.session_id, *told, inside, False, study_folder / waits.location))
    return tuple(sorted(found, key=lambda each: (each.session, each.part)))


def remove(db: Db, session_ids: Sequence[str], words: Collection[Words]) -> int:
    """Note that the recordings of sessions are gone, drop their keys, and erase what is to go with them.

    The files were deleted before: a study that forgot them first could never find them again. The names of
    files go from the study and its trail in any case. Assignments that are open are taken back, examples too.

    Args:
        db: The study.
        session_ids: Whose recordings.
        words: What else is erased; it cannot be brought back but from older backups.

    Returns:
        How many recordings.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    sessions = set(session_ids)
    gone = [row for row in db.scalars(select(Recording)) if row.session_id in sessions]
    for row in gone:
        row.removed_at = row.removed_at or now()
        key = db.get(VaultKey, row.id)
        if key is not None:
            db.delete(key)
    awaited = rows_ever(db, AwaitedFile.__tablename__, "session_id", sessions)
    for waits in db.scalars(select(AwaitedFile)):
        if waits.session_id in sessions:
            db.delete(waits)
    ratings = set(db.scalars(select(Rating.id).where(Rating.session_id.in_(sessions))))
    _take_back(db, ratings)
    db.flush()
    places = {Recording.__tablename__: {row.id for row in gone}, AwaitedFile.__tablename__: awaited}
    erase(db, places | _rows(db, sessions, ratings, words))
    return len(gone)


def _take_back(db: Db, ratings: set[str]) -> None:
    open_ = select(Rating.id).where(Rating.submitted_at.is_(None), Rating.withdrawn_at.is_(None))
    assign.withdraw(db, [rating_id for rating_id in db.scalars(open_) if rating_id in ratings])
    marks = select(EvidenceMark.id, EvidenceMark.rating_id)
    own = {mark_id for mark_id, rating_id in db.execute(marks) if rating_id in ratings}
    for row in db.scalars(select(Exemplar).where(Exemplar.withdrawn_at.is_(None))):
        if row.mark_id in own:
            row.withdrawn_at = now()


def _rows(
    db: Db, sessions: set[str], ratings: set[str], words: Collection[Words]
) -> dict[str, Collection[str]]:
    """Table to ids of the rows whose words go, those that are gone by now included."""
    found: dict[str, Collection[str]] = {}
    if Words.NOTES in words:
        found[Rating.__tablename__] = ratings
    if Words.MARKS in words:
        marks = rows_ever(db, EvidenceMark.__tablename__, "rating_id", ratings)
        found[EvidenceMark.__tablename__] = marks
        found[Exemplar.__tablename__] = rows_ever(db, Exemplar.__tablename__, "mark_id", marks)
    if Words.REASONS in words:
        found[Discussion.__tablename__] = rows_ever(db, Discussion.__tablename__, "session_id", sessions)
        for table in (ConsensusReason.__tablename__, Rationale.__tablename__):
            found[table] = rows_ever(db, table, "rating_id", ratings)
    for kind, table in (
        (Words.AMENDMENTS, Amendment.__tablename__),
        (Words.RETURNED, Conflict.__tablename__),
    ):
        if kind in words:
            found[table] = rows_ever(db, table, "rating_id", ratings)
    if Words.MEETINGS in words:
        found[Meeting.__tablename__] = _meetings(db, sessions)
    return found


def _meetings(db: Db, sessions: set[str]) -> set[str]:
    """The meetings at which sessions were talked about."""
    return {
        meeting_id
        for table in (MeetingSession, Discussion)
        for session_id, meeting_id in db.execute(select(table.session_id, table.meeting_id))
        if session_id in sessions and meeting_id
    }


def sessions_of(db: Db, recording_ids: Collection[str]) -> tuple[str, ...]:
    """The sessions that recordings, or awaited files, belong to: a session is removed whole.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    found: set[str] = set()
    for table in (Recording, AwaitedFile):
        rows = db.execute(select(table.id, table.session_id))
        found |= {session_id for row_id, session_id in rows if row_id in recording_ids}
    return tuple(sorted(found))


def withdraw_consent(db: Db, client_id: str, since: date) -> tuple[str, ...]:
    """Nothing of this client may be heard from now on; the ids of her sessions.

    Raises:
        UserError: the day has not come yet, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    if since > date.today():
        raise UserError("This day has not come yet. Choose the day on which consent was withdrawn.")
    client = db.get_one(Client, client_id)
    client.withdrew_on = client.withdrew_on or since
    return tuple(db.scalars(select(TreatmentSession.id).where(TreatmentSession.client_id == client_id)))


def give_consent_back(db: Db, client_id: str) -> None:
    """It was a mistake: what was not removed meanwhile can be heard again.

    Raises:
        UserError: recordings of this client were removed already, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    removed = (
        select(func.count())
        .select_from(Recording)
        .join(TreatmentSession, TreatmentSession.id == Recording.session_id)
        .where(TreatmentSession.client_id == client_id, Recording.removed_at.is_not(None))
    )
    if db.scalar(removed):
        raise UserError("Recordings of this client were removed already, so this stays on record.")
    db.get_one(Client, client_id).withdrew_on = None
