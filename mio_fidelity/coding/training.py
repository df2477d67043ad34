"""Training: a person rates master sessions blind, submits, and only then sees the comparison.

What counts is the rating as it was first submitted. Whoever has seen the comparison may still amend, but
neither the comparison nor a certification follows the amendment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding.assign import assign, may_be_given
from mio_fidelity.coding.decisions import Decided, in_force_for
from mio_fidelity.coding.desk import Mark, Progress, amendments_of, answers_of, marks_of
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.gold import latest_masters, rationales_of
from mio_fidelity.coding.masters import MasterRow, masters
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import Medium, parts_of
from mio_fidelity.coding.told import told_of
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import Client, Person, Rating, Recalibration, TreatmentSession

Key = tuple[str, str]
# What is rated to be compared with master codes; of purpose drift only what belongs to a recalibration.
COMPARED = (Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.DRIFT)


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer beside the master's.

    Attributes:
        own: As it was first submitted.
        master: Open when the master codes leave it open.
    """

    dimension: str
    own: Answer
    master: Answer

    @property
    def difference(self) -> int | None:
        """Own minus master, in points; None unless both gave a point."""
        if self.own.value is None or self.master.value is None:
            return None
        return self.own.value - self.master.value

    @property
    def within_1(self) -> bool | None:
        """Whether the two lie at most one point apart; None unless both gave a point."""
        return None if self.difference is None else abs(self.difference) <= 1


@dataclass(frozen=True, slots=True)
class ScaleCompared:
    """One scale: the answers beside the master's, the master's reasons, the evidence of both."""

    scale: str
    number: int
    title: str
    cells: tuple[Cell, ...]
    rationale: str
    own_marks: tuple[Mark, ...]
    master_marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Comparison:
    """A submitted rating beside the master codes of its session.

    Blindness is this type: it has no field for the client, the site, the arm, the session number, the
    counselor, or any other coder.

    Attributes:
        person_code: Whose rating it is.
        amended: Whether it was amended since; the comparison is with what was first submitted.
        part_ms: True length of each part of the recording.
        decided: The decisions of the study that held for the rating.
    """

    rating_id: str
    blind_code: str
    person_code: str
    instrument: Instrument
    submitted_at: datetime
    amended: bool
    scales: tuple[ScaleCompared, ...]
    part_ms: tuple[int, ...]
    decided: tuple[Decided, ...]

    @cached_property
    def compared(self) -> int:
        """How many answers have a point of both."""
        return sum(cell.difference is not None for scale in self.scales for cell in scale.cells)

    @cached_property
    def within_1(self) -> int:
        """How many of them lie at most one point apart."""
        return sum(bool(cell.within_1) for scale in self.scales for cell in scale.cells)


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One training rating, as supervisors see it.

    Attributes:
        label: The session's client and number.
        comparable: Whether it is submitted and there are master codes of the same edition.
    """

    rating_id: str
    session_id: str
    person_id: str
    coder: str
    label: str
    blind_code: str
    purpose: Purpose
    progress: Progress
    due_on: date | None
    submitted_at: datetime | None
    comparable: bool


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A rating of one's own that can be compared with master codes."""

    rating_id: str
    blind_code: str
    submitted_at: datetime


def assign_training(
    db: Db, person_id: str, session_ids: Collection[str], due_on: date | None = None
) -> tuple[str, ...]:
    """Give master sessions to a person to rate blind, all or nothing; the new ratings.

    Each is given with the edition of its latest master codes.

    Raises:
        UserError: a session has no master codes or may not be used for training, the person knows it already,
            as `assign.assign`, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    person, known = db.get_one(Person, person_id), known_sessions(db, person_id)
    if not person.active:
        raise UserError("{code} has left the study. Choose somebody else.", code=person.code)
    editions = _editions(db, session_ids)
    given = []
    for session_id in dict.fromkeys(session_ids):
        session = db.get_one(TreatmentSession, session_id)
        if session_id not in editions:
            raise UserError("A session without submitted master codes cannot be used for training.")
        if not session.for_training:
            raise UserError("A session is not marked for training. Mark it first if trainees may hear it.")
        if session_id in known:
            raise UserError(
                "{code} has rated or discussed one of these sessions, or could hear an example from it, so "
                "it would not be rated blind. Choose another.",
                code=person.code,
            )
        given.append(assign(db, session_id, person_id, editions[session_id], Purpose.TRAINING, due_on))
    return tuple(given)


def offered(db: Db, person_id: str) -> tuple[MasterRow, ...]:
    """The master sessions for training that a person can be given.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    known = known_sessions(db, person_id)
    return tuple(
        row
        for row in masters(db)
        if row.for_training
        and row.session_id not in known
        and may_be_given(db, row.session_id, person_id, Purpose.TRAINING)
    )


