"""A supervisor looks at the counselors: over the sessions, by arm, beside their self-ratings; exports."""

import csv

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding import desk, people, recordings
from mio_fidelity.coding.counselor_criterion import Band, criterion, set_criterion
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.gui import places
from mio_fidelity.gui.counselor_view import ARMS, OWN, SESSIONS
from mio_fidelity.gui.criterion_dialog import CriterionDialog
from mio_fidelity.gui.feedback_dialog import FeedbackDialog
from mio_fidelity.gui.self_rating_dialog import SelfRatingDialog
from tests.conftest import COUNSELOR
from tests.gui import courses
from tests.gui.conftest import CTRL, QUIET

Key = Qt.Key
pytestmark = QUIET
ALLIANCE = "alliance", "fidelity"
CODES = ["K1", "K2", "K3", "K4"]


class Supervisor:
    """S1 at the page."""

    def __init__(self, window):
        self.coder, self.study = window, window.study
        self.press, self.write = window.press, window.write

    def open(self):
        self.coder.window.start.signed_in.emit(self.study.people["S1"])
        self.coder.window.go(places.COUNSELORS)
        self.page = self.coder.window.supervisor[places.COUNSELORS]
        self.view = self.page.view
        self.settle()
        return self

    def settle(self):
        """Until what changed is read and shown."""
        self.wait(lambda: not self.page._pause.isActive() and self.page._job is None)

    def wait(self, true):
        self.coder.wait(true, timeout=15_000)

    def choose(self, code):
        self.page.list.choose(code)

    def column(self, table, key):
        """The values of a column as they are shown."""
        model = table.model
        at = model.listing.at(key)
        return [model.index(row, at).data() for row in range(model.rowCount())]

    def dialog(self, kind):
        (found,) = [each for each in self.page.findChildren(kind) if each.isVisible()]
        self.wait(lambda: QApplication.activeWindow() is found)
        return found

    def codes(self):
        return [self.page.list.item(row, 0).text() for row in range(self.page.list.rowCount())]


@pytest.fixture
def supervisor(window):
    courses.fill(window.study)
    return Supervisor(window).open()


def test_every_counselor_is_listed_with_how_much_was_coded(supervisor):
    own = supervisor.page.list
    assert supervisor.codes() == [*CODES, COUNSELOR]
    assert [own.item(0, at).text() for at in range(4)] == ["K1", "MIO", "12", "1"]
    line = supervisor.page.report.line("K1")
    assert own.item(0, 4).text() == f"{line.moments[ALLIANCE].mean:.2f}"
    assert own.item(4, 2).text() == "0"
    assert own.item(4, 4).text() == "—"


def test_the_first_counselor_is_shown_with_client_lines_and_sessions(supervisor):
    view = supervisor.view
    assert view.title.text() == "K1 · North · MIO"
    assert supervisor.column(view.sessions, "number") == [str(number) for number in range(1, 13)]
    panels = view.courses._panels
    assert [panel.title for panel in panels] == [
        "Alliance building",
        "Psychoeducation",
        "Mentalization-based",
    ]
    assert [course.name for course in panels[0].courses] == ["C41"]
    assert [number for number, _ in panels[0].courses[0].points] == list(range(1, 13))
    assert "a session [" in panels[2].note
    assert view.share.text() == "The study has not chosen a criterion."


def test_another_counselor_and_dimension_are_shown(supervisor):
    supervisor.choose("K3")
    view, page = supervisor.view, supervisor.page
    assert view.title.text() == "K3 · South · MIO"
    page.dimension.setCurrentIndex(1)
    slot = "alliance", "competence"
    assert page.list.code == "K3"
    assert page.list.item(2, 4).text() == f"{page.report.line('K3').moments[slot].mean:.2f}"
    assert not view.sessions.table.isColumnHidden(view.sessions.model.listing.at("alliance_competence"))
    assert view.sessions.table.isColumnHidden(view.sessions.model.listing.at("alliance_fidelity"))


def test_the_client_of_a_chosen_row_stands_out(supervisor):
    assert supervisor.view.courses._strong == "C41"
    supervisor.view.sessions.table.clearSelection()
    assert supervisor.view.courses._strong == ""


def test_the_arms_are_compared_for_all_counselors(supervisor):
    view = supervisor.view
    view.tabs.setCurrentIndex(ARMS)
    assert view.tabs.tabText(ARMS) == "MIO against PE"
    report = supervisor.page.report
    shown = supervisor.column(view.arm_table, "difference")
    assert [float(value) for value in shown] == [round(row.difference.value, 2) for row in report.arm_rows]
    assert view.arms._panels[0].arms.keys() == {"MIO", "PE"}
    assert {code for code, _ in view.arms._panels[0].arms["MIO"]} == {"K1", "K3"}


