"""Writing tables of the study page to a file."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from mio_fidelity.coding.listing import Listing
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.gui.file_export import FileExport
from mio_fidelity.media.progress import Cancelled, IsCancelled, OnProgress
from mio_fidelity.store import Project


class ListingExport(FileExport):
    """Writes one table, or all of them."""

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
