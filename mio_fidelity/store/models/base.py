"""What the tables have in common: ids, times, references."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# PostgreSQL's integers end at 2 GB, SQLite's do not.
WIDE = Integer().with_variant(BigInteger(), "postgresql")


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored in UTC; a time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """To the database; for SQLite the text that SQLAlchemy would write, in half the time."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

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


_STORED = len("2026-01-01 00:00:00.000000")


def _as_text(value: datetime | None) -> str | None:
    """In UTC without saying so, with all six places, as SQLAlchemy reads times in SQLite."""
    if value is None:
        return None
    return _aware(value).astimezone(UTC).isoformat(" ", "microseconds")[:_STORED]


def new_id() -> str:
    """A fresh id, made on this computer and unique everywhere."""
    return uuid4().hex


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


def one_of(column: str, values: type[StrEnum], name: str) -> CheckConstraint:
    """The rule that ``column`` holds one of ``values``."""
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

    def __init_subclass__(cls, **options: Any) -> None:
        # A flush writes tables that no relationship ties in the order of their classes' full names:
        # in which file of this package a class stands is not to change it.
        cls.__module__ = __package__
        super().__init_subclass__(**options)


def to(target: str, **options: Any) -> Any:
    """A column that refers to a row of ``target``."""
    return mapped_column(String(32), ForeignKey(f"{target}.id"), **options)
