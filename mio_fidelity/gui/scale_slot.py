"""One answer of the form: the points of one dimension of one scale, one stop of the Tab key."""

from functools import cache

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from mio_fidelity.answer import OPEN, Answer, State
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import answer_words, point_words, reason_words
from mio_fidelity.instrument import Dimension

HIT_PX = 26
POINT_PX = 27
# A column of few points gets wider points, so that its heading fits above it.
COLUMN_PX = 190
WIDE_POINT_PX = 44
# Room for the focus ring: 2 px of ring, 2 px off the points.
MARGIN = 4


def slot_size(dimension: Dimension, least: bool = False) -> QSize:
    """The size a slot asks for, or can live with. Larger letters take the air between points first."""
    words = tuple(point_words(dimension, point) for point in dimension.points)
    figure = _widest(words, theme.font_factor())
    roomy = min(WIDE_POINT_PX, COLUMN_PX // len(words))
    point = max(HIT_PX, figure + 8) if least else max(POINT_PX, figure + 14, roomy)
    return QSize(point * len(words) + 2 * MARGIN, theme.scaled(HIT_PX) + 2 * MARGIN)


@cache
def _widest(words: tuple[str, ...], font_factor: float) -> int:  # noqa: ARG001
    letters = QFontMetrics(theme.font(bold=True))
    return max(letters.horizontalAdvance(word) for word in words)


class PointButton(QRadioButton):
    """A point a coder may give. It shows what is stored, so a click alone does not fill it."""

    pointed = Signal(object)

    def __init__(self, dimension: Dimension, point: int, slot: "Slot") -> None:
        super().__init__(point_words(dimension, point), slot)
        self.point = point
        self.locked = False
        self._first, self._last = point == dimension.floor, point == dimension.points[-1]
        self.setAutoExclusive(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        name = dimension.names.get(point, "")
        self.setAccessibleName(f"{self.text()}, {name}" if name else self.text())

    def nextCheckState(self) -> None:
        """A click asks; only what is stored is shown."""

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(pos)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Ask for this point's anchor."""
        super().enterEvent(event)
        self.pointed.emit(self.point)

    def leaveEvent(self, event: QEvent) -> None:
        """No longer ask for it."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A filled segment with a bold figure when it is the answer."""
        now = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = now.muted if self.locked else now.text
        if self.isChecked():
            painter.fillPath(self._shape(QRectF(self.rect())), now.muted if self.locked else now.accent)
            ink = now.panel if self.locked else now.accent_text
        elif self.underMouse() and not self.locked:
            painter.fillPath(self._shape(QRectF(self.rect()).adjusted(1, 1, -1, -1)), now.hover)
        painter.setFont(theme.font(bold=self.isChecked()))
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _shape(self, rect: QRectF) -> QPainterPath:
        path, radius = QPainterPath(), theme.scaled(4)
        path.addRoundedRect(rect, radius, radius)
        inner = rect.adjusted(0 if not self._first else radius, 0, 0 if not self._last else -radius, 0)
        square = QPainterPath()
        square.addRect(inner)
        return path.united(square)


class Slot(QWidget):
    """The points of one dimension of one scale.

    Args:
        scale: The scale's number and title, as shown.
        dimension: What is rated.
        parent: Its parent.
    """

    clicked = Signal(int)
    pointed = Signal(object)
    entered = Signal()

    def __init__(self, scale: str, dimension: Dimension, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension = dimension
        self._answer, self._ruled_out_by, self._locked = OPEN, "", False
        self.current = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.buttons = {point: PointButton(dimension, point, self) for point in dimension.points}
        for point, button in self.buttons.items():
            button.pointed.connect(self.pointed)
            button.clicked.connect(lambda _=False, point=point: self.clicked.emit(point))
        self.setAccessibleName(f"{scale}, {dimension.title.lower()}")
        self.setAccessibleDescription(answer_words(dimension, OPEN))

    @property
    def answer(self) -> Answer:
        """The answer shown."""
        return self._answer

    @property
    def ruled_out_by(self) -> str:
        """Why a rule makes it not applicable; empty when none does."""
        return self._ruled_out_by

    @property
    def answerable(self) -> bool:
        """Whether the Tab key stops here."""
        return not self._ruled_out_by

    def show_answer(self, answer: Answer, ruled_out_by: str, locked: bool) -> None:
        """Show what is stored, and paint only if it is something else than before."""
        if (answer, ruled_out_by, locked) == (self._answer, self._ruled_out_by, self._locked):
            return
        self._answer, self._ruled_out_by, self._locked = answer, ruled_out_by, locked
        for point, button in self.buttons.items():
            button.locked = locked
            button.setChecked(answer.value == point)
            button.setHidden(bool(self._words()))
        skipped = bool(ruled_out_by) and not locked
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus if skipped else Qt.FocusPolicy.StrongFocus)
        self._tell()
        self.update()

    def set_current(self, current: bool) -> None:
        """Mark it as the one the keys act on."""
        if current != self.current:
            self.current = current
            self.update()

    def sizeHint(self) -> QSize:
        """All points at full width."""
        return slot_size(self._dimension)

    def minimumSizeHint(self) -> QSize:
        """All points, each still easy to hit."""
        return slot_size(self._dimension, least=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the points, to the pixel."""
        super().resizeEvent(event)
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        edges = [MARGIN + round(width * n / len(self.buttons)) for n in range(len(self.buttons) + 1)]
        for button, left, right in zip(self.buttons.values(), edges, edges[1:], strict=False):
            button.setGeometry(left, MARGIN, right - left, height)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Become the current slot."""
        super().focusInEvent(event)
        self.entered.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep the place, without the ring."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Take the room the new font needs."""
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The frame of the points, or words in their place, and the ring."""
        now = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if self.current:
            ring = now.focus if self.hasFocus() else now.control
            width = theme.FOCUS_WIDTH if self.hasFocus() else 1
            self._frame(painter, inner.adjusted(-3, -3, 3, 3), QPen(ring, width), None, theme.scaled(4) + 2)
        if self._words():
            self._paint_words(painter, inner)
            return
        edge = now.line if self._locked else now.control
        self._frame(painter, inner.adjusted(0.5, 0.5, -0.5, -0.5), QPen(edge), now.panel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for button in list(self.buttons.values())[1:]:
            painter.drawLine(button.x(), int(inner.top()), button.x(), int(inner.bottom()) - 1)

    def _frame(
        self, painter: QPainter, rect: QRectF, pen: QPen, fill: QColor | None, radius: float | None = None
    ) -> None:
        painter.setPen(pen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        radius = theme.scaled(4) if radius is None else radius
        painter.drawRoundedRect(rect, radius, radius)

    def _paint_words(self, painter: QPainter, inner: QRectF) -> None:
        """Not applicable lies flat and grey; what cannot be rated stands out with its X."""
        now = theme.tokens()
        mark, words = self._words() or ("", "")
        chip = self._answer.state is State.CANNOT_RATE
        edge = QPen(now.muted if chip else now.line)
        ground = now.raised if chip else now.window
        self._frame(painter, inner.adjusted(0.5, 0.5, -0.5, -0.5), edge, ground)
        bold, plain = theme.font(theme.SMALL_PX, bold=True), theme.font(theme.SMALL_PX)
        advance = QFontMetrics(bold).horizontalAdvance(mark)
        room = int(inner.width()) - advance - 12
        words = QFontMetrics(plain).elidedText(words, Qt.TextElideMode.ElideRight, room)
        left = inner.left() + (inner.width() - advance - QFontMetrics(plain).horizontalAdvance(words)) / 2
        painter.setPen(now.text if chip else now.muted)
        painter.setFont(bold)
        upright = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(left, inner.top(), advance + 1, inner.height()), upright, mark)
        painter.setFont(plain)
        painter.drawText(QRectF(left + advance, inner.top(), room + 1, inner.height()), upright, words)

    def _words(self) -> tuple[str, str] | None:
        """What stands in place of the points: a mark in bold and the rest, or None."""
        if self._ruled_out_by:
            return self.tr("n/a"), f" · {self._ruled_out_by}"
        if self._answer.state is State.NOT_APPLICABLE:
            return self.tr("n/a"), self.tr(" · chosen")
        if self._answer.reason is not None:
            return "X", f" {reason_words(self._answer.reason)}"
        return None

    def _tell(self) -> None:
        """Say the answer to a screen reader, at once when it is the slot in hand."""
        said = answer_words(self._dimension, self._answer, self._ruled_out_by)
        self.setAccessibleDescription(said)
        self.setToolTip(said if self._words() else "")
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
