"""A meeting held through the window, and a decision of it read by a coder."""

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QWidget

from mio_fidelity.coding import discuss, meetings, rate
from mio_fidelity.coding.decisions import decisions
from mio_fidelity.coding.meeting_lists import meetings as meeting_list
from mio_fidelity.gui import places, theme
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.consensus_page import ConsensusPage
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.meeting_dialogs import DecideDialog, TakeUpDialog
from mio_fidelity.gui.meetings_page import MeetingsPage
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Purpose
from tests.coding.double_coded import double_coded
from tests.gui.conftest import CTRL, QUIET, add_session
from tests.gui.test_blindness import everything, given_away
from tests.gui.test_decision_notes import mark, notes

pytestmark = QUIET
Key = Qt.Key
TODAY = date.today()
SECRET = "notes-qzxj"


@pytest.fixture
def page(window, study) -> MeetingsPage:
    """S1 at the page; a double-coded session, two lines to discuss."""
    double_coded(study)
    study.do(discuss.put, study.session_id, "warm_regard", "where does it begin?")
    study.do(discuss.put, study.session_id, None, "silences")
    window.window.start.signed_in.emit(study.people["S1"])
    window.window.go(places.MEETINGS)
    found = window.window.pages.currentWidget()
    assert isinstance(found, MeetingsPage)
    return found


def hold(window, page) -> str:
    """A new meeting by its key; its id."""
    page.table.setFocus()
    window.press(Key.Key_N, mod=CTRL)
    assert page.form.minutes is not None
    return page.form.minutes.id


def dialog(window, page, kind: type[QWidget]):
    (found,) = page.findChildren(kind)
    window.wait(found.isVisible)
    return found


def minutes(study, held):
    return study.ask(meetings.meeting, held)


def lines(panel):
    return [panel.list.item(at).text() for at in range(panel.list.count())]


def test_without_a_meeting_the_page_says_what_one_is(window, page):
    assert page.empty.isVisible()
    assert not page.sides.isVisible()
    assert not page.report.isEnabled()


def test_the_keyboard_waits_at_the_first_meeting_until_there_is_one(window, page, study):
    assert page.foot.primary.hasFocus()
    window.press(Key.Key_Return)
    assert page.form.minutes.held_on == TODAY
    page.open()
    assert page.table.hasFocus()


def test_a_new_meeting_is_of_today_and_its_day_is_mended_in_its_field(window, page, study):
    held = hold(window, page)
    assert page.form.day.hasFocus()
    assert minutes(study, held).held_on == TODAY
    page.form.day.setDate(QDate(2026, 3, 1))
    assert minutes(study, held).held_on == date(2026, 3, 1)
    assert page.model.value_at(0, "held") == date(2026, 3, 1)


def test_a_day_that_cannot_be_meant_is_said_and_the_stored_one_shown_again(window, page, study):
    held = hold(window, page)
    page.form.day.setDate(QDate(1826, 3, 1))
    assert "Check the year" in page.foot.notice.text()
    assert minutes(study, held).held_on == TODAY
    assert page.form.day.date() == QDate(TODAY.year, TODAY.month, TODAY.day)


def test_who_was_there_is_ticked_with_the_keyboard(window, page, study):
    held = hold(window, page)
    page.form.attendance.boxes[study.people["R2"]].setFocus()
    window.press(Key.Key_Space)
    assert list(minutes(study, held).attended.values()) == ["R2"]
    window.press(Key.Key_Space)
    assert minutes(study, held).attended == {}


def test_lines_of_the_list_are_taken_in_settled_and_put_back(window, page, study):
    held = hold(window, page)
    assert page.form.talked.take_up.text() == "From the list: 2…"
    page.form.talked.take_up.click()
    asked = dialog(window, page, TakeUpDialog)
    list(asked.boxes.values())[1].setChecked(False)
    asked.accept()
    assert lines(page.form.talked) == ["QZX7-5417 · 1. Warm regard · ○ open\nwhere does it begin? (S1)"]
    page.form.talked.settled.click()
    assert "✔ settled" in lines(page.form.talked)[0]
    assert not page.form.talked.settled.isEnabled()
    assert [each.note for each in study.ask(discuss.listing)] == ["silences"]
    page.form.talked.out.click()
    assert lines(page.form.talked) == []
    assert len(study.ask(discuss.listing)) == 2
    assert minutes(study, held).topics == ()


