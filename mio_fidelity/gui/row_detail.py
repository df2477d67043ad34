"""Why a scale has the reliability it has: who gave what together, and how many coders would help."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mio_fidelity.analysis.findings import Row
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.apart_list import ApartList
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.plots import ContingencyPlot, DifferencePlot
from mio_fidelity.gui.reliability_work import look_behind
from mio_fidelity.gui.row_numbers import Behind
from mio_fidelity.gui.score_plots import CurvePlot, SpreadPlot
from mio_fidelity.gui.sheets import row_title
from mio_fidelity.gui.workbench import said
from mio_fidelity.reliability.estimate import REASONS

LIST_ROWS = 6


class RowDetail(QWidget):
    """The panel beside the table.

    Signals:
        closed: It is not wanted any longer.
        asked: What is the D study?
    """

    closed = Signal()
    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._behind: Behind | None = None
        self._job: Job | None = None
        self.title = label("", "title")
        self.title.setWordWrap(True)
        self.close_button = QPushButton(self.tr("Close"))
        self.headline = self._sentence()
        self.pair = QComboBox()
        self.pair.setAccessibleName(self.tr("Which coders"))
        self.pair.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.pair.setMinimumContentsLength(10)
        self.table, self.spread = ContingencyPlot(), SpreadPlot()
        self.difference, self.curve = DifferencePlot(), CurvePlot()
        self.difference_words, self.curve_words = self._sentence(), self._sentence()
        self.apart = ApartList(self.tr("Largest disagreements on this scale"), tagged=False)
        self.apart_words = self._sentence()
        self.what = QPushButton(self.tr("what is this?"))
        theme.set_role(self.what, "quiet")
        self.area = QScrollArea()
        self._lay_out()
        self.close_button.clicked.connect(self.closed)
        self.pair.activated.connect(lambda _: self._show_pair())
        self.what.clicked.connect(self.asked)

    def look_at(self, table: ScoreTable, row: Row) -> None:
        """Find out what stands behind ``row``; until then what is shown is greyed."""
        self.drop()
        self.title.setText(row_title(row))
        self.grey(True)
        dimension = dict(table.dimensions)[row.dimension]
        self._job = Job(partial(look_behind, table, row), self)
        self._job.finished.connect(lambda found: self.show_behind(found, dimension))
        self._job.start()

    def drop(self) -> None:
        """Nobody wants the numbers that are on their way."""
        if self._job is not None:
            self._job.drop()
        self._job = None

    def grey(self, stale: bool) -> None:
        """Grey the values, because newer ones are on their way."""
        self.area.setEnabled(not stale)

    def show_behind(self, found: Behind, dimension: str) -> None:
        """Show what stands behind a row."""
        same = self._behind is not None and self._behind.row.key == found.row.key
        self._behind, self._job = found, None
        self.grey(False)
        self.title.setText(f"{row_title(found.row)} · {dimension}")
        self._show_headline(found)
        self._offer_pairs(found)
        self._show_pair()
        self.spread.show_scores(found.scores, found.coders, found.points)
        n = len(found.order)
        self.apart.apart.show(n, found.apart, {})
        rows = min(LIST_ROWS, max(1, n))
        self.apart.setFixedHeight(rows * theme.scaled(27) + 2)
        self.apart.setVisible(n > 0)
        words = self.tr("Double-coded sessions with a difference: {n} of {all}, the largest first.")
        self.apart_words.setText(words.format(n=n, all=found.row.icc.n_multiple))
        self._show_curve(found)
        if not same:
            self.area.verticalScrollBar().setValue(0)

    def _show_headline(self, found: Behind) -> None:
        icc = found.row.icc
        if icc.defined:
            words = self.tr("ICC {icc} {limits}, n = {n}").format(
                icc=figures.coefficient(icc.value), limits=figures.limits(icc), n=icc.n_multiple
            )
        else:
            words = self.tr("ICC —: {why}").format(why=figures.why_not(icc))
        of_mean, consistency = found.row.average, found.row.consistency
        more = self.tr("Mean of a session's coders {mean}; coders' leniency aside {consistency}.").format(
            mean=figures.coefficient(of_mean.value), consistency=figures.coefficient(consistency.value)
        )
        parts = (words, more, self._applicability(found.row), *map(said, found.row.remarks))
        self.headline.setText("\n".join(part for part in parts if part))

    def _applicability(self, row: Row) -> str:
        """Agreement on whether the scale applied, where somebody said that it did not."""
        if row.applicability is None:
            return ""
        ac1, kappa = row.applicability["AC1"], row.applicability["kappa"]
        words = self.tr("Whether it applies at all: AC1 {ac1}, kappa {kappa}, n = {n}.")
        return words.format(
            ac1=figures.coefficient(ac1.value), kappa=figures.coefficient(kappa.value), n=ac1.n_multiple
        )

    def _offer_pairs(self, found: Behind) -> None:
        kept = self.pair.currentData()
        self.pair.clear()
        self.pair.addItem(self.tr("all pairs pooled"), None)
        for first, second in found.shared_pairs():
            self.pair.addItem(
                self.tr("{first} and {second}").format(first=first, second=second), (first, second)
            )
        at = next((at for at in range(self.pair.count()) if self.pair.itemData(at) == kept), 0)
        self.pair.setCurrentIndex(at)

    def _show_pair(self) -> None:
        assert self._behind is not None
        chosen = self.pair.currentData()
        counts = self._behind.together(*(chosen or ()))
        first, second = chosen or (self.tr("one coder"), self.tr("the other (in code order)"))
        self.table.setVisible(self._behind.row.kind == "scale")
        self.table.show_counts(counts, first, second)
        self.difference.show_counts(counts)
        self.difference.setVisible(counts.n > 1)
        words = self.difference.as_text() if counts.n > 1 else self.tr("Fewer than two pairs of scores.")
        self.difference_words.setText(words)

    def _show_curve(self, found: Behind) -> None:
        self.curve.setVisible(bool(found.curve))
        absolute, relative = found.needed
        self.curve.show_curve(found.curve, absolute)
        if found.study.reason is not None:
            why = QCoreApplication.translate("Estimate", REASONS[found.study.reason])
            self.curve_words.setText(self.tr("Cannot be told: {why}").format(why=why))
        elif absolute is None:
            self.curve_words.setText(self.tr("No number of coders would reach .80: sessions hardly differ."))
        else:
            words = self.tr(
                "How many coders it takes until their mean reaches .80: {absolute} when scores are compared"
                " with a cut-off (dark line), {relative} when sessions are only compared with each other"
                " (light line)."
            )
            self.curve_words.setText(words.format(absolute=absolute, relative=relative))

    def _sentence(self) -> QLabel:
        made = label("", "small")
        made.setWordWrap(True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _heading(self, text: str) -> QLabel:
        made = label(text)
        made.setFont(theme.font(bold=True))
        made.setWordWrap(True)
        return made

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.scaled(12), theme.scaled(4), theme.scaled(12), theme.scaled(12))
        column.setSpacing(theme.scaled(6))
        choice = QHBoxLayout()
        choice.addWidget(self._heading(self.tr("Together")))
        choice.addWidget(self.pair, 1)
        how_many = QHBoxLayout()
        how_many.addWidget(self._heading(self.tr("How many coders would .80 take?")), 1)
        how_many.addWidget(self.what)
        column.addWidget(self.headline)
        column.addSpacing(theme.scaled(6))
        column.addLayout(choice)
        column.addWidget(self.table)
        for heading, parts in (
            (self.tr("Largest disagreements"), (self.apart_words, self.apart)),
            (self.tr("Scores of each coder"), (self.spread,)),
            (self.tr("Difference by mean (Bland–Altman)"), (self.difference, self.difference_words)),
        ):
            column.addSpacing(theme.scaled(8))
            column.addWidget(self._heading(heading))
            for part in parts:
                column.addWidget(part)
        column.addSpacing(theme.scaled(8))
        column.addLayout(how_many)
        column.addWidget(self.curve_words)
        column.addWidget(self.curve)
        column.addStretch(1)
        self.area.setWidget(inner)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        head = QHBoxLayout()
        head.setContentsMargins(theme.scaled(12), theme.scaled(8), theme.scaled(8), 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(head)
        whole.addWidget(self.area, 1)
