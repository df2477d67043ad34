"""What is said and kept of an error the program does not know, on whatever thread it happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mio_fidelity import error_reports

SECRET = "qzxjwvk-secret"
FAIL = f"""
import threading
from mio_fidelity import __main__, cli

class Unraisable:
    def __del__(self):
        fail()

def fail(client="{SECRET} of a default"):
    raise ValueError("{SECRET}", client)

def on_a_thread():
    thread = threading.Thread(target=fail, name="{SECRET}")
    thread.start()
    thread.join()

def unraisable():
    Unraisable()

def chained():
    try:
        fail()
    except ValueError as error:
        raise KeyError("{SECRET}") from error

def main(words, entries):
    HOW()

cli.main = main
__main__.main()
"""


def failed(how: str, home: Path) -> tuple[str, list[Path]]:
    """What a command says that fails, and the reports it leaves."""
    done = subprocess.run(
        [sys.executable, "-c", FAIL.replace("HOW", how), SECRET],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state")},
    )
    assert done.returncode == (0 if how in ("on_a_thread", "unraisable") else 1)
    assert done.stdout == ""
    return done.stderr, list(home.rglob("error-*.txt"))


@pytest.mark.parametrize("how", ["fail", "on_a_thread", "unraisable", "chained"])
def test_a_command_that_fails_says_and_keeps_places_of_the_program_alone(how: str, tmp_path: Path) -> None:
    said, kept = failed(how, tmp_path)
    (report,) = kept
    for text in (said, report.read_text(encoding="utf-8")):
        assert "KeyError" in text if how == "chained" else "ValueError" in text
        assert ("chained" if how == "chained" else "fail") in text
        assert SECRET not in text
        assert str(tmp_path) not in text


def test_stopping_a_program_is_no_error(tmp_path: Path) -> None:
    code = "from mio_fidelity import error_reports\nerror_reports.take_over()\nraise KeyboardInterrupt"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.stderr == ""
    assert not list(tmp_path.rglob("error-*"))


def test_the_ways_of_others_to_tell_errors_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: told.append(error))
    hook = sys.excepthook
    error_reports.take_over()
    assert sys.excepthook is hook


def test_where_no_report_can_be_kept_the_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr(error_reports, "folder", lambda: tmp_path / "taken" / "log")
    error_reports.tell(ValueError, ValueError(SECRET), None)
    assert "could not be kept" in capsys.readouterr().err
    assert error_reports.count() == 0
