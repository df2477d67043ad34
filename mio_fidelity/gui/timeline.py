"""The stretch of a recording on the screen, and how time becomes pixels."""

from dataclasses import dataclass, replace

SHORTEST_SPAN_MS = 2_000
"""Nobody needs to look closer than two seconds across the widget."""

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True)
class TimeWindow:
    """What part of ``duration_ms`` is in view; never reaches over either end.

    Args:
        duration_ms: Length of the whole recording, 0 while unknown.
        start_ms: Where the view begins.
        span_ms: How much time the view shows.
    """

    duration_ms: int
    start_ms: float
    span_ms: float

    @classmethod
    def whole(cls, duration_ms: int) -> "TimeWindow":
        """The view of everything."""
        return cls(duration_ms, 0.0, float(duration_ms))

    @property
    def end_ms(self) -> float:
        """Where the view ends."""
        return self.start_ms + self.span_ms

    @property
    def zoom(self) -> float:
        """How many times larger than life: 1 shows everything."""
        return self.duration_ms / self.span_ms if self.span_ms else 1.0

    @property
    def zoomed_in(self) -> bool:
        """Whether something is out of view."""
        return self.zoom > 1.0

    def shows(self, ms: float) -> bool:
        """Whether this moment is in view."""
        return self.start_ms <= ms <= self.end_ms

    def moved_to(self, start_ms: float) -> "TimeWindow":
        """The same zoom, beginning elsewhere."""
        return replace(self, start_ms=min(max(0.0, start_ms), self.duration_ms - self.span_ms))

    def zoomed(self, factor: float, at_ms: float) -> "TimeWindow":
        """Closer by ``factor`` (farther below 1), with ``at_ms`` staying where it is on the screen."""
        shortest = min(SHORTEST_SPAN_MS, self.duration_ms)
        span = min(max(self.span_ms / factor, shortest), float(self.duration_ms))
        share = (at_ms - self.start_ms) / self.span_ms if self.span_ms else 0.0
        return replace(self, span_ms=span).moved_to(at_ms - share * span)

    def x(self, ms: float, width: float) -> float:
        """Pixels from the left edge of a view ``width`` pixels wide; may lie outside it."""
        return (ms - self.start_ms) / self.span_ms * width if self.span_ms else 0.0

    def ms(self, x: float, width: float) -> int:
        """The moment at a pixel, held inside the recording."""
        moment = self.start_ms + x / width * self.span_ms if width else 0.0
        return round(min(max(0.0, moment), self.duration_ms))

    def ticks(self, most: int) -> list[int]:
        """Round times in view, at most about ``most`` of them, in milliseconds."""
        if not self.span_ms:
            return []
        step = next((s for s in _STEPS_S if self.span_ms / (s * 1000) <= most), _STEPS_S[-1]) * 1000
        first = -int(-self.start_ms // step)
        return [n * step for n in range(first, int(self.end_ms // step) + 1)]
