"""The study itself, what was chosen for it and what it keeps of its past."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from mio_fidelity.store.models.base import Base, new_id, now, to


class Study(Base):
    """The study itself: one row."""

    __tablename__ = "study"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Submitting asks first when less than this share of the recording was heard.
    coverage_share: Mapped[float] = mapped_column(default=0.9)


class Setting(Base):
    """A choice of the study, by its key; what is not here has the program's own default."""

    __tablename__ = "setting"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[dict[str, Any]]


class InstrumentEdition(Base):
    """An instrument as it was when it was first used here; never changed."""

    __tablename__ = "instrument_edition"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str]
    title: Mapped[str]
    edition: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # Some 50 kB, wanted once per start of the program.
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    added_at: Mapped[datetime] = mapped_column(default=now)


class FrozenFindings(Base):
    """Reliability figures as they once were, with all that is needed to show and export them again."""

    __tablename__ = "frozen_findings"
    # Says itself who made it and when, and is never rewritten; a copy in the audit trail would double it.
    audited = False
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    label: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[str] = to("person")
    data_sha256: Mapped[str] = mapped_column(String(64))
    filter: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    versions: Mapped[dict[str, Any]]
    results: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    # The scores themselves.
    scores: Mapped[dict[str, Any]] = mapped_column(deferred=True)


class Audit(Base):
    """One line of the audit trail: who changed what, when, by which verb."""

    __tablename__ = "audit"
    audited = False
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(String(32))
    verb: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[str] = mapped_column(String(32))
    action: Mapped[str]
    # column -> [old, new]
    changes: Mapped[dict[str, Any]]
    # The package that brought the line from another computer, where it was written.
    package_id: Mapped[str | None] = mapped_column(String(32))
    # SHA-256 over this line and the chain of the line before it.
    chain: Mapped[str | None] = mapped_column(String(64))
