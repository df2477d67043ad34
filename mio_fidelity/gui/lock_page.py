"""What is seen while the window is locked: a field for a pass phrase, and nothing of any study."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import card_in_the_middle, label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.phrase_box import PhraseBox


class LockPage(QWidget):
    """A card in the middle of an empty window.

    Signals:
        left: The study is to be closed.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = PhraseBox(self.tr("Unlock"))
        self.message = sentence_label("", "alarm")
        self.message.hide()
        self.other = QPushButton(self.tr("Unlock for somebody else"))
        self.close_button = QPushButton(self.tr("Close the study"))
        theme.set_role(self.close_button, "quiet")
        column = card_in_the_middle(self, 12)
        column.addWidget(label(self.tr("Locked"), "heading"))
        words = self.tr(
            "Everything is stored. Type your pass phrase to go on; somebody else with a pass phrase of their "
            "own can take over."
        )
        column.addWidget(sentence_label(words, "muted"))
        for each in (self.box, self.other, self.close_button, self.message):
            column.addWidget(each)
        for button in (self.other, self.close_button):
            button.setAutoDefault(True)
        self.close_button.clicked.connect(self.left)

    def say(self, text: str) -> None:
        """Say why it stays locked; an empty sentence when there is nothing to say."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
