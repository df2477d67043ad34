"""Where the sound is between two reports of a player library."""

from __future__ import annotations

import time

# For so long after a seek a library may still report the old place; what does not fit the new one then is it.
STALE_S = 1.0
STALE_MS = 500
STALLED_S = 1.0


class Clock:
    """Carries a position on between reports, and stands still when none come.

    Args:
        patience_s: How long after a report the sound is believed to go on. A little more than the library's
            usual time between two reports: when it stalls, the position must stall with it.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._rate = 1.0
        self._at_ms = 0.0
        self._seen_at: float | None = None
        self._running = False
        self._sought_ms = 0.0
        self._sought_at = -STALE_S

    def seek(self, at_ms: float) -> None:
        """Stand at ``at_ms`` until the next report from there: after a seek nothing is heard for a moment."""
        self._at_ms = self._sought_ms = at_ms
        self._seen_at = None
        self._sought_at = time.monotonic()

    def run(self, rate: float) -> None:
        """Let reports move the position from now on."""
        if not self._running:
            self.seek(self._at_ms)
        self._running = True
        self._rate = rate

    def stop(self) -> None:
        """Freeze where the sound is now."""
        self._at_ms, self._seen_at = self.now(), None
        self._running = False

    def turn(self, rate: float) -> None:
        """Go on at another rate from here."""
        if self._seen_at is not None:
            self._at_ms, self._seen_at = self.now(), time.monotonic()
        self._rate = rate

    def report(self, at_ms: float, seen_at: float | None = None) -> None:
        """Take in what the library says.

        Args:
            at_ms: The position it gave.
            seen_at: When it gave it, on ``time.monotonic``; now if left out.
        """
        seen_at = time.monotonic() if seen_at is None else seen_at
        since_s = seen_at - self._sought_at
        gone_ms = at_ms - self._sought_ms
        fits = -STALE_MS < gone_ms < 1000 * since_s * self._rate + STALE_MS
        if self._running and (fits or since_s >= STALE_S):
            self._at_ms, self._seen_at = at_ms, seen_at

    @property
    def stalled(self) -> bool:
        """Whether the library ought to report and does not."""
        last_at = self._sought_at if self._seen_at is None else self._seen_at
        return self._running and time.monotonic() - last_at > STALLED_S

    def now(self) -> float:
        """The position in milliseconds."""
        if not self._running or self._seen_at is None:
            return self._at_ms
        elapsed_s = min(time.monotonic() - self._seen_at, self._patience_s)
        return self._at_ms + 1000 * elapsed_s * self._rate
