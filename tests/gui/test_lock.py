"""The window locks itself: nothing is seen, nothing is lost, and only a pass phrase brings it back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from mio_fidelity.coding import access
from mio_fidelity.gui import places
from mio_fidelity.gui.ask_dialog import AskDialog, ask
from mio_fidelity.gui.playback.player import PlayerState
from mio_fidelity.gui.work_dialog import WorkDialog
from mio_fidelity.store import attempts
from tests.conftest import PASSPHRASE, SECRETS
from tests.gui import walk
from tests.gui.front import QUIET

pytestmark = QUIET
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
R2 = "the other coders own"


def lock_key(widget):
    """The key as the window system delivers it."""
    QTest.keyClick(widget.window().windowHandle(), Key.Key_L, CTRL)


@pytest.fixture
def lock(window):
    return window.window.lock


def unlock(coder, phrase):
    lock = coder.window.lock
    lock.page.box.field.setText(phrase)
    lock.page.box.button.click()
    coder.wait(lambda: lock._job is None, 10_000)


def leave_alone(lock, minutes):
    """As if nobody had been there."""
    run, day = lock.idleness._touched
    lock.idleness._touched = lock.idleness._listened = (run - 60 * minutes, day - 60 * minutes)
    lock.look()


def test_the_key_hides_everything_and_the_pass_phrase_brings_it_back(coder, lock):
    shown = coder.window.pages.currentWidget()
    lock_key(coder.window)
    assert lock.locked
    assert not shown.isVisible()
    coder.wait(lambda: QApplication.focusWidget() is lock.page.box.field)
    seen = " ".join(each.text() for each in coder.window.findChildren(QLabel) if each.isVisible())
    for secret in (*SECRETS, "R1", coder.desk.blind_code, "A study of tests"):
        assert secret not in seen
    assert coder.window.windowTitle() == "MIO Fidelity"
    coder.write(PASSPHRASE)
    coder.press(Key.Key_Return)
    coder.wait(lambda: not lock.locked, 10_000)
    assert shown.isVisible()
    assert coder.page.desk.rating_id == coder.study.rating_id
    assert lock.page.box.field.text() == ""


def test_it_locks_when_nobody_was_there_and_not_before(window, lock):
    leave_alone(lock, 9.9)
    assert not lock.locked
    leave_alone(lock, 10.1)
    assert lock.locked


def test_the_preference_says_when(window, lock):
    window.settings["lock_minutes"] = 60
    leave_alone(lock, 59)
    assert not lock.locked
    window.settings["lock_minutes"] = 1
    lock.look()
    assert lock.locked
    with pytest.raises(ValueError, match="61"):
        window.settings["lock_minutes"] = 61


@pytest.mark.parametrize("sign", ["key", "mouse", "wheel"])
def test_each_sign_of_life_counts(window, lock, sign):
    handle = window.window.windowHandle()
    run, day = lock.idleness._touched
    lock.idleness._touched = lock.idleness._listened = (run - 3600, day - 3600)
    if sign == "key":
        QTest.keyClick(handle, Key.Key_Shift)
    elif sign == "mouse":
        QTest.mouseMove(handle, window.window.rect().center())
    else:
        QTest.wheelEvent(handle, window.window.rect().center(), window.window.rect().center())
    lock.look()
    assert not lock.locked


def test_without_a_study_there_is_nothing_to_lock(window, lock):
    window.window._bench.close()
    leave_alone(lock, 100)
    lock_key(window.window)
    assert not lock.locked


def test_playback_stops_and_somebody_who_listens_is_there(coder, lock):
    coder.player.play()
    coder.wait(lambda: coder.player.state is PlayerState.PLAYING)
    coder.settings["lock_minutes"] = 1
    run, day = lock.idleness._touched
    # The recording takes 40 seconds: for so long a listener is believed.
    lock.idleness._touched = lock.idleness._listened = (run - 30, day - 30)
    assert lock.idleness.seconds(lock._playing_s()) < 1
    leave_alone(lock, 2)
    assert lock.locked
    coder.wait(lambda: coder.player.state is not PlayerState.PLAYING)


def test_what_is_being_typed_is_stored_first(coder, lock):
    coder.press(Key.Key_F8)
    coder.write("warm, and on time")
    lock_key(coder.window)
    assert lock.locked
    assert coder.desk.notes == "warm, and on time"


def test_a_mark_that_is_being_written_is_stored_first(coder, lock):
    coder.press("m")
    coder.write("kind voice")
    lock_key(coder.window)
    assert [mark.note for mark in coder.desk.marks] == ["kind voice"]


def test_dialogs_are_hidden_and_come_back_as_they_were(window, lock):
    heard = []
    dialog = ask(window.window, "Sessions of C17", "Really?", "Yes", [("one", 1), ("two", 2)])
    dialog.answered.connect(heard.append)
    dialog.box.setCurrentIndex(1)
    window.wait(lambda: QApplication.activeWindow() is dialog)
    lock_key(dialog)
    assert lock.locked
    assert not dialog.isVisible()
    unlock(window, PASSPHRASE)
    assert dialog.isVisible()
    assert dialog.isModal()
    assert dialog.box.currentIndex() == 1
    dialog.accept()
    assert heard == [2]


def test_work_in_a_dialog_goes_on_behind_the_lock(window, lock, qtbot):
    dialog = WorkDialog(window.window._bench, window.window)
    dialog.open()
    go_on, done = [], []

    def work(_tell, cancelled):
        while not go_on and not cancelled():
            pass
        return not cancelled()

    dialog._start(work, done.append, lambda: done.append("stopped"))
    window.wait(lambda: QApplication.activeWindow() is dialog)
    lock_key(dialog)
    assert not dialog.isVisible()
    assert dialog.busy
    go_on.append(True)
    qtbot.waitUntil(lambda: bool(done))
    assert done == [True]
    unlock(window, PASSPHRASE)
    assert dialog.isVisible()
    dialog.reject()


def test_a_dialog_that_comes_up_behind_the_lock_is_hidden_too(window, lock):
    lock_key(window.window)
    late = AskDialog("C17", "Ready", "Well", parent=window.window)
    late.open()
    lock.look()
    assert not late.isVisible()
    unlock(window, PASSPHRASE)
    assert late.isVisible()
    late.reject()


def test_a_wrong_pass_phrase_stays_outside_and_has_to_wait(window, lock, study):
    lock_key(window.window)
    for _ in range(3):
        unlock(window, "not the right one")
        assert "does not open" in lock.page.message.text()
        assert lock.locked
    assert not lock.page.box.button.isEnabled()
    assert " s" in lock.page.box.button.text()
    assert "in 5" in lock.page.box.button.text()
    attempts.forget(study.folder)
    window.wait(lock.page.box.button.isEnabled)
    unlock(window, PASSPHRASE)
    assert not lock.locked


def test_enter_in_an_empty_field_is_no_wrong_pass_phrase(window, lock, study):
    lock_key(window.window)
    for _ in range(4):
        QTest.keyClick(lock.page.box.field, Key.Key_Return)
        lock.page.other.click()
    assert lock._job is None
    assert lock.locked
    assert lock.page.message.text() == ""
    assert attempts.wait_left(study.folder) == 0
    assert lock.page.box.field.hasFocus()
    unlock(window, PASSPHRASE)
    assert not lock.locked


def test_somebody_else_takes_over_with_her_own(coder, lock, study):
    study.project.ring.add_slot(study.people["R2"], R2)
    coder.press(Key.Key_F8)
    coder.write("of the first coder")
    dialog = ask(coder.window, "C17", "Really?", "Yes")
    coder.wait(lambda: QApplication.activeWindow() is dialog)
    lock_key(dialog)
    unlock(coder, R2)
    assert not lock.locked
    assert study.project.person_id == study.people["R2"]
    assert coder.window.pages.currentWidget() is coder.window.queue
    assert not any(each.isVisible() for each in coder.window.findChildren(QDialog))
    notes = study.sql(f"SELECT notes FROM rating WHERE id = '{study.rating_id}'")
    assert notes == [("of the first coder",)]


def test_the_shared_one_leads_to_the_list_for_somebody_else(window, lock):
    lock_key(window.window)
    assert lock.page.other.isVisible()
    lock.page.box.field.setText(PASSPHRASE)
    lock.page.other.click()
    window.wait(lambda: not lock.locked, 10_000)
    assert window.window.start.who.isVisible()
    assert window.study.project.person_id is None


def test_who_left_the_study_gets_in_no_more(window, lock, study):
    study.project.ring.add_slot(study.people["R2"], R2)
    study.sql("UPDATE person SET active = 0 WHERE code = 'R2'")
    lock_key(window.window)
    unlock(window, R2)
    assert not window.window._bench.has_project
    assert "works in the study no more" in window.window.start.message.text()


def test_the_study_can_be_closed_from_the_lock(window, lock):
    lock_key(window.window)
    lock.page.close_button.click()
    assert not lock.locked
    assert window.window.start.which.isVisible()
    assert not window.window._bench.has_project


def test_the_recovery_key_does_not_unlock(window, lock, study):
    study.sign_in("S1")
    key = access.new_recovery_key(study.project)
    lock_key(window.window)
    unlock(window, key)
    assert lock.locked
    assert "where a study is opened" in lock.page.message.text()


def test_no_page_is_seen_through_the_lock(window, lock, study):
    window.window.start.signed_in.emit(study.people["S1"])
    for place in (places.STUDY, places.RELIABILITY):
        window.window.go(place)
        lock_key(window.window)
        inside = set(walk.all_widgets(lock.page)) | {window.window, lock.layers}
        seen = [each for each in walk.all_widgets(window.window) if each.isVisible() and each not in inside]
        assert not seen
        unlock(window, PASSPHRASE)
        assert window.window.pages.currentWidget().isVisible()
