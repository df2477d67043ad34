"""Master (gold) codes: a supervisor's rating that others are held to, with the reasons for it.

Submitted master codes are final, like any rating, and their reasons with them. Who has something to add
revises them: that opens a copy, and once it is submitted the newer version counts.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from mio_fidelity.answer import State
from mio_fidelity.coding.assign import assign_latest, fresh_codes
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.gold import FINAL, rationales_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import audible
from mio_fidelity.coding.wording import refuse_clients
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import (
    Client,
    ConsensusReason,
    ConsensusSource,
    EvidenceMark,
    InstrumentEdition,
    Person,
    Rating,
    Rationale,
    Score,
    TreatmentSession,
    now,
)


@dataclass(frozen=True, slots=True)
class MasterRow:
    """Master codes of a session, as supervisors see them.

    Attributes:
        label: The session's client and number.
        by: Code of the supervisor whose rating it is.
        edition: Edition of the instrument it was given with.
        submitted_at: None while they are not final.
        without_rationale: How many scales have no rationale.
        unscored: How many answers are open, or could not be rated.
        for_training: Whether trainees may hear the session.
        versions: How many submitted master codes the session has.
    """

    rating_id: str
    session_id: str
    label: str
    by: str
    edition: str
    submitted_at: datetime | None
    without_rationale: int
    unscored: int
    for_training: bool
    versions: int


@dataclass(frozen=True, slots=True)
class Promotable:
    """A session without master codes: what could become them."""

    session_id: str
    label: str
    consensus_id: str | None
    for_training: bool


def begin_master(db: Db, session_id: str) -> str:
    """Open blank master codes of one's own, or go on with those begun; they are rated on the coding page.

    Raises:
        UserError: as `assign.assign`, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    begun: str | None = db.scalar(
        select(Rating.id).where(
            Rating.session_id == session_id,
            Rating.person_id == actor(db),
            Rating.purpose == Purpose.MASTER,
            Rating.submitted_at.is_(None),
            Rating.withdrawn_at.is_(None),
        )
    )
    return begun or assign_latest(db, session_id, actor(db), Purpose.MASTER)


def promote_consensus(db: Db, consensus_id: str) -> str:
    """Make a submitted consensus master codes: a new rating with its answers; the consensus stays.

    The evidence of the independent ratings comes along, and the reasons of the consensus as rationales.

    Returns:
        The id of the master codes, which are submitted.

    Raises:
        UserError: the consensus is not submitted, the session has master codes made of it already, or the
            person signed in is no supervisor.
    """
    only_supervisors(db)
    consensus = db.get(Rating, consensus_id)
    if consensus is None or consensus.purpose != Purpose.CONSENSUS or consensus.withdrawn_at:
        raise UserError("This consensus is not in the study any more. Go back to the list.")
    if consensus.submitted_at is None:
        raise UserError(
            "This consensus is not submitted yet. Submit it first; then it can become master codes."
        )
    mine = Rating.person_id == actor(db)
    if db.scalar(select(Rating.id).where(*FINAL, Rating.session_id == consensus.session_id, mine)):
        raise UserError("You have given master codes for this session already. Revise those instead.")
    sources = select(ConsensusSource.source_id).where(ConsensusSource.rating_id == consensus_id)
    copy = _copy(db, consensus, db.scalars(sources).all() or [consensus_id], _reasons(db, consensus))
    copy.submitted_at = now()
    return copy.id


def revise(db: Db, rating_id: str) -> str:
    """Open a copy of submitted master codes to be changed; it counts in their place once it is submitted.

    The copy is rated on the coding page, and submitted with ``rate.submit`` (``little_heard=True``: what was
    heard was heard for the first version).

    Raises:
        UserError: they are not submitted, a copy is open already, or the person signed in is no supervisor.
    """
    master = _master(db, rating_id)
    if master.submitted_at is None:
        raise UserError("These master codes are not submitted yet: simply go on with them.")
    open_ = select(Rating.id).where(
        Rating.session_id == master.session_id,
        Rating.purpose == Purpose.MASTER,
        Rating.submitted_at.is_(None),
        Rating.withdrawn_at.is_(None),
    )
    if db.scalar(open_):
        raise UserError(
            "Master codes of this session are being worked on. Submit those or take them back first."
        )
    return _copy(db, master, [rating_id], rationales(db, rating_id)).id


