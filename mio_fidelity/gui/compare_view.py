"""A submitted training rating beside the master codes: scores, reasons, and the evidence of both."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from mio_fidelity.coding import training
from mio_fidelity.coding.compared import SideBySide, Source
from mio_fidelity.coding.desk import Desk
from mio_fidelity.coding.training import Comparison
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.command_table import COMPARE_COMMANDS
from mio_fidelity.gui.commands import install, keys_of
from mio_fidelity.gui.compare_form import CompareForm
from mio_fidelity.gui.consensus_side import ConsensusSide, wave_marks
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.rating_view import RatingView
from mio_fidelity.gui.rationale_panel import RationalePanel
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import MediaKind


class CompareView(RatingView[CompareForm]):
    """Shows one comparison; nothing in it can be changed.

    Signals:
        left: Back to where it was asked for.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._now: SideBySide | None = None
        self._reasons: Mapping[str, str] = {}
        self.header, self.foot = HeaderBar(), FootBar()
        self.back = QPushButton(self.tr("‹ Back"))
        self.side, self.reason = ConsensusSide(), RationalePanel()
        self.amended = label("", "warn")
        self._lay_out()
        self._connect()
        self._keys = install(self, self.form_box, bench.settings, COMPARE_COMMANDS)

    def open(self, rating_id: str) -> None:
        """Show the comparison of a submitted rating, and load its recording.

        Raises:
            UserError: it cannot be compared, or is not for this person to see.
        """
        found = self._bench.ask(training.comparison, rating_id)
        now = beside(
            found, self.tr("you") if self._mine(found) else found.person_code, self.tr("master codes")
        )
        self._now, self._reasons = now, {scale.scale: scale.rationale for scale in found.scales}
        self.card.begin(now.own, training.comparison_media)
        self._make_form(now)
        self.side.manual.decisions.take(found.decided)
        self.side.show_consensus(now)
        self.waveform.show_marks(wave_marks(now))
        self._show_bars(found, now)
        self._form.focus_slot(now.order[0], found.instrument.scale(now.order[0]).dimensions[0])
        self._follow()

    def close_comparison(self) -> None:
        """Stop the sound and let go of what was shown."""
        self._now, self._reasons = None, {}
        self.side.manual.decisions.take(())
        self.card.end()

    # What keys of command_table.COMPARE_COMMANDS call.

    def fold_agreed(self) -> None:
        """Show the scales on which both say the same, or fold them away."""
        self._form.fold_agreed(not self._form.folded)

    def go_to_time(self) -> None:
        """Ask for a time and go there; playback goes on meanwhile."""
        if self._now is not None:
            self._ask_time(self._now.own.duration_ms)

    def show_manual(self) -> None:
        """Show the manual page of the focused scale; once more goes back to the evidence."""
        manual = self.side.currentWidget() is self.side.manual
        self.side.setCurrentWidget(self.side.evidence if manual else self.side.manual)

    def show_evidence(self) -> None:
        """Show the evidence of both."""
        self.side.setCurrentWidget(self.side.evidence)

    def show_keys(self) -> None:
        """Show all keys, and change them."""
        dialog = KeysDialog(self._bench.settings, self, COMPARE_COMMANDS)
        dialog.changed.connect(self._take_keys)
        self._open(dialog)

    def leave(self) -> None:
        """Go back."""
        self.left.emit()

    def _mine(self, found: Comparison) -> bool:
        return any(row.rating_id == found.rating_id for row in self._bench.ask(training.own_training))

    def _lay_out(self) -> None:
        self.header.add_left(self.back)
        # Notes may hold what is not for trainees.
        self.side.removeTab(self.side.indexOf(self.side.notes))
        self.amended.setWordWrap(True)
        self.foot.primary.hide()
        theme.set_role(self.foot.saved, "")
        self._put_together(self.side, self.amended, self.reason)

    def _connect(self) -> None:
        self.back.clicked.connect(self.leave)
        self.waveform.mark_chosen.connect(self._go_to_mark)
        self.side.evidence.sought.connect(self._play_at)
        self.side.currentChanged.connect(self._follow)
        self._bench.refused.connect(self._on_refused)

    def _make_form(self, now: SideBySide) -> None:
        self._take_form(CompareForm(now))
        self._form.show_consensus(now)
        self._form.focused.connect(self._follow)

    def _show_bars(self, found: Comparison, now: SideBySide) -> None:
        own, master = now.sources
        self.header.title.setText(found.blind_code)
        self.header.show_pills(
            (
                (f"■ A · {own.coder}", "pill"),
                (self.tr("● B · {master}, filled in").format(master=master.coder), "pill"),
                (format_ms(now.own.duration_ms), "pill"),
                (found.instrument.banner, "pill-warn"),
            ),
            (),
        )
        words = self.tr("{n} of {all} within 1 point").format(n=found.within_1, all=found.compared)
        self.foot.saved.setText(words)
        self.amended.setText(
            self.tr("▲ This rating was amended since. Compared is what was first submitted.")
        )
        self.amended.setVisible(found.amended)
        self.foot.say("")
        self._show_hints()

    def _show_hints(self) -> None:
        keys = {command.key: keys_of(command, self._bench.settings) for command in COMPARE_COMMANDS}
        self.foot.show_hints(
            (
                (keys["down"][:1], self.tr("next scale")),
                (keys["agreed"][:1], self.tr("agreed")),
                (keys["play"][:1], self.tr("play")),
                (keys["manual"][:1], self.tr("manual")),
                (keys["leave_consensus"][:1], self.tr("back")),
                (keys["keys"][:1], self.tr("all keys")),
            )
        )

    def _follow(self, *_: object) -> None:
        """Everything beside the form goes by the scale in hand."""
        if self._now is None or self.form is None:
            return
        scale = self._now.own.instrument.scale(self.form.current[0])
        self.side.focus_scale(self._now, scale.key)
        self.reason.show_reason(scale.number, scale.title, self._reasons.get(scale.key, ""))

    def _go_to_mark(self, mark_id: str) -> None:
        if self._now is not None:
            marks = {mark.id: mark for source in self._now.sources for mark in source.marks}
            if mark_id in marks:
                self._play_at(marks[mark_id].at_ms)

    def _take_keys(self) -> None:
        self._keys.read_settings()
        self._show_hints()

    def _on_refused(self, error: UserError) -> None:
        if self.isVisible():
            self.foot.say(sentence(error), "alarm")


def beside(found: Comparison, own: str, master: str) -> SideBySide:
    """A comparison as the form shows it: the trainee first, the master codes filled in.

    Args:
        found: The comparison.
        own: What the trainee is called.
        master: What the master codes are called.
    """
    given = {(scale.scale, cell.dimension): cell.own for scale in found.scales for cell in scale.cells}
    right = {(scale.scale, cell.dimension): cell.master for scale in found.scales for cell in scale.cells}
    marks = tuple(mark for scale in found.scales for mark in scale.own_marks)
    master_marks = tuple(mark for scale in found.scales for mark in scale.master_marks)
    desk = Desk(
        rating_id=found.rating_id,
        blind_code=found.blind_code,
        person_code=found.person_code,
        instrument=found.instrument,
        answers=right,
        marks=(),
        notes="",
        heard=(),
        part_ms=found.part_ms,
        kind=MediaKind.AUDIO,
        position_ms=0,
        speed=1.0,
        submitted_at=found.submitted_at,
        amendments=(),
        coverage_share=0.0,
        place=None,
    )
    sources = (
        Source(found.rating_id, found.blind_code, own, given, marks, ""),
        Source("", "", master, right, master_marks, ""),
    )
    return SideBySide("", desk, sources, {}, {}, ())
