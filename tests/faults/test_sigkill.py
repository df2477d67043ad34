"""Nothing that was acknowledged is lost, whenever the program is killed."""

import json
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding.coverage import merged
from mio_fidelity.coding.desk import Desk
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Victim, needs_fork

KILLS = times(50, 8)


@dataclass
class Expected:
    """What must be stored after some deeds."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    marks: set[tuple[str, int, str]] = field(default_factory=set)
    notes: str = ""
    heard: list[tuple[int, int]] = field(default_factory=list)

    def do(self, what: str, *details: Any) -> None:
        if what == "answer":
            scale, dimension, word = details
            self.answers[scale, dimension] = Answer.decode(word)
        elif what == "mark":
            self.marks.add(details)  # type: ignore[arg-type]
        elif what == "notes":
            (self.notes,) = details
        else:
            self.heard.append(details)  # type: ignore[arg-type]

    def undone(self, stored: Desk) -> list[str]:
        """What of it is not stored, or is stored though nobody did it."""
        found = []
        given = {slot: answer for slot, answer in stored.answers.items() if answer != OPEN}
        if given != self.answers:
            found.append("answers")
        if {(mark.scale, mark.at_ms, mark.note) for mark in stored.marks} != self.marks:
            found.append("marks")
        if stored.notes != self.notes:
            found.append("notes")
        # Gaps of a quarter of a second count as heard, so that more may be stored than was listened to.
        if not all(
            any(a <= start and end <= b for a, b in stored.heard) for start, end in merged(self.heard)
        ):
            found.append("heard")
        return found


@pytest.fixture
def coder(study: OpenStudy) -> Iterator[Victim]:
    """A coder whose process can be killed and begun again."""
    study.project.close()
    with Victim("scripted", study.folder, PASSPHRASE, study.people["R1"], study.rating_id) as victim:
        yield victim


def killed_at_work(coder: Victim, journal: Path, chance: random.Random) -> list[list[Any]]:
    """Let the coder work for a while and kill her; the lines of her journal."""
    coder.begin(journal)
    wanted = chance.choice((0, 1, 5, 15, 30))
    while not journal.exists() or journal.read_bytes().count(b"\n") < wanted:
        time.sleep(0.0005)
    assert coder.kill(chance.uniform(0, 0.005))
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


@needs_fork
def test_kills_lose_nothing_that_was_acknowledged(study: OpenStudy, coder: Victim, tmp_path: Path) -> None:
    chance = random.Random(20260301)
    expected, acknowledged = Expected(), 0
    for kill in range(KILLS):
        lines = killed_at_work(coder, tmp_path / f"journal-{kill}", chance)
        acknowledged += sum(line[0] == "done" for line in lines)
        for line in lines:
            if line[0] == "done":
                expected.do(*line[1:])
        study.reopen()
        stored = study.desk()
        if expected.undone(stored) and lines[-1][0] == "about to":
            # Stored, but killed before it could say so.
            expected.do(*lines[-1][1:])
        assert expected.undone(stored) == []
        assert study.project.sound()
        study.project.close()
    count("kill", "rating", ["nothing acknowledged lost"] * KILLS)
    if FULL:
        assert acknowledged > 4 * KILLS


@needs_fork
def test_a_log_index_cut_short_by_another_program_ends_this_one_and_loses_nothing(
    study: OpenStudy, coder: Victim, tmp_path: Path
) -> None:
    expected, endings = Expected(), []
    for nth in range(times(10, 2)):
        journal = tmp_path / f"journal-{nth}"
        coder.begin(journal)
        while not journal.exists() or journal.read_bytes().count(b"\n") < 9:
            time.sleep(0.0005)
        (study.folder / "study.db-shm").write_bytes(b"")
        # The system ends it when it next looks there.
        endings.append(coder.kill(0.05, signal.SIGBUS))
        lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            if line[0] == "done":
                expected.do(*line[1:])
        study.reopen()
        if expected.undone(study.desk()):
            expected.do(*lines[-1][1:])
        assert expected.undone(study.desk()) == []
        assert study.project.sound()
        study.project.close()
    count("file taken away while open", "study.db-shm, cut short", ["ended, nothing lost"] * len(endings))
