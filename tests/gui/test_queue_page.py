"""The list of a person's sessions: what is in it, in which order, in which words."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtTest import QTest

from mio_fidelity.coding import rate
from mio_fidelity.coding.desk import Progress, QueueRow
from mio_fidelity.gui.queue_page import QueueModel
from mio_fidelity.store import MediaKind
from tests.gui.front import QUIET, press

pytestmark = QUIET
Key = Qt.Key
TODAY = date.today()


@pytest.fixture
def page(window):
    return window.window.queue


def due(study, rating_id, day):
    study.sql("UPDATE rating SET due_on = :day WHERE id = :id", day=day and day.isoformat(), id=rating_id)


def lines(page):
    """What is in sight, line by line."""
    model = page.model
    return [
        tuple(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def shown_day(day):
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)


def test_begun_first_then_by_due_date_then_what_is_submitted(window, page, study):
    first = study.rating_id
    late, soon, never, begun = (study.assign("R1") for _ in range(4))
    due(study, late, TODAY + timedelta(days=9))
    due(study, soon, TODAY + timedelta(days=1))
    study.submit()
    study.do(rate.begin, begun)
    page.open()
    assert [row.rating_id for row in page.model.rows] == [begun, soon, late, never, first]
    states = [line[2] for line in lines(page)]
    assert states == ["◐ begun", *["○ not begun"] * 3, "● submitted"]
    assert page.foot.saved.text() == "4 to do, 1 submitted"


def test_a_due_date_is_written_as_this_computer_writes_dates(window, page, study):
    for language in (QLocale.Language.German, QLocale.Language.English):
        QLocale.setDefault(QLocale(language))
        try:
            day = TODAY + timedelta(days=3)
            due(study, study.rating_id, day)
            page.open()
            assert lines(page)[0][4] == shown_day(day)
        finally:
            QLocale.setDefault(QLocale.system())


@pytest.mark.parametrize(("days", "overdue"), [(-1, True), (0, False), (1, False)])
def test_overdue_is_said_in_words(window, page, study, days, overdue):
    day = TODAY + timedelta(days=days)
    due(study, study.rating_id, day)
    page.open()
    assert lines(page)[0][4] == (f"overdue: {shown_day(day)}" if overdue else shown_day(day))
    study.submit()
    page.open()
    assert lines(page)[0][4] == ""


def test_a_voice_reads_what_a_cell_means_without_its_sign(window, page):
    said = page.model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "State: not begun"
    assert page.model.index(0, 4).data(Qt.ItemDataRole.AccessibleTextRole) == ""


def test_nobody_elses_sessions_are_in_it(window, page, study):
    other = study.assign("R2")
    page.open()
    assert [row.rating_id for row in page.model.rows] == [study.rating_id]
    window.window.start.signed_in.emit(study.people["R2"])
    assert [row.rating_id for row in page.model.rows] == [other]
    assert page.model.rows[0].blind_code not in str(lines(page)[0][1:])


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("R2", "Your supervisor gives you sessions to rate."), ("S1", "Add a recording, and give it to coders")],
)
def test_an_empty_list_says_what_to_do(window, page, study, code, sentence, qtbot):
    window.window.start.signed_in.emit(study.people[code])
    assert sentence in page.empty.text()
    assert page.empty.isVisible()
    assert not page.table.isVisible()
    assert not page.foot.primary.isEnabled()
    assert (page.add if code == "S1" else page.switch).hasFocus()


@pytest.mark.parametrize("how", ["return", "enter", "double click", "button"])
def test_a_session_is_opened(window, page, study, how):
    if how in ("return", "enter"):
        assert page.table.hasFocus()
        press(Key.Key_Return if how == "return" else Key.Key_Enter)
    elif how == "button":
        page.foot.primary.click()
    else:
        place = page.table.visualRect(page.model.index(0, 1)).center()
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    window.settle()
    assert window.window.pages.currentWidget() is window.page
    assert window.page.desk.rating_id == study.rating_id


def test_the_button_says_what_it_will_do(window, page, study):
    assert page.foot.primary.text() == "Start"
    study.do(rate.begin, study.rating_id)
    page.open()
    assert page.foot.primary.text() == "Continue"
    study.submit()
    page.open()
    assert page.foot.primary.text() == "Look at it"


def test_arrows_choose_the_session_that_enter_opens(window, page, study):
    study.assign("R1")
    page.open()
    press(Key.Key_Down)
    wanted = page.model.rows[1].rating_id
    press(Key.Key_Return)
    window.settle()
    assert window.page.desk.rating_id == wanted


def test_somebody_else_can_take_over(window, page, study):
    page.switch.click()
    assert window.window.start.who.isVisible()
    press(Key.Key_Tab, Key.Key_Return)
    assert window.window.pages.currentWidget() is page
    assert study.project.person_id == study.people["R2"]


def test_a_session_taken_away_meanwhile_is_refused_with_a_sentence(window, page, study):
    study.sql("UPDATE rating SET person_id = :other", other=study.people["R2"])
    press(Key.Key_Return)
    assert window.window.pages.currentWidget() is page
    assert "not one of your sessions" in page.foot.notice.text()


def test_preferences_have_a_key_here(window, page, qtbot):
    press(Key.Key_Comma, mod=Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: any(
            "Preferences" in each.windowTitle()
            for each in window.window.children()
            if hasattr(each, "windowTitle")
        )
    )


def test_two_thousand_sessions_are_one_sound_table(qtmodeltester, qtbot):
    rows = tuple(
        QueueRow(str(n), f"S-{n:05}", 60_000, MediaKind.AUDIO, Progress.ASSIGNED, 0, 20, TODAY, None)
        for n in range(2000)
    )
    model = QueueModel()
    model.show(rows)
    qtmodeltester.check(model)
    assert model.rowCount() == 2000
    assert model.index(1999, 0).data() == "S-01999"
