"""The player with real files in both engines; no sound card is needed."""

import itertools
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from mio_fidelity.gui.playback.engine import Engine, unplayable
from mio_fidelity.gui.playback.engines import available
from mio_fidelity.gui.playback.player import Part, Player, PlayerState, open_player
from tests.gui.playback.conftest import SECONDS, path_of
from tests.media_factory import KINDS, garbage, make, text_as, truncated, zero_bytes

pytestmark = pytest.mark.qt_log_ignore(
    "No audio device detected", "PulseAudioService", "No RHI backend", "This plugin does not support"
)

END_MS = SECONDS * 1000
PAUSED, PLAYING, ENDED = PlayerState.PAUSED, PlayerState.PLAYING, PlayerState.ENDED


def record(signal):
    """What the signal says from now on."""
    said = []
    signal.connect(lambda *values: said.append(values if len(values) > 1 else values[0]))
    return said


def wait_past(qtbot, player, at_ms):
    qtbot.waitUntil(lambda: player.position_ms > at_ms, timeout=30_000)


def wait_for(qtbot, player, state):
    qtbot.waitUntil(lambda: player.state is state, timeout=30_000)


def listen(player, qtbot):
    """Play what was just loaded from the beginning, seek on and, while it pauses, back to one second."""
    assert (player.position_ms, player.duration_ms) == (0, END_MS)
    player.play()
    wait_past(qtbot, player, 100)
    player.seek(3_000)
    wait_past(qtbot, player, 3_050)
    assert player.position_ms < 5_000
    player.pause()
    player.seek(1_000)
    assert (player.state, player.position_ms) == (PAUSED, 1_000)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plays_seeks_changes_speed_and_ends(player, load, media, qtbot, kind):
    load(media(kind))
    listen(player, qtbot)
    player.set_rate(2.0)
    player.play()
    wait_past(qtbot, player, 1_100)
    assert player.position_ms < 3_000
    player.seek(END_MS - 300)
    wait_for(qtbot, player, ENDED)
    assert player.position_ms == END_MS


@pytest.mark.qt_log_ignore("Failed to seek")
def test_a_seek_into_the_last_frames_that_cannot_be_done_is_the_end(player, load, media, qtbot):
    load(media("flac"))
    player.play()
    wait_past(qtbot, player, 100)
    player.pause()
    player.seek(1_000)
    player.play()
    player.seek(END_MS - 150)
    wait_for(qtbot, player, ENDED)
    assert player.position_ms == END_MS


def test_the_position_ticks_and_never_runs_backwards(player, load, media, qtbot):
    load(media("mp3_vbr"))
    moved = record(player.moved)
    player.play()
    wait_past(qtbot, player, 900)
    player.set_rate(1.7)
    wait_past(qtbot, player, 1_700)
    assert moved == sorted(moved)
    # VLC itself says where it is four times a second; the position must move in between, too.
    assert len(set(moved)) > 15


def test_what_is_heard_adds_up(player, load, media, qtbot):
    load(media("wav"))
    heard = record(player.heard)
    player.play()
    wait_past(qtbot, player, 500)
    player.set_rate(1.5)
    wait_past(qtbot, player, 1_200)
    player.seek(4_000)
    wait_past(qtbot, player, 4_300)
    player.pause()
    normal, fast, later = heard
    assert (normal[0], normal[2]) == (0, 1.0)
    assert normal[1] == fast[0]
    assert fast[2] == 1.5
    assert later == (4_000, player.position_ms, 1.5)
    player.seek(5_000)
    assert len(heard) == 3


def test_a_long_stretch_is_reported_before_it_is_over(player, load, media, qtbot, monkeypatch):
    monkeypatch.setattr("mio_fidelity.gui.playback.player.HEARD_EVERY_MS", 500)
    load(media("opus"))
    heard = record(player.heard)
    player.play()
    qtbot.waitUntil(lambda: bool(heard), timeout=30_000)
    assert player.state is PLAYING
    assert heard[0][0] == 0


def test_parts_are_one_timeline(player, load, media, qtbot):
    load(media("mp3_cbr", 1), media("wav", 0.6), media("m4a", 0.7))
    moved, heard = record(player.moved), record(player.heard)
    assert player.duration_ms == 2_300
    player.play()
    wait_for(qtbot, player, ENDED)
    assert moved == sorted(moved)
    assert heard[0][0] == 0
    assert heard[-1][1] == 2_300
    assert all(before[1] == after[0] for before, after in itertools.pairwise(heard))


