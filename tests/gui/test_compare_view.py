"""A trainee sees her submitted rating beside the master codes; nothing says whose session it is."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mio_fidelity.answer import rated
from mio_fidelity.coding import meetings, rate, training
from mio_fidelity.gui import theme
from tests.conftest import SECRETS
from tests.gui import walk
from tests.gui.conftest import QUIET
from tests.gui.trained import NOTE, REASON, audible, compared

Key = Qt.Key
pytestmark = QUIET


class Trainee:
    """R1 with a training rating of her own."""

    def __init__(self, window):
        self.coder, self.study, self.press = window, window.study, window.press
        self.window = window.window

    def at_list(self):
        self.window.start.signed_in.emit(self.study.people["R1"])
        return self.window.queue

    def select(self, rating_id):
        rows = self.window.queue.model.rows
        at = next(at for at, row in enumerate(rows) if row.rating_id == rating_id)
        self.window.queue.table.selectRow(at)

    def compare(self, rating_id):
        """Open the comparison from the list."""
        self.at_list()
        self.select(rating_id)
        self.window.queue.compare.click()
        self.coder.wait(lambda: self.player.state.name in ("PAUSED", "FAILED"), timeout=5000)
        return self.view

    @property
    def view(self):
        return self.window.comparison

    @property
    def player(self):
        return self.view.listening.player


@pytest.fixture
def trainee(window):
    return Trainee(window)


@pytest.fixture
def compared_one(trainee):
    """Her rating; the comparison is open."""
    trainee.rating_id = compared(trainee.study)
    trainee.compare(trainee.rating_id)
    return trainee


def test_the_comparison_opens_only_when_the_rating_is_submitted(trainee):
    session_id, _ = audible(trainee.study)
    (rating_id,) = trainee.study.do(training.assign_training, trainee.study.people["R1"], [session_id])
    queue = trainee.at_list()
    trainee.select(rating_id)
    assert not queue.compare.isVisible()
    queue.chosen.emit(rating_id)
    page = trainee.window.coding
    assert not page.compare_button.isVisible()
    page.compare()
    assert trainee.window.pages.currentWidget() is page
    assert page.foot.notice.text() == "There is nothing to compare this session with."
    while page.desk.open_slots:
        trainee.study.do(rate.set_answer, rating_id, *page.desk.open_slots[0], rated(4))
        page._refresh(frozenset({"score"}))
    page._submit()
    assert page.compare_button.isVisible()


def test_a_rating_for_the_study_offers_no_comparison(trainee):
    trainee.study.sign_in("R1")
    trainee.study.submit()
    queue = trainee.at_list()
    trainee.select(trainee.study.rating_id)
    assert not queue.compare.isVisible()


def test_differences_come_first_in_words_and_signs(compared_one):
    form = compared_one.view.form
    order = list(form._rows_of)
    assert order[:3] == ["child_mind", "warm_regard", "empathic_listening"]
    verdicts = [form.row(scale).verdict()[0] for scale in order[:4]]
    assert verdicts == ["▲ 3 apart", "▲ 2 apart", "≈ 1 apart", "✓ the same"]
    assert form.row("warm_regard").said["fidelity"].text == "A 6  B 4"
    assert "you 6; master codes 4" in form.slot("warm_regard", "fidelity").accessibleName()
    assert "Agreed on 7 scales" in form.fold.text()
    assert compared_one.view.foot.saved.text() == "17 of 19 within 1 point"


def test_where_only_one_gave_a_point_that_is_said(compared_one):
    said = compared_one.view.form.row("child_mind").said["competence"].text
    assert said == "A n/a  B 4"


def test_the_reason_of_the_scale_in_hand_is_beside_it(compared_one):
    view = compared_one.view
    view.form.focus_slot("warm_regard", "fidelity")
    assert view.reason.text.toPlainText() == REASON
    assert view.reason.title.text().endswith("1. Warm regard")
    compared_one.press(Key.Key_Down)
    assert view.reason.text.toPlainText() == ""


def test_the_manual_has_the_decisions_that_held_for_the_rating(compared_one):
    study, view = compared_one.study, compared_one.view
    assert view.side.manual.decisions.shown == ()
    study.sign_in("S1")
    study.do(meetings.decide, "warm_regard", None, "Warmth without words counts.", date.today(), None)
    for who in ("R1", "S1"):
        study.sign_in(who)
        view.open(compared_one.rating_id)
        view.form.focus_slot("warm_regard", "fidelity")
        view.side.setCurrentWidget(view.side.manual)
        assert [each.text for each in view.side.manual.decisions.shown] == ["Warmth without words counts."]
        view.form.focus_slot("child_mind", "fidelity")
        assert view.side.manual.decisions.shown == ()
        view.side.setCurrentWidget(view.side.evidence)


def test_the_evidence_of_both_lies_on_one_waveform_and_is_heard_by_a_click(compared_one):
    view = compared_one.view
    rows = [(row.letter, row.note) for row in view.side.evidence._rows]
    assert ("B", NOTE) in rows
    marks = view.waveform._scene.marks
    assert {mark.letter for mark in marks} == {"B"}
    view.waveform.mark_chosen.emit(next(mark.id for mark in marks if mark.at_ms == 2000))
    compared_one.coder.wait(lambda: compared_one.player.position_ms >= 2000)
    assert compared_one.player.state.name == "PLAYING"


def test_hearing_it_again_changes_nothing_that_is_stored(compared_one):
    before = len(compared_one.study.audit())
    compared_one.view._play_at(1000)
    compared_one.coder.wait(lambda: compared_one.player.position_ms >= 1500)
    compared_one.view.leave()
    assert len(compared_one.study.audit()) == before
    assert compared_one.study.sql("SELECT * FROM coverage") == []
    assert compared_one.study.sql("SELECT * FROM place") == []


def test_keys_move_about_and_lead_back_to_the_list(compared_one):
    view = compared_one.view
    assert view.form.current == ("child_mind", "fidelity")
    compared_one.press(Key.Key_Down)
    assert view.form.current[0] == "warm_regard"
    compared_one.press(Key.Key_A)
    assert not view.form.folded
    compared_one.press(Key.Key_F2)
    assert view.side.currentWidget() is view.side.manual
    compared_one.press("5")
    assert compared_one.study.ask(training.comparison, compared_one.rating_id).amended is False
    compared_one.press(Key.Key_Left, mod=Qt.KeyboardModifier.AltModifier)
    assert compared_one.window.pages.currentWidget() is compared_one.window.queue


def test_from_the_coding_page_it_leads_back_to_the_rating(trainee):
    rating_id = compared(trainee.study)
    trainee.at_list()
    trainee.coder.open(rating_id)
    trainee.press(Key.Key_C)
    assert trainee.window.pages.currentWidget() is trainee.view
    trainee.view.back.click()
    assert trainee.window.pages.currentWidget() is trainee.window.coding
    assert trainee.window.coding.desk.rating_id == rating_id


def test_what_was_amended_since_is_not_what_is_compared(trainee):
    rating_id = compared(trainee.study)
    trainee.study.sign_in("R1")
    trainee.study.do(rate.amend, rating_id, "warm_regard", {"fidelity": rated(4)}, "after reading the manual")
    view = trainee.compare(rating_id)
    assert view.amended.isVisible()
    assert view.form.row("warm_regard").said["fidelity"].text == "A 6  B 4"


def test_nothing_in_it_gives_the_session_or_the_supervisor_away(compared_one):
    view = compared_one.view
    view.show_manual()
    view.fold_agreed()
    told = "\n".join(text for widget in walk.all_widgets(view) for _, text in walk.texts(widget))
    for word in (*SECRETS, "QZX7", "77", "S1"):
        assert word.lower() not in told.lower()


def test_nobody_sees_the_comparison_of_somebody_else(trainee):
    rating_id = compared(trainee.study)
    trainee.window.start.signed_in.emit(trainee.study.people["R2"])
    trainee.window._open_comparison(rating_id)
    assert trainee.window.pages.currentWidget() is trainee.window.queue
    assert "not a training session of yours" in trainee.window.queue.foot.notice.text()


def test_it_is_read_in_the_dark_and_with_large_letters(compared_one, qapp):
    theme.apply(qapp, "dark", 1.5)
    QApplication.processEvents()
    view = compared_one.view
    assert view.isVisible()
    assert view.minimumSizeHint().width() <= 1366
    assert view.reason.height() >= view.reason.minimumSizeHint().height()
