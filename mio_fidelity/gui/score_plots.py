"""Pictures of a row: how the scores of each coder lie, and how many coders it takes."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.table import Floats
from mio_fidelity.gui import theme
from mio_fidelity.gui.figures import coefficient, points
from mio_fidelity.gui.plots import CENTER, LEFT, RIGHT, Plot
from mio_fidelity.gui.theme import Tokens

translate = QCoreApplication.translate


class SpreadPlot(Plot):
    """The scores each coder gave: one line of columns per coder, the mean beside it."""

    LINE = 30

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("RowDetail", "Distribution of the scores of each coder"), 60, parent)
        self._lines: list[tuple[str, list[int], float]] = []
        self._points: tuple[int, ...] = ()

    def show_scores(self, scores: Floats, coders: Sequence[str], steps: tuple[int, ...]) -> None:
        """Show scores of shape (sessions, coders); means of several scales go to the nearest point."""
        self._points = steps
        self._lines = []
        for code, given in zip(coders, scores.T, strict=True):
            found = given[~np.isnan(given)]
            near = np.floor(found + 0.5)
            if len(found):
                self._lines.append((code, [int((near == step).sum()) for step in steps], float(found.mean())))
        self.set_height(18 + self.LINE * len(self._lines))
        self.shown_again()

    def as_text(self) -> str:
        """A line per coder."""
        head = "\t".join(["", *map(str, self._points), "n", "M"])
        return "\n".join(
            [
                head,
                *(
                    "\t".join([code, *map(str, n), str(sum(n)), points(mean, 2)])
                    for code, n, mean in self._lines
                ),
            ]
        )

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Columns over a line."""
        left, right = theme.scaled(52), self.width() - theme.scaled(92)
        wide = (right - left) / max(1, len(self._points))
        line, foot = theme.scaled(self.LINE), theme.scaled(18)
        for nth, (code, counts, mean) in enumerate(self._lines):
            base = (nth + 1) * line - 2.0
            most, n = max(1, *counts), sum(counts)
            painter.setPen(now.text)
            painter.drawText(QRectF(0, base - line, left - 6, line), int(LEFT), code)
            painter.setPen(now.muted)
            words = translate("RowDetail", "M {mean}  n {n}").format(mean=points(mean), n=n)
            painter.drawText(QRectF(right, base - line, self.width() - right, line), int(RIGHT), words)
            painter.setPen(QPen(now.line, 1))
            painter.drawLine(QPointF(left, base), QPointF(right, base))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.wave_ahead)
            for at, count in enumerate(counts):
                high = (line - theme.scaled(6)) * count / most
                painter.drawRect(QRectF(left + at * wide + 2, base - high, wide - 4, high))
        painter.setPen(now.muted)
        for at, step in enumerate(self._points):
            room = QRectF(left + at * wide, self.height() - foot, wide, foot)
            painter.drawText(room, int(CENTER), str(step))


class CurvePlot(Plot):
    """How reliable the mean of one, two, three... coders would be, and where .80 is reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("RowDetail", "Reliability by number of coders"), 170, parent)
        self._curve: Mapping[int, tuple[float, float]] = {}
        self._needed: int | None = None

    def show_curve(self, curve: Mapping[int, tuple[float, float]], needed: int | None) -> None:
        """Show (absolute, relative) by number of coders; ``needed`` of them reach .80."""
        self._curve, self._needed = curve, needed
        self.shown_again()

    def as_text(self) -> str:
        """A line per number of coders."""
        head = translate("RowDetail", "coders\tabsolute\trelative")
        lines = (f"{n}\t{coefficient(a)}\t{coefficient(r)}" for n, (a, r) in self._curve.items())
        return "\n".join([head, *lines])

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Two lines and the target."""
        if not self._curve:
            return
        room = QRectF(self.rect()).adjusted(theme.scaled(34), 6, -theme.scaled(8), -theme.scaled(20))
        most = max(self._curve)

        def at(n: float, value: float) -> QPointF:
            return QPointF(
                room.left() + (n - 0.5) / most * room.width(), room.bottom() - value * room.height()
            )

        for value in (0.0, 0.5, 0.8, 1.0):
            target = value == 0.8
            painter.setPen(
                QPen(
                    now.muted if target else now.hairline,
                    1,
                    Qt.PenStyle.DashLine if target else Qt.PenStyle.SolidLine,
                )
            )
            painter.drawLine(QPointF(room.left(), at(1, value).y()), QPointF(room.right(), at(1, value).y()))
            painter.setPen(now.muted)
            painter.drawText(
                QRectF(0, at(1, value).y() - 8, room.left() - 5, 16),
                int(RIGHT),
                coefficient(value) if value else "0",
            )
        for n in self._curve:
            painter.setPen(now.text if n == self._needed else now.muted)
            painter.setFont(theme.font(theme.SMALLEST_PX, bold=n == self._needed))
            painter.drawText(QRectF(at(n, 0).x() - 15, room.bottom() + 3, 30, 16), int(CENTER), str(n))
        for which, color in ((1, now.wave_ahead), (0, now.accent)):
            dots = [at(n, both[which]) for n, both in self._curve.items()]
            painter.setPen(QPen(color, 2))
            painter.drawPolyline(dots)
            painter.setPen(Qt.PenStyle.NoPen)
            for n, dot in zip(self._curve, dots, strict=True):
                painter.setBrush(color)
                painter.drawEllipse(dot, *(theme.scaled(4.5 if n == self._needed and which == 0 else 3),) * 2)
