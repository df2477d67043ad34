"""How long recordings are kept, and the day on which a client withdrew her consent."""

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QDialog, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from mio_fidelity.coding import removal, retention
from mio_fidelity.coding.retention import MOST_YEARS, Retention
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.workbench import Workbench

WIDTH_PX = 520


class RetentionDialog(QDialog):
    """For ever, for so many years after each session, or until a day."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setWindowTitle(self.tr("How long recordings are kept"))
        self.for_ever = QRadioButton(self.tr("Without a limit"))
        self.for_years = QRadioButton(self.tr("For a number of years after the session"))
        self.until_day = QRadioButton(self.tr("All until one day"))
        self.years, self.until = QSpinBox(), _day_field(self.tr("The last day of keeping"))
        self.years.setRange(0, MOST_YEARS)
        self.years.setValue(5)
        self.years.setSuffix(self.tr(" years"))
        self.years.setAccessibleName(self.tr("Number of years"))
        words = self.tr(
            "Recordings whose time is over stand in the table “To remove”. Nothing is removed by itself: a"
            " supervisor looks at them and removes them. A session without a date counts from the day on"
            " which its recording was added."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        for widget in (self.for_ever, self.for_years, self.years, self.until_day, self.until):
            column.addWidget(widget)
        column.addWidget(buttons(self, self.tr("Set")))
        self._show(bench.ask(retention.retention))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Keep the choice."""
        chosen = Retention()
        if self.for_years.isChecked():
            chosen = Retention(years=self.years.value())
        elif self.until_day.isChecked():
            chosen = Retention(until=_day(self.until))
        if self._bench.do(retention.set_retention, chosen) is not None:
            super().accept()

    def _show(self, chosen: Retention) -> None:
        self.for_years.toggled.connect(self.years.setEnabled)
        self.until_day.toggled.connect(self.until.setEnabled)
        for field in (self.years, self.until):
            field.setEnabled(False)
        if chosen.years is not None:
            self.years.setValue(chosen.years)
            self.for_years.setChecked(True)
        elif chosen.until is not None:
            self.until.setDate(QDate(chosen.until.year, chosen.until.month, chosen.until.day))
            self.until_day.setChecked(True)
        else:
            self.for_ever.setChecked(True)


class ConsentDialog(QDialog):
    """Asks on which day consent was withdrawn.

    Args:
        bench: With an open study.
        client_id: Whose consent.
        code: How the client is called.
        parent: Over which window.

    Signals:
        withdrawn: The ids of the client's sessions.
    """

    withdrawn = Signal(object)

    def __init__(self, bench: Workbench, client_id: str, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._client_id = bench, client_id
        self.setWindowTitle(self.tr("Consent withdrawn"))
        self.day = _day_field(self.tr("The day of withdrawal"))
        words = self.tr(
            "From now on nobody hears the sessions of {code} any more, whatever their ratings are. Next you"
            " are shown what can be removed; you can also do that later, in the table “To remove”."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words.format(code=code)))
        column.addWidget(self.day)
        column.addWidget(buttons(self, self.tr("Withdrawn")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Keep the day, and hand the sessions over."""
        done = self._bench.do(removal.withdraw_consent, self._client_id, _day(self.day))
        if done is not None:
            self.withdrawn.emit(done.value)
            super().accept()


def _day_field(name: str) -> QDateEdit:
    made = QDateEdit(QDate.currentDate())
    made.setCalendarPopup(True)
    made.setDisplayFormat("yyyy-MM-dd")
    made.setAccessibleName(name)
    return made


def _day(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
