"""Sessions that wait for somebody: what the lists of a coder and of the consensus have in common."""

from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTableView, QVBoxLayout, QWidget

from mio_fidelity.gui import theme

Index = QModelIndex | QPersistentModelIndex
Line = TypeVar("Line")
# What stands before a state, for the eye; a voice would read it aloud.
_SIGNS = "○◐●⇄ "


class WorkModel(QAbstractTableModel, Generic[Line]):
    """The lines of a list. An heir says what its columns are (`titles`), and what a line says in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Line, ...] = ()

    def show(self, rows: tuple[Line, ...]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def titles(self) -> tuple[str, ...]:
        """What stands above the columns."""
        raise NotImplementedError

    def texts(self, row: Line) -> tuple[str, ...]:
        """What a line says in each column."""
        raise NotImplementedError

    def waits(self, row: Line) -> bool:
        """Whether there is still something to do."""
        raise NotImplementedError

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many sessions."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many facts a session has."""
        return 0 if parent.isValid() else len(self.titles())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """What a column is."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles()[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.texts(row)[index.column()]
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return theme.font(bold=self.waits(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = self.texts(row)[index.column()].lstrip(_SIGNS)
            return f"{self.titles()[index.column()]}: {said}" if said else ""
        return None


class WorkTable(QTableView, Generic[Line]):
    """The list; one line is chosen.

    Args:
        model: Its lines.
        name: What a screen reader calls it.
        row_px: The height of a line, in pixels of the 100 % design.

    Signals:
        opened: The chosen line is to be opened: Enter, or a double click.
        moved: Another line is chosen.
    """

    opened = Signal()
    moved = Signal()

    def __init__(self, model: WorkModel[Line], name: str, row_px: int) -> None:
        super().__init__()
        self._lines = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.scaled(row_px))
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.doubleClicked.connect(self.opened)
        self.selectionModel().currentRowChanged.connect(self.moved)
        for key in ("Return", "Enter"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self.opened)

    def line(self) -> Line | None:
        """The line that is chosen."""
        at = self.currentIndex().row()
        return self._lines.rows[at] if 0 <= at < len(self._lines.rows) else None

    def in_panel(self, empty: QLabel) -> QWidget:
        """The list in a frame, with what is shown in its place while there is none."""
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        panel = QWidget()
        theme.set_role(panel, "panel")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self)
        inner.addWidget(empty)
        return panel
