"""What a plan would give out, before anything is stored: numbers, precision, who meets whom."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mio_fidelity.coding.draw import FEW_PAIRS
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.count_grid import CountGrid, Counts, Look, pair_counts
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.plan_fields import fill
from mio_fidelity.gui.plan_work import Drawn
from mio_fidelity.gui.workbench import sentence

WIDEST_PX = 1180


class PlanPreview(QScrollArea):
    """Shows a `Drawn`, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refusal = sentence_label("", "alarm")
        self.sampled, self.given, self.twice, self.precise = _Fact(), _Fact(), _Fact(), _Fact()
        self.told, self.remarks = sentence_label(), sentence_label("", "warn")
        self.phases = CountGrid(self.tr("Sessions by arm and phase"))
        self.load = CountGrid(self.tr("New ratings by coder"), 16)
        self.pairs = CountGrid(self.tr("Sessions that two coders share"), 16)
        self._facts = (self.sampled, self.given, self.twice, self.precise)
        self._whole = QWidget()
        self._lay_out()
        self.clear()

    def show_drawn(self, drawn: Drawn) -> None:
        """Show what was drawn."""
        found = drawn.proposal
        twice, share = len(found.double_coded), math.nan
        if found.sampled:
            share = twice / found.sampled
        words = self.tr("sessions sampled, of {all}").format(all=drawn.sessions)
        self.sampled.say(str(found.sampled), words)
        self.given.say(str(len(found.new)), self.tr("ratings to be given out now"))
        few = bool(found.drawn) and twice < FEW_PAIRS
        words = self.tr("coded twice ({share})")
        if few:
            words = self.tr("coded twice ({share})\n▲ Warning: fewer than {few}")
        self.twice.say(str(twice), words.format(share=figures.percent(share), few=FEW_PAIRS), few)
        self.precise.say(self._interval(drawn), self.tr("expected 95% interval of the ICC"))
        self.told.setText("\n".join(self._sentences(drawn)))
        self.remarks.setText("\n".join(f"▲ {sentence(each)}" for each in found.remarks))
        self.remarks.setVisible(bool(found.remarks))
        self._show_counts(drawn)
        self.refusal.hide()
        self._whole.show()
        self.grey(False)

    def show_refusal(self, words: str) -> None:
        """Say in place of the preview why nothing can be drawn."""
        self.refusal.setText(f"▲ {words}")
        self.refusal.show()
        self._whole.hide()

    def clear(self) -> None:
        """Show nothing of a study."""
        for fact in self._facts:
            fact.say(figures.NONE, "")
        for words in (self.refusal, self.told, self.remarks):
            words.setText("")
        self.refusal.hide()
        self.remarks.hide()
        for grid in (self.phases, self.load, self.pairs):
            grid.show_counts(Counts())
        self._whole.hide()

    def grey(self, stale: bool) -> None:
        """Grey it all, because something newer is on its way."""
        for fact in self._facts:
            fact.grey(stale)
        theme.set_role(self.told, "muted" if stale else "")
        theme.set_role(self.remarks, "muted" if stale else "warn")
        for grid in (self.phases, self.load, self.pairs):
            grid.grey(stale)

    def _interval(self, drawn: Drawn) -> str:
        low, high = drawn.proposal.interval
        return (
            figures.NONE if math.isnan(low) else f"{figures.coefficient(low)} – {figures.coefficient(high)}"
        )

    def _sentences(self, drawn: Drawn) -> list[str]:
        """How precise reliability will be, and whether coders can be compared."""
        found, told = drawn.proposal, []
        # With fewer, the draw warns in words that say this too.
        if len(found.double_coded) >= FEW_PAIRS:
            words = self.tr(
                "With {n} sessions coded twice, an ICC whose true value is {icc} comes out with a 95% "
                "interval from about {low} to {high}."
            )
            low, high = map(figures.coefficient, found.interval)
            icc = figures.coefficient(drawn.plan.expected_icc)
            told.append(words.format(n=len(found.double_coded), icc=icc, low=low, high=high))
        if found.double_coded and len(found.load) > 1:
            told.append(
                self.tr("The design is connected: all coders are linked through sessions they share.")
                if found.connected
                else self.tr("The design is not connected: not all coders are linked through sessions.")
            )
        return told

    def _show_counts(self, drawn: Drawn) -> None:
        found = drawn.proposal
        self.phases.show_counts(self._by_phase(drawn))
        load = tuple(found.load.items())
        words = self.tr("{code}: new ratings: {n}")
        self.load.show_counts(
            Counts(
                tuple(code for code, _ in load),
                ("",),
                tuple((n,) for _, n in load),
                tuple((words.format(code=code, n=n),) for code, n in load),
                Look.BAR,
            )
        )
        self.pairs.show_counts(
            pair_counts(
                tuple(found.load),
                dict(found.pairs),
                self.tr("{one} and {other}: sessions they share: {n}"),
                self.tr("{one} with {one}: nothing to compare"),
            )
        )

    def _by_phase(self, drawn: Drawn) -> Counts:
        columns = (*(phase.name for phase in drawn.plan.phases), self.tr("all"))
        words = self.tr("{arm}, {phase}: sessions: {n}")
        titles, rows, aloud = [], [], []
        for arm, counts in drawn.counts.items():
            title, row = arm or self.tr("no arm"), (*counts.values(), sum(counts.values()))
            titles.append(title)
            rows.append(row)
            aloud.append(
                tuple(
                    words.format(arm=title, phase=phase, n=n) for phase, n in zip(columns, row, strict=True)
                )
            )
        return Counts(tuple(titles), columns, tuple(rows), tuple(aloud))

    def _lay_out(self) -> None:
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(*(theme.scaled(px) for px in (18, 14, 18, 12)))
        outer.addWidget(self.refusal)
        outer.addWidget(self._whole)
        outer.addStretch(1)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(12))
        self._whole.setMaximumWidth(theme.scaled(WIDEST_PX))
        facts = QHBoxLayout()
        facts.setSpacing(theme.scaled(16))
        for fact in self._facts:
            facts.addWidget(fact, 1)
        column.addLayout(facts)
        line = QFrame()
        line.setFixedHeight(1)
        theme.set_role(line, "line")
        column.addWidget(line)
        column.addWidget(self.told)
        column.addWidget(self.remarks)
        column.addLayout(self._grids())
        fill(self, inside)
        self.setAccessibleName(self.tr("Preview"))

    def _grids(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, theme.scaled(6), 0, 0)
        grid.setHorizontalSpacing(theme.scaled(28))
        grid.setVerticalSpacing(theme.scaled(6))
        top = Qt.AlignmentFlag.AlignTop
        for words, view, row in (
            (self.tr("Sessions by arm and phase"), self.phases, 0),
            (self.tr("New ratings by coder"), self.load, 2),
        ):
            grid.addWidget(label(words, "title"), row, 0, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(view, row + 1, 0, top)
        grid.setRowMinimumHeight(2, theme.scaled(36))
        grid.addWidget(label(self.tr("Sessions that two coders share"), "title"), 0, 1)
        grid.addWidget(self.pairs, 1, 1, 3, 1, top)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        grid.setRowStretch(3, 1)
        return grid


class _Fact(QWidget):
    """A number, and below it what it counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = "small"
        self.number, self.words = label("", "heading"), sentence_label("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(2))
        column.addWidget(self.number)
        column.addWidget(self.words)
        column.addStretch(1)

    def say(self, number: str, words: str, warn: bool = False) -> None:
        """Show these."""
        self.number.setText(number)
        self.words.setText(words)
        self._role = "warn" if warn else "small"

    def grey(self, stale: bool) -> None:
        """Grey the number."""
        self.number.setEnabled(not stale)
        theme.set_role(self.words, "small" if stale else self._role)
