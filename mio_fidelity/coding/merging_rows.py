"""What taking work in asks of the study: ratings, and what stands around them."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from mio_fidelity.coding.package_content import batched
from mio_fidelity.store import Db
from mio_fidelity.store.models import Client, Rating, TreatmentSession


def ratings_of(db: Db, ids: list[str]) -> Iterator[Rating]:
    """With their sessions, recordings and clients at hand, which is a few statements and not hundreds."""
    along = selectinload(Rating.session).selectinload(TreatmentSession.recordings)
    for some in batched(ids):
        chosen = select(Rating).where(Rating.id.in_(some))
        yield from db.scalars(chosen.options(along, joinedload(Rating.instrument)))


def clients_of(ratings: Mapping[str, Rating]) -> set[str]:
    """Ids of those whose sessions these are."""
    return {each.session.client_id for each in ratings.values()}


def still_open(db: Db, ids: list[str]) -> Iterator[str]:
    """Those of the ratings that nobody has submitted here."""
    for some in batched(ids):
        yield from db.scalars(select(Rating.id).where(Rating.id.in_(some), Rating.submitted_at.is_(None)))


def given_again(db: Db, rating: Rating) -> bool:
    """Whether somebody has the session in place of a rating that was taken back."""
    others = select(Rating.id).where(
        Rating.session_id == rating.session_id,
        Rating.purpose == rating.purpose,
        Rating.withdrawn_at.is_(None),
        Rating.assigned_at >= rating.withdrawn_at,
    )
    return db.scalar(others) is not None


def labels_of(db: Db, ratings: list[Rating]) -> Mapping[str, str]:
    """Rating id to the label of its session."""
    rows = db.execute(
        select(TreatmentSession.id, Client.code, TreatmentSession.number).join(
            Client, Client.id == TreatmentSession.client_id
        )
    )
    sessions = {session_id: f"{client}-{number}" for session_id, client, number in rows}
    return {rating.id: sessions[rating.session_id] for rating in ratings}
