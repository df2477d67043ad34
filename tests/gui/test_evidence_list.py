from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView, QToolButton, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.evidence_list import EvidenceList, EvidenceRow
from mio_fidelity.gui.note_edit import NoteEdit
from mio_fidelity.gui.waveform import WaveMark

# Qt without a screen says so of every window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ROWS = [
    EvidenceRow("a", 130_400, 1, "Warm regard", "alliance", "Names how hard the morning was"),
    EvidenceRow("b", 663_700, 4, "Parenting information", "psychoeducation", "What a child can wait for"),
    EvidenceRow("c", 980_100, 8, "Caregiver's mental states", "mentalization", "Asks what went on inside"),
    EvidenceRow("d", 1_188_900, 8, "Caregiver's mental states", "mentalization"),
]
NEW = WaveMark("new", 1_420_600, 8, "mentalization")


@pytest.fixture
def page(qtbot, qapp):
    """A form of one field above the list, as the coding page has it."""
    theme.apply(qapp, "light")
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    page.form, page.list = QLineEdit(), EvidenceList()
    layout.addWidget(page.form)
    layout.addWidget(page.list)
    page.resize(600, 400)
    page.list.focus_scale(8)
    page.list.show_marks(ROWS)
    page.show()
    page.activateWindow()
    page.form.setFocus()
    qtbot.waitUntil(page.form.hasFocus)
    yield page
    theme.apply(qapp, "light")


@pytest.fixture
def evidence(page):
    return page.list


@pytest.fixture
def said(evidence):
    """All that the list says, in order."""
    heard = []
    for name in ("sought", "note_edited", "note_done", "note_cancelled", "removed", "moved"):
        getattr(evidence, name).connect(lambda *args, name=name: heard.append((name, *args)))
    return heard


def _table(evidence):
    return evidence.findChild(QTableView)


def _times(evidence):
    model = _table(evidence).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def _click(qtbot, evidence, row, column=2):
    table = _table(evidence)
    spot = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def _note(evidence):
    """The line being written, if any."""
    return next((note for note in evidence.findChildren(NoteEdit) if note.isVisible()), None)


def test_marks_are_shown_in_the_order_of_the_recording(evidence):
    evidence.show_marks(ROWS[::-1])
    assert _times(evidence) == ["02:10.4", "11:03.7", "16:20.1", "19:48.9"]
    model = _table(evidence).model()
    assert model.index(1, 1).data() == "4"
    spoken = model.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "4. Parenting information"


def test_one_mark_after_the_first_hour_gives_all_times_an_hour(evidence):
    evidence.show_marks([ROWS[0], replace(ROWS[1], at_ms=3_723_400)])
    assert _times(evidence) == ["0:02:10.4", "1:02:03.4"]


def test_a_click_and_enter_go_to_the_moment(evidence, qtbot, said):
    _click(qtbot, evidence, 1)
    assert said == [("sought", 663_700)]
    qtbot.keyClick(_table(evidence), Qt.Key.Key_Down)
    qtbot.keyClick(_table(evidence), Qt.Key.Key_Return)
    assert said[1:] == [("sought", 980_100)]


def test_arrow_keys_are_the_lists_and_digits_the_pages(page, qtbot):
    pressed = []
    for key in ("Down", "5"):
        QShortcut(key, page).activated.connect(lambda key=key: pressed.append(key))
    _click(qtbot, page.list, 0)
    table = _table(page.list)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_5)
    assert pressed == ["5"]
    assert table.currentIndex().row() == 1


def test_the_scale_has_its_colour_and_a_number_that_can_be_read(evidence, qapp):
    for scheme, now in (("light", theme.LIGHT), ("dark", theme.DARK)):
        theme.apply(qapp, scheme)
        table = _table(evidence)
        image = table.viewport().grab(table.visualRect(table.model().index(1, 1))).toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        domain = now.domain("psychoeducation")
        assert domain.name() in seen
        assert max(theme._contrast(domain, ink) for ink in map(theme.QColor, seen)) >= theme.READABLE


