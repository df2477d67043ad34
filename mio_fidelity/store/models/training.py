"""Master codes and examples, and how coders were held against them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from mio_fidelity.store.models.base import Base, new_id, now, to


class Rationale(Base):
    """Why master codes give a scale what they give it."""

    __tablename__ = "rationale"
    __table_args__ = (Unique("rating_id", "scale"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = to("rating")
    scale: Mapped[str]
    text: Mapped[str]


class Certification(Base):
    """A coder held to the standard, with the rule and all it was judged on. Never rewritten."""

    __tablename__ = "certification"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = to("person", index=True)
    by_id: Mapped[str] = to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    passed: Mapped[bool]
    rule: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]


class Exemplar(Base):
    """An evidence mark that shows what a point of a scale sounds like."""

    __tablename__ = "exemplar"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mark_id: Mapped[str] = to("evidence_mark")
    dimension: Mapped[str]
    point: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = to("person")
    added_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Recalibration(Base):
    """Master sessions a coder rates because something moved, and what came of it."""

    __tablename__ = "recalibration"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = to("person", index=True)
    by_id: Mapped[str] = to("person")
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    # What the chart said, as plain values.
    reason: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
