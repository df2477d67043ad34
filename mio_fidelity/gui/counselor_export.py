"""Writing what the counselors' page shows to files."""

from functools import partial
from pathlib import Path

from mio_fidelity.analysis.counselor_results import CounselorReport
from mio_fidelity.gui.feedback_sheet import Sheet, feedback_sheet
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.media.progress import IsCancelled, OnProgress


class CounselorExport(ListingExport):
    """Also writes the whole report as a workbook, and the feedback sheet of one counselor."""

    def book(self, report: CounselorReport) -> None:
        """Ask where to, and write everything on another thread."""
        path = self._where("counselors.xlsx", self.tr("Excel workbooks (*.xlsx)"))
        if path is not None:
            self.write(partial(_write_book, path, report))

    def feedback(self, report: CounselorReport, code: str, with_code: bool) -> None:
        """Ask where to, and write the sheet of one counselor; without ``with_code`` nothing says whose."""
        name = f"feedback-{code}.pdf" if with_code else "feedback.pdf"
        path = self._where(name, self.tr("PDF files (*.pdf)"))
        if path is not None:
            self.write(partial(_write_sheet, path, feedback_sheet(report, code, with_code)))


# Reading a spreadsheet library takes a moment that only who exports should wait for.
def _write_book(path: Path, report: CounselorReport, _tell: OnProgress, _cancelled: IsCancelled) -> None:
    from mio_fidelity.report.books import written
    from mio_fidelity.report.sheets_counselors import write_counselors

    with written(path, "Fidelity of the counselors") as book:
        write_counselors(book, report)


def _write_sheet(path: Path, sheet: Sheet, _tell: OnProgress, _cancelled: IsCancelled) -> None:
    from mio_fidelity.gui.report_pdf import write_pdf

    write_pdf(path, sheet.html, sheet.title, sheet.pictures)
