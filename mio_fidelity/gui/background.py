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

    One of ``finished``, ``refused``, ``stopped`` follows `start`, on the window's thread; after `drop` none.

    Args:
        work: A pure function of (on_progress, cancelled); it must not touch widgets or the database.
        parent: Who owns the job.
    """

    progressed = Signal(float)
    finished = Signal(object)
    refused = Signal(object)
    stopped = Signal()
    _told = Signal(str, object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = threading.Event()
        self._wanted = True
        self._told.connect(self._deliver)

    def start(self) -> None:
        """Begin."""
        QThreadPool.globalInstance().start(QRunnable.create(self._run))

    def cancel(self) -> None:
        """Ask the work to stop; ``stopped`` follows soon, unless it was just done."""
        self._cancel.set()

    def drop(self) -> None:
        """Stop, and say nothing more: nobody wants the answer any longer."""
        self._wanted = False
        self.cancel()

    def _run(self) -> None:
        """On the other thread."""
        try:
            self._tell(
                "finished", self._work(lambda share: self._tell("progressed", share), self._cancel.is_set)
            )
        except UserError as error:
            self._tell("refused", error)
        except Cancelled:
            self._tell("stopped", None)
        except BaseException as error:
            # A bug: the crash hook on the window's thread shall see it.
            self._tell("crashed", error)

    def _tell(self, what: str, value: object) -> None:
        try:
            self._told.emit(what, value)
        except RuntimeError:
            # The window, and with it this job, is gone.
            self._cancel.set()

    def _deliver(self, what: str, value: object) -> None:
        """On the window's thread."""
        if not self._wanted:
            return
        if isinstance(value, BaseException) and what == "crashed":
            self.stopped.emit()
            raise value
        if what == "stopped":
            self.stopped.emit()
        else:
            getattr(self, what).emit(value)
