"""Reading a damaged database row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.store.study_file import connected

# Rows that are tried at once; a batch that cannot be read is halved until the row is found that cannot.
BATCH = 512
# Of a batch that cannot be read, rows so far apart are tried before all are: a page mostly holds more.
STRIDE = 16
# Where the end of a table cannot be read, it is looked for no further than so many lost batches.
LOST_BATCHES = 8


class Reader:
    """Reads a damaged database row by row. A page that is damaged spoils a connection, so each has its own.

    Args:
        path: The file; it may be written beside.
        key: 32 bytes, its raw key.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.key = key
        self._path = path
        self._connection: Any = None

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]] | None:
        """All rows of an answer; None when one of them cannot be read."""
        try:
            if self._connection is None:
                self._connection = connected(self._path, self.key)
                # Otherwise nothing at all is read of a file that has lost its end.
                self._connection.execute("PRAGMA writable_schema = ON")
            return list(self._connection.execute(statement, values).fetchall())
        except sqlcipher.DatabaseError:
            self.close()
            return None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def version(self) -> str | None:
        """The version of the tables; None when not even that can be read."""
        found = self.ask("SELECT version_num FROM alembic_version")
        return str(found[0][0]) if found else None

    def tables(self) -> set[str]:
        """The tables it has."""
        found = self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {str(name) for (name,) in found or ()}

    def columns(self, table: str) -> list[str]:
        """The columns of a table."""
        return [str(row[1]) for row in self.ask(f"PRAGMA table_info({table})") or ()]

    def known(self, table: str) -> dict[int, str] | None:
        """Place and id of each row as the index has them; None when that cannot be read either."""
        (key,) = [row[1] for row in self.ask(f"PRAGMA table_info({table})") or () if row[5]][:1] or ["rowid"]
        found = self.ask(f"SELECT rowid, {key} FROM {table} ORDER BY {key}")
        return None if found is None else {int(at): str(row_id) for at, row_id in found}

    def rows(self, table: str, columns: list[str]) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
        """Each place with its row, or with None where there may be one that cannot be read."""
        statement = f"SELECT rowid, {', '.join(columns)} FROM {table} WHERE rowid BETWEEN ? AND ?"
        last, first, lost = self._last(table), 0, 0
        while first <= last if last is not None else lost < LOST_BATCHES:
            end = first + BATCH - 1
            found = self.ask(statement, first, end)
            if found is not None:
                yield from ((row[0], row[1:]) for row in found)
            elif any(self.ask(statement, at, at) for at in range(first, end + 1, STRIDE)):
                yield from self._one_by_one(statement, first, end)
            else:
                lost += 1
                yield from ((at, None) for at in range(first, end + 1))
            first = end + 1

    def _one_by_one(
        self, statement: str, first: int, end: int
    ) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
        """Halve what cannot be read until the rows are found that cannot."""
        ranges = [(first, end)]
        while ranges:
            first, end = ranges.pop()
            found = self.ask(statement, first, end)
            if found is not None:
                yield from ((row[0], row[1:]) for row in found)
            elif first == end:
                yield first, None
            else:
                middle = (first + end) // 2
                ranges += [(middle + 1, end), (first, middle)]

    def _last(self, table: str) -> int | None:
        """The place of the last row; None when it cannot be told."""
        found = self.ask(f"SELECT max(rowid) FROM {table}")
        if found is not None:
            return int(found[0][0] or 0)
        known = self.known(table)
        return None if known is None else max(known, default=0)
