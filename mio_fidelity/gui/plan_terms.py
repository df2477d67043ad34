"""The terms of an assignment plan, as a short form of five questions."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from PySide6.QtCore import QDate, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding.plan import MOST_SEED, Plan, Stratum, Unit
from mio_fidelity.gui import theme
from mio_fidelity.gui.phase_rows import PhaseRows
from mio_fidelity.gui.plan_fields import PlainNumber, WheelGuard, fill, group, offer, side_by_side, tick
from mio_fidelity.gui.plan_words import strata, units
from mio_fidelity.gui.several import Several
from mio_fidelity.gui.spin_unit import spin_unit

FIRST_DUE_IN_DAYS = 7
# Of the seeds that the program proposes: few digits are easily written down.
MOST_PROPOSED = 999_999
MOST = 9999


class PlanTerms(QScrollArea):
    """The form.

    Signals:
        changed: Something else is wanted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = QWidget()
        self.unit = QComboBox()
        self.phases = PhaseRows(self.unit)
        self.arms, self.sites, self.coders = Several(), Several(), Several()
        self.share, self.expected = PlainNumber(), PlainNumber()
        self.spread = {each: QCheckBox() for each in Stratum}
        self.own_site = QCheckBox(self.tr("Coders also code sessions of their own site"))
        self.recodes, self.after_days = QSpinBox(), QSpinBox()
        self.dated = QCheckBox(self.tr("Sessions are due on a day"))
        self.first_due, self.per_week = QDateEdit(), QSpinBox()
        self.seed_box = QSpinBox()
        self.new_seed = QPushButton(self.tr("New seed"))
        self._dress()
        self._lay_out()
        self.show_plan(Plan())
        self._connect()

    def offer(self, arms: Iterable[str], sites: Iterable[str], coders: Iterable[str]) -> None:
        """Offer what the study has; what is ticked stays."""
        for several, choices in ((self.arms, arms), (self.sites, sites), (self.coders, coders)):
            offer(several, choices)

    def minimumSizeHint(self) -> QSize:
        """Nothing is cut off at the side."""
        wide = self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(wide, super().minimumSizeHint().height())

    def forget(self) -> None:
        """Show nothing of a study."""
        self.show_plan(Plan())
        for several in (self.arms, self.sites, self.coders):
            several.offer(())

    def seed(self) -> int:
        """The seed as it stands."""
        return self.seed_box.value()

    def plan(self) -> Plan:
        """The plan as it stands; it may have problems."""
        dated = self.dated.isChecked()
        return Plan(
            phases=self.phases.phases(),
            unit=Unit(self.unit.currentData()),
            arms=self.arms.chosen(),
            sites=self.sites.chosen(),
            coders=self.coders.chosen(),
            double_share=round(self.share.value() / 100, 6),
            double_by=tuple(each for each, box in self.spread.items() if box.isChecked()),
            own_site=self.own_site.isChecked(),
            recodes=self.recodes.value(),
            recode_after_days=self.after_days.value(),
            first_due=_date(self.first_due.date()) if dated else None,
            per_week=(self.per_week.value() or None) if dated else None,
            expected_icc=round(self.expected.value(), 6),
        )

    def show_plan(self, plan: Plan, seed: int = 1) -> None:
        """Show the terms of ``plan``; nothing is said to have changed."""
        with QSignalBlocker(self):
            self.unit.setCurrentIndex(self.unit.findData(plan.unit))
            self.phases.show_phases(plan.phases)
            tick(self.arms, plan.arms)
            tick(self.sites, plan.sites)
            tick(self.coders, plan.coders)
            for stratum, box in self.spread.items():
                box.setChecked(stratum in plan.double_by)
            self.share.setValue(100 * plan.double_share)
            self.expected.setValue(plan.expected_icc)
            self.own_site.setChecked(plan.own_site)
            self.recodes.setValue(plan.recodes)
            self.after_days.setValue(plan.recode_after_days)
            self.dated.setChecked(plan.first_due is not None)
            day = plan.first_due or date.today() + timedelta(FIRST_DUE_IN_DAYS)
            self.first_due.setDate(QDate(day.year, day.month, day.day))
            self.per_week.setValue(plan.per_week or 0)
            self.seed_box.setValue(seed)
            self._allow()

    def _dress(self) -> None:
        for unit, words in units().items():
            self.unit.addItem(words, unit)
        for stratum, words in strata().items():
            self.spread[stratum].setText(words)
            self.spread[stratum].setAccessibleName(self.tr("Spread over {what}").format(what=words))
        for several, words in (
            (self.arms, self.tr("Arms to take from; none ticked means all")),
            (self.sites, self.tr("Sites to take from; none ticked means all")),
            (self.coders, self.tr("Who codes; none ticked means every coder")),
        ):
            several.list.setAccessibleName(words)
            several.setToolTip(words)
        for number in (self.share, self.expected):
            # A plan from a file says more than two digits, and is drawn as it says.
            number.setDecimals(4)
        self.share.setRange(0, 100)
        self.share.setSuffix(" %")
        self.expected.setRange(0.0001, 0.9999)
        self.expected.setSingleStep(0.05)
        self.recodes.setRange(0, MOST)
        self.recodes.setSpecialValueText(self.tr("none"))
        self.after_days.setRange(0, MOST)
        spin_unit(self.after_days, self.tr(" day"), self.tr(" days"))
        self.per_week.setRange(0, MOST)
        self.per_week.setSpecialValueText(self.tr("all at once"))
        self.first_due.setDisplayFormat("yyyy-MM-dd")
        self.first_due.setCalendarPopup(True)
        self.seed_box.setRange(0, MOST_SEED)
        self.seed_box.setMinimumWidth(theme.scaled(96))
        self.seed_box.setAccessibleName(self.tr("Seed"))
        self.new_seed.setToolTip(self.tr("Draw other sessions and other pairs on the same terms"))
        wheel = WheelGuard(self)
        for box in self._numbers():
            # What is half typed is no number yet.
            box.setKeyboardTracking(False)
        for field in (self.unit, *self._numbers()):
            wheel.guard(field)

    def _numbers(self) -> tuple[QSpinBox | PlainNumber | QDateEdit, ...]:
        whole = (self.recodes, self.after_days, self.per_week, self.seed_box)
        return (self.share, self.expected, self.first_due, *whole)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(*(theme.scaled(px) for px in (14, 10, 14, 12)))
        column.setSpacing(theme.scaled(18))
        for part in (self._which(), self._twice(), self._who(), self._when(), self._luck()):
            column.addLayout(part)
        column.addStretch(1)
        fill(self, self._inside)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Terms of the plan"))

    def _which(self) -> QGridLayout:
        return group(
            self.tr("Which sessions?"),
            (
                (self.tr("Taken from"), self.unit, ""),
                ("", self.phases, ""),
                (self.tr("Arms"), self.arms, ""),
                (self.tr("Sites"), self.sites, ""),
            ),
        )

    def _twice(self) -> QGridLayout:
        return group(
            self.tr("How many are coded twice?"),
            (
                (self.tr("Share"), self.share, self.tr("By two coders; reliability rests on them.")),
                (self.tr("Spread over"), side_by_side(self.spread.values()), ""),
                (
                    self.tr("Expected ICC"),
                    self.expected,
                    self.tr("For telling how precise reliability will be."),
                ),
            ),
        )

    def _who(self) -> QGridLayout:
        return group(
            self.tr("Who codes?"),
            (
                (self.tr("Coders"), self.coders, ""),
                ("", self.own_site, ""),
                (
                    self.tr("Hidden re-codes"),
                    self.recodes,
                    self.tr("Per coder: own sessions once more, to see how stable scores are."),
                ),
                (self.tr("Not before"), self.after_days, self.tr("After the first rating was submitted.")),
            ),
        )

    def _when(self) -> QGridLayout:
        return group(
            self.tr("When?"),
            (
                ("", self.dated, ""),
                (self.tr("First due"), self.first_due, ""),
                (self.tr("Per week"), self.per_week, self.tr("Sessions that one coder codes in a week.")),
            ),
        )

    def _luck(self) -> QGridLayout:
        return group(
            self.tr("How is it drawn?"),
            (
                (
                    self.tr("Seed"),
                    side_by_side((self.seed_box, self.new_seed)),
                    self.tr("Same plan, same seed, same study: same assignment."),
                ),
            ),
        )

    def _connect(self) -> None:
        self.unit.currentIndexChanged.connect(self._take)
        self.phases.changed.connect(self._take)
        for several in (self.arms, self.sites, self.coders):
            several.ticked.connect(self._take)
        for number in (self.share, self.expected, self.recodes, self.after_days, self.per_week):
            number.valueChanged.connect(self._take)
        self.seed_box.valueChanged.connect(self._take)
        self.first_due.dateChanged.connect(self._take)
        for box in (self.own_site, self.dated, *self.spread.values()):
            box.toggled.connect(self._take)
        self.new_seed.clicked.connect(lambda: self.seed_box.setValue(1 + secrets.randbelow(MOST_PROPOSED)))

    def _take(self, *_: object) -> None:
        self._allow()
        self.changed.emit()

    def _allow(self) -> None:
        """What says nothing now cannot be changed now."""
        for field in (self.first_due, self.per_week):
            field.setEnabled(self.dated.isChecked())
        self.after_days.setEnabled(self.recodes.value() > 0)
        for box in self.spread.values():
            box.setEnabled(self.share.value() > 0)


def _date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
