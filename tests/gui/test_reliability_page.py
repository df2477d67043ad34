"""The reliability page through its widgets: what a supervisor reads, asks, copies and exports."""

import wave
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from mio_fidelity.analysis import study as studies
from mio_fidelity.analysis.findings import Row, compute
from mio_fidelity.analysis.table import STATES
from mio_fidelity.answer import State, rated
from mio_fidelity.coding import assign, desk, rate
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.apart_list import ApartList
from mio_fidelity.gui.reliability_page import ReliabilityPage
from mio_fidelity.gui.sheet import CELL
from mio_fidelity.gui.what_is_this import WhatIsThis, topic
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Purpose
from tests.gui.conftest import add_session
from tests.gui.front import QUIET, button, press
from tests.gui.reliability_tables import score_table, table_of

pytestmark = QUIET
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NOT_APPLICABLE = STATES.index(State.NOT_APPLICABLE)


@pytest.fixture(scope="module")
def table():
    return score_table(left_out=(("S-1", "R01", "not submitted yet"),))


@pytest.fixture
def page(settings, qtbot, qapp):
    theme.apply(qapp, "light")
    made = ReliabilityPage(Workbench(settings))
    qtbot.addWidget(made, before_close_func=lambda each: each.stop_work())
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def shown(page, table, qtbot):
    """Wait until the page shows the figures of ``table``."""
    page.show_table(table)
    settled(page, qtbot)


def settled(page, qtbot):
    qtbot.waitUntil(lambda: not page.sheet.figures.stale and page.sheet.figures.rowCount() > 0, timeout=20000)


def lines(page):
    return [line for line in page.sheet.figures.sheet.lines if line.subject is not None]


def texts(page, title):
    """Column title to text of the line that begins with ``title``."""
    line = next(line for line in lines(page) if title in line.cells[0].text)
    columns = page.sheet.figures.sheet.columns
    return {column.title: cell.text for column, cell in zip(columns, line.cells, strict=True)}


def go_to(page, title, column):
    """Put the keyboard on a number."""
    model = page.sheet.figures
    row = next(at for at in range(model.rowCount()) if title in str(model.index(at, 0).data()))
    at = [each.title for each in model.sheet.columns].index(column)
    page.sheet.setCurrentIndex(model.index(row, at))
    page.sheet.setFocus()


def choose(box, key):
    """Choose from a box as the mouse does."""
    at = box.findData(key)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def turn_to(page, words):
    page.tabs.setCurrentIndex([page.tabs.tabText(at) for at in range(page.tabs.count())].index(words))


def test_each_scale_shows_its_figures(page, table, qtbot):
    shown(page, table, qtbot)
    found = compute(table).row("scale", "warm_regard", "fidelity")
    assert texts(page, "Warm regard") == {
        "Scale": "1. Warm regard",
        "n": "48",
        "M": f"{found.moments.mean:.1f}",
        "SD": f"{found.moments.sd:.1f}",
        "ICC": f"{found.icc.value:.2f}".lstrip("0"),
        "95% CI": f"[{found.icc.low:.2f}, {found.icc.high:.2f}]".replace("0.", "."),
        "α ord.": f"{found.alpha.value:.2f}".lstrip("0"),
        "AC2": f"{found.ac2.value:.2f}".lstrip("0"),
        "exact": f"{100 * found.exact.value:.0f}%",
        "±1": f"{100 * found.within_1.value:.0f}%",
        "band": "excellent" if found.icc.value >= 0.75 else "good",
    }
    assert len(lines(page)) == 10
    assert "range restricted" in page.remarks.toPlainText()
    assert "1 not submitted yet" in page.remarks.toPlainText()
    assert "coders rotate" in page.form.text()


def test_every_tab_has_lines_and_coders_stand_in_the_order_of_their_codes(page, table, qtbot):
    shown(page, table, qtbot)
    for words, n in (("Competence", 10), ("Domains", 6), ("Internal consistency", 6), ("Who rates how", 8)):
        turn_to(page, words)
        assert len(lines(page)) == n, words
    assert [line.cells[0].text for line in lines(page)] == ["R01", "R02", "R03", "R04"] * 2


