"""The player beside the form: one timeline, whatever plays it."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.deck import Deck
from mio_fidelity.gui.playback.engine import Engine, Part
from mio_fidelity.gui.playback.engines import EngineInfo, available, engines, speakers

__all__ = ["EngineInfo", "Part", "Player", "PlayerState", "engines", "open_player"]

TICK_MS = 40
HEARD_EVERY_MS = 4_000
SLOWEST, FASTEST, RATE_STEP = 0.5, 2.0, 0.1
SHORTEST_LOOP_MS = 300
LONGEST_JUMP_MS = 10_000


class PlayerState(enum.Enum):
    """What the player is doing."""

    EMPTY = enum.auto()
    LOADING = enum.auto()
    PAUSED = enum.auto()
    PLAYING = enum.auto()
    ENDED = enum.auto()
    FAILED = enum.auto()


class Player(QObject):
    """Plays a recording of one or more parts; every method may be called in every state.

    Positions are milliseconds from the start of the first part, as heard.

    Args:
        engines: What to play with, the preferred one first; with none, loading fails with a sentence.
    """

    moved = Signal(int)
    state_changed = Signal(PlayerState)
    failed = Signal(object)  # UserError
    heard = Signal(int, int, float)  # from, to, rate: a stretch that was played without interruption
    rate_changed = Signal(float)
    volume_changed = Signal(int)
    loop_changed = Signal()
    engine_swapped = Signal(str)  # title of the engine that plays what the preferred one could not
    audio_device_changed = Signal()  # ask ``audio_remark`` again

    def __init__(self, engines: Sequence[type[Engine]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deck = Deck(engines, self) if engines else None
        self._state = PlayerState.EMPTY
        self._at_ms = 0
        self._duration_ms = 0
        self._rate = 1.0
        self._volume = 100
        self._loop: tuple[int, int | None] | None = None
        self._heard_from: int | None = None
        self._play_when_open = False
        self._paused_by_hand = False
        self.resume_jump_ms = 2_000
        self.error: UserError | None = None
        self._speakers = speakers()
        if self._speakers is not None:
            self._speakers.changed.connect(self.audio_device_changed)
        self._ticks = QTimer(self)
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._tick)
        if self._deck is not None:
            self._deck.ready.connect(self._on_ready)
            self._deck.turned.connect(self._on_turned)
            self._deck.ended.connect(self._on_ended)
            self._deck.broken.connect(self._fail)
            self._deck.swapped.connect(self.engine_swapped)

    @property
    def state(self) -> PlayerState:
        """What the player is doing."""
        return self._state

    @property
    def position_ms(self) -> int:
        """What is heard now, or will be first; never runs backwards while playing."""
        if self._state is PlayerState.PLAYING and self._deck is not None:
            self._at_ms = max(self._at_ms, min(self._deck.position_ms, self._duration_ms))
        return self._at_ms

    @property
    def duration_ms(self) -> int:
        """The true length of all parts together."""
        return self._duration_ms

    @property
    def rate(self) -> float:
        """How many times as fast as it was spoken."""
        return self._rate

    @property
    def volume(self) -> int:
        """Loudness, 0..100."""
        return self._volume

    @property
    def loop(self) -> tuple[int, int | None] | None:
        """Start and end of the stretch that is repeated; the end is ``None`` until it is set."""
        return self._loop

    def load(self, parts: Sequence[Part]) -> None:
        """Open a recording, paused at its start; no parts leave the player empty.

        ``state_changed`` tells PAUSED when it can be played, FAILED when not; ``failed`` says why.
        """
        self._rest()
        self._at_ms = 0
        self._duration_ms = sum(part.duration_ms for part in parts)
        self._play_when_open = self._paused_by_hand = False
        self.error = None
        self.set_loop(None)
        if self._deck is not None:
            self._deck.clear()
        if not parts:
            self._enter(PlayerState.EMPTY)
            return
        self._enter(PlayerState.LOADING)
        error = self._obstacle(parts)
        if error is not None:
            self._fail(error)
        elif self._deck is not None:
            self._deck.load(parts)

    def play(self) -> None:
        """Let the sound go on: a little earlier after a pause, from the start after the end."""
        if self._state is PlayerState.LOADING:
            self._play_when_open = True
        if self._state not in (PlayerState.PAUSED, PlayerState.ENDED) or self._deck is None:
            return
        if self._state is PlayerState.ENDED or self._at_ms >= self._duration_ms:
            self._put(0)
        elif self._paused_by_hand and self.resume_jump_ms:
            start_ms = self._loop[0] if self._loop and self._at_ms >= self._loop[0] else 0
            jump_ms = min(self.resume_jump_ms, LONGEST_JUMP_MS)
            self._put(max(start_ms, self._at_ms - jump_ms))
        self._paused_by_hand = False
        self._heard_from = self._at_ms
        self._enter(PlayerState.PLAYING)
        self._ticks.start()
        self._deck.play()

    def pause(self) -> None:
        """Stop the sound here."""
        self._play_when_open = False
        if self._state is PlayerState.PLAYING:
            self._rest()
            self._paused_by_hand = True
            self._enter(PlayerState.PAUSED)
            self.moved.emit(self._at_ms)

    def toggle(self) -> None:
        """Play if paused, pause if playing."""
        if self._state is PlayerState.PLAYING or self._play_when_open:
            self.pause()
        else:
            self.play()

    def seek(self, at_ms: int) -> None:
        """Go to ``at_ms``, or as near as the recording allows, playing or paused as before."""
        self._tell_heard(self.position_ms)
        self._paused_by_hand = False
        self._put(self._clamped(at_ms))
        if self._state is PlayerState.PLAYING:
            self._heard_from = self._at_ms
        elif self._state is PlayerState.ENDED:
            self._enter(PlayerState.PAUSED)

    def skip(self, delta_ms: int) -> None:
        """Go ``delta_ms`` on or back, counted from where an unfinished seek is heading."""
        self.seek(self.position_ms + delta_ms)

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` times as fast (0.5 to 2.0) at the same pitch."""
        rate = round(max(SLOWEST, min(rate, FASTEST)), 2)
        if rate == self._rate:
            return
        self._tell_heard(self.position_ms)
        self._rate = rate
        if self._deck is not None:
            self._deck.set_rate(rate)
        self.rate_changed.emit(rate)

    def step_rate(self, steps: int) -> None:
        """Play faster by ``steps`` tenths, slower if negative."""
        self.set_rate(round(self._rate + steps * RATE_STEP, 1))

    def set_volume(self, volume: int) -> None:
        """Set the loudness, 0..100."""
        self._volume = max(0, min(volume, 100))
        if self._deck is not None:
            self._deck.set_volume(self._volume)
        self.volume_changed.emit(self._volume)

    def set_loop(self, a_ms: int | None, b_ms: int | None = None) -> None:
        """Repeat from ``a_ms`` to ``b_ms``; without an end nothing repeats yet, without a start never."""
        loop: tuple[int, int | None] | None = None
        if a_ms is not None and b_ms is None:
            loop = (self._clamped(a_ms), None)
        elif a_ms is not None and b_ms is not None:
            first, last = sorted((self._clamped(a_ms), self._clamped(b_ms)))
            last = self._clamped(max(last, first + SHORTEST_LOOP_MS))
            loop = (self._clamped(min(first, last - SHORTEST_LOOP_MS)), last)
        if loop != self._loop:
            self._loop = loop
            self.loop_changed.emit()

    def audio_remark(self) -> UserError | None:
        """What to say while there is nothing to hear with; playback runs on, unheard."""
        if self._speakers is None or not self._speakers.missing:
            return None
        return UserError(
            "No loudspeaker or headphones were found. Plug them in or switch them on; "
            "the sound then comes by itself."
        )

    def video_widget(self) -> QWidget | None:
        """Where the pictures of the loaded recording are shown, ``None`` if it has none."""
        return self._deck.stage if self._deck is not None else None

    def close(self) -> None:
        """Give files, threads and devices back; may be called again."""
        self.load([])
        if self._deck is not None:
            self._deck.close()

    def _obstacle(self, parts: Sequence[Part]) -> UserError | None:
        """Why these parts cannot be played, as far as that is known without opening them."""
        if self._deck is None:
            return UserError(
                "There is nothing to play sound with: neither Qt Multimedia nor VLC can be used. "
                "Run the set-up again or install VLC, then restart the program; rating works without sound."
            )
        if not all(part.source.is_there() for part in parts):
            return UserError(
                "The recording is not where it was when it was added. "
                "Connect the drive it lies on, or locate the file; rating works without sound."
            )
        return None

    def _clamped(self, at_ms: int) -> int:
        return max(0, min(at_ms, self._duration_ms))

    def _enter(self, state: PlayerState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _rest(self) -> None:
        """Stop the sound, whatever the reason, and tell what was heard."""
        if self._deck is not None:
            self._deck.pause()
        self._tell_heard(self.position_ms)
        self._heard_from = None
        self._ticks.stop()

    def _put(self, at_ms: int) -> None:
        self._at_ms = at_ms
        if self._deck is not None:
            self._deck.seek(at_ms)
        self.moved.emit(at_ms)

    def _tell_heard(self, until_ms: int) -> None:
        """Report the stretch played since the last report."""
        if self._heard_from is not None and until_ms > self._heard_from:
            self.heard.emit(self._heard_from, until_ms, self._rate)
            self._heard_from = until_ms

    def _tick(self) -> None:
        before_ms, now_ms = self._at_ms, self.position_ms
        if self._heard_from is not None and now_ms - self._heard_from >= HEARD_EVERY_MS * self._rate:
            self._tell_heard(now_ms)
        if not self._repeats(before_ms, now_ms):
            self.moved.emit(now_ms)

    def _repeats(self, before_ms: int, now_ms: int) -> bool:
        """Go back to the start of the loop if its end was just passed."""
        start_ms, end_ms = self._loop or (0, None)
        if end_ms is None or not before_ms < end_ms <= now_ms:
            return False
        self.seek(start_ms)
        return True

    def _on_ready(self) -> None:
        if self._state in (PlayerState.LOADING, PlayerState.FAILED):
            self.error = None
            self._enter(PlayerState.PAUSED)
            if self._play_when_open:
                self._play_when_open = False
                self.play()

    def _on_turned(self, left_ms: int, begins_ms: int) -> None:
        """Cross into the next part; what a damaged file lacks between the two was not heard."""
        if self._state is PlayerState.PLAYING:
            self._tell_heard(left_ms)
            self._at_ms = self._heard_from = begins_ms

    def _on_ended(self, left_ms: int) -> None:
        if self._state is not PlayerState.PLAYING or self._deck is None:
            return
        before_ms, self._at_ms = self._at_ms, max(self._at_ms, left_ms)
        self._tell_heard(self._at_ms)
        if self._repeats(before_ms, self._at_ms):
            self._deck.play()
            return
        self._rest()
        self._enter(PlayerState.ENDED)
        self.moved.emit(self._at_ms)

    def _fail(self, error: UserError) -> None:
        self._rest()
        self.error = error
        self._enter(PlayerState.FAILED)
        self.failed.emit(error)


def open_player(preferred: str = "qt") -> Player:
    """A player with this computer's engines.

    Args:
        preferred: Name of the engine to try first, ``qt`` or ``vlc``; the other stands in for it.
    """
    return Player(available(preferred))
