"""Worksheets written row by row: looks, safe text, page set-up."""

import math
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from mio_fidelity.reliability.estimate import Estimate

COEFFICIENT = ".00;-.00;.00"
TWO = "0.00"
SHARE = "0%"
WHOLE = "0"

# What XML cannot hold, and control characters, which no cell needs.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_000
# Height of a line in points, and characters of a wide column.
_LINE, _WIDE = 13.5, 40
STARTS_A_FORMULA = ("=", "+", "-", "@")

SHORT_REASONS = {
    "fewer_than_two_coders": "one coder only",
    "no_session_with_two_coders": "no double coding",
    "fewer_than_two_sessions": "under 2 sessions",
    "too_few_sessions": "too few sessions",
    "no_variance": "all scores equal",
    "disconnected": "coders not linked",
    "no_residual_df": "too few shared sessions",
    "no_finite_estimate": "not bounded by the data",
    "fewer_than_two_items": "fewer than two scales",
    "fewer_than_three_items": "fewer than three scales",
}

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    bold: bool = False
    italic: bool = False
    size: int = 10
    color: str = "000000"
    fill: str = ""
    align: str = "left"
    indent: int = 0
    wrap: bool = False
    format: str = "General"
    top: str = ""
    bottom: str = ""


PLAIN = Look()
WRAPPED = Look(wrap=True)
TITLE = Look(bold=True, size=13)
SUBTITLE = Look(bold=True, size=11)
NOTE = Look(italic=True, color="595959", wrap=True)
HEAD = Look(bold=True, align="center", wrap=True, fill="E7ECEF", top="thin", bottom="thin")
HEAD_LEFT = replace(HEAD, align="left")
NUMBER = Look(align="right")
# Without wrapping: it flows over the empty cells to its right.
WHY = Look(italic=True, size=9, color="595959", indent=1)
SMALL = Look(size=8, wrap=True, indent=1)


class As(NamedTuple):
    """A value in a look of its own."""

    value: Value
    look: Look


def number(value: float, form: str = COEFFICIENT, why: str = "", look: Look = NUMBER) -> As:
    """A number with its format; where there is none, the reason in words."""
    if math.isnan(value):
        return As(why or None, replace(WHY, top=look.top, bottom=look.bottom, fill=look.fill))
    return As(value, replace(look, format=form))


def short_reason(estimate: Estimate) -> str:
    """Why there is no value, in two or three words."""
    return SHORT_REASONS.get(estimate.reason or "", "not computed")


def with_limits(estimate: Estimate, form: str = COEFFICIENT) -> list[As]:
    """Three cells: value, lower and upper limit."""
    if not estimate.defined:
        return [As(short_reason(estimate), WHY), As(None, PLAIN), As(None, PLAIN)]
    low = number(estimate.low, form, "no interval")
    return [number(estimate.value, form), low, number(estimate.high, form)]


