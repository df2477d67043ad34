"""The criteria of the rule, each with its numbers, and a sign for whether it is met."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mio_fidelity.analysis.criteria import Criterion
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.workbench import said


class CriteriaList(QWidget):
    """A line each: met, not met, or not to be computed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scaled(8))
        self._grid.setVerticalSpacing(theme.scaled(3))
        self._grid.setColumnStretch(1, 1)
        self.lines: list[QLabel] = []
        self._texts: list[str] = []

    def show_criteria(self, criteria: Sequence[Criterion], remarks: Sequence[str]) -> None:
        """Show each thing asked, then what to keep in mind."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.lines, self._texts = [], []
        for each in criteria:
            self._add(*self._sign(each), said(each.why), "")
        for remark in remarks:
            self._add("·", self.tr("Remark"), "muted", said(remark), "muted")
        self._grid.setRowStretch(len(self.lines), 1)

    def as_text(self) -> str:
        """A line each, with its sign."""
        return "\n".join(self._texts)

    def _sign(self, each: Criterion) -> tuple[str, str, str]:
        if each.met:
            return "✓", self.tr("Met"), "ok"
        if math.isnan(each.value):
            return "○", self.tr("Not shown"), "warn"
        return "▲", self.tr("Not met"), "warn"

    def _add(self, sign: str, word: str, role: str, words: str, words_role: str) -> None:
        row = len(self.lines)
        shape, line = label(sign, role), sentence_label(words, words_role)
        line.setAccessibleName(f"{word}: {words}")
        shape.setToolTip(word)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(shape, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(line, row, 1)
        self.lines.append(line)
        self._texts.append(f"{sign} {words}")
