from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Reason, cannot_rate, rated
from mio_fidelity.gui import theme
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.scale_slot import Slot
from mio_fidelity.instrument import (
    Dimension,
    Domain,
    Instrument,
    NotApplicable,
    Scale,
    shipped_instrument,
)

# The platform without a screen says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ANCHORS = {1: "not heard at all", 4: "several times", 7: "runs through the session"}


def dimension(key="fidelity", points=tuple(range(1, 8)), anchors=None, names=None):
    return Dimension(key, key.title(), "how much", points, anchors or {}, "low", "high", names or {})


def instrument(dimensions, scales=4, rules=None):
    keys = tuple(each.key for each in dimensions)
    made = [Scale(f"s{n}", n, f"Scale {n}", f"cue {n}", "one", keys) for n in range(1, scales + 1)]
    rules = {key: NotApplicable() for key in keys} | (rules or {})
    domains = (
        Domain("one", "One", "alliance", tuple(made[:2])),
        Domain("two", "Two", "#884400", tuple(made[2:])),
    )
    return Instrument("k", "T", "1", "", domains, {d.key: d for d in dimensions}, rules, 0.5, {}, "0")


TWO = instrument(
    (
        dimension("fidelity", anchors=ANCHORS, names={1: "not at all", 4: "somewhat"}),
        dimension("competence", names={4: "adequate"}),
    ),
    rules={"competence": NotApplicable("fidelity", (1,))},
)


