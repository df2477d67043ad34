import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.waveform import Waveform, WaveMark
from mio_fidelity.gui.waveform_picture import MARGIN, Lanes
from mio_fidelity.media.peaks import Peaks

# Qt without a screen says so of every window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

HOUR = 3_600_000
WIDTH = 560 + 2 * MARGIN


def _speech(duration_ms, loudness=0.5):
    bins = duration_ms // 5
    high = (np.random.default_rng(1).uniform(0.2, 1.0, bins) * loudness * 32767).astype(np.int16)
    return Peaks(-high, high, duration_ms)


@pytest.fixture
def waveform(qtbot, qapp):
    theme.apply(qapp, "light")
    page = QWidget()
    qtbot.addWidget(page)
    layout, widget = QVBoxLayout(page), Waveform()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(QLineEdit("the form"))
    layout.addWidget(widget)
    widget.setFixedWidth(WIDTH)
    widget.set_duration(HOUR)
    page.show()
    page.activateWindow()
    qtbot.waitExposed(page)
    yield widget
    theme.apply(qapp, "light")


def _lanes(widget):
    return Lanes.of(widget.size(), widget.zoom > 1)


def _point(lane, share):
    return QPoint(round(lane.left() + share * lane.width()), round(lane.center().y()))


def _has(image, color, lane, left=0.0, right=1.0):
    """Whether this colour, but for smooth edges, was painted in a part of a lane."""

    def close(other):
        pairs = zip(color.getRgb()[:3], other.getRgb()[:3], strict=True)
        return sum(abs(one - two) for one, two in pairs) < 40

    xs = range(round(lane.left() + left * lane.width()), round(lane.left() + right * lane.width()))
    ys = range(round(lane.top()), round(lane.bottom()))
    return any(close(image.pixelColor(x, y)) for x in xs for y in ys)


def _turn_wheel(widget, notches, at=None, modifiers=Qt.KeyboardModifier.NoModifier):
    at = QPointF(at or widget.rect().center())
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_a_click_goes_to_that_place(waveform, qtbot):
    with qtbot.waitSignal(waveform.sought) as sought:
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=_point(_lanes(waveform).wave, 0.25))
    assert sought.args == [pytest.approx(HOUR / 4, abs=HOUR / 560)]


def test_a_drag_goes_where_it_is_let_go_and_not_to_all_places_on_the_way(waveform, qtbot):
    places = []
    waveform.sought.connect(places.append)
    wave = _lanes(waveform).wave
    qtbot.mousePress(waveform, Qt.MouseButton.LeftButton, pos=_point(wave, 0.1))
    for share in (0.2, 0.5, 0.8):
        qtbot.mouseMove(waveform, _point(wave, share))
        waveform.show_position(round(0.1 * HOUR))
    assert _has(waveform.grab().toImage(), theme.LIGHT.playhead, wave, 0.79, 0.81)
    qtbot.mouseRelease(waveform, Qt.MouseButton.LeftButton, pos=_point(wave, 0.8))
    assert [place // 60_000 for place in places] == [6, 48]


def test_a_drag_over_the_edge_ends_at_the_end(waveform, qtbot):
    wave = _lanes(waveform).wave
    qtbot.mousePress(waveform, Qt.MouseButton.LeftButton, pos=_point(wave, 0.5))
    with qtbot.waitSignal(waveform.sought) as sought:
        qtbot.mouseRelease(waveform, Qt.MouseButton.LeftButton, pos=QPoint(WIDTH + 300, 40))
    assert sought.args == [HOUR]


def test_clicking_leaves_the_keyboard_with_the_form(waveform, qtbot):
    field = waveform.parentWidget().findChild(QLineEdit)
    field.setFocus()
    qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=waveform.rect().center())
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert waveform.hasFocus()
    assert _has(waveform.grab().toImage(), theme.LIGHT.focus, waveform.rect().toRectF())
    qtbot.keyClick(waveform, Qt.Key.Key_Right)
    assert waveform.hasFocus()


