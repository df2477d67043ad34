"""The axes of a control chart: days below, points or standard deviations at the left."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDate, QLocale, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from mio_fidelity.gui import theme
from mio_fidelity.gui.plots import CENTER, RIGHT
from mio_fidelity.gui.theme import Tokens

Floats = NDArray[np.float64]
_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
# The least distance of two words below, in pixels of the 100 % design.
_MONTH_PX = 58


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share, so that they can be compared.

    Attributes:
        first: First day, as an ordinal; ``last`` the last one.
        reach: The axis goes from minus to plus this.
    """

    first: float
    last: float
    reach: float


def x_of(plot: QRectF, frame: Frame, days: Floats) -> Floats:
    """Where days lie, in pixels."""
    return plot.left() + (days - frame.first) / (frame.last - frame.first) * plot.width()


def y_of(plot: QRectF, frame: Frame, values: Floats) -> Floats:
    """Where values lie, in pixels; what lies outside is at the edge."""
    values = np.clip(values, -frame.reach, frame.reach)
    return plot.center().y() - values / frame.reach * plot.height() / 2


def draw_grid(painter: QPainter, plot: QRectF, frame: Frame, now: Tokens) -> None:
    """Draw a thin line at each step, with its value."""
    most = max(1, int(plot.height() / 2 / theme.scaled(30)))
    step = next((step for step in _STEPS if frame.reach / step < most + 1), _STEPS[-1])
    n = math.floor(frame.reach / step + 1e-9)
    for nth in range(-n, n + 1):
        y = float(y_of(plot, frame, np.array([nth * step]))[0])
        painter.setPen(QPen(now.control if nth == 0 else now.hairline, 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(now.muted)
        high = painter.fontMetrics().height()
        where = QRectF(plot.left() - theme.scaled(40), y - high / 2, theme.scaled(34), high)
        painter.drawText(where, int(RIGHT), axis_words(nth * step))


def axis_words(value: float) -> str:
    """A value of the axis: "+.6", "0", "−1.5"."""
    if not round(value, 6):
        return "0"
    text = f"{abs(value):g}"
    return ("+" if value > 0 else "−") + (text[1:] if text.startswith("0.") else text)


def draw_months(painter: QPainter, plot: QRectF, frame: Frame, now: Tokens) -> None:
    """Write months, or days, below."""
    painter.setPen(now.muted)
    high = painter.fontMetrics().height() + 2
    for day, words in ticks(frame, plot.width() / theme.scaled(_MONTH_PX)):
        x = float(x_of(plot, frame, np.array([float(day)]))[0])
        painter.setPen(QPen(now.line, 1))
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + theme.scaled(3)))
        painter.setPen(now.muted)
        wide = painter.fontMetrics().horizontalAdvance(words) + 2
        place = min(max(x - wide / 2, plot.left() - theme.scaled(30)), plot.right() + theme.scaled(24) - wide)
        painter.drawText(QRectF(place, plot.bottom() + theme.scaled(3), wide, high), int(CENTER), words)


def ticks(frame: Frame, most: float) -> list[tuple[int, str]]:
    """At most about ``most`` days to write below: firsts of months, or days when there are few."""
    first, last = date.fromordinal(int(frame.first)), date.fromordinal(int(frame.last))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months < 2:
        step = max(1, math.ceil((frame.last - frame.first + 1) / max(1.0, most)))
        days = [date.fromordinal(at) for at in range(first.toordinal(), last.toordinal() + 1, step)]
        return [(day.toordinal(), _local(day, "d MMM")) for day in days]
    every = next((each for each in (1, 2, 3, 6, 12, 24, 60) if months / each <= most), 120)
    found: list[tuple[int, str]] = []
    at = first.year * 12 + first.month - (1 if first.day == 1 else 0)
    # January is among the months that are written.
    at = math.ceil(at / every) * every
    named = 0
    while (day := date(at // 12, at % 12 + 1, 1)) <= last:
        words = _local(day, "MMM") if day.year == named else _local(day, "MMM yyyy")
        found.append((day.toordinal(), words))
        named = day.year
        at += every
    return found


def _local(day: date, form: str) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), form)
