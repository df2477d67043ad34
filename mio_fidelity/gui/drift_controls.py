"""What of the drift is looked at: reference, chart, dimension, domains or scales, how far back."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QWidget

from mio_fidelity.analysis.drift_results import By, DriftOptions, Reference
from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_view import View

BOTH = (Reference.MASTER, Reference.PARTNERS)
USUAL_LAST = 40
GAP_PX, _FIRST_ROW = 6, 3


class DriftControls(QWidget):
    """Boxes in the header.

    Signals:
        changed: Something else is looked at.
        by_changed: Domains or scales: to be computed anew.
    """

    changed = Signal()
    by_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        options = DriftOptions()
        self.reference = self._box(
            self.tr("Held against"),
            (self.tr("master codes and partners"), BOTH),
            (self.tr("master codes"), (Reference.MASTER,)),
            (self.tr("partners"), (Reference.PARTNERS,)),
        )
        self.kind = self._box(
            self.tr("Chart"),
            (
                self.tr("EWMA λ {lam}, {reach} σ").format(
                    lam=_short(options.lam), reach=f"{options.reach:g}"
                ),
                "ewma",
            ),
            (self.tr("CUSUM k {k}, h {h}").format(k=_short(options.k), h=f"{options.h:g}"), "cusum"),
        )
        self.span = self._box(
            self.tr("Sessions"),
            *((self.tr("last {n} sessions").format(n=n), n) for n in (20, USUAL_LAST, 100)),
            *((self.tr("last {n} months").format(n=n), -n) for n in (3, 6, 12)),
            (self.tr("all sessions"), 0),
            (self.tr("between two days"), None),
        )
        self.span.setCurrentIndex(1)
        self.dimension = self._box(self.tr("What was rated"))
        self.by = self._box(
            self.tr("Lines"), (self.tr("by domain"), "domain"), (self.tr("by scale"), "scale")
        )
        self.since, self.until = QDateEdit(), QDateEdit()
        self._grid = QGridLayout(self)
        self._folded = False
        self._lay_out()
        for box in (self.reference, self.kind, self.span, self.dimension):
            box.activated.connect(lambda _: self._change())
        self.by.activated.connect(lambda _: self.by_changed.emit())
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda _: self.changed.emit())

    def offer(self, dimensions: Sequence[tuple[str, str]]) -> None:
        """Offer these dimensions, key and title; the chosen one stays."""
        if [self.dimension.itemData(at) for at in range(self.dimension.count())] == [
            key for key, _ in dimensions
        ]:
            return
        kept = self.dimension.currentData()
        self.dimension.clear()
        for key, title in dimensions:
            self.dimension.addItem(title.lower(), key)
        self.dimension.setCurrentIndex(max(0, self.dimension.findData(kept)))

    def view(self) -> View:
        """What is looked at."""
        span = self.span.currentData()
        since = until = None
        if span is None:
            since, until = (_day(each.date()) for each in (self.since, self.until))
        elif span < 0:
            since = _day(QDate.currentDate().addMonths(span))
        last = span if span is not None and span > 0 else 0
        return View(
            tuple(self.reference.currentData()),
            self.kind.currentData(),
            self.dimension.currentData() or "",
            last,
            since,
            until,
        )

    def lines_by(self) -> By:
        """Whether a line is a domain or a scale."""
        by: By = self.by.currentData()
        return by

    def width_wanted(self) -> int:
        """That all words can be read in one row."""
        there = [each.sizeHint().width() for each in self._shown()]
        return sum(there) + theme.scaled(GAP_PX) * (len(there) - 1)

    def fold(self, folded: bool) -> None:
        """Stand in two rows, or in one; the order for Tab stays."""
        if folded != self._folded:
            self._folded = folded
            self._place()

    def in_words(self) -> str:
        """What is looked at, in words, for a report."""
        parts = [box.currentText() for box in (self.reference, self.kind, self.span, self.dimension, self.by)]
        if self.span.currentData() is None:
            parts[2] = self.tr("{since} to {until}").format(since=self.since.text(), until=self.until.text())
        return ", ".join(part for part in parts if part)

    def _change(self) -> None:
        between = self.span.currentData() is None
        for day in (self.since, self.until):
            day.setVisible(between)
        self._place()
        self.changed.emit()

    def _box(self, name: str, *items: tuple[str, object]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        for text, value in items:
            box.addItem(text, value)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMinimumContentsLength(7)
        return box

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.scaled(GAP_PX))
        for each in self._parts():
            self._grid.addWidget(each)
        for day, name, at in (
            (self.since, self.tr("First day"), QDate.currentDate().addYears(-1)),
            (self.until, self.tr("Last day"), QDate.currentDate()),
        ):
            day.setAccessibleName(name)
            day.setToolTip(name)
            day.setDisplayFormat("yyyy-MM-dd")
            day.setCalendarPopup(True)
            with QSignalBlocker(day):
                day.setDate(at)
            day.hide()
        self._place()

    def _place(self) -> None:
        there = self._shown()
        across = _FIRST_ROW if self._folded else len(there)
        for each in self._parts():
            self._grid.removeWidget(each)
        for nth, each in enumerate(there):
            row = min(nth // across, 1)
            self._grid.addWidget(each, row, nth - row * across)
        # The header asks at once how wide this is.
        self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        days = () if self.span.currentData() is None else (self.since, self.until)
        return [each for each in self._parts() if each not in days]

    def _parts(self) -> tuple[QWidget, ...]:
        """In the order for Tab."""
        return self.reference, self.kind, self.span, self.since, self.until, self.dimension, self.by


def _day(found: QDate) -> date:
    return date(found.year(), found.month(), found.day())


def _short(value: float) -> str:
    return f"{value:g}".removeprefix("0")
