"""The fingerprint of a recording: the same for every copy, whatever the file is called."""

from __future__ import annotations

import hashlib

from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.media.source import Place, byte_size, opened

BLOCK_BYTES = 1 << 20


def fingerprint(
    place: Place, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None
) -> str:
    """The SHA-256 of the whole file, as 64 hexadecimal digits.

    Args:
        place: The recording.
        on_progress: Called with the share done, 0..1, several times a second.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: the file cannot be read.
        Cancelled: ``cancelled`` said yes.
    """
    return hash_of(place, Progress(on_progress, cancelled))


def hash_of(place: Place, progress: Progress) -> str:
    """The SHA-256 of the file, telling ``progress`` on the way."""
    digest = hashlib.sha256()
    with opened(place) as file:
        size, done = byte_size(file), 0
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            progress.at(done / max(size, done))
    progress.at(1.0)
    return digest.hexdigest()
