"""Who opens the study with which pass phrase, and what a supervisor can do about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import access
from mio_fidelity.coding.access import Access, WayIn
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.line_table import line_table
from mio_fidelity.gui.passphrase_dialog import first_passphrase_dialog
from mio_fidelity.gui.recovery_dialog import show_recovery_key
from mio_fidelity.gui.rekey_dialog import end_shared_dialog, new_key_dialog, remove_dialog
from mio_fidelity.gui.workbench import Workbench, sentence

WIDTH_PX, HEIGHT_PX = 640, 460


class AccessDialog(QDialog):
    """A line for each person; below it what can be done with the one chosen, and with the study.

    Raises:
        UserError: the person signed in is no supervisor, or keys.json cannot be read.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Pass phrases"))
        self._bench = bench
        self._found: Access = access.access(bench.project)
        self.summary = sentence_label("")
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        self.table = line_table((self.tr("Person"), self.tr("Pass phrase")))
        self.table.setAccessibleName(self.tr("Pass phrases"))
        self.give = QPushButton(self.tr("Set a pass phrase…"))
        self.remove = QPushButton(self.tr("Leaves the study…"))
        self.recovery = QPushButton(self.tr("New recovery key…"))
        self.end = QPushButton(self.tr("End the shared pass phrase…"))
        self.rekey = QPushButton(self.tr("New key for the study…"))
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        grid = QGridLayout()
        for nth, each in enumerate((self.give, self.remove, self.recovery, self.end, self.rekey)):
            each.setAutoDefault(True)
            grid.addWidget(each, *divmod(nth, 3))
        column.addLayout(grid)
        column.addWidget(self.complaint)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        close.rejected.connect(self.reject)
        column.addWidget(close)
        self.resize(theme.scaled(WIDTH_PX), theme.scaled(HEIGHT_PX))

    def _connect(self) -> None:
        bench = self._bench
        self.give.clicked.connect(
            lambda: self._open(lambda: first_passphrase_dialog(bench, *self._chosen(), self))
        )
        self.remove.clicked.connect(lambda: self._open(lambda: remove_dialog(bench, *self._chosen(), self)))
        self.end.clicked.connect(lambda: self._open(lambda: end_shared_dialog(bench, self._without(), self)))
        self.rekey.clicked.connect(lambda: self._open(lambda: new_key_dialog(bench, self)))
        self.recovery.clicked.connect(lambda: show_recovery_key(bench, self))
        bench.refused.connect(self._complain)
        # A method, not a lambda: it goes with the dialog.
        bench.changed.connect(self._show)
        self.table.itemSelectionChanged.connect(self._enable)

    def _open(self, make: Callable[[], QDialog]) -> None:
        self.complaint.hide()
        dialog = make()
        dialog.accepted.connect(self._show)
        dialog.open()

    def _chosen(self) -> tuple[str, str]:
        member = self._found.ways[self.table.currentRow()].member
        return member.id, member.code

    def _without(self) -> str:
        return ", ".join(way.member.code for way in self._found.ways if not way.own)

    def _show(self, *_: object) -> None:
        try:
            self._found = access.access(self._bench.project)
        except UserError as error:
            self._complain(error)
            return
        at = max(0, self.table.currentRow())
        self.table.setRowCount(len(self._found.ways))
        for row, way in enumerate(self._found.ways):
            self.table.setItem(row, 0, QTableWidgetItem(way.member.code))
            self.table.setItem(row, 1, QTableWidgetItem(self._state(way)))
        self.table.selectRow(min(at, len(self._found.ways) - 1))
        shared = (
            self.tr("One pass phrase is shared; who has none of their own uses it.")
            if self._found.shared
            else self.tr("No pass phrase is shared: everybody needs one of their own.")
        )
        recovery = (
            self.tr("There is a recovery key.")
            if self._found.recovery
            else self.tr("There is no recovery key: make one, or a forgotten pass phrase may cost the study.")
        )
        self.summary.setText(f"{shared} {recovery}")
        self._enable()

    def _state(self, way: WayIn) -> str:
        if way.first:
            return self.tr("a first one, to be changed at the next opening")
        if way.own:
            return self.tr("of their own")
        return self.tr("the shared one") if self._found.shared else self.tr("none: cannot open the study")

    def _enable(self) -> None:
        row = self.table.currentRow()
        chosen = self._found.ways[row] if 0 <= row < len(self._found.ways) else None
        self.give.setEnabled(chosen is not None)
        self.remove.setEnabled(chosen is not None and chosen.member.id != self._bench.project.person_id)
        self.end.setEnabled(self._found.shared)

    def _complain(self, error: object) -> None:
        self.complaint.setText(sentence(error))  # type: ignore[arg-type]
        self.complaint.show()
