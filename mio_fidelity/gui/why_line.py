"""The one line in which the reason for a decision is written."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label

# As for the note of an evidence mark.
_PAUSE_MS = 1_000


class WhyLine(QFrame):
    """Passes its text on after a short pause, with Enter and when it loses the keyboard.

    Signals:
        written: A text that is not yet stored.
        kept: Enter; the text was passed on.
    """

    written = Signal(str)
    kept = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.what = label("")
        self.text = _Text()
        self.text.setAccessibleDescription(self.tr("Do not write names or places."))
        self._stored = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(12), theme.scaled(6), theme.scaled(8), theme.scaled(6))
        row.setSpacing(theme.scaled(8))
        row.addWidget(self.what)
        row.addWidget(self.text, 1)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.save)
        self.text.textEdited.connect(lambda _: self._pause.start())
        self.text.left.connect(self.save)
        self.text.returnPressed.connect(self._keep)

    @property
    def waits(self) -> bool:
        """Whether there is text that is not stored, be it that the study refused it."""
        return self.text.text().strip() != self._stored

    def ask(self, what: str, stored: str, hint: str, may_write: bool) -> None:
        """Ask for the reason of one decision; what is being typed for it stays.

        Args:
            what: The scale and dimension, in words.
            stored: The reason as it is stored.
            hint: What stands in the empty line.
            may_write: Whether a reason is wanted at all.
        """
        name = self.tr("Why? {what}").format(what=what)
        other = name != self.text.accessibleName()
        if other or self._stored != stored:
            if other or not self.text.hasFocus():
                self.text.setText(stored)
            self._stored = stored
        self.what.setText(self.tr("Why?"))
        self.text.setAccessibleName(name)
        self.text.setPlaceholderText(hint)
        self.text.setEnabled(may_write)

    def save(self) -> None:
        """Pass the text on if it is new."""
        self._pause.stop()
        if self.waits and self.text.isEnabled():
            self.written.emit(self.text.text().strip())

    def _keep(self) -> None:
        self.save()
        self.kept.emit()


class _Text(QLineEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let nothing wait for the keyboard to come back."""
        super().focusOutEvent(event)
        self.left.emit()
