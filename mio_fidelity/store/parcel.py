"""One file that holds a whole study folder, to be carried to another computer.

The folder's own files, one after the other, as they are: they are enciphered, so the file adds only their
names, their sizes, and at its end a checksum by which a damaged or cut file is known before it is opened::

    MIO package 1\\n   then per file: length of the name (2 bytes), size (8 bytes), name, content
                      at the end: 10 bytes of 0, CRC-32 of everything before (4 bytes)
"""

import os
import re
import secrets
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Self

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.store import schema
from mio_fidelity.store.cipher import encrypted_engine, what_to_do
from mio_fidelity.store.durable import settle
from mio_fidelity.store.head import FILE as HEAD
from mio_fidelity.store.head import head_of, keep_head
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import subkey
from mio_fidelity.store.study_folder import DATABASE

SUFFIX = ".miopack"
_KIND = b"MIO package "
MAGIC = _KIND + b"1\n"
_ENTRY = struct.Struct(">HQ")
_SUM = struct.Struct(">I")
_PIECE = 1 << 20
# So often what was written goes to the disk, which would have nothing to do until the end.
_SETTLED = 32 * _PIECE
# All there can be; whatever else a file names is not written anywhere.
_NAMES = re.compile(rb"study\.db|study\.head|keys\.json|(vault|peaks)/[0-9a-f]{32}")
_NEEDED = {DATABASE, KEYS}
_FOLDERS = ("vault", "peaks", "recordings", "backups")
# What else a study opened elsewhere needs of the disk before anybody works in it.
_ROOM = 20_000_000


class Parcel:
    """Writes such a file, piece by piece, in a ``with``; `close` makes it whole.

    Args:
        file: Open for writing, empty.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sum = 0
        # One sums a piece while it is written, the other has the disk take what was written before.
        self._beside = ThreadPoolExecutor(2)
        self._settling: Future[None] = Future()
        self._settling.set_result(None)
        self._unsettled = 0
        self._write(MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown()

    def add(self, name: str, size: int, pieces: Iterable[bytes | memoryview]) -> None:
        """Add a file of ``size`` bytes; done with a piece before it asks for the next.

        Raises:
            UserError: it cannot be written.
            ValueError: the pieces are more or fewer bytes.
        """
        called = name.encode()
        self._write(_ENTRY.pack(len(called), size) + called)
        for piece in pieces:
            self._write(piece)
            size -= len(piece)
        if size:
            raise ValueError("a file changed its size while it was packed")

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that is there.

        Raises:
            OSError: it cannot be read.
            UserError: the parcel cannot be written.
        """
        with path.open("rb") as file:
            self.add(name, path.stat().st_size, iter(lambda: file.read(_PIECE), b""))

    def close(self) -> None:
        """Write the end, and have all of it on the disk.

        Raises:
            UserError: it cannot be written.
        """
        self._write(_ENTRY.pack(0, 0))
        self._write(_SUM.pack(self._sum))
        try:
            self._file.flush()
            # What the disk refused meanwhile it says once only.
            self._settling.result()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(error) from error

    def _write(self, content: bytes | memoryview) -> None:
        summed = self._beside.submit(zlib.crc32, content, self._sum)
        try:
            self._file.write(content)
            self._unsettled += len(content)
            if self._unsettled >= _SETTLED and self._settling.done():
                self._settling.result()
                self._settling = self._beside.submit(os.fsync, self._file.fileno())
                self._unsettled = 0
        except OSError as error:
            # Here, where it cannot be taken for trouble with what is read.
            raise cannot_write(error) from error
        finally:
            self._sum = summed.result()


def cannot_write(error: OSError) -> UserError:
    """The sentence for a package that the disk did not take."""
    return UserError(
        "The package could not be written: {reason}. Free some space, or choose another folder.",
        reason=error.strerror or "the disk refused",
    )


