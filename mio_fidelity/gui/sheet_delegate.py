"""Draws the cells of a table of figures: headings, numbers, intervals over bands, bands as chips."""

import math
from itertools import pairwise

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mio_fidelity.gui import band_marks, theme
from mio_fidelity.gui.figures import coefficient, points
from mio_fidelity.gui.sheet import CELL, LINE, Cell, Column, Line, SheetModel
from mio_fidelity.gui.theme import Tokens

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
MARK = 4.2


def axis(rect: QRect, reach: tuple[float, float], value: float) -> float:
    """Where ``value`` lies in a cell whose axis goes from ``reach[0]`` to ``reach[1]``."""
    left, width = rect.left() + theme.scaled(PADDING), rect.width() - 2 * theme.scaled(PADDING)
    low, high = reach
    return left + width * (min(max(value, low), high) - low) / (high - low)


class SheetDelegate(QStyledItemDelegate):
    """Paints everything itself, from the theme, so that nothing depends on the system's style."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All lines are of one height."""
        return QSize(super().sizeHint(option, index).width(), theme.scaled(28))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect, now = option.rect, theme.tokens()
        state = option.state
        line, cell, model = index.data(LINE), index.data(CELL), index.model()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        heading = line.subject is None
        painter.fillRect(rect, now.raised if heading else now.selection if chosen else now.panel)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), now.hairline)
        stale = isinstance(model, SheetModel) and model.stale
        painter.setOpacity(0.4 if stale else 1.0)
        if heading:
            self._heading(painter, rect, line, now)
        elif cell is not None and isinstance(model, SheetModel):
            self._figure(painter, rect, cell, model.sheet.columns[index.column()], model, now)
        painter.setOpacity(1.0)
        view = self.parent()
        if not heading and isinstance(view, QWidget) and view.hasFocus() and _is_current(view, index):
            theme.draw_focus(painter, QRectF(rect).adjusted(2, 2, -2, -2))
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, line: Line, now: Tokens) -> None:
        color = now.readable(now.domain(line.domain, line.color)) if line.domain else now.muted
        painter.setPen(color)
        painter.setFont(theme.font(theme.SMALL_PX, bold=True))
        room = rect.adjusted(theme.scaled(PADDING), 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), line.cells[0].text)

    def _figure(
        self, painter: QPainter, rect: QRect, cell: Cell, column: Column, model: SheetModel, now: Tokens
    ) -> None:
        if column.kind == "interval":
            draw_interval(painter, rect, cell, model, now)
        elif column.kind == "band" and cell.band is not None:
            draw_chip(painter, rect, cell.text, cell.band, now)
        else:
            name = column.kind == "name"
            font = theme.font(bold=column.kind == "strong")
            painter.setFont(font)
            painter.setPen(now.muted if cell.text in ("—", "") else now.text)
            room = rect.adjusted(theme.scaled(PADDING), 0, -theme.scaled(PADDING), 0)
            side = (
                Qt.AlignmentFlag.AlignRight
                if column.kind in ("number", "strong")
                else Qt.AlignmentFlag.AlignLeft
            )
            text = cell.text
            if name:
                text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), text)


