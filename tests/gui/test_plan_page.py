"""The assignment page through its widgets: terms go in, the preview is read, it is carried out."""

import tomllib
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from sqlalchemy import func, select

from mio_fidelity.coding import people, planned, staff
from mio_fidelity.coding.draw import draw
from mio_fidelity.coding.plan import MOST_SEED, Phase, Plan, Stratum, Unit, read_plan
from mio_fidelity.gui import theme
from mio_fidelity.gui.assign_dialog import AssignDialog
from mio_fidelity.gui.plan_page import PlanPage
from mio_fidelity.gui.plans_dialog import PlansDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Role
from mio_fidelity.store.models import Rating
from tests.gui.front import QUIET, button, press, write
from tests.gui.plan_study import fill

pytestmark = QUIET
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
TODAY = date.today()


@pytest.fixture
def many(study):
    """The study with 154 sessions more, 4 sites and 5 coders, and its supervisor at work."""
    study.sign_in("S1")
    study.do(fill)
    return study


@pytest.fixture
def page(many, settings, qtbot, qapp):
    theme.apply(qapp, "light")
    bench = Workbench(settings)
    bench.open(many.project)
    made = PlanPage(bench)
    qtbot.addWidget(made, before_close_func=lambda each: each.stop_work())
    made.resize(1366, 728)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.open()
    settled(made, qtbot)
    return made


def settled(page, qtbot):
    """Wait until the preview is up to date."""
    qtbot.waitUntil(lambda: page._drawn is not None, timeout=20000)


def dialog(page, kind, qtbot):
    found = [each for each in page.findChildren(kind) if each.isVisible()]
    assert len(found) == 1
    qtbot.waitUntil(found[0].isActiveWindow)
    return found[0]


def expected(many, plan, seed=1):
    """What the core draws."""
    return draw(plan, many.ask(planned.ground, plan, TODAY), seed)


def ratings(many):
    return many.ask(lambda db: db.scalar(select(func.count()).select_from(Rating)))


def tick(several, *words):
    for at in range(several.list.count()):
        item = several.list.item(at)
        if item.text() in words:
            item.setCheckState(Qt.CheckState.Checked)


def cells(grid):
    model = grid.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_the_preview_says_what_the_usual_plan_would_give_out(page, many):
    found = expected(many, Plan())
    assert page.preview.sampled.number.text() == str(found.sampled) == "42"
    assert "of 155" in page.preview.sampled.words.text()
    assert page.preview.given.number.text() == str(len(found.new))
    assert page.preview.twice.number.text() == str(len(found.double_coded)) == "8"
    assert page.preview.precise.number.text() == f"{found.interval[0]:.2f} – {found.interval[1]:.2f}".replace(
        "0.", "."
    )
    assert "Warning: fewer than 30" in page.preview.twice.words.text()
    assert "design is connected" in page.preview.told.text()
    assert all(str(remark) in page.preview.remarks.text() for remark in found.remarks)
    assert page.foot.primary.text() == f"Assign {len(found.new)} ratings"
    assert ratings(many) == 1


def test_the_grids_count_phases_coders_and_pairs(page, many):
    found = expected(many, Plan())
    assert cells(page.preview.phases) == [["8", "8", "8", "24"], ["6", "6", "6", "18"]]
    assert cells(page.preview.load) == [[str(n)] for n in found.load.values()]
    codes = list(found.load)
    shown = cells(page.preview.pairs)
    for (one, other), n in found.pairs.items():
        assert shown[codes.index(one)][codes.index(other)] == str(n)
        assert shown[codes.index(other)][codes.index(one)] == str(n)
    assert shown[0][0] == ""


def test_thirty_pairs_are_no_warning_and_the_interval_is_told_in_a_sentence(page, qtbot):
    page.terms.share.setValue(90)
    settled(page, qtbot)
    assert "Warning" not in page.preview.twice.words.text()
    assert "With 38 sessions coded twice, an ICC whose true value is .75" in page.preview.told.text()


