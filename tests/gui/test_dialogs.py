"""The dialogs of the coding page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mio_fidelity.answer import rated
from mio_fidelity.coding import people, rate
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog, SubmitDialog
from tests.gui.conftest import CTRL, QUIET

Key = Qt.Key
pytestmark = QUIET


def words(dialog):
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_a_time_typed_is_gone_to_while_typing_and_playing(coder):
    coder.press(Key.Key_F8)
    coder.press(Key.Key_Space, Key.Key_G, mod=CTRL)
    dialog = coder.dialog(GoToDialog)
    coder.write("0:21")
    coder.press(Key.Key_Return)
    assert coder.player.state.name == "PLAYING"
    assert 21_000 <= coder.player.position_ms < 25_000
    assert not dialog.isVisible()
    coder.wait(lambda: not coder.page.findChildren(GoToDialog))


@pytest.mark.parametrize("typed", ["", "noon", "5:00", "-3"])
def test_a_time_that_is_none_is_refused(coder, typed):
    coder.press(Key.Key_G, mod=CTRL)
    dialog = coder.dialog(GoToDialog)
    coder.write(typed)
    coder.press(Key.Key_Return)
    assert dialog.isVisible()
    assert "no time in this recording" in words(dialog)
    assert coder.player.position_ms == 0
    coder.press(Key.Key_Escape)
    assert not dialog.isVisible()


def test_enough_heard_is_submitted_without_a_warning(coder):
    coder.study.do(rate.hear, coder.study.rating_id, 0, 39_000, 1.0)
    coder.study.answer_all(4)
    coder.press("5")
    coder.press(Key.Key_Return, mod=CTRL)
    assert "97 % of the recording was heard." in words(coder.dialog(SubmitDialog))


def test_the_share_is_that_of_the_study(coder):
    coder.study.sign_in("S1")
    coder.study.do(people.set_coverage_share, 0.5)
    coder.study.sign_in("R1")
    coder.study.do(rate.hear, coder.study.rating_id, 0, 10_000, 1.0)
    coder.study.answer_all(4)
    coder.press("5")
    coder.press(Key.Key_Return, mod=CTRL)
    dialog = coder.dialog(SubmitDialog)
    assert "Only 25\u00a0%" in words(dialog)
    assert "50\u00a0%" in words(dialog)
    coder.press(Key.Key_Escape)
    assert coder.desk.submitted_at is None


def test_an_amendment_that_changes_nothing_is_not_stored(coder):
    coder.study.submit(4)
    coder.open()
    coder.press(Key.Key_Down)
    coder.page.foot.primary.click()
    dialog = coder.dialog(AmendDialog)
    assert dialog.scale.currentText().startswith("2.")
    dialog.why.setFocus()
    coder.write("for no reason")
    dialog.accept()
    assert dialog.isVisible()
    assert "Nothing is different" in words(dialog)
    assert coder.desk.amendments == ()
    assert coder.answer(*coder.page.form.current) == rated(4)
