"""The tables of the study's meetings and decisions."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import select

from mio_fidelity.coding.decisions import decisions as all_decisions
from mio_fidelity.coding.listing import Column, Kind, Listing, natural
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import Sentence
from mio_fidelity.store import Db
from mio_fidelity.store.models import Attendance, Decision, Discussion, Meeting, MeetingSession, Person


def meetings(db: Db, today: date) -> Listing:  # noqa: ARG001 - every listing is asked for alike
    """Every meeting, the latest first; without the notes, which may name people.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    codes = dict(db.execute(select(Person.id, Person.code)).all())
    there: defaultdict[str, list[str]] = defaultdict(list)
    for meeting_id, person_id in db.execute(select(Attendance.meeting_id, Attendance.person_id)):
        there[meeting_id].append(codes[person_id])
    # A session that came in twice is one.
    talked = select(Discussion.meeting_id, Discussion.session_id).where(Discussion.meeting_id.is_not(None))
    both = talked.union(select(MeetingSession.meeting_id, MeetingSession.session_id))
    sessions = Counter(meeting_id for meeting_id, _ in db.execute(both))
    decided = Counter(db.scalars(select(Decision.meeting_id)))
    found = db.scalars(select(Meeting).order_by(Meeting.held_on.desc(), Meeting.made_at.desc())).all()
    rows = [
        (
            row.held_on,
            len(there[row.id]),
            sessions[row.id],
            decided[row.id],
            ", ".join(sorted(there[row.id], key=natural)) or None,
            codes[row.person_id],
        )
        for row in found
    ]
    return Listing("meetings", Sentence("Meetings"), _MEETINGS, [row.id for row in found], rows)


def decisions(db: Db, today: date) -> Listing:
    """Every decision, the latest first: in force, to come and withdrawn.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    found = all_decisions(db)[::-1]
    rows = [
        (
            each.since,
            each.state(today),
            each.scale_title or None,
            each.dimension_title or None,
            each.met_on,
            each.withdrawn_on,
            each.text,
        )
        for each in found
    ]
    return Listing("decisions", Sentence("Decisions"), _DECISIONS, [each.id for each in found], rows)


_MEETINGS = (
    Column("held", Sentence("Held"), Kind.DAY),
    Column("attended", Sentence("Attended"), Kind.NUMBER, Sentence("How many people were there.")),
    Column("sessions", Sentence("Sessions"), Kind.NUMBER, Sentence("Sessions talked about.")),
    Column("decisions", Sentence("Decisions"), Kind.NUMBER),
    Column("who", Sentence("Who was there"), Kind.TEXT),
    Column("by", Sentence("Entered by")),
)
_DECISIONS = (
    Column("since", Sentence("Since"), Kind.DAY, Sentence("For ratings begun on this day or later.")),
    Column("state", Sentence("State"), Kind.STATE),
    Column("scale", Sentence("Scale"), Kind.WORD, Sentence("Empty for all scales.")),
    Column("dimension", Sentence("Dimension"), Kind.WORD, Sentence("Empty for all dimensions.")),
    Column("meeting", Sentence("Meeting"), Kind.DAY, Sentence("The day of the meeting that decided.")),
    Column("withdrawn", Sentence("Withdrawn"), Kind.DAY),
    Column("decision", Sentence("Decision"), Kind.TEXT),
)
