"""Asks how a feedback sheet is to be written."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label

WIDTH_PX = 420


class FeedbackDialog(QDialog):
    """One choice: whether the counselor's study code is on the sheet.

    Signals:
        asked: Whether it is to be.
    """

    asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Feedback sheet"))
        self.code = QCheckBox(self.tr("With the counselor's study code, on the page and in the file's name"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr(
            "One page as PDF: means of the domains and scales, and how they go over the sessions, all "
            "clients together. No client, no date, no coder is on it, and no judgement: numbers only."
        )
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.code)
        column.addWidget(buttons(self, self.tr("Write…")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Hand over what is chosen."""
        self.asked.emit(self.code.isChecked())
        super().accept()
