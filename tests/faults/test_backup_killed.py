"""Making backups and going back to them, killed again and again: every backup whole, the study there."""

import random
from collections.abc import Iterator

import pytest

from mio_fidelity.coding import rate
from mio_fidelity.store.backups import back_up, list_backups, verify
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Victim, needs_fork

KILLS = times(30)
pytestmark = needs_fork


@pytest.fixture
def worker(study: OpenStudy) -> Iterator[Victim]:
    """A process that backs up or goes back, and can be killed and begun again. The study is closed."""
    study.do(rate.begin, study.rating_id)
    for notes in ("the first", "the second"):
        study.do(rate.set_notes, study.rating_id, notes)
        assert back_up(study.project.file)
    study.project.close()
    with Victim("backup", study.folder, PASSPHRASE, study.people["R1"], study.rating_id) as victim:
        yield victim


def test_kills_while_backing_up_leave_whole_backups_and_the_study(study: OpenStudy, worker: Victim) -> None:
    chance = random.Random(20261121)
    interrupted = 0
    for _ in range(KILLS):
        worker.begin("back up")
        assert worker.kill(chance.uniform(0, 0.25))
        interrupted += any((study.folder / "backups").glob("*.tmp"))
        study.reopen()
        assert study.project.remarks == ()
        assert study.project.sound()
        for backup in list_backups(study.folder):
            assert backup.keys.exists()
            verify(backup.path, study.project.file.key)
        study.project.close()
    count("kill", "backup", ["every backup whole, the study sound"] * KILLS)
    if FULL:
        assert len(list_backups(study.folder)) > KILLS / 3
        assert interrupted


def test_kills_while_going_back_leave_one_of_the_two_studies(study: OpenStudy, worker: Victim) -> None:
    chance = random.Random(20261122)
    seen, halfway = set(), 0
    for _ in range(KILLS):
        worker.begin("go back")
        assert worker.kill(chance.uniform(0, 0.7))
        halfway += any(study.folder.glob("restoring*"))
        study.reopen()
        assert study.project.remarks == ()
        assert study.project.sound()
        assert not any(study.folder.glob("restoring*"))
        seen.add(study.desk().notes)
        study.project.close()
    assert seen <= {"the first", "the second"}
    count("kill", "restore", ["the study of before or of the backup"] * KILLS)
    if FULL:
        assert len(seen) == 2
        assert halfway
