"""Words that the disk refuses: they stay where they are, and nobody loses them unasked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.gui.conftest import CTRL, QUIET

Key = Qt.Key
pytestmark = QUIET


@pytest.mark.parametrize("way", ["leave", "close"])
def test_notes_are_not_lost_by_leaving(coder, answering, way):
    asked = answering("Stay")
    leave = coder.page.leave if way == "leave" else coder.window.close
    coder.press(Key.Key_F8)
    coder.write("dear")
    coder.let_write(False)
    leave()
    assert len(asked) == 1
    assert coder.page.isVisible()
    assert coder.page.notes.toPlainText() == "dear"
    coder.let_write(True)
    leave()
    assert len(asked) == 1
    assert not coder.page.isVisible()
    if way == "close":
        coder.study.reopen()
    assert coder.study.desk().notes == "dear"


def test_they_can_be_given_up(coder, answering):
    asked = answering("Lose it")
    coder.press(Key.Key_M)
    coder.write("dear")
    coder.let_write(False)
    coder.press(Key.Key_W, mod=CTRL)
    assert len(asked) == 1
    assert not coder.page.isVisible()
    coder.let_write(True)
    coder.open()
    assert [mark.note for mark in coder.desk.marks] == [""]


def test_the_note_of_a_mark_stays_and_enter_keeps_it_once_there_is_room(coder):
    coder.press(Key.Key_M)
    coder.write("dear")
    coder.let_write(False)
    coder.press(Key.Key_Return)
    assert coder.said()
    note = QApplication.focusWidget()
    assert isinstance(note, QLineEdit)
    assert note.text() == "dear"
    coder.let_write(True)
    coder.press(Key.Key_Return)
    assert [mark.note for mark in coder.desk.marks] == ["dear"]
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
