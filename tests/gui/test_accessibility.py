"""The program for somebody who hears it, sees no colours, needs large letters, or has no mouse."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea

from mio_fidelity.gui import places, theme
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.workbench import Workbench
from tests.gui import walk
from tests.gui.front import QUIET, press

pytestmark = QUIET
Key = Qt.Key


def name_of(widget):
    """What a screen reader says when the keyboard comes here."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def takes_keyboard(widget):
    by_tab = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(by_tab) and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QScrollArea)


def nameless(top):
    found = [
        each for each in walk.all_widgets(top) if takes_keyboard(each) and not name_of(each).strip(" .…")
    ]
    return [(type(each).__name__, type(each.parent()).__name__) for each in found]


def test_whatever_takes_the_keyboard_on_a_page_has_a_name(window):
    found = {name: nameless(page) for name, page in walk.pages(window)}
    assert not {name: widgets for name, widgets in found.items() if widgets}


def test_whatever_takes_the_keyboard_in_a_dialog_has_a_name(coder):
    found = {name: nameless(dialog) for name, dialog in walk.dialogs(coder)}
    assert not {name: widgets for name, widgets in found.items() if widgets}


def test_what_shows_progress_has_a_name_and_the_role_of_it(window):
    bar = window.window.start.progress
    said = QAccessible.queryAccessibleInterface(bar)
    assert said.role() == QAccessible.Role.ProgressBar
    assert said.text(QAccessible.Text.Name) == "Making the demo study"


def test_the_pass_phrase_is_not_read_aloud(window):
    window.window.start.ask_phrase(window.study.folder)
    QTest.keyClicks(window.window.start.passphrase, "secret words")
    said = QAccessible.queryAccessibleInterface(window.window.start.passphrase)
    assert said.state().passwordEdit
    assert "secret" not in said.text(QAccessible.Text.Value)


def order(top):
    """The names met by Tab, beginning where the keyboard is."""
    found = []
    for _ in range(60):
        here = QApplication.focusWidget()
        if here in found:
            break
        found.append(here)
        press(Key.Key_Tab)
    return found


@pytest.mark.parametrize("name", ["new study", "add a recording", "preferences", "amend"])
def test_tab_goes_down_a_dialog_as_one_reads_it(coder, name, qtbot):
    for shown, dialog in walk.dialogs(coder):
        if shown != name:
            continue
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        met = order(dialog)
        fields = [each for each in walk.all_widgets(dialog) if takes_keyboard(each)]
        assert len(met) == len(fields)
        places = [each.mapTo(dialog, each.rect().center()) for each in met]
        rows = [place.y() for place in places]
        assert all(after >= before - 12 for before, after in pairwise(rows)), rows


def test_tab_goes_through_the_list_of_sessions_as_one_reads_it(window):
    page = window.window.queue
    assert order(page) == [
        page.table,
        page.phrase,
        page.lock,
        page.keys,
        page.foot.primary,
        page.switch,
        page.preferences,
    ]


def test_tab_goes_through_the_people_and_then_to_another_study(window):
    start = window.window.start
    window.window._ask_who()
    people = start.people.findChildren(QPushButton)
    assert len(people) > 1
    assert order(start) == [*people, start.other_button]


def test_tab_goes_from_the_search_to_the_filters_and_then_to_the_table(window):
    window.window.start.signed_in.emit(window.study.people["S1"])
    window.window.go(places.STUDY)
    page = window.window.pages.currentWidget()
    page.show_table("people")
    window.wait(lambda: (shown := page.view.model.listing) and shown.key == "people")
    filters = list(page.view.filters.values())
    window.wait(lambda: all(each.isVisible() for each in filters))
    page.view.search.setFocus()
    assert order(page)[: len(filters) + 2] == [page.view.search, *filters, page.view.table]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_has_the_keyboard_on_the_list_of_sessions_has_a_ring(window, qapp, scheme):
    theme.apply(qapp, scheme)
    ring = (theme.DARK if scheme == "dark" else theme.LIGHT).focus
    page = window.window.queue
    for button in (page.switch, page.phrase, page.lock, page.keys, page.preferences, page.foot.primary):
        button.setFocus()
        picture = button.grab().toImage()
        assert picture.pixelColor(button.width() // 2, 0) == ring, button.text()


def test_a_bad_sentence_is_told_by_its_words_and_a_state_by_its_sign(window):
    states = {window.window.queue.model.index(0, 2).data()}
    assert states == {"○ not begun"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["window", "panel"])
def test_words_can_be_read_on_every_ground(scheme, ground):
    now = theme.DARK if scheme == "dark" else theme.LIGHT
    for ink in ("text", "muted", "warn", "alarm", "ok", "accent"):
        assert theme._contrast(getattr(now, ink), getattr(now, ground)) >= 4.5, ink
    for on, ink in (("accent", "accent_text"), ("selection", "text"), ("hover", "text"), ("note", "text")):
        assert theme._contrast(getattr(now, ink), getattr(now, on)) >= 4.5, (on, ink)
    # The heading of a page is large; what has the keyboard is known by a ring.
    assert theme._contrast(now.accent_hover, now.accent_text) >= 3


def cut(top):
    found = []
    for widget in top.findChildren(QLabel) + top.findChildren(QPushButton):
        if widget.isVisible() and widget.text():
            wraps = isinstance(widget, QLabel) and widget.wordWrap()
            needed = widget.heightForWidth(widget.width()) if wraps else widget.minimumSizeHint().height()
            if widget.height() < needed:
                found.append((widget.text(), widget.height(), needed))
    return found


@pytest.mark.parametrize("percent", [125, 200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_first_pages_and_dialogs_hold_larger_letters(percent, scheme, study, settings, qtbot, qapp):
    theme.apply(qapp, scheme, percent / 100)
    window = MainWindow(Workbench(settings))
    qtbot.addWidget(window, before_close_func=lambda each: each.close())
    window.resize(1366, 768)
    window.show()
    found = {"which": cut(window.start)}
    window.start.ask_phrase(study.folder)
    window.start.say("There is no study in this folder. Choose the folder that holds study.db. " * 2)
    qtbot.wait(20)
    found["phrase"] = cut(window.start)
    window.show_project(study.project)
    qtbot.wait(20)
    found["who"] = cut(window.start)
    window.start.signed_in.emit(study.people["S1"])
    qtbot.wait(20)
    found["queue"] = cut(window.queue)
    assert not {name: texts for name, texts in found.items() if texts}
    theme.apply(qapp, "light")
