"""The rows of an Excel workbook as text, with what a table must not hold pointed out."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.rows import MOST_CELLS, Problem, Row, too_large
from mio_fidelity.media.progress import Progress

# The sheet of the program's own workbooks that can be read back.
LONG_SHEET = "Long data"
MOST_UNPACKED_BYTES = 1_000_000_000
# What Excel itself can hold; a damaged file can claim any number.
MOST_ROWS = 1_048_576
# Everything the library says about a file that is not what it claims to be.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="[A-Z]+(\d{1,7}):[A-Z]+(\d{1,7})"')


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet, and what to know about it."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_workbook(data: bytes, progress: Progress) -> SheetRows:
    """Read the first visible sheet, or "Long data" where there is one.

    Args:
        data: The content of the file.
        progress: Told how far it is.

    Raises:
        UserError: it is no workbook, or damaged, or too large.
        Cancelled: the person asked to stop.
    """
    try:
        with warnings.catch_warnings():
            # The library warns of fonts and extensions, which have no scores in them.
            warnings.simplefilter("ignore")
            _refuse_bombs(data)
            return _read(data, progress)
    except _BROKEN as error:
        raise UserError(
            "The file cannot be read as an Excel workbook: it is damaged or of another kind. Save it again "
            "as .xlsx or as CSV."
        ) from error


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED_BYTES:
            raise too_large()


def _read(data: bytes, progress: Progress) -> SheetRows:
    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    written = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    try:
        visible = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise UserError("All sheets of the workbook are hidden. Show the one to be read, and save it.")
        sheet: Any = next((each for each in visible if each.title == LONG_SHEET), visible[0])
        problems = []
        if len(visible) > 1:
            what = UserError("Of {n} sheets one was read: {title}.", n=len(visible), title=sheet.title)
            problems.append(Problem(None, what, error=False))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read(sheet._worksheet_path)
        # The second reading, for formulas alone, takes as long as the first.
        source = written[sheet.title] if _FORMULA.search(xml) else None
        rows, unread, formulas = _rows(sheet, source, progress)
        problems += [Problem(number, _NO_RESULT) for number in unread]
        if formulas:
            what = UserError(
                "Cells that are formulas: {n}; the results stored in the file were read.", n=formulas
            )
            problems.append(Problem(None, what, error=False))
        problems += _hidden_and_merged(xml, rows)
    finally:
        values.close()
        written.close()
    dropped = {problem.row for problem in problems if problem.error}
    return SheetRows(tuple(row for row in rows if row.number not in dropped), tuple(problems))


_NO_RESULT = UserError(
    "It has a formula without a stored result. Open the file in a spreadsheet and save it there."
)
_MERGED_CELLS = UserError("Some of its cells are merged. Unmerge them, so that each row has its own values.")


def _rows(sheet: Any, written: Any, progress: Progress) -> tuple[list[Row], list[int], int]:
    """The rows with anything in them; which rows hold formulas without a result; how many have one."""
    rows: list[Row] = []
    unread: list[int] = []
    cells = formulas = 0
    last = sheet.max_row or 0
    for number, (found, source) in enumerate(_side_by_side(sheet, written), 1):
        cells += len(found)
        if cells > MOST_CELLS or number > MOST_ROWS:
            raise too_large()
        is_formula = [cell is not None and getattr(cell, "data_type", "") == "f" for cell in source]
        if any(is_formula):
            results = [value for value, formula in zip(found, is_formula, strict=False) if formula]
            formulas += sum(value is not None for value in results)
            if None in results:
                unread.append(number)
        texts = tuple(map(_as_text, found))
        if any(texts):
            rows.append(Row(number, texts))
        if number % 1000 == 0:
            progress.at(min(0.99, number / last) if last else 0.5)
    progress.at(1.0)
    return rows, unread, formulas


def _side_by_side(sheet: Any, written: Any) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    # A sheet may claim to be larger than it is: by default the library believes it.
    sheet.reset_dimensions()
    if written is None:
        yield from ((row, ()) for row in sheet.iter_rows(values_only=True))
        return
    written.reset_dimensions()
    yield from zip_longest(sheet.iter_rows(values_only=True), written.iter_rows(), fillvalue=())


def _as_text(value: Any) -> str:
    """As a person would type it; a whole number without its ".0"."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() | date() | time() | timedelta():
            return str(value)
    return str(value).strip()


def _hidden_and_merged(xml: bytes, rows: list[Row]) -> list[Problem]:
    """What the streaming reader does not say, from the sheet's own XML."""
    problems = []
    hidden = sum(bool(_HIDDEN.search(found)) for found in _ROW.findall(xml))
    if hidden:
        what = UserError("Rows hidden in the spreadsheet: {n}; they were read like the others.", n=hidden)
        problems.append(Problem(None, what, error=False))
    spans = [(int(first), int(last)) for first, last in _MERGED.findall(xml)]
    if spans:
        header = rows[0].number if rows else 0
        numbers = {row.number for row in rows}
        merged = {number for first, last in spans for number in numbers if first <= number <= last}
        problems += [Problem(number, _MERGED_CELLS) for number in sorted(merged) if number != header]
    return problems
