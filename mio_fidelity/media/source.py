"""Where the bytes of a recording come from: a plain file, or a file of the vault and its key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mio_fidelity.media.reading import said_plainly
from mio_fidelity.media.vault import Unsealed

_MATROSKA, _MP3 = "matroska", "mp3"
_BY_SUFFIX = {".mp3": _MP3, ".webm": _MATROSKA, ".mkv": _MATROSKA, ".mka": _MATROSKA}


@dataclass(frozen=True, slots=True)
class Source:
    """A recording as a file to read, whatever it is kept in; nothing of it shows in a repr.

    Attributes:
        path: Where the file lies.
        key: The key of a file of the vault; None for a plain file.
        container: FFmpeg's short name of the format, as found by decoding; by the file's name where empty.
    """

    path: Path = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    container: str = ""

    @property
    def is_mp3(self) -> bool:
        """Whether the sound lies in bare mp3 frames."""
        return self._format == _MP3

    @property
    def is_matroska(self) -> bool:
        """Whether it is a Matroska or WebM file."""
        return self._format == _MATROSKA

    @property
    def _format(self) -> str:
        # Files of the vault have names that tell nothing.
        return self.container or _BY_SUFFIX.get(self.path.suffix.lower(), "")

    def is_there(self) -> bool:
        """Whether the file lies where it is said to lie."""
        return self.path.is_file()

    def open(self) -> BinaryIO:
        """Its plain bytes, to be read by one thread at a time, from any place.

        Raises:
            OSError: it cannot be read.
            UserError: a file of the vault is damaged, or the key is another's.
        """
        if self.key is None:
            return self.path.open("rb")
        return Unsealed(self.path, self.key)  # type: ignore[return-value]


Place = Path | Source


def source_of(place: Place) -> Source:
    """A plain path as a `Source`."""
    return place if isinstance(place, Source) else Source(place)


def byte_size(file: BinaryIO) -> int:
    """How many bytes an open recording has; the next read begins where it would have."""
    at = file.tell()
    size = file.seek(0, 2)
    file.seek(at)
    return size


@contextmanager
def opened(place: Place) -> Iterator[BinaryIO]:
    """The recording, open for reading.

    Raises:
        UserError: it is not there, not a file, damaged, or cannot be read; the sentence does not name it.
    """
    source = source_of(place)
    with said_plainly(source.path), source.open() as file:
        yield file
