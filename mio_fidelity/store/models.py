"""One class per table of a study."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    false,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from mio_fidelity.answer import Answer, Reason, State

# No vowels, and nothing that is easily taken for something else.
_BLIND_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


# PostgreSQL's integers end at 2 GB, SQLite's do not.
_WIDE = Integer().with_variant(BigInteger(), "postgresql")


class Role(StrEnum):
    """What a person does in the study, and in which role a rating was given."""

    CODER = "coder"
    SUPERVISOR = "supervisor"
    CLINICIAN = "clinician"


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


class MediaKind(StrEnum):
    """What a recording holds."""

    AUDIO = "audio"
    VIDEO = "video"


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored in UTC; a time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else _aware(value).astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database; SQLite gives the time back without its zone."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a stored time needs a time zone")
    return value


def new_id() -> str:
    """A fresh id, made on this computer and unique everywhere."""
    return uuid4().hex


def new_blind_code() -> str:
    """A fresh code under which a coder sees an assignment; it says nothing about the session."""
    return "S-" + "".join(secrets.choice(_BLIND_ALPHABET) for _ in range(5))


_meanwhile: ContextVar[datetime | None] = ContextVar("meanwhile", default=None)


def now() -> datetime:
    """The present moment in UTC; within `as_of` the one named there."""
    return _meanwhile.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: str) -> Iterator[None]:
    """Do something that was done before; with an empty moment, or one to come, it is done now."""
    present = datetime.now(UTC)
    kept = _meanwhile.set(min(datetime.fromisoformat(moment), present) if moment else None)
    try:
        yield
    finally:
        _meanwhile.reset(kept)


def _one_of(column: str, values: type[StrEnum], name: str) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=name)


class Base(DeclarativeBase):
    """The tables of a study."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, str: Text, dict[str, Any]: JSON}  # noqa: RUF012
    # Whether changes of a row are written to the audit trail.
    audited = True


def _to(target: str, **options: Any) -> Any:
    return mapped_column(String(32), ForeignKey(f"{target}.id"), **options)


class Study(Base):
    """The study itself: one row."""

    __tablename__ = "study"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Submitting asks first when less than this share of the recording was heard.
    coverage_share: Mapped[float] = mapped_column(default=0.9)


class Site(Base):
    """A treatment program."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)


class Person(Base):
    """Somebody who works in the study, under a code."""

    __tablename__ = "person"
    __table_args__ = (_one_of("role", Role, "role"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    # Where the person works, when a plan is to keep coders away from their own site.
    site_id: Mapped[str | None] = _to("site")


class Barred(Base):
    """Whose sessions a person is not to rate: a client's, a counselor's or a site's."""

    __tablename__ = "barred"
    __table_args__ = (
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
                for column in ("client_id", "counselor_id", "site_id")
            )
            + " = 1",
            name="one",
        ),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = _to("person", index=True)
    client_id: Mapped[str | None] = _to("client")
    counselor_id: Mapped[str | None] = _to("counselor")
    site_id: Mapped[str | None] = _to("site")


class Counselor(Base):
    """Somebody who delivers the therapy."""

    __tablename__ = "counselor"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[str | None] = _to("site")
    # Set when a coder or clinician of the study is this counselor, who then may not rate own sessions.
    person_id: Mapped[str | None] = _to("person")


