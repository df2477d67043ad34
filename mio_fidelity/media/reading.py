"""What a person is told when a recording cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mio_fidelity.errors import UserError


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn what the system says of reading ``path`` into a sentence that does not name it.

    Raises:
        UserError: it is not there, not a file, or cannot be read.
    """
    try:
        if path.is_dir():
            raise UserError("This is a folder, not a recording; choose a file in it.")
        yield
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
