"""The supervisor's study: every table, what is done with its rows, and what another change brings."""

import csv
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from mio_fidelity.coding import assign, people
from mio_fidelity.coding.listings import LISTINGS
from mio_fidelity.coding.retention import Retention, set_retention
from mio_fidelity.gui import places
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.gui.person_dialog import PersonDialog
from mio_fidelity.store import Purpose
from tests.conftest import CLIENT
from tests.gui.front import QUIET, button
from tests.gui.plan_study import fill

pytestmark = QUIET
SOON = date.today() + timedelta(days=3)


@pytest.fixture
def page(window, study):
    """The page, with 24 sessions of 4 sites and one assignment that is late."""
    study.sign_in("S1")
    study.do(fill, 6, range(1, 5), 4, 3)
    study.do(set_retention, Retention(until=date(2000, 1, 1)))
    (session,) = study.sql("SELECT id FROM treatment_session WHERE number = 1 LIMIT 1")[0]
    for code, due in (("R1", date.today() - timedelta(days=2)), ("R2", SOON)):
        who = study.people[code]
        study.do_as_supervisor(assign.assign, session, who, study.instrument_id, Purpose.RELIABILITY, due)
    window.window.start.signed_in.emit(study.people["S1"])
    window.window.go(places.STUDY)
    made = window.window.pages.currentWidget()
    window.qtbot.waitUntil(lambda: "sessions" in made._found, timeout=10_000)
    made.window_of_test = window
    return made


def show(page, key):
    page.show_table(key)
    page.window_of_test.qtbot.waitUntil(lambda: page._job is None and key in page._found, timeout=10_000)


def column(page, key):
    at = page.view.model.listing.at(key)
    return [page.view.model.index(row, at).data() for row in range(page.view.model.rowCount())]


def choose(page, key, *values):
    """Choose the rows whose ``key`` is one of ``values``."""
    page.view.table.clearSelection()
    mode = page.view.table.selectionMode()
    page.view.table.setSelectionMode(page.view.table.SelectionMode.MultiSelection)
    for row, value in enumerate(column(page, key)):
        if value in values:
            page.view.table.selectRow(row)
    page.view.table.setSelectionMode(mode)


def asked(page):
    """The question in front."""
    found = [each for each in page.findChildren(AskDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def settle(page):
    """Wait until the page has read again what was changed."""
    page.window_of_test.qtbot.waitUntil(
        lambda: not page._pause.isActive() and page._job is None, timeout=10_000
    )


def test_every_table_of_the_study_has_a_tab_and_is_shown(page):
    tabs = [page.tabs.tabData(at) for at in range(page.tabs.count())]
    assert tabs == list(LISTINGS)
    for key in tabs:
        show(page, key)
        if key not in ("consensus", "discuss", "meetings", "decisions", "packages"):
            assert page._found[key].rows, key
    assert page.body.currentWidget() is page.view


def test_sessions_say_how_far_they_are(page):
    row = column(page, "client").index("C0001")
    assert column(page, "coding")[row] == "given out"
    assert column(page, "double")[row] == "double-coded"
    assert column(page, "overdue")[row] == "overdue"
    assert page.view.count.text() == f"{len(page._found['sessions'].rows)} rows"


def test_a_change_of_the_study_shows_by_itself(page, study):
    show(page, "people")
    assert "R7" not in column(page, "person")
    page._bench.do(people.add_person, "R7", "coder")
    settle(page)
    assert "R7" in column(page, "person")


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("discuss", "“Discuss…”"),
        ("meetings", "“Meetings”"),
        ("decisions", "“Meetings”"),
        ("packages", "“Make a package…”"),
    ],
)
def test_an_empty_table_says_how_something_gets_there(page, key, step):
    show(page, key)
    assert page.view.model.rowCount() == 0
    assert step in page.foot.saved.text()


def test_assignments_are_taken_back_after_a_question(page, study):
    show(page, "assignments")
    choose(page, "coder", "R2")
    button(page, "Take back…").click()
    dialog = asked(page)
    assert "Take the chosen assignments back (1)?" in " ".join(
        each.text() for each in dialog.findChildren(type(page.view.count))
    )
    button(dialog, "Take back").click()
    settle(page)
    states = dict(zip(column(page, "coder"), column(page, "state"), strict=True))
    assert states["R2"] == "taken back"


