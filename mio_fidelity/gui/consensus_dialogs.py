"""The two dialogs of the consensus page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding.compared import SideBySide
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import buttons, sentence_label


class SubmitConsensusDialog(QDialog):
    """Asks once before a consensus is locked, and says who took part."""

    def __init__(self, now: SideBySide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Submit"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(label(self.tr("Submit the consensus?"), "title"))
        words = self.tr("Took part: {codes}.").format(codes=", ".join(now.took_part.values()))
        column.addWidget(sentence_label(words))
        column.addWidget(
            sentence_label(
                self.tr(
                    "Once submitted it is locked, with its reasons. The coders' own ratings stay as they "
                    "are; reliability rests on them alone."
                ),
                "muted",
            )
        )
        column.addWidget(buttons(self, self.tr("Submit")))
        self.setMinimumWidth(theme.scaled(420))


class DiscussDialog(QDialog):
    """Puts something on the list for the next meeting, with a note, or takes it off.

    Args:
        what: The scale, or the session, in words.
        note: The note it has on the list; None when it is not there.
        parent: Its parent.

    Signals:
        noted: The note with which it goes on the list.
        settled: It is to go from the list.
    """

    noted = Signal(str)
    settled = Signal()

    def __init__(self, what: str, note: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("To discuss"))
        self.note = QLineEdit(note or "")
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setPlaceholderText(self.tr("What is the question?"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(label(what, "title"))
        words = self.tr("For the list of the next meeting. Do not write names or places.")
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.note)
        box = buttons(self, self.tr("Put on the list") if note is None else self.tr("Keep on the list"))
        if note is not None:
            off = QPushButton(self.tr("Settled"))
            off.clicked.connect(self._settle)
            box.addButton(off, box.ButtonRole.DestructiveRole)
        column.addWidget(box)
        self.setMinimumWidth(theme.scaled(420))

    def accept(self) -> None:
        """Put it on the list."""
        self.noted.emit(self.note.text().strip())
        super().accept()

    def _settle(self) -> None:
        self.settled.emit()
        self.reject()
