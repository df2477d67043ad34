"""Pictures of two coders' scores: who gave what together, and how far apart."""

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.figures import points
from mio_fidelity.gui.row_numbers import Together
from mio_fidelity.gui.theme import Tokens

translate = QCoreApplication.translate
CENTER = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Plot(QWidget):
    """A picture that can be reached by keyboard, read out and copied as text."""

    def __init__(self, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._height = height

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as the picture needs."""
        return QSize(theme.scaled(280), theme.scaled(self._height))

    def as_text(self) -> str:
        """The numbers of the picture, for the clipboard and for those who do not see it."""
        return ""

    def set_height(self, height: int) -> None:
        """Take this height, in pixels of the 100 % design."""
        self._height = height
        self.updateGeometry()

    def shown_again(self) -> None:
        """Call when there is something else to draw."""
        self.setAccessibleDescription(self.as_text())
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the numbers."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw, and a ring when it has the keyboard."""
        painter, now = QPainter(self), theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALLEST_PX))
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        self.draw(painter, now)
        if self.hasFocus():
            theme.draw_focus(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        painter.end()

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Draw the picture itself."""


class ContingencyPlot(Plot):
    """How often two coders gave which points together; shades grow with the number, agreement is outlined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("RowDetail", "Contingency table"), 190, parent)
        self._together: Together | None = None
        self._names = ("", "")

    def show_counts(self, found: Together, first: str, second: str) -> None:
        """Show these counts; ``first`` and ``second`` say who the rows and columns are."""
        self._together, self._names = found, (first, second)
        self.set_height(30 + 22 * max(2, len(found.points)))
        self.shown_again()

    def as_text(self) -> str:
        """Rows are the first coder, columns the second."""
        if self._together is None:
            return ""
        head = "\t".join(
            [f"{self._names[0]} \\ {self._names[1]}", *(f"{p:g}" for p in self._together.points)]
        )
        rows = zip(self._together.points, self._together.counts, strict=True)
        return "\n".join([head, *("\t".join([f"{p:g}", *map(str, counts)]) for p, counts in rows)])

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Cells with numbers."""
        if self._together is None or not len(self._together.points):
            return
        steps, counts = self._together.points, self._together.counts
        left, top = theme.scaled(86), theme.scaled(30)
        wide = min((self.width() - left - 2) / len(steps), theme.scaled(44))
        high = (self.height() - top - 2) / len(steps)
        painter.setPen(now.muted)
        painter.drawText(QRectF(left, 0, wide * len(steps), top / 2), int(CENTER), self._names[1])
        painter.drawText(
            QRectF(0, top, left - theme.scaled(22), high * len(steps)), int(LEFT), self._names[0]
        )
        for at, step in enumerate(steps):
            painter.setPen(now.muted)
            painter.drawText(QRectF(left + at * wide, top / 2, wide, top / 2), int(CENTER), f"{step:g}")
            painter.drawText(
                QRectF(0, top + at * high, left - theme.scaled(7), high), int(RIGHT), f"{step:g}"
            )
        most = max(1, int(counts.max()))
        for row, line in enumerate(counts):
            for column, n in enumerate(line):
                cell = QRectF(left + column * wide, top + row * high, wide, high).adjusted(1, 1, -1, -1)
                shade = 0.0 if n == 0 else 0.10 + 0.55 * math.sqrt(n / most)
                painter.setPen(QPen(now.control, 1) if row == column else Qt.PenStyle.NoPen)
                color = _mixed(now.raised, now.accent, shade)
                painter.setBrush(color)
                painter.drawRoundedRect(cell, 2, 2)
                if n:
                    painter.setPen(now.on_domain(color))
                    painter.drawText(cell, int(CENTER), str(n))


class DifferencePlot(Plot):
    """Bland and Altman's picture: difference against mean, with the bias and the limits of agreement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("RowDetail", "Bland–Altman plot"), 190, parent)
        self._together: Together | None = None

    def show_counts(self, found: Together) -> None:
        """Show these pairs of scores."""
        self._together = found
        self.shown_again()

    def lines(self) -> tuple[float, float, float]:
        """Lower limit of agreement, bias, upper limit; NaN without them."""
        if self._together is None:
            return (math.nan,) * 3
        bias, reach = self._together.bias, 1.959963984540054 * self._together.sd
        return bias - reach, bias, bias + reach

    def as_text(self) -> str:
        """The three lines."""
        low, bias, high = self.lines()
        words = translate(
            "RowDetail", "bias {bias}, limits of agreement {low} to {high}, pairs of scores: {n}"
        )
        n = self._together.n if self._together else 0
        return words.format(bias=points(bias, 2), low=points(low, 2), high=points(high, 2), n=n)

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Dots as large as they are many."""
        if self._together is None or not self._together.n:
            return
        means, gaps, counts = self._together.differences
        low, bias, high = self.lines()
        edge = max(1.0, *(abs(end) for end in (*gaps.tolist(), low, high) if not math.isnan(end))) * 1.12
        first, last = float(self._together.points[0]), float(self._together.points[-1])
        room = QRectF(self.rect()).adjusted(theme.scaled(26), 4, -theme.scaled(52), -theme.scaled(20))
        step = room.width() / max(1e-9, last - first + 1)

        def at(mean: float, gap: float) -> QPointF:
            return QPointF(
                room.left() + (mean - first + 0.5) * step, room.center().y() - gap / edge * room.height() / 2
            )

        painter.setPen(QPen(now.line, 1))
        painter.drawLine(at(first - 0.5, 0), at(last + 0.5, 0))
        for value, pen in (
            (low, Qt.PenStyle.DashLine),
            (bias, Qt.PenStyle.SolidLine),
            (high, Qt.PenStyle.DashLine),
        ):
            if not math.isnan(value):
                painter.setPen(QPen(now.muted, 1, pen))
                painter.drawLine(at(first - 0.5, value), at(last + 0.5, value))
        painter.setPen(now.muted)
        for value in {low, bias, high}:
            if not math.isnan(value):
                y = at(last, value).y()
                painter.drawText(
                    QRectF(room.right() + 4, y - 8, theme.scaled(48), 16), int(LEFT), points(value, 2)
                )
        painter.drawText(QRectF(0, at(first, 0).y() - 8, room.left() - 4, 16), int(RIGHT), "0")
        for value in (first, last):
            where = at(value, 0).x()
            painter.drawText(QRectF(where - 20, room.bottom() + 2, 40, 16), int(CENTER), f"{value:g}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_clear(now.accent, 0.6))
        for mean, gap, n in zip(means, gaps, counts, strict=True):
            painter.drawEllipse(
                at(mean, gap), *(theme.scaled(20 + 65 * math.sqrt(n / counts.max())) / 10,) * 2
            )


def _mixed(under: QColor, over: QColor, share: float) -> QColor:
    pairs = ((under.red(), over.red()), (under.green(), over.green()), (under.blue(), over.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


def _clear(color: QColor, opacity: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(opacity)
    return made
