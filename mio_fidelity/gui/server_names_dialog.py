"""Who signs in under which name on the server, where a study lies on one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import people, server_roles
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.line_table import line_table
from mio_fidelity.gui.workbench import Workbench, sentence

WIDTH_PX, HEIGHT_PX = 620, 440


class ServerNamesDialog(QDialog):
    """A line for each person; below it the name of the one chosen.

    Raises:
        UserError: the person signed in is no supervisor.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Names on the server"))
        self._bench = bench
        self._names: list[tuple[str, str]] = []
        self.table = line_table((self.tr("Person"), self.tr("Name on the server")))
        self.name = QLineEdit()
        self.tie = QPushButton(self.tr("Keep"))
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        self._lay_out()
        self._show()
        self.table.itemSelectionChanged.connect(self._choose)
        self.tie.clicked.connect(self._tie)
        bench.refused.connect(self._complain)

    def _lay_out(self) -> None:
        words = self.tr(
            "This study lies on a server: whoever looks after it gives out names and passwords. A person with"
            " a name here is signed in by it, and nobody else can be she; without one, whoever may connect"
            " can choose her. Somebody who leaves has to lose the name on the server too."
        )
        self.table.setAccessibleName(self.windowTitle())
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.name.setAccessibleName(self.tr("Name on the server"))
        self.name.setPlaceholderText(self.tr("empty: anybody who may connect"))
        theme.set_role(self.tie, "primary")
        self.tie.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(label(self.tr("Name on the server")))
        row.addWidget(self.name, 1)
        row.addWidget(self.tie)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(close)
        self.resize(theme.scaled(WIDTH_PX), theme.scaled(HEIGHT_PX))

    def _show(self) -> None:
        ties = self._bench.ask(server_roles.ties)
        self._names = [(each.code, ties.get(each.code, "")) for each in self._bench.ask(people.roster)]
        at = max(0, self.table.currentRow())
        self.table.setRowCount(len(self._names))
        for row, words in enumerate(self._names):
            for column, text in enumerate(words):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.selectRow(min(at, len(self._names) - 1))
        self._choose()

    def _choose(self) -> None:
        self.name.setText(self._names[self.table.currentRow()][1])

    def _tie(self) -> None:
        self.complaint.hide()
        code, _ = self._names[self.table.currentRow()]
        if self._bench.do(server_roles.tie, code, self.name.text().strip()) is not None:
            self._show()

    def _complain(self, error: UserError) -> None:
        self.complaint.setText(sentence(error))
        self.complaint.show()
        self.name.setFocus()