def test_self_ratings_stand_beside_the_coders_of_one_or_of_all(supervisor):
    view = supervisor.view
    view.tabs.setCurrentIndex(OWN)
    assert supervisor.column(view.own_table, "n") == ["12"] * 6
    view.whose.setCurrentIndex(1)
    assert supervisor.column(view.own_table, "n") == ["24"] * 6
    supervisor.choose("K3")
    assert view.whose.currentIndex() == 1
    view.whose.setCurrentIndex(0)
    assert supervisor.column(view.own_table, "n") == []


def test_a_criterion_is_written_judged_and_taken_away(supervisor):
    page = supervisor.page
    page.criterion.click()
    dialog = supervisor.dialog(CriterionDialog)
    dialog.fields["MIO", ("mentalization", "fidelity")][0].setText("3,5")
    dialog.fields["PE", ("psychoeducation", "fidelity")][0].setText("4")
    dialog.accept()
    supervisor.settle()
    assert set(supervisor.study.ask(criterion)) == {
        Band("MIO", "mentalization", "fidelity", 3.5),
        Band("PE", "psychoeducation", "fidelity", 4),
    }
    line = page.report.line("K1")
    assert 0 < line.share.met < 12
    assert f"meet the study's criterion: {line.share.met} of 12," in supervisor.view.share.text()
    assert set(supervisor.column(supervisor.view.sessions, "meets")) == {"yes", "no"}
    assert page.view.courses._panels[2].limits == (3.5, None)
    page.criterion.click()
    dialog = supervisor.dialog(CriterionDialog)
    for fields in dialog.fields.values():
        for field in fields:
            field.clear()
    dialog.accept()
    supervisor.settle()
    assert supervisor.study.ask(criterion) == ()


def test_another_rule_is_computed_and_said(supervisor):
    page = supervisor.page
    page.rule.setCurrentIndex(2)
    supervisor.settle()
    assert page.report.options.rule == "first"
    assert "submitted first" in page.rule_words.text()


def test_the_keyboard_is_at_the_counselors_and_stays_where_it_is_while_figures_are_computed(supervisor):
    supervisor.wait(supervisor.page.list.hasFocus)
    supervisor.press(Key.Key_F5)
    assert not supervisor.page.list.isEnabled()
    supervisor.settle()
    assert supervisor.page.list.hasFocus()
    supervisor.view.take_keyboard()
    supervisor.press(Key.Key_F5)
    supervisor.settle()
    assert supervisor.view.table.table.hasFocus()


def test_what_is_shown_is_grey_until_the_new_is_there(supervisor):
    supervisor.page._read()
    assert not supervisor.page.view.isEnabled()
    assert not supervisor.page.export.isEnabled()
    supervisor.settle()
    assert supervisor.page.view.isEnabled()
    assert supervisor.page.export.isEnabled()


def test_a_change_elsewhere_is_shown(supervisor):
    supervisor.coder.window._bench.do(set_criterion, [Band("MIO", "alliance", "fidelity", 2)])
    supervisor.settle()
    assert "criterion: 12 of 12," in supervisor.view.share.text()


def test_a_counselor_without_coded_sessions_has_no_sheet_and_empty_pictures(supervisor):
    supervisor.choose(COUNSELOR)
    assert not supervisor.page.feedback.isEnabled()
    assert supervisor.view.sessions.model.rowCount() == 0
    supervisor.choose("K1")
    assert supervisor.page.feedback.isEnabled()


def test_before_anything_is_coded_the_page_says_what_comes_first(window):
    supervisor = Supervisor(window).open()
    assert "No coder has submitted a rating yet" in supervisor.page.why_nothing.text()
    assert supervisor.page.body.currentIndex() == 1
    assert not supervisor.page.export.isEnabled()
    assert not supervisor.page.feedback.isEnabled()


