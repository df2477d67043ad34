"""What a coder sees: her queue, and one rating with everything that belongs to it and nothing more."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from mio_fidelity.answer import OPEN, Answer, Reason, State
from mio_fidelity.coding.coverage import Span, merged, share_heard
from mio_fidelity.coding.editions import form_of
from mio_fidelity.coding.listing import natural
from mio_fidelity.coding.own_session import asked_share, shown_code, shown_codes
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, MediaKind, Purpose, actor
from mio_fidelity.store.models import (
    Amendment,
    EvidenceMark,
    Place,
    Rating,
    Recording,
    Score,
    Stretch,
    Study,
    TreatmentSession,
)

# The desk is asked for after every key press: its statements are made once, and fetch values, not objects.
_RATING: BindParameter[str] = bindparam("rating")
_SESSION: BindParameter[str] = bindparam("session")
_PERSON: BindParameter[str] = bindparam("person")
_SCORES = select(Score.scale, Score.dimension, Score.state, Score.value, Score.reason).where(
    Score.rating_id == _RATING
)
_MARKS = (
    select(EvidenceMark.id, EvidenceMark.scale, EvidenceMark.at_ms, EvidenceMark.note)
    .where(EvidenceMark.rating_id == _RATING)
    .order_by(EvidenceMark.at_ms)
)
_HEARD = select(Stretch.start_ms, Stretch.end_ms).where(Stretch.rating_id == _RATING)
_PLACE = select(Place.position_ms, Place.speed).where(Place.rating_id == _RATING)
_PARTS = (
    select(Recording.duration_ms, Recording.kind)
    .where(Recording.session_id == _SESSION)
    .order_by(Recording.part)
)
_WAITING = select(Rating.id, Rating.begun_at, Rating.due_on, Rating.blind_code).where(
    Rating.person_id == _PERSON,
    Rating.submitted_at.is_(None),
    Rating.withdrawn_at.is_(None),
    Rating.purpose != Purpose.CONSENSUS,
)
_COVERAGE = select(Study.coverage_share)
_OWN = select(Rating.id).where(
    Rating.id == _RATING,
    Rating.person_id == _PERSON,
    Rating.withdrawn_at.is_(None),
    Rating.purpose != Purpose.CONSENSUS,
)


class Progress(StrEnum):
    """How far a rating is."""

    ASSIGNED = "assigned"
    BEGUN = "begun"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Mark:
    """An evidence mark."""

    id: str
    scale: str
    at_ms: int
    note: str


@dataclass(frozen=True, slots=True)
class Amended:
    """A change after submission."""

    scale: str
    dimension: str
    old: Answer
    new: Answer
    why: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """One rating, as its coder may see it.

    Blindness is this type: it has no field for the arm, the site, the counselor, the client, the session
    number, the purpose, a file name or anybody else's scores.

    Attributes:
        answers: (scale, dimension) to answer; a slot that is not there is open.
        heard: Stretches heard, merged, in ms.
        part_ms: True length of each part of the recording.
        coverage_share: The share the study asks to be heard.
        place: (2, 6) for the second of six in the queue; None when it is not in the queue any more.
    """

    rating_id: str
    blind_code: str
    person_code: str
    instrument: Instrument
    answers: Mapping[tuple[str, str], Answer]
    marks: tuple[Mark, ...]
    notes: str
    heard: tuple[Span, ...]
    part_ms: tuple[int, ...]
    kind: MediaKind
    position_ms: int
    speed: float
    submitted_at: datetime | None
    amendments: tuple[Amended, ...]
    coverage_share: float
    place: tuple[int, int] | None

    @cached_property
    def duration_ms(self) -> int:
        """True length of the whole recording."""
        return sum(self.part_ms)

    @cached_property
    def heard_share(self) -> float:
        """Share of the recording heard at least once, 0 to 1."""
        return share_heard(self.heard, self.duration_ms)

    @cached_property
    def open_slots(self) -> tuple[tuple[str, str], ...]:
        """What is not answered yet, in the order of the form."""
        return tuple(
            slot for slot in self.instrument.slots() if self.answers.get(slot, OPEN).state is State.OPEN
        )

    @cached_property
    def tallies(self) -> Mapping[str, int]:
        """Scale to number of evidence marks."""
        return Counter(mark.scale for mark in self.marks)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a coder's queue."""

    rating_id: str
    blind_code: str
    duration_ms: int
    kind: MediaKind
    progress: Progress
    answered: int
    slots: int
    due_on: date | None
    submitted_at: datetime | None


def desk(db: Db, rating_id: str) -> Desk:
    """Everything the coding page shows.

    Raises:
        UserError: it is somebody else's rating.
    """
    _refuse_others(db, rating_id)
    return desk_of(db, db.get_one(Rating, rating_id, options=_with_names()))


def again(db: Db, known: Desk, changed: Set[str]) -> Desk:
    """What `desk` gives now for a rating whose desk is ``known``, when the tables ``changed`` changed.

    Raises:
        UserError: as `desk`.
    """
    own = known.rating_id
    # After a key press, whose answer somebody waits for. Nothing else of the desk comes from that table.
    if changed != {Score.__tablename__}:
        return desk(db, own)
    _refuse_others(db, own)
    return replace(known, answers=answers_of(db, own))


