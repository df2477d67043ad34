"""Workbooks that are there whole or not at all."""

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import ALL_TEMP_FILES, WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from mio_fidelity.report.files import replacing


@contextmanager
def written(path: Path, title: str) -> Iterator[Workbook]:
    """An empty write-only workbook; when the block ends well, it replaces what is at ``path``.

    Raises:
        UserError: the file could not be written; it says why.
    """
    with replacing(path) as scratch:
        book = _Book(scratch.parent)
        # The user's name stays out of the file.
        book.properties.creator = "MIO Fidelity"
        book.properties.title = title
        try:
            yield book
            _save(book, scratch)
        finally:
            _clear_away(book)


class _Book(Workbook):
    """A write-only workbook whose pieces lie beside it until it is whole.

    openpyxl has them in the folder for temporary files, where nobody expects scores and words, on a disk that
    may be another than the one chosen.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(write_only=True)
        self.folder = folder

    def create_sheet(self, title: Any = None, index: Any = None) -> Any:
        """One more sheet, as openpyxl makes it but for the place."""
        sheet = _Sheet(self, title)
        sheet.folder = self.folder
        book: Any = super()  # openpyxl declares no types here
        book._add_sheet(sheet, index)
        return sheet


class _Sheet(WriteOnlyWorksheet):
    folder: Path
    _writer: Any = None

    def _get_writer(self) -> None:
        if self._writer is None:
            piece = str(self.folder / f"{secrets.token_hex(8)}.tmp")
            # Otherwise openpyxl does not take it away again.
            ALL_TEMP_FILES.append(piece)
            self._writer = WorksheetWriter(self, piece)
            self._writer.write_top()


def _save(book: Workbook, path: Path) -> None:
    # Workbook.save leaves the file open when the disk is full.
    with ZipFile(path, "x", ZIP_DEFLATED, allowZip64=True) as archive:
        book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
        ExcelWriter(book, archive).write_data()


def _clear_away(book: Workbook) -> None:
    """Remove the pieces of an unfinished book, which openpyxl otherwise keeps until the program ends."""
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        writer = sheet._writer
        if writer is None or not Path(writer.out).exists():
            continue
        if not sheet.closed:
            # One whose end the disk did not take ended there.
            with contextlib.suppress(OSError, StopIteration):
                sheet.close()
        writer.cleanup()
