"""Saving what is readable of a damaged study into a new one, and saying what is not."""

import errno
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.orm import sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled, IsCancelled, OnProgress
from mio_fidelity.store import schema
from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.durable import settle
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import subkey, unlock
from mio_fidelity.store.models import Base, Setting, now
from mio_fidelity.store.rekey import finish_rekey
from mio_fidelity.store.restore import DATABASE, LOGS, finish_restore
from mio_fidelity.store.salvage_reader import Reader
from mio_fidelity.store.whereabouts import VAULT

PAGE = 4096
SALVAGED = "salvaged"
# What a study has besides its database and keys.
_COPIED = ("peaks", "recordings", VAULT)


@dataclass(slots=True)
class Tally:
    """What came of one table.

    Attributes:
        table: Its name.
        saved: Rows that are in the new study.
        lost: Ids of rows that were there and could not be read.
        left_out: Rows that could be read and belong to one that could not.
        unknown: Whether there may have been more rows, of which not even the ids can be read.
    """

    table: str
    saved: int = 0
    lost: list[str] = field(default_factory=list)
    left_out: int = 0
    unknown: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.lost and not self.left_out and not self.unknown


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of a study; files of recordings that could not be copied are counted."""

    tables: tuple[Tally, ...]
    files_lost: int


def salvage(
    folder: Path, passphrase: str, target: Path, on_progress: OnProgress, cancelled: IsCancelled
) -> Salvaged:
    """Copy what is readable of the study in ``folder`` into a new study in ``target``, on any thread.

    The damaged study is only read, once what a power cut interrupted in it is finished. The new one has the
    same pass phrases; its audit trail holds what could be read of the old one and says that it was salvaged.

    Args:
        folder: The damaged study; nobody may have it open.
        passphrase: Opens it.
        target: A folder that does not exist yet.
        on_progress: Told the share done, 0..1.
        cancelled: Asked often; once it says yes, nothing is left behind.

    Raises:
        UserError: the pass phrase is wrong, nothing at all can be read, or the new study cannot be written.
        Cancelled: ``cancelled`` said yes.
    """
    if target.exists():
        raise UserError("There is something in this place already. Choose a new folder for the study.")
    # A disk that is about to die is often mounted for reading alone; then nobody else writes either.
    hold = Hold(folder) if os.access(folder, os.W_OK) else None
    scratch = target.with_name(f"new-study-{secrets.token_hex(4)}.tmp")
    try:
        if hold is not None:
            # The file and its keys may be of two moments only because a power cut came between them.
            with suppress(OSError):
                finish_restore(folder)
                finish_rekey(folder)
        data_key = unlock(folder, passphrase).data_key
        scratch.mkdir(parents=True)
        # Reading it may move its log into it, so that a copy is read, with its log.
        for name in (DATABASE, LOGS[0], KEYS):
            if (folder / name).exists():
                _copy_readable(folder / name, scratch / f"{'old-' if name != KEYS else ''}{name}")
        reader = Reader(scratch / f"old-{DATABASE}", subkey(data_key, "database"))
        made = _Copy(reader, scratch / DATABASE, on_progress, cancelled)
        tables = made.run()
        for path in scratch.glob("old-*"):
            path.unlink()
        files_lost = copy_files(folder, scratch, cancelled)
        settle(scratch)
        scratch.rename(target)
        settle(target.parent)
    except OSError as error:
        raise UserError(
            "The new study could not be written: {reason}. Choose a folder on a disk that has room; the "
            "damaged study is as it was.",
            reason=error.strerror or "the disk refused",
        ) from error
    finally:
        if hold is not None:
            hold.release()
        shutil.rmtree(scratch, ignore_errors=True)
    return Salvaged(tables, files_lost)


def _copy_readable(source: Path, target: Path) -> None:
    """Copy a file page by page; one that the disk does not give is left empty, and so known as damaged."""
    with source.open("rb", buffering=0) as old, target.open("xb") as new:
        for at in range(0, os.path.getsize(source), PAGE):
            try:
                old.seek(at)
                page = old.read(PAGE) or b""
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                page = bytes(PAGE)
            new.write(page)


class _Copy:
    """A new database, filled with what a reader can read."""

    def __init__(self, reader: Reader, path: Path, on_progress: OnProgress, cancelled: IsCancelled) -> None:
        self._reader, self._on_progress, self._cancelled = reader, on_progress, cancelled
        self._engine = encrypted_engine(path, reader.key)

    def run(self) -> tuple[Tally, ...]:
        """Fill it; what came of each table."""
        try:
            version = self._reader.version()
            if not self._reader.tables():
                raise UserError(
                    "Nothing of this study can be read: its first page is damaged. Go back to a backup."
                )
            schema.upgrade(self._engine, version if version and schema.known(version) else schema.NEWEST)
            tallies = self._fill()
            schema.upgrade(self._engine)
            self._note(tallies)
        finally:
            self._reader.close()
            self._engine.dispose()
        return tallies

    def _fill(self) -> tuple[Tally, ...]:
        raw = self._engine.raw_connection()
        cursor = raw.cursor()
        # Checked at the end, as a whole; what is final may be written once more.
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        cursor.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        names = [table.name for table in Base.metadata.sorted_tables if table.name in self._reader.tables()]
        tallies = []
        for nth, name in enumerate(names):
            tallies.append(self._table(cursor, name))
            self._on_progress((nth + 1) / len(names))
        _leave_out(cursor, {tally.table: tally for tally in tallies})
        for _, sql in triggers:
            cursor.execute(sql)
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA foreign_keys = ON")
        raw.close()
        return tuple(tallies)

    def _table(self, cursor: Any, name: str) -> Tally:
        tally = Tally(name)
        cursor.execute(f"PRAGMA table_info({name})")
        here = {str(row[1]) for row in cursor.fetchall()}
        columns = [column for column in self._reader.columns(name) if column in here]
        if not columns:
            tally.unknown = True
            return tally
        insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        saved: set[int] = set()
        unread = False
        for at, row in self._reader.rows(name, columns):
            if self._cancelled():
                raise Cancelled
            if row is None:
                unread = True
                continue
            try:
                cursor.execute(insert, row)
            except sqlcipher.DatabaseError:
                unread = True
                continue
            saved.add(at)
        tally.saved = len(saved)
        known = self._reader.known(name) if unread else {}
        tally.unknown = known is None
        tally.lost = [row_id for at, row_id in sorted((known or {}).items()) if at not in saved]
        return tally

    def _note(self, tallies: tuple[Tally, ...]) -> None:
        """One line of the audit trail on where this study comes from."""
        sessions = sessionmaker(self._engine)
        keep_history(sessions)
        counts = {
            each.table: [len(each.lost), each.left_out, each.unknown] for each in tallies if not each.whole
        }
        with sessions(info={"person_id": None, "verb": "salvage", "touched": set()}) as db:
            for old in db.query(Setting).filter(Setting.key == SALVAGED):
                db.delete(old)
            db.flush()
            db.add(Setting(key=SALVAGED, value={"at": now().isoformat(timespec="seconds"), "lost": counts}))
            db.commit()


def _leave_out(cursor: Any, tallies: dict[str, Tally]) -> None:
    """Take away what belongs to rows that are lost, and what belongs to that."""
    while True:
        cursor.execute("PRAGMA foreign_key_check")
        loose = {(table, row) for table, row, *_ in cursor.fetchall()}
        if not loose:
            return
        for table, row in loose:
            cursor.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
            tallies[table].saved -= 1
            tallies[table].left_out += 1


def copy_files(folder: Path, target: Path, cancelled: IsCancelled) -> int:
    """Recordings and pictures: as second names of the same files where the disk can, else copied.

    Returns:
        How many could not be.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    lost = 0
    for name in ("backups", *_COPIED):
        (target / name).mkdir(exist_ok=True)
    for name in _COPIED:
        for path in sorted((folder / name).rglob("*")) if (folder / name).is_dir() else ():
            if cancelled():
                raise Cancelled
            place = target / name / path.relative_to(folder / name)
            if path.is_dir():
                place.mkdir(exist_ok=True)
                continue
            try:
                _same_file(path, place)
            except OSError:
                lost += 1
                with suppress(OSError):
                    place.unlink()
    return lost


def _same_file(path: Path, place: Path) -> None:
    try:
        os.link(path, place)
    except OSError:
        shutil.copy2(path, place)
