"""The tables of the study page as a workbook or a CSV file."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mio_fidelity import __version__
from mio_fidelity.coding.listing import Kind, Listing, Value
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.report.books import written
from mio_fidelity.report.cells import HEAD, HEAD_LEFT, NUMBER, PLAIN, TITLE, As, Look, Sheet, plain_text
from mio_fidelity.report.files import replacing
from mio_fidelity.report.long import harmless
from mio_fidelity.report.sheet_method import NAME as METHOD
from mio_fidelity.report.sheet_method import Line, section

ROWS_AT_A_TIME = 500
_DAY_MS = 24 * 3_600_000
_LOOKS = {
    Kind.NUMBER: NUMBER,
    Kind.SHARE: replace(NUMBER, format="0%"),
    Kind.DAY: replace(NUMBER, format="yyyy-mm-dd"),
    Kind.LENGTH: replace(NUMBER, format="[h]:mm:ss"),
}
# Counts are whole; what was measured or averaged has two digits.
_MEASURED = replace(NUMBER, format="0.00")
_WIDTHS = {Kind.WORD: 14, Kind.STATE: 14, Kind.TEXT: 44, Kind.NUMBER: 11, Kind.SHARE: 11, Kind.DAY: 12}
_HOLDS = {
    Kind.SHARE: "A share, 0 to 1.",
    Kind.DAY: "A day, year-month-day.",
    Kind.LENGTH: "A length; seconds in CSV files.",
    Kind.NUMBER: "A number.",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What an export says of itself.

    Attributes:
        study: Title of the study.
        words: What was searched and filtered for, name to value; empty for everything.
    """

    study: str
    words: Mapping[str, str]


def write_listings(
    path: Path,
    listings: Sequence[Listing],
    origin: Origin,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> None:
    """Write tables as an Excel workbook, a sheet each, and the sheet that says what they are.

    Args:
        path: Where to; an old file there is replaced at the very end.
        listings: The tables.
        origin: Of what they are.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops and an old file stays as it was.

    Raises:
        UserError: the file could not be written; it says why.
        Cancelled: ``cancelled`` said yes.
    """
    progress, at = Progress(on_progress, cancelled), 0
    total = max(1, sum(len(each.rows) for each in listings))
    with written(Path(path), ", ".join(each.title for each in listings)) as book:
        for each in listings:
            at = _sheet(book, each, progress, at, total)
        _method(book, listings, origin)
    progress.at(1.0)


def write_listing_csv(
    path: Path,
    listing: Listing,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> None:
    """Write one table as a CSV file: commas, decimal points, UTF-8 with a mark, lengths in seconds.

    Raises:
        UserError: the file could not be written; it says why.
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    kinds = [column.kind for column in listing.columns]
    with replacing(Path(path)) as scratch:
        with scratch.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(column.key for column in listing.columns)
            for nth, row in enumerate(listing.rows):
                cells = (as_plain(value, kind) for value, kind in zip(row, kinds, strict=True))
                writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
                if nth % ROWS_AT_A_TIME == 0:
                    progress.at(nth / len(listing.rows))
        progress.at(1.0)


def as_plain(value: Value, kind: Kind) -> str | float | None:
    """A value as CSV and JSON have it: days as texts, lengths in seconds."""
    if isinstance(value, str):
        return plain_text(value)
    if kind is Kind.LENGTH and isinstance(value, int):
        return value / 1000
    return value if isinstance(value, int | float) or value is None else value.isoformat()


def _sheet(book: Workbook, listing: Listing, progress: Progress, at: int, total: int) -> int:
    widths = [max(_WIDTHS.get(column.kind, 12), len(column.title) + 3) for column in listing.columns]
    # The title and the header stand above the rows.
    sheet = Sheet(book, listing.title, widths, freeze="A3", header=(2, 2))
    sheet.ws.auto_filter.ref = f"A2:{get_column_letter(len(widths))}{len(listing.rows) + 2}"
    sheet.add(listing.title, look=TITLE)
    heads = [HEAD if column.kind in _LOOKS else HEAD_LEFT for column in listing.columns]
    sheet.add(*(As(column.title, look) for column, look in zip(listing.columns, heads, strict=True)))
    kinds = [column.kind for column in listing.columns]
    for nth, row in enumerate(listing.rows):
        sheet.add(*(_cell(value, kind) for value, kind in zip(row, kinds, strict=True)))
        if nth % ROWS_AT_A_TIME == 0:
            progress.at(0.9 * (at + nth) / total)
    sheet.finish()
    return at + len(listing.rows)


def _cell(value: Value, kind: Kind) -> Value | As:
    if value is None:
        return None
    look: Look = _LOOKS.get(kind, PLAIN)
    if kind is Kind.LENGTH and isinstance(value, int):
        return As(value / _DAY_MS, look)
    if kind is Kind.NUMBER and isinstance(value, float):
        return As(value, _MEASURED)
    return As(value, look)


def _method(book: Workbook, listings: Sequence[Listing], origin: Origin) -> None:
    sheet = Sheet(book, METHOD, (34, 110), freeze="A2", landscape=False)
    sheet.add("Method", look=TITLE)
    chosen = "; ".join(f"{name}: {value}" for name, value in origin.words.items())
    section(sheet, "Data", (("Study", origin.study), ("Selected", chosen or "everything")))
    for each in listings:
        section(sheet, each.title, _columns(each))
    section(sheet, "Program", _program())
    sheet.finish()


def _columns(listing: Listing) -> Iterable[Line]:
    yield "Rows", str(len(listing.rows))
    for column in listing.columns:
        said = [part for part in (column.help, _HOLDS.get(column.kind)) if part]
        yield column.title, f"{column.key}: {' '.join(said)}" if said else column.key


def _program() -> Iterable[Line]:
    yield "Versions", f"MIO Fidelity {__version__}, openpyxl {version('openpyxl')}"
    yield "Written", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
