"""A folder to make something in, beside where it is to lie; what a killed program left of such a one goes."""

import hashlib
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock


@contextmanager
def scratch_beside(target: Path, name: str) -> Iterator[Path]:
    """A folder on the same disk as ``target``, which goes with all that is in it.

    Those of the same name that programs on this computer left when they were killed go first.

    Args:
        target: What is to be made; its folder is there.
        name: What the folder is called, before a number.

    Raises:
        OSError: the disk does not take it.
    """
    sweep_scratch(target.parent, name)
    folder = target.with_name(f"{name}-{secrets.token_hex(4)}.tmp")
    lock = _lock(folder)
    try:
        folder.mkdir()
        lock.acquire()
        yield folder
    finally:
        # Windows removes no file that is open.
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def sweep_scratch(place: Path, name: str) -> None:
    """Remove folders of that name in ``place`` that programs on this computer left when they were killed."""
    for folder in place.glob(f"{name}-*.tmp"):
        if re.fullmatch(r"[0-9a-f]{8}", folder.stem.removeprefix(f"{name}-")):
            # Wanted, not needed: what is held, or somebody else's, stays.
            with suppress(OSError):
                _remove_dead(folder)


def _remove_dead(folder: Path) -> None:
    lock = _lock(folder)
    # On some network disks a lock holds on one computer alone, so each removes its own only. Where there is
    # nothing but the lock, it may be about to be taken.
    if Path(lock.lock_file).is_file() and len(list(folder.iterdir())) > 1:
        lock.acquire()
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> FileLock:
    """Of this computer; no longer held when its program has ended, however that was."""
    computer = hashlib.sha256(platform.node().encode(errors="replace")).hexdigest()[:8]
    return FileLock(folder / f"{computer}.lock", timeout=0, thread_local=False)
