"""Columns of numbers have the room their titles ask for, as far as there is room."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from mio_fidelity.coding.listing import Column, Kind, Listing
from mio_fidelity.errors import Sentence
from mio_fidelity.gui import theme
from mio_fidelity.gui.column_room import ColumnRoom, shared
from mio_fidelity.gui.listing_view import ListingView
from tests.gui.front import QUIET

pytestmark = QUIET
LONG = "Something that takes many words to say"
LISTING = Listing(
    "few",
    Sentence("Few"),
    (
        Column("client", Sentence("Client")),
        Column("long", Sentence(LONG), Kind.NUMBER),
        Column("short", Sentence("n"), Kind.NUMBER),
        Column("site", Sentence("Site")),
    ),
    ["a"],
    [("C017", 1.5, 3, "North")],
)


@pytest.mark.parametrize(
    ("room", "wanted", "given"),
    [
        (500, [100, 240, 120], [100, 240, 120]),
        (400, [100, 240, 120], [100, 180, 120]),
        (360, [240, 80, 250], [140, 80, 140]),
        (10, [240, 80, 250], [96, 80, 96]),
        (300, [], []),
    ],
)
def test_who_asks_for_little_has_it_and_the_rest_is_shared(room, wanted, given):
    assert shared(room, wanted, 96) == given


@pytest.fixture
def view(qtbot, qapp):
    theme.apply(qapp, "light")
    view = ListingView()
    view.room = ColumnRoom(view)
    qtbot.addWidget(view)
    view.resize(theme.scaled(1000), theme.scaled(300))
    view.show()
    view.show_listing(LISTING)
    view.room.fit()
    return view


def title_px(view):
    return view.table.horizontalHeader().sectionSizeHint(1)


def test_a_title_is_whole_where_there_is_room_and_gives_way_where_there_is_none(view, qtbot):
    assert view.table.columnWidth(1) >= title_px(view)
    view.resize(theme.scaled(330), theme.scaled(300))
    qtbot.waitUntil(lambda: view.table.columnWidth(1) < title_px(view), timeout=60_000)
    assert view.table.columnWidth(1) >= theme.scaled(96)
    view.resize(theme.scaled(1000), theme.scaled(300))
    qtbot.waitUntil(lambda: view.table.columnWidth(1) >= title_px(view), timeout=60_000)


def test_what_somebody_has_drawn_stays(view, qtbot):
    header = view.table.horizontalHeader()
    edge = QPoint(header.sectionViewportPosition(2) - 1, header.height() // 2)
    heads, left = header.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(heads, left, pos=edge)
    QTest.mouseMove(heads, edge - QPoint(40, 0))
    QTest.mouseRelease(heads, left, pos=edge - QPoint(40, 0))
    drawn = view.table.columnWidth(1)
    assert drawn < title_px(view)
    before = view.table.viewport().width()
    view.resize(theme.scaled(1200), theme.scaled(300))
    qtbot.waitUntil(lambda: view.table.viewport().width() > before, timeout=60_000)
    assert view.table.columnWidth(1) == drawn