def test_koo_and_li_judge_the_interval_and_nothing_is_computed_again(page, table, qtbot):
    shown(page, table, qtbot)
    before = page.foot.saved.text()
    assert not page.filter.isVisible()
    press(Key.Key_F, mod=CTRL)
    assert page.filter.isVisible()
    choose(page.filter.scheme, "koo_li")
    row = compute(table).row("scale", "warm_regard", "fidelity")
    words = ("poor", "moderate", "good", "excellent")
    ends = [words[sum(end >= cut for cut in (0.5, 0.75, 0.9))] for end in (row.icc.low, row.icc.high)]
    assert texts(page, "Warm regard")["band"] == ("–".join(ends) if ends[0] != ends[1] else ends[0])
    assert "Koo & Li" in page.remarks.toPlainText()
    assert page.foot.saved.text() == before


def test_what_cannot_be_computed_says_why_in_the_cell_and_in_the_detail(page, qtbot):
    values = np.where(np.isnan(score_table(12, 3).values), np.nan, 1.0)
    shown(page, table_of(values), qtbot)
    found = texts(page, "Warm regard")
    assert (found["ICC"], found["α ord."], found["band"]) == ("—", "—", "—")
    assert (found["AC2"], found["exact"]) == ("1.00", "100%")
    go_to(page, "Warm regard", "ICC")
    assert "All scores are equal" in page.sheet.currentIndex().data(Qt.ItemDataRole.ToolTipRole)
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: "All scores are equal" in page.detail.headline.text())
    assert "All scores are equal" in page.detail.curve_words.text()


def test_few_sessions_and_coders_are_remarked_on(page, qtbot):
    shown(page, score_table(6, 2), qtbot)
    said = page.remarks.toPlainText()
    assert "Double-coded sessions: 6; with fewer than 30" in said
    assert "Fewer than three coders" in said


def test_groups_that_share_no_session_are_listed(page, qtbot):
    shown(page, score_table(24, 4, groups=2), qtbot)
    assert "R01, R03; R02, R04" in page.remarks.toPlainText()
    assert page.form.text().startswith("ICC(1) one-way")


def test_one_coder_only_leaves_dashes_and_reasons(page, qtbot):
    values = score_table(10, 2).values
    values[:, :, 1] = np.nan
    shown(page, table_of(values), qtbot)
    assert texts(page, "Warm regard")["ICC"] == "—"
    go_to(page, "Warm regard", "ICC")
    assert "two" in page.sheet.currentIndex().data(Qt.ItemDataRole.ToolTipRole)


def test_enter_opens_what_stands_behind_a_scale_and_escape_closes_it(page, table, qtbot):
    shown(page, table, qtbot)
    go_to(page, "Advice and coaching", "ICC")
    press(Key.Key_Return)
    assert page.side.currentWidget() is page.detail
    qtbot.waitUntil(lambda: page.detail.title.text() == "5. Advice and coaching · Fidelity")
    assert "pairs of scores: 48" in page.detail.difference_words.text()
    assert page.detail.pair.count() == 7
    page.detail.pair.setCurrentIndex(1)
    page.detail.pair.activated.emit(1)
    assert "pairs of scores: 8" in page.detail.difference_words.text()
    copied = page.detail.table.as_text().splitlines()
    assert copied[0].startswith("R01 \\ R02")
    assert sum(int(n) for line in copied[1:] for n in line.split("\t")[1:]) == 8
    assert "reaches .80" in page.detail.curve_words.text()
    assert page.detail.apart.model().rowCount() > 0
    press(Key.Key_Down)
    qtbot.waitUntil(lambda: page.detail.title.text() == "6. Topic-led structure · Fidelity")
    press(Key.Key_Escape)
    assert page.side.currentWidget() is page.overview


def test_a_click_on_a_line_opens_its_detail(page, table, qtbot):
    shown(page, table, qtbot)
    rect = page.sheet.visualRect(page.sheet.figures.index(2, 3))
    QTest.mouseClick(page.sheet.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: page.detail.title.text() == "2. Empathic listening · Fidelity")


