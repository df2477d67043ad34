"""The fingerprint of a recording: the same for every copy, whatever the file is called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress

BLOCK_BYTES = 1 << 20


def fingerprint(
    path: Path, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None
) -> str:
    """The SHA-256 of the whole file, as 64 hexadecimal digits.

    Args:
        path: The file.
        on_progress: Called with the share done, 0..1, several times a second.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: the file cannot be read.
        Cancelled: ``cancelled`` said yes.
    """
    return hash_of(path, Progress(on_progress, cancelled))


def hash_of(path: Path, progress: Progress) -> str:
    """The SHA-256 of the file, telling ``progress`` on the way."""
    digest = hashlib.sha256()
    with opened(path) as file:
        byte_size = path.stat().st_size
        done = 0
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            progress.at(done / max(byte_size, done))
    progress.at(1.0)
    return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open for reading.

    Raises:
        UserError: it is not there, not a file, or cannot be read; the sentence does not name it.
    """
    try:
        if path.is_dir():
            raise UserError("This is a folder, not a recording; choose a file in it.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise UserError(
            "The file is not there any more; check that its drive is connected, then choose it again."
        ) from None
    except PermissionError:
        raise UserError(
            "This account may not read the file; ask its owner for permission, then choose it again."
        ) from None
    except OSError:
        raise UserError("The file could not be read; check the drive it is on, then try again.") from None
