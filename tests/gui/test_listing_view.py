"""A listing in the window: searched, filtered, sorted, chosen from, copied; lazily."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from mio_fidelity.coding.listing import Column, Kind, Listing, natural
from mio_fidelity.errors import Sentence
from mio_fidelity.gui.listing_model import ListingModel
from mio_fidelity.gui.listing_view import ListingView
from tests.gui.front import QUIET, choose_row

pytestmark = QUIET
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
COLUMNS = (
    Column("client", Sentence("Client")),
    Column("site", Sentence("Site"), Kind.WORD, Sentence("Where it was.")),
    Column("number", Sentence("Session"), Kind.NUMBER),
    Column("length", Sentence("Length"), Kind.LENGTH),
    Column("day", Sentence("Held on"), Kind.DAY),
    Column("share", Sentence("Coded"), Kind.SHARE),
    Column("state", Sentence("State"), Kind.STATE),
    Column("nothing", Sentence("Nothing"), Kind.WORD),
)
ROWS = [
    ("C2", "North", 2, 61_000, date(2026, 3, 2), 0.5, "coded", None),
    ("C10", "South", 10, 3_600_000, date(2025, 3, 2), 0.25, "given out", None),
    ("C1", "North", None, None, None, None, "coded", None),
]


def listing(rows=ROWS, key="sessions"):
    return Listing(key, Sentence("Sessions"), COLUMNS, [f"id-{row[0]}" for row in rows], rows)


@pytest.fixture
def view(qtbot):
    made = ListingView()
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_listing(listing())
    return made


def column(view, at):
    return [view.model.index(row, at).data() for row in range(view.model.rowCount())]


def ids(model):
    return [model.id_at(row) for row in range(model.rowCount())]


def test_the_last_column_takes_the_room_that_is_left_and_gives_it_back(view, qtbot):
    view.resize(1300, 500)
    shown = Listing("others", Sentence("Others"), COLUMNS[:-1], ["1"], [ROWS[0][:-1]])
    view.show_listing(shown)
    table = view.table
    qtbot.waitUntil(lambda: table.horizontalHeader().length() == table.viewport().width() > 1200)
    view.resize(700, 500)
    qtbot.waitUntil(lambda: table.horizontalHeader().length() == table.viewport().width() < 700)
    assert table.horizontalScrollBar().maximum() == 0


def test_values_are_written_as_people_read_them(view):
    assert [view.model.index(0, at).data() for at in range(8)] == [
        "C2",
        "North",
        "2",
        "01:01",
        "2026-03-02",
        "50%",
        "coded",
        "",
    ]
    assert column(view, 3) == ["01:01", "1:00:00", ""]
    tip = view.model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    title = view.model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
    assert tip == f"{title}\nWhere it was.", "a title that is cut off can be read"
    said = view.model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Session: 2"


@pytest.mark.parametrize(
    ("at", "order", "expected"),
    [
        (0, UP, ["C1", "C2", "C10"]),
        (0, DOWN, ["C10", "C2", "C1"]),
        (2, UP, ["C2", "C10", "C1"]),
        (2, DOWN, ["C10", "C2", "C1"]),
        (4, UP, ["C10", "C2", "C1"]),
        (3, DOWN, ["C10", "C2", "C1"]),
    ],
)
def test_sorting_counts_as_people_do_and_puts_what_is_empty_last(view, at, order, expected):
    view.table.sortByColumn(at, order)
    assert column(view, 0) == expected


def test_a_search_wants_every_word_wherever_it_stands(view):
    view.search.setText("north coded")
    assert column(view, 0) == ["C2", "C1"]
    assert view.count.text() == "2 of 3"
    view.search.setText("NORTH 2026-03")
    assert column(view, 0) == ["C2"]
    view.search.setText("nowhere")
    assert view.model.rowCount() == 0
    assert view.chosen_ids() == ()
    view.show_all()
    assert view.model.rowCount() == 3
    assert view.count.text() == "3 rows"


def test_columns_of_few_words_can_be_filtered_and_filters_add_up(view):
    assert [view.filters[at].title for at in sorted(view.filters)] == ["Client", "Site", "State"]
    tick(view, 1, "North")
    assert column(view, 0) == ["C2", "C1"]
    tick(view, 0, "C2")
    assert column(view, 0) == ["C2"]
    assert view.in_words() == {"Client": "C2", "Site": "North"}
    view.reset.click()
    assert view.model.rowCount() == 3
    assert view.in_words() == {}


def tick(view, at, words):
    box = view.filters[at].list
    (item,) = [box.item(nth) for nth in range(box.count()) if box.item(nth).text() == words]
    item.setCheckState(Qt.CheckState.Checked)


def test_a_column_in_which_nothing_is_said_is_not_shown(view):
    assert view.table.isColumnHidden(7)
    assert not view.table.isColumnHidden(2)


def test_new_rows_keep_search_filter_order_and_what_is_chosen(view):
    view.table.sortByColumn(0, UP)
    tick(view, 1, "North")
    choose_row(view.table, 1)
    assert view.chosen_ids() == ("id-C2",)
    view.show_listing(listing([("C3", "North", 1, None, None, None, "coded", None), *ROWS]))
    assert column(view, 0) == ["C1", "C2", "C3"]
    assert view.chosen_ids() == ("id-C2",)


def test_another_table_starts_without_search_and_filter(view):
    view.search.setText("north")
    tick(view, 1, "North")
    view.show_listing(listing(key="clients"))
    assert view.search.text() == ""
    assert view.model.rowCount() == 3
    assert view.in_words() == {}


def test_what_is_shown_is_a_listing_to_export(view):
    view.table.sortByColumn(0, UP)
    view.search.setText("north")
    shown = view.model.shown()
    assert [row[0] for row in shown.rows] == ["C1", "C2"]
    assert list(shown.ids) == ["id-C1", "id-C2"]


def test_keys_find_open_sort_and_copy(view, qtbot):
    opened = []
    view.opened.connect(opened.append)
    view.table.setFocus()
    choose_row(view.table, 1)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == ["id-C10"]
    view.table.setCurrentIndex(view.model.index(0, 0))
    for action in view.table.actions():
        if action.shortcut().toString() == "Alt+Up":
            action.trigger()
    assert column(view, 0) == ["C1", "C2", "C10"]
    choose_row(view.table, 0)
    next(each for each in view.table.actions() if "Copy" in each.text()).trigger()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].startswith("Client\tSite")
    assert lines[1].startswith("C1\tNorth")
    QTest.keyClick(view.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(view.search.hasFocus)


def test_only_what_is_in_sight_is_asked_for(qtbot, monkeypatch):
    asked = Counter()
    real = ListingModel.data

    def counting(self, index, role=Qt.ItemDataRole.DisplayRole):
        asked[index.row()] += 1
        return real(self, index, role)

    monkeypatch.setattr(ListingModel, "data", counting)
    view = ListingView()
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    view.show_listing(listing([(f"C{nth}", "North", nth, *ROWS[0][3:]) for nth in range(20_000)], "clients"))
    qtbot.wait(50)
    assert asked
    assert len(asked) < 1000, "of 20,000 rows"


@given(
    st.lists(
        st.tuples(st.text(max_size=5), st.sampled_from(["a", "b", "c"]), st.integers(0, 99)), max_size=30
    )
)
def test_whatever_the_rows_sorting_loses_and_invents_none(found):
    rows = [(text, word, number, *ROWS[0][3:]) for text, word, number in found]
    model = ListingModel()
    model.show(Listing("x", Sentence("X"), COLUMNS, [str(nth) for nth in range(len(rows))], rows))
    for at in (0, 1, 2):
        for order in (UP, DOWN):
            model.sort(at, order)
            assert sorted(ids(model), key=int) == [str(nth) for nth in range(len(rows))]
    model.sort(2, UP)
    numbers = [model.value_at(row, "number") for row in range(model.rowCount())]
    assert numbers == sorted(numbers)


def test_codes_are_ordered_by_their_numbers():
    assert sorted(["R10", "R2", "r1", "A", "R2b"], key=natural) == ["A", "r1", "R2", "R2b", "R10"]


def test_a_column_that_was_empty_in_the_table_before_is_as_wide_as_its_title(view):
    titled = (*COLUMNS[:7], Column("nothing", Sentence("A title that is long enough"), Kind.WORD))
    rows = [(*row[:7], "x") for row in ROWS]
    assert view.table.isColumnHidden(7)
    view.show_listing(
        Listing(
            "others",
            Sentence("Others"),
            (*titled, COLUMNS[0]),
            ["1", "2", "3"],
            [(*row, "C1") for row in rows],
        )
    )
    assert not view.table.isColumnHidden(7)
    header = view.table.horizontalHeader()
    assert view.table.columnWidth(7) >= header.sectionSizeHint(7)
