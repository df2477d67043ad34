"""Adding somebody who works in the study."""

from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.coding import access
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.phrase_box import secret_field
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import Role
from mio_fidelity.store.keys import SHARED

WIDTH_PX = 440


class PersonDialog(QDialog):
    """Asks for a code, a role and a first pass phrase."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add a person"))
        self._bench = bench
        self.code, self.role = QLineEdit(), QComboBox()
        for role, words in (
            (Role.CODER, self.tr("coder")),
            (Role.SUPERVISOR, self.tr("supervisor")),
            (Role.CLINICIAN, self.tr("clinician")),
        ):
            self.role.addItem(words, role)
        self.phrase = secret_field(self.tr("First pass phrase"))
        self.again = secret_field(self.tr("Once more"))
        if SHARED in bench.project.ring.names():
            self.phrase.setPlaceholderText(self.tr("empty: the one that all share"))
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        form = roomy_form()
        form.addRow(self.tr("Code"), self.code)
        form.addRow(self.tr("Role"), self.role)
        form.addRow(self.tr("First pass phrase"), self.phrase)
        form.addRow(self.tr("Once more"), self.again)
        hint = self.tr("Tell the person the pass phrase; it is changed when it is first used.")
        if bench.project.on_server:
            form.setRowVisible(self.phrase, False)
            form.setRowVisible(self.again, False)
            hint = self.tr("Whoever looks after the server makes a name there; tie it to the person then.")
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        words = self.tr("A code such as R5, never a name: it stands in tables that leave the lab.")
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        column.addWidget(sentence_label(hint, "muted"))
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Add")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Add the person, or say why not."""
        if self.phrase.text() != self.again.text():
            self._complain(self.tr("The two pass phrases differ. Type the same twice."), self.phrase)
            return
        role = self.role.currentData()
        try:
            access.add_person(self._bench.project, self.code.text(), role, self.phrase.text())
        except UserError as error:
            wanting = self.phrase if self.code.text().strip() and not self.phrase.text() else self.code
            self._complain(sentence(error), wanting)
            return
        self._bench.changed.emit(frozenset({"person"}))
        super().accept()

    def _complain(self, text: str, field: QLineEdit) -> None:
        self.complaint.setText(text)
        self.complaint.show()
        self.adjustSize()
        field.setFocus()
        field.selectAll()