def test_every_term_reaches_the_plan_and_the_preview(page, many, qtbot):
    terms = page.terms
    terms.unit.setCurrentIndex(terms.unit.findData(Unit.COUNSELOR))
    terms.phases.rows[0].take.setValue(0)
    tick(terms.arms, "care")
    tick(terms.sites, "Site 1", "Site 3")
    tick(terms.coders, "R1", "R3", "S1")
    terms.share.setValue(33.3)
    terms.spread[Stratum.SITE].setChecked(True)
    terms.spread[Stratum.ARM].setChecked(False)
    terms.own_site.setChecked(True)
    terms.recodes.setValue(2)
    terms.after_days.setValue(14)
    terms.expected.setValue(0.6)
    terms.dated.setChecked(True)
    terms.first_due.setDate(QDate(2031, 3, 1))
    terms.per_week.setValue(4)
    terms.seed_box.setValue(7)
    settled(page, qtbot)
    plan = Plan(
        phases=(Phase("early", 1, 4, None), Phase("middle", 5, 8), Phase("late", 9, 12)),
        unit=Unit.COUNSELOR,
        arms=("care",),
        sites=("Site 1", "Site 3"),
        coders=("R1", "R3", "S1"),
        double_share=0.333,
        double_by=(Stratum.SITE, Stratum.PHASE),
        own_site=True,
        recodes=2,
        recode_after_days=14,
        first_due=date(2031, 3, 1),
        per_week=4,
        expected_icc=0.6,
    )
    assert terms.plan() == plan
    assert page._drawn.proposal.new == expected(many, plan, 7).new
    assert list(page._drawn.proposal.load) == ["R1", "R3", "S1"]


def test_a_changed_term_greys_the_preview_and_nothing_old_can_be_assigned(page, qtbot):
    assert page.foot.primary.isEnabled()
    page.terms.share.setValue(50)
    assert not page.foot.primary.isEnabled()
    assert page.foot.primary.text() == "Assign"
    assert page.preview.pairs.counts.stale
    QTest.keyClick(page, Key.Key_Return, CTRL)
    assert not page.findChildren(AssignDialog)
    settled(page, qtbot)
    assert not page.preview.pairs.counts.stale
    assert page.preview.twice.number.text() == "21"


def test_a_plan_with_a_problem_shows_its_sentence_in_place_of_the_preview(page, qtbot):
    page.terms.phases.rows[0].last.setValue(6)
    assert "The phases early and middle overlap" in page.preview.refusal.text()
    assert page.preview.refusal.isVisible()
    assert not page.preview.pairs.isVisible()
    assert not page.foot.primary.isEnabled()
    assert not page.save.isEnabled()
    page.terms.phases.rows[0].last.setValue(4)
    settled(page, qtbot)
    assert not page.preview.refusal.isVisible()
    assert page.preview.pairs.isVisible()
    assert page.save.isEnabled()


def test_a_new_seed_draws_another_assignment_and_the_old_seed_the_old_one(page, qtbot):
    first = page._drawn.proposal
    page.terms.new_seed.click()
    settled(page, qtbot)
    assert page.terms.seed() > 0
    assert page._drawn.proposal.drawn != first.drawn
    page.terms.seed_box.setValue(1)
    settled(page, qtbot)
    assert page._drawn.proposal.new == first.new


def test_assigning_asks_once_and_says_what_was_given_out(page, many, qtbot):
    found = page._drawn.proposal
    QTest.keyClick(page, Key.Key_Return, CTRL)
    asks = dialog(page, AssignDialog, qtbot)
    assert f"Give these out? Ratings: {len(found.new)}; coders: 5." in asks.question.text()
    assert ratings(many) == 1
    QTest.keyClick(asks, Key.Key_Return)
    qtbot.waitUntil(lambda: "given out" in page.foot.notice.text(), timeout=20000)
    assert f"✔ Ratings given out: {len(found.new)};" in page.foot.notice.text()
    assert ratings(many) == 1 + len(found.new)
    settled(page, qtbot)
    assert not page.foot.primary.isEnabled()
    assert "Nothing new" in page.foot.saved.text()
    assert "given out" in page.foot.notice.text()
    assert [plan.seed for plan in many.ask(planned.plans)] == [1]


def test_thinking_better_of_it_stores_nothing(page, many, qtbot):
    page.foot.primary.click()
    asks = dialog(page, AssignDialog, qtbot)
    QTest.keyClick(asks, Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.findChildren(AssignDialog))
    assert ratings(many) == 1
    assert page.foot.primary.isEnabled()


