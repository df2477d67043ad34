"""Writing the workbook from the reliability page: where to, and how it went."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.reliability_work import Reckoned, export
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import sentence
from mio_fidelity.report.bands import Scheme
from mio_fidelity.store import Project


class WorkbookExport(QObject):
    """One export at a time.

    Signals:
        ended: A sentence on how it went, and its role of the theme.
    """

    ended = Signal(str, str)

    def __init__(self, wait: WaitStrip, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._wait = parent, wait
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a workbook is being written."""
        return self._job is not None

    def ask_where(self) -> Path | None:
        """Where to write, or nothing when the person thinks better of it."""
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export to Excel"),
            str(Path(place) / "reliability.xlsx"),
            self.tr("Excel workbooks (*.xlsx)"),
        )
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(".xlsx")

    def write(
        self, path: Path, found: Reckoned, scheme: Scheme, master: ScoreTable | None, study: Project | None
    ) -> None:
        """Write it on another thread, with what ``study`` says beside the scores."""
        self._job = Job(partial(export, path, found.findings, found.table, scheme, master, study), self)
        self._job.finished.connect(lambda _: self._end(self.tr("✔ The workbook is written."), "ok"))
        self._job.refused.connect(lambda error: self._end(sentence(error), "alarm"))
        self._job.stopped.connect(
            lambda: self._end(self.tr("Stopped. No workbook was written; an old one is as it was."), "warn")
        )
        self._wait.watch(self._job, self.tr("Writing the workbook…"))
        self._job.start()

    def drop(self) -> None:
        """Stop and say nothing more."""
        if self._job is not None:
            self._job.drop()
        self._job = None
        self._wait.forget()

    def _end(self, words: str, role: str) -> None:
        self._job = None
        self.ended.emit(words, role)
