"""Whether a recording is still what it was when it was added."""

import hashlib
import os
from enum import StrEnum
from typing import BinaryIO

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Source
from mio_fidelity.media.vault import sealed_bytes

_READ_BYTES = 1 << 20


class Condition(StrEnum):
    """What was found in a recording's place.

    DAMAGED: it cannot be read to the end; of the vault it is cut short too, foreign, or under another key.
    OTHER: it can be read, and is another recording.
    """

    WHOLE = "whole"
    MISSING = "missing"
    DAMAGED = "damaged"
    OTHER = "another file"


def condition(source: Source, byte_size: int, sha256: str, whole: bool, progress: Progress) -> Condition:
    """Look at a recording.

    Args:
        source: Where it is kept.
        byte_size: How many plain bytes it had when it was added.
        sha256: Its fingerprint then.
        whole: Whether to read all of it; otherwise only its size, and in the vault its first and last bytes.
        progress: Told the share read; stops the work when cancelled.

    Raises:
        Cancelled: the person asked to stop.
    """
    try:
        if not source.is_there():
            return Condition.MISSING
        sealed = source.key is not None
        if os.path.getsize(source.path) != (sealed_bytes(byte_size) if sealed else byte_size):
            return Condition.DAMAGED if sealed else Condition.OTHER
        # Opened in any case: a piece of the vault vouches for its place, its key and the length of all.
        with source.open() as file:
            if whole and _digest(file, byte_size, progress) != sha256:
                return Condition.OTHER
    except (UserError, OSError):
        return Condition.DAMAGED
    progress.at(1.0)
    return Condition.WHOLE


def _digest(file: BinaryIO, byte_size: int, progress: Progress) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_READ_BYTES):
        digest.update(piece)
        progress.at(file.tell() / max(byte_size, 1))
    return digest.hexdigest()