def test_a_question_that_is_not_answered_changes_nothing(page, study):
    show(page, "assignments")
    choose(page, "coder", "R2")
    button(page, "Take back…").click()
    button(asked(page), "Cancel").click()
    assert study.sql("SELECT count(*) FROM rating WHERE withdrawn_at IS NOT NULL") == [(0,)]


def test_an_assignment_is_given_to_somebody_else_under_a_new_code(page, study):
    show(page, "assignments")
    choose(page, "coder", "R2")
    (old,) = page.view.chosen_ids()
    button(page, "Give to…").click()
    dialog = asked(page)
    dialog.box.setCurrentText("R3")
    button(dialog, "Give").click()
    settle(page)
    (withdrawn,) = study.sql("SELECT withdrawn_at IS NOT NULL FROM rating WHERE id = :id", id=old)
    assert withdrawn == (1,)
    assert "R3" in column(page, "coder")


def test_giving_it_to_who_has_it_already_is_refused_in_words(page):
    show(page, "assignments")
    choose(page, "coder", "R2")
    button(page, "Give to…").click()
    dialog = asked(page)
    dialog.box.setCurrentText("R1")
    button(dialog, "Give").click()
    assert "has the session already" in page.foot.notice.text()


def test_who_leaves_is_no_longer_in_the_list_of_who_works_and_can_come_back(page, study):
    show(page, "people")
    choose(page, "person", "R2")
    button(page, "Leaves the study…").click()
    button(asked(page), "Leaves").click()
    settle(page)
    row = column(page, "person").index("R2")
    assert column(page, "works")[row] == "has left"
    assert [each.code for each in study.ask(people.roster)].count("R2") == 0
    choose(page, "person", "R2")
    button(page, "Comes back").click()
    settle(page)
    assert column(page, "works")[row] == "works here"


def test_people_are_kept_away_from_a_site_and_let_in_again(page):
    show(page, "people")
    choose(page, "person", "R2")
    button(page, "Keep away from…").click()
    dialog = asked(page)
    dialog.box.setCurrentText("site Site 2")
    button(dialog, "Set").click()
    settle(page)
    row = column(page, "person").index("R2")
    assert column(page, "away")[row] == "Site 2"
    choose(page, "person", "R2")
    button(page, "No longer keep away from…").click()
    dialog = asked(page)
    assert [dialog.box.itemText(nth) for nth in range(dialog.box.count())] == ["site Site 2"]
    button(dialog, "Set").click()
    settle(page)
    assert column(page, "away")[row] == ""


def test_a_person_works_at_a_site(page):
    show(page, "people")
    choose(page, "person", "R1")
    button(page, "Works at…").click()
    dialog = asked(page)
    dialog.box.setCurrentText("Site 3")
    button(dialog, "Set").click()
    settle(page)
    assert column(page, "site")[column(page, "person").index("R1")] == "Site 3"


def test_a_person_is_added_under_a_code_never_a_name(page, study):
    show(page, "people")
    button(page, "Add a person…").click()
    (dialog,) = page.findChildren(PersonDialog)
    dialog.code.setText("Margaret")
    button(dialog, "Add").click()
    assert "looks like a name" in dialog.complaint.text()
    dialog.code.setText("R8")
    button(dialog, "Add").click()
    settle(page)
    assert "R8" in column(page, "person")


def test_a_client_leads_to_the_assignments(page):
    show(page, "clients")
    choose(page, "client", "C0001")
    button(page, "Assignments of the client").click()
    settle(page)
    assert page.table == "assignments"
    assert set(column(page, "client")) == {"C0001"}


def test_the_calendar_says_what_is_due_and_late_and_a_day_leads_to_its_assignments(page):
    show(page, "calendar")
    page.calendar.go_to(SOON)
    texts = {item.data(Qt.ItemDataRole.UserRole): item.text() for item in page.calendar._items()}
    assert "○ 1 due" in texts[SOON]
    late = date.today() - timedelta(days=2)
    page.calendar.go_to(late)
    texts = {item.data(Qt.ItemDataRole.UserRole): item.text() for item in page.calendar._items()}
    assert "! 1 overdue" in texts[late]
    n = 1 if SOON.month != late.month else 2
    assert page.calendar.legend.text() == f"This month: {n} due, {n} of them open, 0 submitted"
    page.calendar.grid.setFocus()
    QTest.keyClick(page.calendar.grid, Qt.Key.Key_Return)
    settle(page)
    assert page.table == "assignments"
    assert column(page, "due") == [late.isoformat()]


