"""The write-ahead log after a power cut: cut short, garbage, gone. The study is one that once was stored."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mio_fidelity.coding import rate
from mio_fidelity.store import Project
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import count, times
from tests.faults.damage import flip

STEPS = 12
LOG, INDEX = "study.db-wal", "study.db-shm"


@pytest.fixture
def crashed(study: OpenStudy, tmp_path: Path) -> Path:
    """A copy made while the study was open, its last notes in the log alone."""
    study.do(rate.set_notes, study.rating_id, "0")
    for step in range(1, STEPS + 1):
        study.do(rate.set_notes, study.rating_id, f"{step} " * 300)
    for left in ("study.lock", "study.holder"):
        (study.folder / left).unlink(missing_ok=True)
    place = Path(shutil.copytree(study.folder, tmp_path / "crashed"))
    assert (place / LOG).stat().st_size > 4096 * STEPS
    return place


def step_of(folder: Path, who: OpenStudy) -> int:
    """Which state the study has; that it is a whole one is asserted."""
    with Project.open(folder, PASSPHRASE) as project:
        assert project.sound()
        notes = project.ask(lambda db: rate_notes(db, who.rating_id))
        step = int(notes.split()[0]) if notes else 0
        assert notes in ("", "0", f"{step} " * 300, (f"{step} " * 300).strip())
        return step


def rate_notes(db: rate.Db, rating_id: str) -> str:
    return db.get_one(rate.Rating, rating_id).notes


def test_after_a_power_cut_everything_is_there(study: OpenStudy, crashed: Path) -> None:
    assert step_of(crashed, study) == STEPS


def test_a_log_that_was_cut_leaves_what_was_stored_before_the_cut(study: OpenStudy, crashed: Path) -> None:
    chance = random.Random(20261206)
    size = (crashed / LOG).stat().st_size
    found = []
    for cut in sorted(chance.randrange(size + 1) for _ in range(times(100, 10))):
        place = Path(shutil.copytree(crashed, crashed.with_name("cut")))
        with (place / LOG).open("r+b") as log:
            log.truncate(cut)
        found.append(step_of(place, study))
        shutil.rmtree(place)
    count("write-ahead log", "cut short", ["an earlier whole state"] * len(found))
    assert found == sorted(found), "the longer the log, the later the state"


def test_a_log_with_a_flipped_bit_leaves_a_whole_state(study: OpenStudy, crashed: Path) -> None:
    chance = random.Random(20261207)
    n = times(500, 20)
    for _ in range(n):
        place = Path(shutil.copytree(crashed, crashed.with_name("flipped")))
        flip(place / LOG, chance)
        assert 0 <= step_of(place, study) <= STEPS
        shutil.rmtree(place)
    count("bit flip", "write-ahead log", ["the last or an earlier whole state"] * n)


GARBAGE: dict[str, Callable[[Path], object]] = {
    "log of garbage": lambda place: (place / LOG).write_bytes(random.Random(1).randbytes(100_000)),
    "log of zeros": lambda place: (place / LOG).write_bytes(bytes(100_000)),
    "empty log": lambda place: (place / LOG).write_bytes(b""),
    "log gone": lambda place: (place / LOG).unlink(),
    "index gone": lambda place: (place / INDEX).unlink(missing_ok=True),
    "index of garbage": lambda place: (place / INDEX).write_bytes(random.Random(2).randbytes(32768)),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_a_log_or_index_of_garbage_leaves_a_whole_state(study: OpenStudy, crashed: Path, what: str) -> None:
    GARBAGE[what](crashed)
    step = step_of(crashed, study)
    assert step == STEPS if "index" in what else step <= STEPS
    count("write-ahead log", what, ["the last state" if step == STEPS else "an earlier whole state"])
