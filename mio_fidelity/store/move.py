"""A whole study copied, row by row, into empty tables in another place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, literal_column, select, text
from sqlalchemy.orm import Session

from mio_fidelity.errors import UserError
from mio_fidelity.store.chain import follows
from mio_fidelity.store.models import Audit, Base, Setting
from mio_fidelity.store.server_door import MOVED

_AT_A_TIME = 1000


def copy_rows(db: Session, target: Engine) -> dict[str, int]:
    """Copy all rows of all tables, in one transaction on either side; a question on the source.

    What keeps final rows from being written stands aside for this transaction, for they are final already.
    The mark that the study was moved away is about the place where it stands, and stays there.

    Args:
        db: The study to copy.
        target: Tables of the same version, with nothing in them.

    Returns:
        Table to number of rows.

    Raises:
        UserError: there is something in the tables, or what arrived is not what was sent. Nothing is left.
    """
    with target.begin() as connection:
        if any(_count(connection, table) for table in Base.metadata.sorted_tables):
            raise UserError("There is a study in this place already. Choose an empty one.")
        with _without_triggers(connection):
            counts = {table.name: _copy(db, connection, table) for table in Base.metadata.sorted_tables}
        if connection.dialect.name == "postgresql":
            last = "SELECT max(id) FROM audit HAVING max(id) IS NOT NULL"
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('audit', 'id'), ({last}))"))
        _check(connection, counts)
    return counts


def _copy(db: Session, connection: Connection, table: Table) -> int:
    n = 0
    wanted = select(table).order_by(*_order(db, table)).execution_options(yield_per=_AT_A_TIME)
    if table is Setting.__table__:
        wanted = wanted.where(Setting.key != MOVED)
    for some in db.execute(wanted).mappings().partitions():
        connection.execute(table.insert(), [dict(row) for row in some])
        n += len(some)
    return n


def _order(db: Session, table: Table) -> list[ColumnElement[Any]]:
    """As they were written, where that is known: the last amendment of a score is the one that counts."""
    if db.connection().dialect.name == "sqlite":
        return [literal_column("rowid")]
    return [literal_column("line")] if table.name == "amendment" else list(table.primary_key)


def _check(connection: Connection, counts: dict[str, int]) -> None:
    there = {table.name: _count(connection, table) for table in Base.metadata.sorted_tables}
    trail = connection.execute(select(Audit.__table__).order_by(Audit.id)).mappings()
    if there != counts or not follows(trail):
        raise UserError(
            "What arrived is not what was sent, or the record was changed by hand. Nothing was copied. "
            "Check the study with: mio-fidelity verify"
        )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Undone with the transaction too."""
    if connection.dialect.name == "postgresql":
        tables = [table.name for table in Base.metadata.sorted_tables]
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in found:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, statement in found:
        connection.execute(text(statement))
