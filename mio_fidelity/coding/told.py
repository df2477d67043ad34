"""Sessions whose codes somebody has been told of, and so cannot rate blind any more."""

from sqlalchemy import select, true

from mio_fidelity.store import Db
from mio_fidelity.store.models import (
    Attendance,
    Discussion,
    EvidenceMark,
    Exemplar,
    MeetingSession,
    Participant,
    Person,
    Rating,
)

Told = tuple[str, str]


def told(db: Db) -> frozenset[Told]:
    """Session and person: who took part in its consensus, was at a meeting about it, or could hear examples.

    An example that was taken back may have been heard before.
    """
    agreed = select(Rating.session_id, Participant.person_id).join(
        Participant, Participant.rating_id == Rating.id
    )
    met = select(MeetingSession.session_id, Attendance.person_id).join(
        Attendance, Attendance.meeting_id == MeetingSession.meeting_id
    )
    listed = select(Discussion.session_id, Attendance.person_id).join(
        Attendance, Attendance.meeting_id == Discussion.meeting_id
    )
    heard = (
        select(Rating.session_id, Person.id)
        .join(EvidenceMark, EvidenceMark.rating_id == Rating.id)
        .join(Exemplar, Exemplar.mark_id == EvidenceMark.id)
        .join(Person, true())
    )
    rows = (row for query in (agreed, met, listed, heard) for row in db.execute(query))
    return frozenset((session_id, person_id) for session_id, person_id in rows)


def told_of(db: Db, person_id: str) -> frozenset[str]:
    """The sessions whose codes a person has been told of."""
    return frozenset(session_id for session_id, who in told(db) if who == person_id)
