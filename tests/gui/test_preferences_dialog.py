"""The preferences: one line for each setting, kept at once, in force as soon as they can be."""

import json

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox

from mio_fidelity import error_reports
from mio_fidelity.gui import theme
from mio_fidelity.gui.preferences_dialog import ELSEWHERE, NEXT_START, PreferencesDialog
from mio_fidelity.settings import SETTINGS, Settings
from tests.gui.front import QUIET, button, front_window, press

pytestmark = QUIET
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def dialog(settings, qtbot, qapp):
    made = PreferencesDialog(settings)
    qtbot.addWidget(made)
    made.show()
    return made


def kept(settings):
    """What the next start will read."""
    return Settings(settings._path)


def test_every_setting_has_a_line_or_a_place_of_its_own(dialog):
    assert set(dialog.fields) | ELSEWHERE == set(SETTINGS)


@pytest.mark.parametrize("key", sorted(set(SETTINGS) - ELSEWHERE))
def test_each_change_is_kept_at_once_and_said(dialog, settings, key, qtbot):
    field = dialog.fields[key]
    with qtbot.waitSignal(dialog.changed) as said:
        if isinstance(field, QCheckBox):
            field.click()
        elif isinstance(field, QComboBox):
            field.setCurrentIndex((field.currentIndex() + 1) % field.count())
        elif isinstance(field, QSpinBox | QDoubleSpinBox):
            field.stepUp()
    assert said.args == [key]
    assert kept(settings)[key] == settings[key] != SETTINGS[key].default


def test_numbers_stay_in_their_range(dialog, settings):
    for key in ("resume_jump_ms", "mark_lead_ms", "text_percent"):
        field = dialog.fields[key]
        field.setValue(10_000_000)
        assert settings.number(key) == SETTINGS[key].high
        field.setValue(-1)
        assert settings.number(key) == SETTINGS[key].low


def test_what_is_kept_is_shown(settings, qtbot):
    for key, value in {"resume_jump_ms": 4500, "colors": "dark", "advance_after_rating": True}.items():
        settings[key] = value
    dialog = PreferencesDialog(settings)
    qtbot.addWidget(dialog)
    assert dialog.fields["resume_jump_ms"].value() == 4.5
    assert dialog.fields["colors"].currentData() == "dark"
    assert dialog.fields["advance_after_rating"].isChecked()


def test_a_language_set_by_hand_is_not_lost_by_looking(settings, qtbot):
    settings["language"] = "pseudo"
    dialog = PreferencesDialog(settings)
    qtbot.addWidget(dialog)
    assert dialog.fields["language"].currentData() == "pseudo"
    assert settings.text("language") == "pseudo"


def test_what_waits_for_the_next_start_says_so(dialog):
    sentences = [label.text() for label in dialog.findChildren(QLabel)]
    assert sum("Takes effect at the next start." in text for text in sentences) == len(NEXT_START)
    for key in NEXT_START:
        assert "next start" in dialog.fields[key].accessibleDescription()


def test_an_engine_that_is_missing_says_what_to_do(settings, qtbot, monkeypatch):
    monkeypatch.setattr("mio_fidelity.gui.playback.vlc_player.version", lambda: "")
    dialog = PreferencesDialog(settings)
    qtbot.addWidget(dialog)
    player = dialog.fields["player"]
    assert player.itemText(player.findData("vlc")) == "VLC (not available here)"
    assert "VLC is not installed" in dialog.remarks["player"]


@pytest.fixture
def main(settings, qtbot, qapp):
    yield front_window(settings, qtbot, qapp)
    theme.apply(qapp, "light")


def opened(main, qtbot):
    qtbot.waitUntil(lambda: main.findChild(PreferencesDialog) is not None)
    found = main.findChild(PreferencesDialog)
    qtbot.waitUntil(found.isVisible)
    return found


def test_the_start_page_opens_them_by_key_and_by_button(main, qtbot):
    press(Key.Key_Comma, mod=CTRL)
    press_close(opened(main, qtbot), qtbot)
    main.start.preferences_button.click()
    opened(main, qtbot)


def press_close(dialog, qtbot):
    with qtbot.waitSignal(dialog.destroyed):
        button(dialog, "Close").click()


def test_the_coding_page_opens_them_and_goes_by_them_at_once(coder, settings, qtbot):
    coder.press(Key.Key_Comma, mod=CTRL)
    dialog = opened(coder.window, qtbot)
    dialog.fields["resume_jump_ms"].setValue(7)
    dialog.fields["advance_after_rating"].click()
    assert coder.player.resume_jump_ms == 7000
    assert coder.page.form.advance_after_rating


def test_colours_change_at_once_and_letters_do_not(main, qapp, qtbot):
    main.start.preferences_button.click()
    dialog = opened(main, qtbot)
    letters = qapp.font().pixelSize()
    dialog.fields["text_percent"].setValue(200)
    colors = dialog.fields["colors"]
    colors.setCurrentIndex(colors.findData("dark"))
    assert theme.tokens() is theme.DARK
    assert main.palette().window().color() == theme.DARK.window
    assert qapp.font().pixelSize() == letters


def test_preferences_that_cannot_be_kept_do_not_stop_the_work(tmp_path, qtbot):
    (tmp_path / "in-the-way").write_text("a file")
    settings = Settings(tmp_path / "in-the-way" / "settings.json")
    dialog = PreferencesDialog(settings)
    qtbot.addWidget(dialog)
    dialog.fields["colors"].setCurrentIndex(2)
    assert settings.text("colors") == "dark"


def test_nothing_but_settings_is_in_the_file(dialog, settings):
    dialog.fields["advance_after_rating"].click()
    assert set(json.loads(settings._path.read_text())) <= set(SETTINGS)


class Opened(QObject):
    """Takes what would go to the system's file window."""

    def __init__(self):
        super().__init__()
        self.places = []

    @Slot(QUrl)
    def take(self, url):
        self.places.append(url.toLocalFile())


def test_the_folder_of_error_reports_is_shown_when_any_is_kept(settings, qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(error_reports, "folder", lambda: tmp_path / "log")
    none = PreferencesDialog(settings)
    qtbot.addWidget(none)
    assert not none.reports.isEnabled()
    assert error_reports.keep(error_reports.written(ValueError, None))
    some = PreferencesDialog(settings)
    qtbot.addWidget(some)
    assert "(1)" in some.reports.text()
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")
    try:
        some.reports.click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opened.places == [str(tmp_path / "log")]