def test_the_sound_left_of_the_playhead_is_drawn_as_played(waveform):
    waveform.show_peaks(_speech(HOUR))
    waveform.show_position(HOUR // 2)
    image, wave = waveform.grab().toImage(), _lanes(waveform).wave
    assert _has(image, theme.LIGHT.wave, wave, 0.1, 0.45)
    assert not _has(image, theme.LIGHT.wave, wave, 0.55, 1.0)
    assert _has(image, theme.LIGHT.wave_ahead, wave, 0.55, 1.0)
    assert _has(image, theme.LIGHT.playhead, wave, 0.49, 0.51)


def test_a_quiet_recording_still_fills_its_lane(waveform):
    waveform.show_peaks(_speech(HOUR, loudness=0.1))
    lane = _lanes(waveform).wave
    lane.setHeight(lane.height() * 0.2)
    assert _has(waveform.grab().toImage(), theme.LIGHT.wave_ahead, lane)


def test_playing_on_repaints_a_strip_and_leaves_no_trace(waveform, qtbot):
    waveform.show_peaks(_speech(HOUR))
    waveform.show_position(HOUR // 2)
    drawn = waveform.grab()
    before = waveform._pictures
    for step in range(1, 200):
        waveform.show_position(HOUR // 2 + step * 100)
    moved = waveform.grab().toImage()
    assert waveform._pictures is before
    waveform.show_position(HOUR // 2)
    assert waveform.grab().toImage() == drawn.toImage()
    assert moved != drawn.toImage()


def test_without_a_picture_of_the_sound_the_bar_still_shows_and_seeks(waveform, qtbot):
    waveform.show_peaks(None)
    waveform.show_message("Reading the recording: 43 %")
    waveform.show_position(HOUR // 2)
    image, wave = waveform.grab().toImage(), _lanes(waveform).wave
    assert _has(image, theme.LIGHT.wave, wave, 0.0, 0.4)
    assert _has(image, theme.LIGHT.playhead, wave, 0.49, 0.51)
    assert "43 %" in waveform.accessibleDescription()
    with qtbot.waitSignal(waveform.sought):
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=_point(wave, 0.7))
    waveform.show_peaks(_speech(HOUR))
    assert "43 %" not in waveform.accessibleDescription()


def test_a_recording_of_unknown_length_takes_no_clicks(waveform, qtbot):
    waveform.set_duration(0)
    waveform.show_message("There is no recording yet.")
    with qtbot.assertNotEmitted(waveform.sought):
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=waveform.rect().center())
    waveform.zoom_in()
    assert waveform.zoom == 1
    assert not waveform.grab().isNull()


def test_a_mark_wears_its_domain_and_its_number_and_can_be_chosen(waveform, qtbot):
    lane = _lanes(waveform).marks
    waveform.show_marks(
        [WaveMark("a", HOUR // 4, 1, "alliance"), WaveMark("b", HOUR // 2, 8, "mentalization")]
    )
    image = waveform.grab().toImage()
    assert _has(image, theme.LIGHT.domain("alliance"), lane, 0.23, 0.27)
    assert _has(image, theme.LIGHT.domain("mentalization"), lane, 0.48, 0.52)
    with qtbot.assertNotEmitted(waveform.sought), qtbot.waitSignal(waveform.mark_chosen) as chosen:
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=_point(lane, 0.5))
    assert chosen.args == ["b"]


def test_two_scales_of_a_domain_are_told_apart_by_their_number(waveform):
    below = _lanes(waveform).marks.adjusted(0, 8, 0, 0).toAlignedRect()
    looks = []
    for number in (7, 8):
        waveform.show_marks([WaveMark("a", HOUR // 2, number, "mentalization")])
        looks.append(waveform.grab(below).toImage())
    assert looks[0] != looks[1]


def test_where_numbers_would_collide_no_mark_is_left_to_its_colour_alone(waveform):
    at = HOUR // 2
    waveform.show_marks([WaveMark("a", at, 1, "alliance"), WaveMark("b", at + 20_000, 8, "mentalization")])
    lane = _lanes(waveform).marks
    assert not _has(waveform.grab().toImage(), theme.LIGHT.domain("mentalization"), lane)
    waveform.show_position(at)
    for _ in range(4):
        waveform.zoom_in()
    assert _has(waveform.grab().toImage(), theme.LIGHT.domain("mentalization"), _lanes(waveform).marks)


def test_the_note_of_a_mark_is_a_tool_tip(waveform):
    waveform.show_marks([WaveMark("a", HOUR // 2, 8, "mentalization", "Slows down")])
    point = _point(_lanes(waveform).marks, 0.5)
    QApplication.sendEvent(waveform, QHelpEvent(QEvent.Type.ToolTip, point, waveform.mapToGlobal(point)))
    assert QToolTip.text() == "30:00.0, scale 8\nSlows down"
    QToolTip.hideText()


def test_what_was_heard_is_thicker_than_what_was_not(waveform):
    waveform.show_heard([(0, HOUR // 2)])
    image, lane = waveform.grab().toImage(), _lanes(waveform).heard

    def thickness(share):
        x = _point(lane, share).x()
        rows = range(round(lane.top()) - 2, round(lane.bottom()) + 2)
        return sum(image.pixelColor(x, y) != theme.LIGHT.panel for y in rows)

    assert thickness(0.25) > thickness(0.75) > 0
    waveform.show_heard([(HOUR // 2, HOUR)])
    image = waveform.grab().toImage()
    assert thickness(0.75) > thickness(0.25) > 0


def test_the_loop_and_the_borders_of_parts_are_seen(waveform):
    wave = _lanes(waveform).wave
    waveform.show_loop(HOUR // 4, None)
    assert _has(waveform.grab().toImage(), theme.LIGHT.focus, wave, 0.24, 0.26)
    waveform.show_loop(HOUR // 4, HOUR // 2)
    inside = waveform.grab().toImage().pixelColor(_point(wave, 0.375) + QPoint(0, 20))
    assert inside != theme.LIGHT.panel
    waveform.show_loop(None, None)
    assert not _has(waveform.grab().toImage(), theme.LIGHT.focus, wave)
    waveform.show_parts([HOUR * 3 // 4])
    assert _has(waveform.grab().toImage(), theme.LIGHT.muted, wave, 0.745, 0.755)


def test_ctrl_and_wheel_zooms_at_the_mouse_and_the_wheel_alone_scrolls(waveform, qtbot):
    wave = _lanes(waveform).wave
    assert not _turn_wheel(waveform, -1).isAccepted()
    _turn_wheel(waveform, 4, _point(wave, 0.5), Qt.KeyboardModifier.ControlModifier)
    assert waveform.zoom == pytest.approx(4)
    begin, end = waveform.window_ms
    assert (begin + end) / 2 == pytest.approx(HOUR / 2, abs=HOUR / 560)
    _turn_wheel(waveform, -2)
    assert waveform.window_ms[0] > begin
    with qtbot.waitSignal(waveform.sought) as sought:
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=_point(_lanes(waveform).wave, 0.0))
    assert sought.args == [pytest.approx(waveform.window_ms[0], abs=10_000)]
    waveform.reset()
    assert waveform.window_ms == (0, HOUR)


def test_the_view_follows_the_playhead_until_it_is_scrolled_away(waveform):
    waveform.zoom_in()
    waveform.zoom_in()
    end = waveform.window_ms[1]
    waveform.show_position(end - 500)
    assert waveform.window_ms[1] == end
    waveform.show_position(end + 500)
    assert waveform.window_ms[1] > end
    begin, end = waveform.window_ms
    assert begin <= HOUR // 4 + 500 <= end
    _turn_wheel(waveform, -20)
    scrolled = waveform.window_ms
    waveform.show_position(HOUR // 4 + 600)
    assert waveform.window_ms == scrolled
    waveform.show_position(HOUR // 2)
    assert waveform.window_ms[0] <= HOUR // 2 <= waveform.window_ms[1]


def test_the_overview_shows_and_moves_the_view(waveform, qtbot):
    waveform.show_peaks(_speech(HOUR))
    for _ in range(3):
        waveform.zoom_in()
    overview = _lanes(waveform).overview
    assert _has(waveform.grab().toImage(), theme.LIGHT.wave_ahead, overview, 0.5, 1.0)
    with qtbot.assertNotEmitted(waveform.sought):
        qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=_point(overview, 0.75))
    assert sum(waveform.window_ms) / 2 == pytest.approx(HOUR * 0.75, abs=HOUR / 500)


def test_a_screen_reader_hears_place_length_zoom_and_marks(waveform):
    waveform.set_duration(54 * 60_000 + 37_000)
    waveform.show_marks([WaveMark(str(n), n * 60_000, 1 + n % 10, "alliance") for n in range(14)])
    waveform.show_position(12 * 60_000 + 3_000)
    waveform.zoom_in()
    waveform.zoom_in()
    assert waveform.accessibleName() == "Recording"
    assert waveform.accessibleDescription() == "12:03 of 54:37, zoom 4x, 14 marks"


def test_a_three_hour_recording_with_500_marks_is_drawn(waveform):
    waveform.set_duration(3 * HOUR)
    waveform.show_peaks(_speech(3 * HOUR))
    waveform.show_marks([WaveMark(str(n), n * 21_000, 1 + n % 10, "alliance") for n in range(500)])
    waveform.show_heard([(n * 20_000, n * 20_000 + 10_000) for n in range(500)])
    for _ in range(20):
        waveform.zoom_in()
    assert waveform.window_ms[1] - waveform.window_ms[0] == 2_000
    assert _has(waveform.grab().toImage(), theme.LIGHT.wave_ahead, _lanes(waveform).wave)


def test_colours_follow_the_scheme_and_sizes_the_font(waveform, qapp):
    small = waveform.sizeHint().height()
    assert waveform.grab().toImage().pixelColor(1, 60) == theme.LIGHT.panel
    theme.apply(qapp, "dark", 2.0)
    assert waveform.grab().toImage().pixelColor(1, 60) == theme.DARK.panel
    assert waveform.sizeHint().height() == 2 * small


def test_an_own_instruments_colour_is_used(waveform):
    waveform.show_marks([WaveMark("a", HOUR // 2, 3, "structure", color="#884400")])
    lane = _lanes(waveform).marks
    assert _has(waveform.grab().toImage(), QColor("#884400"), lane, 0.48, 0.52)