def draw_interval(painter: QPainter, rect: QRect, cell: Cell, model: SheetModel, now: Tokens) -> None:
    """The value and its interval on an axis, the bands behind it."""
    bands, estimate, reach = model.sheet.bands, cell.estimate, cell.reach
    inner = rect.adjusted(0, 1, 0, -2)
    if estimate is None or not estimate.defined:
        painter.setPen(now.muted)
        painter.setFont(theme.font(theme.SMALL_PX))
        room = rect.adjusted(theme.scaled(PADDING), 0, -theme.scaled(PADDING), 0)
        words = QFontMetrics(painter.font()).elidedText(cell.tip, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
        return
    if bands is not None:
        edges = (*bands.limits, 1.0)
        for at, (low, high) in enumerate(pairwise(edges), start=1):
            left, right = axis(rect, reach, low), axis(rect, reach, high)
            painter.fillRect(
                QRectF(left, inner.top(), right - left, inner.height()), band_marks.wash(now, at, 0.09)
            )
    else:
        painter.setPen(QPen(now.line, 1))
        zero = axis(rect, reach, 0.0)
        painter.drawLine(QPointF(zero, inner.top()), QPointF(zero, inner.bottom()))
    color = now.accent if cell.band is None else band_marks.ink(now, cell.band)
    middle = rect.center().y() + 0.5
    if not math.isnan(estimate.low):
        _whisker(painter, rect, cell, middle, color)
    if not reach[0] <= estimate.value <= reach[1]:
        return
    painter.setPen(QPen(now.panel, 1))
    painter.setBrush(color)
    shape = "circle" if cell.band is None else band_marks.SHAPES[cell.band]
    center = QPointF(axis(rect, reach, estimate.value), middle)
    band_marks.draw_shape(painter, shape, center, theme.scaled(10 * MARK) / 10)


def _whisker(painter: QPainter, rect: QRect, cell: Cell, middle: float, color: QColor) -> None:
    """The interval's line; an arrow head where it goes on outside the axis."""
    assert cell.estimate is not None
    low, high = cell.estimate.low, cell.estimate.high
    left, right = axis(rect, cell.reach, low), axis(rect, cell.reach, high)
    painter.setPen(QPen(color, 2, c=Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(left, middle), QPointF(right, middle))
    tip = theme.scaled(4)
    for outside, x, way in ((low < cell.reach[0], left, 1), (high > cell.reach[1], right, -1)):
        if outside:
            for dy in (-tip, tip):
                painter.drawLine(QPointF(x, middle), QPointF(x + way * tip, middle + dy))


def draw_chip(painter: QPainter, rect: QRect, text: str, band: int, now: Tokens) -> None:
    """A band: its shape and its word on its colour."""
    painter.setFont(theme.font(theme.SMALL_PX))
    metrics = QFontMetrics(painter.font())
    height, mark = theme.scaled(19), theme.scaled(16)
    left = rect.left() + theme.scaled(PADDING) / 2
    width = min(metrics.horizontalAdvance(text) + mark + theme.scaled(8), rect.right() - left - 2)
    chip = QRectF(left, rect.center().y() - height / 2 + 0.5, width, height)
    color = now.readable(band_marks.ink(now, band), 4.8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(band_marks.wash(now, band, 0.13))
    painter.drawRoundedRect(chip, 3, 3)
    painter.setBrush(color)
    center = QPointF(chip.left() + mark / 2 + 1, chip.center().y())
    band_marks.draw_shape(painter, band_marks.SHAPES[band], center, theme.scaled(35) / 10)
    painter.setPen(color)
    room = chip.adjusted(mark, 0, -2, 0)
    words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)


class SheetHeader(QHeaderView):
    """The titles of the columns; above intervals the ends of the axis and where bands begin."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """As high as the lines."""
        return QSize(super().sizeHint().width(), theme.scaled(28))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one title."""
        model = self.model()
        now = theme.tokens()
        painter.save()
        painter.fillRect(rect, now.panel)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), now.line)
        painter.setPen(now.muted)
        painter.setFont(theme.font(theme.SMALL_PX))
        if isinstance(model, SheetModel) and section < len(model.sheet.columns):
            column = model.sheet.columns[section]
            if column.kind == "interval":
                self._ticks(painter, rect, model, section)
            else:
                right = column.kind in ("number", "strong")
                side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
                room = rect.adjusted(theme.scaled(PADDING), 0, -theme.scaled(PADDING), 0)
                painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), column.title)
        painter.restore()

    def _ticks(self, painter: QPainter, rect: QRect, model: SheetModel, section: int) -> None:
        reach = next(
            (line.cells[section].reach for line in model.sheet.lines if line.subject is not None), (0.0, 1.0)
        )
        if model.sheet.bands is not None:
            ticks = [(value, coefficient(value)) for value in model.sheet.bands.limits]
            ticks = [(reach[0], "0"), *ticks, (reach[1], "1")]
        else:
            ends = (points(reach[0], 0), f"+{reach[1]:g}") if reach[0] < 0 else ("0", "1")
            ticks = [
                (reach[0], ends[0]),
                (sum(reach) / 2, "0" if reach[0] < 0 else ".50"),
                (reach[1], ends[1]),
            ]
        metrics = QFontMetrics(painter.font())
        edges = []
        for value, text in ticks:
            width = metrics.horizontalAdvance(text)
            x = axis(rect, reach, value) - width / 2
            x = min(max(x, rect.left() + 2), rect.right() - width - 2)
            edges.append((x, x + width))
            room = QRectF(x, rect.top(), width + 2, rect.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        gap = QRectF(edges[0][1], rect.top(), edges[1][0] - edges[0][1], rect.height())
        title = model.sheet.columns[section].title
        if metrics.horizontalAdvance(title) + theme.scaled(8) < gap.width():
            painter.drawText(gap, int(Qt.AlignmentFlag.AlignCenter), title)


def _is_current(view: QWidget, index: Index) -> bool:
    current = getattr(view, "currentIndex", None)
    return bool(current is not None and current() == index)
