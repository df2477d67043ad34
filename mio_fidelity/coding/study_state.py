"""How far the study is, session by session: what several tables and pages count alike."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import Client, Counselor, Rating, Site, TreatmentSession

NOT_GIVEN, GIVEN, BEGUN, CODED = "not given out", "given out", "being coded", "coded"
READY, AWAITED, TROUBLED, NO_FILE = "ready", "awaited", "with a problem", "none"
# What a session is sampled for; a hidden re-code or a drift check is no progress of the study.
SAMPLED = (Purpose.PRODUCTION, Purpose.RELIABILITY)


@dataclass(frozen=True, slots=True)
class Coding:
    """How far the coding of a session is: independent ratings given out, begun, submitted."""

    given: int = 0
    begun: int = 0
    submitted: int = 0
    double: bool = False
    due: date | None = None

    @property
    def state(self) -> str:
        """In one word."""
        if not self.given:
            return NOT_GIVEN
        if self.submitted == self.given:
            return CODED
        return BEGUN if self.begun else GIVEN


def coding_of(db: Db) -> dict[str, Coding]:
    """Session id to how far its coding is; a session that was never given out is not there."""
    open_due = case((Rating.submitted_at.is_(None), Rating.due_on))
    rows = db.execute(
        select(
            Rating.session_id,
            func.count(),
            func.count(Rating.begun_at),
            func.count(Rating.submitted_at),
            func.count(case((Rating.purpose == Purpose.RELIABILITY, 1))),
            func.min(open_due),
        )
        .where(Rating.withdrawn_at.is_(None), Rating.purpose.in_(SAMPLED), Rating.occasion == 1)
        .group_by(Rating.session_id)
    )
    return {
        session: Coding(given, begun, submitted, double > 1, due)
        for session, given, begun, submitted, double, due in rows
    }


def all_sessions(db: Db) -> list[Any]:
    """Id, number, arm, day, codes of client, site and counselor; by client and number."""
    return list(
        db.execute(
            select(
                TreatmentSession.id,
                TreatmentSession.number,
                TreatmentSession.arm,
                TreatmentSession.held_on,
                Client.code,
                Site.code,
                Counselor.code,
            )
            .join(Client, Client.id == TreatmentSession.client_id)
            .outerjoin(Site, Site.id == Client.site_id)
            .outerjoin(Counselor, Counselor.id == TreatmentSession.counselor_id)
            .order_by(Client.code, TreatmentSession.number)
        )
    )


def day_of(moment: datetime | None) -> date | None:
    """The day of this computer's clock."""
    return moment.astimezone().date() if moment else None
