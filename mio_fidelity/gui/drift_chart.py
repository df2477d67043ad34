"""How a control chart is drawn: a band of limits, a line a series, a shape where one is beyond them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_axis import Floats, Frame, draw_grid, draw_months, x_of, y_of
from mio_fidelity.gui.plots import LEFT
from mio_fidelity.gui.theme import Tokens

# A line is told by its pattern and its number, not by its colour alone.
PATTERNS: tuple[tuple[float, ...], ...] = ((), (7, 2), (8, 2, 1.5, 2), (2, 1.5))
# The least distance of two marks, in pixels of the 100 % design.
_MARK_PX = 7
# How far the axis goes, in times of the limits: what is in control looks calm. The latter is for sums alone.
LEAST_LIMITS, MOST_LIMITS = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """One series as it is drawn.

    Attributes:
        tag: The few letters at its end.
        title: What it is of.
        color: Of its domain: the key and what the instrument asks for.
        pattern: Number of its pen in `PATTERNS`.
        days: When, as ordinals of dates, shape (n,), in order.
        upper: The statistic, shape (n,); ``lower`` is the same array where the chart has one line.
        high: Upper limit, shape (n,); ``low`` the lower one.
        outside: Where it lies beyond its limits, shape (n,).
        flagged: Where it belongs to a flag, shape (n,).
        dotted: Whether each session is a small square: the few with master codes, drawn beside partners.
        breaks: Days, as ordinals, on which a recalibration was closed.
    """

    tag: str
    title: str
    color: tuple[str, str]
    pattern: int
    days: Floats
    upper: Floats
    lower: Floats
    high: Floats
    low: Floats
    outside: NDArray[np.bool_]
    flagged: NDArray[np.bool_]
    dotted: bool = False
    breaks: tuple[int, ...] = ()

    @property
    def arms(self) -> tuple[Floats, ...]:
        """The lines to draw."""
        return (self.upper,) if self.upper is self.lower else (self.upper, self.lower)


def frame_of(charts: Sequence[Sequence[Line]]) -> Frame:
    """Room for every line and limit of these charts."""
    lines = [line for chart in charts for line in chart if len(line.days)]
    if not lines:
        today = float(date.today().toordinal())
        return Frame(today - 30, today, 1.0)
    most = max(
        float(np.nanmax(np.abs(values), initial=0.0))
        for line in lines
        for values in (line.upper, line.lower, line.high, line.low)
    )
    first, last = min(line.days[0] for line in lines), max(line.days[-1] for line in lines)
    limits = max(
        float(np.nanmax(np.abs(values), initial=0.0)) for line in lines for values in (line.high, line.low)
    )
    reach = max(most * 1.08, LEAST_LIMITS * limits)
    if limits and any(len(line.arms) > 1 for line in lines):
        # How far beyond its limit a sum has run says nothing more: such lines go along the edge.
        reach = min(reach, MOST_LIMITS * limits)
    return Frame(float(first), float(max(last, first + 1)), max(reach, 0.2))


def draw_chart(painter: QPainter, room: QRectF, lines: Sequence[Line], frame: Frame, now: Tokens) -> None:
    """Draw one chart into ``room``, words and all."""
    left, right, foot = theme.scaled(36), theme.scaled(26), theme.scaled(20)
    plot = room.adjusted(left, theme.scaled(4), -right, -foot)
    if plot.width() < 20 or plot.height() < 20:
        return
    painter.save()
    painter.setFont(theme.font(theme.SMALLEST_PX))
    _draw_bands(painter, plot, lines, frame, now)
    draw_grid(painter, plot, frame, now)
    draw_months(painter, plot, frame, now)
    _draw_breaks(painter, plot, lines, frame, now)
    for line in lines:
        _draw_line(painter, plot, line, frame, now)
    _draw_tags(painter, plot, lines, frame, now)
    painter.restore()


def color_of(line: Line, now: Tokens) -> QColor:
    """The colour that identifies its domain."""
    return now.domain(*line.color)


def sample(painter: QPainter, room: QRectF, line: Line, now: Tokens) -> None:
    """A short piece of a line, for the legend."""
    painter.setPen(_pen(line, now))
    y = room.center().y()
    painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))


def _points(xs: Floats, ys: Floats) -> QPolygonF:
    """A polygon; thousands of points in few pixels become the lowest and highest of each pixel."""
    there = ~np.isnan(ys)
    xs, ys = xs[there], ys[there]
    if len(xs) > 4 * max(1.0, xs[-1] - xs[0]):
        column = np.floor(xs).astype(np.int64)
        begins = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
        low, high = np.minimum.reduceat(ys, begins), np.maximum.reduceat(ys, begins)
        xs = np.repeat(xs[begins], 2)
        ys = np.column_stack((low, high)).ravel()
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def _draw_bands(painter: QPainter, plot: QRectF, lines: Sequence[Line], frame: Frame, now: Tokens) -> None:
    """Between the limits; where the limits of all series overlap it is darkest."""
    ground = QColor(now.ok)
    ground.setAlphaF((0.08 if now.dark else 0.07) / max(1.0, len(lines) ** 0.75))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    for line in lines:
        there = ~(np.isnan(line.high) | np.isnan(line.low))
        if not there.any():
            continue
        xs = x_of(plot, frame, line.days[there])
        # The limits hold after the last session too.
        xs[-1] = plot.right()
        upper = _points(xs, y_of(plot, frame, line.high[there]))
        lower = _points(xs, y_of(plot, frame, line.low[there]))
        if upper.count() == 1:
            wide = plot.right() - plot.left()
            upper.append(upper.at(0) + QPointF(wide, 0))
            lower.append(lower.at(0) + QPointF(wide, 0))
        painter.drawPolygon(QPolygonF([*upper.toList(), *reversed(lower.toList())]))


def _draw_breaks(painter: QPainter, plot: QRectF, lines: Sequence[Line], frame: Frame, now: Tokens) -> None:
    """A thin upright line where a recalibration was closed: the chart begins anew there."""
    painter.setPen(QPen(now.control, 1, Qt.PenStyle.DashLine))
    for day in sorted({day for line in lines for day in line.breaks if frame.first <= day <= frame.last}):
        x = float(x_of(plot, frame, np.array([float(day)]))[0])
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))


def _pen(line: Line, now: Tokens) -> QPen:
    pen = QPen(color_of(line, now), theme.scaled(12 if line.dotted else 18) / 10)
    dashes = PATTERNS[line.pattern % len(PATTERNS)]
    if dashes:
        pen.setDashPattern(dashes)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return pen


def _draw_line(painter: QPainter, plot: QRectF, line: Line, frame: Frame, now: Tokens) -> None:
    if not len(line.days):
        return
    xs = x_of(plot, frame, line.days)
    for values in line.arms:
        painter.setPen(_pen(line, now))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dots = _points(xs, y_of(plot, frame, values))
        if dots.count() > 1:
            painter.drawPolyline(dots)
        if line.dotted or dots.count() == 1:
            half = theme.scaled(25) / 10
            painter.setPen(QPen(color_of(line, now), 1.2))
            painter.setBrush(now.panel)
            for dot in dots.toList():
                painter.drawRect(QRectF(dot.x() - half, dot.y() - half, 2 * half, 2 * half))
    _mark_outside(painter, plot, line, xs, frame, now)


def _mark_outside(painter: QPainter, plot: QRectF, line: Line, xs: Floats, frame: Frame, now: Tokens) -> None:
    """A diamond, full where it belongs to a flag; as close as they can be told apart."""
    half, last = theme.scaled(45) / 10, -math.inf
    for at in np.flatnonzero(line.outside):
        value = max((arm[at] for arm in line.arms), key=abs)
        x, y = float(xs[at]), float(y_of(plot, frame, np.array([value]))[0])
        if math.isnan(y) or x - last < theme.scaled(_MARK_PX) * 0.7:
            continue
        last = x
        draw_mark(painter, QPointF(x, y), half, bool(line.flagged[at]), now)


def draw_mark(painter: QPainter, at: QPointF, half: float, flagged: bool, now: Tokens) -> None:
    """The mark of a session beyond the limits."""
    across, down = QPointF(half, 0), QPointF(0, half)
    painter.setPen(QPen(now.panel if flagged else now.alarm, 1 if flagged else 1.3))
    painter.setBrush(now.alarm if flagged else now.panel)
    painter.drawPolygon(QPolygonF([at - down, at + across, at + down, at - across]))


def _draw_tags(painter: QPainter, plot: QRectF, lines: Sequence[Line], frame: Frame, now: Tokens) -> None:
    """The number of each line beside its end, pushed apart where lines meet."""
    high = float(painter.fontMetrics().height()) - 2
    ends = []
    named = {line.tag for line in lines if not line.dotted}
    for line in lines:
        if line.dotted and line.tag in named:
            continue
        there = np.flatnonzero(~np.isnan(line.upper))
        if len(there):
            values = [arm[there[-1]] for arm in line.arms]
            value = max(values, key=abs)
            ends.append((float(y_of(plot, frame, np.array([value]))[0]), line))
    ends.sort(key=lambda end: end[0])
    places: list[float] = []
    for y, _ in ends:
        places.append(max(y, places[-1] + high) if places else y)
    over = max(0.0, places[-1] - plot.bottom()) if places else 0.0
    painter.setFont(theme.font(theme.SMALLEST_PX, bold=True))
    for place, (_, line) in zip(places, ends, strict=True):
        painter.setPen(now.readable(color_of(line, now)))
        where = QRectF(
            plot.right() + theme.scaled(5), place - over - high / 2 - 1, theme.scaled(24), high + 2
        )
        painter.drawText(where, int(LEFT), line.tag)
