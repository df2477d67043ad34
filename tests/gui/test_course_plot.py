"""Pictures of courses and arms: drawn, told by pattern and mark, and put into words."""

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from mio_fidelity.gui import theme
from mio_fidelity.gui.course_picture import Course, Panel, draw_panel, draw_sample, span_of
from mio_fidelity.gui.course_plot import ArmPanel, ArmPlot, CoursePlot

COLOR = ("alliance", "alliance")


def panel(*courses, **more):
    return Panel("Alliance", COLOR, (1, 7), tuple(courses), **more)


def image_of(draw, width=300, height=200):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(theme.LIGHT.panel)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


def drawn(made, strong=""):
    span = span_of([made])
    return image_of(
        lambda painter: draw_panel(
            painter, QRectF(0, 0, 300, 200), made, span, theme.LIGHT, theme.font(11), strong
        )
    )


@pytest.mark.parametrize(
    ("numbers", "span"),
    [((), (1, 12)), ((2, 8), (1, 12)), ((1, 16), (1, 16)), ((5417,), (5417, 5417)), ((3, 90), (3, 90))],
)
def test_the_axis_holds_the_usual_twelve_sessions_and_whatever_there_is(numbers, span):
    made = panel(Course("C1", tuple((number, 4.0) for number in numbers)))
    assert span_of([made]) == span
    drawn(made)


def test_sixteen_lines_differ_in_more_than_colour(qapp):
    ink = theme.LIGHT.text
    looks = {
        bytes(
            image_of(lambda painter, n=nth: draw_sample(painter, QPointF(4, 10), 26, n, ink), 40, 20).bits()
        )
        for nth in range(16)
    }
    assert len(looks) == 16


def test_a_client_that_stands_out_changes_the_picture(qapp):
    one, two = Course("C1", ((1, 2.0), (5, 6.0))), Course("C2", ((1, 6.0), (5, 2.0)))
    pictures = {bytes(drawn(panel(one, two), strong).bits()) for strong in ("", "C1", "C2")}
    assert len(pictures) == 3


def test_the_limits_of_a_criterion_are_drawn(qapp):
    course = Course("C1", ((1, 2.0),))
    assert drawn(panel(course)) != drawn(panel(course, limits=(4.0, None)))


def test_the_numbers_of_a_picture_can_be_read_out(qtbot):
    plot = CoursePlot()
    qtbot.addWidget(plot)
    plot.show_panels([panel(Course("C1", ((1, 2.0), (12, 4.5))))])
    assert plot.as_text() == "Alliance\tC1\tsessions 1: 2.00, 12: 4.50"
    assert plot.accessibleDescription() == plot.as_text()
    arms = ArmPlot()
    qtbot.addWidget(arms)
    arms.show_panels([ArmPanel("Alliance", COLOR, (1, 7), {"MIO": (("K1", 4.0), ("K3", 5.0)), "PE": ()})])
    assert arms.as_text() == "Alliance\tMIO\tcounselors K1: 4.00, K3: 5.00\nAlliance\tPE\tcounselors "


@pytest.mark.parametrize("size", [(1, 1), (120, 60), (1900, 400)])
def test_pictures_are_drawn_at_any_size_with_nothing_or_much(qtbot, size):
    many = [Course(f"C{nth}", ((1, 3.0), (12, 5.0))) for nth in range(40)]
    for made in ([], [panel()], [panel(*many)] * 6):
        plot = CoursePlot()
        qtbot.addWidget(plot)
        plot.show_panels(made)
        plot.resize(*size)
        plot.grab()
    arms = ArmPlot()
    qtbot.addWidget(arms)
    means = {"MIO": tuple((f"K{nth}", 4.0) for nth in range(30)), "PE": ()}
    for panels in ([], [ArmPanel("A", COLOR, (1, 7), means)] * 5, [ArmPanel("A", COLOR, (1, 7), {})]):
        arms.show_panels(panels)
        arms.resize(*size)
        arms.grab()
