"""VLC's sound goes to the sound server by the way on which nothing is lost after a seek."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mio_fidelity.gui.playback.vlc_sound import ALSA, best_output

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere VLC has one way only")
ASK = "from mio_fidelity.gui.playback.vlc_sound import best_output; print(best_output())"
ANSWERS = {str(None), ALSA}
PROGRAMS = all(map(shutil.which, ("pulseaudio", "pactl")))
PLUGIN = list(Path("/usr/lib").glob("**/alsa-lib/libasound_module_pcm_pulse.so"))


def asked(**environment: str) -> subprocess.CompletedProcess[str]:
    """In a program of its own: ALSA knows its devices for as long as a program runs."""
    return subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_without_a_sound_server_vlc_chooses_and_nothing_is_said(tmp_path) -> None:
    told = asked(PULSE_RUNTIME_PATH=str(tmp_path), PULSE_SERVER=f"unix:{tmp_path}/none", HOME=str(tmp_path))
    assert told.stderr == ""
    assert told.stdout.strip() in ANSWERS


def test_a_device_that_is_hardware_is_left_to_vlc(tmp_path) -> None:
    """Nobody else could play anything while it is held."""
    (tmp_path / "asoundrc").write_text("pcm.!default { type null }\n")
    told = asked(ALSA_CONFIG_PATH=str(tmp_path / "asoundrc"))
    assert told.stdout.strip() == str(None)


@pytest.mark.skipif(not PROGRAMS or not PLUGIN, reason="needs PulseAudio and ALSA's way to it")
def test_it_is_alsa_where_that_leads_to_the_server(monkeypatch, tmp_path) -> None:
    from benchmarks.playback import null_sink

    # What the sink sets goes with the test.
    monkeypatch.setenv("PULSE_RUNTIME_PATH", str(tmp_path))
    (tmp_path / "asoundrc").write_text("pcm.!default { type pulse }\n")
    with null_sink():
        assert asked(ALSA_CONFIG_PATH=str(tmp_path / "asoundrc")).stdout.strip() == ALSA


def test_it_can_be_asked_again() -> None:
    assert best_output() == best_output()
