"""How a scale is rated by a decision of the study: what everybody signed in may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from mio_fidelity.coding.editions import instrument_of, latest_edition
from mio_fidelity.coding.people import works_on
from mio_fidelity.coding.study_state import day_of
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db
from mio_fidelity.store.models import Decision, InstrumentEdition, Meeting, Rating, now

IN_FORCE, TO_COME, WITHDRAWN = "in force", "to come", "withdrawn"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as coders read it; nothing of a meeting but its day.

    Attributes:
        scale: Key of the scale; None for all scales.
        dimension: Key of the dimension; None for all dimensions.
        scale_title: Number and title of the scale; empty for all scales.
        dimension_title: Empty for all dimensions.
        since: It holds for ratings begun on this day or later.
        met_on: The day of the meeting that decided; None when there was none.
        withdrawn_on: It holds for no rating begun after that.
    """

    id: str
    scale: str | None
    dimension: str | None
    scale_title: str
    dimension_title: str
    text: str
    since: date
    met_on: date | None
    withdrawn_on: date | None

    def concerns(self, scale: str, dimension: str | None = None) -> bool:
        """Whether it is about this scale and, when one is given, this dimension."""
        return self.scale in (None, scale) and (dimension is None or self.dimension in (None, dimension))

    def state(self, on: date) -> str:
        """In one word, on a day."""
        if self.withdrawn_on is not None and self.withdrawn_on <= on:
            return WITHDRAWN
        return IN_FORCE if self.since <= on else TO_COME


def decisions(db: Db, on: date | None = None, scale: str | None = None) -> tuple[Decided, ...]:
    """The decisions in force on a day, the oldest first; without a day, all that were ever made.

    Args:
        db: The study.
        on: The day.
        scale: Key of a scale, for the decisions about it and about all scales.
    """
    found = _read(db, _all())
    return tuple(
        each
        for each in found
        if (on is None or each.state(on) == IN_FORCE) and (scale is None or each.concerns(scale))
    )


def decisions_for(db: Db, rating_id: str) -> tuple[Decided, ...]:
    """The decisions that hold for a rating: those in force when it was begun, now if it was not.

    Raises:
        UserError: it is somebody else's rating.
    """
    rating = db.get(Rating, rating_id)
    if rating is None or rating.withdrawn_at or not works_on(db, rating):
        raise UserError("This is not one of your sessions. Go back to your queue.")
    return in_force_for(db, rating)


def in_force_for(db: Db, rating: Rating) -> tuple[Decided, ...]:
    """As `decisions_for`, whoever asks."""
    begun: datetime = rating.begun_at or now()
    still = Decision.withdrawn_at.is_(None) | (Decision.withdrawn_at > begun)
    return _read(db, _all().where(Decision.since <= day_of(begun), still))


def decisions_of(db: Db, meeting_id: str) -> tuple[Decided, ...]:
    """What one meeting decided, whatever became of it."""
    return _read(db, _all().where(Decision.meeting_id == meeting_id))


def newest_words(db: Db) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Key to number and title of every scale, key to title of every dimension, as last worded."""
    scales: dict[str, str] = {}
    dimensions: dict[str, str] = {}
    for instrument in editions(db):
        scales |= {scale.key: f"{scale.number}. {scale.title}" for scale in instrument.scales}
        dimensions |= {key: each.title for key, each in instrument.dimensions.items()}
    return scales, dimensions


def newest_instrument(db: Db) -> Instrument:
    """The instrument whose scales are decided about now.

    Raises:
        UserError: the study has none.
    """
    return instrument_of(latest_edition(db))


def editions(db: Db) -> tuple[Instrument, ...]:
    """Every instrument that was ever used here, the oldest first."""
    rows = db.scalars(select(InstrumentEdition).order_by(InstrumentEdition.added_at, InstrumentEdition.id))
    return tuple(map(instrument_of, rows))


def _all() -> Select[Decision, date]:
    return (
        select(Decision, Meeting.held_on)
        .outerjoin(Meeting, Meeting.id == Decision.meeting_id)
        .order_by(Decision.since, Decision.made_at, Decision.id)
    )


def _read(db: Db, wanted: Select[Decision, date]) -> tuple[Decided, ...]:
    rows = db.execute(wanted).all()
    scales, dimensions = newest_words(db) if rows else ({}, {})
    return tuple(
        Decided(
            row.id,
            row.scale,
            row.dimension,
            scales.get(row.scale or "", row.scale or ""),
            dimensions.get(row.dimension or "", row.dimension or ""),
            row.text,
            row.since,
            met_on,
            day_of(row.withdrawn_at),
        )
        for row, met_on in rows
    )
