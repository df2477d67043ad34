"""Erasing words for good: from their rows and from the audit trail, which keeps who wrote when, and holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Table, select, text, update
from sqlalchemy.orm import Session

from mio_fidelity.store.chain import WORDS, erased, replaced
from mio_fidelity.store.models import Audit, Base

_AT_A_TIME = 500
# Past the listener that keeps bulk statements from rows of the study: the trail is no row of it.
_AUDIT = cast(Table, Audit.__table__)


def rows_ever(db: Session, table: str, column: str, parents: Collection[str]) -> set[str]:
    """The ids of all rows whose ``column`` ever was one of ``parents``, of rows that are gone too."""
    lines = db.execute(select(Audit.row_id, Audit.changes).where(Audit.table_name == table))
    wanted = set(parents)
    return {row_id for row_id, changes in lines if wanted & set(map(str, changes.get(column) or ()))}


def erase(db: Session, rows: Mapping[str, Collection[str]]) -> int:
    """Erase what stands in the columns of `WORDS`, in rows and in every line of the trail about them.

    What keeps submitted ratings and the trail from being changed stands aside for this transaction. The lines
    go on vouching for the digests of the words, so the chain holds; the erasing itself leaves lines too.

    Args:
        db: Within a verb.
        rows: Table to ids of rows; those that were deleted long ago still have lines.

    Returns:
        How many rows and lines were changed.
    """
    db.flush()
    endings = "_locked_update", "_update"
    names = [f"{table}{ending}" for table in (*rows, Audit.__tablename__) for ending in endings]
    with stood_aside(db.connection(), {name: _table_of(name) for name in names}):
        changed = sum(_empty(db, table, ids) for table, ids in rows.items())
        db.flush()
        return changed + sum(_blacken(db, table, ids) for table, ids in rows.items())


def _table_of(trigger: str) -> str:
    return trigger.removesuffix("_locked_update").removesuffix("_update")


def _empty(db: Session, table: str, ids: Collection[str]) -> int:
    mapped = next(each.class_ for each in Base.registry.mappers if each.class_.__tablename__ == table)
    changed = 0
    for some in _some(ids):
        for row in db.scalars(select(mapped).where(mapped.id.in_(some))):
            for column in WORDS[table]:
                now = getattr(row, column)
                without = replaced(now, lambda _: "")
                if without != now:
                    setattr(row, column, without)
                    changed += 1
    return changed


def _blacken(db: Session, table: str, ids: Collection[str]) -> int:
    connection, changed = db.connection(), 0
    for some in _some(ids):
        lines = connection.execute(
            select(Audit.id, Audit.changes).where(Audit.table_name == table, Audit.row_id.in_(some))
        ).all()
        for line_id, changes in lines:
            after = erased(table, changes)
            if after != changes:
                connection.execute(update(_AUDIT).where(_AUDIT.c.id == line_id).values(changes=after))
                changed += 1
    return changed


def _some(ids: Collection[str]) -> Iterator[list[str]]:
    """A few at a time: a statement takes only so many values."""
    rows = sorted(ids)
    return (rows[at : at + _AT_A_TIME] for at in range(0, len(rows), _AT_A_TIME))


@contextmanager
def stood_aside(connection: Connection, triggers: Mapping[str, str]) -> Iterator[None]:
    """Within a transaction, without some triggers; undone with it too.

    Args:
        connection: In a transaction.
        triggers: Name to table; those that do not exist are left out.
    """
    lifted = _lifted(connection, triggers)
    yield
    for statement in lifted:
        connection.execute(text(statement))


def _lifted(connection: Connection, triggers: Mapping[str, str]) -> Sequence[str]:
    """Lift triggers; the statements that bring them back."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        kept = {name: sql for name, sql in found if name in triggers}
        for name in kept:
            connection.execute(text(f"DROP TRIGGER {name}"))
        return list(kept.values())
    known = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars().all()
    there = {name: table for name, table in triggers.items() if name in known}
    for name, table in there.items():
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {name}"))
    return [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for name, table in there.items()]
