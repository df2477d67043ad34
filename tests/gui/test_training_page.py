"""A supervisor trains coders: sessions given, the rule applied, verdicts kept, master codes explained."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mio_fidelity.analysis.certification import verdicts
from mio_fidelity.coding import certification, consensus, masters, training
from mio_fidelity.coding.desk import queue
from mio_fidelity.errors import UserError
from mio_fidelity.gui import places
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.rationale_dialog import RationaleDialog
from mio_fidelity.gui.training_dialogs import GiveTrainingDialog, RuleDialog
from mio_fidelity.gui.training_page import CODERS, EXAMPLES, MASTERS
from mio_fidelity.store import Purpose
from tests.coding.double_coded import double_coded
from tests.gui.conftest import CTRL, QUIET
from tests.gui.trained import REASON, audible, compared, fill, two_trainees, with_masters

Key = Qt.Key
pytestmark = QUIET


class Supervisor:
    """S1 at the training page."""

    def __init__(self, window):
        self.coder, self.study = window, window.study
        self.press, self.write = window.press, window.write
        self.study.sign_in("S1")

    def open(self):
        self.coder.window.start.signed_in.emit(self.study.people["S1"])
        self.coder.window.go(places.TRAINING)
        self.page = self.coder.window.supervisor[places.TRAINING]
        self.settle()
        return self

    def settle(self):
        """Until what changed is read and shown."""
        self.wait(lambda: not self.page._pause.isActive() and self.page.coders._job is None)

    def wait(self, true):
        self.coder.wait(true, timeout=10_000)

    def choose(self, code):
        self.page.coders.list.setCurrentRow(self.codes().index(code))

    def codes(self):
        return [each.coder for each in self.page.coders._found.judgements]

    def states(self):
        own = self.page.coders.list
        return dict(own.item(at).text().split("\n") for at in range(own.count()))

    def dialog(self, kind):
        (found,) = [each for each in self.page.findChildren(kind) if each.isVisible()]
        self.wait(lambda: QApplication.activeWindow() is found)
        return found

    def answer(self):
        """Say yes to the question that is asked; its words."""
        asked = self.dialog(AskDialog)
        words = asked.findChildren(type(self.page.coders.verdict))[0].text()
        asked.accept()
        self.coder.back()
        self.settle()
        return words

    def criteria(self):
        return self.page.coders.criteria.as_text().split("\n")

    def cell(self, view, row, key):
        return view.model.value_at(row, key)


@pytest.fixture
def supervisor(window):
    return Supervisor(window)


@pytest.fixture
def trained(supervisor):
    """R1 meets the rule, R2 does not."""
    two_trainees(supervisor.study)
    return supervisor.open()


def test_a_coder_who_meets_the_rule_is_certified(trained):
    assert trained.states()["R1"] == "◆ meets the rule, to be certified"
    trained.choose("R1")
    sessions, share = trained.criteria()[:2]
    assert sessions == "✓ Master sessions rated: 10; 10 are asked for."
    assert share.startswith("✓ All scales: 200 of 200 ratings (100 %) lie within 1 point of the master codes")
    assert trained.page.foot.primary.text() == "Certify R1…"
    trained.page.foot.primary.click()
    assert "R1 meets the rule." in trained.answer()
    ((certificate, judged),) = trained.study.ask(verdicts)
    assert (certificate.coder, certificate.passed, len(judged.sessions)) == ("R1", True, 10)
    assert trained.states()["R1"].startswith("✓ certified")
    assert trained.page.coders.filed.text().startswith("✓ Certified on")
    assert trained.page.foot.primary.text() == "Certify R1 again…"


def test_a_coder_who_fails_is_told_why_and_the_verdict_is_kept(trained):
    assert trained.states()["R2"] == "◆ ready to be judged"
    trained.choose("R2")
    assert trained.page.coders.verdict.text().startswith("R2 does not meet the rule yet: ")
    (share,) = [line for line in trained.criteria() if "All scales" in line]
    assert share.startswith("▲ All scales: 100 of 200 ratings (50 %)")
    trained.page.foot.primary.click()
    assert share in trained.answer()
    ((certificate, _),) = trained.study.ask(verdicts)
    assert (certificate.coder, certificate.passed) == ("R2", False)
    assert trained.states()["R2"].startswith("▲ not certified, judged")


def test_a_verdict_on_scores_that_changed_meanwhile_is_not_kept(trained):
    trained.choose("R1")
    trained.page.foot.primary.click()
    trained.study.do(certification.set_rule, certification.Rule(share=0.95))
    trained.answer()
    assert trained.study.ask(verdicts) == ()
    assert "changed since" in trained.page.foot.notice.text()


def test_what_stands_behind_the_figures_is_shown_by_scale_and_by_session(trained):
    trained.choose("R2")
    view = trained.page.coders.view
    assert view.model.rowCount() == 20
    row = next(row for row in range(20) if view.model.value_at(row, "number") == 2)
    assert trained.cell(view, row, "within") == 0
    trained.page.coders.which.setCurrentIndex(1)
    assert [trained.cell(view, row, "within") for row in range(10)] == [0.5] * 10
    picture = trained.page.coders.plot.as_text().split("\n")
    assert picture[1].startswith("M1-1\t50%\t")
    assert "0: 10" in picture[1]


def test_a_trainee_is_given_the_sessions_she_does_not_know_and_finds_them_in_her_list(supervisor):
    sessions = with_masters(supervisor.study, 4)
    supervisor.study.do(training.assign_training, supervisor.study.people["R1"], sessions[:1])
    supervisor.open()
    assert supervisor.states() == {"R1": "○ has training sessions to rate", "R2": "○ no training yet"}
    supervisor.choose("R1")
    supervisor.page.coders.give.click()
    dialog = supervisor.dialog(GiveTrainingDialog)
    assert [dialog.list.item(at).text() for at in range(dialog.list.count())] == ["M1-2", "M1-3", "M1-4"]
    assert len(dialog.chosen()) == 3
    dialog.list.item(2).setCheckState(Qt.CheckState.Unchecked)
    dialog.due.setChecked(True)
    dialog.accept()
    supervisor.settle()
    assert len(supervisor.page.coders._found.of(supervisor.study.people["R1"])) == 3
    supervisor.study.sign_in("R1")
    rows = [row for row in supervisor.study.ask(queue) if row.due_on is not None]
    assert len(rows) == 2
    with pytest.raises(UserError, match="when the rating is submitted"):
        supervisor.study.ask(training.comparison, rows[0].rating_id)


def test_nothing_is_given_when_nothing_is_ticked(supervisor):
    with_masters(supervisor.study, 2)
    supervisor.open()
    supervisor.choose("R2")
    supervisor.page.coders.give.click()
    dialog = supervisor.dialog(GiveTrainingDialog)
    for at in range(2):
        dialog.list.item(at).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    assert dialog.complaint.text() == "Tick at least one session."
    assert supervisor.study.ask(training.trainees) == ()


def test_another_rule_changes_what_is_lacking_and_is_kept(trained):
    trained.choose("R2")
    trained.page.coders.rule.click()
    dialog = trained.dialog(RuleDialog)
    dialog.within.setValue(2)
    dialog.use_icc.setChecked(False)
    dialog.required.setChecked(True)
    assert "within 2 points" in dialog.preview.text()
    dialog.accept()
    trained.settle()
    assert trained.study.ask(certification.rule) == certification.Rule(within=2, icc=None)
    assert trained.study.ask(certification.required)
    assert trained.page.coders.verdict.text() == "R2 meets the rule."
    assert trained.page.foot.saved.text().startswith("Only certified coders")


def test_a_rule_that_cannot_be_is_refused_with_the_reason(trained):
    trained.page.coders.rule.click()
    dialog = trained.dialog(RuleDialog)
    dialog.use_last.setChecked(True)
    dialog.last.setValue(3)
    assert "at least as many as are asked for" in dialog.complaint.text()
    dialog.purposes[Purpose.TRAINING].setChecked(False)
    dialog.accept()
    assert dialog.isVisible()
    assert trained.study.ask(certification.rule) == certification.Rule()


def test_a_session_of_a_coder_is_seen_beside_the_master_codes_and_back(trained):
    trained.choose("R2")
    trained.page.coders.which.setCurrentIndex(1)
    trained.page.coders.compare.click()
    window = trained.coder.window
    assert window.pages.currentWidget() is window.comparison
    assert window.comparison.form.row("empathic_listening").verdict()[0] == "▲ 2 apart"
    assert not window.places.isVisible()
    window.comparison.leave()
    assert window.pages.currentWidget() is trained.page


def test_master_codes_are_written_explained_and_submitted(supervisor):
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    supervisor.page.foot.primary.click()
    supervisor.dialog(AskDialog).accept()
    window = supervisor.coder.window
    assert window.pages.currentWidget() is window.coding
    (draft,) = supervisor.study.ask(masters.drafts)
    assert window.coding.desk.rating_id == draft.rating_id
    window.coding.leave()
    window.go(places.TRAINING)
    tab = supervisor.page.masters
    assert supervisor.cell(tab.view, 0, "state") == "begun"
    assert not tab.submit.isEnabled()
    tab.reasons.click()
    dialog = supervisor.dialog(RationaleDialog)
    supervisor.write(REASON)
    supervisor.press(Key.Key_Return, mod=CTRL)
    assert dialog.list.currentRow() == 1
    assert dialog.list.item(0).text() == "✓  1. Warm regard"
    supervisor.write("And here")
    dialog.reject()
    reasons = supervisor.study.ask(masters.rationales, draft.rating_id)
    assert reasons == {"warm_regard": REASON, "empathic_listening": "And here"}


def test_a_reason_is_stored_while_it_is_typed(supervisor):
    session_id = supervisor.study.session_id
    rating_id = supervisor.study.do(masters.begin_master, session_id)
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    supervisor.page.masters.reasons.click()
    dialog = supervisor.dialog(RationaleDialog)
    supervisor.write("She")
    supervisor.wait(lambda: supervisor.study.ask(masters.rationales, rating_id) == {"warm_regard": "She"})
    assert dialog.state.text() == "✔ stored"


def test_a_reason_the_disk_refuses_stays_with_its_scale_and_is_not_lost_unasked(supervisor, answering):
    rating_id = supervisor.study.do(masters.begin_master, supervisor.study.session_id)
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    supervisor.page.masters.reasons.click()
    dialog = supervisor.dialog(RationaleDialog)
    supervisor.write("She")
    supervisor.coder.let_write(False)
    supervisor.press(Key.Key_Return, mod=CTRL)
    supervisor.write(" waits")
    assert (dialog.list.currentRow(), dialog.text.toPlainText()) == (0, "She waits")
    asked = answering("Lose it")
    dialog.reject()
    assert len(asked) == 1
    supervisor.coder.let_write(True)
    assert supervisor.study.ask(masters.rationales, rating_id) == {}


def test_submitted_reasons_can_be_read_and_are_changed_in_a_revision(supervisor):
    _, master_id = audible(supervisor.study)
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    tab = supervisor.page.masters
    tab.reasons.click()
    dialog = supervisor.dialog(RationaleDialog)
    dialog.list.setCurrentRow(0)
    assert (dialog.text.toPlainText(), dialog.text.isReadOnly()) == (REASON, True)
    dialog.reject()
    tab.revise.click()
    supervisor.dialog(AskDialog).accept()
    (draft,) = supervisor.study.ask(masters.drafts)
    assert supervisor.study.ask(masters.rationales, draft.rating_id) == {"warm_regard": REASON}
    supervisor.coder.window.coding.leave()
    supervisor.coder.window.go(places.TRAINING)
    assert supervisor.cell(tab.view, 0, "state") == "begun"
    tab.view.table.selectRow(0)
    tab.submit.click()
    assert "Scales without a reason: 9." in supervisor.answer()
    (only,) = supervisor.study.ask(masters.masters)
    assert (only.rating_id, only.versions) == (draft.rating_id, 2)
    assert only.rating_id != master_id


def test_a_consensus_becomes_master_codes(supervisor):
    study = supervisor.study
    double_coded(study)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    while slots := study.ask(consensus.side_by_side, begun).own.open_slots:
        answer = study.ask(consensus.side_by_side, begun).sources[0].answers[slots[0]]
        study.do(consensus.set_consensus, begun, *slots[0], answer, "as R1 heard")
    study.do(consensus.submit_consensus, begun)
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    supervisor.page.masters.from_consensus.click()
    supervisor.answer()
    (row,) = study.ask(masters.masters)
    assert not row.for_training
    tab = supervisor.page.masters
    assert supervisor.cell(tab.view, 0, "state") == "submitted"
    tab.allow.click()
    supervisor.settle()
    assert study.ask(masters.masters)[0].for_training
    assert supervisor.cell(tab.view, 0, "training") == "✓ yes"
    tab.keep.click()
    assert not study.ask(masters.masters)[0].for_training


def test_where_there_is_nothing_to_choose_that_is_said(supervisor):
    supervisor.open()
    supervisor.page.show_tab(MASTERS)
    supervisor.page.masters.from_consensus.click()
    assert supervisor.answer() == "There is no session to choose."
    assert supervisor.page.foot.saved.text().startswith("No session has master codes yet.")


def test_keys_lead_through_the_page(trained):
    page = trained.page
    assert QApplication.focusWidget() is page.coders.list
    trained.press(Key.Key_Down)
    assert page.coders.chosen().coder == "R2"
    trained.press(Key.Key_PageDown, mod=CTRL)
    assert page.tabs.currentIndex() == MASTERS
    assert QApplication.focusWidget() is page.masters.view.table
    trained.press(Key.Key_PageDown, mod=CTRL)
    assert page.tabs.currentIndex() == EXAMPLES
    trained.press(Key.Key_PageDown, mod=CTRL)
    assert page.tabs.currentIndex() == CODERS
    trained.press(Key.Key_Escape)
    window = trained.coder.window
    assert window.pages.currentWidget() is window.queue


def test_every_control_can_be_reached_by_tab_and_has_a_name(trained):
    page, seen = trained.page, set()
    first = QApplication.focusWidget()
    for _ in range(60):
        trained.press(Key.Key_Tab)
        seen.add(QApplication.focusWidget())
        if QApplication.focusWidget() is first:
            break
    own = page.coders
    wanted = {
        own.list,
        own.plot,
        own.which,
        own.view.table,
        own.give,
        own.rule,
        page.foot.primary,
        page.export,
    }
    assert wanted <= seen
    for widget in wanted:
        assert widget.accessibleName() or widget.text()


def test_what_was_shown_does_not_stay_for_whoever_is_next(trained):
    trained.page.forget()
    assert trained.page.coders.list.count() == 0
    assert trained.page.coders.view.model.listing is None
    assert not trained.page.coders.detail.isVisible()


def test_the_table_shown_is_written_to_a_file(trained, tmp_path, monkeypatch):
    target = tmp_path / "sessions.csv"
    monkeypatch.setattr(
        "mio_fidelity.gui.file_export.QFileDialog.getSaveFileName", lambda *_: (str(target), "")
    )
    trained.choose("R1")
    trained.page.export.menu().actions()[1].trigger()
    trained.wait(target.exists)
    assert target.read_text(encoding="utf-8-sig").count("\n") == 21


def test_a_coder_is_certified_by_what_was_first_submitted(supervisor):
    study = supervisor.study
    rating_id = compared(study)
    study.do(fill, study.do(masters.begin_master, study.session_id), {})
    supervisor.open()
    supervisor.choose("R1")
    assert len(supervisor.page.coders.chosen().sessions) == 1
    assert supervisor.page.coders.chosen().sessions[0].rating_id == rating_id
    assert "○ Fidelity: the ICC cannot be computed" in supervisor.page.coders.criteria.as_text()
