"""One card for each coder: the code, how it stands in words, the control chart; in the order of the codes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_axis import Frame
from mio_fidelity.gui.drift_chart import Line, draw_chart
from mio_fidelity.gui.plots import CENTER, LEFT
from mio_fidelity.gui.theme import Tokens

HEAD_PX, LEAST_PX, MOST_PX, WIDE_PX, GAP_PX = 34, 190, 480, 480, 12
# The height of a card that is alone in the last row, in times of the others.
ALONE, LEAST_ALONE_PX = 0.75, 150
STALE = 0.4


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows.

    Attributes:
        key: Id of the coder; empty for the whole group.
        title: The coder's code.
        words: How it stands.
        role: Of the theme: "alarm", "warn" or "muted".
        note: Shown in place of the chart; empty when there is one.
        lines: The chart.
        aloud: The numbers as lines of text, for the clipboard and the screen reader.
    """

    key: str
    title: str
    words: str
    role: str
    note: str
    lines: tuple[Line, ...]
    aloud: str


class DriftCard(QWidget):
    """A card, drawn whole.

    Signals:
        opened: It was clicked, or Enter pressed on it.
        moved: An arrow was pressed: columns, rows to go.
    """

    opened = Signal()
    moved = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card: Card | None = None
        self._frame: Frame | None = None
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_card(self, card: Card, frame: Frame) -> None:
        """Show this card on these axes."""
        self.card, self._frame, self._picture = card, frame, None
        self.setAccessibleName(f"{card.title}: {card.words}" if card.words else card.title)
        self.setAccessibleDescription(card.aloud or card.note)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """The least a chart can be read at."""
        return QSize(theme.scaled(200), theme.scaled(LEAST_PX))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, arrows go to the neighbor, Ctrl+C copies the numbers."""
        step = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif step is not None:
            self.moved.emit(*step)
        elif event.matches(QKeySequence.StandardKey.Copy) and self.card is not None:
            QGuiApplication.clipboard().setText(self.card.aloud)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is another picture."""
        super().resizeEvent(event)
        self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        """So are other colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._picture = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw, and a ring when it has the keyboard."""
        if self.card is None or self._frame is None:
            return
        painter, now = QPainter(self), theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        focused = self.hasFocus()
        painter.setPen(QPen(now.focus if focused else now.line, theme.FOCUS_WIDTH if focused else 1))
        painter.setBrush(now.panel)
        painter.drawRoundedRect(room.adjusted(1, 1, -1, -1) if focused else room, 6, 6)
        painter.setOpacity(1.0 if self.isEnabled() else STALE)
        if self._picture is None:
            self._picture = self._drawn(self.card, self._frame, room)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _drawn(self, card: Card, frame: Frame, room: QRectF) -> QPixmap:
        """The inside, kept: hundreds of sessions take a while to draw, and scrolling must not."""
        made = QPixmap(self.size() * self.devicePixelRatioF())
        made.setDevicePixelRatio(self.devicePixelRatioF())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_card(painter, room, card, frame, theme.tokens())
        painter.end()
        return made


def draw_card(painter: QPainter, room: QRectF, card: Card, frame: Frame, now: Tokens) -> None:
    """Draw the inside of a card: on the screen, or on the picture of a report."""
    head = QRectF(room.left(), room.top(), room.width(), theme.scaled(HEAD_PX))
    painter.setPen(QPen(now.line, 1))
    painter.drawLine(head.bottomLeft() + QPointF(1, 0), head.bottomRight() - QPointF(1, 0))
    words = head.adjusted(theme.scaled(12), 0, -theme.scaled(12), 0)
    painter.setFont(theme.font(bold=True))
    painter.setPen(now.text)
    painter.drawText(words, int(LEFT), card.title)
    words.setLeft(words.left() + painter.fontMetrics().horizontalAdvance(card.title))
    painter.setFont(theme.font())
    painter.setPen(getattr(now, card.role))
    shown = painter.fontMetrics().elidedText(
        f" · {card.words}" if card.words else "", Qt.TextElideMode.ElideRight, int(words.width())
    )
    painter.drawText(words, int(LEFT), shown)
    body = room.adjusted(theme.scaled(8), theme.scaled(HEAD_PX + 6), -theme.scaled(6), -theme.scaled(6))
    if card.note:
        painter.setPen(now.muted)
        inner = body.adjusted(theme.scaled(16), 0, -theme.scaled(16), 0)
        painter.drawText(inner, int(CENTER) | int(Qt.TextFlag.TextWordWrap), card.note)
    else:
        draw_chart(painter, body, card.lines, frame, now)


class DriftGrid(QScrollArea):
    """The cards, as many beside each other as there is room for; few cards fill the height.

    Signals:
        opened: The key of a card.
    """

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[DriftCard] = []
        self._inner = QWidget()
        self.setWidget(self._inner)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def show_cards(self, cards: Sequence[Card], frame: Frame) -> None:
        """Show these; the one with the keyboard keeps it."""
        while len(self.cards) > len(cards):
            gone = self.cards.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.cards) < len(cards):
            made = DriftCard(self._inner)
            made.opened.connect(lambda made=made: self.opened.emit(made.card.key))
            made.moved.connect(lambda across, down, made=made: self._move(made, across, down))
            made.show()
            self.cards.append(made)
        for widget, card in zip(self.cards, cards, strict=True):
            widget.show_card(card, frame)
        self._arrange()

    def grey(self, stale: bool) -> None:
        """Grey the cards, because newer ones are on their way."""
        self._inner.setEnabled(not stale)

    def focus_card(self, key: str | None = None) -> None:
        """Give a card the keyboard; the first when there is none of this key."""
        found = [each for each in self.cards if each.card is not None and each.card.key == key]
        for each in (*found, *self.cards)[:1]:
            each.setFocus()
            self.ensureWidgetVisible(each)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns."""
        super().resizeEvent(event)
        self._arrange()

    def _columns(self) -> int:
        wide = self.viewport().width() // theme.scaled(WIDE_PX)
        # Few cards stand in about as many rows as columns.
        return max(1, min(wide, math.ceil(math.sqrt(len(self.cards)))))

    def _arrange(self) -> None:
        columns, gap = self._columns(), theme.scaled(GAP_PX)
        rows = -(-len(self.cards) // columns)
        room = self.viewport().size()
        # The last card, of all coders together, takes what is left of its row; alone in it, less height.
        alone = rows > 1 and len(self.cards) % columns == (1 if columns > 1 else 0)
        parts = rows - 1 + ALONE if alone else float(max(1, rows))
        high = int((room.height() - gap * (rows - 1)) / parts)
        high = min(max(high, theme.scaled(LEAST_PX)), theme.scaled(MOST_PX))
        last = max(theme.scaled(LEAST_ALONE_PX), int(high * ALONE)) if alone else high
        self._inner.resize(room.width(), max((rows - 1) * (high + gap) + last, 1))
        wide = (self._inner.width() - gap * (columns - 1)) / columns
        for nth, card in enumerate(self.cards):
            row, column = divmod(nth, columns)
            left, end = round(column * (wide + gap)), round(column * (wide + gap) + wide)
            if nth == len(self.cards) - 1:
                end = self._inner.width()
            card.setGeometry(left, row * (high + gap), end - left, last if row == rows - 1 else high)

    def _move(self, card: DriftCard, across: int, down: int) -> None:
        at = self.cards.index(card) + across + down * self._columns()
        if 0 <= at < len(self.cards):
            self.cards[at].setFocus()
            self.ensureWidgetVisible(self.cards[at], 0, theme.scaled(GAP_PX))