def set_rationale(db: Db, rating_id: str, scale: str, text: str) -> None:
    """Say why master codes give a scale what they give it; an empty text takes the reason away.

    Raises:
        UserError: they are submitted, the text names a client, or the person signed in is no supervisor.
        KeyError: the instrument has no such scale.
    """
    master = _master(db, rating_id)
    if master.submitted_at is not None:
        raise UserError(
            "These master codes are submitted, so their reasons stay as trainees saw them. Revise them first."
        )
    instrument_of(master.instrument).scale(scale)
    refuse_clients(db, text)
    row = db.scalar(select(Rationale).where(Rationale.rating_id == rating_id, Rationale.scale == scale))
    text = text.strip()
    if row is None and text:
        db.add(Rationale(rating_id=rating_id, scale=scale, text=text))
    elif row is not None and text:
        row.text = text
    elif row is not None:
        db.delete(row)


def set_for_training(db: Db, session_ids: Collection[str], allowed: bool) -> None:
    """Say whether trainees may hear sessions, and examples be taken from them.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    for session_id in session_ids:
        db.get_one(TreatmentSession, session_id).for_training = allowed


def rationales(db: Db, rating_id: str) -> Mapping[str, str]:
    """Scale to why the master codes give it what they give it.

    Raises:
        UserError: there are no such master codes, or the person signed in is no supervisor.
    """
    _master(db, rating_id)
    return rationales_of(db, rating_id)


def masters(db: Db) -> tuple[MasterRow, ...]:
    """The sessions with submitted master codes, each with the latest, by client and number.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    latest: dict[str, Any] = {}
    found = _rows(db, True)
    for row in sorted(found, key=lambda row: row.submitted_at):
        latest[row.session_id] = row
    versions = Counter(row.session_id for row in found)
    return _told(db, [row for row in found if latest[row.session_id] is row], versions)


def drafts(db: Db) -> tuple[MasterRow, ...]:
    """Master codes that are not submitted yet, of any supervisor.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    versions = Counter(row.session_id for row in _rows(db, True))
    return _told(db, _rows(db, False), versions)


def promotable(db: Db) -> tuple[Promotable, ...]:
    """Recorded sessions without master codes, those with a submitted consensus first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    consensus = {
        row.session_id: row.id
        for row in db.execute(
            select(Rating.session_id, Rating.id)
            .where(
                Rating.purpose == Purpose.CONSENSUS,
                Rating.submitted_at.is_not(None),
                Rating.withdrawn_at.is_(None),
            )
            .order_by(Rating.submitted_at)
        )
    }
    taken = select(Rating.session_id).where(Rating.purpose == Purpose.MASTER, Rating.withdrawn_at.is_(None))
    rows = db.execute(
        select(TreatmentSession.id, Client.code, TreatmentSession.number, TreatmentSession.for_training)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(
            TreatmentSession.id.not_in(taken),
            TreatmentSession.id.in_(audible()),
        )
        .order_by(Client.code, TreatmentSession.number)
    )
    told = [
        Promotable(row.id, f"{row.code}-{row.number}", consensus.get(row.id), row.for_training)
        for row in rows
    ]
    return tuple(sorted(told, key=lambda each: each.consensus_id is None))


