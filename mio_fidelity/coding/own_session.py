"""What is different when counselors rate their own sessions: they know which it is, and were there."""

from sqlalchemy import select

from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import Client, Rating, TreatmentSession


def shown_code(db: Db, rating: Rating) -> str:
    """What the session is called on its rater's screen: the blind code, or to its counselor what it is."""
    if rating.purpose != Purpose.SELF:
        return rating.blind_code
    client = db.get_one(Client, rating.session.client_id)
    return f"{client.code}-{rating.session.number}"


def shown_codes(db: Db) -> dict[str, str]:
    """Id of the self-ratings of the person working to what their sessions are."""
    rows = db.execute(
        select(Rating.id, Client.code, TreatmentSession.number)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(Rating.person_id == actor(db), Rating.purpose == Purpose.SELF)
    )
    return {rating_id: f"{client}-{number}" for rating_id, client, number in rows}


def asked_share(rating: Rating, share: float) -> float:
    """How much of the recording is to be heard, of the ``share`` the study asks for; none of one's own."""
    return 0.0 if rating.purpose == Purpose.SELF else share
