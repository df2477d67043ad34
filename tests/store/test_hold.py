"""Who holds a study is said, and a note that a crash left keeps nobody out."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.hold import Hold, holder
from tests.conftest import PASSPHRASE, OpenStudy
from tests.store.test_project import child

HOLD = """
import sys, time
from pathlib import Path
from mio_fidelity.store.hold import Hold
hold = Hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def noted(folder: Path, computer: str, ago: timedelta) -> None:
    """A note as another program leaves it."""
    then = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
    note = {"computer": computer, "process": 4711, "since": then, "seen": then}
    (folder / "study.holder").write_text(json.dumps(note))


def test_the_sentence_says_which_program_holds_the_study_and_since_when(study: OpenStudy) -> None:
    with pytest.raises(UserError, match=r"in this program \(since \d\d:\d\d\)"):
        Project.open(study.folder, PASSPHRASE)
    study.project.close()
    other = child(HOLD, study.folder)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    with pytest.raises(UserError, match=rf"on this computer: .*process {other.pid}, since \d\d:\d\d"):
        Project.open(study.folder, PASSPHRASE)
    other.kill()
    other.communicate()
    # Its note is there still; its lock is not.
    assert holder(study.folder)
    Project.open(study.folder, PASSPHRASE).close()
    assert holder(study.folder) is None


def test_another_computer_that_shows_life_keeps_the_study(tmp_path: Path) -> None:
    noted(tmp_path, "laptop-7", timedelta(seconds=60))
    with pytest.raises(UserError, match="another computer \\(laptop-7, since"):
        Hold(tmp_path)
    # Refused, it must not hold the lock itself.
    noted(tmp_path, "laptop-7", timedelta(minutes=30))
    Hold(tmp_path).release()


ODD = (
    '{"computer": 1, "process": 2, "since": 3, "seen": 4}',
    '{"computer": "x", "process": 2, "since": "0001-01-01T00:00:00+14:00", "seen": ""}',
    "[" * 100_000,
)


@pytest.mark.parametrize("note", ["", "{}", "[]", *ODD], ids=range(6))
def test_a_note_that_cannot_be_read_keeps_nobody_out(tmp_path: Path, note: str) -> None:
    (tmp_path / "study.holder").write_text(note)
    Hold(tmp_path).release()


def test_a_day_ago_is_said_with_its_day(tmp_path: Path) -> None:
    noted(tmp_path, platform.node(), timedelta(days=2))
    note = holder(tmp_path)
    assert note
    assert note.here
    assert not note.fresh()
    day = (datetime.now().astimezone() - timedelta(days=2)).strftime("%Y-%m-%d")
    assert note.clock().startswith(day)


def test_signs_of_life_keep_since_when(tmp_path: Path) -> None:
    hold = Hold(tmp_path)
    before = holder(tmp_path)
    hold.beat()
    after = holder(tmp_path)
    assert before
    assert after
    assert (after.process, after.since) == (os.getpid(), before.since)
    hold.release()
    hold.release()
    assert not hold.is_locked


def test_the_note_names_no_person_and_no_place(study: OpenStudy) -> None:
    content = (study.folder / "study.holder").read_text()
    assert set(json.loads(content)) == {"computer", "process", "since", "seen"}
    assert str(study.folder) not in content
    assert "R1" not in content


@pytest.mark.skipif(sys.platform == "win32", reason="the system lets nobody in there")
def test_two_programs_that_begin_at_once_do_not_both_get_it(tmp_path: Path) -> None:
    code = HOLD.replace("time.sleep(600)", "time.sleep(1)").replace("hold = ", "try:\n  hold = ")
    code += "\nexcept Exception: print('refused')"
    code = code.replace('print("held"', '  print("held"').replace("time.sleep(1)", "  time.sleep(1)")
    both = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sorted(each.communicate()[0].strip() for each in both) == ["held", "refused"]
