"""Frozen figures through the widgets: kept, shown again as they were, compared, exported."""

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from mio_fidelity.analysis.findings import compute
from mio_fidelity.analysis.frozen import freeze, frozen_list
from mio_fidelity.analysis.study import score_table
from mio_fidelity.gui.frozen_dialog import FrozenDialog
from tests.gui.front import QUIET, button, press
from tests.gui.test_reliability_page import Lab, settled, texts

pytestmark = QUIET
Key = Qt.Key


@pytest.fixture
def lab(window, tmp_path):
    return Lab(window, tmp_path)


@pytest.fixture
def page(lab, qtbot):
    return lab.coded(qtbot)


def opened(page):
    """The dialog, as its button opens it."""
    button(page.header, "Frozen").click()
    return next(each for each in page.findChildren(FrozenDialog) if each.isVisible())


def write(dialog, name):
    """Type the name for what is shown."""
    QTest.keyClicks(dialog.name, name)


def keep(page, name):
    """Freeze what is shown."""
    dialog = opened(page)
    write(dialog, name)
    dialog.freeze.click()
    return dialog


def one_more(lab, page, qtbot):
    """A fourth session changes the live figures."""
    lab.double_code(6, 1)
    page._bench.changed.emit(frozenset({"rating", "score"}))
    qtbot.waitUntil(lambda: texts(page, "Warm regard")["n"] == "4", timeout=20000)


def show_first(page, qtbot):
    """Show the newest of the list."""
    dialog = opened(page)
    dialog.show_it.click()
    qtbot.waitUntil(page.live.isVisible)
    settled(page, qtbot)


def pills(page):
    return [pill.text() for pill in page.header._pills]


def test_what_is_shown_is_kept_with_its_scores_and_listed(lab, page):
    dialog = opened(page)
    assert dialog.empty.isVisible()
    assert not dialog.freeze.isEnabled()
    write(dialog, "Paper 1, table 2")
    QTest.keyClick(dialog.name, Key.Key_Return)
    (line,) = lab.study.ask(frozen_list)
    assert (line.label, line.person_code, line.n_sessions) == ("Paper 1, table 2", "S1", 3)
    item = dialog.list.topLevelItem(0)
    assert [item.text(at) for at in (0, 2, 3, 4)] == ["Paper 1, table 2", "S1", "3", "two-way"]
    assert dialog.isVisible()
    assert dialog.name.text() == ""
    dialog.reject()


def test_frozen_figures_are_shown_as_they_were_and_escape_leads_back(lab, page, qtbot):
    then, remarks = texts(page, "Warm regard"), page.remarks.toPlainText()
    keep(page, "Paper 1").reject()
    one_more(lab, page, qtbot)
    now = texts(page, "Warm regard")
    show_first(page, qtbot)
    assert texts(page, "Warm regard") == then != now
    assert page.remarks.toPlainText().splitlines()[1:] == remarks.splitlines()[1:]
    assert "Chosen for these frozen figures: Purpose: reliability." in page.remarks.toPlainText()
    assert pills(page)[0].startswith("frozen ")
    assert pills(page)[0].endswith("· Paper 1")
    assert "purpose: reliability" in pills(page)
    assert not page.filter_button.isEnabled()
    assert "frozen" in page.foot.saved.text()
    press(Key.Key_F5)
    assert texts(page, "Warm regard") == then
    page.sheet.setFocus()
    press(Key.Key_Escape)
    qtbot.waitUntil(lambda: texts(page, "Warm regard") == now, timeout=20000)
    settled(page, qtbot)
    assert page.filter_button.isEnabled()
    assert not page.live.isVisible()
    assert not any("frozen" in pill for pill in pills(page))


def test_the_button_leads_back_to_the_live_figures(page, qtbot):
    keep(page, "Paper 1").reject()
    show_first(page, qtbot)
    dialog = opened(page)
    assert not dialog.name.isEnabled()
    assert not dialog.show_it.isEnabled()
    dialog.reject()
    button(page.header, "live figures").click()
    qtbot.waitUntil(lambda: not any("frozen" in pill for pill in pills(page)), timeout=20000)
    settled(page, qtbot)
    assert page.export.isEnabled()


def test_new_ratings_leave_frozen_figures_alone(lab, page, qtbot):
    keep(page, "Paper 1").reject()
    show_first(page, qtbot)
    lab.double_code(7, 1)
    page._bench.changed.emit(frozenset({"rating", "score"}))
    qtbot.wait(400)
    assert texts(page, "Warm regard")["n"] == "3"
    dialog = opened(page)
    assert not dialog.compare.isEnabled()
    dialog.reject()
    page.live.click()
    qtbot.waitUntil(lambda: texts(page, "Warm regard")["n"] == "4", timeout=20000)


def test_then_is_compared_with_now(lab, page, qtbot):
    dialog = keep(page, "Paper 1")
    dialog.compare.click()
    assert dialog.said.toPlainText() == (
        "The scores are the same.\nAll figures are the same to the last digit."
    )
    dialog.reject()
    one_more(lab, page, qtbot)
    dialog = opened(page)
    dialog.compare.click()
    said = dialog.said.toPlainText()
    assert "3 sessions with 6 ratings by 2 coders then, 4 with 8 by 2 now" in said
    assert "Warm regard" in said
    dialog.reject()


def test_frozen_figures_are_exported_as_they_were(lab, page, qtbot, tmp_path, monkeypatch):
    keep(page, "Paper 1").reject()
    one_more(lab, page, qtbot)
    show_first(page, qtbot)
    place = tmp_path / "frozen.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    page.export.click()
    qtbot.waitUntil(lambda: "written" in page.foot.notice.text(), timeout=30000)
    book = openpyxl.load_workbook(place, read_only=True)
    said = " ".join(str(cell) for row in book["Table 1"].values for cell in row if cell)
    book.close()
    assert "3 sessions, 3 of them" in said


def test_figures_kept_without_scores_say_so(lab, page):
    lab.study.do(freeze, compute(lab.study.ask(score_table)), "no scores")
    opened(page).show_it.click()
    assert "without their scores" in page.foot.notice.text()
    assert not page.live.isVisible()


def test_leaving_the_page_lets_go_of_frozen_figures(page, qtbot):
    keep(page, "Paper 1").reject()
    show_first(page, qtbot)
    page.left.emit()
    assert page.sheet.figures.rowCount() == 0
    assert page.filter_button.isEnabled()


def test_the_filter_of_frozen_figures_is_said(page, qtbot):
    page.filter_button.click()
    page.filter.coders.list.item(0).setCheckState(Qt.CheckState.Checked)
    page.filter.last.setValue(9000)
    qtbot.waitUntil(lambda: page._live is not None and "coders" in page._live.findings.filter_words)
    keep(page, "R1 only").reject()
    page.filter.clear()
    qtbot.waitUntil(lambda: page._live is not None and "coders" not in page._live.findings.filter_words)
    show_first(page, qtbot)
    assert not page.filter.isVisible()
    assert "Coders: R1; Last session number: 9000." in page.remarks.toPlainText()
