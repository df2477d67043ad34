"""Writing the workbook of the reliability page."""

from functools import partial
from pathlib import Path

from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui.file_export import FileExport
from mio_fidelity.gui.reliability_work import Reckoned, export
from mio_fidelity.report.bands import Scheme
from mio_fidelity.store import Project


class WorkbookExport(FileExport):
    """Writes all figures as one workbook."""

    def ask_where(self) -> Path | None:
        """Where to write, or None when the person thinks better of it."""
        return self._where("reliability.xlsx", self.tr("Excel workbooks (*.xlsx)"))

    def book(
        self, path: Path, found: Reckoned, scheme: Scheme, master: ScoreTable | None, study: Project | None
    ) -> None:
        """Write it on another thread, with what ``study`` says beside the scores."""
        self.write(partial(export, path, found.findings, found.table, scheme, master, study))
