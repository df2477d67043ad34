"""Which master sessions a coder may be given to rate anew."""

from typing import Any

from sqlalchemy import select

from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.ground import luck
from mio_fidelity.coding.recordings import audible
from mio_fidelity.coding.told import told_of
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import (
    AwaitedFile,
    Barred,
    Client,
    Counselor,
    Person,
    Rating,
    TreatmentSession,
)


def master_candidates(db: Db, person: Person, seed: int) -> tuple[list[str], list[str]]:
    """Master sessions the coder never had, and those rated before, each in the seed's order.

    Raises:
        UserError: there are none that the coder may rate.
    """
    away = _away_from(db, person)
    allowed = {
        row.session_id: (luck(seed, row.code, row.number), row.session_id)
        for row in _masters(db)
        if not {row.client_id, row.counselor_id, row.site_id} & away
    }
    had: dict[str, bool] = {}
    for session_id, submitted_at in db.execute(
        select(Rating.session_id, Rating.submitted_at).where(
            Rating.person_id == person.id, Rating.withdrawn_at.is_(None)
        )
    ):
        had[session_id] = had.get(session_id, True) and submitted_at is not None
    own = set(
        db.scalars(
            select(Rating.session_id).where(Rating.person_id == person.id, Rating.purpose == Purpose.MASTER)
        )
    )
    ordered = sorted(allowed.keys() - told_of(db, person.id), key=allowed.__getitem__)
    fresh = [each for each in ordered if each not in had]
    again = [each for each in ordered if had.get(each) and each not in own]
    if not fresh and not again:
        raise UserError(
            "There is no master session that {code} could rate: each is on the list already, was discussed "
            "or gave an example, has master codes of {code}, or belongs to somebody {code} is kept away "
            "from. Have more sessions rated as master codes.",
            code=person.code,
        )
    return fresh, again


def _masters(db: Db) -> list[Any]:
    """Sessions with master codes of the latest edition, and whom each is about."""
    edition = latest_edition(db)
    rows = db.execute(
        select(
            Rating.session_id,
            Rating.instrument_sha256,
            TreatmentSession.client_id,
            TreatmentSession.counselor_id,
            Client.site_id,
            Client.code,
            TreatmentSession.number,
        )
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(
            Rating.purpose == Purpose.MASTER,
            Rating.submitted_at.is_not(None),
            Rating.withdrawn_at.is_(None),
            Rating.session_id.in_(audible()),
            Rating.session_id.not_in(select(AwaitedFile.session_id)),
        )
        .distinct()
    ).all()
    if not rows:
        raise UserError(
            "There are no master sessions to draw from: a session needs a recording and submitted master "
            "codes. Have a supervisor rate some sessions as master codes first."
        )
    masters = [row for row in rows if row.instrument_sha256 == edition.sha256]
    if not masters:
        raise UserError(
            "All master codes were given with an earlier edition of the instrument, so nothing can be held "
            "against them. Have some sessions rated as master codes with edition {edition} first.",
            edition=edition.edition,
        )
    return masters


def _away_from(db: Db, person: Person) -> set[str]:
    """Ids of clients, counselors and sites whose sessions the person may not rate."""
    barred = db.execute(
        select(Barred.client_id, Barred.counselor_id, Barred.site_id).where(Barred.person_id == person.id)
    )
    own = db.scalars(select(Counselor.id).where(Counselor.person_id == person.id))
    return {each for row in barred for each in row if each} | set(own)
