import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTextBrowser, QToolButton

from mio_fidelity.gui import theme
from mio_fidelity.gui.manual_view import ManualView

# Qt without a screen says so of every window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

BANNER = "Practice set, not the official MIO scales"
LONG = "\n\n".join(f"Paragraph {number} about a stressful moment." for number in range(80))
PAGE = f"# Warm regard\n\n*{BANNER}.*\n\n## What counts\n\n- A friendly tone\n\n> Words said\n\n{LONG}"
OTHER = f"# Empathic listening\n\n## What counts\n\n{LONG}"
GENERAL = f"# How to rate\n\nHear the whole session.\n\n{LONG}"


@pytest.fixture
def manual(qtbot, qapp):
    theme.apply(qapp, "light")
    view = ManualView()
    qtbot.addWidget(view)
    view.resize(580, 400)
    view.show_page("1. Warm regard", PAGE, BANNER)
    view.set_general("How to rate", GENERAL)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    yield view
    theme.apply(qapp, "light")


def _text(view):
    return view.findChild(QTextBrowser)


def _labels(view):
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def _button(view, words):
    return next(button for button in view.findChildren(QToolButton) if button.text() == words)


def _find(view, qtbot, words):
    qtbot.keyClick(_text(view), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = view.findChild(QLineEdit)
    qtbot.waitUntil(field.hasFocus)
    field.clear()
    qtbot.keyClicks(field, words)
    return field


def test_title_and_banner_stand_above_the_page_and_are_not_said_twice(manual):
    assert "1. Warm regard" in _labels(manual)
    assert BANNER in _labels(manual)
    words = _text(manual).toPlainText()
    assert words.startswith("What counts")
    assert BANNER not in words


def test_a_page_that_begins_with_text_is_shown_whole(manual):
    manual.show_page("2. Other", "Some text.\n\n# A heading", "")
    assert _text(manual).toPlainText() == "Some text.\nA heading"
    assert BANNER not in _labels(manual)


def test_a_scale_without_a_page_says_so(manual):
    manual.show_page("2. Other", "", BANNER)
    assert "no page for this scale" in _text(manual).toPlainText()


def test_the_general_page_is_one_click_away_and_stays_while_scales_change(manual, qtbot):
    qtbot.mouseClick(_button(manual, "General"), Qt.MouseButton.LeftButton)
    assert _text(manual).toPlainText().startswith("Hear the whole session.")
    assert "How to rate" in _labels(manual)
    manual.show_page("2. Empathic listening", OTHER, BANNER)
    assert _text(manual).toPlainText().startswith("Hear the whole session.")
    qtbot.mouseClick(_button(manual, "This scale"), Qt.MouseButton.LeftButton)
    assert "2. Empathic listening" in _labels(manual)
    manual.open_general()
    assert "How to rate" in _labels(manual)


def test_without_a_general_page_there_is_nothing_to_switch(qtbot):
    view = ManualView()
    qtbot.addWidget(view)
    view.show_page("1. Warm regard", PAGE, BANNER)
    view.show()
    assert not _button(view, "General").isVisible()


def test_every_page_keeps_its_place(manual):
    bar = _text(manual).verticalScrollBar()
    QApplication.processEvents()
    assert bar.value() == 0
    bar.setValue(300)
    manual.show_page("2. Empathic listening", OTHER, BANNER)
    assert bar.value() == 0
    bar.setValue(100)
    manual.open_general()
    assert bar.value() == 0
    manual.open_general(False)
    assert bar.value() == 100
    manual.show_page("1. Warm regard", PAGE, BANNER)
    assert bar.value() == 300


def test_ctrl_f_finds_and_goes_round(manual, qtbot):
    field = _find(manual, qtbot, "stressful")
    assert "1 of 80" in _labels(manual)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "2 of 80" in _labels(manual)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert "80 of 80" in _labels(manual)
    bar = _text(manual).verticalScrollBar()
    assert bar.value() > bar.maximum() / 2
    assert len(_text(manual).extraSelections()) == 80
    qtbot.mouseClick(_button(manual, "↓"), Qt.MouseButton.LeftButton)
    assert "1 of 80" in _labels(manual)


def test_escape_ends_the_search(manual, qtbot):
    field = _find(manual, qtbot, "friendly")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert _text(manual).hasFocus()
    assert _text(manual).extraSelections() == []


def test_words_that_are_not_there_are_said_to_be_missing(manual, qtbot):
    _find(manual, qtbot, "zebra")
    assert "not found" in _labels(manual)
    manual.show_page("3. Zoo", "A zebra.", BANNER)
    assert "1 of 1" in _labels(manual)


def test_links_open_nothing(manual, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    manual.show_page("1. Warm regard", "[away](https://example.org/)", BANNER)
    QApplication.processEvents()
    text = _text(manual)
    spot = text.cursorRect(QTextCursor(text.document())).center()
    spot.setX(spot.x() + 10)
    assert text.anchorAt(spot) == "https://example.org/"
    with qtbot.waitSignal(text.anchorClicked) as clicked:
        qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert clicked.args == [QUrl("https://example.org/")]
    assert opened == []
    assert text.toPlainText() == "away"


def test_lines_are_no_longer_than_can_be_read(manual):
    manual.resize(1400, 400)
    QApplication.processEvents()
    text = _text(manual)
    assert text.document().textWidth() < text.viewport().width() * 0.6
    manual.resize(300, 400)
    QApplication.processEvents()
    assert text.document().textWidth() <= text.viewport().width()
    assert text.horizontalScrollBar().maximum() == 0


def test_text_follows_the_font_and_the_scheme(manual, qapp):
    document = _text(manual).document()
    small = document.size().height()
    theme.apply(qapp, "dark", 2.0)
    QApplication.processEvents()
    assert document.size().height() > 1.8 * small
    heading = QTextCursor(document.begin())
    heading.movePosition(QTextCursor.MoveOperation.NextCharacter)
    assert heading.charFormat().foreground().color() == theme.DARK.accent
    assert heading.charFormat().font().pixelSize() == 28
