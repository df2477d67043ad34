"""For how long nobody has been at the window."""

import time
from collections.abc import Callable

Moment = tuple[float, float]


def now() -> Moment:
    """Seconds of a clock that nobody sets but that may stand still in sleep, and of the day."""
    return time.monotonic(), time.time()


class Idleness:
    """Counts from the last key or movement; a recording that plays counts as somebody who listens.

    Args:
        clock: What time it is.
    """

    def __init__(self, clock: Callable[[], Moment] = now) -> None:
        self._clock = clock
        self._touched = self._listened = clock()

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._listened = self._clock()

    def seconds(self, playing_s: float | None) -> float:
        """For how long nobody has been there.

        Args:
            playing_s: How long the recording that plays takes, as it is played; None when none does. Somebody
                who does nothing but listen is believed for so long: a loop may run in an empty room.
        """
        if playing_s is not None and self._since(self._touched) <= playing_s:
            self._listened = self._clock()
        return self._since(self._listened)

    def _since(self, then: Moment) -> float:
        return max(late - early for late, early in zip(self._clock(), then, strict=True))