def test_a_seek_crosses_parts_and_keeps_the_speed(player, load, media, qtbot):
    load(media("flac", 1), media("wav", 1), media("ogg", 2))
    player.set_rate(1.3)
    player.seek(2_500)
    assert player.position_ms == 2_500
    player.play()
    wait_past(qtbot, player, 2_600)
    library = player._deck._engines[2]._player
    assert (getattr(library, "playbackRate", None) or library.get_rate)() == pytest.approx(1.3)
    player.seek(1_200)
    wait_past(qtbot, player, 1_250)
    assert player.position_ms < 2_500
    player.pause()
    player.skip(-1_000)
    assert player.position_ms < 1_000


def test_held_seek_keys_add_up(player, load, media, qtbot):
    load(media("mp3_vbr_headerless"))
    for _ in range(20):
        player.skip(100)
    assert player.position_ms == 2_000
    player.play()
    for _ in range(20):
        player.skip(100)
        QCoreApplication.processEvents()
    wait_past(qtbot, player, 4_000)
    for _ in range(60):
        player.skip(-100)
    assert player.position_ms == 0
    player.skip(END_MS * 2)
    assert player.position_ms == END_MS


def test_after_the_end_play_starts_where_seek_put_it_or_anew(player, load, media, qtbot):
    load(media("m4a", 1.2))
    player.play()
    wait_for(qtbot, player, ENDED)
    player.seek(600)
    assert player.state is PAUSED
    moved = record(player.moved)
    player.play()
    wait_for(qtbot, player, ENDED)
    assert moved[0] >= 600
    player.play()
    assert player.position_ms < 600
    wait_past(qtbot, player, 100)
    assert player.state is PLAYING


def test_playback_resumes_a_little_earlier(player, load, media, qtbot):
    load(media("wav"))
    player.resume_jump_ms = 1_000
    heard = record(player.heard)
    player.play()
    wait_past(qtbot, player, 1_500)
    player.pause()
    paused_ms = player.position_ms
    player.play()
    wait_past(qtbot, player, paused_ms - 900)
    player.pause()
    player.seek(3_000)
    player.play()
    wait_past(qtbot, player, 3_100)
    player.pause()
    assert [start for start, _, _ in heard] == [0, paused_ms - 1_000, 3_000]


def test_the_loop_repeats(player, load, media, qtbot):
    load(media("wav"))
    player.set_loop(1_400, 1_000)
    assert player.loop == (1_000, 1_400)
    moved, heard = record(player.moved), record(player.heard)
    player.seek(900)
    player.play()
    qtbot.waitUntil(lambda: len(heard) > 2, timeout=30_000)
    assert [start for start, _, _ in heard[:3]] == [900, 1_000, 1_000]
    assert moved.count(1_000) >= 2
    player.seek(3_000)
    wait_past(qtbot, player, 3_200)


def test_a_loop_up_to_the_end_repeats(player, load, media, qtbot):
    load(media("mp3_cbr", 1.5))
    player.set_loop(900, 5_000)
    assert player.loop == (900, 1_500)
    moved = record(player.moved)
    player.play()
    qtbot.waitUntil(lambda: moved.count(900) > 1, timeout=30_000)
    assert player.state is PLAYING
    player.set_loop(None)
    wait_for(qtbot, player, ENDED)


@pytest.mark.parametrize("write", [zero_bytes, text_as, garbage, Path.mkdir, lambda path: None])
def test_what_is_no_recording_fails_with_a_sentence(player, qtbot, tmp_path, write):
    failed = record(player.failed)
    player.load([path_of(tmp_path, write)])
    wait_for(qtbot, player, PlayerState.FAILED)
    assert failed == [player.error]
    assert "locate" in str(player.error)
    assert "secret-name" not in str(player.error)
    player.play()
    player.seek(1_000)
    player.pause()
    assert player.position_ms == 1_000


def test_a_recording_without_its_index_fails(player, qtbot, tmp_path):
    player.load([path_of(tmp_path, lambda path: truncated(make(path, 3, "m4a"), 0.6), ".m4a")])
    wait_for(qtbot, player, PlayerState.FAILED)


