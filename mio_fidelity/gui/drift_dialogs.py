"""Before master sessions are drawn for a coder, and before a recalibration is closed."""

import secrets

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QDialog, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.drift_flags import USUAL_DRAW
from mio_fidelity.gui.workbench import sentence

MOST_DRAW, WEEKS = 50, 2


class DrawDialog(QDialog):
    """Asks how many master sessions, and says what will happen.

    Signals:
        asked: How many, the day they are due or None, the seed.
    """

    asked = Signal(int, object, int)

    def __init__(self, code: str, why: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Draw master sessions"))
        self.number = QSpinBox()
        self.due, self.day = (
            QCheckBox(self.tr("Due on")),
            QDateEdit(QDate.currentDate().addDays(7 * WEEKS)),
        )
        self.number.setRange(1, MOST_DRAW)
        self.number.setValue(USUAL_DRAW)
        self.number.setAccessibleName(self.tr("How many sessions"))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setMinimumDate(QDate.currentDate())
        self.day.setAccessibleName(self.tr("Due on"))
        self.due.setChecked(True)
        self.due.setToolTip(self.tr("As the coder's other sessions have it, or these stand out among them"))
        self.due.toggled.connect(self.day.setEnabled)
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        words = self.tr(
            "Sessions with master codes appear in the list of {code} like any others: nothing there tells "
            "what they are for. Those that {code} has never rated come first; they need not be marked for "
            "training, for {code} codes for the study. When all are rated you close the recalibration, and "
            "see how far {code} is from the master codes then."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(sentence_label(why, "warn" if why.startswith("▲") else "muted"))
        column.addWidget(sentence_label(words.format(code=code)))
        fields = QFormLayout()
        fields.addRow(self.tr("How many sessions"), self.number)
        fields.addRow(self.due, self.day)
        column.addLayout(fields)
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Draw")))
        self.setMinimumWidth(theme.scaled(460))
        self.number.setFocus()
        self.number.selectAll()

    def accept(self) -> None:
        """Hand it over; it closes once it is stored."""
        day = self.day.date().toPython() if self.due.isChecked() else None
        self.asked.emit(self.number.value(), day, secrets.randbelow(2**31))

    def complain(self, error: UserError) -> None:
        """Say why it was refused."""
        self.complaint.setText(f"▲ {sentence(error)}")
        self.complaint.show()

    def done_well(self) -> None:
        """It is stored."""
        super().accept()


class CloseDialog(QDialog):
    """Says what closing a recalibration does, then what came of it.

    Signals:
        asked: Close it.
    """

    asked = Signal()

    def __init__(self, row: RecalibrationRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Close the recalibration"))
        self._closed = False
        words = self.tr(
            "{code} has rated all {n} sessions. They are held against the master codes now, and the "
            "outcome is kept for good. The chart of {code} begins anew today."
        )
        self.words = sentence_label(words.format(code=row.coder, n=row.given))
        self.outcome = sentence_label("")
        self.outcome.hide()
        self.box = buttons(self, self.tr("Close it"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        for widget in (self.words, self.outcome, self.box):
            column.addWidget(widget)
        self.setMinimumWidth(theme.scaled(460))

    def accept(self) -> None:
        """Close the recalibration; once that is done, the dialog."""
        if self._closed:
            super().accept()
        else:
            self.asked.emit()

    def complain(self, error: UserError) -> None:
        """Say why it was refused."""
        self._say(f"▲ {sentence(error)}", "alarm")

    def tell(self, words: str, passed: bool) -> None:
        """Say what came of it."""
        self._closed = True
        self.words.hide()
        self._say(words, "ok" if passed else "warn")
        cancel = self.box.button(self.box.StandardButton.Cancel)
        if cancel is not None:
            cancel.hide()
        self.box.button(self.box.StandardButton.Ok).setText(self.tr("Close"))

    def _say(self, words: str, role: str) -> None:
        self.outcome.setText(words)
        theme.set_role(self.outcome, role)
        self.outcome.show()
