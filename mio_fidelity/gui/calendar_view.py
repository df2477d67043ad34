"""A month of the study: per day what is due, still open, late and submitted."""

from datetime import date, timedelta

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding.listing import Listing
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label

WEEKS, DAYS = 6, 7
DAY = Qt.ItemDataRole.UserRole


class MonthGrid(QTableWidget):
    """Six weeks of days.

    Signals:
        opened: Enter or a double click on a day.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WEEKS, DAYS, parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.cellDoubleClicked.connect(lambda *_: self._open())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the day; the rest moves about."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        item = self.currentItem()
        if item is not None:
            self.opened.emit(item.data(DAY))


class CalendarView(QWidget):
    """A month and the way to others.

    Signals:
        opened: The assignments due on this day are wanted.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = MonthGrid()
        self.title = label("", "title")
        self.legend = label("", "small")
        self.before, self.after = QPushButton("◂"), QPushButton("▸")
        self.now = QPushButton(self.tr("Today"))
        self._listing: Listing | None = None
        self._today = date.today()
        self._first = self._today.replace(day=1)
        self.before.setAccessibleName(self.tr("The month before"))
        self.after.setAccessibleName(self.tr("The month after"))
        self.before.clicked.connect(lambda: self._turn(-1))
        self.after.clicked.connect(lambda: self._turn(1))
        self.now.clicked.connect(self._go_to_today)
        self.grid.opened.connect(self.opened)
        self.grid.setAccessibleName(self.tr("Days of the month"))
        for keys, by in (("PgUp", -1), ("PgDown", 1)):
            shortcut = QShortcut(QKeySequence(keys), self.grid)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda by=by: self._turn(by))
        self._lay_out()

    def show_listing(self, listing: Listing, today: date) -> None:
        """Show the days of this listing, first of all today; later the month and the day stay."""
        first = self._listing is None
        self._listing, self._today = listing, today
        self._fill()
        if first:
            self._choose(today)

    def go_to(self, day: date) -> None:
        """Show the month of ``day`` and choose it."""
        self._first = day.replace(day=1)
        self._fill()
        self._choose(day)

    def _choose(self, day: date) -> None:
        for item in self._items():
            if item.data(DAY) == day:
                self.grid.setCurrentItem(item)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for widget in (self.before, self.after, self.now, self.title):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(self.legend)
        locale = QLocale()
        names = [locale.dayName(nth, QLocale.FormatType.ShortFormat) for nth in range(1, DAYS + 1)]
        self.grid.setHorizontalHeaderLabels(names)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        column.addLayout(bar)
        column.addWidget(self.grid, 1)

    def _turn(self, by: int) -> None:
        if by > 0:
            self._first = (self._first + timedelta(days=32)).replace(day=1)
        else:
            self._first = (self._first - timedelta(days=1)).replace(day=1)
        self._fill()

    def _go_to_today(self) -> None:
        self.go_to(self._today)
        self.grid.setFocus()

    def _fill(self) -> None:
        name = QLocale().standaloneMonthName(self._first.month)
        self.title.setText(f"{name} {self._first.year}")
        rows = {row[0]: row for row in self._listing.rows} if self._listing else {}
        at = self._listing.at if self._listing else {"due": 1, "open": 2, "submitted": 3}.__getitem__
        due, open_, done = at("due"), at("open"), at("submitted")
        month: list[tuple[int, int, int]] = []
        start = self._first - timedelta(days=self._first.weekday())
        for nth in range(WEEKS * DAYS):
            day = start + timedelta(days=nth)
            row = rows.get(day)
            numbers = tuple(int(row[which] or 0) for which in (due, open_, done)) if row else (0, 0, 0)  # type: ignore[arg-type]
            if day.month == self._first.month:
                month.append(numbers)  # type: ignore[arg-type]
            self.grid.setItem(nth // DAYS, nth % DAYS, self._item(day, *numbers))
        sums = [sum(column) for column in zip(*month, strict=True)]
        self.legend.setText(
            self.tr("This month: {due} due, {open} of them open, {done} submitted").format(
                due=sums[0], open=sums[1], done=sums[2]
            )
        )

    def _item(self, day: date, due: int, open_: int, done: int) -> QTableWidgetItem:
        lines = [f"{day.day}" if day != self._today else self.tr("{day} · today").format(day=day.day)]
        if done:
            lines.append(self.tr("✔ {n} submitted").format(n=done))
        if open_ and day < self._today:
            lines.append(self.tr("! {n} overdue").format(n=open_))
        elif open_:
            lines.append(self.tr("○ {n} due").format(n=open_))
        elif due:
            lines.append(self.tr("● {n} due, all submitted").format(n=due))
        item = QTableWidgetItem("\n".join(lines))
        item.setData(DAY, day)
        item.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        spoken = ", ".join([day.isoformat(), *(line.lstrip("✔!○● ") for line in lines[1:])])
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        tokens = theme.tokens()
        if day.month != self._first.month:
            item.setForeground(tokens.faint)
        elif open_ and day < self._today:
            item.setForeground(tokens.alarm)
        item.setFont(theme.font(bold=day == self._today))
        return item

    def _items(self) -> list[QTableWidgetItem]:
        found = [self.grid.item(row, at) for row in range(WEEKS) for at in range(DAYS)]
        return [item for item in found if item is not None]
