"""The table of commands, and the dialog that shows and changes it."""

from itertools import combinations
from operator import attrgetter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTreeWidgetItemIterator

from mio_fidelity.answer import OPEN, rated
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.command_table import COMMANDS, CONSENSUS_COMMANDS
from mio_fidelity.gui.commands import keys_of, own_keys
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.settings import Settings
from tests.gui.conftest import CTRL, QUIET

Key = Qt.Key
pytestmark = QUIET


def test_every_command_calls_something_the_page_has(coder):
    assert all(callable(attrgetter(command.method)(coder.page)) for command in COMMANDS)


def test_every_key_exists():
    for text in (text for command in COMMANDS for text in command.shortcuts):
        keys = QKeySequence(text)
        assert keys.count() == 1
        assert keys[0].key() is not Key.Key_unknown, text


def test_no_two_commands_share_a_key():
    for one, other in combinations(COMMANDS, 2):
        assert one.key != other.key
        assert not set(one.shortcuts) & set(other.shortcuts)


@pytest.fixture
def dialog(coder):
    coder.press(Key.Key_F1)
    return coder.dialog(KeysDialog)


def lines(dialog):
    found = QTreeWidgetItemIterator(dialog.tree)
    items = []
    while found.value() is not None:
        if found.value().data(0, Qt.ItemDataRole.UserRole):
            items.append(found.value())
        found += 1
    return {item.data(0, Qt.ItemDataRole.UserRole): item for item in items}


def choose(dialog, name, key):
    dialog.tree.setCurrentItem(lines(dialog)[name])
    dialog.recorder.setKeySequence(QKeySequence(key))
    dialog.keep.click()


def words(dialog):
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_all_keys_are_shown(dialog, settings):
    shown_lines = lines(dialog)
    for command in COMMANDS:
        for key in keys_of(command, settings):
            assert shown(key) in shown_lines[command.key].text(0)
        assert command.title == shown_lines[command.key].text(1)


def test_all_keys_are_shown_on_the_list_and_a_new_one_works_in_the_session(window):
    window.press(Key.Key_F1)
    window.wait(lambda: window.window.queue.findChildren(KeysDialog))
    (dialog,) = window.window.queue.findChildren(KeysDialog)
    choose(dialog, "mark", "K")
    dialog.accept()
    window.back()
    window.open()
    window.press(Key.Key_K)
    assert len(window.desk.marks) == 1
    assert "K" in [label.text() for label in window.page.foot.findChildren(QLabel)]


def test_a_key_changed_in_a_session_is_the_one_of_the_list(dialog, coder):
    choose(dialog, "keys", "F6")
    dialog.accept()
    coder.back()
    coder.page.leave()
    queue = coder.window.queue
    coder.wait(queue.table.hasFocus)
    assert queue.keys.toolTip() == "F6"
    coder.press(Key.Key_F6)
    coder.wait(lambda: queue.findChildren(KeysDialog))


def test_a_new_key_works_at_once_and_is_kept(dialog, coder, settings):
    choose(dialog, "mark", "K")
    dialog.accept()
    coder.back()
    assert "K" in [label.text() for label in coder.page.foot.findChildren(QLabel)]
    assert "Press K" in " ".join(label.text() for label in coder.page.evidence.findChildren(QLabel))
    coder.press("m")
    assert coder.desk.marks == ()
    coder.press("k")
    assert len(coder.desk.marks) == 1
    kept = Settings(settings._path)
    assert keys_of(next(command for command in COMMANDS if command.key == "mark"), kept) == (
        QKeySequence("K"),
    )


def test_a_key_that_is_taken_is_refused(dialog, coder):
    choose(dialog, "mark", "F4")
    assert "is taken" in words(dialog)
    dialog.accept()
    coder.back()
    coder.press("m")
    assert len(coder.desk.marks) == 1


def test_a_letter_cannot_work_while_typing(dialog, coder):
    choose(dialog, "play_always", "P")
    assert "while typing" in words(dialog)
    dialog.accept()
    coder.back()
    coder.press(Key.Key_F8)
    coder.write("Pop")
    assert coder.page.notes.toPlainText() == "Pop"
    assert coder.player.state.name == "PAUSED"


@pytest.mark.parametrize("key", ["F9", "Ctrl+P", "Alt+P", "Media Next"])
def test_a_key_that_types_nothing_may_work_while_typing(settings, qtbot, key):
    dialog = KeysDialog(settings)
    qtbot.addWidget(dialog)
    choose(dialog, "play_always", key)
    command = next(command for command in COMMANDS if command.key == "play_always")
    assert keys_of(command, settings) == (QKeySequence(key),)


def test_a_changed_key_goes_back(dialog, coder, settings):
    choose(dialog, "mark", "K")
    dialog.back.click()
    dialog.accept()
    coder.back()
    coder.press("k")
    assert coder.desk.marks == ()
    coder.press("m")
    assert len(coder.desk.marks) == 1


@pytest.mark.parametrize("text", ["", "[1]", "{", '["' * 9, "[" * 200_000])
def test_kept_keys_that_cannot_be_read_count_as_none(settings, text):
    settings["keys"] = text
    assert own_keys(settings) == {}


def test_keys_of_the_evidence_list_go_to_the_list(coder):
    """F2, Backspace, + and - mean something to the page too."""
    coder.player.seek(20_000)
    coder.press("5", Key.Key_M, Key.Key_Return)
    at_ms = coder.desk.marks[0].at_ms
    table = coder.page.evidence._table
    table.setFocus()
    table.selectRow(0)
    coder.press(Key.Key_Plus)
    assert coder.desk.marks[0].at_ms == at_ms + 1000
    assert coder.page.waveform.zoom == 1
    coder.press(Key.Key_F2)
    coder.write("calm")
    coder.press(Key.Key_Return)
    assert coder.desk.marks[0].note == "calm"
    assert coder.page.evidence.isVisible()
    table.setFocus()
    coder.press(Key.Key_Backspace)
    assert coder.desk.marks == ()
    assert coder.answer(*coder.desk.instrument.slots()[0]) == rated(5)


def test_the_page_keys_work_from_the_evidence_list(coder):
    coder.press(Key.Key_M, Key.Key_Return)
    coder.page.evidence._table.setFocus()
    coder.press("4")
    first = coder.desk.instrument.slots()[0]
    assert coder.answer(*first) == rated(4)
    coder.press(Key.Key_Z, mod=CTRL)
    assert coder.answer(*first) == OPEN


def test_no_key_can_be_folded_out_of_sight(dialog):
    for line in (lines(dialog)["mark"], lines(dialog)["mark"].parent()):
        dialog.tree.setFocus()
        dialog.tree.setCurrentItem(line)
        QTest.keyClick(dialog.tree, Key.Key_Left)
        QTest.keyClick(dialog.tree, Key.Key_Left)
    assert all(item.parent().isExpanded() for item in lines(dialog).values())


def test_what_a_key_does_can_be_read_whole(coder):
    for commands in (COMMANDS, CONSENSUS_COMMANDS):
        dialog = KeysDialog(coder.settings, coder.window, commands)
        coder.qtbot.addWidget(dialog)
        dialog.show()
        # The first line shows how far titles are set in.
        assert dialog.tree.sizeHintForColumn(1) <= dialog.tree.columnWidth(1)