def known_sessions(db: Db, person_id: str) -> frozenset[str]:
    """Sessions a person has been given, has rated or was told of, and so cannot rate blind for training.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    rated = select(Rating.session_id).where(Rating.person_id == person_id, Rating.withdrawn_at.is_(None))
    return told_of(db, person_id) | set(db.scalars(rated))


def comparison(db: Db, rating_id: str) -> Comparison:
    """A submitted rating beside the master codes of its session.

    Raises:
        UserError: it is not the rating of the person signed in, who is no supervisor either; it is not for
            comparison; it is not submitted, or its session is to be rated again; or there are no master codes
            of its edition.
    """
    rating, submitted_at = _comparable(db, rating_id)
    master_id = latest_masters(db, [rating.session_id]).get((rating.session_id, rating.instrument_sha256))
    if master_id is None:
        raise UserError(
            "There are no master codes for this session given with the same edition of the instrument."
        )
    return Comparison(
        rating.id,
        rating.blind_code,
        rating.person.code,
        instrument_of(rating.instrument),
        submitted_at,
        bool(amendments_of(db, rating.id)),
        _scales(db, rating, master_id),
        tuple(part.duration_ms for part in rating.session.recordings),
        in_force_for(db, rating),
    )


def comparison_media(db: Db, rating_id: str, study_folder: Path) -> tuple[Medium, ...]:
    """The files to play beside a comparison, in order. For the player alone.

    Raises:
        UserError: as `comparison`.
    """
    return parts_of(_comparable(db, rating_id)[0].session, study_folder)


def first_submitted(db: Db, rating_id: str) -> Mapping[Key, Answer]:
    """The answers of a submitted rating before anything was amended."""
    answers = dict(answers_of(db, rating_id))
    for change in reversed(amendments_of(db, rating_id)):
        answers[change.scale, change.dimension] = change.old
    return answers


def trainees(db: Db) -> tuple[TrainingRow, ...]:
    """All ratings that are compared with master codes, by person and day.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    there = latest_masters(db)
    rows = db.execute(
        select(Rating, Person.code, Client.code.label("client"), TreatmentSession.number)
        .join(Person, Person.id == Rating.person_id)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(*_for_comparison())
        .order_by(Person.code, Rating.submitted_at, Rating.assigned_at, Rating.blind_code)
    )
    return tuple(
        TrainingRow(
            rating.id,
            rating.session_id,
            rating.person_id,
            code,
            f"{client}-{number}",
            rating.blind_code,
            Purpose(rating.purpose),
            _progress(rating),
            rating.due_on,
            rating.submitted_at,
            bool(rating.submitted_at) and (rating.session_id, rating.instrument_sha256) in there,
        )
        for rating, code, client, number in rows
    )


def own_training(db: Db) -> tuple[OwnRow, ...]:
    """The ratings of the person signed in that can be compared with master codes, the last first.

    An open rating is not among them: nothing says that it is for training. Nor is one of a session that is to
    be rated again.
    """
    there, again = latest_masters(db), _rating_now(db, actor(db))
    rows = db.scalars(
        select(Rating)
        .where(Rating.person_id == actor(db), Rating.submitted_at.is_not(None), *_for_comparison())
        .order_by(Rating.submitted_at.desc())
    )
    return tuple(
        OwnRow(row.id, row.blind_code, row.submitted_at)
        for row in rows
        if row.submitted_at
        and row.session_id not in again
        and (row.session_id, row.instrument_sha256) in there
    )


def _for_comparison() -> tuple[ColumnElement[bool], ...]:
    return (
        Rating.purpose.in_(COMPARED),
        or_(Rating.purpose != Purpose.DRIFT, Rating.recalibration_id.is_not(None)),
        Rating.withdrawn_at.is_(None),
    )


def _editions(db: Db, session_ids: Collection[str]) -> dict[str, str]:
    """Session to the instrument of its latest master codes."""
    ids = set(latest_masters(db, session_ids).values())
    rows = db.scalars(select(Rating).where(Rating.id.in_(ids)).order_by(Rating.submitted_at))
    return {row.session_id: row.instrument_id for row in rows}


def _comparable(db: Db, rating_id: str) -> tuple[Rating, datetime]:
    rating = db.scalar(select(Rating).where(Rating.id == rating_id, *_for_comparison()))
    me = db.get_one(Person, actor(db))
    if rating is None or (rating.person_id != me.id and me.role != Role.SUPERVISOR):
        raise UserError("This is not a training session of yours. Go back to the list.")
    if rating.submitted_at is None:
        raise UserError("The comparison with the master codes comes when the rating is submitted.")
    if rating.person_id == me.id and rating.session_id in _rating_now(db, me.id):
        # Nothing may say that another session on the list is this one again.
        raise UserError("There is nothing to compare this session with at present.")
    return rating, rating.submitted_at


def _rating_now(db: Db, person_id: str) -> frozenset[str]:
    """Sessions a person is to rate, blind, at present: master codes would give the answers away.

    Those of a recalibration that is not closed are among them, rated or not: one that can be compared would
    tell what the others on the list are for.
    """
    still_open = select(Recalibration.id).where(Recalibration.closed_at.is_(None))
    return frozenset(
        db.scalars(
            select(Rating.session_id).where(
                Rating.person_id == person_id,
                Rating.purpose.not_in((Purpose.MASTER, Purpose.CONSENSUS)),
                or_(Rating.submitted_at.is_(None), Rating.recalibration_id.in_(still_open)),
                Rating.withdrawn_at.is_(None),
            )
        )
    )


def _scales(db: Db, rating: Rating, master_id: str) -> tuple[ScaleCompared, ...]:
    own, master = first_submitted(db, rating.id), answers_of(db, master_id)
    own_marks, master_marks = marks_of(db, rating.id), marks_of(db, master_id)
    why = rationales_of(db, master_id)
    return tuple(
        ScaleCompared(
            scale.key,
            scale.number,
            scale.title,
            tuple(
                Cell(key, own.get((scale.key, key), OPEN), master.get((scale.key, key), OPEN))
                for key in scale.dimensions
            ),
            why.get(scale.key, ""),
            tuple(mark for mark in own_marks if mark.scale == scale.key),
            tuple(mark for mark in master_marks if mark.scale == scale.key),
        )
        for scale in instrument_of(rating.instrument).scales
    )


def _progress(rating: Rating) -> Progress:
    if rating.submitted_at:
        return Progress.SUBMITTED
    return Progress.BEGUN if rating.begun_at else Progress.ASSIGNED
