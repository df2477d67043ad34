"""Telling how far a long piece of work has come, and stopping it."""

from __future__ import annotations

import time
from collections.abc import Callable

OnProgress = Callable[[float], None]
IsCancelled = Callable[[], bool]

TELL_EVERY_S = 0.1


class Cancelled(Exception):  # noqa: N818 - it is an answer to the person's wish, not an error
    """The work was stopped because the person asked for it."""


class Progress:
    """Passes on how much is done, a few times a second and never backwards.

    Args:
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work ends with ``Cancelled``.
        start: The share at which this piece of work begins.
        stop: The share at which it ends.
    """

    def __init__(
        self,
        on_progress: OnProgress | None,
        cancelled: IsCancelled | None,
        start: float = 0.0,
        stop: float = 1.0,
    ) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._start, self._length = start, stop - start
        self._furthest = 0.0
        self._told_at = 0.0

    def part(self, start: float, stop: float) -> Progress:
        """Of a piece of this work that takes from ``start`` to ``stop`` of it."""
        first = self._start + start * self._length
        return Progress(self._on_progress, self._cancelled, first, self._start + stop * self._length)

    def at(self, share: float) -> None:
        """Note that ``share`` (0..1) of this piece of work is done.

        Raises:
            Cancelled: the person asked to stop.
        """
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
        self._furthest = max(self._furthest, min(share, 1.0))
        now = time.monotonic()
        if self._on_progress is not None and (now - self._told_at >= TELL_EVERY_S or share >= 1.0):
            self._told_at = now
            self._on_progress(self._start + self._furthest * self._length)
