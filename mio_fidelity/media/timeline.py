"""Where the sound of a recording lies in time, and its peaks there."""

from __future__ import annotations

import av

from mio_fidelity.errors import UserError
from mio_fidelity.media.peaks import BINS_PER_S, Level, bins_of

SAMPLE_FORMATS = {"u8", "u8p", "s16", "s16p", "s32", "s32p", "flt", "fltp", "dbl", "dblp"}
TOLERANCE_S = 0.1
LONGEST_GAP_S = 600.0


class TimeLine:
    """Puts decoded sound where its time stamps say, and reduces it to bins a second at a time.

    Samples are counted rather than clocked, for time stamps are rounded. Only when the two differ by more
    than a tenth of a second is something missing: a step forward leaves silence, any other step is a fault of
    the clock.

    Args:
        origin_s: Time stamp of the beginning.
        longest_s: Length beyond which no step forward is believed; None if the file names none.
    """

    def __init__(self, origin_s: float, longest_s: float | None) -> None:
        self.parts: list[tuple[int, Level]] = []
        self.heard_s = 0.0
        self.gaps = 0
        self.rate = 0
        self.channels = 0
        self._origin_s, self._longest_s = origin_s, longest_s
        self._format = ""
        self._fifo = av.AudioFifo()
        self._start_s = 0.0
        self._samples = 0
        self._reduced = 0

    @property
    def end_s(self) -> float:
        """Where the sound so far ends."""
        return self._start_s + (self._samples / self.rate if self.rate else 0.0)

    def add(self, frame: av.AudioFrame) -> None:
        """Append a frame."""
        if (frame.format.name, frame.sample_rate, frame.layout.nb_channels) != (
            self._format,
            self.rate,
            self.channels,
        ):
            self._restart(frame)
        if frame.time is not None:
            self._follow_clock(frame.time - self._origin_s)
        # The queue would insist on time stamps without gaps.
        frame.pts = None
        self._fifo.write(frame)
        self._samples += frame.samples
        while self._fifo.samples >= self.rate:
            self._reduce(self.rate)

    def flush(self) -> None:
        """Reduce what is left and begin anew behind it."""
        if self._samples > self._reduced:
            self._reduce(self._samples - self._reduced)
        self._start_s = self.end_s
        self._samples = self._reduced = 0

    def _restart(self, frame: av.AudioFrame) -> None:
        if frame.format.name not in SAMPLE_FORMATS:
            raise UserError("The sound is coded in a way this program cannot read; convert it to wav first.")
        self.flush()
        self._fifo = av.AudioFifo()
        self._format, self.rate = frame.format.name, frame.sample_rate
        self.channels = frame.layout.nb_channels

    def _follow_clock(self, at_s: float) -> None:
        step_s = at_s - self.end_s
        if abs(step_s) <= TOLERANCE_S:
            return
        believed = (
            step_s <= LONGEST_GAP_S if self._longest_s is None else at_s <= self._longest_s + TOLERANCE_S
        )
        if step_s < 0 or not believed:
            self._origin_s += step_s
            return
        # Sound that begins later than the picture is not lost.
        self.gaps += self.heard_s > 0 or self._samples > 0
        self.flush()
        self._start_s = at_s

    def _reduce(self, samples: int) -> None:
        frame = self._fifo.read(samples)
        if frame is None:
            raise RuntimeError("the queue holds less than was put in")
        at_s = self._start_s + self._reduced / self.rate
        self.parts.append((round(at_s * BINS_PER_S), bins_of(frame.to_ndarray(), samples, self.rate)))
        self._reduced += samples
        self.heard_s += samples / self.rate
