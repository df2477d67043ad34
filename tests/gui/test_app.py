"""Starting the windows, and what happens when the program meets a bug."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from mio_fidelity.errors import UserError
from mio_fidelity.gui import app
from tests.gui.front import QUIET

pytestmark = QUIET

CRASH = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from mio_fidelity.gui import app
from mio_fidelity.settings import Settings

qt, window = app.start(Settings(Path(sys.argv[1]) / "settings.json"))

def look():
    boxes = [each for each in qt.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
    print("boxes", len(boxes), boxes[0].windowTitle() if boxes else "")
    print("says", boxes[0].detailedText().splitlines()[2])
    boxes[0].accept()
    window.start.open_button.setFocus()
    print("alive", window.start.open_button.isEnabled())
    window.close()

def fall(client="C017 Margaret"):
    raise ValueError(f"the client {client} in /secret/place.wav")

for _ in range(5):
    QTimer.singleShot(0, fall)
QTimer.singleShot(200, look)
sys.exit(qt.exec())
"""


def run_python(code, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )


LOADED = """
import sys
from mio_fidelity import cli
from mio_fidelity.gui import app

print(*{name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:]))
"""


def test_the_window_opens_without_waiting_for_what_computes_or_decodes() -> None:
    heavy = ["numpy", "scipy", "krippendorff", "openpyxl", "alembic", "av", "vlc", "psycopg", "keyring"]
    done = subprocess.run([sys.executable, "-c", LOADED, *heavy], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == "\n"


def test_a_crash_shows_one_dialog_keeps_a_report_without_data_and_work_goes_on(tmp_path):
    done = run_python(CRASH, tmp_path, XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "boxes 1 Something went wrong",
        "says ValueError",
        "alive True",
    ]
    reports = list(tmp_path.rglob("error-*.txt"))
    assert reports
    for text in [done.stderr, *(report.read_text(encoding="utf-8") for report in reports)]:
        assert "ValueError" in text
        assert "fall" in text
        assert not any(secret in text for secret in ("Margaret", "C017", "/secret", str(tmp_path)))


def test_a_refusal_nobody_caught_is_said_not_reported(qtbot, qapp, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    error = UserError("The disk with {name} is gone. Plug it in.", name="the study")
    app._report(UserError, error, None)
    box = next(each for each in qapp.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible())
    assert box.text() == "The disk with the study is gone. Plug it in."
    box.accept()
    assert not list(tmp_path.rglob("error-*"))
    assert capfd.readouterr().err == ""


def test_without_a_screen_there_is_a_sentence_and_no_abort(tmp_path):
    bare = {key: value for key, value in os.environ.items() if key not in SCREENS}
    done = subprocess.run(
        [sys.executable, "-m", "mio_fidelity"], capture_output=True, text=True, timeout=60, env=bare
    )
    assert done.returncode == 2
    assert done.stderr.startswith("mio-fidelity: There is no screen to open a window on.")


SCREENS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a screen")
@pytest.mark.parametrize("name", sorted(SCREENS))
def test_a_screen_is_known_by_what_the_desktop_says(monkeypatch, name):
    for each in SCREENS:
        monkeypatch.delenv(each, raising=False)
    assert not app.has_screen()
    monkeypatch.setenv(name, "something")
    assert app.has_screen()


def test_a_study_named_when_starting_is_asked_for(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(type(qapp), "exec", lambda *_: 7)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    before = sys.excepthook
    try:
        assert app.run(Path("some-study")) == 7
    finally:
        sys.excepthook = before
    window = next(
        each for each in qapp.topLevelWidgets() if type(each).__name__ == "MainWindow" and each.isVisible()
    )
    assert "some-study" in window.start.phrase_title.text()
    window.close()
