"""Choosing a pass phrase: typed twice, and for somebody where there is a choice."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.phrase_box import secret_field


class NewPhrase(QWidget):
    """Asks for a new pass phrase before anything else is done with an opened study.

    Signals:
        chosen: For whom, empty when that was not asked, and the pass phrase.
        left: Rather not; the study is to be closed again.
        complained: What is wrong with what was typed; empty when nothing is.
    """

    chosen = Signal(str, str)
    left = Signal()
    complained = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title: QLabel = label("", "heading")
        self.words = sentence_label("", "muted")
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("For whom"))
        self.phrase = secret_field(self.tr("New pass phrase"))
        self.again = secret_field(self.tr("Once more"))
        for field in (self.phrase, self.again):
            field.setPlaceholderText(field.accessibleName())
        self.use = QPushButton(self.tr("Use this pass phrase"))
        theme.set_role(self.use, "primary")
        self.back = QPushButton(self.tr("Close the study"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(12))
        for each in (self.title, self.words, self.who, self.phrase, self.again, self.use, self.back):
            column.addWidget(each)
        self.phrase.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._choose)
        self.use.clicked.connect(self._choose)
        self.back.clicked.connect(self.left)

    def ask(self, title: str, words: str, who: Sequence[tuple[str, str]] = ()) -> None:
        """Ask anew.

        Args:
            title: What this is.
            words: Why it is asked.
            who: (code, id) of those to choose from; empty when it is for whoever opened the study.
        """
        self.title.setText(title)
        self.words.setText(words)
        self.who.clear()
        for code, person_id in who:
            self.who.addItem(code, person_id)
        self.who.setVisible(bool(who))
        self.clear()
        (self.who if len(who) > 1 else self.phrase).setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        self.phrase.clear()
        self.again.clear()

    def _choose(self) -> None:
        if self.phrase.text() != self.again.text():
            self.complained.emit(self.tr("The two pass phrases differ. Type the same twice."))
            self.phrase.setFocus()
            self.phrase.selectAll()
            return
        self.complained.emit("")
        self.chosen.emit(self.who.currentData() or "", self.phrase.text())
