"""Writing tables of the study page to a file: where to, off the window's thread, and how it went."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mio_fidelity.coding.listing import Listing
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import sentence
from mio_fidelity.media.progress import Cancelled, IsCancelled, OnProgress
from mio_fidelity.store import Project


class ListingExport(QObject):
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
        """Whether something is being written."""
        return self._job is not None

    def excel(self, shown: Listing, study: str, words: Mapping[str, str]) -> None:
        """Ask where to, and write what is shown as a workbook."""
        path = self._where(f"{shown.key}.xlsx", self.tr("Excel workbooks (*.xlsx)"))
        if path:
            self.write(partial(_write_one, path, shown, study, words))

    def csv(self, shown: Listing) -> None:
        """Ask where to, and write what is shown as CSV."""
        path = self._where(f"{shown.key}.csv", self.tr("CSV files (*.csv)"))
        if path:
            self.write(partial(_write_csv, path, shown))

    def all(self, project: Project, today: date, study: str) -> None:
        """Ask where to, and write every table whole as one workbook."""
        path = self._where("study.xlsx", self.tr("Excel workbooks (*.xlsx)"))
        if path:
            self.write(partial(_write_all, path, project, today, study))

    def write(self, work: Work) -> None:
        """Do it on another thread."""
        self._job = Job(work, self)
        self._job.finished.connect(lambda _: self._end(self.tr("✔ The file is written."), "ok"))
        self._job.refused.connect(lambda error: self._end(sentence(error), "alarm"))
        self._job.stopped.connect(
            lambda: self._end(self.tr("Stopped. No file was written; an old one is as it was."), "warn")
        )
        self._wait.watch(self._job, self.tr("Writing the file…"))
        self._job.start()

    def drop(self) -> None:
        """Stop and say nothing more."""
        if self._job is not None:
            self._job.drop()
        self._job = None
        self._wait.forget()

    def _where(self, name: str, kinds: str) -> Path | None:
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposed = str(Path(place) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export"), proposed, kinds)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(Path(name).suffix)

    def _end(self, words: str, role: str) -> None:
        self._job = None
        self.ended.emit(words, role)


# Reading a spreadsheet library takes a moment that only who exports should wait for.
def _write_one(
    path: Path, shown: Listing, study: str, words: Mapping[str, str], tell: OnProgress, cancelled: IsCancelled
) -> None:
    from mio_fidelity.report.listings import Origin, write_listings

    write_listings(path, [shown], Origin(study, words), tell, cancelled)


def _write_csv(path: Path, shown: Listing, tell: OnProgress, cancelled: IsCancelled) -> None:
    from mio_fidelity.report.listings import write_listing_csv

    write_listing_csv(path, shown, tell, cancelled)


def _write_all(
    path: Path, project: Project, today: date, study: str, tell: OnProgress, cancelled: IsCancelled
) -> None:
    from mio_fidelity.report.listings import Origin, write_listings

    found = []
    for key in LISTINGS:
        found.append(project.ask_elsewhere(listing, key, today))
        if cancelled():
            raise Cancelled
    write_listings(path, found, Origin(study, {}), tell, cancelled)
