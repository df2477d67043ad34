"""What the study decided, in the manual page of whoever rates, beside the anchors, and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTextBrowser

from mio_fidelity.coding import consensus, meetings, rate
from mio_fidelity.gui import places
from mio_fidelity.gui.consensus_page import ConsensusPage
from mio_fidelity.gui.text_runs import TextRuns
from tests.coding.double_coded import double_coded
from tests.coding.test_decisions import TODAY, YESTERDAY, decide
from tests.gui.conftest import QUIET

pytestmark = QUIET
Key = Qt.Key
WORDS = "A smile that can be heard counts as warmth."


@pytest.fixture
def decided(study):
    """A decision of yesterday's meeting about warm regard, for ratings begun from today on."""
    study.sign_in("S1")
    held = study.do(meetings.hold, YESTERDAY)
    study.do(meetings.set_notes, held, "notes-qzxj")
    made = study.do(meetings.decide, "warm_regard", None, WORDS, TODAY, held)
    study.sign_in("R1")
    return made


def notes(coder):
    shown = coder.page.manual.decisions
    return [each.text() for each in shown.findChildren(TextRuns)] if shown.isVisible() else []


def mark(coder):
    found = [each for each in coder.page.form.findChildren(QPushButton) if each.text().startswith("✎")]
    return found[0] if found and found[0].isVisible() else None


def test_a_decision_stands_above_the_manuals_own_words(window, decided):
    window.open()
    window.press(Key.Key_F2)
    (words,) = notes(window)
    assert words.startswith("Since ")
    assert WORDS in words
    assert "(meeting of " in words
    text = window.page.manual.findChild(QTextBrowser).toPlainText()
    assert text
    assert WORDS not in text
    said = [each.text() for each in window.page.manual.decisions.findChildren(QLabel)]
    assert "Decided in this study; not part of the manual" in said


def test_a_scale_it_is_not_about_has_neither_note_nor_mark(window, decided):
    window.open()
    window.press(Key.Key_F2)
    assert mark(window) is not None
    window.page.form.focus_slot("child_mind", "fidelity")
    assert notes(window) == []
    assert mark(window) is None
    window.page.form.focus_slot("warm_regard", "competence")
    assert len(notes(window)) == 1
    window.page.manual.open_general()
    assert notes(window) == []


def test_the_mark_names_the_key_of_the_manual_and_leads_there(window, decided):
    window.settings["keys"] = '{"manual": "F6"}'
    window.open()
    assert mark(window).text() == "✎ Decisions: 1  F6"
    mark(window).click()
    assert window.page.tabs.currentWidget() is window.page.manual
    assert len(notes(window)) == 1


def test_a_decision_about_one_dimension_marks_that_alone_and_one_about_all_stands_everywhere(window, study):
    decide(study, "warm_regard", "competence", text="of competence")
    decide(study, None, None, text="of all")
    window.open()
    assert mark(window).text().startswith("✎ Decisions: 1")
    window.page.form.focus_slot("warm_regard", "competence")
    assert mark(window).text().startswith("✎ Decisions: 2")
    window.press(Key.Key_F2)
    assert [each.split(": ")[1] for each in notes(window)] == ["of competence", "of all"]
    window.page.manual.open_general()
    assert [each.split(": ")[1] for each in notes(window)] == ["of all"]


def test_a_rating_begun_before_it_keeps_what_held_then(window, study, decided):
    study.do(rate.begin, study.rating_id)
    study.sql(
        "UPDATE rating SET begun_at = :at",
        at=f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M:%S.000000}",
    )
    window.open()
    window.press(Key.Key_F2)
    assert notes(window) == []
    assert mark(window) is None


def test_while_a_reason_is_chosen_the_mark_makes_room(window, decided):
    window.open()
    window.press("x")
    assert mark(window) is None
    window.press(Key.Key_Escape)
    assert mark(window) is not None


def test_many_long_decisions_leave_the_manual_its_room_and_are_scrolled_with_keys(window, study):
    for nth in range(12):
        decide(study, text=f"{nth} " + "A long sentence about warmth. " * 12)
    window.open()
    window.press(Key.Key_F2)
    manual = window.page.manual
    window.wait(lambda: manual.decisions.verticalScrollBar().maximum() > 0)
    assert manual.decisions.height() < manual.height() * 0.5
    assert manual.decisions.focusPolicy() is Qt.FocusPolicy.StrongFocus
    assert manual.decisions.accessibleName()


def test_a_consensus_shows_them_too(window, study, decided):
    double_coded(study)
    study.do(consensus.begin, study.session_id, [study.people["S1"]])
    window.window.start.signed_in.emit(study.people["S1"])
    window.window.go(places.CONSENSUS)
    page = window.window.pages.currentWidget()
    assert isinstance(page, ConsensusPage)
    page.list.foot.primary.click()
    page.view.show_manual()
    page.view.form.focus_slot("warm_regard", "fidelity")
    assert [each.text for each in page.view.side.manual.decisions.shown] == [WORDS]
