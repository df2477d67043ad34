"""What taking work in asks of the study about the ratings that came back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.package_content import batched
from mio_fidelity.coding.recordings import is_withheld
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db
from mio_fidelity.store.models import Client, InstrumentEdition, Rating, TreatmentSession


@dataclass(frozen=True, slots=True)
class Here:
    """A rating as the study has it.

    Attributes:
        session: The label of its session, for supervisors.
        withheld: Whether its session may not be heard any more.
    """

    id: str
    blind_code: str
    session: str
    session_id: str
    purpose: str
    assigned_at: datetime
    submitted_at: datetime | None
    withdrawn_at: datetime | None
    withheld: bool
    instrument: Instrument


def ratings_of(db: Db, ids: list[str]) -> dict[str, Here]:
    """Rating id to the rating; one that the study does not know is left out."""
    asked = (
        select(
            Rating.id,
            Rating.blind_code,
            Client.code,
            TreatmentSession.number,
            Rating.session_id,
            Rating.purpose,
            Rating.assigned_at,
            Rating.submitted_at,
            Rating.withdrawn_at,
            is_withheld().label("withheld"),
            Rating.instrument_id,
        )
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
    )
    found, editions = {}, dict[str, Instrument]()
    for some in batched(ids):
        for row in db.execute(asked.where(Rating.id.in_(some))):
            edition = row.instrument_id
            if edition not in editions:
                editions[edition] = instrument_of(db.get_one(InstrumentEdition, edition))
            found[row.id] = Here(
                row.id,
                row.blind_code,
                f"{row.code}-{row.number}",
                row.session_id,
                row.purpose,
                row.assigned_at,
                row.submitted_at,
                row.withdrawn_at,
                row.withheld,
                editions[edition],
            )
    return found


def still_open(db: Db, ids: list[str]) -> Iterator[str]:
    """Those of the ratings that nobody has submitted here."""
    for some in batched(ids):
        yield from db.scalars(select(Rating.id).where(Rating.id.in_(some), Rating.submitted_at.is_(None)))


def given_again(db: Db, rating: Here) -> bool:
    """Whether somebody has the session in place of a rating that was taken back."""
    others = select(Rating.id).where(
        Rating.session_id == rating.session_id,
        Rating.purpose == rating.purpose,
        Rating.withdrawn_at.is_(None),
        Rating.assigned_at >= rating.withdrawn_at,
    )
    return db.scalar(others) is not None
