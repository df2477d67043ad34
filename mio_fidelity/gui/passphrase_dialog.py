"""Changing one's own pass phrase, and giving somebody else a first one."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from mio_fidelity.coding import access
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.phrase_box import secret_field
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence

WIDTH_PX = 460


class PassphraseDialog(QDialog):
    """Asks for a new pass phrase twice, and for the old one where it is one's own.

    Args:
        title: Of the window.
        words: What it is for.
        use: Takes the old and the new pass phrase; raises `UserError` when they will not do.
        asks_old: Whether the old one is asked for.
        parent: Over which window.
    """

    def __init__(
        self,
        title: str,
        words: str,
        use: Callable[[str, str], None],
        asks_old: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._use, self._asks_old = use, asks_old
        self.old = secret_field(self.tr("Present pass phrase"))
        self.new = secret_field(self.tr("New pass phrase"))
        self.again = secret_field(self.tr("Once more"))
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        form = roomy_form()
        for field in (self.old, self.new, self.again) if asks_old else (self.new, self.again):
            form.addRow(field.accessibleName(), field)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        top = sentence_label(words, "muted")
        top.setMinimumWidth(theme.scaled(WIDTH_PX))
        column.addWidget(top)
        column.addLayout(form)
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Use this pass phrase")))

    def accept(self) -> None:
        """Use it, or say what is in the way."""
        if self.new.text() != self.again.text():
            self._complain(self.tr("The two pass phrases differ. Type the same twice."))
            self.new.setFocus()
            self.new.selectAll()
            return
        try:
            self._use(self.old.text(), self.new.text())
        except UserError as error:
            self._complain(sentence(error))
            (self.old if self._asks_old else self.new).setFocus()
            return
        super().accept()

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.show()
        self.adjustSize()


def own_passphrase_dialog(bench: Workbench, parent: QWidget) -> PassphraseDialog:
    """Changes the pass phrase of whoever is signed in."""
    words = QCoreApplication.translate(
        "PassphraseDialog",
        "With a pass phrase of your own only you work under your code. Somebody who shares one with others "
        "types that one as the present one, and has her own from now on.",
    )
    return PassphraseDialog(
        QCoreApplication.translate("PassphraseDialog", "My pass phrase"),
        words,
        lambda old, new: access.change_own(bench.project, old, new),
        True,
        parent,
    )


def first_passphrase_dialog(bench: Workbench, person_id: str, code: str, parent: QWidget) -> PassphraseDialog:
    """Gives somebody a first pass phrase, or resets hers."""
    words = QCoreApplication.translate(
        "PassphraseDialog",
        "Tell {code} this pass phrase; it is to be changed when the study is next opened with it. An "
        "earlier one of {code} opens the study no more.",
    )
    return PassphraseDialog(
        QCoreApplication.translate("PassphraseDialog", "Pass phrase of {code}").format(code=code),
        words.format(code=code),
        lambda _, new: access.give_passphrase(bench.project, person_id, new),
        False,
        parent,
    )
