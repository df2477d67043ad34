"""Whether a study is what it says: its file, its audit trail, its ratings, its recordings, its backups."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.store import schema
from mio_fidelity.store.backups import list_backups
from mio_fidelity.store.backups import verify as verify_copy
from mio_fidelity.store.chain import PARTS
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import subkey, unlock
from mio_fidelity.store.profile import is_on_server
from mio_fidelity.store.rekey import finish_rekey
from mio_fidelity.store.restore import DATABASE, finish_restore
from mio_fidelity.store.study_file import connected, looked_into
from mio_fidelity.store.verify_recordings import RECORDINGS, recordings
from mio_fidelity.store.verify_rows import FOLLOWED, Check, rows, tail, trail

__all__ = ["Check", "verify_study"]

_RULES = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def verify_study(
    folder: Path, passphrase: str, fingerprints: bool = False, progress: Progress | None = None
) -> tuple[Check, ...]:
    """Look at everything; nothing is changed.

    Args:
        folder: The study folder, which nobody may have open, or one that leads to a server.
        passphrase: Opens it.
        fingerprints: Whether to read every recording whole; otherwise only that it is there, in its size.
        progress: Told the share of the recordings that was looked at; stops the work when cancelled.

    Raises:
        UserError: it cannot be looked at: wrong pass phrase, open elsewhere, of another version, unreadable.
        Cancelled: the person asked to stop.
    """
    progress = progress or Progress(None, None)
    if is_on_server(folder):
        from mio_fidelity.store.verify_server import verify_server

        return verify_server(folder, passphrase, fingerprints, progress)
    if not os.path.isfile(folder / DATABASE):
        raise UserError("There is no study in this folder. Choose the folder that holds study.db.")
    hold = Hold(folder)
    try:
        finish_restore(folder)
        finish_rekey(folder)
        data_key = unlock(folder, passphrase).data_key
        with closing(connected(folder / DATABASE, subkey(data_key, "database"))) as connection:
            _refuse_other_versions(connection)
            checks: tuple[tuple[str, Callable[[], Check]], ...] = (
                ("file", lambda: _file(connection)),
                ("trail", lambda: trail(_whole_lines(connection))),
                ("tail", lambda: _tail(connection, folder, subkey(data_key, "head"))),
                ("rows", lambda: rows(_followed(connection), partial(_stored, connection))),
                ("recordings", lambda: _recordings(connection, folder, fingerprints, progress)),
                ("backups", lambda: _backups(folder, subkey(data_key, "database"))),
            )
            return tuple(_looked(key, look) for key, look in checks)
    finally:
        hold.release()


def _refuse_other_versions(connection: Any) -> None:
    try:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlcipher.DatabaseError, TypeError) as error:
        raise UserError(
            "study.db cannot be read with this study's key: it is damaged or belongs to another study. Go "
            "back to a backup, or save what is readable."
        ) from error
    if found != schema.NEWEST:
        raise UserError(
            "This study was written by another version of the program. Open it once in this one, then "
            "verify it."
        )


def _looked(key: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (sqlcipher.DatabaseError, json.JSONDecodeError):
        return Check(key, False, Sentence("cannot be read: the file is damaged there"), {})


def _file(connection: Any) -> Check:
    pages = len(connection.execute("PRAGMA cipher_integrity_check").fetchall())
    rows = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall()]
    loose = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    faults = 0 if rows == ["ok"] else len(rows)
    found, wanted = dict(connection.execute(_RULES).fetchall()), _rules_of_a_new_study()
    off = [name for name in sorted(wanted) if found.get(name) != wanted[name]]
    added = len(found.keys() - wanted.keys())
    numbers = {"damaged_pages": pages, "faults": faults, "loose_rows": loose}
    numbers |= {"rules": len(found), "off": len(off), "rules_added": added}
    if pages or faults or loose:
        says = Sentence(
            "DAMAGED: pages that are not as they were written: {pages}; faults in tables: {faults}; rows that"
            " belong to nothing: {loose}",
            pages=pages,
            faults=faults,
            loose=loose,
        )
        return Check("file", False, says, numbers)
    if off or added:
        says = Sentence(
            "CHANGED: rules that keep submitted ratings and the trail, gone or changed: {names}; rules that"
            " are none of the program's: {added}",
            names=", ".join(off) or "-",
            added=added,
        )
        return Check("file", False, says, numbers)
    says = Sentence("intact: every page authentic, every table sound, all rules of the study in force")
    return Check("file", True, says, numbers)


def _rules_of_a_new_study() -> dict[str, str]:
    """Name to SQL of the triggers that the steps make; a study of any age has them, to the letter."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        schema.upgrade(engine)
        with engine.connect() as connection:
            return {str(name): str(sql) for name, sql in connection.execute(text(_RULES))}
    finally:
        engine.dispose()


def _recordings(connection: Any, folder: Path, fingerprints: bool, progress: Progress) -> Check:
    return recordings(connection.execute(RECORDINGS), folder, fingerprints, progress)


def _lines(connection: Any, columns: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.execute(f"SELECT {columns} FROM audit ORDER BY id")
    while rows := cursor.fetchmany(2000):
        yield from rows


def _whole_lines(connection: Any) -> Iterator[dict[str, Any]]:
    columns = ("id", "at", *PARTS, "chain")
    for values in _lines(connection, ", ".join(columns)):
        row = dict(zip(columns, values, strict=True))
        yield {**row, "at": datetime.fromisoformat(row["at"]), "changes": json.loads(row["changes"])}


def _followed(connection: Any) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for table, row_id, action, changes in _lines(connection, "table_name, row_id, action, changes"):
        if table in FOLLOWED:
            yield table, row_id, action, json.loads(changes)


def _stored(connection: Any, table: str) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    columns = [each[0] for each in cursor.description]
    for values in cursor:
        yield dict(zip(columns, values, strict=True))


def _tail(connection: Any, folder: Path, key: bytes) -> Check:
    def chain_of(line: int) -> str | None:
        found = connection.execute("SELECT chain FROM audit WHERE id = ?", (line,)).fetchone()
        return None if found is None else str(found[0])

    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()
    return tail(folder, key, last, chain_of)


def _backups(folder: Path, key: bytes) -> Check:
    numbers = dict.fromkeys(("readable", "damaged", "other_key"), 0)
    newest: date | None = None
    for backup in list_backups(folder):
        if not _opens(backup.path, key):
            numbers["other_key"] += 1
            continue
        try:
            verify_copy(backup.path, key)
        except UserError:
            numbers["damaged"] += 1
            continue
        newest = newest or backup.made_at.date()
        numbers["readable"] += 1
    says = Sentence(
        "{readable} readable, the newest of {newest}; {damaged} damaged, {other_key} with another key or"
        " unreadable",
        newest=newest.isoformat() if newest else "-",
        **numbers,
    )
    return Check("backups", not numbers["damaged"], says, numbers)


def _opens(path: Path, key: bytes) -> bool:
    try:
        with closing(looked_into(path, key)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError:
        return False
    return True