class Client(Base):
    """A caregiver, known only by a pseudonymous id."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[str | None] = _to("site")
    # From that day on nothing of hers may be heard, and what may not be kept is removed.
    withdrew_on: Mapped[date | None]


class TreatmentSession(Base):
    """One session of the therapy."""

    __tablename__ = "treatment_session"
    __table_args__ = (Unique("client_id", "number"), CheckConstraint("number >= 1", name="number"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    client_id: Mapped[str] = _to("client")
    counselor_id: Mapped[str | None] = _to("counselor", index=True)
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
        _one_of("kind", MediaKind, "kind"),
        CheckConstraint("duration_ms > 0", name="duration"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = _to("treatment_session")
    part: Mapped[int] = mapped_column(default=1)
    # Relative to the study folder when the file lies inside it.
    location: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    byte_size: Mapped[int] = mapped_column(_WIDE)
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
    session_id: Mapped[str] = _to("treatment_session")
    part: Mapped[int] = mapped_column(default=1)
    location: Mapped[str]
    # Why it could not be taken in when that was last tried.
    problem: Mapped[str] = mapped_column(default="")


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


class AssignmentPlan(Base):
    """A plan as it was carried out: with its seed, it can be drawn again. Never rewritten."""

    __tablename__ = "assignment_plan"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    made_at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[str | None] = _to("person")
    seed: Mapped[int] = mapped_column(_WIDE)
    terms: Mapped[dict[str, Any]]
    # What was drawn, in numbers.
    outcome: Mapped[dict[str, Any]]


class Rating(Base):
    """One person's scores for one session: assigned, begun or submitted."""

    __tablename__ = "rating"
    __table_args__ = (
        Unique("session_id", "person_id", "purpose", "occasion"),
        _one_of("role", Role, "role"),
        _one_of("purpose", Purpose, "purpose"),
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
    session_id: Mapped[str] = _to("treatment_session")
    person_id: Mapped[str] = _to("person")
    instrument_id: Mapped[str] = _to("instrument_edition")
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
    plan_id: Mapped[str | None] = _to("assignment_plan")
    # The recalibration it belongs to, when a coder rates master sessions anew.
    recalibration_id: Mapped[str | None] = _to("recalibration")
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
        _one_of("state", State, "state"),
        CheckConstraint("(value IS NOT NULL) = (state = 'rated')", name="value"),
        CheckConstraint("(reason IS NOT NULL) = (state = 'cannot_rate')", name="reason"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = _to("rating")
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
    rating_id: Mapped[str] = _to("rating", index=True)
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
    rating_id: Mapped[str] = _to("rating", index=True)
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
    rating_id: Mapped[str] = _to("rating", index=True)
    person_id: Mapped[str] = _to("person")
    scale: Mapped[str]
    dimension: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    why: Mapped[str]
    amended_at: Mapped[datetime] = mapped_column(default=now)


class ConsensusSource(Base):
    """An independent rating that a consensus rests on."""

    __tablename__ = "consensus_source"
    __table_args__ = (Unique("rating_id", "source_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = _to("rating")
    source_id: Mapped[str] = _to("rating", index=True)


class Participant(Base):
    """Somebody who took part in a consensus."""

    __tablename__ = "participant"
    __table_args__ = (Unique("rating_id", "person_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = _to("rating")
    person_id: Mapped[str] = _to("person")


class ConsensusReason(Base):
    """Why a consensus gives one dimension the score it gives."""

    __tablename__ = "consensus_reason"
    __table_args__ = (Unique("rating_id", "scale", "dimension"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = _to("rating")
    scale: Mapped[str]
    dimension: Mapped[str]
    why: Mapped[str]


class Discussion(Base):
    """Something to talk about at the next meeting: a session, or one scale of it."""

    __tablename__ = "discussion"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = _to("treatment_session")
    scale: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = _to("person")
    added_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    # Where it was talked about.
    meeting_id: Mapped[str | None] = _to("meeting")


class Setting(Base):
    """A choice of the study, by its key; what is not here has the program's own default."""

    __tablename__ = "setting"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[dict[str, Any]]


class Rationale(Base):
    """Why master codes give a scale what they give it."""

    __tablename__ = "rationale"
    __table_args__ = (Unique("rating_id", "scale"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    rating_id: Mapped[str] = _to("rating")
    scale: Mapped[str]
    text: Mapped[str]


class Certification(Base):
    """A coder held to the standard, with the rule and all it was judged on. Never rewritten."""

    __tablename__ = "certification"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = _to("person", index=True)
    by_id: Mapped[str] = _to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    passed: Mapped[bool]
    rule: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]


class Exemplar(Base):
    """An evidence mark that shows what a point of a scale sounds like."""

    __tablename__ = "exemplar"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    mark_id: Mapped[str] = _to("evidence_mark")
    dimension: Mapped[str]
    point: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = _to("person")
    added_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Meeting(Base):
    """A recalibration meeting."""

    __tablename__ = "meeting"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    held_on: Mapped[date]
    notes: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = _to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)


class Attendance(Base):
    """Somebody who was at a meeting."""

    __tablename__ = "attendance"
    __table_args__ = (Unique("meeting_id", "person_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = _to("meeting")
    person_id: Mapped[str] = _to("person")


class MeetingSession(Base):
    """A session that was talked about at a meeting."""

    __tablename__ = "meeting_session"
    __table_args__ = (Unique("meeting_id", "session_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = _to("meeting")
    session_id: Mapped[str] = _to("treatment_session")


class Decision(Base):
    """How a scale is rated from a day on; withdrawn, it holds for what was rated before that."""

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    meeting_id: Mapped[str | None] = _to("meeting")
    # None for all scales, or for all dimensions of one.
    scale: Mapped[str | None]
    dimension: Mapped[str | None]
    text: Mapped[str]
    since: Mapped[date]
    person_id: Mapped[str] = _to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Recalibration(Base):
    """Master sessions a coder rates because something moved, and what came of it."""

    __tablename__ = "recalibration"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = _to("person", index=True)
    by_id: Mapped[str] = _to("person")
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    # What the chart said, as plain values.
    reason: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class VaultKey(Base):
    """The key of a recording that is kept enciphered in the study folder; without it the file is noise."""

    __tablename__ = "vault_key"
    # A copy in the audit trail would outlive the recording.
    audited = False
    recording_id: Mapped[str] = mapped_column(String(32), ForeignKey("recording.id"), primary_key=True)
    key: Mapped[bytes]


class Package(Base):
    """Work handed out to a coder's own computer."""

    __tablename__ = "package"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = _to("person", index=True)
    by_id: Mapped[str] = _to("person")
    made_at: Mapped[datetime] = mapped_column(default=now)
    # Ids of the ratings that were handed out, and what came with them.
    contents: Mapped[dict[str, Any]]
    # Set when a supervisor gives it up: what it holds can be handed out again.
    revoked_at: Mapped[datetime | None]


class PackageReturn(Base):
    """A package that came back, and what was done with what it held. Never rewritten."""

    __tablename__ = "package_return"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    package_id: Mapped[str] = _to("package", index=True)
    by_id: Mapped[str] = _to("person")
    merged_at: Mapped[datetime] = mapped_column(default=now)
    # Of the file that was merged; the same file again changes nothing.
    sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]]


class Conflict(Base):
    """Two sides of one rating that cannot both stand, until somebody has chosen."""

    __tablename__ = "conflict"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    return_id: Mapped[str] = _to("package_return")
    rating_id: Mapped[str] = mapped_column(String(32), index=True)
    ours: Mapped[dict[str, Any]]
    theirs: Mapped[dict[str, Any]]
    settled_at: Mapped[datetime | None]
    by_id: Mapped[str | None] = _to("person")
    choice: Mapped[str | None]


class Arrival(Base):
    """An entry of a journal kept while the server was away, so that it is written exactly once."""

    __tablename__ = "arrival"
    audited = False
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(default=now)


class FrozenFindings(Base):
    """Reliability figures as they once were, with all that is needed to show and export them again."""

    __tablename__ = "frozen_findings"
    # Says itself who made it and when, and is never rewritten; a copy in the audit trail would double it.
    audited = False
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    label: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[str] = _to("person")
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
