"""The self-test as a person runs it: a line for each check, and an exit code that can be relied on."""

import os
import subprocess
import sys

CHECKS = (
    "Qt",
    "Qt Multimedia",
    "VLC",
    "playback",
    "decoding",
    "cipher",
    "database",
    "instruments",
    "resources",
)
RUN = """
import sys
{before}
from mio_fidelity.__main__ import main
sys.argv = ["x", "self-test"]
sys.exit(main())
"""
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def self_test(*arguments, code=None, screen=False):
    command = ["-c", code] if code else ["-m", "mio_fidelity", "self-test", *arguments]
    bare = {key: value for key, value in os.environ.items() if screen or key not in SCREENS}
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=120, env=bare)
    lines = {}
    for line in done.stdout.splitlines()[1:]:
        lines[line[8:27].strip()] = (line[:8].strip(), line[27:])
    return done, lines


def test_a_sound_installation_passes_with_a_line_for_each_check_and_opens_a_session(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    done, lines = self_test("--window", screen=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert tuple(lines) == (*CHECKS, "window")
    assert {state for state, _ in lines.values()} <= {"ok", "remark"}
    assert done.stdout.startswith("MIO Fidelity ")
    assert all(any(letter.isdigit() for letter in lines[name][1]) for name in ("Qt", "decoding", "cipher"))
    assert lines["window"] == ("ok", "1366 x 768, a session was opened")


def test_missing_vlc_is_a_remark():
    done, lines = self_test(code=RUN.format(before="sys.modules['vlc'] = None"))
    assert done.returncode == 0, done.stdout
    assert lines["VLC"][0] == "remark"
    assert "not installed" in lines["VLC"][1]
    assert lines["playback"][0] == "ok"
    assert tuple(lines) == CHECKS


def test_broken_decoding_is_a_failure_and_the_other_checks_go_on():
    done, lines = self_test(code=RUN.format(before="sys.modules['av'] = None"))
    assert done.returncode == 1
    assert lines["decoding"][0] == "FAILED"
    assert lines["database"][0] == "ok"
    assert tuple(lines) == CHECKS


def test_without_any_player_the_program_cannot_do_its_job():
    before = "sys.modules['vlc'] = None; sys.modules['PySide6.QtMultimedia'] = None"
    done, lines = self_test(code=RUN.format(before=before))
    assert done.returncode == 1
    assert lines["Qt Multimedia"][0] == "remark"
    assert lines["playback"][0] == "FAILED"


def test_the_window_cannot_be_tried_without_a_screen_and_that_is_said():
    done, lines = self_test("--window")
    assert done.returncode == 1
    assert lines["window"][0] == "FAILED"
    assert "no screen" in lines["window"][1]