class Desk:
    """A form in a window with a store of answers behind it, as the coding page has."""

    def __init__(self, measured: Instrument, qtbot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.form = ScaleForm(measured)
        QVBoxLayout(self.window).addWidget(self.form)
        self.window.resize(769, 714)
        self.stored, self.hints, self.asked, self.visited = {}, [], [], []
        self.refuses, self.locked = False, False
        self.form.answered.connect(self.store)
        self.form.hinted.connect(self.hints.append)
        self.form.focused.connect(lambda *key: self.visited.append(key))
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.form.focus_slot(*measured.slots()[0])

    def store(self, scale, dimension, answer):
        self.asked.append((scale, dimension, answer))
        if not self.refuses:
            self.stored[scale, dimension] = answer
        self.show()

    def show(self, marks=None):
        self.form.show_answers(self.stored, marks or {}, self.locked)


@pytest.fixture(autouse=True)
def _light(qapp) -> Iterator[None]:
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")


@pytest.fixture
def desk(qtbot):
    return Desk(TWO, qtbot)


def press(qtbot, key):
    qtbot.keyClick(QApplication.focusWidget(), key)


def point_at(button):
    """The mouse comes over ``button``."""
    middle = QPoint(5, 5)
    QApplication.sendEvent(button, QEnterEvent(middle, middle, button.mapToGlobal(middle)))


def test_a_click_asks_for_a_rating_and_shows_it_when_stored(desk, qtbot):
    qtbot.mouseClick(desk.form.button("s2", "competence", 5), Qt.MouseButton.LeftButton)
    assert desk.asked == [("s2", "competence", rated(5))]
    assert desk.form.button("s2", "competence", 5).isChecked()
    assert desk.form.current == ("s2", "competence")


def test_a_refused_click_shows_what_is_stored(desk, qtbot):
    desk.form.rate_key("3")
    desk.refuses = True
    qtbot.mouseClick(desk.form.button("s1", "fidelity", 6), Qt.MouseButton.LeftButton)
    assert desk.asked[-1] == ("s1", "fidelity", rated(6))
    checked = [point for point in range(1, 8) if desk.form.button("s1", "fidelity", point).isChecked()]
    assert checked == [3]


def test_digits_rate_where_the_focus_is_and_the_focus_stays(desk):
    desk.form.rate_key("4")
    assert desk.stored == {("s1", "fidelity"): rated(4)}
    assert desk.form.current == ("s1", "fidelity")
    desk.form.advance_after_rating = True
    desk.form.rate_key("5")
    assert desk.form.current == ("s1", "competence")


def test_a_refused_rating_does_not_move_on(desk):
    desk.form.advance_after_rating, desk.refuses = True, True
    desk.form.rate_key("5")
    assert desk.form.current == ("s1", "fidelity")


def test_a_key_that_is_no_point_says_which_points_there_are(desk):
    desk.form.rate_key("9")
    assert desk.asked == []
    assert "1" in desk.hints[0]
    assert "7" in desk.hints[0]


def test_fidelity_at_its_floor_takes_competence_out_and_gives_it_back(desk, qtbot):
    desk.form.rate_key("1")
    slot = desk.form.slot("s1", "competence")
    assert slot.ruled_out_by == "fidelity is 1"
    assert slot.accessibleDescription() == slot.toolTip() == "not applicable, fidelity is 1"
    assert not desk.form.button("s1", "competence", 4).isVisible()
    press(qtbot, Qt.Key.Key_Tab)
    assert desk.form.current == ("s2", "fidelity")
    desk.form.focus_slot("s1", "competence")
    desk.form.rate_key("4")
    assert desk.asked == [("s1", "fidelity", rated(1))]
    assert "fidelity is 1" in desk.hints[0]
    desk.form.focus_slot("s1", "fidelity")
    desk.form.rate_key("2")
    assert slot.ruled_out_by == ""
    assert desk.form.button("s1", "competence", 4).isVisible()


def test_tab_visits_every_slot_in_the_order_of_the_form(desk, qtbot):
    for _ in range(len(TWO.slots()) - 1):
        press(qtbot, Qt.Key.Key_Tab)
    assert tuple(desk.visited) == TWO.slots()[1:]
    press(qtbot, Qt.Key.Key_Backtab)
    assert desk.form.current == TWO.slots()[-2]


def test_next_and_previous_skip_what_is_ruled_out_and_stop_at_the_ends(desk):
    desk.form.focus_previous()
    assert desk.form.current == ("s1", "fidelity")
    desk.form.rate_key("1")
    desk.form.focus_next()
    assert desk.form.current == ("s2", "fidelity")
    desk.form.focus_previous()
    assert desk.form.current == ("s1", "fidelity")
    desk.form.focus_slot("s4", "competence")
    desk.form.focus_next()
    assert desk.form.current == ("s4", "competence")


def test_moving_by_scale_keeps_the_dimension(desk):
    desk.form.focus_slot("s1", "competence")
    desk.form.move_scale(1)
    desk.form.move_scale(1)
    assert desk.form.current == ("s3", "competence")
    desk.form.move_scale(-1)
    assert desk.form.current == ("s2", "competence")
    desk.form.move_scale(-5)
    assert desk.form.current == ("s2", "competence")


def test_not_applicable_is_refused_with_a_sentence_where_a_rule_decides(desk):
    desk.form.focus_slot("s1", "competence")
    desk.form.rate_key("0")
    assert desk.asked == []
    assert "by itself" in desk.hints[0]


def test_not_applicable_can_be_chosen_where_the_instrument_allows_it(qtbot):
    desk = Desk(instrument((dimension(),), rules={"fidelity": NotApplicable(coder_may_choose=True)}), qtbot)
    desk.form.rate_key("0")
    assert desk.stored == {("s1", "fidelity"): NOT_APPLICABLE}
    assert desk.form.slot("s1", "fidelity").accessibleDescription() == "not applicable, chosen"
    desk.form.rate_key("3")
    assert desk.stored == {("s1", "fidelity"): rated(3)}


def test_zero_is_a_point_where_the_points_begin_at_zero(qtbot):
    desk = Desk(instrument((dimension(points=tuple(range(7))),)), qtbot)
    desk.form.rate_key("0")
    assert desk.stored == {("s1", "fidelity"): rated(0)}
    assert desk.form.button("s1", "fidelity", 0).isChecked()


def test_points_around_zero_have_signs_and_are_reached_by_place(qtbot):
    desk = Desk(instrument((dimension(points=tuple(range(-3, 4))),)), qtbot)
    desk.form.rate_key("1")
    assert desk.stored == {("s1", "fidelity"): rated(-3)}
    assert desk.form.button("s1", "fidelity", -3).text() == "−3"
    assert desk.form.button("s1", "fidelity", 3).text() == "+3"
    assert desk.form.button("s1", "fidelity", 0).text() == "0"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ([Qt.Key.Key_2], Reason.RECORDING_CUT),
        ([Qt.Key.Key_Return], Reason.INAUDIBLE),
        ([Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return], Reason.TECHNICAL),
        ([Qt.Key.Key_Left, Qt.Key.Key_Enter], Reason.OTHER),
    ],
)
def test_cannot_rate_asks_for_a_reason_by_keyboard(desk, qtbot, keys, reason):
    desk.form.ask_reason()
    for key in keys:
        press(qtbot, key)
    assert desk.stored == {("s1", "fidelity"): cannot_rate(reason)}
    assert QApplication.focusWidget() is desk.form.slot("s1", "fidelity")


