"""The coding page: a recording beside the form, every answer stored the moment it is given."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from mio_fidelity.answer import Answer
from mio_fidelity.coding import desk as desks
from mio_fidelity.coding import rate
from mio_fidelity.coding.desk import Desk
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.commands import COMMANDS, install, keys_of
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog, SubmitDialog
from mio_fidelity.gui.evidence_list import EvidenceList, EvidenceRow
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.listening_card import ListeningCard
from mio_fidelity.gui.manual_view import ManualView
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.waveform import WaveMark
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import MediaKind

SHOWN_TABLES = {"rating", "score", "evidence_mark", "coverage", "amendment", *EVERYTHING}
NOTES_PAUSE_MS = 700


class CodingPage(QWidget):
    """Shows one rating and turns what the coder does into verbs.

    Signals:
        left: The coder wants to go back to her sessions.
        preferences_asked: The preferences are wanted.
    """

    left = Signal()
    preferences_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._desk: Desk | None = None
        self._done: list[rate.Change] = []
        self._undone: list[rate.Change] = []
        self.header = HeaderBar()
        self.foot = FootBar()
        self.card = ListeningCard(bench)
        self.listening = self.card.listening
        self.waveform = self.card.waveform
        self.form: ScaleForm | None = None
        self.evidence = EvidenceList()
        self.manual = ManualView()
        self.notes = QPlainTextEdit()
        self.tabs = QTabWidget()
        self.rated = label("", "muted")
        self.listened = label("", "muted")
        self._notes_pause = QTimer(self, singleShot=True, interval=NOTES_PAUSE_MS)
        # Keys of the form live on its box, which stays when another instrument needs another form.
        self._form_box = QWidget()
        self._form_of = ""
        self._pills: object = None
        self._lay_out()
        self._connect()
        self._keys = install(self, self._form_box, bench.settings)

    def open(self, rating_id: str) -> None:
        """Show the rating and load its recording.

        Raises:
            UserError: it is not one of this coder's.
        """
        found = self._bench.ask(desks.desk, rating_id)
        if found.submitted_at is None:
            self._bench.do(rate.begin, rating_id)
        self._done, self._undone = [], []
        self._desk = found
        # The recording first: it opens on a thread of its own while the form is made.
        self.card.begin(found)
        self._make_form(found)
        self.foot.say("")
        self._show_hints()
        self.notes.setPlainText(found.notes)
        self._show()
        self.back_to_form()

    def close_rating(self) -> None:
        """Store what is being typed, remember the place, stop the sound."""
        self._store_notes()
        self.card.end()
        self._desk = None

    @property
    def desk(self) -> Desk:
        """What is shown; asking for it when nothing is shown is a bug."""
        if self._desk is None:
            raise RuntimeError("no rating is open")
        return self._desk

    # What the keys of commands.COMMANDS call.

    def rate_key(self, key: str) -> None:
        """A digit was pressed."""
        self._form.rate_key(key)

    def not_applicable(self) -> None:
        """Not applicable, for the current slot."""
        self._form.choose_not_applicable()

    def cannot_rate(self) -> None:
        """Ask for the reason why the current slot cannot be rated."""
        self._form.ask_reason()

    def clear_answer(self) -> None:
        """Back to not yet rated."""
        self._form.clear_current()

    def next_slot(self) -> None:
        """Go to the next rating."""
        self._form.focus_next()

    def previous_slot(self) -> None:
        """Go to the rating before."""
        self._form.focus_previous()

    def move_scale(self, by: int) -> None:
        """Go up or down a scale."""
        self._form.move_scale(by)

    def undo(self) -> None:
        """Take back the last rating."""
        self._move_change(self._done, self._undone, back=True)

    def redo(self) -> None:
        """Give the rating again that was taken back."""
        self._move_change(self._undone, self._done, back=False)

    def toggle_play(self) -> None:
        """Play or pause."""
        self.listening.player.toggle()

    def skip(self, by_ms: int) -> None:
        """Go back or forward."""
        self.listening.player.skip(by_ms)

    def change_speed(self, steps: int) -> None:
        """Slower or faster by tenths."""
        self.listening.player.step_rate(steps)

    def toggle_speed(self) -> None:
        """Normal speed, and back."""
        self.listening.toggle_speed()

    def change_volume(self, by: int) -> None:
        """Softer or louder."""
        self.listening.player.set_volume(self.listening.player.volume + by)

    def loop(self) -> None:
        """Set, close or end the loop."""
        self.listening.step_loop()

    def zoom(self, by: int) -> None:
        """Zoom the waveform in or out."""
        if by > 0:
            self.waveform.zoom_in()
        else:
            self.waveform.zoom_out()

    def go_to_time(self) -> None:
        """Ask for a time and go there; playback goes on meanwhile."""
        dialog = GoToDialog(self.desk.duration_ms, self)
        dialog.chosen.connect(self.listening.player.seek)
        dialog.open()

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
        """Show the manual page of the focused scale; once more goes back to the evidence."""
        if self.tabs.currentWidget() is self.manual:
            self.show_evidence()
        else:
            self.tabs.setCurrentWidget(self.manual)

    def show_evidence(self) -> None:
        """Show the evidence list."""
        self.tabs.setCurrentWidget(self.evidence)

    def show_notes(self) -> None:
        """Type session notes."""
        self.tabs.setCurrentIndex(2)
        self.notes.setFocus()

    def back_to_form(self) -> None:
        """Put the keyboard back on the form."""
        self._form.focus_slot(*self._form.current)

    def show_keys(self) -> None:
        """Show all keys, and change them."""
        dialog = KeysDialog(self._bench.settings, self)
        dialog.changed.connect(self._take_keys)
        dialog.open()

    def show_preferences(self) -> None:
        """Ask for the preferences."""
        self.preferences_asked.emit()

    def take_preferences(self) -> None:
        """Go by the preferences as they are now."""
        self.listening.player.resume_jump_ms = self._bench.settings.number("resume_jump_ms")
        if self.form is not None:
            self.form.advance_after_rating = bool(self._bench.settings["advance_after_rating"])

    def say_saved(self) -> None:
        """Say that there is nothing to save."""
        self._store_notes()
        self._say(self.tr("All is stored already; nothing needs saving."), "ok")

    def leave(self) -> None:
        """Go back to the list of sessions."""
        self.left.emit()

    def submit(self) -> None:
        """Submit, after showing what is open; once submitted, amend."""
        self._store_notes()
        if self.desk.submitted_at is not None:
            self._amend()
            return
        missing = self.desk.open_slots
        if missing:
            self._form.focus_slot(*missing[0])
            self._say(self._what_is_open(missing))
            return
        dialog = SubmitDialog(self.desk, self)
        dialog.accepted.connect(self._submit)
        dialog.open()

    @property
    def _form(self) -> ScaleForm:
        if self.form is None:
            raise RuntimeError("no rating is open")
        return self.form

    def _lay_out(self) -> None:
        self.tabs.addTab(self.evidence, self.tr("Evidence"))
        self.tabs.addTab(self.manual, self.tr("Coding manual"))
        self.tabs.addTab(self._notes_tab(), self.tr("Session notes"))
        theme.set_role(self.tabs, "panel")
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        left = QVBoxLayout()
        left.setSpacing(theme.scaled(10))
        left.addWidget(self.card)
        left.addWidget(self.tabs, 1)
        main = QHBoxLayout()
        main.setContentsMargins(theme.scaled(14), theme.scaled(10), theme.scaled(14), theme.scaled(6))
        main.setSpacing(theme.scaled(12))
        main.addLayout(left, 5)
        QVBoxLayout(self._form_box).setContentsMargins(0, 0, 0, 0)
        main.addWidget(self._form_box, 6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addLayout(main, 1)
        whole.addWidget(self.foot)
        self.foot.add_fact(self.rated)
        self.foot.add_fact(self.listened)

    def _notes_tab(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        hint = label(
            self.tr("Do not write names, places or dates. Notes are left out of exports unless asked for.")
        )
        theme.set_role(hint, "small")
        hint.setWordWrap(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName(self.tr("Session notes"))
        self.notes.setPlaceholderText(self.tr("What the scales do not hold, in a few words."))
        column.addWidget(self.notes, 1)
        column.addWidget(hint)
        return tab

    def _connect(self) -> None:
        self._bench.changed.connect(self._refresh)
        self._bench.refused.connect(self._on_refused)
        self.card.transport.loop_asked.connect(self.loop)
        self.card.locate_asked.connect(self._ask_where)
        self.waveform.mark_chosen.connect(self._go_to_mark)
        self.evidence.sought.connect(self.listening.player.seek)
        self.evidence.note_edited.connect(lambda mark, note: self._bench.do(rate.edit_mark, mark, note))
        self.evidence.moved.connect(lambda mark, at: self._bench.do(rate.edit_mark, mark, at_ms=at))
        self.evidence.removed.connect(lambda mark: self._bench.do(rate.remove_mark, mark))
        self.evidence.note_cancelled.connect(self._cancel_note)
        self.evidence.note_done.connect(self.back_to_form)
        self.foot.primary.clicked.connect(self.submit)
        self.tabs.currentChanged.connect(self._show_page)
        self.notes.textChanged.connect(self._notes_pause.start)
        self._notes_pause.timeout.connect(self._store_notes)

    def _make_form(self, found: Desk) -> None:
        if self._form_of == found.instrument.sha256:
            return
        if self.form is not None:
            self.form.deleteLater()
        self._form_of = found.instrument.sha256
        self.form = ScaleForm(found.instrument)
        self.form.advance_after_rating = bool(self._bench.settings["advance_after_rating"])
        right = self._form_box.layout()
        if right is not None:
            right.addWidget(self.form)
        self.form.answered.connect(self._answer)
        self.form.focused.connect(self._on_focused)
        self.form.hinted.connect(self._say)

    def _answer(self, scale: str, dimension: str, answer: Answer) -> None:
        self._say("")
        done = self._bench.do(rate.set_answer, self.desk.rating_id, scale, dimension, answer)
        if done is not None:
            self._done.append(done.value)
            self._undone.clear()

    def _move_change(self, source: list[rate.Change], target: list[rate.Change], back: bool) -> None:
        if not source:
            self._say(
                self.tr("There is no rating to take back.")
                if back
                else self.tr("There is no rating to give again.")
            )
            return
        change = source.pop()
        answer = change.before if back else change.after
        self._form.focus_slot(change.scale, change.dimension)
        done = self._bench.do(rate.set_answer, self.desk.rating_id, change.scale, change.dimension, answer)
        if done is not None:
            target.append(change)

    def _refresh(self, changed: frozenset[str]) -> None:
        if self._desk is not None and changed & SHOWN_TABLES:
            self._desk = self._bench.ask(desks.desk, self._desk.rating_id)
            self._show()

    def _show(self) -> None:
        now = self.desk
        locked = now.submitted_at is not None
        self._form.show_answers(now.answers, now.tallies, locked)
        self.waveform.show_heard(now.heard)
        rows = [self._row(mark) for mark in now.marks]
        self.waveform.show_marks(
            [
                WaveMark(row.id, row.at_ms, row.number, row.color_key, row.note, color=row.color)
                for row in rows
            ]
        )
        self.evidence.show_marks(rows)
        self.evidence.set_locked(locked)
        self.notes.setReadOnly(locked)
        self._show_header(now)
        self._show_state(now)
        self._show_page()

    def _row(self, mark: desks.Mark) -> EvidenceRow:
        instrument = self.desk.instrument
        scale, domain = instrument.scale(mark.scale), instrument.domain_of(mark.scale)
        return EvidenceRow(
            mark.id, mark.at_ms, scale.number, scale.title, domain.key, mark.note, color=domain.color
        )

    def _show_header(self, now: Desk) -> None:
        self.header.title.setText(now.blind_code)
        kind = self.tr("video") if now.kind is MediaKind.VIDEO else self.tr("audio")
        place = ""
        if now.place is not None:
            place = self.tr("{here} of {all} in my queue").format(here=now.place[0], all=now.place[1])
        pills = (
            (
                (f"{format_ms(now.duration_ms)} · {kind}", "pill"),
                (self.tr("blind to arm, site and other coders"), "pill"),
                (now.instrument.banner, "pill-warn"),
            ),
            ((place, "pill"), (self.tr("coder {code}").format(code=now.person_code), "pill")),
        )
        # New pills make the whole page lay itself out again, which a key press shall not.
        if pills != self._pills:
            self._pills = pills
            self.header.show_pills(*pills)

    def _show_state(self, now: Desk) -> None:
        slots = len(now.instrument.slots())
        self.rated.setText(self.tr("{n} of {all} rated").format(n=slots - len(now.open_slots), all=slots))
        self.listened.setText(self.tr("listened {percent} %").format(percent=int(now.heard_share * 100)))
        if now.submitted_at is not None:
            moment = now.submitted_at.astimezone().strftime("%x %H:%M")
            self.foot.saved.setText(self.tr("✔ submitted {moment}").format(moment=moment))
            self.foot.primary.setText(self.tr("Amend…"))
            return
        saved = self._bench.saved_at
        self.foot.saved.setText(self.tr("✔ saved {time}").format(time=f"{saved:%H:%M:%S}") if saved else "")
        self.foot.primary.setText(self.tr("Submit…"))

    def _show_hints(self) -> None:
        keys = {command.key: keys_of(command, self._bench.settings) for command in COMMANDS}
        self.foot.show_hints(
            (
                ((self._point_keys(),), self.tr("rate")),
                (keys["next"][:1], self.tr("next")),
                (keys["mark"][:1], self.tr("mark")),
                (keys["play"][:1], self.tr("play")),
                (keys["manual"][:1], self.tr("manual")),
                (keys["keys"][:1], self.tr("all keys")),
            )
        )

    def _point_keys(self) -> str:
        dimension = self.desk.instrument.dimensions[self._form.current[1]]
        ends = [dimension.key_for(point) for point in (dimension.points[0], dimension.points[-1])]
        return "–".join(ends)

    def _on_focused(self, _scale: str, _dimension: str) -> None:
        self._show_page()

    def _show_page(self) -> None:
        if self._desk is None or self.form is None:
            return
        instrument = self._desk.instrument
        scale = instrument.scale(self.form.current[0])
        self.tabs.setTabText(0, self.tr("Evidence {n}").format(n=len(self._desk.marks)))
        self.tabs.setTabText(1, self.tr("Coding manual · scale {n}").format(n=scale.number))
        self.evidence.focus_scale(scale.number)
        if self.tabs.currentWidget() is self.manual:
            self.manual.show_page(scale.title, scale.page, instrument.banner)

    def _take_keys(self) -> None:
        self._keys.read_settings()
        self._show_hints()

    def _store_notes(self) -> None:
        self._notes_pause.stop()
        if self._desk is not None and not self.notes.isReadOnly():
            text = self.notes.toPlainText()
            if text != self._desk.notes:
                self._bench.do(rate.set_notes, self._desk.rating_id, text)

    def _cancel_note(self, mark: str) -> None:
        self._bench.do(rate.remove_mark, mark)
        self.back_to_form()

    def _go_to_mark(self, mark_id: str) -> None:
        mark = next((mark for mark in self.desk.marks if mark.id == mark_id), None)
        if mark is not None:
            self.listening.player.seek(mark.at_ms)

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Where is the recording now?"))
        if path:
            self.listening.locate(Path(path))

    def _what_is_open(self, missing: tuple[tuple[str, str], ...]) -> str:
        numbers = dict.fromkeys(str(self.desk.instrument.scale(scale).number) for scale, _ in missing)
        return self.tr("{n} ratings are open, on scale {scales}. The first one has the keyboard.").format(
            n=len(missing), scales=", ".join(numbers)
        )

    def _submit(self) -> None:
        if self._bench.do(rate.submit, self.desk.rating_id, little_heard=True) is not None:
            self.listening.player.pause()
            self._say(self.tr("Submitted and locked. Thank you."), "ok")

    def _amend(self) -> None:
        dialog = AmendDialog(self.desk, self._form.current[0], self)
        dialog.amended.connect(
            lambda scale, answers, why: self._bench.do(rate.amend, self.desk.rating_id, scale, answers, why)
        )
        dialog.open()

    def _on_refused(self, error: UserError) -> None:
        self._say(sentence(error), "alarm")

    def _say(self, text: str, role: str = "warn") -> None:
        self.foot.say(text, role)