def test_the_calendar_begins_at_today_and_stays_where_it_was_left(page):
    page.tabs.setFocus()
    show(page, "calendar")
    page.calendar.grid.setFocus()
    assert page.calendar.grid.currentItem().data(Qt.ItemDataRole.UserRole) == page.calendar._today
    page.calendar.go_to(SOON)
    show(page, "sites")
    show(page, "calendar")
    assert page.calendar.grid.currentItem().data(Qt.ItemDataRole.UserRole) == SOON


def test_months_are_turned_by_keys_and_buttons(page):
    show(page, "calendar")
    page.calendar.go_to(date(2026, 1, 31))
    page.calendar.after.click()
    assert page.calendar.title.text() == "February 2026"
    page.calendar.before.click()
    page.calendar.before.click()
    assert page.calendar.title.text() == "December 2025"


def test_what_is_shown_is_exported_as_it_is_filtered(page, tmp_path, monkeypatch, qtbot):
    page.view.search.setText("C0001")
    n = page.view.model.rowCount()
    for name, press in (("a.xlsx", page._export_excel), ("a.csv", page._export_csv)):
        target = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=target: (str(to), ""))
        press()
        qtbot.waitUntil(lambda: not page._exporting.busy, timeout=10_000)
        assert "written" in page.foot.notice.text()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Sessions", "Method"]
    assert book["Sessions"].max_row == n + 2
    assert "search: C0001" in str(list(book["Method"].iter_rows(values_only=True)))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) == n + 1


def test_all_tables_go_into_one_workbook(page, tmp_path, monkeypatch, qtbot):
    target = tmp_path / "all.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page._export_all()
    qtbot.waitUntil(lambda: not page._exporting.busy, timeout=20_000)
    assert len(openpyxl.load_workbook(target).sheetnames) == len(LISTINGS) + 1


def test_an_export_into_nowhere_says_so(page, tmp_path, monkeypatch, qtbot):
    target = tmp_path / "not there" / "a.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page._export_excel()
    qtbot.waitUntil(lambda: not page._exporting.busy, timeout=10_000)
    assert "folder" in page.foot.notice.text()


def test_the_proposed_file_name_says_nothing_of_the_study(page, monkeypatch):
    proposed = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *args: (proposed.append(Path(args[2]).name), ("", ""))[1]
    )
    page._export_excel()
    page._export_all()
    assert proposed == ["sessions.xlsx", "study.xlsx"]
    assert isinstance(page._exporting, ListingExport)


def test_keys_turn_the_tables_and_leave(page, window):
    page.view.table.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert page.table == "recordings"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert page.table == "sessions"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert window.window.pages.currentWidget() is window.window.queue


def test_whoever_comes_next_finds_nothing_of_it(page, window):
    assert page.view.model.rowCount()
    window.window.go(places.QUEUE)
    assert page.view.model.rowCount() == 0
    assert page._found == {}


@pytest.mark.parametrize("what", ["sessions", "folder", "add", "ratings", "awaited", "find", "person"])
def test_every_way_to_add_opens_its_dialog_and_cancel_closes_it(page, what):
    page._open_dialog(what)
    (dialog,) = [each for each in page.findChildren(QDialog) if each.isVisible()]
    page.window_of_test.qtbot.waitUntil(dialog.isVisible)
    # The first may only stop what the dialog is busy with.
    for _ in range(2):
        if [each for each in page.findChildren(QDialog) if each.isVisible()]:
            dialog.reject()
            page.window_of_test.qtbot.wait(200)
    assert not [each for each in page.findChildren(QDialog) if each.isVisible()]


def test_no_title_of_a_dialog_names_anybody(page):
    show(page, "people")
    for what in ("sessions", "folder", "person"):
        page._open_dialog(what)
    titles = [each.windowTitle() for each in page.findChildren(QDialog)]
    assert not [title for title in titles if CLIENT in title or "C0001" in title]
