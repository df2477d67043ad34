import re
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from mio_fidelity import paths
from mio_fidelity.gui import theme


@pytest.fixture(autouse=True)
def _plain_afterwards(qapp):
    yield
    theme.apply(qapp, "light")


@pytest.mark.parametrize("now", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "muted", "accent", "ok", "warn", "alarm"])
def test_what_is_read_can_be_read_on_panel_and_window(now, name):
    for ground in (now.panel, now.window):
        assert theme._contrast(getattr(now, name), ground) >= theme.READABLE


@pytest.mark.parametrize("now", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_headings_in_a_domain_colour_can_be_read(now):
    for key in ("alliance", "psychoeducation", "mentalization"):
        assert theme._contrast(now.domain(key), now.panel) >= 3
        assert theme._contrast(now.readable(now.domain(key)), now.panel) >= theme.READABLE
        assert theme._contrast(now.on_domain(now.domain(key)), now.domain(key)) >= 3


def test_a_domain_of_another_instrument_has_the_colour_its_file_asks_for():
    assert theme.LIGHT.domain("structure", "#884400") == QColor("#884400")
    assert theme.LIGHT.domain("structure", "not a colour") == theme.LIGHT.muted
    assert theme.LIGHT.domain("my_own", "alliance") == theme.LIGHT.domain("alliance") == QColor("#0072b2")


def test_every_placeholder_of_the_style_sheet_is_a_colour_of_the_theme():
    names = {field.name for field in fields(theme.Tokens)} | {"px"}
    sheet = (paths.resources() / "style.qss").read_text(encoding="utf-8").split("*/", 1)[1]
    assert set(re.findall(r"@(\w+)", sheet)) <= names
    assert "@" not in theme._style_sheet(theme.LIGHT)


def test_a_forced_scheme_dresses_the_program(qapp):
    theme.apply(qapp, "dark")
    assert theme.tokens() is theme.DARK
    assert qapp.palette().window().color() == theme.DARK.window
    assert theme.DARK.accent.name() in qapp.styleSheet()
    theme.apply(qapp, "light")
    assert theme.tokens() is theme.LIGHT
    assert qapp.palette().window().color() == theme.LIGHT.window


def test_sizes_follow_the_font_and_do_not_add_up(qapp):
    theme.apply(qapp, "light", 2.0)
    theme.apply(qapp, "light", 2.0)
    assert QFontInfo(QApplication.font()).pixelSize() == 26
    assert theme.scaled(10) == 20
    assert theme.font(theme.SMALL_PX).pixelSize() == 23
    theme.apply(qapp, "light")
    assert theme.scaled(10) == 10
    assert theme.font(5).pixelSize() == 11


def test_a_role_changes_the_look_at_once(qtbot, qapp):
    theme.apply(qapp, "light")
    window = QWidget()
    button = QPushButton("Submit", window)
    label = QLabel("2 of 6", window)
    qtbot.addWidget(window)
    theme.set_role(button, "primary")
    theme.set_role(label, "pill")
    middle = button.grab().toImage().pixelColor(4, button.height() // 2)
    assert middle == theme.LIGHT.accent
    assert label.palette().windowText().color() == theme.LIGHT.muted
