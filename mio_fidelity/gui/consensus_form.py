"""The rating form of a consensus: where the coders differ first, where they agree folded below."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mio_fidelity.answer import OPEN
from mio_fidelity.coding.compared import Key, SideBySide
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.consensus_rows import LETTERS, LINE_PX, ConsensusRow
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.scale_rows import LEAST_ROW_PX, MOST_ROW_PX, SECTION_PX
from mio_fidelity.instrument import Dimension, Domain, Scale


class ConsensusForm(ScaleForm):
    """The form of the coders, in the order of their differences, with what each of them said.

    Args:
        now: What is decided on; the order of the scales stays as it is in it.
        parent: Its parent.

    Signals:
        discuss_asked: Key of a scale to put on the list for the next meeting, or to look at there.
    """

    discuss_asked = Signal(str)

    def __init__(self, now: SideBySide, parent: QWidget | None = None) -> None:
        self._now = now
        self._rows_of: dict[str, ConsensusRow] = {}
        super().__init__(now.own.instrument, parent)
        self.fold_agreed(bool(now.differing))

    @property
    def folded(self) -> bool:
        """Whether what all agree on is out of sight."""
        return not self.agreed.isVisibleTo(self)

    def row(self, scale: str) -> ConsensusRow:
        """The row of a scale."""
        return self._rows_of[scale]

    def fold_agreed(self, folded: bool) -> None:
        """Show what all agree on, or fold it away."""
        if folded and self._now.differing and self._current[0] not in self._now.differing:
            self.focus_slot(*self._keys[0])
        self.agreed.setVisible(not folded)
        count = len(self._now.order) - len(self._now.differing)
        words = self.tr("Agreed on 1 scale") if count == 1 else self.tr("Agreed on {n} scales")
        self.fold.setText(f"{'▸' if folded else '▾'}  {words.format(n=count)}")
        self.fold.setVisible(count > 0)
        self._spread()

    def show_consensus(self, now: SideBySide) -> None:
        """Show what is stored; the order of the scales stays."""
        self._now = now
        marks = [mark.scale for source in now.sources for mark in source.marks]
        tallies = {scale: marks.count(scale) for scale in self._rows_of}
        self.show_answers(now.own.answers, tallies, now.own.submitted_at is not None)
        lacking = {scale for scale, _ in now.unexplained}
        for scale, row in self._rows_of.items():
            row.show_said(
                {
                    dimension: tuple(
                        (letter, source.coder, source.answers.get((scale, dimension), OPEN))
                        for letter, source in zip(LETTERS, now.sources, strict=False)
                    )
                    for dimension in row.slots
                }
            )
            apart = (points for slot, points in now.apart.items() if slot[0] == scale)
            row.show_need(max(apart, default=0), scale in lacking)

    def show_topics(self, topics: Collection[str]) -> None:
        """Say which scales, by key, are on the list to discuss."""
        for scale, row in self._rows_of.items():
            row.show_topic(scale in topics)

    def focus_slot(self, scale: str, dimension: str) -> None:
        """Give a slot the keyboard, and unfold it first."""
        if scale not in self._now.differing and self.folded:
            self.fold_agreed(False)
        super().focus_slot(scale, dimension)

    def _order(self) -> tuple[Key, ...]:
        return tuple(sorted(self._instrument.slots(), key=lambda slot: self._now.order.index(slot[0])))

    def _fill(self, column: QVBoxLayout, body: QWidget) -> None:
        heading = label(self.tr("Differences, the largest first"), "muted", body)
        heading.setVisible(bool(self._now.differing))
        heading.setIndent(theme.scaled(12))
        heading.setMinimumHeight(theme.scaled(SECTION_PX))
        self.fold = QPushButton(body)
        self.fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(self.fold, "quiet")
        self.fold.clicked.connect(lambda: self.fold_agreed(not self.folded))
        self.agreed = QWidget(body)
        inner = QVBoxLayout(self.agreed)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        column.addWidget(heading)
        self._add_rows(column, body, self._now.differing)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.agreed)
        self._add_rows(inner, self.agreed, self._now.order[len(self._now.differing) :])

    def _add_rows(self, column: QVBoxLayout, parent: QWidget, scales: tuple[str, ...]) -> None:
        dimensions = tuple(self._instrument.dimensions.values())
        for key in scales:
            row = self._row(self._instrument.domain_of(key), self._instrument.scale(key), dimensions, parent)
            row.discuss_asked.connect(lambda key=key: self.discuss_asked.emit(key))
            self._rows_of[key] = row
            self._add(column, row)

    def _row(
        self, domain: Domain, scale: Scale, dimensions: Sequence[Dimension], parent: QWidget
    ) -> ConsensusRow:
        return ConsensusRow(domain, scale, dimensions, parent)

    def _keep_in_sight(self) -> None:
        super()._keep_in_sight()
        if self._current == self._keys[0]:
            # The heading above it too.
            self._scroll.verticalScrollBar().setValue(0)

    def _spread(self) -> None:
        """Share the height among the rows in sight, between the least and the most they look well with."""
        rows = len(self._rows) if not self.folded else len(self._now.differing)
        taken = self._strip.height() + max(self._header.height(), self._header.minimumHeight())
        each = (self.height() - 2 - taken - 2 * theme.scaled(SECTION_PX)) // max(1, rows)
        least, most = theme.scaled(LEAST_ROW_PX + LINE_PX), theme.scaled(MOST_ROW_PX)
        for row in self._rows.values():
            row.setMinimumHeight(max(least, min(each, most)))
