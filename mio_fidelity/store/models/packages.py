"""Work that was done away from the study, and what came home."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from mio_fidelity.store.models.base import Base, new_id, now, to


class Package(Base):
    """Work handed out to a coder's own computer."""

    __tablename__ = "package"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = to("person", index=True)
    by_id: Mapped[str] = to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    # Ids of the ratings that were handed out, and what came with them.
    contents: Mapped[dict[str, Any]]
    # Set when a supervisor gives it up: what it holds can be handed out again.
    revoked_at: Mapped[datetime | None]


class PackageReturn(Base):
    """A package that came back, and what was done with what it held. Never rewritten."""

    __tablename__ = "package_return"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    package_id: Mapped[str] = to("package", index=True)
    by_id: Mapped[str] = to("person")
    merged_at: Mapped[datetime] = mapped_column(default=now)
    # Of the file that was merged; the same file again changes nothing.
    sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]]


class Conflict(Base):
    """Two sides of one rating that cannot both stand, until somebody has chosen."""

    __tablename__ = "conflict"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    return_id: Mapped[str] = to("package_return")
    rating_id: Mapped[str] = mapped_column(String(32), index=True)
    ours: Mapped[dict[str, Any]]
    theirs: Mapped[dict[str, Any]]
    settled_at: Mapped[datetime | None]
    by_id: Mapped[str | None] = to("person")
    choice: Mapped[str | None]


class Arrival(Base):
    """An entry of a journal kept while the server was away, so that it is written exactly once."""

    __tablename__ = "arrival"
    audited = False
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(default=now)
