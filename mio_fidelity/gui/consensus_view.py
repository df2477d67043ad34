"""One consensus at work: what the supervisor does becomes verbs, what is stored is shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding import consensus, discuss, people, rate
from mio_fidelity.coding.compared import Key, SideBySide
from mio_fidelity.coding.decisions import decisions_for
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.errors import UserError
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.command_table import CONSENSUS_COMMANDS
from mio_fidelity.gui.commands import install, key_of
from mio_fidelity.gui.consensus_dialogs import DiscussDialog, SubmitConsensusDialog
from mio_fidelity.gui.consensus_layout import ConsensusWidgets
from mio_fidelity.gui.dialogs import may_lose_words
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import Done

SHOWN_TABLES = {
    "rating",
    "score",
    "amendment",
    "coverage",
    "participant",
    "consensus_reason",
    "discussion",
    *EVERYTHING,
}


class ConsensusView(ConsensusWidgets):
    """Shows one consensus and turns what the supervisor does into verbs.

    Signals:
        left: Back to the list.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._now: SideBySide | None = None
        self._topics: dict[str, Topic] = {}
        self._connect()
        self._keys = install(self, self.form_box, bench.settings, CONSENSUS_COMMANDS)

    def open(self, rating_id: str, scale: str | None = None) -> None:
        """Show a consensus and load its recording; ``scale`` gets the keyboard.

        Raises:
            UserError: there is no such consensus.
        """
        now = self._bench.ask(consensus.side_by_side, rating_id)
        self._forget_changes()
        self._now = now
        self.card.begin(now.own)
        form = self.make_form(now)
        form.answered.connect(self._answer)
        form.focused.connect(self._follow)
        form.hinted.connect(self.foot.say)
        form.discuss_asked.connect(self._discuss)
        form.manual_asked.connect(self.show_manual)
        decided = self._bench.ask(decisions_for, rating_id)
        self.side.manual.decisions.take(decided)
        form.show_decisions(decided, shown(key_of("manual", self._bench.settings)))
        self.foot.say("")
        self.foot.show_keys()
        self._show()
        waits = self._waiting()
        first = waits[0] if waits else (now.order[0], now.own.instrument.scale(now.order[0]).dimensions[0])
        if scale in now.order:
            first = (scale, now.own.instrument.scale(scale).dimensions[0])
        self._form.focus_slot(*first)
        self._follow()

    def close_consensus(self) -> None:
        """Store what is being typed, remember the place, stop the sound."""
        if self._now is not None:
            self.why.save()
        self._now = None
        self.card.end()

    @property
    def now(self) -> SideBySide:
        """What is shown; asking for it when nothing is shown is a bug."""
        if self._now is None:
            raise RuntimeError("no consensus is open")
        return self._now

    # What keys of command_table.CONSENSUS_COMMANDS call.

    def say_why(self) -> None:
        """Write the reason for the current decision."""
        if self.why.text.isEnabled():
            self.why.text.setFocus()
        else:
            self.foot.say(self.why.text.placeholderText())

    def next_undecided(self) -> None:
        """Go to the next slot that waits for a decision or a reason; a reason gets the keyboard."""
        waits = self._waiting()
        if not waits:
            self.foot.say(self.tr("All is decided and explained. It can be submitted."), "ok")
            self.back_to_form()
            return
        order = [slot for scale in self.now.order for slot in self._slots(scale)]
        at = order.index(self._form.current)
        slot = min(waits, key=lambda each: (order.index(each) - at - 1) % len(order))
        self._form.focus_slot(*slot)
        if slot in self.now.unexplained:
            self.say_why()

    def fold_agreed(self) -> None:
        """Show what all agree on, or fold it away."""
        self._form.fold_agreed(not self._form.folded)

    def discuss_scale(self) -> None:
        """Put the focused scale on the list for the next meeting."""
        self._discuss(self._form.current[0])

    def go_to_time(self) -> None:
        """Ask for a time and go there; playback goes on meanwhile."""
        self._ask_time(self.now.own.duration_ms)

    def show_manual(self) -> None:
        """Show the manual page of the focused scale; once more goes back to the evidence."""
        if self.side.currentWidget() is self.side.manual:
            self.show_evidence()
        else:
            self.side.setCurrentWidget(self.side.manual)

    def show_evidence(self) -> None:
        """Show the evidence of all coders."""
        self.side.setCurrentWidget(self.side.evidence)

    def show_notes(self) -> None:
        """Show the notes of the coders."""
        self.side.setCurrentWidget(self.side.notes)
        self.side.notes.setFocus()

    def show_keys(self) -> None:
        """Show all keys, and change them."""
        dialog = KeysDialog(self._bench.settings, self, CONSENSUS_COMMANDS)
        dialog.changed.connect(self._take_keys)
        self._open(dialog)

    def say_saved(self) -> None:
        """Say that there is nothing to save."""
        self.why.save()
        if not self.why.waits:
            self.foot.say(self.tr("All is stored already; nothing needs saving."), "ok")

    def leave(self) -> None:
        """Go back to the list of sessions."""
        self.why.save()
        if not self.why.waits or may_lose_words(self):
            self.left.emit()

    def submit(self) -> None:
        """Submit, after showing what waits."""
        self.why.save()
        if self.now.own.submitted_at is not None:
            self.foot.say(self.tr("This consensus is submitted. You can read it, not change it."))
        elif self._waiting():
            self.next_undecided()
            self.foot.say(
                self.tr("{open} to decide, {why} without a reason. The next one has the keyboard.").format(
                    open=len(self.now.own.open_slots), why=len(self.now.unexplained)
                )
            )
        else:
            dialog = SubmitConsensusDialog(self.now, self)
            dialog.accepted.connect(self._submit)
            self._open(dialog)

    def _connect(self) -> None:
        self._bench.changed.connect(self._refresh)
        self._bench.refused.connect(self._on_refused)
        self.header.back.clicked.connect(self.leave)
        self.header.participants_chosen.connect(self._set_participants)
        self.card.locate_asked.connect(self._ask_where)
        self.waveform.mark_chosen.connect(self._go_to_mark)
        self.side.evidence.sought.connect(self._play_at)
        self.side.currentChanged.connect(self._follow)
        self.why.written.connect(self._store_why)
        self.why.kept.connect(self.next_undecided)
        self.foot.primary.clicked.connect(self.submit)

    def _slots(self, scale: str) -> list[Key]:
        return [(scale, dimension) for dimension in self.now.own.instrument.scale(scale).dimensions]

    def _waiting(self) -> tuple[Key, ...]:
        """What still waits for a decision or a reason, in the order of the form."""
        if self.now.own.submitted_at is not None:
            return ()
        waits = {*self.now.own.open_slots, *self.now.unexplained}
        return tuple(slot for scale in self.now.order for slot in self._slots(scale) if slot in waits)

    def _store(self, scale: str, dimension: str, answer: Answer) -> Done[rate.Change] | None:
        return self._bench.do(consensus.set_consensus, self.now.own.rating_id, scale, dimension, answer)

    def _store_why(self, text: str) -> None:
        if self._now is not None and self.asked is not None:
            answer = self._now.own.answers.get(self.asked, OPEN)
            self._bench.do(consensus.set_consensus, self._now.own.rating_id, *self.asked, answer, text)

    def _set_participants(self, people_ids: list[str]) -> None:
        self._bench.do(consensus.set_participants, self.now.own.rating_id, people_ids)

    def _refresh(self, changed: frozenset[str]) -> None:
        if self._now is not None and changed & SHOWN_TABLES:
            try:
                self._now = self._bench.ask(consensus.side_by_side, self._now.own.rating_id)
            except UserError as error:
                self._on_refused(error)
                return
            self._show()

    def _show(self) -> None:
        now = self.now
        topics = self._bench.ask(discuss.listing)
        self._topics = {each.scale or "": each for each in topics if each.session_id == now.session_id}
        self._form.show_consensus(now)
        self._form.show_topics(self._topics)
        self.show_sources(now)
        self.header.show_consensus(now, self._bench.ask(people.roster))
        self.foot.show_consensus(now, self._bench.saved_at)
        self.ask_why(now, self.asked or self._form.current)

    def _follow(self, *_: object) -> None:
        """Everything beside the form goes by the slot in hand."""
        if self._now is None or self.form is None:
            return
        self.why.save()
        self.side.focus_scale(self.now, self.form.current[0])
        self.ask_why(self.now, self.form.current)

    def _discuss(self, scale: str) -> None:
        found, topic = self.now.own.instrument.scale(scale), self._topics.get(scale)
        dialog = DiscussDialog(f"{found.number}. {found.title}", topic.note if topic else None, self)
        session_id = self.now.session_id
        dialog.noted.connect(lambda note: self._bench.do(discuss.put, session_id, scale, note))
        if topic is not None:
            dialog.settled.connect(lambda: self._bench.do(discuss.settle, topic.id))
        self._open(dialog)

    def _go_to_mark(self, mark_id: str) -> None:
        marks = {mark.id: mark for source in self.now.sources for mark in source.marks}
        if mark_id in marks:
            self._play_at(marks[mark_id].at_ms)

    def _submit(self) -> None:
        self.listening.player.pause()
        if self._bench.do(consensus.submit_consensus, self.now.own.rating_id) is not None:
            self.foot.say(self.tr("Submitted and locked. Thank you."), "ok")

    def _take_keys(self) -> None:
        self._keys.read_settings()
        self.foot.show_keys()

    def _on_refused(self, error: UserError) -> None:
        self.foot.say(sentence(error), "alarm")