def test_only_the_marks_of_the_focused_scale_can_be_shown(evidence, qtbot):
    everything, here = evidence.findChildren(QToolButton)
    assert (everything.text(), here.text()) == ("All · 4", "This scale · 2")
    qtbot.mouseClick(here, Qt.MouseButton.LeftButton)
    assert _times(evidence) == ["16:20.1", "19:48.9"]
    evidence.focus_scale(4)
    assert _times(evidence) == ["11:03.7"]
    evidence.focus_scale(2)
    assert any("No evidence on this scale yet" in label.text() for label in evidence.findChildren(QLabel))
    qtbot.mouseClick(everything, Qt.MouseButton.LeftButton)
    assert len(_times(evidence)) == 4


def test_a_new_mark_takes_the_keyboard_and_enter_gives_it_back(page, qtbot, said):
    page.list.note_done.connect(page.form.setFocus)
    page.list.begin_note(NEW)
    note = _note(page.list)
    assert note.hasFocus()
    assert "Enter keeps it" in note.placeholderText()
    qtbot.keyClicks(note, "Slows down")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert said == [("note_edited", "new", "Slows down"), ("note_done",)]
    assert page.form.hasFocus()
    assert _note(page.list) is None


def test_the_row_being_written_is_highlighted(evidence, qtbot):
    evidence.begin_note(NEW)
    table = _table(evidence)
    left = table.visualRect(table.model().index(4, 0)).adjusted(4, 2, 0, -2).topLeft()
    assert table.viewport().grab().toImage().pixelColor(left) == theme.LIGHT.note
    qtbot.keyClick(_note(evidence), Qt.Key.Key_Escape)
    assert table.viewport().grab().toImage().pixelColor(left) != theme.LIGHT.note


def test_escape_on_a_new_mark_leaves_the_rest_to_the_page(evidence, qtbot, said):
    evidence.begin_note(NEW)
    qtbot.keyClicks(_note(evidence), "Slo")
    qtbot.keyClick(_note(evidence), Qt.Key.Key_Escape)
    assert said == [("note_cancelled", "new")]
    assert len(_times(evidence)) == 4


def test_a_note_is_kept_when_the_keyboard_goes_elsewhere(page, qtbot, said):
    page.list.begin_note(NEW)
    qtbot.keyClicks(_note(page.list), "Slows down")
    qtbot.mouseClick(page.form, Qt.MouseButton.LeftButton)
    assert said == [("note_edited", "new", "Slows down")]
    assert page.form.hasFocus()
    assert _note(page.list) is None


def test_a_note_is_kept_when_the_next_one_is_begun(evidence, qtbot, said):
    evidence.begin_note(NEW)
    qtbot.keyClicks(_note(evidence), "First")
    evidence.begin_note(replace(NEW, id="next", at_ms=1_500_000))
    qtbot.keyClicks(_note(evidence), "Second")
    qtbot.keyClick(_note(evidence), Qt.Key.Key_Enter)
    assert said == [("note_edited", "new", "First"), ("note_edited", "next", "Second"), ("note_done",)]


def test_a_note_is_passed_on_after_a_pause_while_typing_goes_on(evidence, qtbot):
    evidence.begin_note(NEW)
    with qtbot.waitSignal(evidence.note_edited) as edited:
        qtbot.keyClicks(_note(evidence), "Slows")
    assert edited.args == ["new", "Slows"]
    assert _note(evidence).hasFocus()
    with qtbot.waitSignals([evidence.note_edited, evidence.note_cancelled]):
        qtbot.keyClick(_note(evidence), Qt.Key.Key_Escape)


def test_what_is_typed_survives_news_from_elsewhere(evidence, qtbot, said):
    rows = [*ROWS, EvidenceRow("new", NEW.at_ms, 8, "Caregiver's mental states", "mentalization")]
    evidence.show_marks(rows)
    evidence.begin_note(NEW)
    note = _note(evidence)
    qtbot.keyClicks(note, "Slows do")
    note.setCursorPosition(3)
    evidence.show_marks([replace(row, note="changed", at_ms=row.at_ms + 1) for row in rows[1:]])
    evidence.focus_scale(1)
    assert _note(evidence) is note
    assert (note.text(), note.cursorPosition(), note.hasFocus()) == ("Slows do", 3, True)
    evidence.show_marks([])
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert said[-2:] == [("note_edited", "new", "Slows do"), ("note_done",)]


