"""Ratings, from the plan that drew them to what was amended later."""

import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mio_fidelity.answer import Answer, Reason, State
from mio_fidelity.store.models.base import WIDE, Base, new_id, now, one_of, to
from mio_fidelity.store.models.people import Person, Role
from mio_fidelity.store.models.sessions import TreatmentSession
from mio_fidelity.store.models.study import InstrumentEdition

# No vowels, and nothing that is easily taken for something else.
_BLIND_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


class Purpose(StrEnum):
    """What a rating is for. Ratings of different purposes are never pooled."""

    TRAINING = "training"
    CERTIFICATION = "certification"
    PRODUCTION = "production"
    RELIABILITY = "reliability"
    DRIFT = "drift"
    CONSENSUS = "consensus"
    MASTER = "master"
    SELF = "self"


def new_blind_code() -> str:
    """A fresh code under which a coder sees an assignment; it says nothing about the session."""
    return "S-" + "".join(secrets.choice(_BLIND_ALPHABET) for _ in range(5))


class AssignmentPlan(Base):
    """A plan as it was carried out: with its seed, it can be drawn again. Never rewritten."""

    __tablename__ = "assignment_plan"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    made_at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[str | None] = to("person")
    seed: Mapped[int] = mapped_column(WIDE)
    terms: Mapped[dict[str, Any]]
    # What was drawn, in numbers.
    outcome: Mapped[dict[str, Any]]


class Rating(Base):
    """One person's scores for one session: assigned, begun or submitted."""

    __tablename__ = "rating"
    __table_args__ = (
        Unique("session_id", "person_id", "purpose", "occasion"),
        one_of("role", Role, "role"),
        one_of("purpose", Purpose, "purpose"),
        Index("ix_rating_desk", "person_id", "submitted_at"),
        Index(
            "ix_rating_progress",
            "session_id",
            "purpose",
            "occasion",
            "withdrawn_at",
            "begun_at",
            "submitted_at",
            "due_on",
        ),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    blind_code: Mapped[str] = mapped_column(String(12), unique=True)
    session_id: Mapped[str] = to("treatment_session")
    person_id: Mapped[str] = to("person")
    instrument_id: Mapped[str] = to("instrument_edition")
    instrument_sha256: Mapped[str] = mapped_column(String(64))
    role: Mapped[str]
    purpose: Mapped[str]
    # 1, or higher when the same person rates the session again for the same purpose.
    occasion: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date | None]
    assigned_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    # Taken back by a supervisor before it was submitted; then it is in nobody's queue and counts nowhere.
    withdrawn_at: Mapped[datetime | None]
    # The plan that drew it; None when it was given by hand.
    plan_id: Mapped[str | None] = to("assignment_plan")
    # The recalibration it belongs to, when a coder rates master sessions anew.
    recalibration_id: Mapped[str | None] = to("recalibration")
    notes: Mapped[str] = mapped_column(default="")
    scores: Mapped[list["Score"]] = relationship(back_populates="rating")
    marks: Mapped[list["EvidenceMark"]] = relationship(order_by="EvidenceMark.at_ms")
    stretches: Mapped[list["Stretch"]] = relationship(order_by="Stretch.heard_at")
    person: Mapped[Person] = relationship()
    session: Mapped[TreatmentSession] = relationship()
    instrument: Mapped[InstrumentEdition] = relationship()


class Score(Base):
    """The answer to one dimension of one scale. No row means: not yet rated."""

    __tablename__ = "score"
    __table_args__ = (
        Unique("rating_id", "scale", "dimension"),
        one_of("state", State, "state"),
        CheckConstraint("(value IS NOT NULL) = (state = 'rated')", name="value"),
        CheckConstraint("(reason IS NOT NULL) = (state = 'cannot_rate')", name="reason"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating")
    scale: Mapped[str]
    dimension: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    value: Mapped[int | None]
    reason: Mapped[str | None]
    # What the coder had said before a rule made the dimension not applicable; comes back when the rule lifts.
    shelved: Mapped[str | None]
    scored_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    rating: Mapped[Rating] = relationship(back_populates="scores")

    @property
    def answer(self) -> Answer:
        """State, value and reason as one."""
        return Answer(State(self.state), self.value, Reason(self.reason) if self.reason else None)

    @answer.setter
    def answer(self, answer: Answer) -> None:
        self.state, self.value, self.reason = answer.state, answer.value, answer.reason


class EvidenceMark(Base):
    """A moment of the recording that speaks for a scale."""

    __tablename__ = "evidence_mark"
    __table_args__ = (CheckConstraint("at_ms >= 0", name="at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating", index=True)
    scale: Mapped[str]
    at_ms: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    marked_at: Mapped[datetime] = mapped_column(default=now)


class Stretch(Base):
    """A stretch of the recording that was heard while rating."""

    __tablename__ = "coverage"
    __table_args__ = (CheckConstraint("end_ms > start_ms", name="order"),)
    # A log itself, written every few seconds.
    audited = False
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating", index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    speed: Mapped[float]
    heard_at: Mapped[datetime] = mapped_column(default=now)


class Place(Base):
    """Where a coder left off listening."""

    __tablename__ = "place"
    audited = False
    rating_id: Mapped[str] = mapped_column(String(32), ForeignKey("rating.id"), primary_key=True)
    position_ms: Mapped[int]
    speed: Mapped[float]


class Amendment(Base):
    """A change of a submitted rating, with what stood there before and why it was changed."""

    __tablename__ = "amendment"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating", index=True)
    person_id: Mapped[str] = to("person")
    scale: Mapped[str]
    dimension: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    why: Mapped[str]
    amended_at: Mapped[datetime] = mapped_column(default=now)