def test_a_session_is_added_by_its_name_and_taken_out(window, page, study, long_recording):
    held = hold(window, page)
    page.form.talked.session.click()
    asked = dialog(window, page, AskDialog)
    asked.box.setCurrentText("QZX7-5417")
    asked.accept()
    assert lines(page.form.talked) == ["QZX7-5417"]
    assert list(minutes(study, held).sessions.values()) == ["QZX7-5417"]
    page.form.talked.out.click()
    assert minutes(study, held).sessions == {}


def test_going_to_a_session_opens_both_ratings_side_by_side(window, page, study):
    hold(window, page)
    page.form.talked.take_up.click()
    dialog(window, page, TakeUpDialog).accept()
    page.form.talked.list.setFocus()
    window.press(Key.Key_Return)
    shown = window.window.pages.currentWidget()
    assert isinstance(shown, ConsensusPage)
    assert shown.pages.currentWidget() is shown.view
    assert shown.view.form.current[0] == "warm_regard"
    assert window.window.places.tabs.tabText(window.window.places.tabs.currentIndex()) == "Consensus"


def test_going_to_a_session_one_coder_rated_says_why_there_is_nothing(window, page, study, recording):
    other = add_session(study, recording, number=12)
    held = hold(window, page)
    study.do(meetings.set_sessions, held, [other])
    page.open()
    page.form.talked.go.click()
    shown = window.window.pages.currentWidget()
    assert isinstance(shown, ConsensusPage)
    assert "two coders" in shown.list.foot.notice.text()


def test_notes_are_stored_after_a_pause_and_typing_goes_on(window, page, study):
    held = hold(window, page)
    page.form.notes.setFocus()
    window.write("We listened")
    window.wait(lambda: minutes(study, held).notes == "We listened")
    window.write(" twice")
    page.form.attendance.boxes[study.people["R2"]].setChecked(True)
    assert page.form.notes.toPlainText() == "We listened twice"
    window.wait(lambda: minutes(study, held).notes == "We listened twice")
    assert page.foot.saved.text().startswith("✔ saved")


def test_notes_are_stored_when_another_meeting_is_chosen_and_when_the_page_is_left(window, page, study):
    first = hold(window, page)
    page.form.notes.setPlainText("of the first")
    second = hold(window, page)
    assert minutes(study, first).notes == "of the first"
    assert page.form.notes.toPlainText() == ""
    page.form.notes.setPlainText("of the second")
    page.table.selectRow(1 - page.table.currentIndex().row())
    assert page.form.minutes.id == first
    assert page.form.notes.toPlainText() == "of the first"
    assert minutes(study, second).notes == "of the second"
    page.form.notes.setPlainText("of the first, again")
    window.window.go(places.QUEUE)
    assert minutes(study, first).notes == "of the first, again"


def test_notes_that_could_not_be_stored_stay_and_are_stored_later(window, page, study):
    held = hold(window, page)
    window.let_write(False)
    page.form.notes.setPlainText("not lost")
    assert not page.form.store_notes()
    assert page.form.notes.toPlainText() == "not lost"
    assert page.foot.notice.text()
    window.let_write(True)
    assert page.form.store_notes()
    assert minutes(study, held).notes == "not lost"


def test_an_empty_meeting_is_discarded_and_one_with_something_cannot_be(window, page, study):
    hold(window, page)
    page.form.discard.click()
    assert study.ask(meeting_list, TODAY).rows == []
    assert page.empty.isVisible()
    hold(window, page)
    page.form.attendance.boxes[study.people["R2"]].setChecked(True)
    assert not page.form.discard.isVisible()


def test_a_decision_is_made_through_its_dialog_and_withdrawn(window, page, study):
    held = hold(window, page)
    page.form.decided.decide.click()
    asked = dialog(window, page, DecideDialog)
    asked.accept()
    assert asked.complaint.text() == "Write down what was decided."
    asked.scale.setCurrentIndex(asked.scale.findData("warm_regard"))
    asked.dimension.setCurrentIndex(asked.dimension.findData("competence"))
    asked.since.setDate(QDate(2026, 3, 3))
    assert "past" in asked.remark.text()
    asked.text.setPlainText("Warmth shows in the voice.")
    asked.accept()
    (found,) = minutes(study, held).decisions
    assert (found.scale, found.dimension, found.since) == ("warm_regard", "competence", date(2026, 3, 3))
    assert lines(page.form.decided) == [
        "Since 3 March 2026 · 1. Warm regard · Competence\nWarmth shows in the voice."
    ]
    page.form.decided.withdraw.click()
    dialog(window, page, AskDialog).accept()
    assert "withdrawn" in lines(page.form.decided)[0]
    assert not page.form.decided.withdraw.isEnabled()
    page.tabs.setCurrentIndex(1)
    assert page.decisions.view.model.value_at(0, "state") == "withdrawn"
    assert not page.decisions.withdraw.isEnabled()


