"""One line above the cards: which line is which, what the marks mean."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_chart import Line, draw_mark, sample
from mio_fidelity.gui.plots import LEFT

HIGH_PX, SAMPLE_PX, GAP_PX = 22, 26, 16


class DriftLegend(QWidget):
    """Draws itself in as many rows as it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._both = False
        self._kind = "ewma"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_lines(self, lines: Sequence[Line], both: bool, kind: str) -> None:
        """Say what these are; one line of each title.

        Args:
            lines: What is drawn below.
            both: Whether master codes are drawn beside partners.
            kind: Which chart.
        """
        once: dict[str, Line] = {}
        for line in lines:
            once.setdefault(line.title, line)
        self._lines = tuple(sorted(once.values(), key=lambda line: int(line.tag)))
        self._both, self._kind = both, kind
        self.setAccessibleName(
            "; ".join((self._axis(), *(f"{line.tag}: {line.title}" for line in self._lines)))
        )
        self.setToolTip(self._axis())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        rows = max((row for *_, row in self._places()), default=0) + 1
        return QSize(theme.scaled(200), rows * theme.scaled(HIGH_PX))

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's own signature
        """Other rows."""
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Samples and words, one after the other."""
        painter, now = QPainter(self), theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALL_PX))
        high = float(theme.scaled(HIGH_PX))
        for what, words, x, row in self._places():
            room = QRectF(x, row * high, theme.scaled(SAMPLE_PX), high)
            if isinstance(what, Line):
                sample(painter, room, what, now)
            elif what in ("full", "hollow"):
                draw_mark(painter, room.center(), theme.scaled(45) / 10, what == "full", now)
            elif what == "square":
                half = theme.scaled(25) / 10
                painter.setPen(QPen(now.muted, 1.2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                middle = room.center()
                painter.drawRect(QRectF(middle - QPointF(half, half), middle + QPointF(half, half)))
            painter.setPen(now.text if isinstance(what, Line) else now.muted)
            left = room.right() + theme.scaled(6) if what else x
            painter.drawText(QRectF(left, row * high, self.width(), high), int(LEFT), words)
        painter.end()

    def _items(self) -> list[tuple[object, str]]:
        items: list[tuple[object, str]] = [(line, self._words(line)) for line in self._lines]
        if self._lines:
            items.append(("full", self.tr("beyond the limits, flagged")))
            items.append(("hollow", self.tr("beyond the limits, not flagged")))
        if self._both and self._lines:
            items.append(("square", self.tr("against master codes")))
        if self._lines:
            items.append(("", self._axis()))
        return items

    def _words(self, line: Line) -> str:
        return f"{line.tag}  {line.title}"

    def _axis(self) -> str:
        if self._kind == "ewma":
            return self.tr("points above (+) or below (−) the reference")
        return self.tr("standard deviations, summed; + rates higher")

    def _places(self) -> list[tuple[object, str, float, int]]:
        letters = QFontMetricsF(theme.font(theme.SMALL_PX))
        found: list[tuple[object, str, float, int]] = []
        x, row, gap = 0.0, 0, theme.scaled(GAP_PX)
        for what, words in self._items():
            wide = letters.horizontalAdvance(words) + (theme.scaled(SAMPLE_PX + 6) if what else 0)
            if x and x + wide > max(self.width(), theme.scaled(300)):
                x, row = 0.0, row + 1
            found.append((what, words, x, row))
            x += wide + gap
        return found
