"""Making backups and going back to them, killed again and again: every backup whole, the study there."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mio_fidelity.coding import rate
from mio_fidelity.store.backups import back_up, list_backups, verify
from tests.conftest import PASSPHRASE, OpenStudy

KILLS = 25
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")


@pytest.fixture
def worker(study: OpenStudy) -> Iterator[subprocess.Popen[str]]:
    """A process that backs up or goes back, and can be killed and begun again. The study is closed."""
    study.do(rate.begin, study.rating_id)
    for notes in ("the first", "the second"):
        study.do(rate.set_notes, study.rating_id, notes)
        assert back_up(study.project.file)
    study.project.close()
    words = [str(study.folder), PASSPHRASE, study.people["R1"], study.rating_id]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.backup_run", *words],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        yield process
        assert process.stdin
        process.stdin.close()


def killed(worker: subprocess.Popen[str], what: str, after_s: float) -> None:
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write(f"{what}\n")
    worker.stdin.flush()
    pid = int(worker.stdout.readline())
    time.sleep(after_s)
    os.kill(pid, signal.SIGKILL)
    assert int(worker.stdout.readline()) == -signal.SIGKILL


def test_kills_while_backing_up_leave_whole_backups_and_the_study(
    study: OpenStudy, worker: subprocess.Popen[str]
) -> None:
    chance = random.Random(20261121)
    interrupted = 0
    for _ in range(KILLS):
        killed(worker, "back up", chance.uniform(0, 0.25))
        interrupted += any((study.folder / "backups").glob("*.tmp"))
        study.reopen()
        assert study.project.remarks == ()
        assert study.project.sound()
        for backup in list_backups(study.folder):
            assert backup.keys.exists()
            verify(backup.path, study.project.file.key)
        study.project.close()
    assert len(list_backups(study.folder)) > KILLS / 2
    assert interrupted


def test_kills_while_going_back_leave_one_of_the_two_studies(
    study: OpenStudy, worker: subprocess.Popen[str]
) -> None:
    chance = random.Random(20261122)
    seen, halfway = set(), 0
    for _ in range(KILLS):
        killed(worker, "go back", chance.uniform(0, 0.7))
        halfway += any(study.folder.glob("restoring*"))
        study.reopen()
        assert study.project.remarks == ()
        assert study.project.sound()
        assert not any(study.folder.glob("restoring*"))
        seen.add(study.desk().notes)
        study.project.close()
    assert seen <= {"the first", "the second"}
    assert len(seen) == 2
    assert halfway
