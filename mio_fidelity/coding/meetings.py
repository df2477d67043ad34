"""Recalibration meetings: who was there, what was talked about, what was decided. For supervisors."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mio_fidelity.coding import decisions, discuss
from mio_fidelity.coding.decisions import Decided
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.coding.listing import natural
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.wording import refuse_clients
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import (
    Attendance,
    Client,
    Decision,
    Meeting,
    MeetingSession,
    Person,
    TreatmentSession,
    now,
)

FIRST_YEAR = 1990
# A meeting can be prepared; one later than that is a slip of the pen.
MOST_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Minutes:
    """All that is kept of a meeting.

    Attributes:
        attended: Id to code of everybody who was there, by code.
        sessions: Id to client and number of the sessions talked about, with those of ``topics``.
        topics: What was taken in from the list of what is to be discussed.
        notes: For supervisors alone; left out of reports unless asked for.
        by: Code of who entered it.
    """

    id: str
    held_on: date
    attended: Mapping[str, str]
    sessions: Mapping[str, str]
    topics: tuple[Topic, ...]
    decisions: tuple[Decided, ...]
    notes: str
    by: str


def hold(db: Db, held_on: date) -> str:
    """Enter a meeting, past or planned; its id.

    Raises:
        UserError: the day cannot be meant, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    meeting = Meeting(held_on=_day(held_on), person_id=actor(db))
    db.add(meeting)
    db.flush()
    return meeting.id


def set_day(db: Db, meeting_id: str, held_on: date) -> None:
    """Mend the day of a meeting.

    Raises:
        UserError: the day cannot be meant, or the person signed in is no supervisor.
    """
    row = _meeting(db, meeting_id)
    row.held_on = _day(held_on)


def discard(db: Db, meeting_id: str) -> None:
    """Delete a meeting that was entered by mistake and holds nothing yet.

    Raises:
        UserError: something is kept of it, or the person signed in is no supervisor.
    """
    row = _meeting(db, meeting_id)
    found = meeting(db, meeting_id)
    if found.attended or found.sessions or found.decisions or found.notes:
        raise UserError("Something is kept of this meeting, so it stays. Only an empty one can be discarded.")
    db.delete(row)


def set_attendance(db: Db, meeting_id: str, person_ids: Collection[str]) -> None:
    """Say who was at a meeting.

    Raises:
        UserError: somebody is unknown, or the person signed in is no supervisor.
    """
    _meeting(db, meeting_id)
    for person_id in person_ids:
        if db.get(Person, person_id) is None:
            raise UserError("Somebody on the list is not known to this study. Open the meeting again.")
    rows = db.scalars(select(Attendance).where(Attendance.meeting_id == meeting_id)).all()
    for row in rows:
        if row.person_id not in person_ids:
            db.delete(row)
    for person_id in sorted(set(person_ids) - {row.person_id for row in rows}):
        db.add(Attendance(meeting_id=meeting_id, person_id=person_id))


def set_sessions(db: Db, meeting_id: str, session_ids: Collection[str]) -> None:
    """Say which sessions were talked about besides what was taken in from the list.

    Raises:
        UserError: a session is unknown, or the person signed in is no supervisor.
    """
    _meeting(db, meeting_id)
    for session_id in session_ids:
        if db.get(TreatmentSession, session_id) is None:
            raise UserError("This session is not in the study. Open the meeting again.")
    rows = db.scalars(select(MeetingSession).where(MeetingSession.meeting_id == meeting_id)).all()
    for row in rows:
        if row.session_id not in session_ids:
            db.delete(row)
    for session_id in sorted(set(session_ids) - {row.session_id for row in rows}):
        db.add(MeetingSession(meeting_id=meeting_id, session_id=session_id))


