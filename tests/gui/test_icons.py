import pytest
from PySide6.QtWidgets import QToolButton, QWidget

from mio_fidelity.gui import icons, theme

NEEDED = {
    "play", "pause", "back", "forward", "loop", "volume", "zoom-in", "zoom-out", "locate", "lock", "check",
    "warning", "book", "note", "queue", "settings", "help",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _light(qapp):
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


def ink(picture):
    """The colour of the most solid pixel."""
    image = picture.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=lambda pixel: pixel.alpha())


def test_every_icon_needed_is_there():
    assert set(icons.names()) >= NEEDED


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_an_icon_is_drawn_in_the_colour_asked_for_on_nothing(qapp, name):
    picture = icons.pixmap(name, theme.LIGHT.accent, 20, 2.0)
    assert picture.width() == 40
    assert ink(picture).alpha() > 200
    assert abs(ink(picture).blue() - theme.LIGHT.accent.blue()) < 12
    assert picture.toImage().pixelColor(0, 0).alpha() == 0


def test_a_button_with_an_icon_has_words_and_follows_the_scheme(qtbot, qapp):
    window = QWidget()
    qtbot.addWidget(window)
    button = QToolButton(window)
    icons.set_icon(button, "play", "Play (Space)")
    assert button.toolTip() == button.accessibleName() == "Play (Space)"
    bright = ink(button.icon().pixmap(32)).lightness()
    theme.apply(qapp, "dark")
    assert ink(button.icon().pixmap(32)).lightness() > bright + 100
    icons.set_icon(button, "pause", "Pause (Space)")
    assert button.toolTip() == "Pause (Space)"
    theme.apply(qapp, "light", 2.0)
    assert button.iconSize().width() == 32
