"""Every decision of the study: in force, to come and withdrawn."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding.decisions import WITHDRAWN
from mio_fidelity.coding.meeting_lists import decisions
from mio_fidelity.gui import theme
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.minutes_panels import ask_withdraw
from mio_fidelity.gui.workbench import Workbench


class DecisionsTab(QWidget):
    """The table, and what can be done with a row.

    Signals:
        decide_asked: Something is to be decided outside any meeting.
    """

    decide_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.view = ListingView()
        self.view.table.setAccessibleName(self.tr("Decisions"))
        self.decide = QPushButton(self.tr("Decide…"))
        self.withdraw = QPushButton(self.tr("Withdraw…"))
        row = QHBoxLayout()
        row.addWidget(self.decide)
        row.addWidget(self.withdraw)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.decide.clicked.connect(self.decide_asked)
        self.withdraw.clicked.connect(self._withdraw)
        self.view.chosen.connect(self._show_button)

    def show_decisions(self) -> None:
        """Show them as they are stored.

        Raises:
            UserError: the person signed in is no supervisor.
        """
        found, old = self._bench.ask(decisions, date.today()), self.view.model.listing
        if old is not None and not old.rows:
            # Columns that were as narrow as their titles are fitted to what they hold.
            self.view.show_listing(None)
        self.view.show_listing(found)
        self._show_button()

    def clear(self) -> None:
        """Let go of what is shown."""
        self.view.show_listing(None)
        self._show_button()

    def _row(self) -> int:
        rows = self.view.table.selectionModel().selectedRows()
        return rows[0].row() if len(rows) == 1 else -1

    def _show_button(self) -> None:
        row = self._row()
        self.withdraw.setEnabled(row >= 0 and self.view.model.value_at(row, "state") != WITHDRAWN)

    def _withdraw(self) -> None:
        row = self._row()
        if row >= 0:
            text = str(self.view.model.value_at(row, "decision"))
            ask_withdraw(self, self._bench, self.view.model.id_at(row), text)
