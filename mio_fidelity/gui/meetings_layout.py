"""How the page of meetings is laid out."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, lay_out_page, shown
from mio_fidelity.gui.decisions_tab import DecisionsTab
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.listing_model import ListingModel
from mio_fidelity.gui.listing_view import Rows
from mio_fidelity.gui.minutes_form import MinutesForm
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import Workbench

LIST_PX, DAY_PX, NUMBER_PX = 386, 104, 93
# Of the page, that the list may take.
MOST_SHARE = 0.3
# Day, people, sessions, decisions; who was there is seen beside the list.
COLUMNS = 4


class MeetingsWidgets(QWidget):
    """The widgets of the page, in their places."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.foot = HeaderBar(), FootBar()
        self.tabs, self.body, self.sides = QTabBar(), QStackedWidget(), QWidget()
        self.report = QPushButton(self.tr("Report…"))
        self.export = QPushButton(self.tr("Export"))
        self.model, self.table = ListingModel(self), Rows()
        self.form = MinutesForm(bench)
        self.decisions = DecisionsTab(bench)
        self.wait = WaitStrip()
        self.empty = sentence_label(
            self.tr(
                "No meeting yet. “New meeting” enters one: who was there, what was talked about, and "
                "what was decided. Coders then read the decisions in the manual."
            ),
            "muted",
        )
        self._lay_out_list()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With very large letters the minutes need the room more than the list."""
        super().resizeEvent(event)
        self.table.setFixedWidth(min(theme.scaled(LIST_PX), int(self.width() * MOST_SHARE)))

    def fit_list(self) -> None:
        """Only the columns there is room for."""
        for column in range(self.model.columnCount()):
            self.table.setColumnHidden(column, column >= COLUMNS)
            self.table.setColumnWidth(column, theme.scaled(DAY_PX if column == 0 else NUMBER_PX))

    def _lay_out_list(self) -> None:
        self.table.setModel(self.model)
        self.table.setSortingEnabled(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAccessibleName(self.tr("Meetings"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self.sides)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scaled(12))
        for widget, share in ((self.table, 0), (self.form, 1)):
            panel = QWidget()
            theme.set_role(panel, "panel")
            inner = QVBoxLayout(panel)
            inner.setContentsMargins(1, 1, 1, 1)
            inner.addWidget(widget)
            row.addWidget(panel, share)

    def _lay_out(self) -> None:
        self.header.title.setText(self.tr("Meetings"))
        self.header.add_right(self.report)
        self.header.add_right(self.export)
        theme.set_role(self.export, "menu")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Meetings and decisions"))
        for words in (self.tr("Meetings"), self.tr("Decisions")):
            self.tabs.addTab(words)
        first = QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sides, 1)
        column.addWidget(self.empty, 1)
        self.body.addWidget(first)
        self.body.addWidget(self.decisions)
        middle = QVBoxLayout()
        middle.setContentsMargins(theme.scaled(14), theme.scaled(4), theme.scaled(14), theme.scaled(8))
        middle.setSpacing(theme.scaled(8))
        middle.addWidget(self.tabs)
        middle.addWidget(self.body, 1)
        lay_out_page(self, self.header, middle, self.foot)
        self.foot.primary.setText(self.tr("New meeting"))
        self.foot.primary.setToolTip(shown(QKeySequence("Ctrl+N")))
        self.foot.add_strip(self.wait)
