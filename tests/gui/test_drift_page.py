"""The drift page through its widgets: a flag read, explained, recalibrated and cleared."""

import shutil
import subprocess
from dataclasses import replace

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from mio_fidelity.analysis.drift_power import MEANING, POWER
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.drift_words import rule_in_words
from mio_fidelity.coding import desk, recalibration
from mio_fidelity.coding.own_calibration import coders_see_own
from mio_fidelity.gui import places, theme
from mio_fidelity.gui.drift_dialogs import CloseDialog, DrawDialog
from mio_fidelity.gui.drift_help import DriftHelp
from mio_fidelity.gui.drift_work import charted
from tests.gui.conftest import QUIET
from tests.gui.drift_reports import report
from tests.gui.drift_study import drifted, rate_as_masters
from tests.gui.front import press

pytestmark = QUIET
Key = Qt.Key


@pytest.fixture
def page(window, study):
    """The supervisor at the drift page of a study in which nothing has been compared."""
    window.window.start.signed_in.emit(study.people["S1"])
    return opened(window)


def opened(window):
    window.window.go(places.DRIFT)
    page = window.window.pages.currentWidget()
    settled(window, page)
    return page


def settled(window, page):
    window.wait(lambda: not page.stale and not page._pause.isActive(), 20_000)


@pytest.fixture
def moved(window, study):
    """The page of a study in which R4 has moved."""
    window.window.start.signed_in.emit(study.people["S1"])
    drifted(study)
    return opened(window)


@pytest.fixture
def drawn(page):
    """The page with charts made by hand."""
    page.show_charts(charted(report()))
    return page


def card(page, title):
    return next(each for each in page.grid.cards if each.card.title == title)


