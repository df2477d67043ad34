"""Under the recording of a consensus: the evidence of all coders, the manual, their notes."""

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QTabWidget, QTextBrowser, QWidget

from mio_fidelity.coding.compared import SideBySide, Source
from mio_fidelity.gui import theme
from mio_fidelity.gui.consensus_rows import LETTERS
from mio_fidelity.gui.evidence_list import EvidenceList, EvidenceRow
from mio_fidelity.gui.manual_view import ManualView
from mio_fidelity.gui.waveform import WaveMark

LEAST_PX = 64


class ConsensusSide(QTabWidget):
    """Three pages that follow the scale in hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence = EvidenceList()
        self.evidence.set_locked(True)
        self.manual = ManualView()
        self.notes = QTextBrowser()
        theme.set_role(self.notes, "flat")
        self.notes.setAccessibleName(self.tr("Notes of the coders"))
        self.notes.setTabChangesFocus(True)
        self._sources: tuple[Source, ...] = ()
        for page, title in (
            (self.evidence, self.tr("Evidence")),
            (self.manual, self.tr("Coding manual")),
            (self.notes, self.tr("Notes of the coders")),
        ):
            self.addTab(page, title)
        self.setMinimumHeight(theme.scaled(LEAST_PX))
        self.setAccessibleName(self.tr("Evidence, manual and notes"))
        self.tabBar().setAccessibleName(self.tr("Evidence, manual and notes"))
        self.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(self, "panel")

    def show_consensus(self, now: SideBySide) -> None:
        """Show what the coders marked and wrote."""
        if now.sources == self._sources:
            return
        self._sources = now.sources
        rows = evidence_of(now)
        self.evidence.show_marks(rows)
        self.setTabText(0, self.tr("Evidence {n}").format(n=len(rows)))
        self.manual.set_general(self.tr("How to rate"), now.own.instrument.general)
        self._show_notes()

    def focus_scale(self, now: SideBySide, scale: str) -> None:
        """Follow the scale in hand."""
        found = now.own.instrument.scale(scale)
        self.evidence.focus_scale(found.number)
        self.setTabText(1, self.tr("Coding manual · scale {n}").format(n=found.number))
        if self.currentWidget() is self.manual:
            self.manual.show_page(found.title, found.page, now.own.instrument.banner, scale)

    def changeEvent(self, event: QEvent) -> None:
        """Another colour scheme: what was written in colours is written again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_notes()

    def hasHeightForWidth(self) -> bool:
        """No: the height their words would like is not taken from the buttons above."""
        return False

    def _show_notes(self) -> None:
        muted = theme.tokens().muted.name()
        nothing = f"<span style='color:{muted}'>{html.escape(self.tr('no notes'))}</span>"
        self.notes.setHtml(
            "".join(
                f"<p><b>{letter} · {html.escape(source.coder)}</b><br>"
                f"{html.escape(source.notes).replace(chr(10), '<br>') or nothing}</p>"
                for letter, source in zip(LETTERS, self._sources, strict=False)
            )
        )


def evidence_of(now: SideBySide) -> Sequence[EvidenceRow]:
    """The marks of all coders, each with the coder's letter."""
    instrument = now.own.instrument
    found = []
    for letter, source in zip(LETTERS, now.sources, strict=False):
        for mark in source.marks:
            scale, domain = instrument.scale(mark.scale), instrument.domain_of(mark.scale)
            found.append(
                EvidenceRow(
                    mark.id,
                    mark.at_ms,
                    scale.number,
                    scale.title,
                    domain.key,
                    mark.note,
                    color=domain.color,
                    letter=letter,
                )
            )
    return found


def wave_marks(now: SideBySide) -> Sequence[WaveMark]:
    """The same for the waveform."""
    return [
        WaveMark(row.id, row.at_ms, row.number, row.color_key, row.note, row.color, row.letter)
        for row in evidence_of(now)
    ]
