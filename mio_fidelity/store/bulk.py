"""Thousands of rows at once, for changes whose history is written otherwise."""

from collections.abc import Container, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Table, insert

from mio_fidelity.store.models import Base


def add_rows(
    connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]], ready: Container[str] = ()
) -> None:
    """Add rows past their objects and the audit trail.

    The values are brought into the form in which the driver takes them column by column: row by row, as
    executing the statement does it, that costs more than the database takes to store them.

    Args:
        connection: Within a verb.
        model: Their table.
        rows: Column to value, the same columns in each; no default is filled in.
        ready: Columns whose values have the driver's form already, as JSON that is text.

    Raises:
        sqlalchemy.exc.IntegrityError: the database refuses one of them.
    """
    if not rows:
        return
    dialect, table, told = connection.dialect, cast(Table, model.__table__), list(rows[0])
    statement = insert(table).inline().compile(dialect=dialect, column_keys=told)
    names = statement.positiontup or told
    columns = []
    for name in names:
        values = map(itemgetter(name), rows)
        bound = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        columns.append(map(bound, values) if bound and name not in ready else values)
    bare: list[Any] = list(zip(*columns, strict=True))
    if not statement.positional:
        bare = [dict(zip(names, row, strict=True)) for row in bare]
    connection.exec_driver_sql(str(statement), bare)