def test_what_was_stopped_midway_is_not_stored_at_all(page, many, qtbot):
    page.terms.share.setValue(100)
    settled(page, qtbot)
    page.foot.primary.click()
    asks = dialog(page, AssignDialog, qtbot)
    asks.accept()
    asks.reject()
    qtbot.waitUntil(lambda: "nothing was assigned" in asks.notice.text(), timeout=20000)
    assert ratings(many) == 1
    assert many.ask(planned.plans) == ()
    asks.reject()


def test_a_study_that_changed_since_the_preview_is_not_assigned(page, many, qtbot):
    page.foot.primary.click()
    asks = dialog(page, AssignDialog, qtbot)
    many.do(people.add_person, "R9", Role.CODER)
    asks.accept()
    qtbot.waitUntil(asks.notice.isVisible, timeout=20000)
    assert "The study has changed since this preview" in asks.notice.text()
    assert ratings(many) == 1
    asks.reject()
    settled(page, qtbot)
    assert "R9" in page._drawn.proposal.load


def test_a_change_of_the_study_is_drawn_anew_while_the_page_is_in_sight(page, many, qtbot):
    page._bench.do(staff.leave, many.people["R2"])
    assert page.preview.pairs.counts.stale
    settled(page, qtbot)
    assert "R2" not in page._drawn.proposal.load


def test_a_saved_plan_is_what_assign_reads_and_can_be_loaded(page, many, tmp_path, monkeypatch, qtbot):
    file = tmp_path / "chosen"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (f"{file}.toml", ""))
    page.terms.seed_box.setValue(12)
    tick(page.terms.sites, "Site 2")
    settled(page, qtbot)
    plan = page.terms.plan()
    QTest.keyClick(page, Key.Key_S, CTRL)
    assert "written" in page.foot.notice.text()
    assert read_plan(tmp_path / "chosen.toml") == plan
    assert "--seed 12" in (tmp_path / "chosen.toml").read_text("utf-8")
    page.show_plan(Plan(), 12)
    assert page.terms.plan() != plan
    QTest.keyClick(page, Key.Key_O, CTRL)
    assert page.terms.plan() == plan
    settled(page, qtbot)
    assert {each.site for each in page._drawn.proposal.drawn} == {"Site 2"}


def test_a_file_that_is_no_plan_is_refused_in_words_and_the_terms_stay(page, tmp_path, monkeypatch):
    file = tmp_path / "plan.toml"
    file.write_text("double_shar = 0.2", "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    before = page.terms.plan()
    page.load.click()
    assert "did you mean double_share?" in page.foot.notice.text()
    assert page.terms.plan() == before


def test_a_place_that_cannot_be_written_is_told(page, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "gone" / "p.toml"), ""))
    page.save.click()
    assert "folder to write to is not there" in page.foot.notice.text()


def test_earlier_plans_are_told_and_used_again(page, many, qtbot):
    plan = Plan(phases=(Phase("start", 1, 6, 2),), sites=("Site 1",), coders=("R1", "R2"), double_share=0.5)
    done = many.do(planned.carry_out, plan, 41, TODAY)
    page.earlier.click()
    list_ = dialog(page, PlansDialog, qtbot)
    line = list_.list.topLevelItem(0)
    assert [line.text(at) for at in range(1, 5)] == [
        "41",
        str(done.sampled),
        str(done.double_coded),
        str(done.assigned),
    ]
    assert "2 of the sessions 1–6 (start)" in list_.told.toPlainText()
    assert "Sites: Site 1." in list_.told.toPlainText()
    assert "Coded twice: 50%" in list_.told.toPlainText()
    list_.again.click()
    assert page.terms.plan() == plan
    assert page.terms.seed() == 41
    settled(page, qtbot)
    assert "Nothing new" in page.foot.saved.text()


def test_without_earlier_plans_the_list_says_what_it_is_for(page, qtbot):
    page.earlier.click()
    list_ = dialog(page, PlansDialog, qtbot)
    assert list_.empty.isVisible()
    assert not list_.list.isVisible()
    assert not list_.again.isVisible()
    list_.reject()


def test_the_page_begins_with_the_last_plan_of_the_study(page, many, qtbot):
    plan = Plan(phases=(Phase("start", 1, 6, 2),), double_share=0.5)
    many.do(planned.carry_out, plan, 41, TODAY)
    page._kept = None
    page._study = ""
    page.open()
    assert page.terms.plan() == plan
    assert page.terms.seed() == 41