def set_notes(db: Db, meeting_id: str, text: str) -> None:
    """Keep the notes of a meeting.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    _meeting(db, meeting_id).notes = text


def decide(
    db: Db, scale: str | None, dimension: str | None, text: str, since: date, meeting_id: str | None = None
) -> str:
    """Say how a scale is rated from a day on; coders read it in the manual. The decision's id.

    Args:
        db: The study.
        scale: Key of the scale; None for all.
        dimension: Key of the dimension; None for all.
        text: What was decided.
        since: For ratings begun on this day or later; it may lie before the meeting, or ahead.
        meeting_id: The meeting that decided.

    Raises:
        UserError: there is no text or it names a client, no such scale or dimension, the day cannot be meant,
            or the person signed in is no supervisor.
    """
    only_supervisors(db)
    if not text.strip():
        raise UserError("Write down what was decided.")
    refuse_clients(db, text)
    _check_slot(db, scale, dimension)
    if meeting_id is not None:
        _meeting(db, meeting_id)
    row = Decision(
        meeting_id=meeting_id,
        scale=scale,
        dimension=dimension,
        text=text.strip(),
        since=_day(since),
        person_id=actor(db),
    )
    db.add(row)
    db.flush()
    return row.id


def withdraw_decision(db: Db, decision_id: str) -> None:
    """End a decision: it holds for what was begun before now, and stays to be read.

    Raises:
        UserError: it is withdrawn already, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.get(Decision, decision_id)
    if row is None or row.withdrawn_at is not None:
        raise UserError("This decision is withdrawn already.")
    row.withdrawn_at = now()


def meeting(db: Db, meeting_id: str) -> Minutes:
    """All that is kept of a meeting.

    Raises:
        UserError: there is no such meeting, or the person signed in is no supervisor.
    """
    row = _meeting(db, meeting_id)
    attended = db.execute(
        select(Person.id, Person.code)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.meeting_id == meeting_id)
    )
    topics = discuss.of_meeting(db, meeting_id)
    sessions = {topic.session_id: topic.label for topic in topics}
    sessions |= session_labels(db, meeting_id)
    return Minutes(
        row.id,
        row.held_on,
        dict(sorted(attended.all(), key=lambda each: natural(each[1]))),
        sessions,
        topics,
        decisions.decisions_of(db, meeting_id),
        row.notes,
        db.get_one(Person, row.person_id).code,
    )


def decided_before(db: Db, meeting_id: str) -> tuple[Decided, ...]:
    """What was decided without this meeting and was in force on its day, the oldest first.

    Raises:
        UserError: there is no such meeting, or the person signed in is no supervisor.
    """
    day = _meeting(db, meeting_id).held_on
    own = {each.id for each in decisions.decisions_of(db, meeting_id)}
    # A later meeting may have decided something that holds since a day before this one.
    return tuple(
        each
        for each in decisions.decisions(db, day)
        if each.id not in own and (each.met_on is None or each.met_on <= day)
    )


def session_labels(db: Db, meeting_id: str | None = None) -> dict[str, str]:
    """Id to client and number of every session of the study, or of one meeting, in that order.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    wanted = (
        select(TreatmentSession.id, Client.code, TreatmentSession.number)
        .join(Client, Client.id == TreatmentSession.client_id)
        .order_by(Client.code, TreatmentSession.number)
    )
    if meeting_id is not None:
        wanted = wanted.join(MeetingSession, MeetingSession.session_id == TreatmentSession.id).where(
            MeetingSession.meeting_id == meeting_id
        )
    return {session_id: f"{client}-{number}" for session_id, client, number in db.execute(wanted)}


def _meeting(db: Db, meeting_id: str) -> Meeting:
    only_supervisors(db)
    row = db.get(Meeting, meeting_id)
    if row is None:
        raise UserError("This meeting is not in the study any more. Open the page again.")
    return row


def _day(day: date) -> date:
    if not FIRST_YEAR <= day.year <= date.today().year + MOST_YEARS_AHEAD:
        raise UserError("The day {day} cannot be meant. Check the year.", day=day.isoformat())
    return day


def _check_slot(db: Db, scale: str | None, dimension: str | None) -> None:
    """Whether some edition used here has this scale and this dimension, and the scale is rated on it."""
    for instrument in decisions.editions(db):
        scales = {each.key: each.dimensions for each in instrument.scales}
        rated = scales.get(scale, ()) if scale is not None else tuple(instrument.dimensions)
        if (scale is None or scale in scales) and (dimension is None or dimension in rated):
            return
    raise UserError("No instrument of this study rates that. Choose a scale and a dimension from the lists.")
