"""The coding page through its keys: what a coder does, and what is then stored."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Reason, cannot_rate, rated
from mio_fidelity.coding.desk import desk
from mio_fidelity.gui.dialogs import AmendDialog, SubmitDialog
from tests import media_factory
from tests.coding.instruments import FROM_ZERO, made
from tests.gui.conftest import CTRL, QUIET, SHIFT, add_session

Key = Qt.Key
pytestmark = QUIET


def slots(coder):
    return coder.desk.instrument.slots()


def test_one_whole_rating_by_keyboard_alone(window, qtbot):
    coder = window
    coder.wait(lambda: QApplication.focusWidget() is coder.window.queue.table)
    coder.press(Key.Key_Return)
    coder.settle()
    assert coder.page.isVisible()
    order = slots(coder)
    coder.press("5", Key.Key_Tab, "4")
    assert [coder.answer(*slot) for slot in order[:2]] == [rated(5), rated(4)]
    coder.press(Key.Key_Backspace)
    assert coder.answer(*order[1]) == OPEN
    coder.press(Key.Key_X, "2")
    assert coder.answer(*order[1]) == cannot_rate(list(Reason)[1])
    coder.press(Key.Key_Down, Key.Key_Up)
    assert coder.page.form.current == order[1]

    coder.press(Key.Key_Space)
    coder.wait(lambda: coder.player.position_ms > 100)
    coder.press(Key.Key_M)
    coder.write("calm 7 voice")
    coder.press(Key.Key_Return)
    assert coder.player.state.name == "PLAYING"
    assert [(mark.scale, mark.note) for mark in coder.desk.marks] == [(order[1][0], "calm 7 voice")]
    coder.press(Key.Key_Space)

    coder.press(Key.Key_F2)
    assert coder.page.manual.isVisible()
    coder.press(Key.Key_F8)
    coder.write("all in all calm")
    coder.press(Key.Key_Return, mod=CTRL)
    assert coder.desk.notes == "all in all calm"
    assert coder.desk.submitted_at is None
    assert "18" in coder.said()
    assert coder.page.form.current == order[2]
    assert QApplication.focusWidget() is coder.page.form.slot(*order[2])

    for _ in order[2:]:
        coder.press("3", Key.Key_Tab)
    assert coder.desk.open_slots == ()
    coder.press(Key.Key_Return, mod=CTRL)
    dialog = coder.dialog(SubmitDialog)
    assert "90\u00a0%" in all_words(dialog)
    coder.press(Key.Key_Return)
    assert coder.desk.submitted_at is not None
    coder.back()
    coder.press("6")
    assert coder.answer(*order[-1]) == rated(3)
    assert "Amend" in coder.page.foot.primary.text()


def all_words(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_amending_needs_a_reason_and_shows_the_new_score(coder):
    coder.study.submit(4)
    coder.open()
    coder.press(Key.Key_Return, mod=CTRL)
    dialog = coder.dialog(AmendDialog)
    dialog.answers["fidelity"].setCurrentIndex(dialog.answers["fidelity"].findData(rated(6).encode()))
    coder.press(Key.Key_Return)
    first = slots(coder)[0]
    assert dialog.isVisible()
    assert coder.answer(*first) == rated(4)
    dialog.why.setFocus()
    coder.write("heard again")
    QTest.keyClick(dialog.answers["fidelity"], Key.Key_Return)
    assert coder.answer(*first) == rated(6)
    assert coder.page.form.button(*first, 6).isChecked()
    assert [(amended.old, amended.new, amended.why) for amended in coder.desk.amendments] == [
        (rated(4), rated(6), "heard again")
    ]


def test_a_refused_amendment_keeps_the_reason_that_was_typed(coder):
    """Fidelity leaves its floor, so competence, never rated, needs an answer too."""
    first, second = slots(coder)[:2]
    coder.study.set(*first, rated(1))
    coder.study.submit(4)
    coder.open()
    coder.press(Key.Key_Return, mod=CTRL)
    dialog = coder.dialog(AmendDialog)
    dialog.answers["fidelity"].setCurrentIndex(dialog.answers["fidelity"].findData(rated(4).encode()))
    dialog.why.setFocus()
    coder.write("heard again")
    QTest.keyClick(dialog.answers["fidelity"], Key.Key_Return)
    assert coder.answer(*first) == rated(1)
    assert dialog.isVisible()
    assert "Competence" in all_words(dialog)
    dialog.answers["competence"].setCurrentIndex(dialog.answers["competence"].findData(rated(5).encode()))
    QTest.keyClick(dialog.answers["fidelity"], Key.Key_Return)
    assert (coder.answer(*first), coder.answer(*second)) == (rated(4), rated(5))
    assert not dialog.isVisible()


def test_typing_never_rates_or_plays(coder):
    text = "7 n x m [ ] \\ l 0 - + ="
    coder.press(Key.Key_M)
    coder.write(text)
    coder.press(Key.Key_Return)
    coder.press(Key.Key_F8)
    coder.write(text)
    coder.press(Key.Key_Escape)
    assert (coder.desk.marks[0].note, coder.desk.notes) == (text, text)
    assert set(coder.desk.open_slots) == set(slots(coder))
    assert coder.player.state.name == "PAUSED"
    assert coder.player.rate == 1.0
    assert coder.player.loop is None
    assert coder.page.waveform.zoom == 1


def test_the_keys_that_always_work_work_while_typing(coder):
    coder.press(Key.Key_F8)
    for key, mod in (
        (Key.Key_F4, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Space, CTRL),
        (Key.Key_MediaPlay, Qt.KeyboardModifier.NoModifier),
        (Key.Key_MediaTogglePlayPause, Qt.KeyboardModifier.NoModifier),
    ):
        before = coder.player.state
        coder.press(key, mod=mod)
        assert coder.player.state is not before, key
    coder.player.seek(20_000)
    coder.press(Key.Key_F5)
    assert coder.player.position_ms == 25_000
    coder.press(Key.Key_F3, Key.Key_F3)
    assert coder.player.position_ms == 15_000
    coder.press(Key.Key_F3, mod=SHIFT)
    assert coder.player.position_ms == 0
    assert coder.page.notes.hasFocus()
    assert coder.page.notes.toPlainText() == ""


def test_the_digits_of_the_number_pad_rate(coder):
    coder.press("6", mod=Qt.KeyboardModifier.KeypadModifier)
    assert coder.answer(*slots(coder)[0]) == rated(6)


def test_undo_takes_back_ratings_on_the_page_and_text_in_texts(coder):
    first, second = slots(coder)[:2]
    coder.press("5", "6", Key.Key_Tab, "3")
    coder.press(Key.Key_Z, Key.Key_Z, mod=CTRL)
    assert (coder.answer(*first), coder.answer(*second)) == (rated(5), OPEN)
    assert coder.page.form.current == first
    coder.press(Key.Key_Z, mod=CTRL | SHIFT)
    coder.press(Key.Key_Y, mod=CTRL)
    assert (coder.answer(*first), coder.answer(*second)) == (rated(6), rated(3))
    coder.press(Key.Key_F8)
    coder.write("word")
    coder.press(Key.Key_Z, mod=CTRL)
    assert coder.page.notes.toPlainText() == ""
    assert coder.answer(*second) == rated(3)


def test_undo_with_nothing_to_take_back_says_so(coder):
    coder.press(Key.Key_Z, mod=CTRL)
    assert "nothing to take back" in coder.said()


def test_undo_of_the_floor_brings_competence_back(coder):
    fidelity, competence = slots(coder)[:2]
    coder.press("4", Key.Key_Tab, "6")
    coder.page.form.focus_slot(*fidelity)
    coder.press("1")
    assert coder.answer(*competence) == NOT_APPLICABLE
    coder.press(Key.Key_Z, mod=CTRL)
    assert (coder.answer(*fidelity), coder.answer(*competence)) == (rated(4), rated(6))
    coder.press(Key.Key_Z, mod=CTRL | SHIFT)
    assert (coder.answer(*fidelity), coder.answer(*competence)) == (rated(1), NOT_APPLICABLE)


def test_fidelity_at_its_floor_locks_competence_until_it_changes(coder):
    fidelity, competence, after = slots(coder)[:3]
    coder.press("3", Key.Key_Tab, "5")
    coder.page.form.focus_slot(*fidelity)
    coder.press("1", Key.Key_Tab)
    assert coder.page.form.current == after
    assert coder.answer(*competence) == NOT_APPLICABLE
    coder.press(Key.Key_Backtab)
    assert coder.page.form.current == fidelity
    coder.press("2")
    assert coder.answer(*competence) == rated(5)
    coder.press(Key.Key_Tab)
    assert coder.page.form.current == competence


def test_ratings_taken_back_are_those_of_this_session(coder):
    other = coder.assigned(add_session(coder.study, tone(coder, "b.wav"), number=2))
    first = slots(coder)[0]
    coder.press("5")
    mine = coder.study.rating_id
    coder.press(Key.Key_W, mod=CTRL)
    coder.open(other)
    coder.press(Key.Key_Z, mod=CTRL)
    coder.study.rating_id = mine
    assert coder.answer(*first) == rated(5)


def test_a_refused_rating_shows_what_is_stored(coder):
    first = slots(coder)[0]
    coder.press("3")
    coder.study.submit(4)
    QTest.mouseClick(coder.page.form.button(*first, 6), Qt.MouseButton.LeftButton)
    assert coder.answer(*first) == rated(3)
    shown = [point for point in range(1, 8) if coder.page.form.button(*first, point).isChecked()]
    assert shown == [3]
    assert "submitted" in coder.said()
    assert "Amend" in coder.page.foot.primary.text()


def test_a_rating_the_disk_refuses_is_not_shown(coder):
    first = slots(coder)[0]
    coder.press("3")
    coder.let_write(False)
    coder.press("6")
    assert coder.said()
    assert coder.page.form.button(*first, 3).isChecked()
    assert not coder.page.form.button(*first, 6).isChecked()
    coder.let_write(True)
    coder.press("6")
    assert coder.answer(*first) == rated(6)
    assert not coder.said()


def test_a_reason_asked_for_is_not_left_open_for_the_next_session(coder):
    other = coder.assigned(add_session(coder.study, tone(coder, "b.wav"), number=2))
    coder.press(Key.Key_Down, Key.Key_X)
    coder.press(Key.Key_W, mod=CTRL)
    coder.open(other)
    assert coder.page.form.current == slots(coder)[0]
    coder.press("2")
    assert coder.answer(*slots(coder)[0]) == rated(2)


def test_escape_leaves_the_reasons_wherever_the_keyboard_is(coder):
    coder.press(Key.Key_X)
    coder.page.card.transport.play.setFocus()
    coder.press(Key.Key_Escape, "2")
    assert coder.answer(*slots(coder)[0]) == rated(2)


def test_another_instrument_gets_its_own_form(coder):
    one_dimension = made(("fidelity", [1, 2, 3], "", False), edition="one")
    session = add_session(coder.study, tone(coder, "b.wav"), number=2)
    for instrument, key, score in ((FROM_ZERO, "0", 0), (one_dimension, "3", 3), (FROM_ZERO, "6", 6)):
        coder.press(Key.Key_W, mod=CTRL)
        coder.open(coder.assigned(session, instrument))
        assert coder.page.form.isVisible()
        first = instrument.slots()[0]
        coder.press(key, Key.Key_Tab)
        assert coder.answer(*first) == rated(score)
        assert len(coder.desk.answers) <= 2
        coder.press(Key.Key_Backtab, Key.Key_N)
        assert coder.answer(*first) == rated(score)
        coder.press(Key.Key_Z, mod=CTRL)
        assert coder.answer(*first) == OPEN


def tone(coder, name):
    return media_factory.make(coder.study.folder.parent / name, 3, "wav", gaps=False)


def test_the_page_opens_where_something_is_open(coder):
    coder.press("5", Key.Key_Tab, "5")
    coder.press(Key.Key_W, mod=CTRL)
    coder.open()
    assert coder.page.form.current == slots(coder)[2]


def test_somebody_elses_rating_does_not_open(coder):
    coder.press(Key.Key_W, mod=CTRL)
    theirs = coder.study.assign("R2")
    coder.window.queue.chosen.emit(theirs)
    assert coder.window.queue.isVisible()
    assert "not one of your sessions" in coder.window.queue.foot.notice.text()
    assert coder.study.sql("SELECT begun_at FROM rating WHERE id = :id", id=theirs)[0][0] is None


def test_what_is_typed_is_stored_when_it_is_kept_paused_or_left(coder):
    coder.press(Key.Key_F8)
    coder.write("one")
    coder.wait(lambda: coder.desk.notes == "one", 3000)
    coder.write(" two")
    coder.press(Key.Key_Escape)
    assert coder.desk.notes == "one two"
    coder.press(Key.Key_F8)
    coder.page.notes.moveCursor(coder.page.notes.textCursor().MoveOperation.End)
    coder.write(" three")
    coder.press(Key.Key_W, mod=CTRL)
    assert coder.desk.notes == "one two three"


def test_words_not_yet_kept_survive_leaving_the_page(coder):
    coder.press(Key.Key_M)
    coder.write("half a no")
    coder.press(Key.Key_W, mod=CTRL)
    assert coder.desk.marks[0].note == "half a no"
    coder.open()
    assert not [edit for edit in coder.page.evidence.findChildren(QLineEdit) if edit.isVisible()]


def test_words_not_yet_kept_survive_closing_the_window(coder):
    coder.press(Key.Key_M)
    coder.write("half a no")
    coder.window.close()
    coder.study.reopen()
    assert coder.study.ask(desk, coder.study.rating_id).marks[0].note == "half a no"


def test_notes_not_yet_stored_survive_closing_the_window(coder):
    coder.press(Key.Key_F8)
    coder.write("half a no")
    coder.window.close()
    coder.study.reopen()
    assert coder.study.ask(desk, coder.study.rating_id).notes == "half a no"


def test_submitting_keeps_the_note_being_typed(coder):
    coder.study.answer_all(4)
    coder.press("4", Key.Key_M)
    coder.write("half a no")
    coder.press(Key.Key_Return, mod=CTRL)
    coder.dialog(SubmitDialog)
    coder.press(Key.Key_Return)
    assert coder.desk.submitted_at is not None
    assert coder.desk.marks[0].note == "half a no"


def test_notes_the_disk_refuses_stay_on_the_page(coder):
    coder.press(Key.Key_F8)
    coder.write("dear")
    coder.let_write(False)
    coder.press(Key.Key_Escape)
    assert coder.said()
    assert coder.page.notes.toPlainText() == "dear"
    coder.let_write(True)
    coder.press(Key.Key_S, mod=CTRL)
    assert coder.desk.notes == "dear"


def test_saving_finds_all_stored(coder):
    coder.press(Key.Key_S, mod=CTRL)
    assert "stored already" in coder.said()


def test_a_submitted_rating_announces_no_key_that_would_be_refused(coder):
    def hints():
        return [label.text() for hint in coder.page.foot._hints for label in hint.findChildren(QLabel)]

    assert {"rate", "mark"} <= set(hints())
    coder.study.answer_all(4)
    coder.page._submit()
    assert coder.desk.submitted_at is not None
    assert not {"rate", "mark"} & set(hints())
    assert hints()[:4] == ["Tab", "next", "Ctrl+Return", "amend"]
    coder.page.leave()
    coder.open()
    assert not {"rate", "mark"} & set(hints())


def test_nothing_is_marked_on_a_submitted_rating(coder):
    coder.study.submit(4)
    coder.open()
    coder.press(Key.Key_M)
    assert coder.desk.marks == ()
    assert "submitted" in coder.said()
    assert coder.page.notes.isReadOnly()
