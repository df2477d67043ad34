"""Control charts as they are painted: axes, bands, marks."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_axis import Frame, axis_words, ticks
from mio_fidelity.gui.drift_chart import MOST_LIMITS, Line, draw_chart, draw_mark, frame_of

START = date(2026, 1, 5).toordinal()


def line(values, limit=0.5, flagged=False, step=7, **more):
    values = np.asarray(values, dtype=float)
    days = START + step * np.arange(len(values), dtype=float)
    high = np.full(len(values), limit)
    outside = np.abs(values) > limit
    return Line(
        "1",
        "Alliance building",
        ("alliance", "alliance"),
        0,
        days,
        values,
        values,
        high,
        -high,
        outside,
        outside & flagged,
        **more,
    )


def painted(lines, frame=None, size=(600, 200)):
    """How many pixels have each colour."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(theme.LIGHT.panel)
    painter = QPainter(image)
    draw_chart(painter, QRectF(0, 0, *size), lines, frame or frame_of([lines]), theme.LIGHT)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(size[1], size[0]) & 0xFFFFFF
    colors, counts = np.unique(pixels, return_counts=True)
    return dict(zip(colors.tolist(), counts.tolist(), strict=True))


def of(color):
    return color.rgb() & 0xFFFFFF


def reds(image):
    """Pixels that are about the colour of the marks."""
    alarm = theme.LIGHT.alarm
    near = 0
    for color, n in image.items():
        parts = (color >> 16, color >> 8 & 255, color & 255)
        near += n * (sum(abs(a - b) for a, b in zip(parts, alarm.getRgb()[:3], strict=True)) < 60)
    return near


def test_charts_of_a_page_share_their_axes(qapp):
    first, second = line([0.1, -0.2, 0.3]), line([0, 0, 0, 0, 1.2])
    frame = frame_of([[first], [second]])
    assert (frame.first, frame.last) == (START, START + 28)
    assert 1.2 < frame.reach < 1.5


def test_a_sum_that_runs_away_does_not_flatten_the_others(qapp):
    average = line([0, 90], limit=5)
    assert frame_of([[average]]).reach > 90
    sums = replace(average, lower=-average.upper)
    assert frame_of([[sums]]).reach == pytest.approx(MOST_LIMITS * 5)


def test_what_is_in_control_takes_half_of_the_height(qapp):
    assert frame_of([[line([0.1, -0.1], limit=0.5)]]).reach == pytest.approx(1.0)


def test_nothing_to_draw_has_axes_all_the_same(qapp):
    assert frame_of([[], []]).reach > 0
    assert painted([], frame_of([]))


def test_what_lies_beyond_the_limits_is_marked(qapp):
    assert reds(painted([line([0.1, 0.2, -0.2, 0.1])])) == 0
    assert reds(painted([line([0.1, 0.2, -0.9, 0.1])])) > 0


@pytest.mark.parametrize(("flagged", "inside"), [(True, "alarm"), (False, "panel")])
def test_a_mark_is_full_where_it_belongs_to_a_flag(qapp, flagged, inside):
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_mark(painter, QPointF(20, 20), 8, flagged, theme.LIGHT)
    painter.end()
    assert image.pixelColor(20, 20) == getattr(theme.LIGHT, inside)


def test_ten_thousand_sessions_are_drawn_as_a_few_points_a_pixel(qapp):
    rng = np.random.default_rng(1)
    values = rng.normal(0, 0.2, 10_000)
    values[5_000] = 4.0
    many = line(values, limit=2.0, step=0.05)
    # The one high value is still there.
    top = frame_of([[many]])
    image = painted([many], top)
    assert image[of(theme.LIGHT.domain("alliance"))] > 100
    assert reds(image)


def test_the_limits_are_a_band_and_a_recalibration_an_upright_line(qapp):
    plain, again = line([0.1] * 20), line([0.1] * 20, breaks=(START + 60,))
    assert len(painted([plain])) > 3
    control = of(theme.LIGHT.control)
    assert painted([again])[control] > painted([plain])[control]


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.5, "+.5"), (-0.5, "−.5"), (1.0, "+1"), (-1.5, "−1.5"), (20.0, "+20")]
)
def test_values_of_the_axis_have_a_sign_and_no_leading_zero(value, words):
    assert axis_words(value) == words


def test_months_are_written_below_with_the_year_where_it_begins(qapp):
    frame = Frame(date(2025, 11, 3).toordinal(), date(2026, 10, 30).toordinal(), 1.0)
    found = ticks(frame, 12)
    assert found[0] == (date(2025, 12, 1).toordinal(), "Dec 2025")
    assert found[1][1] == "Jan 2026"
    assert found[2][1] == "Feb"


def test_with_little_room_only_some_months_are_written_january_among_them(qapp):
    frame = Frame(date(2022, 3, 1).toordinal(), date(2026, 10, 1).toordinal(), 1.0)
    found = ticks(frame, 5)
    assert [words for _, words in found] == ["Jan 2023", "Jan 2024", "Jan 2025", "Jan 2026"]


def test_a_few_weeks_are_written_in_days(qapp):
    frame = Frame(date(2026, 10, 3).toordinal(), date(2026, 10, 20).toordinal(), 1.0)
    assert ticks(frame, 4)[0][1] == "3 Oct"
    assert len(ticks(frame, 4)) <= 5