def test_leaving_forgets_what_was_shown_and_coming_back_brings_the_terms_again(page, qtbot):
    tick(page.terms.sites, "Site 4")
    settled(page, qtbot)
    plan = page.terms.plan()
    page.forget()
    assert page.terms.sites.list.count() == 0
    assert page.preview.pairs.model().rowCount() == 0
    assert page.preview.sampled.number.text() == "—"
    assert not page.foot.primary.isEnabled()
    page.forget()
    page.open()
    assert page.terms.plan() == plan
    settled(page, qtbot)
    assert page.terms.sites.text() == "Site 4"


def test_who_is_no_supervisor_is_told_so(page, many, qtbot):
    page.forget()
    page._kept = None
    many.sign_in("R1")
    page.open()
    qtbot.waitUntil(page.preview.refusal.isVisible, timeout=20000)
    assert "Only a supervisor" in page.preview.refusal.text()
    assert not page.foot.primary.isEnabled()


def test_the_keyboard_goes_through_the_terms_as_one_reads_them(page, qtbot):
    page.terms.unit.setFocus()
    terms = page.terms
    rows = [widget for row in terms.phases.rows for widget in row.widgets()]
    wanted = [terms.unit, *rows, terms.phases.add, terms.arms, terms.sites, terms.share]
    for widget in wanted:
        assert QApplication.focusWidget() is widget
        press(Key.Key_Tab)


def test_escape_leaves(page, qtbot):
    with qtbot.waitSignal(page.left):
        press(Key.Key_Escape)


def test_the_wheel_over_a_number_scrolls_the_form(page):
    box = page.terms.share
    page.terms.unit.setFocus()
    at = QPointF(box.rect().center())
    event = QWheelEvent(
        at,
        QPointF(box.mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.value() == 20
    assert not event.isAccepted() or page.terms.verticalScrollBar().value() > 0


def test_phases_are_added_named_and_removed(page, qtbot):
    button(page, "Add a phase").click()
    qtbot.waitUntil(page.terms.phases.rows[-1].name.hasFocus)
    write("after")
    press(Key.Key_Tab)
    assert page.terms.plan().phases[-1] == Phase("after", 13, 16)
    page.terms.phases.rows[0].remove.click()
    assert [phase.name for phase in page.terms.plan().phases] == ["middle", "late", "after"]
    settled(page, qtbot)
    assert page.preview.phases.counts.table.columns == ("middle", "late", "after", "all")


def test_a_plan_keeps_its_last_phase(page):
    for row in page.terms.phases.rows[1:]:
        row.remove.click()
    assert not page.terms.phases.rows[0].remove.isEnabled()


def test_a_first_day_in_the_past_is_remarked(page, qtbot):
    page.terms.dated.setChecked(True)
    page.terms.first_due.setDate(QDate(2020, 1, 1))
    settled(page, qtbot)
    assert "passed" in page.preview.remarks.text()


def test_the_usual_first_day_is_a_week_away(page):
    page.terms.dated.setChecked(True)
    assert page.terms.plan().first_due == TODAY + timedelta(7)


def test_ctrl_c_copies_the_pairs(page):
    page.preview.pairs.setFocus()
    QTest.keyClick(page.preview.pairs, Key.Key_C, CTRL)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["", *page._drawn.proposal.load]
    assert len(lines) == 6


def test_a_grid_says_its_cells_aloud(page):
    index = page.preview.pairs.model().index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("R1 and R2: sessions they share: ")


def test_a_file_without_seed_keeps_the_seed(page, tmp_path, monkeypatch):
    file = tmp_path / "plan.toml"
    file.write_text("double_share = 0.4", "utf-8")
    assert tomllib.loads(file.read_text("utf-8"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.terms.seed_box.setValue(5)
    page.load.click()
    assert (page.terms.plan().double_share, page.terms.seed()) == (0.4, 5)


def test_a_plan_from_elsewhere_is_drawn_to_the_last_digit_and_seed(page, many, qtbot):
    plan = Plan(double_share=0.123456, expected_icc=0.7123)
    page.show_plan(plan, MOST_SEED)
    settled(page, qtbot)
    assert (page.terms.plan(), page.terms.seed()) == (plan, MOST_SEED)
    assert page._drawn.proposal.new == expected(many, plan, MOST_SEED).new
