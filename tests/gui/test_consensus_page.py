"""A supervisor decides on what two coders said, and what is then stored."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, rated
from mio_fidelity.coding import consensus, discuss, rate
from mio_fidelity.demo_history import add_history, read_history
from mio_fidelity.gui import places
from mio_fidelity.gui.consensus_dialogs import DiscussDialog, SubmitConsensusDialog
from tests.coding.double_coded import double_coded
from tests.conftest import SECRETS
from tests.gui import walk
from tests.gui.conftest import CTRL, QUIET, SHIFT
from tests.gui.front import choose_row

Key = Qt.Key
pytestmark = QUIET
LISTENING = ("empathic_listening", "fidelity")
CHILD, CHILD_COMPETENCE = ("child_mind", "fidelity"), ("child_mind", "competence")


class Supervisor:
    """S1 at the consensus page of a study with one session that two coders rated."""

    def __init__(self, window):
        self.coder, self.study = window, window.study
        self.sources = double_coded(self.study)
        window.window.start.signed_in.emit(self.study.people["S1"])
        window.window.go(places.CONSENSUS)
        self.page = window.window.supervisor[places.CONSENSUS]
        self.wait(lambda: QApplication.focusWidget() is self.page.list.table)
        self.press, self.write = window.press, window.write

    @property
    def view(self):
        return self.page.view

    @property
    def form(self):
        return self.view.form

    @property
    def player(self):
        return self.view.listening.player

    @property
    def now(self):
        """What is stored."""
        return self.study.ask(consensus.side_by_side, self.view.now.own.rating_id)

    def answer(self, slot):
        return self.now.own.answers.get(slot, OPEN)

    def wait(self, true):
        self.coder.wait(true, timeout=5000)

    def open(self):
        """Open the session from the list."""
        self.press(Key.Key_Return)
        self.wait(lambda: self.page.pages.currentWidget() is self.view and self.view.form.isVisible())
        self.wait(lambda: self.player.state.name in ("PAUSED", "FAILED", "EMPTY"))
        self.wait(lambda: QApplication.focusWidget() is self.form.slot(*self.form.current))

    def dialog(self, kind):
        (found,) = self.page.findChildren(kind)
        self.wait(lambda: QApplication.activeWindow() is found)
        return found

    def back(self):
        self.coder.back()

    def said(self):
        return self.view.foot.notice.text()

    def topics(self):
        return [(each.scale, each.note) for each in self.study.ask(discuss.listing)]


@pytest.fixture
def listed(window):
    """The list of sessions."""
    return Supervisor(window)


@pytest.fixture
def opened(listed):
    """The one session, open."""
    listed.open()
    return listed


def cells(page):
    model = page.list.model
    return [model.index(0, column).data() for column in range(model.columnCount())]


def test_one_whole_consensus_by_keyboard_alone(listed):
    assert cells(listed.page)[:5] == ["QZX7-5417", "R1, R2", "○ ready", "5", "4 points"]
    listed.open()
    assert listed.form.current == LISTENING
    listed.press("5", Key.Key_Return)
    listed.write("it begins at 00:12, n 3")
    listed.press(Key.Key_Return)
    assert listed.answer(LISTENING) == rated(5)
    assert listed.now.why[LISTENING] == "it begins at 00:12, n 3"
    while listed.now.own.open_slots:
        # Enter led to the next that waits.
        assert listed.form.current in listed.now.own.open_slots
        listed.press("4")
        if listed.now.unexplained:
            listed.press(Key.Key_W)
            listed.write("as R1 heard")
            listed.press(Key.Key_Return)
        else:
            listed.press(Key.Key_U)
    assert listed.now.unexplained == ()
    listed.press(Key.Key_Return, mod=CTRL)
    dialog = listed.dialog(SubmitConsensusDialog)
    assert any("R1, R2, S1" in text for _, text in _texts(dialog))
    listed.press(Key.Key_Return)
    assert listed.now.own.submitted_at is not None
    listed.back()
    listed.press("6")
    assert listed.answer(LISTENING) == rated(5)
    listed.press(Key.Key_W, mod=CTRL)
    assert cells(listed.page)[2] == "● done"


def _texts(top):
    return [(kind, text) for widget in walk.all_widgets(top) for kind, text in walk.texts(widget)]


def test_differences_come_first_and_what_all_agree_on_is_folded_and_filled_in(opened):
    form = opened.form
    tops = [
        form.row(scale).mapTo(form, form.row(scale).rect().topLeft()).y() for scale in opened.now.differing
    ]
    assert tops == sorted(tops)
    agreed = "collaborative_focus"
    assert form.folded
    assert not form.row(agreed).isVisible()
    assert form.slot(agreed, "fidelity").answer == rated(4)
    opened.press(Key.Key_A)
    assert form.row(agreed).isVisible()
    opened.press(Key.Key_A)
    assert not form.row(agreed).isVisible()


def test_going_on_past_the_last_difference_unfolds_what_all_agree_on(opened):
    for _ in opened.now.differing:
        opened.press(Key.Key_Down)
    assert not opened.form.folded
    assert opened.form.current[0] not in opened.now.differing
    assert QApplication.focusWidget() is opened.form.slot(*opened.form.current)
    opened.press("7")
    assert opened.now.unexplained == (opened.form.current,)
    opened.press(Key.Key_A)
    assert opened.form.current == LISTENING


def test_what_each_coder_said_stands_under_the_points(opened):
    row = opened.form.row("empathic_listening")
    assert row.said["fidelity"].text == "A 2  B 6"
    assert "R1 2; R2 6" in row.slots["fidelity"].accessibleName()
    assert opened.form.row("child_mind").said["competence"].text == "A n/a  B 4"
    assert "R1: not applicable" in opened.form.row("child_mind").said["competence"].toolTip()


def test_a_reason_is_asked_for_until_it_is_there(opened):
    row = opened.form.row("empathic_listening")
    assert "why?" not in row.title.text()
    opened.press("5")
    assert "why?" in row.title.text()
    opened.press(Key.Key_W)
    opened.write("both heard it late")
    opened.press(Key.Key_Escape)
    assert QApplication.focusWidget() is opened.form.slot(*LISTENING)
    assert opened.now.why == {LISTENING: "both heard it late"}
    assert "why?" not in row.title.text()


def test_a_reason_belongs_to_the_score_it_was_typed_for(opened):
    opened.press("5", Key.Key_W)
    opened.write("the first")
    opened.form.button("empathic_listening", "competence", 4).click()
    opened.press(Key.Key_W)
    assert QApplication.focusWidget().text() == ""
    opened.write("the second")
    opened.page.forget()
    reasons = opened.study.sql("SELECT dimension, why FROM consensus_reason ORDER BY dimension")
    assert reasons == [("competence", "the second"), ("fidelity", "the first")]


def test_what_needs_no_reason_takes_none(opened):
    opened.form.focus_slot("collaborative_focus", "fidelity")
    opened.press(Key.Key_W)
    assert QApplication.focusWidget() is opened.form.slot("collaborative_focus", "fidelity")
    assert "needs no reason" in opened.said()


def test_a_rule_of_the_manual_decides_here_too(opened):
    opened.form.focus_slot(*CHILD)
    opened.press("1")
    assert opened.answer(CHILD_COMPETENCE) == NOT_APPLICABLE
    assert opened.form.slot(*CHILD_COMPETENCE).ruled_out_by
    opened.press(Key.Key_Tab)
    assert opened.form.current != CHILD_COMPETENCE
    opened.press(Key.Key_N)
    assert "by a rule" in opened.said() or "always applies" in opened.said()
    opened.press(Key.Key_Z, mod=CTRL)
    assert opened.answer(CHILD) == OPEN
    opened.press(Key.Key_Z, mod=CTRL | SHIFT)
    assert opened.answer(CHILD) == rated(1)


def test_submitting_too_early_leads_to_what_waits(opened):
    opened.press("5", Key.Key_Return, mod=Qt.KeyboardModifier.NoModifier)
    opened.press(Key.Key_Escape)
    opened.press(Key.Key_Return, mod=CTRL)
    assert opened.page.findChildren(SubmitConsensusDialog) == []
    assert "4 to decide, 1 without a reason" in opened.said()
    assert opened.form.current == ("empathic_listening", "competence")


def test_the_evidence_of_both_lies_on_one_waveform_and_plays(opened):
    marks = {(mark.number, mark.letter, mark.at_ms) for mark in opened.view.waveform._scene.marks}
    assert marks == {(1, "A", 500), (1, "B", 900), (9, "A", 1500), (9, "B", 1500)}
    opened.press(Key.Key_F7)
    opened.view.side.evidence._table.setFocus()
    opened.press(Key.Key_Home, Key.Key_Down, Key.Key_Return)
    assert opened.player.state.name == "PLAYING"
    opened.wait(lambda: opened.player.position_ms > 950)
    (first,) = [mark for mark in opened.view.waveform._scene.marks if mark.at_ms == 500]
    opened.view.waveform.mark_chosen.emit(first.id)
    assert 500 <= opened.player.position_ms < 950
    opened.wait(lambda: opened.player.position_ms > 950)


def test_marks_of_two_coders_are_told_apart_without_colour(opened):
    opened.view.waveform.zoom_in()
    shown = [opened.view.side.evidence._model.index(row, 1).data() for row in range(4)]
    assert sorted(shown) == ["1A", "1B", "9A", "9B"]
    assert {mark.label for mark in opened.view.waveform._scene.marks} == {"1A", "1B", "9A", "9B"}


def test_the_notes_of_the_coders_can_be_read(opened):
    opened.press(Key.Key_F8)
    text = opened.view.side.notes.toPlainText()
    assert "A · R1\nall in all, says R1" in text
    assert "B · R2\nall in all, says R2" in text


def test_the_session_is_not_named_where_coders_look_on(opened):
    told = " ".join(text for _, text in _texts(opened.view)).lower()
    assert [word for word in SECRETS if word.lower() in told] == []


def test_it_works_without_the_recording(listed):
    for path in (listed.study.folder / "recordings").iterdir():
        path.unlink()
    listed.open()
    assert not listed.view.card.remark.isHidden()
    listed.press("5")
    assert listed.answer(LISTENING) == rated(5)


def test_a_session_that_has_no_recording_works_too(listed):
    listed.study.do(add_history, listed.study.instrument_id, read_history()[:2])
    listed.page.open()
    rows = [row.label for row in listed.page.list.model.rows]
    choose_row(listed.page.list.table, rows.index("C11-2"))
    listed.open()
    first = listed.form.current
    listed.press(Key.Key_Space, "4")
    assert listed.answer(first) == rated(4)


def test_who_took_part_is_said_in_the_header(opened):
    assert opened.view.header.took_part.text() == "Took part: R1, R2, S1"
    actions = {action.text(): action for action in opened.view.header.took_part.menu().actions()}
    actions["R2"].trigger()
    assert sorted(opened.now.took_part.values()) == ["R1", "S1"]
    assert opened.view.header.took_part.text() == "Took part: R1, S1"


def test_the_last_one_who_took_part_stays_and_a_sentence_says_why(opened):
    for code in ("R1", "R2", "S1"):
        menu = opened.view.header.took_part.menu()
        next(action for action in menu.actions() if action.text() == code).trigger()
    assert opened.view.header.took_part.text() == "Took part: S1"
    assert "at least one" in opened.said()
    assert next(action for action in menu.actions() if action.text() == "S1").isChecked()


def test_a_rating_amended_since_is_remarked_on_the_page(opened):
    opened.press(Key.Key_W, mod=CTRL)
    opened.study.sign_in("R2")
    opened.study.do(rate.amend, opened.sources[1], "warm_regard", {"fidelity": rated(7)}, "heard again")
    opened.study.sign_in("S1")
    opened.open()
    assert "▲ R2 amended Warm regard" in opened.view.remarks.text()
    assert opened.view.remarks.isVisible()


def test_a_scale_goes_on_the_list_and_leads_back(opened):
    opened.press(Key.Key_D)
    opened.dialog(DiscussDialog)
    opened.write("where does it begin?")
    opened.press(Key.Key_Return)
    assert opened.topics() == [("empathic_listening", "where does it begin?")]
    assert "to discuss" in opened.form.row("empathic_listening").discuss.text()
    opened.back()
    opened.press(Key.Key_Down)
    opened.press(Key.Key_W, mod=CTRL)
    panel = opened.page.list.discussed
    assert "where does it begin? (S1)" in panel.list.item(0).text()
    assert cells(opened.page)[-1] == "1"
    panel.list.setFocus()
    opened.press(Key.Key_Return)
    assert opened.form.current == LISTENING


def test_what_was_discussed_is_settled_on_either_page(opened):
    opened.study.do(discuss.put, opened.now.session_id, "empathic_listening", "this")
    opened.study.do(discuss.put, opened.now.session_id, None, "all of it")
    opened.press(Key.Key_W, mod=CTRL)
    panel = opened.page.list.discussed
    assert panel.list.count() == 2
    panel.list.setFocus()
    panel.list.setCurrentRow(1)
    opened.press(Key.Key_Delete)
    assert opened.topics() == [("empathic_listening", "this")]
    opened.page.list.table.setFocus()
    opened.open()
    opened.press(Key.Key_D)
    dialog = opened.dialog(DiscussDialog)
    assert dialog.note.text() == "this"
    (settled,) = [each for each in dialog.findChildren(QPushButton) if each.text() == "Settled"]
    settled.click()
    assert opened.topics() == []
    assert "to discuss" not in opened.form.row("empathic_listening").discuss.text()


def test_a_topic_of_a_session_one_coder_rated_says_so(listed):
    study = listed.study
    study.sql("DROP TRIGGER rating_locked_update")
    study.sql("UPDATE rating SET withdrawn_at = '2026-01-01' WHERE id = :id", id=listed.sources[0])
    study.do(discuss.put, study.session_id, None, "what now?")
    listed.page.open()
    assert listed.page.list.empty.isVisible()
    listed.page.list.discussed.go.click()
    assert "two coders" in listed.page.list.foot.notice.text()


def test_leaving_the_page_stops_the_sound_and_forgets_what_was_shown(opened):
    opened.press(Key.Key_Space)
    opened.wait(lambda: opened.player.state.name == "PLAYING")
    opened.coder.window.go(places.QUEUE)
    assert opened.player.state.name == "EMPTY"
    assert opened.page.list.model.rows == ()


def test_a_refused_decision_is_taken_back(opened):
    opened.coder.let_write(False)
    opened.press("5")
    opened.coder.let_write(True)
    assert opened.said()
    assert opened.form.slot(*LISTENING).answer == OPEN


def test_the_mouse_does_what_the_keys_do(opened):
    button = opened.form.button("empathic_listening", "competence", 4)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.answer(("empathic_listening", "competence")) == rated(4)
    opened.form.row("warm_regard").discuss.click()
    dialog = opened.dialog(DiscussDialog)
    dialog.accept()
    assert opened.topics() == [("warm_regard", "")]


def test_escape_leads_back_to_the_supervisors_own_sessions(listed):
    listed.press(Key.Key_Escape)
    assert listed.coder.window.pages.currentWidget() is listed.coder.window.queue
