"""The one line in which the note of an evidence mark is written."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mio_fidelity.gui.evidence_rows import EvidenceRow

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
# Long enough not to write every letter into the history, short enough to lose little if the power goes.
_PAUSE_MS = 1_000


class NoteEdit(QLineEdit):
    """Passes its text on after a short pause, with Enter and when it loses the keyboard.

    Args:
        row: The mark the note belongs to.
        is_new: Whether the mark was just made.
        parent: Its parent.
    """

    edited = Signal(str, str)
    """The mark's id and a text that is not yet stored."""
    kept = Signal()
    """Enter; the text was passed on."""
    cancelled = Signal()
    """Escape; the text is again what it was."""
    left = Signal()
    """The keyboard went elsewhere in this window; the text was passed on."""

    def __init__(self, row: EvidenceRow, is_new: bool, parent: QWidget | None = None) -> None:
        super().__init__(row.note, parent)
        self.row, self.is_new = row, is_new
        self._stored = row.note
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.save)
        self.textEdited.connect(lambda _: self._pause.start())
        self.setPlaceholderText(self.tr("type a note…  Enter keeps it, playback goes on"))
        self.setAccessibleDescription(self.tr("Do not write names or places."))

    @property
    def waits(self) -> bool:
        """Whether there is text that is not stored, be it that the study refused it."""
        return self.text().strip() != self._stored

    def show_stored(self, text: str) -> None:
        """Take note of what is stored; what is being typed stays."""
        self._stored = text

    def save(self) -> None:
        """Pass the text on if it is new."""
        self._pause.stop()
        if self.waits:
            self._stored = self.text().strip()
            self.edited.emit(self.row.id, self._stored)

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape from the page while writing."""
        if not isinstance(event, QKeyEvent) or event.key() not in _KEYS:
            return super().event(event)
        # Ctrl+Enter is the page's, also while typing.
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return super().event(event)
        if event.type() == QEvent.Type.KeyPress:
            self._cancel() if event.key() == Qt.Key.Key_Escape else self._keep()
        event.accept()
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let nothing wait for the keyboard to come back, be it from this line's menu or another window."""
        super().focusOutEvent(event)
        self.save()
        stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in stays:
            self.left.emit()

    def _keep(self) -> None:
        self.save()
        self.kept.emit()

    def _cancel(self) -> None:
        self.setText(self.row.note)
        self.save()
        self.cancelled.emit()