def test_counselors_are_asked_and_rate_in_their_own_words(supervisor):
    study = supervisor.study
    study.do(recordings.add_session, SessionFacts("C43", 13, "MIO", "K3", "South"), (), study.folder)
    supervisor.choose("K3")
    supervisor.view.tabs.setCurrentIndex(OWN)
    supervisor.view.ask_own.click()
    dialog = supervisor.dialog(SelfRatingDialog)
    states = [dialog.list.item(row).checkState() for row in range(dialog.list.count())]
    assert states == [Qt.CheckState.Checked] * 12 + [Qt.CheckState.Unchecked]
    for row in range(1, 12):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    supervisor.settle()
    member = next(each for each in study.ask(people.roster) if each.code == "K3")
    supervisor.coder.window.start.signed_in.emit(member.id)
    assert not supervisor.coder.window.places.isVisible()
    (row,) = study.ask(desk.queue)
    supervisor.coder.window.queue.chosen.emit(row.rating_id)
    page = supervisor.coder.window.coding
    supervisor.wait(lambda: page.form is not None and page.desk.rating_id == row.rating_id)
    assert page.desk.blind_code == "C43-1"
    assert "You were distant" in page.form._strip.accessibleDescription() + " ".join(
        label.text() for label in page.form._strip.findChildren(type(page.header.title))
    )
    study.rating_id = row.rating_id
    study.submit(6)
    supervisor.open()
    supervisor.choose("K3")
    assert supervisor.column(supervisor.view.own_table, "n")[0] == "1"


def test_sessions_asked_for_already_cannot_be_ticked(supervisor):
    supervisor.view.tabs.setCurrentIndex(OWN)
    supervisor.view.ask_own.click()
    dialog = supervisor.dialog(SelfRatingDialog)
    assert dialog._ticked() == []
    assert not dialog._box.button(dialog._box.StandardButton.Ok).isEnabled()
    dialog.reject()


def written(supervisor, monkeypatch, target, does):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    does()
    supervisor.wait(lambda: not supervisor.page._exporting.busy)
    return target


def test_the_table_and_the_list_are_exported(supervisor, monkeypatch, tmp_path):
    page = supervisor.page
    target = written(supervisor, monkeypatch, tmp_path / "s.csv", page._export_csv)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 13
    assert {"alliance_fidelity", "alliance_competence", "source"} <= set(rows[0])
    target = written(supervisor, monkeypatch, tmp_path / "c.csv", page._export_counselors)
    assert target.read_text(encoding="utf-8-sig").splitlines()[1].startswith("K1,North,MIO,1,12,")


def test_everything_is_exported_as_a_workbook(supervisor, monkeypatch, tmp_path):
    target = written(supervisor, monkeypatch, tmp_path / "b.xlsx", supervisor.page._export_book)
    assert load_workbook(target).sheetnames == ["Counselor fidelity"]
    assert "written" in supervisor.page.foot.notice.text()


def test_a_feedback_sheet_is_written_without_a_name_unless_it_is_wanted(supervisor, monkeypatch, tmp_path):
    proposed = []
    target = tmp_path / "f.pdf"

    def ask(*args):
        proposed.append(args[2].rpartition("/")[2])
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    for tick in (False, True):
        supervisor.page.feedback.click()
        dialog = supervisor.dialog(FeedbackDialog)
        assert not dialog.code.isChecked()
        dialog.code.setChecked(tick)
        dialog.accept()
        supervisor.wait(lambda: not supervisor.page._exporting.busy)
        assert target.read_bytes().startswith(b"%PDF-")
        supervisor.wait(lambda: not supervisor.page.findChildren(FeedbackDialog))
    assert proposed == ["feedback.pdf", "feedback-K1.pdf"]


def test_everything_is_reached_by_keyboard(supervisor):
    supervisor.page.list.setFocus()
    supervisor.press(Key.Key_Down)
    assert supervisor.page.list.code == "K2"
    supervisor.press(Key.Key_PageDown, mod=CTRL)
    assert supervisor.view.tabs.currentIndex() == ARMS
    supervisor.press(Key.Key_PageUp, mod=CTRL)
    assert supervisor.view.tabs.currentIndex() == SESSIONS
    supervisor.press(Key.Key_Escape)
    assert supervisor.coder.window.pages.currentWidget() is supervisor.coder.window.queue


def test_who_comes_next_to_the_screen_finds_nothing_on_the_page(supervisor):
    supervisor.page.left.emit()
    page = supervisor.page
    assert page.report is None
    assert page.list.rowCount() == 0
    assert page.view.title.text() == page.view.share.text() == page.view.share.toolTip() == ""
    assert page.view.sessions.model.listing is None
    assert page.view.courses.as_text() == page.view.arms.as_text() == ""


def test_a_coder_has_no_such_place(window):
    assert window.window.places.isHidden()


def test_the_figures_are_those_of_the_question(supervisor):
    assert supervisor.page.report.counselors == supervisor.study.ask(counselor_report).counselors