def test_a_decision_outside_any_meeting_is_made_on_the_second_tab(window, page, study):
    page.table.setFocus()
    window.press(Key.Key_PageDown, mod=CTRL)
    assert page.decisions.view.table.hasFocus()
    page.decisions.decide.click()
    asked = dialog(window, page, DecideDialog)
    asked.text.setPlainText("Hear it whole.")
    asked.accept()
    (found,) = study.ask(decisions)
    assert (found.scale, found.met_on) == (None, None)
    assert page.decisions.view.model.value_at(0, "decision") == "Hear it whole."
    page.decisions.withdraw.click()
    dialog(window, page, AskDialog).accept()
    assert study.ask(decisions)[0].withdrawn_on == TODAY


def test_what_a_meeting_decided_stands_in_a_coders_manual_for_new_ratings_alone(window, page, study):
    """From the dialog of the page to the manual page of the coder who begins a rating afterwards."""
    older = study.assign("R1", Purpose.TRAINING)
    study.sign_in("R1")
    study.do(rate.begin, older)
    study.sql(
        "UPDATE rating SET begun_at = :at WHERE id = :id",
        at=f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M:%S.000000}",
        id=older,
    )
    study.sign_in("S1")
    hold(window, page)
    page.form.notes.setPlainText(SECRET)
    page.form.talked.take_up.click()
    dialog(window, page, TakeUpDialog).accept()
    page.form.decided.decide.click()
    asked = dialog(window, page, DecideDialog)
    asked.scale.setCurrentIndex(asked.scale.findData("warm_regard"))
    asked.text.setPlainText("Warmth shows in the voice.")
    asked.accept()
    window.window.start.signed_in.emit(study.people["R1"])
    window.open(older)
    window.press(Key.Key_F2)
    assert notes(window) == []
    window.page.leave()
    window.open(study.assign("R1", Purpose.CERTIFICATION))
    assert mark(window) is not None
    window.page.tabs.setCurrentWidget(window.page.manual)
    (words,) = notes(window)
    assert "Warmth shows in the voice." in words
    assert "(meeting of " in words
    assert given_away(everything(window), (SECRET, "where does it begin?", "silences")) == []


def test_nothing_of_a_meeting_stays_on_the_page_when_somebody_else_comes(window, page, study):
    hold(window, page)
    page.form.notes.setPlainText(SECRET)
    window.window.start.signed_in.emit(study.people["R1"])
    assert given_away(everything(window), (SECRET, "QZX7")) == []
    window.window.go(places.MEETINGS)
    assert "supervisor" in page.foot.notice.text()
    assert page.form.minutes is None
    assert given_away(everything(window), (SECRET, "QZX7")) == []


def test_every_control_is_met_by_tab(window, page, study):
    held = hold(window, page)
    study.do(meetings.decide, None, None, "Hear it whole.", TODAY, held)
    page.form.talked.take_up.click()
    dialog(window, page, TakeUpDialog).accept()
    page.open()
    page.table.setFocus()
    met = set()
    for _ in range(60):
        window.press(Key.Key_Tab)
        met.add(QApplication.focusWidget())
    form = page.form
    wanted = {
        form.day,
        *form.attendance.boxes.values(),
        form.talked.session,
        form.talked.list,
        form.talked.go,
        form.talked.settled,
        form.talked.out,
        form.decided.decide,
        form.decided.list,
        form.decided.withdraw,
        form.notes,
        page.table,
        page.tabs,
        page.report,
        page.foot.primary,
    }
    assert not {each.accessibleName() or each.text() for each in wanted - met}


def test_escape_leads_back(window, page):
    page.table.setFocus()
    window.press(Key.Key_Escape)
    assert window.window.pages.currentWidget() is window.window.queue


def test_with_very_large_letters_the_minutes_need_no_sideways_scrolling(study, settings, qtbot, qapp):
    double_coded(study)
    held = study.do(meetings.hold, TODAY)
    study.do(meetings.decide, "child_mind", "competence", "A long decision. " * 9, TODAY, held)
    theme.apply(qapp, "light", 2.0)
    main = MainWindow(Workbench(settings))
    qtbot.addWidget(main, before_close_func=lambda each: each.close())
    main.resize(1366, 768)
    main.show()
    main.show_project(study.project)
    main.start.signed_in.emit(study.people["S1"])
    main.go(places.MEETINGS)
    qtbot.wait(50)
    assert main.width() == 1366
    assert main.supervisor[places.MEETINGS].form.horizontalScrollBar().maximum() == 0
    theme.apply(qapp, "light")
