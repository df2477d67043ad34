"""Long work off the window's thread, with progress and a way to stop it."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled

Work = Callable[[Callable[[float], None], Callable[[], bool]], Any]


class Job(QObject):
    """One piece of work on another thread. Keep it as long as its answer is wanted.

    One of ``finished``, ``refused`` and ``stopped`` follows `start`, on the window's thread.

    Args:
        work: A pure function of (on_progress, cancelled); it must not touch widgets or the database.
        parent: Who owns the job.
    """

    progressed = Signal(float)
    finished = Signal(object)
    refused = Signal(object)
    stopped = Signal()
    crashed = Signal(object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = threading.Event()
        self.crashed.connect(_raise)

    def start(self) -> None:
        """Begin."""
        QThreadPool.globalInstance().start(QRunnable.create(self._run))

    def cancel(self) -> None:
        """Ask the work to stop; ``stopped`` follows soon, unless it was just done."""
        self._cancel.set()

    def _run(self) -> None:
        try:
            result = self._work(self.progressed.emit, self._cancel.is_set)
        except UserError as error:
            self._say(self.refused, error)
        except Cancelled:
            self._say(self.stopped)
        except BaseException as error:
            # A bug: the crash hook on the window's thread shall see it.
            self._say(self.crashed, error)
        else:
            self._say(self.finished, result)

    def _say(self, signal: Any, *values: object) -> None:
        try:
            signal.emit(*values)
        except RuntimeError:
            # The window, and with it this job, is gone: nobody wants the answer any more.
            return


def _raise(error: BaseException) -> None:
    raise error