def plain_text(text: str) -> str:
    """``text`` without what a cell cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNFIT.sub("", text)[:_LONGEST]


class Sheet:
    """A worksheet that is written from top to bottom.

    Args:
        book: A write-only workbook.
        title: Name of the sheet.
        widths: Of the columns, in characters.
        freeze: The first cell that scrolls.
        header: First and last row to repeat on each printed page.
        footer: What to print on each page, left.
        landscape: Which way the paper lies.
    """

    def __init__(
        self,
        book: Workbook,
        title: str,
        widths: Sequence[float],
        *,
        freeze: str = "",
        header: tuple[int, int] | None = None,
        footer: str = "",
        landscape: bool = True,
    ) -> None:
        self.ws: Any = book.create_sheet(title)
        self.at = 0
        self._looks: dict[Look, Any] = {}
        self._widths = tuple(widths)
        for nth, width in enumerate(widths, 1):
            self.ws.column_dimensions[get_column_letter(nth)].width = width
        if freeze:
            self.ws.freeze_panes = freeze
        if header:
            self.ws.print_title_rows = f"{header[0]}:{header[1]}"
        self.ws.sheet_view.showGridLines = False
        self.ws.sheet_properties.pageSetUpPr.fitToPage = True
        self.ws.page_setup.orientation = "landscape" if landscape else "portrait"
        self.ws.page_setup.fitToWidth, self.ws.page_setup.fitToHeight = 1, 0
        margins = self.ws.page_margins
        margins.left = margins.right = 0.5
        margins.top, margins.bottom = 0.6, 0.7
        printed = self.ws.HeaderFooter.oddFooter
        printed.left.text = _footer(footer)
        printed.right.text = f"{_footer(title)}  &P / &N"

    def add(self, *cells: Value | As, look: Look = PLAIN, height: float | None = None) -> int:
        """Write a row; its number."""
        self.at += 1
        height = height or (look.size * 1.5 if look.size > PLAIN.size else self._height(cells, look))
        if height:
            self.ws.row_dimensions[self.at].height = height
        self.ws.append([self.cell(cell, look) for cell in cells])
        return self.at

    def _height(self, cells: Sequence[Value | As], look: Look) -> float | None:
        """What the wrapped texts of a row need: not every program finds that out by itself."""
        most = 1.0
        for cell, width in zip(cells, self._widths, strict=False):
            text, own = cell if isinstance(cell, As) else (cell, look)
            if own.wrap and isinstance(text, str):
                most = max(most, own.size / 10 * _lines(text, width * 10 / own.size - own.indent))
        return most * _LINE if most > 1 else None

    def add_raw(self, cells: list[Any]) -> None:
        """Write a row without looks; a text must be safe as it is. The way for long data."""
        self.at += 1
        self.ws.append(cells)

    def across(self, text: str, look: Look, columns: int | None = None, *, start: int = 1) -> int:
        """A text over several columns, in a row high enough for it."""
        last = start - 1 + (columns or len(self._widths))
        room = sum(self._widths[start - 1 : last]) * 10 / look.size
        height = _lines(text, room) * look.size * 1.35 + 2
        row = self.add(*[None] * (start - 1), As(text, replace(look, wrap=True)), height=height)
        self.merge(row, start, last)
        return row

    def shade(self, area: str, at: tuple[float, float, float], colors: tuple[str, str, str]) -> None:
        """Shade numbers from the first colour over the second to the third."""
        (low, middle, high), (one, two, three) = at, colors
        rule: Any = ColorScaleRule  # openpyxl declares no types here
        self.ws.conditional_formatting.add(
            area, rule("num", low, one, "num", middle, two, "num", high, three)
        )

    def skip(self, rows: int = 1) -> None:
        """Leave rows empty."""
        for _ in range(rows):
            self.add()

    def merge(self, row: int, first: int, last: int) -> None:
        """Join the cells of a row."""
        if last > first:
            self.ws.merged_cells.add(f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}")

    def heading(self, title: str, *notes: str) -> None:
        """The title of the sheet and what to know about it."""
        self.add(title, look=TITLE)
        for note in notes:
            self.across(note, NOTE)

    def finish(self, last_column: int | None = None, further: str = "") -> None:
        """Set the areas to print, the table and any further one, and close the sheet."""
        area = f"A1:{get_column_letter(last_column or len(self._widths))}{max(self.at, 1)}"
        self.ws.print_area = f"{area},{further}" if further else area
        self.ws.close()

    def cell(self, value: Value | As, look: Look = PLAIN) -> Any:
        """A cell to write; text is text, whatever it begins with."""
        if isinstance(value, As):
            value, look = value
        if value == "":
            value = None
        if value is None and look == PLAIN:
            return None
        cell: Any = WriteOnlyCell(self.ws)
        cell._style = copy(self._style(look))
        if isinstance(value, str):
            cell.value = plain_text(value)
            cell.data_type = "s"
            # Otherwise somebody who edits the cell turns it into a formula.
            cell.quotePrefix = cell.value.startswith(STARTS_A_FORMULA)
        elif value is not None:
            cell.value = value
            cell._style = copy(self._style(look))
        return cell

    def _style(self, look: Look) -> Any:
        if look not in self._looks:
            cell: Any = WriteOnlyCell(self.ws)
            cell.font = _font(look)
            cell.alignment = Alignment(
                horizontal=look.align,
                vertical="center" if look.fill else "top",
                wrap_text=look.wrap,
                indent=look.indent,
            )
            cell.border = Border(top=_side(look.top), bottom=_side(look.bottom))
            if look.fill:
                cell.fill = PatternFill("solid", start_color=look.fill)
            cell.number_format = look.format
            self._looks[look] = cell._style
        return self._looks[look]


def _lines(text: str, width: float) -> int:
    # A wide column loses little to the word that goes to the next line.
    room = max(width * (1.1 if width > _WIDE else 0.95), 1)
    return sum(max(1, math.ceil(len(line) / room)) for line in text.split("\n"))


@lru_cache(maxsize=256)
def _font(look: Look) -> Font:
    return Font(name="Calibri", size=look.size, bold=look.bold, italic=look.italic, color=look.color)


def _side(style: Any) -> Side:
    return Side(style=style or None)


def _footer(text: str) -> str:
    # An ampersand begins a code in headers and footers.
    return plain_text(text).replace("&", "&&")
