"""Garbage is looked for on the window's thread alone.

Python looks for unreachable cycles on whichever thread happens to allocate. A page or player that was closed
is such a cycle. Taken apart on a thread that works in the background, its Qt objects wait for Python's lock
while they hold one of Qt's, the window's thread waits the other way round, and the program stands still for
good (seen with PySide6 6.11.3).
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class GarbageCollector(QObject):
    """Takes over from Python's own collector, in the same three generations, while the window waits.

    Args:
        parent: Lives on the window's thread as long as the program runs.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        # What was loaded by now stays: looking through it made the window wait for a tenth of a second.
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(EVERY_MS)

    def collect(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds, with all younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
