"""Files that are there whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mio_fidelity.errors import UserError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A place beside ``target`` to write to; when the block ends well, what is there becomes ``target``.

    When it ends in any other way, the old file is as it was and nothing is left beside it.

    Raises:
        UserError: the file is open elsewhere, the folder cannot be written to, or the disk is full.
    """
    scratch = target.with_name(f"{secrets.token_hex(8)}.tmp")
    try:
        _check(target)
        yield scratch
        with scratch.open("r+b") as file:
            os.fsync(file.fileno())
        _put(scratch, target)
    except OSError as error:
        raise _explained(error) from error
    finally:
        # A disk that takes nothing refuses this too, though nothing is there.
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def _check(target: Path) -> None:
    """Find out what can be found out before the work begins."""
    if target.is_dir():
        raise UserError("There is a folder of this name. Choose another name for the file.")
    if not target.parent.is_dir():
        raise UserError("The folder to write to is not there. Choose another folder.")
    if target.exists():
        try:
            with target.open("r+b"):
                pass
        except PermissionError as error:
            raise _locked() from error


def _put(scratch: Path, target: Path) -> None:
    try:
        os.replace(scratch, target)
    except PermissionError as error:
        raise _locked() from error


def _locked() -> UserError:
    return UserError(
        "The old file of this name may not be changed: it is open in another program, such as Excel, or "
        "write-protected. Close it there, or choose another name."
    )


def _explained(error: OSError) -> UserError:
    if error.errno in _FULL:
        return UserError(
            "The disk is full, so the file was not written. Free some space, or choose another disk."
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UserError("Nothing can be written in this folder. Choose a folder that you may write to.")
    return UserError(
        "The file could not be written ({reason}). Choose another folder or disk.",
        reason=error.strerror or "the disk refused",
    )
