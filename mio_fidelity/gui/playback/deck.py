"""The parts of a recording as one timeline."""

from __future__ import annotations

import itertools
import time
from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget
from shiboken6 import isValid

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.engine import Engine, Part

# An end that comes this little before the true length is the end: VLC lets its last buffer play unannounced.
END_SLACK_MS = 1_500


class Deck(QObject):
    """Plays parts one after the other, each in the first engine that can open it.

    Engines are kept for the part being played and for the next one, which then starts without a gap.

    Args:
        engines: What to play with, the preferred one first; not empty.
    """

    ready = Signal()  # to play from where it stands
    turned = Signal(int, int)  # from where, to where: the next part begins
    ended = Signal(int)  # where
    broken = Signal(object)
    swapped = Signal(str)  # title of the engine that plays what the preferred one could not

    def __init__(self, engines: Sequence[type[Engine]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kinds = tuple(engines)
        self._parts: tuple[Part, ...] = ()
        self._starts: list[int] = [0]
        self._engines: dict[int, Engine] = {}
        self._ready: set[int] = set()
        self._faults: dict[int, UserError] = {}
        self._index = 0
        self._pending_ms = 0
        self._sought_at = 0.0
        self._playing = False
        self._rate = 1.0
        self._volume = 100
        self._stage: QStackedWidget | None = None

    def load(self, parts: Sequence[Part]) -> None:
        """Open ``parts`` (at least one); ``ready`` or ``broken`` follows for the first."""
        self.clear()
        self._parts = tuple(parts)
        self._starts = [0, *itertools.accumulate(part.duration_ms for part in parts)]
        if self._stage is None and any(part.video for part in parts):
            self._stage = QStackedWidget()
        self._turn_to(0, 0)

    @property
    def duration_ms(self) -> int:
        """The length of all parts together."""
        return self._starts[-1]

    @property
    def position_ms(self) -> int:
        """What is heard now, or will be first."""
        at_ms = self._pending_ms
        if self._index in self._ready:
            at_ms = self._engines[self._index].position_ms
        length_ms = self._parts[self._index].duration_ms if self._parts else 0
        return self._starts[self._index] + min(at_ms, length_ms)

    @property
    def stage(self) -> QStackedWidget | None:
        """Where pictures are shown, ``None`` if this recording has none."""
        return self._stage if any(part.video for part in self._parts) else None

    def play(self) -> None:
        """Let the sound go on, as soon as the part is open."""
        self._playing = True
        if self._index in self._ready:
            self._engines[self._index].play()
        elif self._parts and self._index not in self._engines:
            self._turn_to(self._index, self._pending_ms)

    def pause(self) -> None:
        """Stop the sound here."""
        self._playing = False
        if self._index in self._ready:
            self._engines[self._index].pause()

    def seek(self, at_ms: int) -> None:
        """Go to ``at_ms`` of the timeline."""
        if not self._parts:
            return
        index = min(bisect_right(self._starts, at_ms), len(self._parts)) - 1
        within_ms = at_ms - self._starts[index]
        self._sought_at = time.monotonic()
        self._pending_ms = within_ms
        if index == self._index and index in self._ready:
            self._engines[index].seek(within_ms)
        else:
            self._turn_to(index, within_ms)

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` times as fast."""
        self._rate = rate
        if self._index in self._ready:
            self._engines[self._index].set_rate(rate)

    def set_volume(self, volume: int) -> None:
        """Set the loudness, 0..100."""
        self._volume = volume
        for index in self._ready:
            self._engines[index].set_volume(volume)

    def clear(self) -> None:
        """Give every file back."""
        for index in list(self._engines):
            self._drop(index)
        self._faults.clear()
        self._parts, self._starts, self._index, self._pending_ms = (), [0], 0, 0
        self._playing = False

    def close(self) -> None:
        """Give everything back."""
        self.clear()
        # With a parent, the stage goes with the window it was put into.
        if self._stage is not None and isValid(self._stage) and self._stage.parent() is None:
            self._stage.deleteLater()
        self._stage = None

    def _turn_to(self, index: int, within_ms: int) -> None:
        if index != self._index and self._index in self._ready:
            self._engines[self._index].pause()
        self._index, self._pending_ms = index, within_ms
        wanted = range(index, min(index + 2, len(self._parts)))
        for other in [other for other in self._engines if other not in wanted]:
            self._drop(other)
        for part in wanted:
            if part not in self._engines and part not in self._faults:
                self._open(part, self._kinds[0])
        if index in self._faults:
            self.broken.emit(self._faults[index])
        elif index in self._ready:
            self._start()

    def _start(self) -> None:
        """Make the current part's engine do what is wanted by now."""
        engine = self._engines[self._index]
        engine.set_rate(self._rate)
        engine.set_volume(self._volume)
        if engine.position_ms != self._pending_ms:
            engine.seek(self._pending_ms)
        if self._stage is not None and engine.picture is not None and isValid(self._stage):
            self._stage.setCurrentWidget(engine.picture)
        if self._playing:
            engine.play()
        self.ready.emit()

    def _open(self, index: int, kind: type[Engine]) -> None:
        engine = kind(self, self._stage)
        self._engines[index] = engine
        # Queued, so that no engine is closed inside its own signal.
        for signal, slot in (
            (engine.opened, self._on_opened),
            (engine.ended, self._on_ended),
            (engine.broken, self._on_broken),
        ):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)
        engine.open(self._parts[index])

    def _drop(self, index: int) -> None:
        self._ready.discard(index)
        self._engines.pop(index).close()

    def _index_of(self, engine: Engine) -> int | None:
        return next((index for index, kept in self._engines.items() if kept is engine), None)

    def _on_opened(self, engine: Engine) -> None:
        index = self._index_of(engine)
        if index is None:
            return
        self._ready.add(index)
        if index == self._index:
            self._start()

    def _on_ended(self, engine: Engine, at_s: float) -> None:
        index = self._index_of(engine)
        if index is None:
            return
        reached_ms, length_ms = engine.position_ms, self._parts[index].duration_ms
        self._drop(index)
        if index != self._index:
            return
        if self._sought_at > at_s:
            self._turn_to(index, self._pending_ms)
            return
        self._pending_ms = length_ms if length_ms - reached_ms < END_SLACK_MS else reached_ms
        left_ms = self.position_ms
        if index + 1 < len(self._parts):
            self._turn_to(index + 1, 0)
            self.turned.emit(left_ms, self._starts[index + 1])
        else:
            self._playing = False
            self.ended.emit(left_ms)

    def _on_broken(self, engine: Engine, error: UserError) -> None:
        index = self._index_of(engine)
        if index is None:
            return
        if index == self._index and index in self._ready:
            if self._parts[index].duration_ms - engine.position_ms < END_SLACK_MS:
                # Qt fails at a seek into the last frames of a flac file.
                self._on_ended(engine, time.monotonic())
                return
            self._pending_ms = engine.position_ms
        self._drop(index)
        rest = self._kinds[self._kinds.index(type(engine)) + 1 :]
        following = [kind for kind in rest if kind.usable()]
        if following:
            self._open(index, following[0])
            self.swapped.emit(following[0].title)
            return
        self._faults[index] = error
        if index == self._index:
            self.broken.emit(error)
