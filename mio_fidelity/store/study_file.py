"""The database file of an open study, held open beside the driver: to copy it, and to know it again."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled, IsCancelled
from mio_fidelity.store.keys import FILE as KEYS

PIECE = 1 << 20
PATIENCE_S = 20.0
# Steps of the database between two looks at whether it is to stop.
STEPS = 20_000


class StudyFile:
    """The file itself. Usable on any thread.

    On POSIX systems closing any handle of a file drops every lock that the process has on it, the driver's
    too. So this one is opened before the driver connects and closed after it has let go.

    Args:
        path: The database file.
        key: 32 bytes, its raw key.
        head_key: 32 bytes, the key of the sealed head of its audit trail.
    """

    def __init__(self, path: Path, key: bytes, head_key: bytes) -> None:
        self.path = path
        self.key = key
        self.head_key = head_key
        # Should the folder be taken away, a copy of what is in memory needs them.
        self.keys = path.with_name(KEYS).read_bytes()
        # Whoever copies, or waits to.
        self.copying = threading.Lock()
        self._handle: IO[bytes] = path.open("rb", buffering=0)

    def close(self) -> None:
        """Let go of the file; calling it twice does no harm."""
        self._handle.close()

    def in_place(self) -> bool:
        """Whether this very file still lies where it was opened."""
        try:
            there, mine = os.stat(self.path), os.fstat(self._handle.fileno())
        except (OSError, ValueError):
            return False
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)

    def state(self) -> tuple[int, int]:
        """Size and time of the last change; equal states while `frozen` are equal contents."""
        found = os.fstat(self._handle.fileno())
        return found.st_size, found.st_mtime_ns

    @contextmanager
    def frozen(self, cancelled: IsCancelled | None = None) -> Iterator[None]:
        """Keep the file as it is, complete and with nothing missing; changes go to its log meanwhile.

        Nobody is kept from writing. Who reads the file alone, because the log holds nothing more, keeps
        everybody from moving the log into the file (https://www.sqlite.org/walformat.html, section 2.2).

        Raises:
            UserError: somebody has been reading or writing for too long, or the file is not in its place or
                cannot be read.
            Cancelled: ``cancelled`` said yes before it was frozen.
        """
        if not self.in_place():
            raise UserError(
                "study.db was moved, deleted or replaced while it was open, so it was not copied."
            )
        keeper, writer = connected(self.path, self.key), connected(self.path, self.key)
        try:
            try:
                _settle(keeper, writer, cancelled)
            except sqlcipher.DatabaseError as error:
                raise UserError(
                    "No backup could be made: the study file could not be read ({reason}). Check the disk "
                    "and that the folder is not write-protected, then close the study and open it again.",
                    reason=error,
                ) from error
            yield
        finally:
            # Closing ends what is going on. The driver's own connection is open, so the log stays.
            keeper.close()
            writer.close()

    def copy(self, target: Path, cancelled: IsCancelled | None = None) -> None:
        """Copy the file, durably, to a new file; it must be `frozen`.

        Raises:
            OSError: the copy could not be written.
            Cancelled: ``cancelled`` said yes.
        """
        with target.open("xb", buffering=0) as copy:
            self._handle.seek(0)
            while piece := self._handle.read(PIECE):
                if cancelled and cancelled():
                    raise Cancelled
                while piece:
                    piece = piece[copy.write(piece) :]
            os.fsync(copy.fileno())


def connected(path: Path, key: bytes) -> Any:
    """A bare connection to a study's file that has its engine open too."""
    # Without mode=rw a file that is gone would be made anew.
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlcipher.connect(
        address, uri=True, timeout=3, isolation_level=None, check_same_thread=False
    )
    return _unlocked(connection, key)


def looked_into(path: Path, key: bytes) -> Any:
    """A bare connection to a file that nobody writes: nothing is made beside it, nothing in it changes."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlcipher.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    return _unlocked(connection, key)


@contextmanager
def interruptible(connection: Any, cancelled: IsCancelled | None) -> Iterator[None]:
    """Let what a bare connection does be stopped in the middle.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    if cancelled is None:
        yield
        return
    connection.set_progress_handler(cancelled, STEPS)
    try:
        yield
    except sqlcipher.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        raise Cancelled from error
    finally:
        connection.set_progress_handler(None, 0)


def _unlocked(connection: Any, key: bytes) -> Any:
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level = NONE")
    return connection


def _settle(keeper: Any, writer: Any, cancelled: IsCancelled | None) -> None:
    """Empty the log into the file while nobody writes, and begin to read before anybody can."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            # Most of it, without holding anybody up.
            keeper.execute("PRAGMA wal_checkpoint(PASSIVE)")
            writer.execute("BEGIN IMMEDIATE")
            busy, logged, moved = keeper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            # Busy: somebody else is just moving the log into the file.
            if not busy and logged == moved:
                keeper.execute("BEGIN")
                keeper.execute("SELECT 1 FROM sqlite_master").fetchone()
                writer.execute("ROLLBACK")
                return
            writer.execute("ROLLBACK")
        except sqlcipher.OperationalError as error:
            if "locked" not in str(error):
                raise
        if cancelled and cancelled():
            raise Cancelled
        if time.monotonic() > until:
            raise UserError("The study is busy, so no backup was made now; the next one comes by itself.")
        time.sleep(0.05)
