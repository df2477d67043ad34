"""The rows of the form: its header, the heading of a domain, a scale with its slots."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mio_fidelity.gui import icons, theme
from mio_fidelity.gui.answer_words import point_words
from mio_fidelity.gui.scale_slot import MARGIN, Slot, slot_size
from mio_fidelity.gui.text_runs import Run, TextRuns
from mio_fidelity.instrument import Dimension, Domain, Scale

# On a small screen with a task bar, rows give way so far before the form scrolls; on a large one they grow.
LEAST_ROW_PX = 38
MOST_ROW_PX = 62
SECTION_PX = 24
HEADER_PX = 42
LABEL_PX = 120
LEFT_PX = 12
RIGHT_PX = 12
GAP_PX = 14
STRIPE_PX = 3


class _Row(QWidget):
    """What all rows share: margins, and columns that lie under each other as all ask for the same room."""

    least_px = float(LEAST_ROW_PX)
    air_px = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = QHBoxLayout(self)
        self._free = 0

    def fit(self) -> None:
        """Take the room the font in force needs."""
        air, right = theme.scaled(self.air_px), theme.scaled(RIGHT_PX) - MARGIN + self._free
        self._columns.setContentsMargins(theme.scaled(LEFT_PX), air, right, air)
        self._columns.setSpacing(theme.scaled(GAP_PX) - 2 * MARGIN)
        self.setMinimumHeight(theme.scaled(self.least_px))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        if event.type() == QEvent.Type.FontChange:
            self.fit()
        super().changeEvent(event)


class _Cell(QWidget):
    """A column's place where a row has no slot: the header, or a scale without that dimension."""

    def __init__(self, dimension: Dimension, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension = dimension
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """As wide as the slots under it."""
        return QSize(slot_size(self._dimension).width(), self._least_height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the slots under it may get."""
        return QSize(slot_size(self._dimension, least=True).width(), self._least_height())

    def _least_height(self) -> int:
        layout = self.layout()
        return max(1, layout.minimumSize().height()) if layout else 1


class HeaderRow(_Row):
    """The dimensions over their columns, and whether the form is locked.

    Args:
        dimensions: The instrument's dimensions in order.
        parent: Its parent.
    """

    least_px = HEADER_PX
    air_px = 3

    def __init__(self, dimensions: Sequence[Dimension], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QWidget(self)
        self._lock, self._state = QLabel(self._label), TextRuns(lines=3, parent=self._label)
        row = QHBoxLayout(self._label)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._lock)
        row.addWidget(self._state, 1)
        self._columns.addWidget(self._label, 1)
        for dimension in dimensions:
            self._columns.addWidget(self._titles(dimension))
        self.show_locked(False)

    def show_locked(self, locked: bool) -> None:
        """Say that the form can only be read, or stop saying it."""
        words = self.tr("Submitted, to read only") if locked else self.tr("Scale")
        self._state.set_runs(Run(words, theme.SMALL_PX, color="text" if locked else "muted"))
        self._lock.setVisible(locked)
        self._paint_lock()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colours too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_lock()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A line under it."""
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.tokens().line)

    def leave_free(self, width: int) -> None:
        """Keep ``width`` pixels at the right for the scroll bar beside the rows."""
        self._free = width
        self.fit()

    def fit(self) -> None:
        """Draw the lock in the new size too."""
        super().fit()
        self._label.setMinimumWidth(theme.scaled(LABEL_PX))
        self._paint_lock()

    def _paint_lock(self) -> None:
        if not self._lock.isHidden():
            ratio = self.devicePixelRatioF()
            self._lock.setPixmap(icons.pixmap("lock", theme.tokens().text, theme.scaled(16), ratio))

    def _titles(self, dimension: Dimension) -> QWidget:
        cell = _Cell(dimension)
        column = QVBoxLayout(cell)
        column.setContentsMargins(MARGIN, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        title, ends = TextRuns(lines=2), TextRuns(lines=2)
        title.set_runs(
            Run(dimension.title, bold=True), Run(f" {dimension.question}", theme.SMALL_PX, color="muted")
        )
        low, high = (point_words(dimension, point) for point in (dimension.floor, dimension.points[-1]))
        words = f"{low}\u00a0{dimension.low_label} – {high}\u00a0{dimension.high_label}"
        ends.set_runs(Run(words, theme.SMALL_PX, color="muted"))
        column.addWidget(title)
        column.addWidget(ends)
        column.addStretch(1)
        return cell


class SectionRow(_Row):
    """The heading of a domain.

    Args:
        domain: The domain.
        parent: Its parent.
    """

    least_px = SECTION_PX

    def __init__(self, domain: Domain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._domain = domain
        self.setAccessibleName(domain.title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(10, theme.scaled(SECTION_PX))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The title in the domain's colour, and the stripe that runs down all its scales."""
        now, painter = theme.tokens(), QPainter(self)
        color = now.domain(self._domain.key, self._domain.color)
        painter.fillRect(self.rect(), now.raised)
        painter.fillRect(0, 0, self.width(), 1, now.line)
        painter.fillRect(0, 1, theme.scaled(STRIPE_PX), self.height(), color)
        letters = QFont(theme.font(theme.SMALL_PX, bold=True))
        letters.setCapitalization(letters.Capitalization.AllUppercase)
        letters.setLetterSpacing(letters.SpacingType.AbsoluteSpacing, 0.3)
        painter.setFont(letters)
        painter.setPen(now.readable(color))
        room = self.rect().adjusted(theme.scaled(LEFT_PX), 0, -theme.scaled(RIGHT_PX), 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._domain.title)


class ScaleRow(_Row):
    """A scale: number, title, how many marks, cue, and a slot per dimension.

    Args:
        domain: Its domain.
        scale: The scale.
        dimensions: The instrument's dimensions in order; the scale may lack some.
        parent: Its parent.
    """

    least_px = LEAST_ROW_PX
    air_px = 1

    def __init__(
        self, domain: Domain, scale: Scale, dimensions: Sequence[Dimension], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._domain, self._scale, self._current = domain, scale, False
        self._marks = 0
        self.key, self.name = scale.key, f"{scale.number}. {scale.title}"
        self._title, cue = TextRuns(lines=3), TextRuns()
        cue.set_runs(Run(scale.cue, theme.SMALL_PX, color="muted"))
        self._show_title()
        label = QVBoxLayout()
        label.setSpacing(0)
        label.addStretch(1)
        label.addWidget(self._title)
        if scale.cue:
            label.addWidget(cue)
        label.addStretch(1)
        self._columns.addLayout(label, 1)
        self.slots: dict[str, Slot] = {}
        for dimension in dimensions:
            if dimension.key in scale.dimensions:
                self.slots[dimension.key] = Slot(self.name, dimension, self)
            self._columns.addWidget(self._cell(dimension))
        self.fit()

    @property
    def title(self) -> TextRuns:
        """Number, title and count of marks."""
        return self._title

    def show_marks(self, marks: int) -> None:
        """Say how many pieces of evidence are marked on this scale."""
        if marks != self._marks:
            self._marks = marks
            self._show_title()

    def set_current(self, current: bool) -> None:
        """Tint the row the keys act on."""
        if current != self._current:
            self._current = current
            self.update()

    def fit(self) -> None:
        """Keep room for the title."""
        super().fit()
        self._title.setMinimumWidth(theme.scaled(LABEL_PX))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Line above, the domain's stripe at the left, a tint under the current row."""
        now, painter = theme.tokens(), QPainter(self)
        if self._current:
            painter.fillRect(self.rect(), now.hover)
        painter.fillRect(0, 0, self.width(), 1, now.hairline)
        stripe = theme.scaled(STRIPE_PX * 2 if self._current else STRIPE_PX)
        painter.fillRect(0, 0, stripe, self.height(), now.domain(self._domain.key, self._domain.color))

    def _cell(self, dimension: Dimension) -> QWidget:
        """What stands in the column of a dimension."""
        return self.slots.get(dimension.key) or _Cell(dimension, self)

    def _show_title(self) -> None:
        count = self.tr("{n} mark") if self._marks == 1 else self.tr("{n} marks")
        unbroken = count.format(n=self._marks).replace(" ", "\u00a0")
        marks = f" ·\u00a0{unbroken}" if self._marks else ""
        self._title.set_runs(
            Run(self.name, bold=True), Run(marks, theme.SMALL_PX, color="muted"), *self._more()
        )

    def _more(self) -> Sequence[Run]:
        """What else stands behind the title."""
        return ()
