"""What was rated without the server and could not be stored there."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from mio_fidelity.coding import offline
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.work_dialog import list_of
from mio_fidelity.store.bridge import Bridge

WIDTH_PX = 640


class RefusedDialog(QDialog):
    """Lists the entries with the reasons; they stay until somebody has dealt with them.

    Signals:
        seen: They are dealt with, and forgotten.
    """

    seen = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Not stored on the server"))
        self._bridge = bridge
        self.list = list_of(self.tr("What was not stored, and why"))
        for entry in bridge.refused():
            why = QCoreApplication.translate("UserError", entry.why)
            self.list.addItem(self.tr("{what}: {why}").format(what=offline.said(entry), why=why))
        box = buttons(self, self.tr("I have dealt with all of them"))
        box.button(box.StandardButton.Cancel).setText(self.tr("Keep them"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        words = self.tr(
            "While the server was away you rated what somebody changed there too. The server's side was left"
            " as it is. Open the sessions and rate again what should be otherwise."
        )
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.list, 1)
        column.addWidget(box)
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Forget them."""
        self._bridge.forget_refused()
        self.seen.emit()
        super().accept()