def _rows(db: Db, submitted: bool) -> Sequence[Any]:
    return db.execute(
        select(
            Rating.id,
            Rating.session_id,
            Rating.submitted_at,
            Client.code.label("client"),
            TreatmentSession.number,
            TreatmentSession.for_training,
            Person.code.label("by"),
            InstrumentEdition,
        )
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .join(Person, Person.id == Rating.person_id)
        .join(InstrumentEdition, InstrumentEdition.id == Rating.instrument_id)
        .where(
            Rating.purpose == Purpose.MASTER,
            Rating.withdrawn_at.is_(None),
            Rating.submitted_at.is_not(None) if submitted else Rating.submitted_at.is_(None),
        )
        .order_by(Client.code, TreatmentSession.number, Rating.submitted_at)
    ).all()


def _told(db: Db, rows: Sequence[Any], versions: Mapping[str, int]) -> tuple[MasterRow, ...]:
    ids = [row.id for row in rows]
    explained = _counts(db, Rationale.rating_id, Rationale.rating_id.in_(ids))
    settled = Score.state.in_((State.RATED, State.NOT_APPLICABLE))
    scored = _counts(db, Score.rating_id, Score.rating_id.in_(ids), settled)
    told = []
    for row in rows:
        instrument = instrument_of(row.InstrumentEdition)
        told.append(
            MasterRow(
                row.id,
                row.session_id,
                f"{row.client}-{row.number}",
                row.by,
                instrument.edition,
                row.submitted_at,
                len(instrument.scales) - explained.get(row.id, 0),
                len(instrument.slots()) - scored.get(row.id, 0),
                row.for_training,
                versions.get(row.session_id, 0),
            )
        )
    return tuple(told)


def _counts(db: Db, column: Any, *where: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(select(column, func.count()).where(*where).group_by(column))}


def _master(db: Db, rating_id: str) -> Rating:
    only_supervisors(db)
    rating = db.get(Rating, rating_id)
    if rating is None or rating.purpose != Purpose.MASTER or rating.withdrawn_at:
        raise UserError("These master codes are not in the study any more. Go back to the list.")
    return rating


def _reasons(db: Db, consensus: Rating) -> Mapping[str, str]:
    """Scale to the reasons of the consensus, each under the title of its dimension."""
    instrument = instrument_of(consensus.instrument)
    rows = db.scalars(select(ConsensusReason).where(ConsensusReason.rating_id == consensus.id))
    why = {(row.scale, row.dimension): row.why for row in rows}
    found: dict[str, str] = {}
    for scale, dimension in instrument.slots():
        if (scale, dimension) in why:
            line = f"{instrument.dimensions[dimension].title}: {why[scale, dimension]}"
            found[scale] = f"{found[scale]}\n{line}" if scale in found else line
    return found


def _copy(db: Db, old: Rating, marked_by: Collection[str], why: Mapping[str, str]) -> Rating:
    """An open master rating of the person signed in, with the answers of ``old``."""
    last = select(func.max(Rating.occasion)).where(
        Rating.session_id == old.session_id,
        Rating.person_id == actor(db),
        Rating.purpose == Purpose.MASTER,
    )
    copy = Rating(
        blind_code=next(fresh_codes(db)),
        session_id=old.session_id,
        person_id=actor(db),
        instrument_id=old.instrument_id,
        instrument_sha256=old.instrument_sha256,
        role=Role.SUPERVISOR,
        purpose=Purpose.MASTER,
        occasion=max(db.scalar(last) or 0, 0) + 1,
        begun_at=now(),
        notes=old.notes,
    )
    db.add(copy)
    db.flush()
    for row in old.scores:
        score = Score(rating_id=copy.id, scale=row.scale, dimension=row.dimension, shelved=row.shelved)
        score.answer = row.answer
        db.add(score)
    for mark in db.scalars(select(EvidenceMark).where(EvidenceMark.rating_id.in_(marked_by))):
        db.add(EvidenceMark(rating_id=copy.id, scale=mark.scale, at_ms=mark.at_ms, note=mark.note))
    db.add_all(Rationale(rating_id=copy.id, scale=scale, text=text) for scale, text in why.items())
    db.flush()
    return copy
