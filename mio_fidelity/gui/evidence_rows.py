"""The rows of the evidence list: what they hold, how they look and the keys they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QKeyCombination,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.times import format_ms

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

TIME, SCALE, NOTE = range(3)
_PADDING = 12


@dataclass(frozen=True)
class EvidenceRow:
    """One evidence mark.

    Attributes:
        id: Of the mark.
        at_ms: Where it is in the recording.
        number: The scale's number.
        scale_title: The scale's name.
        color_key: The domain whose colour the number wears.
        note: What the coder wrote; may be empty.
        color: The colour the instrument file asks for when the domain is none of the known ones.
        letter: Of the coder, where marks of several are listed.
    """

    id: str
    at_ms: int
    number: int
    scale_title: str
    color_key: str
    note: str = ""
    color: str = ""
    letter: str = ""


class EvidenceModel(QAbstractTableModel):
    """The marks in the order of the recording."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[EvidenceRow] = []
        self._hours = False

    def show(self, rows: Sequence[EvidenceRow]) -> None:
        """Change only what differs, so that the view keeps its place, its selection and an open note."""
        rows = sorted(rows, key=lambda row: (row.at_ms, row.id))
        self._hours = any(row.at_ms >= 3_600_000 for row in rows)
        wanted = {row.id: row for row in rows}
        for place in reversed(range(len(self.rows))):
            old = self.rows[place]
            if old.id not in wanted or wanted[old.id].at_ms != old.at_ms:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self.rows[place]
                self.endRemoveRows()
        for place, row in enumerate(rows):
            if place == len(self.rows) or self.rows[place].id != row.id:
                self.beginInsertRows(QModelIndex(), place, place)
                self.rows.insert(place, row)
                self.endInsertRows()
            elif self.rows[place] != row:
                self.rows[place] = row
                self.dataChanged.emit(self.index(place, TIME), self.index(place, NOTE))

    def place_of(self, mark_id: str) -> int | None:
        """In which row a mark is, if in any."""
        return next((place for place, row in enumerate(self.rows) if row.id == mark_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many marks there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Time, scale and note."""
        return 3

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The words of a cell; a screen reader also hears the scale's name."""
        row = self.rows[index.row()]
        if role == Role.DisplayRole:
            tag = f"{row.number}{row.letter}"
            return (format_ms(row.at_ms, tenths=True, hours=self._hours), tag, row.note)[index.column()]
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            scale = f"{row.number}. {row.scale_title}" + (f", {row.letter}" if row.letter else "")
            return ("", scale, row.note)[index.column()] or None
        return None


class RowDelegate(QStyledItemDelegate):
    """Paints a row calmly: time in the accent colour, number on its domain, then the note."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.noted = ""
        """The mark whose note is being written; its row is highlighted."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        now, model = theme.tokens(), index.model()
        assert isinstance(model, EvidenceModel)
        row, box = model.rows[index.row()], QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(box, now.note if row.id == self.noted else now.selection if chosen else now.panel)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, now.hairline)
        if chosen and index.column() == TIME and option.widget.hasFocus():
            painter.fillRect(box.left(), box.top(), 3, box.height(), now.focus)
        painter.setFont(theme.font())
        if index.column() == SCALE:
            self._paint_number(painter, row, QRectF(box), now)
        elif index.column() == TIME or row.id != self.noted:
            self._paint_words(painter, row, index, box, now)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Give the line for the note the room of the cell."""
        editor.setGeometry(QRect(option.rect).adjusted(-2, 1, -theme.scaled(8), -2))

    def _paint_number(self, painter: QPainter, row: EvidenceRow, box: QRectF, now: theme.Tokens) -> None:
        width, height = theme.scaled(30), theme.scaled(17)
        tag = QRectF(0, 0, width, height)
        tag.moveCenter(QPointF(box.center().x(), box.center().y() - 0.5))
        color = now.domain(row.color_key, row.color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(now.on_domain(color))
        painter.setFont(theme.font(theme.SMALLEST_PX))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, f"{row.number}{row.letter}")

    def _paint_words(
        self, painter: QPainter, row: EvidenceRow, index: Index, box: QRect, now: theme.Tokens
    ) -> None:
        time = index.column() == TIME
        room = box.adjusted(theme.scaled(_PADDING) if time else theme.scaled(4), 0, -theme.scaled(4), -1)
        words = index.data() or self.tr("no note")
        painter.setPen(QPen(now.accent if time else now.text if row.note else now.faint))
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class EvidenceTable(QTableView):
    """A table that answers only the keys of a list; all others go on to the page."""

    _OWN_KEYS = tuple(
        getattr(Qt.Key, f"Key_{name}") for name in ("Up", "Down", "PageUp", "PageDown", "Home", "End")
    )

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setMinimumSectionSize(1)
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)

    def lay_out(self) -> None:
        """Fit the columns and the row height to the font, and grow no taller than the rows."""
        self.verticalHeader().setDefaultSectionSize(theme.scaled(28))
        longest = self.model().index(self.model().rowCount() - 1, TIME).data() or ""
        letters = QFontMetrics(theme.font()).horizontalAdvance(longest)
        self.horizontalHeader().resizeSection(TIME, letters + 2 * theme.scaled(_PADDING))
        self.horizontalHeader().resizeSection(SCALE, theme.scaled(38))
        self.setMaximumHeight(self.verticalHeader().length())

    def event(self, event: QEvent) -> bool:
        """Keep the list's keys from the page, where some mean something else, while it has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if (plain and event.key() in self._OWN_KEYS) or self._action_of(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the rows, or do something with one."""
        action = self._action_of(event)
        if action is not None:
            action.trigger()
        elif event.key() in self._OWN_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        ignored = Qt.KeyboardModifier.KeypadModifier
        if event.text().isprintable():
            # Some keyboards need Shift for a plus.
            ignored |= Qt.KeyboardModifier.ShiftModifier
        key = QKeySequence(QKeyCombination(event.modifiers() & ~ignored, Qt.Key(event.key())))
        return next((each for each in self.actions() if each.isEnabled() and key in each.shortcuts()), None)
