"""One question of a supervisor's page: go on or not, or which of these."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label

WIDTH_PX = 440


class AskDialog(QDialog):
    """Says what is about to happen and, where there is something to choose, lets choose it.

    Args:
        title: Of the window.
        words: What is about to happen.
        does: What the button says.
        choices: (words, what is chosen); empty for a plain question.
        parent: Over which window.

    Signals:
        answered: Accepted, with what is chosen; None for a plain question.
    """

    answered = Signal(object)

    def __init__(
        self,
        title: str,
        words: str,
        does: str,
        choices: Sequence[tuple[str, object]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.box = QComboBox()
        self.box.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(sentence_label(words))
        column.addWidget(self.box)
        row = buttons(self, does)
        # The answer that does nothing.
        self.decline: QPushButton = row.button(QDialogButtonBox.StandardButton.Cancel)
        column.addWidget(row)
        self.box.setVisible(bool(choices))
        for text, value in choices:
            self.box.addItem(text, value)
        # With two thousand clients nobody wants to scroll.
        self.box.setEditable(len(choices) > 20)
        completer = self.box.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._many = bool(choices)
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Hand over what is chosen; a text that is no choice is none."""
        if self._many:
            at = self.box.findText(self.box.currentText(), Qt.MatchFlag.MatchFixedString)
            if at < 0:
                self.box.setFocus()
                return
            self.answered.emit(self.box.itemData(at))
        else:
            self.answered.emit(None)
        super().accept()


def ask(
    parent: QWidget, title: str, words: str, does: str, choices: Sequence[tuple[str, object]] = ()
) -> AskDialog:
    """The dialog, open; connect ``answered``."""
    dialog = AskDialog(title, words, does, choices, parent)
    dialog.open()
    return dialog
