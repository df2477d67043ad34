"""Which ratings the figures rest on, and how they are computed and judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QWidget,
)

from mio_fidelity.analysis.findings import Form, Options
from mio_fidelity.analysis.study import FilterChoices, ScoreFilter
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.several import Several
from mio_fidelity.report.bands import BANDS, Scheme
from mio_fidelity.store import Purpose

ANY_DAY = QDate(2000, 1, 1)
COLUMNS = 6


class FilterBar(QFrame):
    """The controls, two lines of them.

    Signals:
        changed: Something else is to be computed.
        judged: Other bands are to be shown.
    """

    changed = Signal()
    judged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "bar")
        self.purpose, self.edition = QComboBox(), QComboBox()
        self.sites, self.arms, self.coders = Several(), Several(), Several()
        self.since, self.until = self._day(), self._day()
        self.first, self.last = self._number(), self._number()
        self.form, self.scheme = QComboBox(), QComboBox()
        self.reset = QPushButton(self.tr("Back to all"))
        self._lay_out()
        self._fill_fixed()
        for box in (self.purpose, self.edition, self.form):
            box.activated.connect(lambda _: self.changed.emit())
        for several in (self.sites, self.arms, self.coders):
            several.ticked.connect(self.changed)
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda _: self.changed.emit())
        for number in (self.first, self.last):
            number.valueChanged.connect(lambda _: self.changed.emit())
        self.scheme.activated.connect(lambda _: self.judged.emit())
        self.reset.clicked.connect(self.clear)

    def offer(self, choices: FilterChoices) -> None:
        """Offer what the study has."""
        self.sites.offer(choices.sites)
        self.arms.offer(choices.arms)
        self.coders.offer(choices.coders)
        purposes = dict.fromkeys((Purpose.RELIABILITY, *choices.purposes))
        words = self._purpose_words()
        _refill(self.purpose, [(words[each], each) for each in purposes])
        usual = (self.tr("the one most used"), None)
        _refill(self.edition, [usual, *((title, sha256) for sha256, title in choices.instruments)])

    def chosen(self) -> ScoreFilter:
        """Which ratings count."""
        return ScoreFilter(
            (Purpose(self.purpose.currentData() or Purpose.RELIABILITY),),
            self.sites.chosen(),
            self.arms.chosen(),
            self.coders.chosen(),
            _date(self.since),
            _date(self.until),
            self.first.value() or None,
            self.last.value() or None,
            self.edition.currentData(),
        )

    def options(self) -> Options:
        """How to compute."""
        return Options(form=cast(Form, self.form.currentData()))

    def bands(self) -> Scheme:
        """The bands to judge by."""
        return cast(Scheme, self.scheme.currentData())

    def purpose_words(self) -> str:
        """The purpose that is chosen, in a word."""
        return self.purpose.currentText()

    def words_of(self, purposes: str) -> str:
        """Purposes, as the filter words of findings name them, in words."""
        words = self._purpose_words()
        return ", ".join(words[Purpose(each)] for each in purposes.split(", ") if each)

    def in_words(self, chosen: Mapping[str, str]) -> str:
        """What was chosen, by the filter words of findings; the instrument is told elsewhere."""
        names = {
            "sites": self.tr("Sites"),
            "arms": self.tr("Arms"),
            "coders": self.tr("Coders"),
            "since": self.tr("Submitted from"),
            "until": self.tr("Submitted until"),
            "first_number": self.tr("First session number"),
            "last_number": self.tr("Last session number"),
        }
        told = [(self.tr("Purpose"), self.words_of(chosen.get("purposes", "")))]
        told += [(name, chosen[key]) for key, name in names.items() if key in chosen]
        return "; ".join(f"{name}: {value}" for name, value in told if value)

    def clear(self) -> None:
        """Back to all ratings for reliability."""
        widgets = (self.since, self.until, self.first, self.last)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        for several in (self.sites, self.arms, self.coders):
            several.clear()
        for box in (self.purpose, self.edition, self.form):
            box.setCurrentIndex(0)
        for day in (self.since, self.until):
            day.setDate(ANY_DAY)
        for number in (self.first, self.last):
            number.setValue(0)
        del blockers
        self.changed.emit()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.scaled(14), theme.scaled(6), theme.scaled(14), theme.scaled(10))
        grid.setHorizontalSpacing(theme.scaled(12))
        grid.setVerticalSpacing(theme.scaled(3))
        numbers = QWidget()
        both = QHBoxLayout(numbers)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.first)
        both.addWidget(label("–"))
        both.addWidget(self.last)
        places: Sequence[tuple[str, QWidget, QWidget]] = (
            (self.tr("Purpose"), self.purpose, self.purpose),
            (self.tr("Sites"), self.sites, self.sites),
            (self.tr("Arms"), self.arms, self.arms),
            (self.tr("Coders"), self.coders, self.coders),
            (self.tr("Submitted from"), self.since, self.since),
            (self.tr("Submitted until"), self.until, self.until),
            (self.tr("Session numbers (phase of treatment)"), numbers, self.first),
            (self.tr("Edition of the instrument"), self.edition, self.edition),
            (self.tr("Form of the ICC"), self.form, self.form),
            (self.tr("Bands"), self.scheme, self.scheme),
        )
        for nth, (words, widget, named) in enumerate(places):
            row, column = divmod(nth, COLUMNS)
            name = label(words, "small")
            name.setBuddy(named)
            named.setAccessibleName(words)
            grid.addWidget(name, 2 * row, column)
            grid.addWidget(widget, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
        self.last.setAccessibleName(self.tr("Last session number"))
        grid.addWidget(self.reset, 3, COLUMNS - 1)

    def _fill_fixed(self) -> None:
        forms = (
            (self.tr("by the design"), "auto"),
            (self.tr("two-way, absolute"), "two_way"),
            (self.tr("one-way"), "one_way"),
        )
        for words, key in forms:
            self.form.addItem(words, key)
        for scheme, bands in BANDS.items():
            self.scheme.addItem(bands.title, scheme)
        _refill(self.purpose, [(self._purpose_words()[Purpose.RELIABILITY], Purpose.RELIABILITY)])
        _refill(self.edition, [(self.tr("the one most used"), None)])

    def _purpose_words(self) -> dict[Purpose, str]:
        return {
            Purpose.TRAINING: self.tr("training"),
            Purpose.CERTIFICATION: self.tr("certification"),
            Purpose.PRODUCTION: self.tr("production"),
            Purpose.RELIABILITY: self.tr("reliability"),
            Purpose.DRIFT: self.tr("drift"),
            Purpose.CONSENSUS: self.tr("consensus"),
            Purpose.MASTER: self.tr("master codes"),
            Purpose.SELF: self.tr("self-rating"),
        }

    def _day(self) -> QDateEdit:
        made = QDateEdit(ANY_DAY)
        made.setMinimumDate(ANY_DAY)
        made.setSpecialValueText(self.tr("any day"))
        made.setDisplayFormat("yyyy-MM-dd")
        made.setCalendarPopup(True)
        return made

    def _number(self) -> QSpinBox:
        made = QSpinBox()
        made.setRange(0, 9999)
        made.setSpecialValueText(self.tr("any"))
        made.setKeyboardTracking(False)
        return made


def _refill(box: QComboBox, items: Sequence[tuple[str, str | None]]) -> None:
    """Offer these; what was chosen and is still there stays."""
    kept = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for words, key in items:
            box.addItem(words, key)
        box.setCurrentIndex(max(0, box.findData(kept)))


def _date(edit: QDateEdit) -> date | None:
    day = edit.date()
    return None if day == ANY_DAY else date(day.year(), day.month(), day.day())