def test_a_large_disagreement_leads_to_its_scale(page, table, qtbot):
    shown(page, table, qtbot)
    listed = page.overview.apart
    first = listed.apart.at(0)
    listed.setCurrentIndex(listed.model().index(0, 0))
    listed.setFocus()
    press(Key.Key_Return)
    title = table.columns[first.at].title
    qtbot.waitUntil(lambda: title in page.detail.title.text() and page.detail.area.isEnabled())


def test_a_pair_says_its_numbers_and_the_matrix_can_be_copied(page, table, qtbot):
    shown(page, table, qtbot)
    matrix = page.overview.matrix
    matrix.view.setCurrentIndex(matrix.model.index(1, 3))
    pair = next(
        pair
        for pair in compute(table).pairs
        if (pair.first, pair.second, pair.dimension) == ("R02", "R04", "fidelity")
    )
    assert f"R02 and R04: ICC {figures.coefficient(pair.icc)}" in matrix.sentence.text()
    assert "sessions: 8, pairs of scores: 80" in matrix.sentence.text()
    matrix.view.setFocus()
    press(Key.Key_C, mod=CTRL)
    assert QApplication.clipboard().text().splitlines()[0].split("\t") == ["", "R01", "R02", "R03", "R04"]


@pytest.mark.parametrize("key", [Key.Key_Question, Key.Key_F1])
def test_any_number_can_be_asked_what_it_is(page, table, qtbot, key):
    shown(page, table, qtbot)
    go_to(page, "Warm regard", "ICC")
    press(key)
    dialog = page.findChild(WhatIsThis)
    said = dialog.text.toPlainText()
    for words in ("ICC(2,1)", "s / (s + r + e)", "codings: 48 of 48;", "ten Hove", "coders rotate", "logit"):
        assert words in said
    dialog.reject()


def test_every_number_on_every_tab_has_an_answer(page, table, qtbot):
    shown(page, table, qtbot)
    asked = set()
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        asked |= {cell.topic for line in lines(page) for cell in line.cells if cell.topic}
    assert {"icc_a1", "alpha_ordinal", "alpha_interval", "ac2", "omega", "severity", "difference"} <= asked
    for key in asked | {"icc_1", "dependability", "pair"}:
        assert topic(key).title
        assert topic(key).meaning


def test_the_table_is_copied_as_text(page, table, qtbot):
    shown(page, table, qtbot)
    go_to(page, "Warm regard", "n")
    press(Key.Key_C, mod=CTRL)
    copied = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert copied[0][:2] == ["Scale", "n"]
    assert list(texts(page, "Warm regard").values()) in copied


def test_numbers_are_read_out_with_the_name_of_their_column(page, table, qtbot):
    shown(page, table, qtbot)
    go_to(page, "Warm regard", "α ord.")
    said = page.sheet.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Krippendorff's alpha: .")
    assert page.sheet.accessibleName()


def test_old_values_are_greyed_until_the_new_ones_are_there_and_only_the_last_count(page, table, qtbot):
    shown(page, table, qtbot)
    before = texts(page, "Warm regard")
    page.show_table(score_table(40, 4, seed=5))
    assert page.sheet.figures.stale
    assert not page.export.isEnabled()
    assert texts(page, "Warm regard") == before
    page.show_table(score_table(30, 3, seed=6))
    settled(page, qtbot)
    assert texts(page, "Warm regard")["n"] == "30"
    qtbot.wait(300)
    assert texts(page, "Warm regard")["n"] == "30"


def test_long_work_shows_progress_and_can_be_stopped(page, table, qtbot):
    shown(page, table, qtbot)
    page.show_table(score_table(4000, 10))
    qtbot.waitUntil(page.wait.isVisible, timeout=5000)
    page.wait.cancel.click()
    qtbot.waitUntil(lambda: "Stopped" in page.foot.notice.text(), timeout=20000)
    assert not page.wait.isVisible()
    assert page.sheet.figures.stale
    turn_to(page, "Competence")
    assert page.sheet.figures.stale
    assert texts(page, "Warm regard")["n"] == "48"


