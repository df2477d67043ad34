"""The sheets with the data: long data, what its columns mean, and evidence when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from mio_fidelity.analysis.table import Column, ScoreTable
from mio_fidelity.answer import Reason
from mio_fidelity.media.progress import Progress
from mio_fidelity.report.cells import (
    HEAD_LEFT,
    PLAIN,
    STARTS_A_FORMULA,
    SUBTITLE,
    TITLE,
    WRAPPED,
    As,
    Look,
    Sheet,
)
from mio_fidelity.report.long import COLUMNS, ROWS_AT_A_TIME, STATE_WORDS, long_rows, n_long_rows
from mio_fidelity.report.words import banner_of

LONG, CODEBOOK, EVIDENCE = "Long data", "Codebook", "Evidence"
# Rows of a worksheet, less the heads.
MOST_ROWS = 1_048_576 - 1
_LONG_WIDTHS = (16, 12, 10, 12, 9, 12, 10, 30, 14, 15, 8)
_REASON_WORDS = {
    Reason.INAUDIBLE: "Speech could not be understood",
    Reason.RECORDING_CUT: "The recording is cut",
    Reason.TECHNICAL: "Another technical fault",
    Reason.OTHER: "Another reason",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A remark that a coder tied to a moment of the recording. Its text may name people.

    Attributes:
        session: Pseudonymous label.
        coder: The coder's code.
        scale: Key of the scale; empty when it belongs to none.
        dimension: Key of the dimension; empty when it belongs to none.
        at_ms: Moment of the recording.
        text: What the coder wrote.
    """

    session: str
    coder: str
    scale: str
    dimension: str
    at_ms: int
    text: str


def write_long(book: Workbook, table: ScoreTable, dates: bool, progress: Progress) -> None:
    """One row per session, coder, scale and dimension; heads in the first row, for programs that read it."""
    sheet = Sheet(book, LONG, _LONG_WIDTHS, freeze="A2", header=(1, 1), footer=banner_of(table))
    total = n_long_rows(table)
    if total > MOST_ROWS:
        sheet.add(
            f"These are {total:,} rows, more than a worksheet holds. Write the long data as a CSV "
            "file instead."
        )
        sheet.finish()
        return
    sheet.add(*COLUMNS, look=HEAD_LEFT)
    for nth, row in enumerate(long_rows(table, dates=dates)):
        if nth % ROWS_AT_A_TIME == 0:
            progress.at(nth / total)
        sheet.add_raw([_safe(sheet, value) if isinstance(value, str) else value for value in row])
    sheet.ws.auto_filter.ref = f"A1:K{sheet.at}"
    sheet.finish()


def _safe(sheet: Sheet, text: str) -> object:
    # A cell of its own takes time, so only a text that would be taken for a formula gets one.
    return sheet.cell(text) if text.startswith(STARTS_A_FORMULA) else text


def write_codebook(book: Workbook, table: ScoreTable) -> None:
    """What every column, scale, point, state and reason means."""
    sheet = Sheet(book, CODEBOOK, (26, 34, 26, 16, 16, 80), freeze="A2", footer=banner_of(table))
    sheet.add("Codebook", look=TITLE)
    sheet.across(banner_of(table), Look(bold=True, color="9C3D00"))
    _block(sheet, f"Columns of the sheet {LONG}", ("Column", "Meaning"), list(COLUMNS.items()))
    _block(
        sheet,
        "States",
        ("State", "Meaning"),
        [(str(state), words) for state, words in STATE_WORDS.items()],
    )
    _block(
        sheet,
        "Reasons of cannot_rate, as the study records them; they are not part of the long data",
        ("Reason", "Meaning"),
        [(str(reason), words) for reason, words in _REASON_WORDS.items()],
    )
    heads = ("Scale", "Title", "Domain", "Dimension", "Points")
    _block(sheet, "Scales", heads, [_scale(column) for column in table.columns])
    _points(sheet, table)
    sheet.finish()


def _block(sheet: Sheet, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.skip()
    sheet.add(title, look=SUBTITLE)
    two = len(heads) == 2
    at = sheet.add(*heads, *([None] * 4 if two else []), look=HEAD_LEFT)
    for row in rows:
        at = sheet.add(*row, look=PLAIN if two else WRAPPED)
        if two:
            sheet.merge(at, 2, 6)


def _scale(column: Column) -> tuple[str, ...]:
    title = f"{column.number}. {column.title}" if column.number else column.title
    points = f"{column.points[0]} to {column.points[-1]}" if column.points else "not declared"
    if column.points and len(column.points) != column.points[-1] - column.points[0] + 1:
        points = ", ".join(map(str, column.points))
    return column.scale, title, column.domain_title or "none", column.dimension, points


def _points(sheet: Sheet, table: ScoreTable) -> None:
    """Points and anchors: those of a dimension, then the scales' own."""
    sheet.skip()
    sheet.add("Points and anchors", look=SUBTITLE)
    if table.instrument is None:
        sheet.add("The scores came without an instrument, so no anchors are known.")
        return
    sheet.add("Scale", "Title", "Dimension", "Point", "Name", "Anchor", look=HEAD_LEFT)
    used = {column.dimension for column in table.columns}
    for key, dimension in table.instrument.dimensions.items():
        for point in dimension.points if key in used else ():
            name, anchor = dimension.names.get(point, ""), dimension.anchors.get(point, "")
            if name or anchor:
                sheet.add("any scale", "", key, point, name, anchor, look=WRAPPED)
    for column in table.columns:
        own = table.instrument.scale(column.scale).anchors.get(column.dimension, {})
        for point in column.points:
            if point in own:
                cells = (column.scale, column.title, column.dimension, point, "", own[point])
                sheet.add(*cells, look=WRAPPED)


def write_evidence(book: Workbook, table: ScoreTable, evidence: Sequence[Evidence]) -> None:
    """Coders' remarks with their moments; only written when somebody asked for them."""
    widths = (16, 10, 30, 14, 10, 90)
    sheet = Sheet(book, EVIDENCE, widths, freeze="A4", header=(3, 3), footer=banner_of(table))
    sheet.add("Evidence", look=TITLE)
    sheet.across("Free text may name people: read it before the workbook leaves the house.", Look(bold=True))
    sheet.add("Session", "Coder", "Scale", "Dimension", "Moment", "Text", look=HEAD_LEFT)
    for each in evidence:
        moment = As(each.at_ms / 86_400_000, Look(format="[h]:mm:ss"))
        text = As(each.text, WRAPPED)
        sheet.add(each.session, each.coder, each.scale, each.dimension, moment, text)
    sheet.finish()
