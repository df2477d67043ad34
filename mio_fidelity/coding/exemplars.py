"""Examples: evidence marks that show what a point of a scale sounds like, for everybody who codes.

They come from sessions that trainees may hear, and say nothing about the session they are from.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import Medium, audible, parts_of, withheld
from mio_fidelity.coding.wording import refuse_clients
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import (
    EvidenceMark,
    Exemplar,
    Rating,
    Recording,
    TreatmentSession,
    now,
)

# What is played: a mark is set when something has been heard, so that most of it lies before.
BEFORE_MS, AFTER_MS = 20_000, 15_000


@dataclass(frozen=True, slots=True)
class ExemplarRow:
    """An example of a point of a scale.

    Attributes:
        note: What the supervisor says about it; may be empty.
        text: What the mark itself says; may be empty.
        at_ms: Where the mark is, from the beginning of the recording.
        start_ms: Where the stretch to play begins.
        end_ms: Where it ends.
    """

    id: str
    scale: str
    dimension: str
    point: int
    note: str
    text: str
    at_ms: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Clip:
    """What a player needs to play an example."""

    media: tuple[Medium, ...]
    start_ms: int
    end_ms: int


def promote(db: Db, mark_id: str, dimension: str, point: int, note: str = "") -> str:
    """Make an evidence mark an example of a point of its scale; the example's id.

    Raises:
        UserError: the mark is gone or its rating not submitted, its session is not marked for training or may
            not be heard any more, it is an example of this dimension already, its words name a client, or the
            person signed in is no supervisor.
        ValueError: the scale has no such dimension, or the dimension no such point.
    """
    only_supervisors(db)
    mark = db.get(EvidenceMark, mark_id)
    if mark is None:
        raise UserError("This mark is gone already.")
    rating = db.get_one(Rating, mark.rating_id)
    if rating.submitted_at is None or rating.withdrawn_at:
        raise UserError("Only marks of submitted ratings become examples: others may still change.")
    if not rating.session.for_training:
        raise UserError("This session is not marked for training, so nobody else may hear it. Mark it first.")
    if withheld(db, rating.session):
        raise UserError("The recording of this session was removed from the study. Choose another session.")
    instrument = instrument_of(rating.instrument)
    if dimension not in instrument.scale(mark.scale).dimensions:
        raise ValueError(f"{mark.scale} has no {dimension}")
    if point not in instrument.dimensions[dimension].points:
        raise ValueError(f"{point} is not a point of {dimension}")
    if db.scalar(
        select(Exemplar.id).where(
            Exemplar.mark_id == mark_id, Exemplar.dimension == dimension, Exemplar.withdrawn_at.is_(None)
        )
    ):
        raise UserError("This mark is an example already. Take that one back first.")
    refuse_clients(db, f"{note}\n{mark.note}")
    row = Exemplar(mark_id=mark_id, dimension=dimension, point=point, note=note.strip(), person_id=actor(db))
    db.add(row)
    db.flush()
    return row.id


def withdraw(db: Db, exemplar_id: str) -> None:
    """Take an example back; the audit trail keeps it.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.get_one(Exemplar, exemplar_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = now()


def exemplars(db: Db) -> tuple[ExemplarRow, ...]:
    """All examples the person signed in may hear, by scale as the manual has them, dimension and point.

    An example from a session that the person has yet to rate is kept back: it would give the answer away.
    So is one whose recording may not be heard any more.

    Raises:
        UserError: nobody has signed in.
    """
    rows = db.execute(shown_to(actor(db))).all()
    lengths = _lengths(db)
    orders = {row.Rating.instrument_sha256: _order(row.Rating) for row in rows}
    rows = sorted(rows, key=lambda row: (*orders[row.Rating.instrument_sha256](row), row.EvidenceMark.at_ms))
    return tuple(_row(row, lengths[row.Rating.session_id]) for row in rows)


def clip(db: Db, exemplar_id: str, study_folder: Path) -> Clip:
    """What a player needs to play an example. A page never shows a path.

    Raises:
        UserError: there is no such example any more.
    """
    row = db.execute(shown_to(actor(db)).where(Exemplar.id == exemplar_id)).one_or_none()
    if row is None:
        raise UserError("This example is not available any more.")
    told = _row(row, _lengths(db)[row.Rating.session_id])
    return Clip(parts_of(row.Rating.session, study_folder), told.start_ms, told.end_ms)


def shown_to(person_id: str) -> Select[Exemplar, EvidenceMark, Rating]:
    """The examples that a person may hear, with their marks and the ratings these belong to."""
    to_rate = select(Rating.session_id).where(
        Rating.person_id == person_id,
        # Who writes master codes, or a consensus, may know what was said before.
        Rating.purpose.not_in((Purpose.MASTER, Purpose.CONSENSUS)),
        Rating.submitted_at.is_(None),
        Rating.withdrawn_at.is_(None),
    )
    return (
        select(Exemplar, EvidenceMark, Rating)
        .join(EvidenceMark, EvidenceMark.id == Exemplar.mark_id)
        .join(Rating, Rating.id == EvidenceMark.rating_id)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .where(
            Exemplar.withdrawn_at.is_(None),
            TreatmentSession.for_training,
            TreatmentSession.id.not_in(to_rate),
            TreatmentSession.id.in_(audible()),
        )
    )


def _lengths(db: Db) -> dict[str, int]:
    """Session to the length of its recording, of those for training."""
    rows = db.execute(
        select(Recording.session_id, func.sum(Recording.duration_ms))
        .join(TreatmentSession, TreatmentSession.id == Recording.session_id)
        .where(TreatmentSession.for_training)
        .group_by(Recording.session_id)
    )
    return {session_id: int(length) for session_id, length in rows}


def _order(rating: Rating) -> Any:
    instrument = instrument_of(rating.instrument)
    place = {slot: at for at, slot in enumerate(instrument.slots())}
    return lambda row: (place[row.EvidenceMark.scale, row.Exemplar.dimension], row.Exemplar.point)


def _row(row: Any, length: int) -> ExemplarRow:
    at_ms = row.EvidenceMark.at_ms
    return ExemplarRow(
        row.Exemplar.id,
        row.EvidenceMark.scale,
        row.Exemplar.dimension,
        row.Exemplar.point,
        row.Exemplar.note,
        row.EvidenceMark.note,
        at_ms,
        max(0, at_ms - BEFORE_MS),
        min(length, at_ms + AFTER_MS),
    )
