"""Reading master codes, for whatever is compared with them. Who may see them, the caller has asked."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import Rating, Rationale

# What makes a rating master codes that count.
FINAL = (
    Rating.purpose == Purpose.MASTER,
    Rating.submitted_at.is_not(None),
    Rating.withdrawn_at.is_(None),
)


def latest_masters(
    db: Db, session_ids: Collection[str] | None = None, before: datetime | None = None
) -> Mapping[tuple[str, str], str]:
    """(session, fingerprint of the edition) to the id of the master codes submitted last.

    Args:
        db: The study.
        session_ids: Of which sessions; None for all.
        before: Of those submitted before then; None for all.
    """
    query = select(Rating.id, Rating.session_id, Rating.instrument_sha256).where(*FINAL)
    if session_ids is not None:
        query = query.where(Rating.session_id.in_(session_ids))
    if before is not None:
        query = query.where(Rating.submitted_at < before)
    rows = db.execute(query.order_by(Rating.submitted_at, Rating.occasion))
    return {(row.session_id, row.instrument_sha256): row.id for row in rows}


def rationales_of(db: Db, rating_id: str) -> Mapping[str, str]:
    """Scale to why the master codes give it what they give it."""
    rows = db.scalars(select(Rationale).where(Rationale.rating_id == rating_id))
    return {row.scale: row.text for row in rows}