def test_a_bad_part_leaves_the_good_one_playable(player, load, media, qtbot, tmp_path):
    load(media("wav", 1), path_of(tmp_path, garbage))
    player.play()
    wait_for(qtbot, player, PlayerState.FAILED)
    player.seek(200)
    wait_for(qtbot, player, PAUSED)
    player.play()
    wait_past(qtbot, player, 300)


def test_a_file_that_lacks_its_end_is_not_heard_to_the_end(player, load, media, qtbot):
    short = media("wav", 1)
    load(Part(short.place, 9_000))
    heard = record(player.heard)
    player.play()
    wait_for(qtbot, player, ENDED)
    assert heard[-1][1] < 3_000


def test_another_recording_replaces_the_first_at_any_moment(player, load, media, qtbot):
    player.load([media("mp4")])
    player.play()
    load(media("webm"))
    player.play()
    wait_past(qtbot, player, 200)
    load(media("wav"))
    assert player.position_ms == 0


def test_pictures_have_a_place_only_where_there_are_any(player, load, media, qtbot):
    load(media("wav"))
    assert player.video_widget() is None
    load(media("mp4"))
    widget = player.video_widget()
    qtbot.addWidget(widget)
    widget.show()
    player.play()
    wait_past(qtbot, player, 300)


def test_closing_gives_files_and_threads_back(player, load, media, qtbot):
    load(media("wav", 1), media("mp3_vbr_headerless"))
    player.play()
    wait_past(qtbot, player, 1_200)
    player.close()
    player.close()
    assert player.state is PlayerState.EMPTY
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if sys.platform == "linux":
        folder = str(media("wav", 1).source.path.parent)
        assert not [link for link in _open_files() if link.startswith(folder)]
    player.play()
    player.seek(10)


def test_players_that_come_and_go_leave_no_threads(engine, media, qtbot):
    counts = []
    for _ in range(4):
        player = Player([kind for kind in available(engine) if kind.name == engine])
        player.load([media("wav", 1), media("m4a", 1.2)])
        player.play()
        wait_past(qtbot, player, 100)
        player.close()
        player.deleteLater()
        qtbot.wait(50)
        counts.append(len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0)
    # The first one starts threads the library keeps.
    assert counts[-1] <= counts[0]


def _open_files():
    for entry in Path("/proc/self/fd").iterdir():
        try:
            yield str(entry.readlink())
        except FileNotFoundError:
            continue


class Refuses(Engine):
    """An engine that can open nothing."""

    name, title = "refuses", "Refuses"

    def open(self, part):
        self.broken.emit(self, unplayable())

    def close(self):
        self.deleteLater()


def test_another_engine_steps_in_for_a_file_the_first_cannot_open(engine, media, qtbot):
    player = Player([Refuses, *(kind for kind in available(engine) if kind.name == engine)])
    swapped, failed = record(player.engine_swapped), record(player.failed)
    player.load([media("wav")])
    player.play()
    wait_past(qtbot, player, 200)
    player.close()
    assert len(swapped) == 1
    assert failed == []


def test_without_an_engine_everything_can_be_called(media, qtbot):
    player = Player([])
    failed = record(player.failed)
    player.load([media("wav")])
    assert player.state is PlayerState.FAILED
    assert "install VLC" in str(failed[0])
    player.play()
    player.toggle()
    player.pause()
    player.seek(2_000)
    player.skip(500)
    player.set_rate(9)
    player.step_rate(-1)
    player.set_volume(300)
    player.set_loop(1_000, 2_000)
    assert (player.position_ms, player.rate, player.volume) == (2_500, 1.9, 100)
    assert player.video_widget() is None
    player.close()


def test_steps_of_speed_stay_on_tenths_and_within_bounds(qtbot):
    player = Player([])
    for _ in range(7):
        player.step_rate(1)
    assert player.rate == 1.7
    player.step_rate(99)
    assert player.rate == 2.0
    player.step_rate(-99)
    assert player.rate == 0.5


def test_play_before_the_file_is_open_starts_it(player, media, qtbot):
    player.load([media("flac")])
    player.seek(2_000)
    player.play()
    wait_past(qtbot, player, 2_100)


def test_the_preferred_engine_comes_first(qtbot):
    player = open_player("qt")
    assert player.state is PlayerState.EMPTY
    player.close()
