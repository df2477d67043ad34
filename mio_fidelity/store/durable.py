"""Files that are on the disk, whole, when the call returns."""

import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Copies of what the program itself keeps in a study folder; a copy of old keys is not to stay.
_SCRATCH = re.compile(r"(keys|attempts)\.json\.[0-9a-f]{8}\.tmp|study\.(db|head)\.[0-9a-f]{8}\.tmp")


def write_durably(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` in one step: after a power cut there is the old file or the new one.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    with ready(path, content) as put:
        put()


@contextmanager
def ready(path: Path, content: bytes) -> Iterator[Callable[[], None]]:
    """As `write_durably`, in two steps: what is yielded takes the last one, which needs no room on the disk.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    scratch = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")

    def put() -> None:
        os.replace(scratch, path)
        settle(path.parent)

    try:
        with scratch.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield put
    finally:
        scratch.unlink(missing_ok=True)


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file that nobody is writing, in pieces, with the promise of `write_durably`."""
    scratch = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with source.open("rb") as old, scratch.open("xb") as new:
            while piece := old.read(1 << 20):
                new.write(piece)
            new.flush()
            os.fsync(new.fileno())
        os.replace(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)
    settle(target.parent)


def sweep(folder: Path) -> None:
    """Remove what a kill in the middle of a write left in a folder that nobody else writes."""
    for path in folder.glob("*.tmp"):
        if _SCRATCH.fullmatch(path.name):
            with suppress(OSError):
                path.unlink()


def settle(folder: Path) -> None:
    """Make the folder's list of files durable; Windows does that by itself and offers no call for it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
