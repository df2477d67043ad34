"""The form of a comparison: what a trainee gave beside what the master codes give, differences first."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding.compared import SideBySide
from mio_fidelity.gui import theme
from mio_fidelity.gui.consensus_form import ConsensusForm
from mio_fidelity.gui.consensus_rows import ConsensusRow
from mio_fidelity.gui.text_runs import Run
from mio_fidelity.instrument import Dimension, Domain, Scale


class CompareRow(ConsensusRow):
    """A scale with both answers, and in a word and a sign how far apart they are."""

    # Read while the rows of all forms are made.
    _gaps: tuple[int, ...] = ()

    def __init__(
        self, domain: Domain, scale: Scale, dimensions: Sequence[Dimension], parent: QWidget | None = None
    ) -> None:
        super().__init__(domain, scale, dimensions, parent)
        self.discuss.hide()

    def show_gaps(self, gaps: tuple[int, ...]) -> None:
        """Say how far apart the answers are, in points: one for each dimension that differs."""
        if gaps != self._gaps:
            self._gaps = gaps
            self._show_title()

    def verdict(self) -> tuple[str, str]:
        """How far apart they are, in words, and the colour that goes with it."""
        if not self._gaps:
            return self.tr("✓ the same"), "ok"
        most = max(self._gaps)
        if most > 1:
            return self.tr("▲ {n} apart").format(n=most), "warn"
        return (self.tr("≈ 1 apart"), "muted") if most == 1 else (self.tr("◇ not both rated"), "warn")

    def _more(self) -> Sequence[Run]:
        words, color = self.verdict()
        unbroken = words.replace(" ", "\u00a0")
        return (Run(f" ·\u00a0{unbroken}", theme.SMALL_PX, bold=color == "warn", color=color),)


class CompareForm(ConsensusForm):
    """Her form, locked; the master codes are the points filled in."""

    def show_consensus(self, now: SideBySide) -> None:
        """Show both answers of each scale, and how far apart they are."""
        super().show_consensus(now)
        for scale, row in self._rows_of.items():
            assert isinstance(row, CompareRow)
            row.show_gaps(tuple(gap for slot, gap in now.apart.items() if slot[0] == scale))

    def _row(
        self, domain: Domain, scale: Scale, dimensions: Sequence[Dimension], parent: QWidget
    ) -> ConsensusRow:
        return CompareRow(domain, scale, dimensions, parent)
