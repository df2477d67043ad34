"""A field for a pass phrase with its button, which shows how long it has to wait after wrong ones."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.store.attempts import wait_left

TICK_MS = 250


class PhraseBox(QWidget):
    """Asks for a pass phrase.

    Args:
        does: What the button says.
        parent: Its parent.

    Signals:
        given: What was typed; the field keeps it until `clear`.
    """

    given = Signal(str)

    def __init__(self, does: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._does = does
        self._folder: Path | None = None
        self._busy = False
        self.field = secret_field(self.tr("Pass phrase"))
        self.field.setPlaceholderText(self.tr("Pass phrase"))
        self.button = QPushButton(does)
        self.button.setAutoDefault(True)
        theme.set_role(self.button, "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(12))
        column.addWidget(self.field)
        column.addWidget(self.button)
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self.look)
        self.field.returnPressed.connect(self._give)
        self.button.clicked.connect(self._give)

    def ask(self, folder: Path) -> None:
        """Ask for the pass phrase of the study in ``folder``."""
        self._folder = folder
        self.field.clear()
        self.set_busy(False)
        self.field.setFocus()

    def clear(self) -> None:
        """Forget what was typed, and ask no more."""
        self.field.clear()
        self._folder = None
        self._ticks.stop()

    def set_busy(self, busy: bool) -> None:
        """Show that what was typed is being tried; nothing can be typed meanwhile."""
        self._busy = busy
        self.field.setReadOnly(busy)
        self.look()

    def look(self) -> None:
        """Show how long it has to wait still."""
        left = wait_left(self._folder) if self._folder is not None else 0.0
        self.button.setEnabled(left <= 0 and not self._busy)
        if self._busy:
            self.button.setText(self.tr("One moment…"))
        elif left > 0:
            self.button.setText(
                self.tr("{does} in {seconds} s").format(does=self._does, seconds=int(left) + 1)
            )
            self._ticks.start()
        else:
            self.button.setText(self._does)
            self._ticks.stop()

    def _give(self) -> None:
        self.look()
        if not self.field.text():
            # A slip of Enter is no wrong pass phrase that has to be waited for.
            self.field.setFocus()
        elif self.button.isEnabled():
            self.given.emit(self.field.text())
            self.look()


def secret_field(name: str) -> QLineEdit:
    """A field whose text nobody reads over one's shoulder; ``name`` is what a screen reader says."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(name)
    return field
