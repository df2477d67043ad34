"""How long recordings are kept, and the day on which a client withdrew her consent."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QHBoxLayout,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import removal, retention
from mio_fidelity.coding.retention import MOST_MONTHS, MOST_YEARS, Retention
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.spin_unit import spin_unit
from mio_fidelity.gui.workbench import Workbench

WIDTH_PX = 520


class RetentionDialog(QDialog):
    """For ever, for so many years after each session, or until a day."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setWindowTitle(self.tr("How long recordings are kept"))
        self.for_ever = QRadioButton(self.tr("Without a limit"))
        self.for_years = QRadioButton(self.tr("For some time after the session"))
        self.until_day = QRadioButton(self.tr("All until one day"))
        self.years, self.until = QSpinBox(), _day_field(self.tr("The last day of keeping"))
        self.months = QSpinBox()
        for box, most, one, more, name in (
            (self.years, MOST_YEARS, self.tr(" year"), self.tr(" years"), self.tr("Number of years")),
            (self.months, MOST_MONTHS, self.tr(" month"), self.tr(" months"), self.tr("Number of months")),
        ):
            box.setRange(0, most)
            spin_unit(box, one, more)
            box.setAccessibleName(name)
        self.years.setValue(5)
        words = self.tr(
            "Recordings whose time is over stand in the table “To remove”. Nothing is removed by itself: a"
            " supervisor looks at them and removes them. A session without a date counts from the day on"
            " which its recording was added. Single recordings can have a day of their own: see the table"
            " “Recordings”."
        )
        span = QHBoxLayout()
        span.addWidget(self.years, 1)
        span.addWidget(self.months, 1)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.for_ever)
        column.addWidget(self.for_years)
        column.addLayout(span)
        column.addWidget(self.until_day)
        column.addWidget(self.until)
        column.addWidget(buttons(self, self.tr("Set")))
        self._show(bench.ask(retention.retention))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Keep the choice."""
        chosen = Retention()
        if self.for_years.isChecked():
            chosen = Retention(years=self.years.value(), months=self.months.value())
        elif self.until_day.isChecked():
            chosen = Retention(until=_day(self.until))
        if self._bench.do(retention.set_retention, chosen) is not None:
            super().accept()

    def _show(self, chosen: Retention) -> None:
        self.for_years.toggled.connect(self.years.setEnabled)
        self.for_years.toggled.connect(self.months.setEnabled)
        self.until_day.toggled.connect(self.until.setEnabled)
        for field in (self.years, self.months, self.until):
            field.setEnabled(False)
        if chosen.years is not None:
            self.years.setValue(chosen.years)
            self.months.setValue(chosen.months)
            self.for_years.setChecked(True)
        elif chosen.until is not None:
            self.until.setDate(_shown(chosen.until))
            self.until_day.setChecked(True)
        else:
            self.for_ever.setChecked(True)


class KeepDialog(QDialog):
    """Gives the recordings of some sessions a last day of their own, or takes it away.

    Args:
        bench: With an open study.
        sessions: Ids.
        parent: Over which window.
    """

    def __init__(self, bench: Workbench, sessions: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._sessions = bench, sessions
        self.setWindowTitle(self.tr("Kept until"))
        self.by_rule = QRadioButton(self.tr("As long as the study's rule says"))
        self.own = QRadioButton(self.tr("Until a day of their own"))
        self.day = _day_field(self.tr("The last day of keeping"))
        words = self.tr(
            "For all recordings of the chosen sessions ({n}). After its last day a recording stands in the"
            " table “To remove”; nothing is removed by itself. Withdrawn consent goes before any day."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words.format(n=len(sessions)), "muted"))
        for widget in (self.by_rule, self.own, self.day):
            column.addWidget(widget)
        column.addWidget(buttons(self, self.tr("Set")))
        day = bench.ask(retention.own_day, sessions)
        self.day.setEnabled(day is not None)
        self.own.toggled.connect(self.day.setEnabled)
        (self.by_rule if day is None else self.own).setChecked(True)
        if day is not None:
            self.day.setDate(_shown(day))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Keep the choice."""
        until = _day(self.day) if self.own.isChecked() else None
        if self._bench.do(retention.keep, self._sessions, until) is not None:
            super().accept()


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


def _shown(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _day(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
