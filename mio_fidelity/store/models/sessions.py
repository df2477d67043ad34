"""Sessions of the therapy, and their recordings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mio_fidelity.store.models.base import WIDE, Base, new_id, now, one_of, to


class MediaKind(StrEnum):
    """What a recording holds."""

    AUDIO = "audio"
    VIDEO = "video"


class TreatmentSession(Base):
    """One session of the therapy."""

    __tablename__ = "treatment_session"
    __table_args__ = (Unique("client_id", "number"), CheckConstraint("number >= 1", name="number"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    client_id: Mapped[str] = to("client")
    counselor_id: Mapped[str | None] = to("counselor", index=True)
    arm: Mapped[str | None]
    number: Mapped[int]
    held_on: Mapped[date | None]
    # Whether trainees may hear it: master codes and examples come from such sessions alone.
    for_training: Mapped[bool] = mapped_column(default=False, server_default=false())
    recordings: Mapped[list["Recording"]] = relationship(order_by="Recording.part")


class Recording(Base):
    """One file of a session's recording; a session recorded in pieces has several, in order."""

    __tablename__ = "recording"
    __table_args__ = (
        Unique("session_id", "part"),
        one_of("kind", MediaKind, "kind"),
        CheckConstraint("duration_ms > 0", name="duration"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = to("treatment_session")
    part: Mapped[int] = mapped_column(default=1)
    # Relative to the study folder when the file lies inside it.
    location: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    byte_size: Mapped[int] = mapped_column(WIDE)
    kind: Mapped[str]
    container: Mapped[str]
    codec: Mapped[str]
    duration_ms: Mapped[int]
    claimed_ms: Mapped[int | None]
    packet_errors: Mapped[int] = mapped_column(default=0)
    problems: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime] = mapped_column(default=now)
    # The day after which it is removed; None where the study has no such rule.
    keep_until: Mapped[date | None]
    # When the file, its key and its peaks were removed; the row stays.
    removed_at: Mapped[datetime | None]


class AwaitedFile(Base):
    """A file a manifest names, not examined yet: what a batch that was stopped goes on with."""

    __tablename__ = "awaited_file"
    __table_args__ = (Unique("session_id", "part"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = to("treatment_session")
    part: Mapped[int] = mapped_column(default=1)
    location: Mapped[str]
    # Why it could not be taken in when that was last tried.
    problem: Mapped[str] = mapped_column(default="")


class VaultKey(Base):
    """The key of a recording that is kept enciphered in the study folder; without it the file is noise."""

    __tablename__ = "vault_key"
    # A copy in the audit trail would outlive the recording.
    audited = False
    recording_id: Mapped[str] = mapped_column(String(32), ForeignKey("recording.id"), primary_key=True)
    key: Mapped[bytes]
