"""Listening beside the form: what plays, what is remembered, and what is said when nothing can be heard."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from mio_fidelity.answer import rated
from mio_fidelity.gui import listening
from mio_fidelity.gui.playback.player import Player
from mio_fidelity.gui.waveform_picture import Lanes
from mio_fidelity.media.peaks import Peaks
from tests import media_factory
from tests.gui.conftest import CTRL, QUIET, SECONDS, add_session

Key = Qt.Key
pytestmark = QUIET


def click(coder, share, lane="wave"):
    lanes = Lanes.of(coder.page.waveform.size(), False)
    box = getattr(lanes, lane)
    QTest.mouseClick(
        coder.page.waveform,
        Qt.MouseButton.LeftButton,
        pos=QPoint(round(box.left() + share * box.width()), round(box.center().y())),
    )


def remark(coder):
    return coder.page.card.remark.text() if coder.page.card.remark.isVisible() else ""


def file_of(coder) -> Path:
    return next((coder.study.folder / "recordings").glob("*qzxj-file.wav"))


def test_the_speed_keys(coder):
    coder.press("]", "]", "[", "]")
    assert coder.player.rate == 1.2
    assert "1.2" in coder.page.card.transport.speed.text()
    coder.press("\\")
    assert coder.player.rate == 1.0
    coder.press("\\")
    assert coder.player.rate == 1.2


def test_the_loop_key_three_times(coder):
    coder.player.seek(5_000)
    coder.press("l")
    assert coder.player.loop == (5_000, None)
    coder.press(Key.Key_Right, "l")
    assert coder.player.loop == (5_000, 10_000)
    assert coder.page.card.transport.loop.isChecked()
    coder.press("l")
    assert coder.player.loop is None
    assert not coder.page.card.transport.loop.isChecked()


def test_the_volume_keys_and_the_clock(coder):
    coder.player.set_volume(50)
    coder.press(Key.Key_Up, mod=CTRL)
    assert coder.player.volume == 60
    assert "60 %" in coder.page.card.transport.volume.toolTip()
    coder.press(Key.Key_Right, Key.Key_Right, Key.Key_Left)
    assert coder.page.card.transport.clock.text() == "00:05.0"


def test_what_was_heard_is_stored_and_shown(coder):
    coder.press("]")
    coder.press(Key.Key_Space)
    coder.wait(lambda: coder.player.position_ms > 1_300)
    coder.press(Key.Key_Space)
    ((start, end),) = coder.desk.heard
    assert (start, end) == (0, coder.player.position_ms)
    percent = int(100 * end / (SECONDS * 1000))
    assert coder.page.foot.listened.text() == f"listened {percent} %"
    assert coder.study.sql("SELECT speed FROM coverage") == [(1.1,)]


def test_playing_goes_on_a_little_earlier_than_it_stopped(coder):
    coder.settings["resume_jump_ms"] = 500
    coder.page.take_preferences()
    coder.press(Key.Key_Space)
    coder.wait(lambda: coder.player.position_ms > 1_000)
    coder.press(Key.Key_Space)
    stopped = coder.player.position_ms
    coder.press(Key.Key_Space)
    assert coder.player.position_ms < stopped - 400
    coder.press(Key.Key_Space)


def test_the_place_and_the_speed_are_remembered(coder):
    coder.player.seek(21_000)
    coder.press("]")
    coder.press(Key.Key_W, mod=CTRL)
    assert (coder.desk.position_ms, coder.desk.speed) == (21_000, 1.1)
    coder.open()
    assert coder.player.position_ms == 21_000
    assert coder.player.rate == 1.1
    assert coder.page.card.transport.clock.text() == "00:21.0"


def test_a_recording_heard_to_the_end_begins_again(coder):
    coder.player.seek(SECONDS * 1000)
    coder.press(Key.Key_W, mod=CTRL)
    coder.open()
    assert coder.player.position_ms == 0


def test_marks_are_counted_shown_gone_to_and_removed(coder):
    page = coder.page
    for at_ms in (13_000, 23_000):
        coder.player.seek(at_ms)
        coder.press(Key.Key_M, Key.Key_Return)
    coder.press(Key.Key_Down, Key.Key_M, Key.Key_Return)
    first, second = [scale.key for scale in coder.desk.instrument.scales][:2]
    assert coder.desk.tallies == {first: 2, second: 1}
    assert page.tabs.tabText(0) == "Evidence 3"
    click(coder, 10_000 / (SECONDS * 1000), "marks")
    assert coder.player.position_ms == 10_000
    click(coder, 0.5)
    assert abs(coder.player.position_ms - SECONDS * 500) < 200
    page.evidence._this.click()
    assert page.evidence._table.model().rowCount() == 1
    page.evidence._all.click()
    page.evidence._table.setFocus()
    page.evidence._table.selectRow(0)
    coder.press(Key.Key_Delete)
    assert coder.desk.tallies == {first: 1, second: 1}


def test_escape_takes_a_mark_back_that_was_just_made(coder):
    coder.press(Key.Key_M)
    coder.write("no")
    coder.press(Key.Key_Escape)
    assert coder.desk.marks == ()
    assert coder.page.form.slot(*coder.page.form.current).hasFocus()
    assert not [edit for edit in coder.page.evidence.findChildren(QLineEdit) if edit.isVisible()]


def test_without_the_file_the_form_works_and_only_the_same_file_is_taken(window, monkeypatch):
    coder = window
    other = media_factory.make(coder.study.folder.parent / "qzxj-other.wav", 3, "wav", gaps=False)
    moved = shutil.move(file_of(coder), coder.study.folder.parent / "qzxj-moved.wav")
    coder.open()
    assert "locate the file" in remark(coder)
    coder.press("5")
    assert coder.answer(*coder.desk.instrument.slots()[0]) == rated(5)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(other), ""))
    coder.page.card.locate.click()
    coder.wait(coder.said)
    assert coder.player.state.name == "FAILED"
    assert remark(coder)
    assert "qzxj" not in coder.said() + remark(coder)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(moved), ""))
    coder.page.card.locate.click()
    coder.wait(lambda: coder.player.state.name == "PAUSED")
    coder.wait(lambda: "locate" not in remark(coder))
    coder.press(Key.Key_W, mod=CTRL)
    coder.open()
    assert coder.player.state.name == "PAUSED"


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"noise" * 99)])
def test_a_missing_or_damaged_picture_is_made_anew(window, damage):
    coder = window
    (kept,) = [path for path in (coder.study.folder / "peaks").iterdir() if path.is_file()]
    damage(kept)
    coder.open()
    coder.press("5")
    assert coder.answer(*coder.desk.instrument.slots()[0]) == rated(5)
    coder.wait(lambda: coder.page.waveform._scene.peaks is not None, 8000)
    sha256 = coder.page.listening._media[0].sha256
    assert Peaks.from_bytes(coder.study.project.peaks.read(sha256)).duration_ms == SECONDS * 1000


def test_leaving_while_the_picture_is_read_does_no_harm(window):
    coder = window
    (kept,) = [path for path in (coder.study.folder / "peaks").iterdir() if path.is_file()]
    kept.unlink()
    coder.open()
    coder.press(Key.Key_W, mod=CTRL)
    coder.qtbot.wait(300)
    coder.open()
    coder.wait(lambda: coder.page.waveform._scene.peaks is not None, 8000)


class TestWithoutEngines:
    @pytest.fixture(autouse=True)
    def _none(self, monkeypatch):
        monkeypatch.setattr(listening, "open_player", lambda *_: Player([]))

    def test_the_form_works_and_a_sentence_says_why_it_is_silent(self, window):
        window.open()
        window.press(Key.Key_Space, "5", "l", "]")
        assert window.answer(*window.desk.instrument.slots()[0]) == rated(5)
        assert "install VLC" in remark(window)
        assert not window.page.card.locate.isVisible()
        window.press(Key.Key_M)
        window.write("calm")
        window.press(Key.Key_Return)
        assert window.desk.marks[0].note == "calm"


def test_two_parts_are_one_recording(coder):
    place = coder.study.folder.parent
    parts = [media_factory.make(place / f"{n}.wav", n, "wav") for n in (2, 3)]
    coder.open(coder.assigned(add_session(coder.study, *parts, number=2)))
    assert coder.desk.duration_ms == 5_000
    coder.player.seek(1_500)
    coder.press(Key.Key_Space)
    coder.wait(lambda: coder.player.position_ms > 2_400)
    coder.press(Key.Key_Space)
    assert coder.desk.heard[0][0] == 1_500
    assert coder.desk.heard[-1][1] > 2_400


def test_pictures_are_shown_and_the_form_still_fits(coder):
    film = media_factory.make(coder.study.folder.parent / "film.mp4", 3, "mp4")
    audio = coder.study.rating_id
    coder.open(coder.assigned(add_session(coder.study, film, number=2)))
    picture = coder.player.video_widget()
    assert picture.isVisible()
    assert picture.height() >= 200
    assert "video" in coder.page.header.findChildren(type(coder.page.header.title))[1].text()
    assert not coder.page.form._scroll.verticalScrollBar().isVisible()
    coder.press(Key.Key_W, mod=CTRL)
    coder.open(audio)
    assert not picture.isVisible()
