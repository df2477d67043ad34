"""The view of a table of figures: keyboard, copying, and asking any number what it is."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.sheet import Cell, Line, Sheet, SheetModel
from mio_fidelity.gui.sheet_delegate import SheetDelegate, SheetHeader

Index = QModelIndex | QPersistentModelIndex
ROW = 28


class SheetView(QTableView):
    """Shows a `Sheet`.

    Signals:
        opened: A line was clicked, or Enter pressed on it: its subject.
        moved: Another line is the current one: its subject.
        asked: What is this number? The cell.
    """

    opened = Signal(object)
    moved = Signal(object)
    asked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = SheetModel(self)
        self.setModel(self.figures)
        self.setAccessibleName(name)
        self.setItemDelegate(SheetDelegate(self))
        self.setHorizontalHeader(SheetHeader(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.scaled(22))
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW))
        self.clicked.connect(lambda _: self._open())
        self._add_actions()

    def show_sheet(self, sheet: Sheet) -> None:
        """Show this table; whoever was chosen stays chosen where there is still such a line."""
        at = self.currentIndex()
        row, column = at.row(), max(0, at.column())
        same = sheet.columns == self.figures.sheet.columns
        self.figures.show(sheet)
        if not same:
            self._set_widths(sheet)
        # No higher than its lines, so that the remarks follow them.
        self.setMaximumHeight((len(sheet.lines) + 1) * theme.scaled(ROW) + theme.scaled(12))
        self.clearSpans()
        for nth, line in enumerate(sheet.lines):
            if line.subject is None:
                self.setSpan(nth, 0, 1, max(2, len(sheet.columns)))
        lines = sheet.lines
        if not (0 <= row < len(lines) and lines[row].subject is not None):
            row = next((nth for nth, line in enumerate(lines) if line.subject is not None), -1)
        if row >= 0:
            self.setCurrentIndex(self.figures.index(row, min(column, len(sheet.columns) - 1)))

    def choose(self, subject: object) -> None:
        """Go to the line that is about ``subject``, where there is one."""
        for nth, line in enumerate(self.figures.sheet.lines):
            if line.subject is subject:
                self.setCurrentIndex(self.figures.index(nth, max(0, self.currentIndex().column())))

    def grey(self, stale: bool) -> None:
        """Grey the values, because newer ones are on their way."""
        self.figures.stale = stale
        self.viewport().update()

    def current_line(self) -> Line | None:
        """The line that is the current one."""
        at = self.currentIndex().row()
        return self.figures.sheet.lines[at] if 0 <= at < len(self.figures.sheet.lines) else None

    def current_cell(self) -> Cell | None:
        """The cell that has the keyboard."""
        line, column = self.current_line(), self.currentIndex().column()
        return line.cells[column] if line is not None and 0 <= column < len(line.cells) else None

    def ask(self) -> None:
        """Ask what the current number is."""
        cell = self.current_cell()
        if cell is not None:
            self.asked.emit(cell)

    def copy(self) -> None:
        """The whole table to the clipboard."""
        QGuiApplication.clipboard().setText(self.figures.sheet.as_text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the line; the rest moves about."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.text() == "?":
            self.ask()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which line is the current one."""
        super().currentChanged(current, previous)
        line = self.current_line()
        if line is not None and line.subject is not None and current.row() != previous.row():
            self.moved.emit(line.subject)

    def _add_actions(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for words, key, does in (
            (self.tr("What is this?"), "F1", self.ask),
            (self.tr("Copy the table"), QKeySequence.StandardKey.Copy, self.copy),
        ):
            action = QAction(words, self)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(does)
            self.addAction(action)

    def _open(self) -> None:
        line = self.current_line()
        if line is not None and line.subject is not None:
            self.opened.emit(line.subject)

    def _set_widths(self, sheet: Sheet) -> None:
        header = self.horizontalHeader()
        for at, column in enumerate(sheet.columns):
            stretch = column.width == 0
            header.setSectionResizeMode(
                at, QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Fixed
            )
            if not stretch:
                self.setColumnWidth(at, theme.scaled(column.width))
        header.setMinimumSectionSize(theme.scaled(40))
