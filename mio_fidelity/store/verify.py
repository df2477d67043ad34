"""Whether a study is what it says: its file, its audit trail, its ratings, its recordings, its backups."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import schema
from mio_fidelity.store.backups import list_backups
from mio_fidelity.store.backups import verify as verify_copy
from mio_fidelity.store.chain import PARTS, chained
from mio_fidelity.store.head import kept_head
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import subkey, unlock
from mio_fidelity.store.rekey import finish_rekey
from mio_fidelity.store.restore import DATABASE, finish_restore
from mio_fidelity.store.study_file import connected, looked_into

# What the figures of a study rest on.
FOLLOWED = ("rating", "score")
# The database layer sets it by itself; the trail has the moment of each change in its own line.
STAMPS = {"scored_at"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        key: "file", "trail", "tail", "rows", "recordings" or "backups".
        fits: Whether all is as it should be.
        says: What was found; no names, no places.
        numbers: The same for a machine.
    """

    key: str
    fits: bool
    says: Sentence
    numbers: dict[str, int]


def verify_study(folder: Path, passphrase: str, fingerprints: bool = False) -> tuple[Check, ...]:
    """Look at everything; nothing is changed.

    Args:
        folder: The study folder; nobody may have it open.
        passphrase: Opens it.
        fingerprints: Whether to read every recording whole; otherwise only that it is there, in its size.

    Raises:
        UserError: it cannot be looked at: wrong pass phrase, open elsewhere, of another version, unreadable.
    """
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
                ("trail", lambda: _trail(connection)),
                ("tail", lambda: _tail(connection, folder, subkey(data_key, "head"))),
                ("rows", lambda: _rows(connection)),
                ("recordings", lambda: _recordings(connection, folder, fingerprints)),
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
    numbers = {"damaged_pages": pages, "faults": faults, "loose_rows": loose}
    if pages or faults or loose:
        says = Sentence(
            "DAMAGED: {pages} pages are not as they were written, {faults} faults in tables, {loose} rows"
            " belong to nothing",
            pages=pages,
            faults=faults,
            loose=loose,
        )
        return Check("file", False, says, numbers)
    return Check("file", True, Sentence("intact: every page authentic, every table sound"), numbers)


def _lines(connection: Any, columns: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.execute(f"SELECT {columns} FROM audit ORDER BY id")
    while rows := cursor.fetchmany(2000):
        yield from rows


def _trail(connection: Any) -> Check:
    columns = ("id", "at", *PARTS, "chain")
    before, n = "", 0
    for values in _lines(connection, ", ".join(columns)):
        row = dict(zip(columns, values, strict=True))
        line = {**row, "at": datetime.fromisoformat(row["at"]), "changes": json.loads(row["changes"])}
        if chained(before, line) != row["chain"]:
            says = Sentence(
                "CHANGED: line {line} does not fit the one before it; it, or one before it, was changed,"
                " removed or added",
                line=row["id"],
            )
            return Check("trail", False, says, {"lines": n, "first_misfit": row["id"]})
        before, n = row["chain"], n + 1
    return Check("trail", True, Sentence("{n} lines, each fits the one before it", n=n), {"lines": n})


def _tail(connection: Any, folder: Path, key: bytes) -> Check:
    try:
        head = kept_head(folder, key)
    except ValueError:
        return Check("tail", False, Sentence("CHANGED: study.head was not written with this key"), {})
    if head is None:
        return Check("tail", True, Sentence("not known: the study was never closed or backed up"), {})
    found = connection.execute("SELECT chain FROM audit WHERE id = ?", (head.line,)).fetchone()
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()
    numbers = {"last_line": last, "line_when_closed": head.line}
    if head.line and (found is None or found[0] != head.chain):
        says = Sentence(
            "SHORTER: when it was last closed the trail went to line {head}; now it goes to {last}, or is"
            " another",
            head=head.line,
            last=last,
        )
        return Check("tail", False, says, numbers)
    return Check("tail", True, Sentence("nothing was removed from its end"), numbers)


def _rows(connection: Any) -> Check:
    """Replay what the trail says of ratings and scores, and compare with what stands there."""
    told: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in FOLLOWED}
    for table, row_id, action, changes in _lines(connection, "table_name, row_id, action, changes"):
        if table in told:
            row = told[table].setdefault(row_id, {})
            row.update({column: new for column, (_, new) in json.loads(changes).items()})
            if action == "delete":
                del told[table][row_id]
    numbers = dict.fromkeys(("changed", "added", "missing"), 0)
    n = 0
    for table, rows in told.items():
        cursor = connection.execute(f"SELECT * FROM {table}")
        columns = [each[0] for each in cursor.description]
        for values in cursor:
            n += 1
            row = dict(zip(columns, values, strict=True))
            said = rows.pop(row["id"], None)
            if said is None:
                numbers["added"] += 1
            elif not all(
                _same(value, said.get(column)) for column, value in row.items() if column not in STAMPS
            ):
                numbers["changed"] += 1
        numbers["missing"] += len(rows)
    if any(numbers.values()):
        says = Sentence(
            "CHANGED past the program: {changed} ratings or scores differ from what the trail says, {added}"
            " are not in it, {missing} are gone",
            **numbers,
        )
        return Check("rows", False, says, {"rows": n, **numbers})
    return Check("rows", True, Sentence("{n} ratings and scores are as the trail says", n=n), {"rows": n})


def _same(stored: Any, told: Any) -> bool:
    """Whether a value is the one that was noted; moments are written in two ways."""
    if stored == told:
        return True
    if not isinstance(stored, str) or not isinstance(told, str):
        return False
    try:
        one, other = (datetime.fromisoformat(each) for each in (stored, told))
    except ValueError:
        return False
    return _utc(one) == _utc(other)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _recordings(connection: Any, folder: Path, fingerprints: bool) -> Check:
    rows = connection.execute(
        "SELECT location, byte_size, sha256, vault_key.recording_id IS NOT NULL FROM recording"
        " LEFT JOIN vault_key ON vault_key.recording_id = recording.id WHERE removed_at IS NULL"
    ).fetchall()
    numbers = dict.fromkeys(("present", "missing", "changed", "in_vault"), 0)
    for location, byte_size, sha256, in_vault in rows:
        path = folder / location
        if in_vault:
            # Enciphered, so its size is another; each piece vouches for itself when it is played.
            numbers["in_vault"] += 1
        elif not os.path.isfile(path):
            numbers["missing"] += 1
        elif os.path.getsize(path) != byte_size or (fingerprints and _sha256(path) != sha256):
            numbers["changed"] += 1
        else:
            numbers["present"] += 1
    fits = not numbers["missing"] and not numbers["changed"]
    says = (
        Sentence("{present} in place, {in_vault} in the vault", **numbers)
        if fits
        else Sentence(
            "{present} in place, {in_vault} in the vault, {missing} MISSING, {changed} OTHER FILES", **numbers
        )
    )
    return Check("recordings", fits, says, numbers)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
