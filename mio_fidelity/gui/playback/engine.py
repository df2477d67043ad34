"""What the player needs of a library that can play one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.clock import Clock
from mio_fidelity.media.source import Place, Source, source_of


@dataclass(frozen=True)
class Part:
    """One file of a recording.

    Args:
        place: Where its bytes come from.
        duration_ms: Its true length, found by decoding it; a library's own idea of it is never trusted.
        video: Whether it has pictures to show.
    """

    place: Place = field(repr=False)
    duration_ms: int
    video: bool = False

    @property
    def source(self) -> Source:
        """Where its bytes come from."""
        return source_of(self.place)


class Engine(QObject):
    """One file in one library, played through once.

    Between ``open`` and the ``opened`` signal only ``close`` may be called; after ``ended`` an engine is
    spent. Signals carry the engine itself, so that what a replaced engine still had to say can be told apart.

    Args:
        parent: Keeps it, so that Qt and not Python deletes it: Python would while holding its lock.
        stage: Where pictures are shown; ``None`` when there is nothing to see.
    """

    opened = Signal(object)
    ended = Signal(object, float)  # and when, on time.monotonic
    broken = Signal(object, object)  # and the UserError

    name: ClassVar[str]
    title: ClassVar[str]
    clock: Clock
    picture: QWidget | None = None
    lead_ms = 0

    def __init__(self, parent: QObject, stage: QStackedWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage

    @classmethod
    def usable(cls) -> bool:
        """Whether its library can be loaded; asked when it is wanted, for loading takes time."""
        return True

    @property
    def position_ms(self) -> int:
        """What is heard now, from the start of the file."""
        return round(self.clock.now())

    def open(self, part: Part) -> None:
        """Begin to open the file, paused at its start; ``opened`` or ``broken`` follows."""
        raise NotImplementedError

    def play(self) -> None:
        """Let the sound go on."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop the sound here."""
        raise NotImplementedError

    def seek(self, at_ms: int) -> None:
        """Go to ``at_ms``, playing or paused as before."""
        raise NotImplementedError

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` times as fast at the same pitch."""
        raise NotImplementedError

    def set_volume(self, volume: int) -> None:
        """Set the loudness, 0..100 as the ear has it."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the file and the library's threads back; may be called again."""
        raise NotImplementedError


def lead_ms(part: Part) -> int:
    """How far before the target a seek in this file must go for the sound to begin at the target.

    An mp3 frame leans on up to nine frames before it, so that a decoder thrown into the middle is silent for
    a while; measured with ``benchmarks/playback.py``.
    """
    return 75 if part.source.is_mp3 else 0


def unplayable() -> UserError:
    """The sentence for a file no library can make sense of."""
    return UserError(
        "This recording cannot be played: the file is empty, damaged, or not a recording. "
        "Get an intact copy of it and locate that."
    )
