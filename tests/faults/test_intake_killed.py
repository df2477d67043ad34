"""A batch that is killed, again and again, loses no file and does none twice."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import media_factory
from tests.coding.awaiting import await_files, problems, sounds, taken
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import FULL, count, times

ROOT = Path(__file__).resolve().parents[2]
FILES = 40
KILLS = times(12, 3)


@pytest.fixture
def batch(study: OpenStudy, tmp_path: Path) -> OpenStudy:
    """Forty files that wait; two of them are no recordings."""
    files = sounds(tmp_path / "rec", FILES - 2)
    files += [media_factory.text_as(tmp_path / "a.mp3"), media_factory.zero_bytes(tmp_path / "b.wav")]
    await_files(study, files)
    return study


def work(study: OpenStudy, stored: int | None, chance: random.Random) -> None:
    """Let a process of its own take files in, and kill it soon after it has stored so many."""
    study.project.close()
    words = [str(study.folder), PASSPHRASE, study.people["S1"]]
    command = [sys.executable, "-m", "tests.faults.intake_run", *words]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            if stored is not None and int(line) >= stored:
                time.sleep(chance.uniform(0, 0.03))
                process.kill()
    assert stored is not None or process.returncode == 0
    study.reopen()


def test_every_file_is_a_recording_or_still_waits_whenever_it_is_killed(batch: OpenStudy) -> None:
    chance = random.Random(20260301)
    sessions = {f"C01-{nth}" for nth in range(1, FILES + 1)}
    before: set[str] = set()
    for _ in range(KILLS):
        work(batch, chance.choice((1, 2, 4)), chance)
        done = set(taken(batch))
        assert done >= before, "what was stored stays"
        assert done | set(problems(batch)) == sessions
        assert not done & set(problems(batch))
        assert batch.project.sound()
        before = done
    count("kill", "intake of recordings", ["each file taken in or still waiting"] * KILLS)
    assert 2 < len(before) < FILES - 2 or FULL, "it was at work each time"
    work(batch, None, chance)
    assert len(taken(batch)) == FILES - 2
    assert sorted(problems(batch)) == [f"C01-{FILES - 1}", f"C01-{FILES}"]
    assert all(problems(batch).values())
    assert batch.sql("SELECT count(DISTINCT sha256) FROM recording")[0][0] == FILES - 1
