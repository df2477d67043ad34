"""What a consensus is shown with, and where it lies on the page."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding.compared import Key, SideBySide
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.consensus_bars import ConsensusFoot, ConsensusHeader
from mio_fidelity.gui.consensus_form import ConsensusForm
from mio_fidelity.gui.consensus_side import ConsensusSide, wave_marks
from mio_fidelity.gui.rating_view import AnsweringView
from mio_fidelity.gui.waveform import WaveMark
from mio_fidelity.gui.why_line import WhyLine
from mio_fidelity.gui.workbench import Workbench, said


class ConsensusWidgets(AnsweringView[ConsensusForm]):
    """The recording and the evidence of all coders beside what they said and what is decided.

    Attributes:
        asked: The slot whose reason the line under the form is for.
    """

    header: ConsensusHeader
    foot: ConsensusFoot

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.header = ConsensusHeader()
        self.foot = ConsensusFoot(bench.settings)
        self.side = ConsensusSide()
        self.remarks = label("", "warn")
        self.why = WhyLine()
        self.asked: Key | None = None
        self._wave_marks: Sequence[WaveMark] = ()
        self._lay_out()

    def make_form(self, now: SideBySide) -> ConsensusForm:
        """A new one each time: its order is that of the differences."""
        self.asked = None
        self._take_form(ConsensusForm(now))
        return self._form

    def show_sources(self, now: SideBySide) -> None:
        """Show what the coders marked and wrote, and what happened to their ratings since."""
        self.side.show_consensus(now)
        marks = wave_marks(now)
        # The waveform draws its whole picture anew.
        if marks != self._wave_marks:
            self._wave_marks = marks
            self.waveform.show_marks(marks)
        self.waveform.show_heard(now.own.heard)
        self.remarks.setText("\n".join(f"▲ {said(remark)}" for remark in now.remarks))
        self.remarks.setVisible(bool(now.remarks))

    def ask_why(self, now: SideBySide, slot: Key) -> None:
        """Ask for the reason of ``slot``, when one is wanted."""
        self.asked = slot
        instrument = now.own.instrument
        wanted = (now.wants_reason(slot) or slot in now.apart) and not now.ruled_out(slot)
        if now.own.submitted_at is not None:
            hint = self.tr("No reason was needed.")
        elif now.ruled_out(slot):
            hint = self.tr("A rule of the manual decides this; it needs no reason.")
        elif wanted:
            hint = self.tr("Why this score? Enter keeps it and goes on.")
        else:
            hint = self.tr("All coders said this; it needs no reason.")
        what = f"{instrument.scale(slot[0]).title}, {instrument.dimensions[slot[1]].title.lower()}"
        may_write = wanted and now.own.submitted_at is None
        self.why.ask(what, now.why.get(slot, ""), hint, may_write)

    def _lay_out(self) -> None:
        self.remarks.setWordWrap(True)
        self.remarks.hide()
        self._put_together(self.side, self.remarks, self.why)