def poppler(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dialog(page, kind):
    found = page.findChildren(kind)
    assert len(found) == 1
    return found[0]


def test_an_empty_study_says_what_the_page_is_for_and_what_comes_first(page):
    assert page.body.currentWidget() is page.empty_page
    assert "First step" in page.empty_step.text()
    assert not page.report.isEnabled()


def test_a_flag_is_raised_explained_recalibrated_and_cleared(window, study, moved):
    page = moved
    r4 = card(page, "R4")
    assert r4.card.words.startswith("drifting")
    assert all(not card(page, code).card.words.startswith("drifting") for code in ("R1", "R2", "R3"))
    words = page.flags.words.text()
    assert "R4 rates mentalization-based scales (fidelity)" in words
    assert "lower than partners since" in words
    assert page.flags.step.text() == "draw 3 master sessions for R4…"

    page.flags.step.click()
    asked = dialog(page, DrawDialog)
    asked.number.setValue(2)
    asked.accept()
    settled(window, page)
    assert "Master sessions that R4 has to rate: 2." in page.notice.text()
    assert page.flags.state.text() == "recalibration: 0 of 2 rated"
    assert page.flags.step.isHidden()

    study.sign_in("R4")
    waiting = [row for row in study.ask(desk.queue) if row.submitted_at is None]
    assert len(waiting) == 2
    rate_as_masters(study, "R4")
    window.window._bench.changed.emit(frozenset({"rating"}))
    settled(window, page)
    assert page.flags.state.text() == "recalibration: 2 of 2 rated"
    page.say("")
    page.flags.step.click()
    closing = dialog(page, CloseDialog)
    closing.accept()
    assert closing.outcome.text().startswith("Over: 100%")
    closing.accept()
    settled(window, page)
    assert study.ask(recalibration.recalibrations)[0].outcome.passed
    assert "R4 rates" not in page.flags.words.text()
    assert not card(page, "R4").card.words.startswith("drifting")
    page.grid.opened.emit(study.people["R4"])
    assert "Over: 100%" in page.detail.context.toPlainText()


def test_a_refusal_to_draw_is_said_in_the_dialog(window, study):
    window.window.start.signed_in.emit(study.people["S1"])
    drifted(study, masters=0)
    page = opened(window)
    page.flags.step.click()
    asked = dialog(page, DrawDialog)
    asked.accept()
    assert "no master sessions" in asked.complaint.text()
    assert asked.isVisible()


def test_a_day_they_are_due_on_is_given_only_when_it_is_wanted(qtbot):
    for wanted in (False, True):
        asked = DrawDialog("R4", "")
        qtbot.addWidget(asked)
        assert asked.due.isChecked()
        asked.due.setChecked(wanted)
        assert asked.day.isEnabled() is wanted
        with qtbot.waitSignal(asked.asked) as heard:
            asked.accept()
        assert heard.args[1] == (asked.day.date().toPython() if wanted else None)


def test_enter_leads_from_a_card_to_both_ratings_and_keys_lead_back(window, study, moved):
    page = moved
    r4 = card(page, "R4")
    r4.setFocus()
    press(Key.Key_Return)
    assert page.body.currentWidget() is page.detail
    page.detail.tables.setCurrentIndex(1)
    page.detail.apart.table.setFocus()
    press(Key.Key_Return)
    assert page.pages.currentWidget() is page.pair
    found = page._found.report.coder("R4").disagreements[0]
    assert page.pair.header.title.text() == found.session
    press(Key.Key_Left, mod=Qt.KeyboardModifier.AltModifier)
    assert page.pages.currentWidget() is page.front
    assert QApplication.focusWidget() is page.detail.apart.table
    press(Key.Key_Escape)
    assert page.body.currentWidget() is page.cards_page
    assert QApplication.focusWidget() is r4
    press(Key.Key_Escape)
    assert window.window.pages.currentWidget() is window.window.queue


def test_arrows_go_from_card_to_card(drawn):
    first = drawn.grid.cards[0]
    first.setFocus()
    press(Key.Key_Right)
    assert QApplication.focusWidget() is drawn.grid.cards[1]
    press(Key.Key_Down, Key.Key_Left)
    assert QApplication.focusWidget() is drawn.grid.cards[2]
    press(Key.Key_Up)
    assert QApplication.focusWidget() is first


def test_a_card_is_heard_and_copied_in_words(drawn):
    r4 = card(drawn, "R4")
    assert r4.accessibleName().startswith("R4: drifting")
    r4.setFocus()
    QTest.keyClick(r4, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Mentalization-based: in control" in QApplication.clipboard().text()
    assert r4.accessibleDescription() == QApplication.clipboard().text()


def test_two_coders_fill_the_page_and_forty_scroll(page, qtbot):
    page.show_charts(charted(report(coders=2)))
    qtbot.waitUntil(lambda: page.grid.verticalScrollBar().maximum() == 0)
    page.show_charts(charted(report(coders=40)))
    qtbot.waitUntil(lambda: page.grid.verticalScrollBar().maximum() > 0)
    assert [each.card.title for each in page.grid.cards][:3] == ["R1", "R2", "R3"]
    assert len(page.grid.cards) == 41
    page.grid.cards[-1].setFocus()
    page.grid.focus_card("")
    assert page.grid.verticalScrollBar().value() > 0


def test_controls_change_what_is_drawn_without_computing(drawn):
    found = drawn._found
    box = drawn.controls.dimension
    box.setCurrentIndex(box.findText("competence"))
    box.activated.emit(box.currentIndex())
    assert "drifting elsewhere: fidelity" in card(drawn, "R4").card.words
    kind = drawn.controls.kind
    kind.setCurrentIndex(1)
    kind.activated.emit(1)
    assert len(card(drawn, "R1").card.lines[0].arms) == 2
    assert drawn._found is found
    assert not drawn.stale


def test_by_scale_is_computed_anew_and_old_cards_are_greyed_meanwhile(window, study, moved):
    by = moved.controls.by
    by.setCurrentIndex(1)
    by.activated.emit(1)
    assert moved.stale
    assert not moved.grid.cards[0].isEnabled()
    assert not moved.report.isEnabled()
    settled(window, moved)
    assert moved.grid.cards[0].isEnabled()
    assert len(moved._found.report.topics) == 10


def test_several_notices_are_told_one_at_a_time(drawn):
    found = report()
    other = replace(found.coders[3], coder="R1", person_id="id-R1")
    drawn.show_charts(charted(replace(found, coders=(other, *found.coders[1:]))))
    assert drawn.flags.place.text() == "1 of 2"
    assert drawn.flags.notice.code == "R1"
    drawn.flags.after.click()
    assert drawn.flags.notice.code == "R4"
    drawn.grid.opened.emit("id-R1")
    assert drawn.flags.notice.code == "R1"


def test_nobody_flagged_is_said_too(drawn):
    drawn.show_charts(charted(report(drifting="")))
    assert drawn.flags.words.text() == "✔ No chart is flagged."
    assert drawn.flags.step.isHidden()


def test_a_coder_who_is_not_flagged_can_be_given_master_sessions_too(drawn):
    drawn.grid.opened.emit("id-R2")
    drawn.detail.draw.click()
    asked = dialog(drawn, DrawDialog)
    assert any("in the list of R2" in each.text() for each in asked.findChildren(QLabel))


def test_the_table_of_a_coder_has_a_row_for_each_chart_and_can_be_exported(
    drawn, tmp_path, monkeypatch, window
):
    drawn.grid.opened.emit("id-R4")
    model = drawn.detail.series.model
    assert model.rowCount() == 12
    target = tmp_path / "charts.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    drawn.detail._write(excel=True)
    window.wait(lambda: "written" in drawn.notice.text(), 20_000)
    rows = list(openpyxl.load_workbook(target).worksheets[0].iter_rows(values_only=True))
    assert sum("drifting" in row for row in rows) == 1


def test_what_is_behind_a_card_says_which_line_is_which_too(drawn):
    drawn.grid.opened.emit("id-R4")
    assert drawn.detail.legend.isVisible()
    assert drawn.detail.legend.accessibleName() == drawn.legend.accessibleName()
    assert "3: Mentalization-based" in drawn.detail.legend.accessibleName()


def test_the_group_has_its_own_detail_without_disagreements(drawn):
    drawn.grid.opened.emit("")
    assert drawn.detail.series.model.rowCount() == 6
    assert not drawn.detail.tables.isTabEnabled(1)
    assert drawn.detail.draw.isHidden()


def test_the_report_is_written_as_pdf_with_a_picture_of_each_chart(drawn, tmp_path, monkeypatch, window):
    target = tmp_path / "report.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    drawn.report.click()
    window.wait(lambda: "The file is written" in drawn.notice.text(), 30_000)
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed")
    listed = [line.split() for line in poppler("pdfimages", "-list", target).splitlines()[2:]]
    assert len({line[10] for line in listed}) == 5
    words = " ".join(poppler("pdftotext", target, "-").split())
    for each in ("Recalibration report", "A study of tests", "R4 has left its control limits", "None so far"):
        assert each in words


def test_the_report_as_a_workbook_has_flags_charts_and_recalibrations(drawn, tmp_path, monkeypatch, window):
    target = tmp_path / "report.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    drawn.report.click()
    window.wait(lambda: "The file is written" in drawn.notice.text(), 30_000)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[:3] == ["Flags", "Control charts", "Recalibrations"]
    assert any("R4" in row for row in book["Flags"].iter_rows(values_only=True))


def test_help_says_what_the_charts_are_with_their_parameters(drawn):
    drawn.what.click()
    words = dialog(drawn, DriftHelp).text.toPlainText()
    for each in ("EWMA", "0.2", "CUSUM", "0.5", "certification", "Roberts (1959)", "Page (1954)"):
        assert each in words
    assert all(rule in words for rule in rule_in_words(DriftOptions()))


def test_help_says_how_sure_a_flag_is_for_each_shift_and_number_of_sessions(drawn):
    drawn.what.click()
    words = dialog(drawn, DriftHelp).text.toPlainText()
    for line in POWER:
        found = "" if line.detected is None else f"{round(100 * line.detected)}%"
        assert f"{line.sessions}\n{line.shift:g}\n{line.false_alarms:.2f}\n{found}" in words
    assert str(MEANING) in words


def test_with_large_letters_help_fits_the_screen_and_a_coder_can_be_scrolled(window, study, qtbot, qapp):
    theme.apply(qapp, "light", 2.0)
    try:
        window.window.resize(1366, 768)
        window.window.start.signed_in.emit(study.people["S1"])
        page = opened(window)
        page.show_charts(charted(report()))
        page.grid.opened.emit(page.grid.cards[0].card.key)
        detail = page.detail
        qtbot.waitUntil(lambda: detail.scrolled.verticalScrollBar().maximum() > 0)
        assert detail.card.height() >= theme.scaled(190)
        page.what.click()
        helped, room = dialog(page, DriftHelp), page.screen().availableSize()
        assert helped.height() < room.height()
        assert helped.width() < room.width()
    finally:
        theme.apply(qapp, "light", 1.0)


def test_controls_stand_below_the_title_where_there_is_no_room_beside_it(drawn, qtbot):
    box = drawn.controls.span
    assert drawn.controls.parent() is drawn.header
    assert drawn.strip.isHidden()
    for at, place in ((box.count() - 1, drawn.strip), (1, drawn.header)):
        box.setCurrentIndex(at)
        box.activated.emit(at)
        qtbot.waitUntil(lambda place=place: drawn.controls.parent() is place)
        assert drawn.strip.isVisible() is (place is drawn.strip)


def test_the_supervisor_lets_coders_see_their_own_calibration(window, study, drawn):
    drawn.own.trigger()
    assert study.ask(coders_see_own)
    assert "My calibration" in drawn.notice.text()
    drawn.own.trigger()
    assert not study.ask(coders_see_own)


def test_what_was_shown_does_not_stay_for_whoever_is_next(window, study, drawn):
    window.window.go(places.QUEUE)
    assert drawn.grid.cards == []
    assert drawn._found is None
    assert drawn.detail.series.model.rowCount() == 0


def test_with_very_large_letters_the_boxes_stand_in_two_rows_and_every_word_can_be_read(window, moved):
    page = moved
    window.window.resize(1366, 768)
    window.wait(lambda: page.width() >= 1300, timeout=20_000)
    boxes = [page.controls.reference, page.controls.kind, page.controls.span, page.controls.dimension]
    assert len({box.mapTo(page, box.rect().topLeft()).y() for box in boxes}) == 1
    app = QApplication.instance()
    theme.apply(app, "light", 2.0)
    try:
        page.place_controls()
        window.wait(lambda: len({box.mapTo(page, box.rect().topLeft()).y() for box in boxes}) == 2, 20_000)
        assert all(box.width() >= box.sizeHint().width() for box in boxes)
    finally:
        theme.apply(app, "light", 1.0)
    page.place_controls()
    window.wait(lambda: len({box.mapTo(page, box.rect().topLeft()).y() for box in boxes}) == 1, 20_000)