def test_forty_coders_and_twenty_thousand_disagreements_are_listed_lazily(page, qtbot):
    shown(page, score_table(120, 40), qtbot)
    assert page.overview.matrix.model.rowCount() == 40
    asked = []
    one = page.overview.apart.apart.at(0)
    listed = ApartList("list", tagged=False)
    qtbot.addWidget(listed)
    listed.apart.show(20000, lambda nth: (asked.append(nth), one)[1], {})
    listed.resize(300, 200)
    listed.show()
    qtbot.waitUntil(lambda: bool(asked))
    assert max(asked) < 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_change_of_colours_reaches_the_remarks(page, table, qtbot, qapp, scheme):
    shown(page, table, qtbot)
    theme.recolor(qapp, scheme)
    color = (theme.DARK if scheme == "dark" else theme.LIGHT).warn.name()
    qtbot.waitUntil(lambda: color in page.remarks.toHtml())
    theme.recolor(qapp, "light")


class Lab:
    """A study whose coders rate for reliability."""

    def __init__(self, window, folder):
        self.window, self.study, self.folder = window.window, window.study, folder
        self.numbers = iter(range(6000, 7000))

    def double_code(self, *points):
        """One more session that R1 and R2 rate, one base point each."""
        number = next(self.numbers)
        session_id = add_session(self.study, noise(self.folder, number), number=number)
        for code, point in zip(("R1", "R2"), points, strict=True):
            self.study.sign_in("S1")
            edition, who = self.study.instrument_id, self.study.people[code]
            rating = self.study.do_as_supervisor(assign.assign, session_id, who, edition, Purpose.RELIABILITY)
            self.study.sign_in(code)
            self.study.do(rate.begin, rating)
            self.study.do(_answer, rating, point)
            self.study.do(rate.submit, rating, little_heard=True)
        self.study.sign_in("S1")

    def coded(self, qtbot):
        """The page, with three double-coded sessions on it."""
        for points in ((3, 3), (5, 6), (2, 3)):
            self.double_code(*points)
        page = self.open()
        settled(page, qtbot)
        return page

    def open(self):
        """The page, by the supervisor's own way."""
        self.window.start.signed_in.emit(self.study.people["S1"])
        button(self.window.queue, "Reliability").click()
        return self.window.pages.currentWidget()


def noise(folder, seed):
    """A second of sound like no other."""
    path = folder / f"{seed}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.random.default_rng(seed).integers(-999, 999, 8000).astype("<i2").tobytes())
    return path


def _answer(db, rating_id, point):
    for nth in range(50):
        open_slots = desk.desk(db, rating_id).open_slots
        if not open_slots:
            return
        rate.set_answer(db, rating_id, *open_slots[0], rated(min(7, point + nth % 2)))
        db.flush()


@pytest.fixture
def lab(window, tmp_path):
    return Lab(window, tmp_path)


def test_a_coder_has_no_way_to_the_page(window):
    assert window.window.queue.reliability.isHidden()


def test_the_empty_page_says_what_it_is_for_and_what_comes_first(lab, qtbot):
    page = lab.open()
    qtbot.waitUntil(page.empty_step.isVisible, timeout=20000)
    assert "First step" in page.empty_step.text()
    assert not page.export.isEnabled()
    press(Key.Key_Escape)
    assert lab.window.pages.currentWidget() is lab.window.queue


def test_the_ratings_of_a_study_become_figures_and_new_ones_are_taken_in(lab, qtbot):
    page = lab.coded(qtbot)
    assert texts(page, "Warm regard")["n"] == "3"
    expected = compute(lab.study.ask(studies.score_table)).row("scale", "warm_regard", "fidelity")
    assert texts(page, "Warm regard")["ICC"] == figures.coefficient(expected.icc.value)
    lab.double_code(6, 6)
    page._bench.changed.emit(frozenset({"rating", "score"}))
    qtbot.waitUntil(lambda: texts(page, "Warm regard")["n"] == "4", timeout=20000)


