"""Adding somebody who works in the study."""

from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.coding import people
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import Role

WIDTH_PX = 440


class PersonDialog(QDialog):
    """Asks for a code and a role."""

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
        self.complaint = sentence_label("", "alarm")
        form = roomy_form()
        form.addRow(self.tr("Code"), self.code)
        form.addRow(self.tr("Role"), self.role)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        words = self.tr("A code such as R5, never a name: it stands in tables that leave the lab.")
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Add")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Add the person, or say why not."""
        try:
            done = self._bench.project.do(people.add_person, self.code.text(), self.role.currentData())
        except UserError as error:
            self.complaint.setText(sentence(error))
            self.code.setFocus()
            return
        self._bench.changed.emit(done.changed)
        super().accept()