def make_database(folder: Path, data_key: bytes, fill: Callable[[Session], None]) -> None:
    """Put a database of the newest version into ``folder``, filled by ``fill``, with nothing left in its log.

    Raises:
        UserError: it cannot be written.
        OSError: the same.
    """
    engine = encrypted_engine(folder / DATABASE, subkey(data_key, "database"))
    try:
        schema.upgrade(engine)
        sessions = sessionmaker(engine)
        keep_history(sessions)
        who: dict[str, object] = {"person_id": None, "verb": fill.__name__, "touched": set()}
        with sessions(info=who) as db:
            fill(db)
            db.commit()
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            keep_head(folder, subkey(data_key, "head"), head_of(raw.cursor()))
        finally:
            raw.close()
    except (OperationalError, sqlcipher.OperationalError) as error:
        raise what_to_do(error) from error
    finally:
        engine.dispose()


def pack_study(folder: Path, parcel: Parcel) -> None:
    """Add what every study has."""
    for name in (KEYS, DATABASE, HEAD):
        parcel.add_file(name, folder / name)


def is_parcel(path: Path) -> bool:
    """Whether the file begins as one; what is wrong with it, `unpack` says."""
    try:
        with path.open("rb") as file:
            return file.read(len(_KIND)) == _KIND
    except OSError:
        return False


def unpack(source: Path, folder: Path, progress: Progress) -> None:
    """Make a study folder of the file, whole or not at all.

    Args:
        source: The file.
        folder: A folder that does not exist yet, or is empty.
        progress: Told the share done; stops the work when cancelled, and leaves nothing behind.

    Raises:
        UserError: the file is no package, damaged, cut short or of a newer program; or the folder is not
            empty, or cannot be written. Nothing is left.
        Cancelled: the person asked to stop.
    """
    folder = folder.resolve()
    scratch = folder.parent / f"new-study-{secrets.token_hex(4)}.tmp"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError("There is something in this place already. Choose a new folder for the work.")
        with source.open("rb") as file:
            total = _check(file, source.stat().st_size)
            if shutil.disk_usage(folder.parent).free < total + _ROOM:
                raise UserError(
                    "There is no room for the package on this disk. Free some, or choose another."
                )
            for name in _FOLDERS:
                (scratch / name).mkdir(parents=True)
            _unpack(file, total, scratch, progress)
        if folder.exists():
            folder.rmdir()
        scratch.rename(folder)
        settle(folder.parent)
    except OSError as error:
        raise UserError(
            "The package could not be unpacked: {reason}. Choose a folder on a disk that you may write and "
            "that has room.",
            reason=error.strerror or "the disk refused",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check(file: BinaryIO, total: int) -> int:
    """Stand behind the first line; the size of the file."""
    begins = file.read(len(MAGIC))
    if begins != MAGIC and re.fullmatch(re.escape(_KIND) + rb"[0-9]+\n?", begins):
        raise UserError(
            "This package was made by a newer version of the program. Install that version on this computer."
        )
    if begins != MAGIC:
        raise UserError("This file is no coder package. Choose the file that the supervisor gave you.")
    return total


def _unpack(file: BinaryIO, total: int, folder: Path, progress: Progress) -> None:
    sum_, at, seen = zlib.crc32(MAGIC), len(MAGIC), set[str]()

    def read(size: int) -> bytes:
        nonlocal sum_, at
        content = file.read(size)
        if len(content) != size:
            raise _spoilt()
        sum_, at = zlib.crc32(content, sum_), at + size
        progress.at(at / total)
        return content

    while True:
        length, size = _ENTRY.unpack(read(_ENTRY.size))
        if not length:
            break
        name = read(length) if length < 64 else b""
        if not _NAMES.fullmatch(name) or name.decode() in seen or size > total - at:
            raise _spoilt()
        seen.add(name.decode())
        with (folder / name.decode()).open("xb") as out:
            while size:
                piece = read(min(size, _PIECE))
                out.write(piece)
                size -= len(piece)
    if size or file.read(_SUM.size + 1) != _SUM.pack(sum_) or not seen >= _NEEDED:
        raise _spoilt()


def _spoilt() -> UserError:
    return UserError(
        "The package is damaged or was not copied whole, so nothing was unpacked. Copy it again, or ask for "
        "a new one."
    )