def test_a_filter_that_leaves_nothing_says_so_and_leads_back(lab, qtbot):
    page = lab.coded(qtbot)
    page.filter_button.click()
    assert page.filter.coders.list.count() == 2
    page.filter.first.setValue(9000)
    qtbot.waitUntil(page.empty_why.isVisible)
    button(page.body, "Back to all").click()
    qtbot.waitUntil(lambda: page.body.currentIndex() == 0)
    settled(page, qtbot)
    page.filter.coders.list.item(0).setCheckState(Qt.CheckState.Checked)
    assert page.filter.coders.text() == "R1"
    qtbot.waitUntil(lambda: texts(page, "Warm regard")["ICC"] == "—", timeout=20000)


def test_the_form_of_the_icc_can_be_set_by_hand(lab, qtbot):
    page = lab.coded(qtbot)
    choose(page.filter.form, "one_way")
    qtbot.waitUntil(lambda: "chosen by hand" in page.form.text(), timeout=20000)
    page.why.click()
    assert "Chosen by hand" in page.findChild(WhatIsThis).text.toPlainText()
    page.findChild(WhatIsThis).reject()


def test_leaving_the_page_keeps_no_scores_on_it(lab, qtbot):
    page = lab.coded(qtbot)
    press(Key.Key_Escape)
    assert lab.window.pages.currentWidget() is lab.window.queue
    assert page.sheet.figures.rowCount() == 0
    assert page.overview.apart.model().rowCount() == 0
    assert not isinstance(page.sheet.current_line(), Row)
    assert page.sheet.currentIndex().data(CELL) is None


def test_the_workbook_is_written_where_it_was_asked_for(lab, qtbot, tmp_path, monkeypatch):
    page = lab.coded(qtbot)
    place = tmp_path / "figures"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    page.export.click()
    assert not page.export.isEnabled()
    qtbot.waitUntil(lambda: "written" in page.foot.notice.text(), timeout=30000)
    book = openpyxl.load_workbook(place.with_suffix(".xlsx"), read_only=True)
    assert book.sheetnames[7:11] == ["Drift", "Stability", "Certification", "Counselor fidelity"]
    book.close()
    assert page.export.isEnabled()


def test_a_workbook_that_cannot_be_written_says_so(lab, qtbot, tmp_path, monkeypatch):
    page = lab.coded(qtbot)
    place = tmp_path / "missing" / "figures.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    page.export.click()
    qtbot.waitUntil(lambda: bool(page.foot.notice.text()), timeout=30000)
    assert page.foot.notice.property("role") == "alarm"


def test_the_arrow_keys_pass_over_headings(page, table, qtbot):
    shown(page, table, qtbot)
    go_to(page, "Collaborative focus", "ICC")
    press(Key.Key_Down)
    assert page.sheet.current_line().cells[0].text == "4. Parenting information"
    press(Key.Key_Right)
    assert page.sheet.current_cell().text.startswith("[")
    press(Key.Key_Up)
    assert page.sheet.current_line().cells[0].text == "3. Collaborative focus"


def test_what_is_open_stays_open_when_new_figures_come(page, table, qtbot):
    shown(page, table, qtbot)
    at = next(at for at, each in enumerate(table.columns) if each.number == 8)
    page.overview.opened.emit(at)
    assert page.sheet.current_line().cells[0].text.startswith("8.")
    shown(page, score_table(40, 4, seed=5), qtbot)
    qtbot.waitUntil(lambda: " of 40, the largest first" in page.detail.apart_words.text())
    assert page.detail.title.text().startswith("8.")


def test_agreement_on_whether_a_scale_applies_is_told_apart(page, table, qtbot):
    values, states = table.values.copy(), table.states.copy()
    values[0, :10], states[0, :10] = np.nan, np.where(states[0, :10] >= 0, NOT_APPLICABLE, -1)
    shown(page, replace(table, values=values, states=states), qtbot)
    assert texts(page, "Warm regard")["n"] == "38"
    go_to(page, "Warm regard", "ICC")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: "AC1 1.00, kappa 1.00, n = 48" in page.detail.headline.text())
