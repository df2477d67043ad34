"""Killed while it gets a new key, a study has the old one or the new one, and nobody is half removed."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mio_fidelity.coding import access, people
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, attempts
from mio_fidelity.store.keys import SHARED
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Victim, needs_fork
from tests.faults.rekey_run import phrase

KILLS = times(40)
S1 = "the supervisors own"


@pytest.fixture
def lab(study: OpenStudy) -> OpenStudy:
    """A closed study that S1 opens with a pass phrase of her own."""
    study.sign_in("S1")
    access.change_own(study.project, PASSPHRASE, S1)
    study.project.ring.remove_slot(SHARED)
    study.project.close()
    return study


@pytest.fixture
def supervisor(lab: OpenStudy) -> Iterator[Victim]:
    with Victim("rekey", lab.folder, S1) as victim:
        yield victim


def killed_at_work(victim: Victim, journal: Path, chance: random.Random) -> list[list[str]]:
    """Let a re-key begin and kill it somewhere; the lines of the journal."""
    victim.begin(journal)
    wanted = chance.choice((1, 1, 1, 2, 3))
    while not journal.exists() or journal.read_bytes().count(b"\n") < wanted:
        time.sleep(0.0005)
    assert victim.kill(chance.uniform(0, 0.25))
    return [line.split() for line in journal.read_text().splitlines()]


@needs_fork
def test_a_kill_leaves_the_old_key_or_the_new_one(lab: OpenStudy, supervisor: Victim, tmp_path: Path) -> None:
    chance = random.Random(20260302)
    before = after = midway = 0
    for kill in range(KILLS):
        lines = killed_at_work(supervisor, tmp_path / f"{kill:02}", chance)
        midway += any(lab.folder.glob("rekeying*"))
        with Project.open(lab.folder, S1) as project:
            assert project.sound()
            assert project.remarks == ()
            assert not list(lab.folder.glob("rekeying*"))
            assert (lab.folder / "keys.json").read_bytes() == (
                lab.folder / "backups" / "keys.json"
            ).read_bytes()
            roster = {each.code: each.id for each in project.ask(people.roster)}
            names = set(project.ring.names())
        code = lines[-1][1]
        there = code in roster
        assert not (there and lines[-1][0] == "rekeyed")
        # In the list with a slot, or out of it without one: never half.
        assert there == (roster.get(code) in names)
        assert len(names) == 1 + there
        assert opens(lab.folder, phrase(code)) == there
        before, after = before + there, after + (not there)
        if there:
            with Project.open(lab.folder, S1) as project:
                access.removing(project, roster[code])()
    count("kill", "re-key", ["the old key"] * before + ["the new key"] * after)
    if FULL:
        # Both sides of the one step that decides were met, and what lies between.
        assert before
        assert after
        assert midway


def opens(folder: Path, passphrase: str) -> bool:
    """Whether a pass phrase opens the study; a wrong one is not held against the next."""
    try:
        Project.open(folder, passphrase).close()
    except UserError:
        attempts.forget(folder)
        return False
    return True
