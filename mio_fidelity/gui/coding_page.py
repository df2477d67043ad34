"""The coding page: a recording beside the form, every answer stored the moment it is given."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from mio_fidelity.answer import Answer
from mio_fidelity.coding import desk as desks
from mio_fidelity.coding import rate, training
from mio_fidelity.coding.decisions import Decided, decisions_for
from mio_fidelity.coding.desk import Desk
from mio_fidelity.errors import UserError
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.coding_layout import CodingWidgets
from mio_fidelity.gui.commands import install, key_of
from mio_fidelity.gui.dialogs import AmendDialog, SubmitDialog, may_lose_words
from mio_fidelity.gui.evidence_list import EvidenceRow
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.waveform import WaveMark
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import Done

SHOWN_TABLES = {"rating", "score", "evidence_mark", "coverage", "amendment", *EVERYTHING}


class CodingPage(CodingWidgets):
    """Shows one rating and turns what the coder does into verbs.

    Signals:
        left: The coder wants to go back to her sessions.
        compare_asked: The id of a rating to be seen beside the master codes.
        preferences_asked: The preferences are wanted.
    """

    left = Signal()
    compare_asked = Signal(str)
    preferences_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._desk: Desk | None = None
        self._decided: tuple[Decided, ...] = ()
        self._wave_marks: list[WaveMark] = []
        self._connect()
        self._keys = install(self, self.form_box, bench.settings)

    def open(self, rating_id: str) -> None:
        """Show the rating and load its recording.

        Raises:
            UserError: it is not one of this coder's.
        """
        found = self._bench.ask(desks.desk, rating_id)
        if found.submitted_at is None and self._bench.do(rate.begin, rating_id) is not None:
            found = self._bench.ask(desks.desk, rating_id)
        self._forget_changes()
        self._desk = found
        # The recording first: it opens on a thread of its own while the form is made.
        self.card.begin(found)
        self._make_form(found)
        self._decided = self._bench.ask(decisions_for, rating_id)
        self.manual.decisions.take(self._decided)
        self.foot.say("")
        self._show_keys()
        self.notes.setPlainText(found.notes)
        self._show()
        self._form.focus_slot(*(found.open_slots or found.instrument.slots())[0])

    def may_close(self) -> bool:
        """Whether all that was typed is stored, or may be lost."""
        # Both are tried.
        stored = self.evidence.store_note() & self._store_notes()
        return stored or may_lose_words(self)

    def close_rating(self) -> None:
        """Store what is being typed, remember the place, stop the sound."""
        self.evidence.end_note()
        self._store_notes()
        self.examples.forget()
        self.card.end()
        self._desk = None

    @property
    def desk(self) -> Desk:
        """What is shown; asking for it when nothing is shown is a bug."""
        if self._desk is None:
            raise RuntimeError("no rating is open")
        return self._desk

    # What keys of command_table.COMMANDS call.

    def go_to_time(self) -> None:
        """Ask for a time and go there; playback goes on meanwhile."""
        self._ask_time(self.desk.duration_ms)

    def mark_evidence(self) -> None:
        """Mark a moment ago as evidence on the focused scale, and type its note while playback goes on."""
        if self.desk.submitted_at is not None:
            self._say(self.tr("This rating is submitted; its evidence stays as it is."))
            return
        scale, _ = self._form.current
        at_ms = max(0, self.listening.player.position_ms - self._bench.settings.number("mark_lead_ms"))
        done = self._bench.do(rate.mark_evidence, self.desk.rating_id, scale, at_ms)
        if done is not None:
            self.show_evidence()
            self.evidence.begin_note(self._row(desks.Mark(done.value, scale, at_ms, "")))

    def show_manual(self) -> None:
        """Show the manual page of the focused scale; once more goes back."""
        if self.tabs.currentWidget() is self.manual:
            self.show_first()
        else:
            self.tabs.setCurrentWidget(self.manual)

    def hear_example(self) -> None:
        """Hear the next example of the focused scale, under its page of the manual, or stop it."""
        self.tabs.setCurrentWidget(self.manual)
        if self.examples.count:
            self.examples.next()
        else:
            self._say(self.tr("The study has no example of this scale that you may hear."))

    def compare(self) -> None:
        """See the rating beside the master codes, where that is possible."""
        if self.desk.rating_id in self._comparable():
            self.compare_asked.emit(self.desk.rating_id)
        else:
            self._say(self.tr("There is nothing to compare this session with."))

    def show_evidence(self) -> None:
        """Show the evidence list."""
        self.tabs.setCurrentWidget(self.evidence)

    def show_notes(self) -> None:
        """Type session notes."""
        self.tabs.setCurrentWidget(self.notes_tab)
        self.notes.setFocus()

    def show_keys(self) -> None:
        """Show all keys, and change them."""
        dialog = KeysDialog(self._bench.settings, self)
        dialog.changed.connect(self._take_keys)
        self._open(dialog)

    def show_preferences(self) -> None:
        """Ask for the preferences."""
        self.preferences_asked.emit()

    def take_preferences(self) -> None:
        """Go by the preferences and keys as they are now."""
        self._keys.read_settings()
        self.listening.player.resume_jump_ms = self._bench.settings.number("resume_jump_ms")
        if self.form is not None:
            self.form.advance_after_rating = bool(self._bench.settings["advance_after_rating"])

    def say_saved(self) -> None:
        """Say that there is nothing to save."""
        if self.evidence.store_note() & self._store_notes():
            self._say(self.tr("All is stored already; nothing needs saving."), "ok")

    def leave(self) -> None:
        """Go back to the list of sessions."""
        if self.may_close():
            self.left.emit()

    def submit(self) -> None:
        """Submit, after showing what is open; once submitted, amend."""
        self.evidence.store_note()
        self._store_notes()
        # What is locked for good is looked at whole, as it is stored.
        self._refresh(frozenset(SHOWN_TABLES))
        if self.desk.submitted_at is not None:
            self._amend()
            return
        missing = self.desk.open_slots
        if missing:
            self._form.focus_slot(*missing[0])
            self.foot.say_open(self.desk)
            return
        dialog = SubmitDialog(self.desk, self)
        dialog.accepted.connect(self._submit)
        self._open(dialog)

    def _connect(self) -> None:
        self._bench.changed.connect(self._refresh)
        self._bench.refused.connect(self._on_refused)
        self.card.locate_asked.connect(self._ask_where)
        self.waveform.mark_chosen.connect(self._go_to_mark)
        self.evidence.sought.connect(self.listening.player.seek)
        self.evidence.note_edited.connect(lambda mark, note: self._bench.do(rate.edit_mark, mark, note))
        self.evidence.moved.connect(lambda mark, at: self._bench.do(rate.edit_mark, mark, at_ms=at))
        self.evidence.removed.connect(lambda mark: self._bench.do(rate.remove_mark, mark))
        self.evidence.note_cancelled.connect(self._cancel_note)
        self.evidence.note_done.connect(self._leave_note)
        self.foot.primary.clicked.connect(self.submit)
        self.compare_button.clicked.connect(self.compare)
        self.tabs.currentChanged.connect(self._show_page)
        self.notes_tab.paused.connect(self._store_notes)

    def _make_form(self, found: Desk) -> None:
        form = self.form_for(found.instrument)
        if form is not None:
            form.advance_after_rating = bool(self._bench.settings["advance_after_rating"])
            form.answered.connect(self._answer)
            form.focused.connect(self._on_focused)
            form.hinted.connect(self._say)
            form.manual_asked.connect(self.show_manual)

    def _store(self, scale: str, dimension: str, answer: Answer) -> Done[rate.Change] | None:
        return self._bench.do(rate.set_answer, self.desk.rating_id, scale, dimension, answer)

    def _refresh(self, changed: frozenset[str]) -> None:
        if self._desk is not None and changed & SHOWN_TABLES:
            try:
                self._desk = self._bench.ask(desks.again, self._desk, changed)
            except UserError as error:
                self._on_refused(error)
                return
            self._show()

    def _show(self) -> None:
        now = self.desk
        locked = now.submitted_at is not None
        self._form.show_answers(now.answers, now.tallies, locked)
        self.waveform.show_heard(now.heard)
        rows = [self._row(mark) for mark in now.marks]
        marks = [
            WaveMark(row.id, row.at_ms, row.number, row.color_key, row.note, color=row.color) for row in rows
        ]
        # The waveform draws its whole picture anew.
        if marks != self._wave_marks:
            self._wave_marks = marks
            self.waveform.show_marks(marks)
        self.evidence.show_marks(rows)
        self.evidence.set_locked(locked)
        self.notes.setReadOnly(locked)
        self.header.show_desk(now)
        self.compare_button.setVisible(locked and now.rating_id in self._comparable())
        self.foot.show_desk(now, self._bench.saved_at, self._bench.away)
        self._show_page()

    def _comparable(self) -> frozenset[str]:
        return frozenset(row.rating_id for row in self._bench.ask(training.own_training))

    def _row(self, mark: desks.Mark) -> EvidenceRow:
        instrument = self.desk.instrument
        scale, domain = instrument.scale(mark.scale), instrument.domain_of(mark.scale)
        return EvidenceRow(
            mark.id, mark.at_ms, scale.number, scale.title, domain.key, mark.note, color=domain.color
        )

    def _on_focused(self, _scale: str, _dimension: str) -> None:
        self._show_page()

    def _show_page(self) -> None:
        if self._desk is None or self.form is None:
            return
        instrument = self._desk.instrument
        scale = instrument.scale(self.form.current[0])
        self.name_tabs(len(self._desk.marks), scale.number)
        self.evidence.focus_scale(scale.number)
        if self.tabs.currentWidget() is self.manual:
            self.manual.show_page(scale.title, scale.page, instrument.banner, scale.key)
            self.examples.show_scale(instrument, scale.key)

    def _take_keys(self) -> None:
        self._keys.read_settings()
        self._show_keys()

    def _show_keys(self) -> None:
        self.foot.show_keys(self.desk, self._form.current[1])
        self._form.show_decisions(self._decided, shown(key_of("manual", self._bench.settings)))
        self.evidence.show_mark_key(shown(key_of("mark", self._bench.settings)))

    def _store_notes(self) -> bool:
        """Whether the notes are stored as they stand."""
        self.notes_tab.settle()
        if self._desk is None or self.notes.isReadOnly():
            return True
        text = self.notes.toPlainText()
        if text == self._desk.notes:
            return True
        return self._bench.do(rate.set_notes, self._desk.rating_id, text) is not None

    def _cancel_note(self, mark: str) -> None:
        self._bench.do(rate.remove_mark, mark)
        self._leave_note()

    def _leave_note(self) -> None:
        self.show_first()
        self.back_to_form()

    def _go_to_mark(self, mark_id: str) -> None:
        mark = next((mark for mark in self.desk.marks if mark.id == mark_id), None)
        if mark is not None:
            self.listening.player.seek(mark.at_ms)

    def _submit(self) -> None:
        # What was heard until now is told before coverage is closed too.
        self.listening.player.pause()
        if self._bench.do(rate.submit, self.desk.rating_id, little_heard=True) is not None:
            self._show_keys()
            self._say(self.tr("Submitted and locked. Thank you."), "ok")

    def _amend(self) -> None:
        dialog = AmendDialog(self.desk, self._form.current[0], self)
        dialog.amended.connect(lambda *change: self._store_amendment(dialog, *change))
        self._bench.refused.connect(dialog.complain)
        self._open(dialog)

    def _store_amendment(self, dialog: AmendDialog, scale: str, answers: dict[str, Answer], why: str) -> None:
        if self._bench.do(rate.amend, self.desk.rating_id, scale, answers, why) is not None:
            dialog.done(QDialog.DialogCode.Accepted)

    def _on_refused(self, error: UserError) -> None:
        self._say(sentence(error), "alarm")

    def _say(self, text: str, role: str = "warn") -> None:
        self.foot.say(text, role)
