"""A plain SQLite file of the ratings, readable by everybody who has it."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mio_fidelity.coding.plain_rows import note_plain_copy, plain_rows
from mio_fidelity.errors import Sentence
from mio_fidelity.report.files import replacing
from mio_fidelity.store import Project

WARNING = Sentence(
    "This file is NOT encrypted: whoever has it can read it. Keep it where only those may read it who may "
    "read the ratings, and delete it when it is not needed any more."
)


def write_plain_copy(project: Project, target: Path, words: bool = False) -> Mapping[str, int]:
    """Write the pseudonymous ratings of a study into a plain SQLite file; it is on record before it is there.

    Args:
        project: The study; whoever is signed in is a supervisor.
        target: The file; an old one is replaced when the new one is whole.
        words: Whether notes, evidence and reasons are to be in it.

    Returns:
        Table to number of rows.

    Raises:
        UserError: it is no supervisor, or the file cannot be written.
    """
    tables = project.ask_elsewhere(plain_rows, words)
    with replacing(target) as scratch:
        project.do(note_plain_copy, words)
        with closing(sqlite3.connect(scratch)) as connection:
            for name, (columns, rows) in tables.items():
                _write(connection, name, columns, rows)
            connection.commit()
    return {name: len(rows) for name, (_, rows) in tables.items()}


def _write(
    connection: sqlite3.Connection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {name} VALUES ({places})", ([_plain(value) for value in row] for row in rows)
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
