"""What coders settle together: a consensus, what is to be discussed, meetings and decisions."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from mio_fidelity.store.models.base import Base, new_id, now, to


class ConsensusSource(Base):
    """An independent rating that a consensus rests on."""

    __tablename__ = "consensus_source"
    __table_args__ = (Unique("rating_id", "source_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating")
    source_id: Mapped[str] = to("rating", index=True)


class Participant(Base):
    """Somebody who took part in a consensus."""

    __tablename__ = "participant"
    __table_args__ = (Unique("rating_id", "person_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating")
    person_id: Mapped[str] = to("person")


class ConsensusReason(Base):
    """Why a consensus gives one dimension the score it gives."""

    __tablename__ = "consensus_reason"
    __table_args__ = (Unique("rating_id", "scale", "dimension"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating")
    scale: Mapped[str]
    dimension: Mapped[str]
    why: Mapped[str]


class Discussion(Base):
    """Something to talk about at the next meeting: a session, or one scale of it."""

    __tablename__ = "discussion"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = to("treatment_session")
    scale: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = to("person")
    added_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    # Where it was talked about.
    meeting_id: Mapped[str | None] = to("meeting")


class Meeting(Base):
    """A recalibration meeting."""

    __tablename__ = "meeting"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    held_on: Mapped[date]
    notes: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)


class Attendance(Base):
    """Somebody who was at a meeting."""

    __tablename__ = "attendance"
    __table_args__ = (Unique("meeting_id", "person_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = to("meeting")
    person_id: Mapped[str] = to("person")


class MeetingSession(Base):
    """A session that was talked about at a meeting."""

    __tablename__ = "meeting_session"
    __table_args__ = (Unique("meeting_id", "session_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = to("meeting")
    session_id: Mapped[str] = to("treatment_session")


class Decision(Base):
    """How a scale is rated from a day on; withdrawn, it holds for what was rated before that."""

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str | None] = to("meeting")
    # None for all scales, or for all dimensions of one.
    scale: Mapped[str | None]
    dimension: Mapped[str | None]
    text: Mapped[str]
    since: Mapped[date]
    person_id: Mapped[str] = to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