def test_selection_and_place_stay_when_marks_are_shown_again(evidence, qtbot):
    many = [replace(ROWS[0], id=str(n), at_ms=n * 1000) for n in range(300)]
    evidence.show_marks(many)
    table = _table(evidence)
    QApplication.processEvents()
    table.verticalScrollBar().setValue(2000)
    row = table.rowAt(20)
    _click(qtbot, evidence, row)
    evidence.show_marks([*many[:200], replace(many[250], note="new"), *many[270:]])
    assert table.verticalScrollBar().value() == 2000
    assert [index.row() for index in table.selectionModel().selectedRows()] == [row]
    moved = replace(many[row], at_ms=many[row].at_ms + 2500)
    evidence.show_marks([moved if one.id == moved.id else one for one in many])
    assert [index.row() for index in table.selectionModel().selectedRows()] == [row + 2]


def test_an_existing_note_is_edited_in_its_row(evidence, qtbot, said):
    _click(qtbot, evidence, 2)
    said.clear()
    qtbot.keyClick(_table(evidence), Qt.Key.Key_F2)
    note = _note(evidence)
    assert note.text() == "Asks what went on inside"
    qtbot.keyClick(note, Qt.Key.Key_End)
    qtbot.keyClicks(note, " her")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert said == [("note_edited", "c", "Asks what went on inside her")]
    assert _table(evidence).hasFocus()


def test_escape_leaves_an_existing_note_as_it_was(evidence, qtbot, said):
    table = _table(evidence)
    spot = table.visualRect(table.model().index(2, 2)).center()
    _click(qtbot, evidence, 2)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.keyClicks(_note(evidence), "x")
    qtbot.keyClick(_note(evidence), Qt.Key.Key_Escape)
    assert [one for one in said if one[0] != "sought"] == []


def test_marks_are_moved_and_removed_by_key_and_by_menu(evidence, qtbot, said):
    _click(qtbot, evidence, 0)
    said.clear()
    table = _table(evidence)
    qtbot.keyClick(table, Qt.Key.Key_Minus)
    qtbot.keyClick(table, Qt.Key.Key_Plus)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert said == [("moved", "a", 129_400), ("moved", "a", 131_400), ("removed", "a")]
    assert table.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    said.clear()
    for action in table.actions():
        if action.text() in ("1 second later", "Remove"):
            action.trigger()
    assert said == [("moved", "a", 131_400), ("removed", "a")]


def test_a_mark_cannot_be_moved_before_the_beginning(evidence, qtbot, said):
    evidence.show_marks([replace(ROWS[0], at_ms=300)])
    _click(qtbot, evidence, 0)
    qtbot.keyClick(_table(evidence), Qt.Key.Key_Minus)
    assert said[-1] == ("moved", "a", 0)


def test_a_finished_rating_can_be_listened_to_but_not_changed(evidence, qtbot, said):
    evidence.begin_note(NEW)
    qtbot.keyClicks(_note(evidence), "Slows")
    evidence.set_locked(True)
    assert said == [("note_edited", "new", "Slows")]
    said.clear()
    _click(qtbot, evidence, 0)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Minus, Qt.Key.Key_F2):
        qtbot.keyClick(_table(evidence), key)
    evidence.begin_note(NEW)
    assert _note(evidence) is None
    assert said == [("sought", 130_400)]


def test_an_empty_list_says_what_evidence_is_for(evidence):
    evidence.show_marks([])
    words = " ".join(label.text() for label in evidence.findChildren(QLabel) if label.isVisible())
    assert "moments your scores rest on" in words
    assert "Press M" in words
    evidence.set_locked(True)
    words = " ".join(label.text() for label in evidence.findChildren(QLabel) if label.isVisible())
    assert words == "No evidence was marked."


def test_where_notes_are_written_names_and_places_are_warned_of(evidence):
    evidence.begin_note(NEW)
    words = [label.text() for label in evidence.findChildren(QLabel) if label.isVisible()]
    assert "Do not write names or places." in words
    assert "names or places" in _note(evidence).accessibleDescription()
