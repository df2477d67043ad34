"""What is to be discussed at the next meeting: a session, or one scale of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import Client, Discussion, Meeting, Person, Rating, TreatmentSession, now


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of the list.

    Attributes:
        label: The session's client and number, as supervisors see it.
        scale: Key of the scale; None for the session as a whole.
        title: Number and title of the scale; empty for the session as a whole.
        by: Code of who put it there.
        meeting_id: The meeting it was taken into, if any.
        settled: Whether it is off the list.
    """

    id: str
    session_id: str
    label: str
    scale: str | None
    title: str
    note: str
    by: str
    added_at: datetime
    meeting_id: str | None = None
    settled: bool = False


def put(db: Db, session_id: str, scale: str | None = None, note: str = "") -> str:
    """Put a session or a scale on the list; what is there already gets the new note. The line's id.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.scalar(
        select(Discussion).where(
            Discussion.session_id == db.get_one(TreatmentSession, session_id).id,
            Discussion.scale == scale if scale is not None else Discussion.scale.is_(None),
            Discussion.settled_at.is_(None),
        )
    )
    if row is None:
        row = Discussion(session_id=session_id, scale=scale, person_id=actor(db))
        db.add(row)
    row.note = note.strip()
    db.flush()
    return row.id


def listing(db: Db) -> tuple[Topic, ...]:
    """What is on the list, the oldest first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    return _topics(db, Discussion.settled_at.is_(None))


def of_meeting(db: Db, meeting_id: str) -> tuple[Topic, ...]:
    """What was taken into a meeting, the oldest first, settled or not.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    return _topics(db, Discussion.meeting_id == meeting_id)


def take_up(db: Db, meeting_id: str, topic_ids: Collection[str]) -> None:
    """Take lines of the list into a meeting; they stay on the list until they are settled.

    Raises:
        UserError: one is off the list already, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    meeting = db.get_one(Meeting, meeting_id)
    for topic_id in topic_ids:
        _open(db, topic_id).meeting_id = meeting.id


def put_back(db: Db, topic_id: str) -> None:
    """Put what was taken into a meeting back on the list, as if it had not been.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.get_one(Discussion, topic_id)
    row.meeting_id = row.settled_at = None


def settle(db: Db, topic_id: str) -> None:
    """Take a line off the list; that it stood there, and when it was settled, is kept.

    Raises:
        UserError: it is off the list already, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    _open(db, topic_id).settled_at = now()


def _open(db: Db, topic_id: str) -> Discussion:
    row = db.get(Discussion, topic_id)
    if row is None or row.settled_at is not None:
        raise UserError("This is off the list already.")
    return row


def _topics(db: Db, which: ColumnElement[bool]) -> tuple[Topic, ...]:
    rows = db.execute(
        select(Discussion, Client.code.label("client"), TreatmentSession.number, Person.code.label("by"))
        .join(TreatmentSession, TreatmentSession.id == Discussion.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .join(Person, Person.id == Discussion.person_id)
        .where(which)
        .order_by(Discussion.added_at, Discussion.id)
    )
    return tuple(
        Topic(
            topic.id,
            topic.session_id,
            f"{client}-{number}",
            topic.scale,
            _title(db, topic),
            topic.note,
            by,
            topic.added_at,
            topic.meeting_id,
            topic.settled_at is not None,
        )
        for topic, client, number, by in rows
    )


def _title(db: Db, topic: Discussion) -> str:
    """Of the scale, in the words of the edition the session was rated with."""
    if topic.scale is None:
        return ""
    rated = select(Rating).where(Rating.session_id == topic.session_id).order_by(Rating.assigned_at.desc())
    for rating in db.scalars(rated):
        found = [each for each in instrument_of(rating.instrument).scales if each.key == topic.scale]
        if found:
            return f"{found[0].number}. {found[0].title}"
    return topic.scale
