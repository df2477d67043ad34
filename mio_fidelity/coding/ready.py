"""Sessions coded independently by more than one coder: which wait for a consensus, and how far apart."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import (
    Client,
    ConsensusSource,
    Discussion,
    Person,
    Rating,
    Score,
    TreatmentSession,
)


class Stage(StrEnum):
    """How far the consensus on a session is."""

    BEGUN = "begun"
    READY = "ready"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A session whose independent ratings are all submitted.

    Attributes:
        label: Client and number, as supervisors see it.
        rating_id: The consensus; None before it is begun.
        coders: Codes of those who rated it.
        differing: How many answers differ.
        largest: By how many points at most.
        submitted_at: When the last independent rating came in.
        to_discuss: How many things are on the list for the next meeting.
    """

    session_id: str
    label: str
    stage: Stage
    rating_id: str | None
    coders: tuple[str, ...]
    differing: int
    largest: int
    submitted_at: datetime
    to_discuss: int


def ready(db: Db) -> tuple[ReadyRow, ...]:
    """What is begun, what is ready, what is done; in each the largest disagreement first, then the newest.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    begun = _begun(db)
    query = _rated()
    apart = {row.session_id: row for row in db.execute(_apart(query))}
    topics = dict(
        db.execute(
            select(Discussion.session_id, func.count())
            .where(Discussion.settled_at.is_(None))
            .group_by(Discussion.session_id)
        ).all()
    )
    coders: defaultdict[str, list[Any]] = defaultdict(list)
    for row in db.execute(query.order_by(Person.code)):
        coders[row.session_id].append(row)
    rows = [
        ReadyRow(
            session_id,
            f"{given[0].client}-{given[0].number}",
            begun[session_id][0] if session_id in begun else Stage.READY,
            begun[session_id][1] if session_id in begun else None,
            tuple(row.coder for row in given),
            apart[session_id].differing if session_id in apart else 0,
            apart[session_id].largest if session_id in apart else 0,
            max(row.submitted_at for row in given),
            topics.get(session_id, 0),
        )
        for session_id, given in coders.items()
    ]
    return tuple(sorted(rows, key=_order))


def independent() -> tuple[ColumnElement[bool], ...]:
    """What makes a rating one that a consensus rests on."""
    return Rating.purpose == Purpose.RELIABILITY, Rating.occasion == 1, Rating.withdrawn_at.is_(None)


def _order(row: ReadyRow) -> tuple[int, int, int, float]:
    return list(Stage).index(row.stage), -row.largest, -row.differing, -row.submitted_at.timestamp()


def _begun(db: Db) -> dict[str, tuple[Stage, str]]:
    """Session id to the stage and the id of its consensus."""
    rows = db.execute(
        select(Rating.session_id, Rating.id, Rating.submitted_at)
        .where(Rating.purpose == Purpose.CONSENSUS, Rating.withdrawn_at.is_(None))
        .where(Rating.id.in_(select(ConsensusSource.rating_id)))
        .order_by(Rating.assigned_at)
    )
    return {row.session_id: (Stage.DONE if row.submitted_at else Stage.BEGUN, row.id) for row in rows}


def _rated() -> Any:
    """The independent ratings of every session that can be shown."""
    complete = (
        select(Rating.session_id)
        .where(*independent())
        .group_by(Rating.session_id)
        .having(func.count(Rating.person_id.distinct()) > 1, func.count() == func.count(Rating.submitted_at))
    )
    sources = select(ConsensusSource.source_id)
    # Somebody else may be given a session after its consensus was begun.
    begun = select(Rating.session_id).where(Rating.id.in_(sources))
    return (
        select(
            Rating.id,
            Rating.session_id,
            Rating.submitted_at,
            Person.code.label("coder"),
            Client.code.label("client"),
            TreatmentSession.number,
        )
        .join(Person, Person.id == Rating.person_id)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(*independent(), Rating.submitted_at.is_not(None))
        .where(or_(Rating.session_id.in_(complete), Rating.session_id.in_(begun)))
    )


def _apart(rated: Any) -> Any:
    """A line a session: how many answers differ, and by how many points at most."""
    ratings = rated.subquery()
    said = func.concat_ws("/", Score.state, Score.value, Score.reason)
    slots = (
        select(
            ratings.c.session_id,
            func.count(said.distinct()).label("said"),
            func.coalesce(func.max(Score.value) - func.min(Score.value), 0).label("apart"),
        )
        .join(Score, Score.rating_id == ratings.c.id)
        .group_by(ratings.c.session_id, Score.scale, Score.dimension)
        .subquery()
    )
    return (
        select(
            slots.c.session_id,
            func.count().label("differing"),
            func.max(slots.c.apart).label("largest"),
        )
        .where(slots.c.said > 1)
        .group_by(slots.c.session_id)
    )
