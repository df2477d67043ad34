"""Small tables of counts: what is drawn, read aloud and copied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.count_grid import CountGrid, Counts, Look, pair_counts
from tests.gui.front import QUIET, press

pytestmark = QUIET
CODES = tuple(f"R{nth:02}" for nth in range(1, 21))


@pytest.fixture
def grid(qtbot, qapp):
    theme.apply(qapp, "light")
    window, made = QWidget(), CountGrid("Pairs", 6)
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(made)
    window.resize(400, 300)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    window.close()


def pairs(codes=("R1", "R2", "R3")):
    met = {(codes[0], codes[1]): 4, (codes[0], codes[2]): 2}
    return pair_counts(codes, met, "{one} and {other}: {n}", "{one} alone")


def test_pairs_stand_on_both_sides_and_those_who_never_meet_are_nought():
    assert pairs().counts == ((None, 4, 2), (4, None, 0), (2, 0, None))
    assert pairs().aloud[1] == ("R2 and R1: 4", "R2 alone", "R2 and R3: 0")


def test_a_cell_is_read_aloud_as_a_sentence(grid):
    grid.show_counts(pairs())
    index = grid.model().index(1, 0)
    assert index.data() == "4"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "R2 and R1: 4"


def test_the_keyboard_is_in_a_cell_at_once_and_walks_from_there(grid):
    grid.show_counts(pairs())
    grid.setFocus()
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (0, 0)
    press(Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (1, 1)
    grid.show_counts(pairs())
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (1, 1)


def test_copied_it_is_a_table():
    assert pairs().as_text() == "\tR1\tR2\tR3\nR1\t\t4\t2\nR2\t4\t\t0\nR3\t2\t0\t"


def test_the_more_the_darker_and_what_is_out_of_date_is_faint(grid, qtbot):
    grid.show_counts(pairs())

    def ink(row, column):
        cell = grid.visualRect(grid.model().index(row, column))
        return grid.viewport().grab().toImage().pixelColor(cell.left() + 6, cell.top() + 6).lightness()

    assert ink(0, 1) < ink(0, 2) < ink(1, 2)
    fresh = ink(0, 1)
    grid.grey(True)
    assert ink(0, 1) > fresh


def test_the_colours_of_the_theme_stay_as_they_are(grid):
    grid.show_counts(pairs())
    grid.viewport().grab()
    assert theme.tokens().accent.alphaF() == 1


def test_many_rows_scroll_and_few_take_no_more_than_they_need(grid):
    grid.show_counts(pairs())
    few = grid.height()
    grid.show_counts(pairs(CODES))
    assert few < grid.height() < 20 * grid.verticalHeader().defaultSectionSize()
    assert grid.verticalScrollBar().maximum() > 0


def test_bars_are_as_long_as_their_counts(grid):
    aloud = (("R1: 10",), ("R2: 5",))
    grid.show_counts(Counts(("R1", "R2"), ("",), ((10,), (5,)), aloud, Look.BAR))
    picture = grid.viewport().grab().toImage()
    accent = theme.tokens().accent

    def length(row):
        y = grid.visualRect(grid.model().index(row, 0)).center().y()
        return sum(picture.pixelColor(x, y) == accent for x in range(picture.width()))

    assert length(0) > 1.8 * length(1) > 0
    assert grid.counts.table.as_text() == "R1\t10\nR2\t5"
