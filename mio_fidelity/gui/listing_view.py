"""A listing with what one does to look through it: search, filters, sorting, choosing rows."""

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding.listing import Kind, Listing
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label, tab_through
from mio_fidelity.gui.listing_model import ListingModel
from mio_fidelity.gui.several import Several
from mio_fidelity.gui.workbench import said

# A column with more different values than this is searched, not filtered.
MOST_CHOICES = 60
MOST_FILTERS = 7
# How many rows tell how wide a column is to be.
LOOKED_AT = 60
ROW_PX = 28


class Rows(QTableView):
    """The table itself.

    Signals:
        opened: Enter was pressed, or a row clicked twice.
    """

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.scaled(22))
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW_PX))
        header = self.horizontalHeader()
        header.setResizeContentsPrecision(LOOKED_AT)
        header.setSortIndicatorClearable(True)
        header.setStretchLastSection(True)
        self.doubleClicked.connect(lambda _: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row; the rest moves about."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class ListingView(QWidget):
    """Search field, filters, table, and how many rows are shown.

    Signals:
        opened: Enter or a double click on a row: its id.
        chosen: Other rows are chosen.
    """

    opened = Signal(str)
    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ListingModel(self)
        self.table = Rows()
        self.search = QLineEdit()
        self.count = label("", "muted")
        self.reset = QPushButton(self.tr("Show all"))
        self.filters: dict[int, Several] = {}
        self._shown_key = ""
        self._lay_out()
        self.search.textChanged.connect(self._narrow)
        self.reset.clicked.connect(self.show_all)
        self.table.opened.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)

    def show_listing(self, listing: Listing | None) -> None:
        """Show this table; the search and the filters stay while it is of the same kind."""
        key = listing.key if listing else ""
        same = key == self._shown_key
        at, ids = (self.table.currentIndex().row(), set(self.chosen_ids())) if same else (0, set())
        if not same:
            self._forget_search()
        self.model.show(listing)
        self._shown_key = key
        if listing is not None:
            self._offer(listing, anew=not same)
            if not same:
                self._fit_columns(listing)
            for column in range(len(listing.columns)):
                # What nothing is said in takes no room.
                empty = all(row[column] is None for row in listing.rows)
                self.table.setColumnHidden(column, empty and bool(listing.rows))
        self._choose(ids, at)
        self._count()

    def chosen_ids(self) -> tuple[str, ...]:
        """The ids of the rows that are chosen, as they stand."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.model.id_at(row) for row in rows if row < self.model.rowCount())

    def search_for(self, text: str) -> None:
        """Show the rows that hold ``text``, whatever was filtered before."""
        self.show_all()
        self.search.setText(text)

    def show_all(self) -> None:
        """Forget search and filters."""
        for several in self.filters.values():
            several.clear()
        self.search.clear()
        self._narrow()

    def in_words(self) -> dict[str, str]:
        """What is searched and filtered for: name to value."""
        found = {}
        if self.search.text().strip():
            found[self.tr("search")] = self.search.text().strip()
        for several in self.filters.values():
            if several.chosen():
                found[several.title] = ", ".join(several.chosen())
        return found

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(theme.scaled(190))
        self.bar = QHBoxLayout()
        self.bar.setSpacing(theme.scaled(6))
        self.bar.addWidget(self.search)
        self.bar.addStretch(1)
        self.bar.addWidget(self.count)
        self.bar.addWidget(self.reset)
        panel = QWidget()
        theme.set_role(panel, "panel")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        column.addLayout(self.bar)
        column.addWidget(panel, 1)
        copy = QAction(self.tr("Copy the chosen rows"), self.table)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        self.table.addAction(copy)
        for keys, words, order in (
            ("Alt+Up", self.tr("Sort by this column, the smallest first"), Qt.SortOrder.AscendingOrder),
            ("Alt+Down", self.tr("Sort by this column, the largest first"), Qt.SortOrder.DescendingOrder),
        ):
            action = QAction(words, self.table)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, order=order: self._sort(order))
            self.table.addAction(action)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _offer(self, listing: Listing, anew: bool) -> None:
        """Filters for the columns that have few different values."""
        if anew:
            for old in self.filters.values():
                self.bar.removeWidget(old)
                old.deleteLater()
            self.filters = {}
        for at, column in enumerate(listing.columns):
            if column.kind not in (Kind.WORD, Kind.STATE):
                continue
            words = self.model.words_of(at)
            if at in self.filters:
                self.filters[at].offer(words)
            elif 2 <= len(words) <= MOST_CHOICES and len(self.filters) < MOST_FILTERS:
                several = Several(title=said(column.title))
                several.offer(words)
                several.ticked.connect(self._narrow)
                self.bar.insertWidget(len(self.filters) + 1, several)
                self.filters[at] = several
        tab_through((self.search, *self.filters.values()))

    def _forget_search(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _fit_columns(self, listing: Listing) -> None:
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        # While it is stretched, the last column has the width of the room left, and would keep it for good.
        header.setStretchLastSection(False)
        for at in range(len(listing.columns)):
            # One that was empty in the table before has no width.
            self.table.setColumnHidden(at, False)
        self.table.resizeColumnsToContents()
        for at in range(len(listing.columns)):
            least, most = theme.scaled(64), theme.scaled(420)
            self.table.setColumnWidth(
                at, min(most, max(least, self.table.columnWidth(at) + theme.scaled(10)))
            )
        header.setStretchLastSection(True)

    def _narrow(self) -> None:
        filters = {
            at: frozenset(several.chosen()) for at, several in self.filters.items() if several.chosen()
        }
        self.model.filter(filters)
        self.model.search(self.search.text())
        self._choose(set(), 0)
        self._count()

    def _choose(self, ids: set[str], at: int) -> None:
        """Choose these rows again where they are still shown, else the one in their place."""
        rows = [row for row in range(self.model.rowCount()) if ids and self.model.id_at(row) in ids]
        chosen = self.table.selectionModel()
        if rows:
            chosen.clearSelection()
            how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for row in rows:
                chosen.select(self.model.index(row, 0), how)
            chosen.setCurrentIndex(self.model.index(rows[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        elif self.model.rowCount():
            self.table.selectRow(min(max(0, at), self.model.rowCount() - 1))
        self.chosen.emit()

    def _count(self) -> None:
        shown, listing = self.model.rowCount(), self.model.listing
        every = len(listing.rows) if listing else 0
        narrowed = bool(self.in_words())
        self.reset.setVisible(narrowed)
        whole = self.tr("1 row") if every == 1 else self.tr("{n} rows").format(n=f"{every:,}")
        part = self.tr("{n} of {all}").format(n=f"{shown:,}", all=f"{every:,}")
        self.count.setText(part if narrowed else whole)

    def _sort(self, order: Qt.SortOrder) -> None:
        self.table.sortByColumn(max(0, self.table.currentIndex().column()), order)

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _open(self) -> None:
        at = self.table.currentIndex().row()
        if 0 <= at < self.model.rowCount():
            self.opened.emit(self.model.id_at(at))

    def _copy(self) -> None:
        columns = range(self.model.columnCount())
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        head = "\t".join(str(self.model.headerData(at, Qt.Orientation.Horizontal)) for at in columns)
        lines = ["\t".join(str(self.model.index(row, at).data() or "") for at in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join([head, *lines]))
