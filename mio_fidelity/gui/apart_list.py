"""The sessions whose coders disagree most, the largest disagreement first."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.row_numbers import Apart

Index = QModelIndex | QPersistentModelIndex
TAG = Qt.ItemDataRole.UserRole
SESSION, SCALE, SCORES = range(3)


class ApartModel(QAbstractTableModel):
    """Asks for a disagreement only when it is seen: there may be twenty thousand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n = 0
        self._nth: Callable[[int], Apart] | None = None
        self._tags: Mapping[int, tuple[str, QColor]] = {}

    def show(self, n: int, nth: Callable[[int], Apart], tags: Mapping[int, tuple[str, QColor]]) -> None:
        """Show ``n`` disagreements; ``tags`` has the number and colour of the columns."""
        self.beginResetModel()
        self._n, self._nth, self._tags = n, nth, tags
        self.endResetModel()

    def at(self, row: int) -> Apart:
        """The disagreement of a line."""
        assert self._nth is not None
        return self._nth(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many."""
        return 0 if parent.isValid() else self._n

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Session, scale, scores."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, _orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """What a column is."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (self.tr("Session"), self.tr("Scale"), self.tr("Scores"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        found = self.at(index.row())
        if role == TAG:
            return self._tags.get(found.at) if index.column() == SCALE else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if index.column() == SCALE:
                return self._tags[found.at][0] if found.at in self._tags else ""
            return found.session if index.column() == SESSION else figures.scores(found.scores)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{found.session}: {figures.scores(found.scores)}"
        return None


class TagDelegate(QStyledItemDelegate):
    """The scale's number on the colour of its domain."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one tag."""
        tag = index.data(TAG)
        if tag is None:
            super().paint(painter, option, index)
            return
        text, color = tag
        painter.save()
        line = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(line, theme.tokens().hairline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.scaled(26), theme.scaled(17)
        box = QRectF(option.rect.left(), option.rect.center().y() - side[1] / 2, *side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.tokens().on_domain(color))
        painter.setFont(theme.font(theme.SMALLEST_PX))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.restore()


class ApartList(QTableView):
    """The list.

    Signals:
        opened: The disagreement that was clicked, or Enter pressed on.
    """

    opened = Signal(object)

    def __init__(self, name: str, tagged: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.apart = ApartModel(self)
        self.setModel(self.apart)
        self.setAccessibleName(name)
        self.setItemDelegateForColumn(SCALE, TagDelegate(self))
        self.setColumnHidden(SCALE, not tagged)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.scaled(27))
        self.horizontalHeader().setSectionResizeMode(SCORES, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(SESSION, theme.scaled(92))
        self.setColumnWidth(SCALE, theme.scaled(38))
        self.clicked.connect(lambda at: self.opened.emit(self.apart.at(at.row())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies what is listed (the first thousand lines)."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.apart.at(self.currentIndex().row()))
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        else:
            super().keyPressEvent(event)

    def as_text(self, most: int = 1000) -> str:
        """The list for the clipboard."""
        lines = []
        for row in range(min(most, self.apart.rowCount())):
            cells = (str(self.apart.data(self.apart.index(row, at)) or "") for at in range(3))
            lines.append("\t".join(cells))
        return "\n".join(lines)
