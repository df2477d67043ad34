"""The coding page on the screens and with the letters people have; and what it never shows."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mio_fidelity.answer import Reason, cannot_rate, rated
from mio_fidelity.gui import theme
from tests.conftest import SECRETS
from tests.gui.conftest import CTRL, QUIET

Key = Qt.Key
pytestmark = QUIET


def fill(coder):
    """Some answers of each kind, marks and notes."""
    order = coder.desk.instrument.slots()
    for slot, value in zip(order[:9], (5, 4, 1, None, 3, 6, 2, 7, 4), strict=True):
        if value is not None:
            coder.study.set(*slot, rated(value))
    coder.study.set(*order[9], cannot_rate(Reason.INAUDIBLE))
    coder.press(Key.Key_W, mod=CTRL)
    coder.open()
    for at_ms, note in ((9_000, "names the feeling, waits"), (24_000, "asks what she thought then")):
        coder.player.seek(at_ms)
        coder.press(Key.Key_M)
        coder.write(note)
        coder.press(Key.Key_Return)


def look(coder, name):
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        coder.window.grab().save(str(Path(folder) / f"{name}.png"))


def in_sight(window, widget):
    """Whether all of it is inside everything it lies in."""
    box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    around = widget.parentWidget()
    while around is not None and around is not window:
        if not QRect(around.mapTo(window, QPoint(0, 0)), around.size()).contains(box):
            return False
        around = around.parentWidget()
    return window.rect().contains(box)


def resize(coder, width, height):
    coder.window.resize(width, height)
    coder.qtbot.wait(50)
    assert (coder.window.width(), coder.window.height()) == (width, height)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1366, 690), (1920, 1080)])
def test_all_scales_are_in_sight(coder, qapp, scheme, width, height):
    theme.apply(qapp, scheme)
    fill(coder)
    resize(coder, width, height)
    for slot in coder.desk.instrument.slots():
        assert in_sight(coder.window, coder.page.form.slot(*slot)), slot
    assert in_sight(coder.window, coder.page.foot.primary)
    assert in_sight(coder.window, coder.page.card.transport.volume)
    look(coder, f"coding-{width}x{height}-{scheme}")


@pytest.mark.parametrize("percent", [125, 200])
def test_larger_letters_leave_the_work_in_reach(settings, request, percent):
    settings["text_percent"] = percent
    coder = request.getfixturevalue("coder")
    fill(coder)
    resize(coder, 1366, 768)
    look(coder, f"coding-letters-{percent}")
    for slot in coder.desk.instrument.slots()[::5]:
        coder.page.form.focus_slot(*slot)
        coder.qtbot.wait(1)
        assert in_sight(coder.window, coder.page.form.slot(*slot)), slot
    transport = coder.page.card.transport
    for widget in (coder.page.foot.primary, transport.play, transport.clock, transport.speed, transport.loop):
        assert in_sight(coder.window, widget)
        assert widget.width() >= widget.sizeHint().width(), widget.text()


def test_where_letters_leave_no_room_the_recording_is_one_of_the_tabs(settings, request):
    settings["text_percent"] = 200
    coder = request.getfixturevalue("coder")
    page, tabs = coder.page, coder.page.tabs
    resize(coder, 1366, 768)
    assert [tabs.widget(at) for at in range(tabs.count())] == [
        page.card.view,
        page.evidence,
        page.manual,
        page.notes_tab,
    ]
    assert in_sight(coder.window, page.waveform)
    coder.press(Key.Key_M)
    coder.write("names the feeling")
    assert in_sight(coder.window, QApplication.focusWidget())
    look(coder, "coding-cramped-note")
    coder.press(Key.Key_Return)
    assert tabs.currentWidget() is page.card.view
    assert QApplication.focusWidget() is page.form.slot(*page.form.current)
    coder.press(Key.Key_F2)
    assert page.manual.isVisible()
    assert page.manual.height() > 8 * theme.scaled(theme.BASE_PX)
    coder.press(Key.Key_F2)
    assert page.waveform.isVisible()
    resize(coder, 1800, 1060)
    assert tabs.count() == 3
    assert page.waveform.parentWidget().parentWidget() is page.card
    assert in_sight(coder.window, page.waveform)
    assert coder.desk.marks[0].note == "names the feeling"


@pytest.mark.parametrize("percent", [100, 200])
def test_a_remark_on_the_sound_cuts_no_button_and_no_word_off(settings, request, percent):
    settings["text_percent"] = percent
    coder = request.getfixturevalue("coder")
    coder.page.listening.remarked.emit("No loudspeaker or headphones were found. Plug them in. " * 2, False)
    coder.qtbot.wait(50)
    transport = coder.page.card.transport
    for widget in (transport.play, transport.speed, transport.loop, transport.clock):
        assert widget.height() > widget.fontMetrics().height()
    assert coder.page.card.remark.height() >= coder.page.card.remark.heightForWidth(
        coder.page.card.remark.width()
    )
    foot = coder.page.foot
    for widget in (foot.saved, foot.rated, foot.listened, foot.primary):
        assert widget.width() >= widget.sizeHint().width(), widget.text()


def test_nothing_on_the_page_gives_the_session_away(coder, monkeypatch):
    QApplication.clipboard().clear()
    fill(coder)
    for key in (Key.Key_F2, Key.Key_F8, Key.Key_F7):
        coder.press(key)
    coder.press(Key.Key_Escape)
    coder.page.evidence._table.setFocus()
    coder.press(Key.Key_A, Key.Key_C, mod=CTRL)
    found = [
        coder.window.windowTitle(),
        QApplication.clipboard().text(),
        QApplication.applicationDisplayName(),
    ]
    for widget in coder.window.findChildren(QWidget):
        found += [widget.toolTip(), widget.whatsThis(), widget.statusTip(), widget.windowTitle()]
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.objectName()]
        for name in ("text", "toPlainText", "placeholderText", "title"):
            words = getattr(widget, name, None)
            if callable(words):
                found.append(str(words()))
    model = coder.window.queue.model
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    for column in range(model.columnCount()):
        found += [str(model.data(model.index(0, column), role)) for role in roles]
    shown = "\n".join(found).lower()
    assert coder.desk.blind_code.lower() in shown
    secrets = (*SECRETS, str(coder.study.folder), "qzxj")
    assert not [secret for secret in secrets if secret.lower() in shown]
    assert not [label for label in coder.window.findChildren(QLabel) if label.text().endswith(".wav")]
