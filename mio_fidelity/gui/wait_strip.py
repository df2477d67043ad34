"""Progress of long work, shown after half a second, with a way to stop it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.bars import label

PATIENCE_MS = 500


class WaitStrip(QWidget):
    """Words, a bar and a button; hidden while nothing is waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self.words = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(theme.scaled(160))
        self.cancel = QPushButton(self.tr("Stop"))
        self.cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.words, self.bar, self.cancel):
            row.addWidget(widget)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def watch(self, job: Job, words: str) -> None:
        """Wait for ``job``, whatever was waited for before."""
        self.forget()
        self._job = job
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setValue(0)
        self._patience.start()
        job.progressed.connect(lambda share: self._show_share(job, share))
        for end in (job.finished, job.refused, job.stopped):
            end.connect(lambda *_: self._end(job))

    def forget(self) -> None:
        """Wait no longer."""
        self._job = None
        self._patience.stop()
        self.hide()

    def _show_share(self, job: Job, share: float) -> None:
        if job is self._job:
            self.bar.setValue(round(1000 * share))

    def _end(self, job: Job) -> None:
        if job is self._job:
            self.forget()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
