"""Text in several kinds of letters that wraps, then ends in an ellipsis, and never pushes its neighbours."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mio_fidelity.gui import theme

ELLIPSIS = "…"


class Run(NamedTuple):
    """A piece of text in one kind of letters; ``color`` names a colour of `theme.Tokens`."""

    text: str
    px: float = theme.BASE_PX
    bold: bool = False
    color: str = "text"


class TextRuns(QLabel):
    """A label of several runs on a few lines; what is cut off can be read in the tool tip.

    Args:
        lines: The most lines it may take.
        parent: Its parent.
        steady: Its place does not depend on its words, so other words lay nothing out anew.
    """

    def __init__(self, lines: int = 1, parent: QWidget | None = None, steady: bool = False) -> None:
        super().__init__(parent)
        self._lines = lines
        self._steady = steady
        self._words = ""
        self._runs: tuple[Run, ...] = ()
        self._laid: dict[tuple[int, float], QTextLayout] = {}
        # Width to how many letters fit; layouts ask for it dozens of times.
        self._fits: dict[int, int] = {}
        self._look = (False, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWordWrap(lines > 1)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def set_runs(self, *runs: Run) -> None:
        """Show ``runs`` one after the other."""
        if runs != self._runs:
            self._runs = runs
            self._forget()
            self._words = "".join(run.text for run in runs)
            self.setAccessibleName(self._words)
            if not self._steady:
                self.setText(self._words)
                self.updateGeometry()
            self.update()

    def text(self) -> str:
        """All the words."""
        return self._words

    def heightForWidth(self, width: int) -> int:
        """As many lines as the text needs at this width."""
        return self._height(self._fitted(width))

    def sizeHint(self) -> QSize:
        """One line, as long as the text."""
        text = self._layout(len(self.text()), 1e6)
        return QSize(
            int(text.lineAt(0).naturalTextWidth()) + 2 if text.lineCount() else 0, self._height(text)
        )

    def minimumSizeHint(self) -> QSize:
        """A word or so."""
        return QSize(theme.scaled(24), self._height(self._layout(len(self.text()), 1e6)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the runs, cut off where the room ends."""
        text = self._fitted(self.width())
        self.setToolTip("" if text.text() == self.text() else self.text())
        painter = QPainter(self)
        top = 0.0
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            top = max(0.0, (self.height() - self._height(text)) / 2)
        text.draw(painter, QPointF(0, top))

    def changeEvent(self, event: QEvent) -> None:
        """Lay the text out again when font or colours change."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.updateGeometry()
        super().changeEvent(event)

    def _height(self, text: QTextLayout) -> int:
        last = text.lineAt(text.lineCount() - 1) if text.lineCount() else None
        least = max((QFontMetrics(theme.font(run.px, run.bold)).height() for run in self._runs), default=0)
        return max(least, int(last.y() + last.height() + 0.5) if last else 0)

    def _forget(self) -> None:
        self._laid.clear()
        self._fits.clear()

    def _fitted(self, width: int) -> QTextLayout:
        whole = self._layout(len(self.text()), width)
        if width not in self._fits:
            self._fits[width] = self._fitting(whole, width)
        return self._layout(self._fits[width], width)

    def _fitting(self, whole: QTextLayout, width: int) -> int:
        """How many letters fit."""
        if self._is_in(whole, width):
            return len(self.text())
        fits, too_long = 0, len(self.text())
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._is_in(self._layout(middle, width), width):
                fits = middle
            else:
                too_long = middle
        return fits

    def _is_in(self, text: QTextLayout, width: int) -> bool:
        widest = max((text.lineAt(n).naturalTextWidth() for n in range(text.lineCount())), default=0)
        return text.lineCount() <= self._lines and widest <= width

    def _layout(self, length: int, width: float) -> QTextLayout:
        """The first ``length`` letters, set in lines ``width`` wide."""
        look = (theme.tokens().dark, theme.font_factor())
        if look != self._look:
            self._look = look
            self._forget()
        if (length, width) not in self._laid:
            self._laid[length, width] = self._lay(length, width)
        return self._laid[length, width]

    def _lay(self, length: int, width: float) -> QTextLayout:
        whole = self.text()
        shown = whole if length == len(whole) else whole[:length].rstrip() + ELLIPSIS
        text = QTextLayout(shown, theme.font())
        text.setFormats(self._formats(len(shown)))
        text.beginLayout()
        y = 0.0
        while (line := text.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height()
        text.endLayout()
        return text

    def _formats(self, length: int) -> list[QTextLayout.FormatRange]:
        formats, start = [], 0
        for run in self._runs:
            look = QTextCharFormat()
            look.setFont(theme.font(run.px, run.bold))
            look.setForeground(getattr(theme.tokens(), run.color))
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = start, min(len(run.text), max(0, length - start)), look
            formats.append(one)
            start += len(run.text)
        return formats
