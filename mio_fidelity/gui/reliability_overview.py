"""Beside the table: who agrees with whom, and where coders are furthest apart."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mio_fidelity.analysis.findings import Findings
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui import theme
from mio_fidelity.gui.apart_list import ApartList
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.pair_matrix import PairMatrix
from mio_fidelity.gui.row_numbers import Apart
from mio_fidelity.gui.sheets import domain_colors
from mio_fidelity.report.bands import Scheme

translate = QCoreApplication.translate


class ReliabilityOverview(QWidget):
    """Two panels.

    Signals:
        opened: The position in the table of the column of a disagreement that was chosen.
    """

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = PairMatrix()
        theme.set_role(self.matrix, "panel")
        self.apart = ApartList(self.tr("Largest disagreements"), tagged=True)
        self.words = label("", "small")
        self.words.setWordWrap(True)
        below = QWidget()
        theme.set_role(below, "panel")
        column = QVBoxLayout(below)
        column.setContentsMargins(*(theme.scaled(px) for px in (12, 9, 8, 8)))
        column.addWidget(label(self.tr("Largest disagreements"), "title"))
        column.addWidget(self.words)
        column.addWidget(self.apart, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.scaled(12))
        for panel in (self.matrix, below):
            panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            whole.addWidget(panel, 1)
        self.apart.opened.connect(self._open)

    def show_dimension(
        self, findings: Findings, table: ScoreTable, worst: tuple[Apart, ...], dimension: str, scheme: Scheme
    ) -> None:
        """Show the pairs and disagreements of one dimension."""
        title = dict(table.dimensions)[dimension]
        pairs = [pair for pair in findings.pairs if pair.dimension == dimension]
        self.matrix.show_pairs(table.coders, pairs, title, scheme)
        self.apart.apart.show(len(worst), worst.__getitem__, tags(table))
        words = self.tr("Choose one for its scale.") if worst else self.tr("There are none.")
        self.words.setText(words)

    def clear(self) -> None:
        """Show nobody's scores."""
        self.matrix.show_pairs((), (), "", "cicchetti")
        self.apart.apart.show(0, ().__getitem__, {})

    def _open(self, found: Apart) -> None:
        self.opened.emit(found.at)


def tags(table: ScoreTable) -> dict[int, tuple[str, QColor]]:
    """Position of a column to its scale's number and its domain's colour."""
    colors, now = domain_colors(table), theme.tokens()
    return {
        at: (str(column.number), now.domain(column.domain, colors.get(column.domain, "")))
        for at, column in enumerate(table.columns)
    }
