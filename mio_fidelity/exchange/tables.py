"""A table in a file, CSV or Excel, as rows of text: whatever the encoding, the separator and the bytes."""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.rows import MOST_CELLS, Problem, Row, too_large
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress

MOST_BYTES = 200_000_000
MOST_COLUMNS = 2_000
_SEPARATORS = ("\t", ";", ",")
_EXCEL_HINT = re.compile(r'"?sep=([\t;,|])"?')
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class RawTable:
    """What a file holds, before anybody asks what it means.

    Attributes:
        header: The titles of the columns.
        rows: The rows under it that are not empty and have the right length.
        problems: What is wrong with the others, and what to know about the file.
        kind: "CSV" or "Excel".
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    kind: str


def read_table(
    path: Path, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None
) -> RawTable:
    """Read a CSV file or the first sheet of a workbook.

    CSV may be UTF-8, UTF-16 or Windows-1252, separated by comma, semicolon or tab. The kind of file is told
    from its content, not its name.

    Args:
        path: The file.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: the file cannot be read, is empty, is no table, or is larger than a table of ratings is.
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    data = _bytes_of(path)
    if data.startswith(_ZIP):
        from mio_fidelity.exchange.workbooks import read_workbook

        sheet = read_workbook(data, progress)
        return shaped(sheet.rows, sheet.problems, "Excel")
    if data.startswith(_OLE):
        raise UserError(
            "This is an old Excel file, or one with a password. Save it as .xlsx without one, or as CSV."
        )
    return shaped(_records(_text(data), progress), (), "CSV")


def shaped(records: Iterable[Row], problems: Iterable[Problem], kind: str) -> RawTable:
    """The header and the rows of its length; the others become problems.

    Raises:
        UserError: there is no header, or no row under it.
    """
    filled = [Row(row.number, tuple(cell.strip() for cell in row.cells)) for row in records if any(row.cells)]
    filled = [row for row in filled if any(row.cells)]
    if not filled:
        raise UserError("The file is empty. Choose a file with a header and rows.")
    header = _without_end(filled[0].cells)
    if len(header) > MOST_COLUMNS:
        raise UserError(
            "The file has {n} columns, more than a table of this kind has. Is it the right file?",
            n=len(header),
        )
    rows, found = [], list(problems)
    # Rows that were found wrong before are no longer among the records; they are pointed out instead.
    if len(filled) == 1 and not any(problem.error for problem in found):
        raise UserError("The file has a header and no rows under it, so there is nothing to read.")
    for row in filled[1:]:
        cells = row.cells + ("",) * (len(header) - len(row.cells))
        if any(cells[len(header) :]):
            what = UserError(
                "Cells in it: {n}; in the header: {titles}. Look for a separator in a cell, and quote it.",
                n=len(_without_end(row.cells)),
                titles=len(header),
            )
            found.append(Problem(row.number, what))
        else:
            rows.append(Row(row.number, cells[: len(header)]))
    return RawTable(header, tuple(rows), tuple(found), kind)


def _without_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Spreadsheets like to write empty cells at the end of a row."""
    last = max((at for at, cell in enumerate(cells) if cell), default=-1)
    return cells[: last + 1]


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UserError("This is a folder. Choose a CSV or Excel file.")
        if path.stat().st_size > MOST_BYTES:
            raise UserError("The file is larger than 200 MB. Check that it is the right file.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserError("There is no such file. Check its name.") from error
    except (OSError, ValueError) as error:
        raise UserError(
            "The file cannot be read ({reason}). Close it in other programs and check your rights.",
            reason=getattr(error, "strerror", None) or "its name is not one this computer allows",
        ) from error


def _text(data: bytes) -> str:
    """Decoded as what it most likely is; Windows-1252 where it is not Unicode."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif b"\0" in data[:1000]:
            # Plain Latin text in UTF-16 has a zero in every other byte.
            text = data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UserError("This is not a table. Choose a CSV or Excel file.")
    return text


def _records(text: str, progress: Progress) -> list[Row]:
    stream = io.StringIO(text, newline="")
    first, start, separator = 1, 0, ""
    if hint := _EXCEL_HINT.fullmatch(stream.readline().strip()):
        first, start, separator = 2, stream.tell(), hint[1]
    stream.seek(start)
    top = next((line for line in stream if line.strip()), "")
    stream.seek(start)
    lines, cells = text.count("\n") + 1, 0
    rows: list[Row] = []
    try:
        separator = separator or max(_SEPARATORS, key=partial(_titles, top))
        for number, record in enumerate(csv.reader(stream, delimiter=separator, strict=True), first):
            cells += len(record)
            if cells > MOST_CELLS:
                raise too_large()
            rows.append(Row(number, tuple(record)))
            if number % 5000 == 0:
                progress.at(min(0.99, number / lines))
    except csv.Error as error:
        raise UserError(
            "After row {row} the quotation marks do not match, so the cells cannot be told apart. Mend the "
            "file, or save it again from a spreadsheet.",
            row=len(rows) + first - 1,
        ) from error
    progress.at(1.0)
    return rows


def _titles(top: str, separator: str) -> int:
    return len(next(csv.reader([top], delimiter=separator), []))
