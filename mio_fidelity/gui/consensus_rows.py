"""A scale of the consensus form: the points to decide on, and under them what each coder said."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mio_fidelity.answer import Answer, State
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import answer_words, point_words, reason_words
from mio_fidelity.gui.scale_rows import ScaleRow
from mio_fidelity.gui.scale_slot import MARGIN, Slot
from mio_fidelity.gui.text_runs import Run
from mio_fidelity.gui.waveform_picture import draw_shape
from mio_fidelity.instrument import Dimension, Domain, Scale

LETTERS = "ABCDEFGH"
# As `draw_shape` draws them.
SHAPES = "■●◆◆◆◆◆◆"
LINE_PX = 15
SHAPE_PX = 13
# The letters, in times of the design, from which the button beside a title is a sign.
LARGE = 1.2

Said = tuple[tuple[str, str, Answer], ...]


class SaidLine(QWidget):
    """What each coder said, in the shape and with the letter of the coder, under the point it was.

    Args:
        dimension: What was rated.
        slot: The points above it.
        parent: Its parent.
    """

    def __init__(self, dimension: Dimension, slot: Slot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension, self._slot = dimension, slot
        self._said: Said = ()

    @property
    def text(self) -> str:
        """What it shows, in words."""
        return "  ".join(f"{letter} {self._word(answer)}" for letter, _, answer in self._said)

    def show_said(self, said: Said) -> None:
        """Show letter, code and answer of each coder."""
        if said != self._said:
            self._said = said
            words = (
                self.tr("{code}: {answer}").format(code=code, answer=answer_words(self._dimension, answer))
                for _, code, answer in said
            )
            self.setToolTip("\n".join(words))
            self.update()

    def sizeHint(self) -> QSize:
        """One line of small letters."""
        return QSize(10, theme.scaled(LINE_PX))

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Under the points where all are points, one after the other where one is none."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALLEST_PX, bold=True))
        if all(answer.value is not None for _, _, answer in self._said):
            self._paint_points(painter)
        else:
            self._paint_words(painter)

    def _paint_points(self, painter: QPainter) -> None:
        side, met = theme.scaled(SHAPE_PX), dict.fromkeys(self._dimension.points, 0)
        count = {point: sum(answer.value == point for _, _, answer in self._said) for point in met}
        for letter, _, answer in self._said:
            if answer.value is not None:
                button = self._slot.buttons[answer.value].geometry()
                # Those who gave the same point stand beside each other.
                left = button.center().x() + 1 - count[answer.value] * side / 2 + met[answer.value] * side
                met[answer.value] += 1
                self._paint_letter(painter, letter, left)

    def _paint_words(self, painter: QPainter) -> None:
        left = float(MARGIN)
        for letter, _, answer in self._said:
            self._paint_letter(painter, letter, left)
            left += theme.scaled(SHAPE_PX) + 4
            word = self._word(answer)
            painter.setPen(theme.tokens().text)
            painter.drawText(
                QRectF(left, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, word
            )
            left += QFontMetricsF(painter.font()).horizontalAdvance(word) + theme.scaled(12)

    def _paint_letter(self, painter: QPainter, letter: str, left: float) -> None:
        now, side = theme.tokens(), theme.scaled(SHAPE_PX)
        box = QRectF(left + 0.5, (self.height() - side) / 2 + 0.5, side - 1, side - 1)
        painter.setPen(QPen(now.muted))
        painter.setBrush(now.raised)
        draw_shape(painter, letter, box)
        painter.setPen(now.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _word(self, answer: Answer) -> str:
        if answer.value is not None:
            return point_words(self._dimension, answer.value)
        if answer.reason is not None:
            return f"X {reason_words(answer.reason)}"
        return self.tr("n/a") if answer.state is State.NOT_APPLICABLE else "–"


class ConsensusRow(ScaleRow):
    """A scale with what the coders said of it.

    Signals:
        discuss_asked: It is to be put on the list for the next meeting, or looked at there.
    """

    discuss_asked = Signal()
    # Read while the rows of all forms are made.
    _apart, _lacks = 0, False

    def __init__(
        self, domain: Domain, scale: Scale, dimensions: Sequence[Dimension], parent: QWidget | None = None
    ) -> None:
        self.said: dict[str, SaidLine] = {}
        # Without the cue, which coders have read for years: its line says how far apart they are.
        super().__init__(domain, replace(scale, cue=""), dimensions, parent)
        self.discuss = QPushButton()
        self.discuss.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(self.discuss, "quiet")
        self.discuss.clicked.connect(self.discuss_asked)
        self._columns.insertWidget(1, self.discuss)
        self.show_topic(False)

    def show_said(self, said: dict[str, Said]) -> None:
        """Show what the coders said: dimension key to letter, code and answer of each."""
        for dimension, line in self.said.items():
            line.show_said(said[dimension])
            spoken = "; ".join(f"{code} {line._word(answer)}" for _, code, answer in said[dimension])
            title = line._dimension.title.lower()
            self.slots[dimension].setAccessibleName(f"{self.name}, {title}; {spoken}")

    def show_need(self, apart: int, lacks: bool) -> None:
        """Say how far apart the coders are, and whether a reason is missing."""
        if (apart, lacks) != (self._apart, self._lacks):
            self._apart, self._lacks = apart, lacks
            self._show_title()

    def show_topic(self, listed: bool) -> None:
        """Say whether it is on the list for the next meeting."""
        full = self.tr("✓ to discuss") if listed else self.tr("Discuss…")
        # Large letters leave the room to the title; the words are then in the tool tip.
        self.discuss.setText(full if theme.font_factor() < LARGE else "✓" if listed else "+")
        words = self.tr("On the list to discuss: {scale}") if listed else self.tr("Discuss {scale}")
        self.discuss.setAccessibleName(words.format(scale=self.name))
        self.discuss.setToolTip(self.discuss.accessibleName())

    def _cell(self, dimension: Dimension) -> QWidget:
        slot = self.slots.get(dimension.key)
        if slot is None:
            return super()._cell(dimension)
        cell = QWidget(self)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.said[dimension.key] = SaidLine(dimension, slot, cell)
        column.addStretch(1)
        column.addWidget(slot)
        column.addWidget(self.said[dimension.key])
        column.addStretch(1)
        return cell

    def _more(self) -> Sequence[Run]:
        found = []
        if self._apart:
            words = self.tr("{n} apart")
            unbroken = words.format(n=self._apart).replace(" ", "\u00a0")
            found.append(Run(f" ·\u00a0{unbroken}", theme.SMALL_PX, color="muted"))
        if self._lacks:
            unbroken = self.tr("▲ why?").replace(" ", "\u00a0")
            found.append(Run(f" ·\u00a0{unbroken}", theme.SMALL_PX, bold=True, color="warn"))
        return found