def desk_of(db: Db, rating: Rating) -> Desk:
    """All that a page shows of ``rating``. Who may see it, the caller has asked."""
    own = {"rating": rating.id}
    parts = db.execute(_PARTS, {"session": rating.session_id}).all()
    place = db.execute(_PLACE, own).first()
    return Desk(
        rating_id=rating.id,
        blind_code=shown_code(db, rating),
        person_code=rating.person.code,
        instrument=form_of(rating),
        answers=answers_of(db, rating.id),
        marks=marks_of(db, rating.id),
        notes=rating.notes,
        heard=merged((start, end) for start, end in db.execute(_HEARD, own)),
        part_ms=tuple(part.duration_ms for part in parts),
        kind=MediaKind.VIDEO if any(part.kind == MediaKind.VIDEO for part in parts) else MediaKind.AUDIO,
        position_ms=place.position_ms if place else 0,
        speed=place.speed if place else 1.0,
        submitted_at=rating.submitted_at,
        amendments=amendments_of(db, rating.id) if rating.submitted_at else (),
        coverage_share=asked_share(rating, db.scalars(_COVERAGE).one()),
        place=None if rating.submitted_at else _place_in_queue(db, rating),
    )


@cache
def _with_names() -> tuple[ORMOption, ...]:
    # Not at import, where it would set all tables up before the window opens.
    return (joinedload(Rating.person, innerjoin=True),)


def _refuse_others(db: Db, rating_id: str) -> None:
    if db.scalar(_OWN, {"rating": rating_id, "person": actor(db)}) is None:
        raise UserError("This is not one of your sessions. Go back to your queue.")


def queue(db: Db) -> tuple[QueueRow, ...]:
    """The sessions of the person working: first what is begun, then by due date, then what is submitted.

    Sessions that are due together come in the order of their blind codes, which is random.
    """
    ratings = db.scalars(
        select(Rating)
        .where(
            Rating.person_id == actor(db),
            Rating.withdrawn_at.is_(None),
            Rating.purpose != Purpose.CONSENSUS,
        )
        .options(selectinload(Rating.session).selectinload(TreatmentSession.recordings))
    ).all()
    answered, own = _answered(db), shown_codes(db)
    rows = [
        _queue_row(rating, own.get(rating.id, rating.blind_code), answered.get(rating.id, 0))
        for rating in ratings
    ]
    return tuple(sorted(rows, key=_order))


def answers_of(db: Db, rating_id: str) -> Mapping[tuple[str, str], Answer]:
    """(scale, dimension) to answer, of one rating; a slot that is not there is open."""
    return {
        (scale, dimension): Answer(State(state), value, Reason(reason) if reason else None)
        for scale, dimension, state, value, reason in db.execute(_SCORES, {"rating": rating_id})
    }


def marks_of(db: Db, rating_id: str) -> tuple[Mark, ...]:
    """The evidence of one rating, in the order of the recording."""
    return tuple(Mark(*row) for row in db.execute(_MARKS, {"rating": rating_id}))


def amendments_of(db: Db, rating_id: str) -> tuple[Amended, ...]:
    """How one rating was changed after submission, the oldest first."""
    rows = db.scalars(
        select(Amendment).where(Amendment.rating_id == rating_id).order_by(Amendment.amended_at)
    )
    return tuple(
        Amended(
            row.scale,
            row.dimension,
            Answer.decode(row.old),
            Answer.decode(row.new),
            row.why,
            row.amended_at,
        )
        for row in rows
    )


def _place_in_queue(db: Db, rating: Rating) -> tuple[int, int] | None:
    waiting = db.execute(_WAITING, {"person": rating.person_id}).all()
    own = shown_codes(db) if rating.purpose == Purpose.SELF else {}
    order = sorted(
        waiting,
        key=lambda row: (
            row.begun_at is None,
            row.due_on or date.max,
            natural(own.get(row.id, row.blind_code)),
        ),
    )
    ids = [row.id for row in order]
    return (ids.index(rating.id) + 1, len(ids)) if rating.id in ids else None


def _answered(db: Db) -> dict[str, int]:
    rows = db.execute(
        select(Score.rating_id, func.count())
        .join(Rating, Rating.id == Score.rating_id)
        .where(Rating.person_id == actor(db), Score.state != State.OPEN)
        .group_by(Score.rating_id)
    )
    return {row[0]: row[1] for row in rows}


def _queue_row(rating: Rating, code: str, answered: int) -> QueueRow:
    parts = rating.session.recordings
    if rating.submitted_at:
        progress = Progress.SUBMITTED
    else:
        progress = Progress.BEGUN if rating.begun_at else Progress.ASSIGNED
    return QueueRow(
        rating_id=rating.id,
        blind_code=code,
        duration_ms=sum(part.duration_ms for part in parts),
        kind=MediaKind.VIDEO if any(part.kind == MediaKind.VIDEO for part in parts) else MediaKind.AUDIO,
        progress=progress,
        answered=answered,
        slots=len(form_of(rating).slots()),
        due_on=rating.due_on,
        submitted_at=rating.submitted_at,
    )


def _order(row: QueueRow) -> tuple[Any, ...]:
    submitted = row.progress is Progress.SUBMITTED
    return submitted, row.progress is not Progress.BEGUN, row.due_on or date.max, natural(row.blind_code)
