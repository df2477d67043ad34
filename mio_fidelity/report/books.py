"""Workbooks that are there whole or not at all."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from mio_fidelity.report.files import replacing


@contextmanager
def written(path: Path, title: str) -> Iterator[Workbook]:
    """An empty write-only workbook; when the block ends well, it replaces what is at ``path``.

    Raises:
        UserError: the file could not be written; it says why.
    """
    with replacing(path) as scratch:
        book = Workbook(write_only=True)
        # The user's name stays out of the file.
        book.properties.creator = "MIO Fidelity"
        book.properties.title = title
        try:
            yield book
            _save(book, scratch)
        finally:
            _clear_away(book)


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
            with contextlib.suppress(OSError):
                sheet.close()
        writer.cleanup()
