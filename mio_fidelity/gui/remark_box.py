"""What to keep in mind about the figures, under their table."""

import html
import math
from collections import Counter
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from mio_fidelity.analysis.findings import Findings, Row
from mio_fidelity.errors import Sentence
from mio_fidelity.gui import theme
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate

MOST_PX = 180


def of_the_rows(rows: Iterable[Row]) -> tuple[str, ...]:
    """Remarks on single rows; what holds for several is said once."""
    titles: dict[str, list[str]] = {}
    for row in rows:
        for remark in row.remarks:
            what = remark.values.get("what", remark) if isinstance(remark, Sentence) else remark
            titles.setdefault(said(what), []).append(row.title)
    return tuple(f"{', '.join(names)}: {remark}" for remark, names in titles.items())


def left_out(findings: Findings) -> str:
    """How many ratings and sessions were not used, and why; empty when all were."""
    parts = []
    if findings.left_out:
        reasons = Counter(why for _, _, why in findings.left_out)
        why = "; ".join(f"{n} {said(reason)}" for reason, n in sorted(reasons.items()))
        words = translate("Reliability", "Ratings left out: {n} ({why}).")
        parts.append(words.format(n=len(findings.left_out), why=why))
    if findings.single:
        words = translate("Reliability", "Sessions coded once only: {n}; they do not count as agreement.")
        parts.append(words.format(n=len(findings.single)))
    return " ".join(parts)


class RemarkBox(QTextBrowser):
    """As high as what it says, up to a few lines; then it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "flat")
        self.setAccessibleName(self.tr("Remarks"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self._shown: tuple[str, tuple[str, ...], str] = ("", (), "")

    def show_remarks(self, first: str, findings: Findings, rows: Iterable[Row]) -> None:
        """Show the bands, then the remarks on the study and on these rows, then what was left out."""
        remarks = (*map(said, findings.remarks), *of_the_rows(rows))
        self._shown = (first, remarks, left_out(findings))
        self.recolor()

    def recolor(self) -> None:
        """Write it in the colours in force."""
        first, remarks, last = self._shown
        now = theme.tokens()
        muted, warn = now.muted.name(), now.warn.name()
        parts: Sequence[tuple[str, str]] = (
            (muted, first),
            *((warn, f"▲ {each}") for each in remarks),
            (muted, last),
        )
        lines = (f"<div style='color:{color}'>{html.escape(text)}</div>" for color, text in parts if text)
        self.setHtml("".join(lines))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower box is a higher one."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the text at this width."""
        self.document().setTextWidth(self.width() - 2 * self.frameWidth() - 2)
        height = math.ceil(self.document().size().height()) + 2 * self.frameWidth() + 2
        self.setFixedHeight(min(height, theme.scaled(MOST_PX)))