def test_while_a_reason_is_asked_digits_choose_it_and_escape_goes_back(desk, qtbot):
    desk.form.ask_reason()
    desk.form.rate_key("7")
    assert desk.asked == []
    press(qtbot, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is desk.form.slot("s1", "fidelity")
    desk.form.rate_key("4")
    desk.form.ask_reason()
    desk.form.rate_key("4")
    assert [answer for *_, answer in desk.asked] == [rated(4), cannot_rate(Reason.OTHER)]


def test_going_back_from_the_reasons_names_the_slot_as_before(desk, qtbot):
    before = desk.form._strip.text
    desk.form.ask_reason()
    assert "cannot rate because" in desk.form._strip.text
    press(qtbot, Qt.Key.Key_Escape)
    assert desk.form._strip.text == before


def test_leaving_the_slot_leaves_the_question(desk):
    desk.form.ask_reason()
    desk.form.move_scale(1)
    desk.form.rate_key("2")
    assert desk.stored == {("s2", "fidelity"): rated(2)}


def test_clearing_opens_the_slot_again(desk):
    desk.form.rate_key("4")
    desk.form.clear_current()
    assert desk.stored[("s1", "fidelity")] == OPEN
    assert not desk.form.button("s1", "fidelity", 4).isChecked()
    desk.form.clear_current()
    assert len(desk.asked) == 2


def test_open_slots_are_those_that_still_need_an_answer(desk):
    desk.form.rate_key("1")
    desk.form.focus_slot("s2", "fidelity")
    desk.form.choose_cannot_rate(Reason.OTHER)
    assert desk.form.open_slots() == TWO.slots()[3:]


def test_a_locked_form_can_be_read_and_walked_but_not_changed(desk, qtbot):
    desk.form.rate_key("1")
    desk.locked = True
    desk.show()
    desk.form.rate_key("5")
    desk.form.clear_current()
    desk.form.ask_reason()
    qtbot.mouseClick(desk.form.button("s2", "fidelity", 5), Qt.MouseButton.LeftButton)
    assert len(desk.asked) == 1
    assert len(desk.hints) == 4
    desk.form.focus_slot("s1", "fidelity")
    press(qtbot, Qt.Key.Key_Tab)
    assert desk.form.current == ("s1", "competence")


def test_the_anchors_of_the_slot_in_hand_are_readable(desk):
    strip = desk.form._strip
    assert strip.text == (
        "Scale 1".join(["1. ", " · Fidelity how much\n"])
        + "1 not at all: not heard at all\n4 somewhat: several times\n7 high: runs through the session"
    )
    desk.form.rate_key("4")
    assert strip.text.endswith("how much\n4 somewhat: several times")


def test_a_point_under_the_mouse_explains_itself_with_its_neighbours_when_it_has_no_anchor(desk):
    strip = desk.form._strip
    before = strip.text
    button = desk.form.button("s3", "fidelity", 7)
    point_at(button)
    assert strip.text == "3. Scale 3 · Fidelity how much\n7 high: runs through the session"
    point_at(desk.form.button("s3", "fidelity", 5))
    assert [line[0] for line in strip.text.splitlines()[1:]] == ["4", "5", "7"]
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
    assert strip.text == before


def test_marks_are_counted_beside_the_title(desk):
    desk.show({"s1": 1, "s2": 3})
    titles = [row.title.text().replace("\u00a0", " ") for row in desk.form._rows.values()]
    assert titles == ["1. Scale 1 · 1 mark", "2. Scale 2 · 3 marks", "3. Scale 3", "4. Scale 4"]


def test_slots_and_points_have_names_for_a_screen_reader(desk):
    slot = desk.form.slot("s1", "competence")
    assert slot.accessibleName() == "1. Scale 1, competence"
    assert slot.accessibleDescription() == "not yet rated, 1 to 7"
    desk.form.focus_slot("s1", "competence")
    desk.form.rate_key("4")
    assert slot.accessibleDescription() == "4 of 1 to 7, adequate"
    assert desk.form.button("s1", "competence", 4).accessibleName() == "4, adequate"
    desk.form.choose_cannot_rate(Reason.RECORDING_CUT)
    assert slot.accessibleDescription() == "cannot rate, recording cut"


def test_one_change_paints_one_slot(desk, qtbot):
    painted = []

    class Watch(QWidget):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                painted.append(watched)
            return False

    watch = Watch()
    qtbot.addWidget(watch)
    QApplication.processEvents()
    for slot in desk.form.findChildren(Slot):
        for child in [slot, *slot.buttons.values()]:
            child.installEventFilter(watch)
    desk.form.rate_key("4")
    QApplication.processEvents()
    assert desk.form.button("s1", "fidelity", 4) in painted
    mine = desk.form.slot("s1", "fidelity")
    assert all(one is mine or one.parent() is mine for one in painted)


def test_the_practice_set_is_all_in_sight_on_a_small_laptop(qtbot):
    desk = Desk(shipped_instrument(), qtbot)
    desk.window.resize(745 + 24, 690 + 24)
    QApplication.processEvents()
    seen = desk.form._scroll.viewport().visibleRegion().boundingRect()
    assert desk.form.height() <= 695
    for slot in desk.form.findChildren(Slot):
        corner = slot.mapTo(desk.form._scroll.viewport(), slot.rect().bottomRight())
        assert seen.contains(corner)
    assert desk.form._scroll.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("scale", [1.25, 2.0])
def test_with_larger_letters_it_scrolls_down_not_sideways_and_keeps_the_slot_in_sight(qtbot, qapp, scale):
    desk = Desk(shipped_instrument(), qtbot)
    theme.apply(qapp, "light", scale)
    assert desk.form.minimumSizeHint().width() <= 745
    last = shipped_instrument().slots()[-1]
    desk.form.focus_slot(*last)
    viewport = desk.form._scroll.viewport()

    def in_sight():
        slot = desk.form.slot(*last)
        top = slot.mapTo(viewport, slot.rect().topLeft()).y()
        return top >= 0 and top + slot.height() <= viewport.height()

    qtbot.waitUntil(in_sight)
    assert all(
        button.width() >= 26 and button.height() >= 26 for button in desk.form.slot(*last).buttons.values()
    )


def test_columns_lie_under_their_titles(qtbot):
    some = instrument((dimension("fidelity"), dimension("competence")))
    lame = some.domains[0].scales[0]
    scale = Scale(lame.key, 1, "A very long title of a scale that wraps", "cue", "one", ("competence",))
    domains = (Domain("one", "One", "alliance", (scale, some.domains[0].scales[1])), some.domains[1])
    mixed = Instrument("k", "T", "1", "", domains, some.dimensions, some.not_applicable, 0.5, {}, "0")
    desk = Desk(mixed, qtbot)
    lefts = {desk.form.slot(f"s{n}", "competence").mapTo(desk.form, QPoint()).x() for n in range(1, 5)}
    assert len(lefts) == 1
    desk.form.focus_slot("s2", "fidelity")
    desk.form.move_scale(-1)
    assert desk.form.current == ("s1", "competence")
