"""Notes on the session as a whole, stored while they are typed."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label

PAUSE_MS = 700


class SessionNotes(QWidget):
    """A text and the warning not to identify anybody in it.

    Signals:
        paused: The text may be stored: nothing was typed for a moment, or the keyboard went elsewhere.
    """

    paused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = _Text()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Session notes"))
        self.text.setPlaceholderText(self.tr("What the scales do not hold, in a few words."))
        hint = label(
            self.tr("Do not write names, places or dates. Notes are left out of exports unless asked for.")
        )
        theme.set_role(hint, "small")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(self.text, 1)
        column.addWidget(hint)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.paused)
        self.text.textChanged.connect(self._pause.start)
        self.text.left.connect(self.paused)

    def settle(self) -> None:
        """Nothing waits to be stored any more."""
        self._pause.stop()


class _Text(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let nothing wait for the keyboard to come back."""
        super().focusOutEvent(event)
        self.left.emit()
