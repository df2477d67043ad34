"""The strip below the places: what somebody should know about the study, until it is put away."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import sentence_label

Deed = tuple[str, Callable[[], None]]


class Notices(QFrame):
    """Shows one notice at a time, the oldest first; each can be put away, and has at most two deeds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "bar")
        self._waiting: list[tuple[str, str, Sequence[Deed]]] = []
        self.sentence = sentence_label("", "warn")
        self.deeds = [QPushButton(), QPushButton()]
        self.away = QPushButton(self.tr("Put away"))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(14), theme.scaled(5), theme.scaled(14), theme.scaled(5))
        row.setSpacing(theme.scaled(8))
        row.addWidget(self.sentence, 1)
        for button in (*self.deeds, self.away):
            button.setAutoDefault(True)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        for nth, button in enumerate(self.deeds):
            button.clicked.connect(lambda _=False, nth=nth: self._do(nth))
        self.away.clicked.connect(self.put_away)
        self.hide()

    def show_notice(self, key: str, text: str, deeds: Sequence[Deed] = ()) -> None:
        """Show a sentence; one of the same ``key`` that is there is replaced.

        Args:
            key: What it is about.
            text: The sentence.
            deeds: What can be done about it: words and function.
        """
        self._waiting = [each for each in self._waiting if each[0] != key] + [(key, text, deeds)]
        self._show()

    def take_back(self, key: str) -> None:
        """It is not so any more."""
        self._waiting = [each for each in self._waiting if each[0] != key]
        self._show()

    def put_away(self) -> None:
        """The notice in sight was read."""
        self._waiting = self._waiting[1:]
        self._show()

    def clear(self) -> None:
        """The study is closed."""
        self._waiting = []
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        _, text, deeds = self._waiting[0]
        self.sentence.setText(self.tr("▲ {sentence}").format(sentence=text))
        for nth, button in enumerate(self.deeds):
            button.setVisible(nth < len(deeds))
            if nth < len(deeds):
                button.setText(deeds[nth][0])

    def _do(self, nth: int) -> None:
        _, _, deeds = self._waiting[0]
        deeds[nth][1]()
