"""What every dialog shares that works on another thread: it stops first, and closes then."""

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QWidget

from mio_fidelity.gui.background import Job
from mio_fidelity.gui.workbench import Workbench


class JobDialog(QDialog):
    """Has one piece of work at a time, in ``_job``."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._job: Job | None = None

    def reject(self) -> None:
        """Stop what is going on, or close."""
        if self._job is not None:
            self._job.cancel()
        else:
            super().reject()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody wants the answer any more."""
        if not event.spontaneous() and self._job is not None:
            self._job.drop()
            self._job = None
        super().hideEvent(event)
