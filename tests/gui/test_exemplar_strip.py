"""Examples: made by supervisors of master codes' evidence, heard by coders from the manual's page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mio_fidelity.coding import exemplars, master_codes, masters
from mio_fidelity.gui import places
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.clip_player import ClipPlayer
from mio_fidelity.gui.exemplar_dialog import ExemplarDialog
from mio_fidelity.gui.training_page import EXAMPLES
from tests.conftest import SECRETS
from tests.gui import walk
from tests.gui.conftest import QUIET
from tests.gui.trained import NOTE, audible

Key = Qt.Key
pytestmark = QUIET
SHOWS = "goes on with her own word"


@pytest.fixture
def made(window):
    """Two examples of the first scale, made by S1; R1 is at her list."""
    study = window.study
    _, master_id = audible(study)
    marks = study.ask(master_codes.master_codes, master_id).desk.marks
    (mark,) = [each for each in marks if each.scale == "warm_regard"]
    study.do(exemplars.promote, mark.id, "fidelity", 5, SHOWS)
    study.do(exemplars.promote, mark.id, "competence", 6)
    window.window.start.signed_in.emit(study.people["R1"])
    return window


@pytest.fixture
def heard(made):
    """R1 rates, with the manual open."""
    made.open()
    made.press(Key.Key_F2)
    return made


def lines(strip):
    return [strip.list.item(at).text() for at in range(strip.list.count())]


def test_the_manual_shows_the_examples_of_the_scale_in_hand(heard):
    strip = heard.page.examples
    assert strip.isVisible()
    assert lines(strip) == [f"Fidelity 5 · {SHOWS} · 00:16", f"Competence 6 · {NOTE} · 00:16"]
    assert strip.title.text() == "2 examples of this scale · key E"
    heard.page.move_scale(1)
    assert not strip.isVisible()


def test_a_key_plays_an_example_and_stops_it_while_the_session_waits(heard):
    strip, player = heard.page.examples, heard.player
    player.play()
    heard.wait(lambda: player.state.name == "PLAYING")
    heard.press(Key.Key_E)
    assert player.state.name == "PAUSED"
    assert strip.clips.key
    assert lines(strip)[0].startswith("♪")
    assert strip.play.text() == "Stop"
    heard.wait(lambda: strip.clips.position_ms > 300)
    heard.press(Key.Key_E)
    assert not strip.clips.key
    assert strip.list.currentRow() == 1


def test_the_session_going_on_silences_the_example(heard):
    strip = heard.page.examples
    heard.press(Key.Key_E)
    assert strip.clips.key
    heard.press(Key.Key_Space)
    heard.wait(lambda: heard.player.state.name == "PLAYING")
    assert not strip.clips.key


def test_leaving_the_page_or_the_scale_silences_it(heard):
    strip = heard.page.examples
    heard.press(Key.Key_E)
    heard.page.show_evidence()
    assert not strip.clips.key
    heard.press(Key.Key_E)
    assert heard.page.tabs.currentWidget() is heard.page.manual
    assert strip.clips.key
    heard.page.leave()
    assert not strip.clips.key


def test_enter_and_a_click_play_the_one_they_are_on(heard):
    strip = heard.page.examples
    strip.list.setFocus()
    heard.press(Key.Key_Down, Key.Key_Return)
    assert strip.clips.key == strip._rows[1].id
    strip.play.click()
    assert not strip.clips.key


def test_hearing_an_example_does_not_count_as_hearing_the_session(heard):
    before = heard.study.sql("SELECT count(*) FROM coverage")
    heard.press(Key.Key_E)
    heard.wait(lambda: heard.page.examples.clips.position_ms > 600)
    heard.press(Key.Key_E)
    assert heard.study.sql("SELECT count(*) FROM coverage") == before


def test_where_there_is_no_example_the_key_says_so(heard):
    heard.page.move_scale(1)
    heard.page.hear_example()
    assert heard.said() == "The study has no example of this scale that you may hear."


def test_an_example_of_a_session_she_has_yet_to_rate_is_kept_from_her(made):
    (row,) = made.study.sql("SELECT id FROM treatment_session WHERE for_training = 1")
    made.study.sign_in("S1")
    made.assigned(row[0])
    made.window.start.signed_in.emit(made.study.people["R1"])
    made.open()
    made.press(Key.Key_F2)
    assert not made.page.examples.isVisible()


def test_nothing_of_it_says_whose_session_it_is(heard):
    strip = heard.page.examples
    heard.press(Key.Key_E)
    told = "\n".join(text for widget in walk.all_widgets(strip) for _, text in walk.texts(widget))
    for word in (*SECRETS, "QZX7", "audible", "77"):
        assert word.lower() not in told.lower()


def test_only_the_stretch_is_played(made):
    clips = ClipPlayer(made.settings)
    found = made.study.ask(exemplars.exemplars)[0]
    media = made.study.ask(exemplars.clip, found.id, made.study.folder).media
    told, places_ms = [], []
    clips.changed.connect(told.append)
    clips.play("one", media, 1000, 1800)
    clips._player.moved.connect(places_ms.append)
    made.wait(lambda: told == ["one", ""], timeout=10_000)
    assert min(at for at in places_ms if at) >= 1000
    assert max(places_ms) < 2600
    clips.close()


def test_a_recording_that_is_gone_is_said_to_be_gone(made):
    clips = ClipPlayer(made.settings)
    found = made.study.ask(exemplars.exemplars)[0]
    media = made.study.ask(exemplars.clip, found.id, made.study.folder).media
    media[0].path.unlink()
    said = []
    clips.remarked.connect(said.append)
    clips.play("one", media, 1000, 1800)
    assert "not where it was" in said[0]
    assert not clips.key
    clips.close()


class TestTheSupervisorsList:
    """The third tab of the training page."""

    @pytest.fixture
    def tab(self, made):
        made.window.start.signed_in.emit(made.study.people["S1"])
        made.window.go(places.TRAINING)
        made.training = made.window.supervisor[places.TRAINING]
        made.training.show_tab(EXAMPLES)
        return made

    def dialog(self, tab, kind):
        (found,) = tab.training.findChildren(kind)
        tab.wait(lambda: QApplication.activeWindow() is found)
        return found

    def test_an_example_is_made_of_evidence_with_the_masters_point_at_hand(self, tab):
        tab.training.foot.primary.click()
        dialog = self.dialog(tab, ExemplarDialog)
        assert dialog.marks.count() == 2
        dialog.marks.setCurrentRow(1)
        assert dialog.point.currentData() == 4
        dialog.note.setText("wonders aloud")
        dialog.accept()
        found = tab.study.ask(exemplars.exemplars)
        assert (found[-1].scale, found[-1].point, found[-1].note) == ("child_mind", 4, "wonders aloud")
        tab.wait(lambda: tab.training.examples.view.model.rowCount() == 3)

    def test_the_same_mark_twice_is_refused_with_the_reason(self, tab):
        tab.training.foot.primary.click()
        dialog = self.dialog(tab, ExemplarDialog)
        dialog.accept()
        assert "an example already" in dialog.complaint.text()
        assert dialog.isVisible()

    def test_without_a_session_for_training_the_dialog_says_what_to_do(self, tab):
        sessions = [row.session_id for row in tab.study.ask(masters.masters)]
        tab.study.do(masters.set_for_training, sessions, False)
        tab.training.foot.primary.click()
        dialog = self.dialog(tab, ExemplarDialog)
        assert dialog.complaint.text().startswith("Trainees may not hear any master session yet.")
        dialog.accept()
        assert dialog.isVisible()

    def test_an_example_is_played_and_taken_back(self, tab):
        own = tab.training.examples
        own.play.click()
        assert own.clips.key
        assert own.play.text() == "■ Stop"
        tab.training.show_tab(0)
        assert not own.clips.key
        tab.training.show_tab(EXAMPLES)
        own.withdraw.click()
        self.dialog(tab, AskDialog).accept()
        tab.wait(lambda: own.view.model.rowCount() == 1)
        assert len(tab.study.ask(exemplars.exemplars)) == 1
