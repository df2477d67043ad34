"""An older study killed while it is brought up to date: the old one or the new one, and nothing lost."""

import random
import shutil
from pathlib import Path

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, people
from mio_fidelity.store import Project, schema
from mio_fidelity.store.backups import list_backups, verify
from tests.conftest import PASSPHRASE
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Victim, needs_fork

KILLS = times(40)
STUDIES = Path(__file__).resolve().parents[1] / "store" / "studies"
pytestmark = needs_fork


def look_at(folder: Path) -> None:
    """Everything is there, whatever the kill interrupted."""
    with Project.open(folder, PASSPHRASE) as project:
        assert schema.version(project._engine) == schema.NEWEST
        assert project.sound()
        assert project.remarks == ()
        (person,) = (member for member in project.ask(people.roster) if member.code == "R1")
        project.sign_in(person.id)
        (row,) = project.ask(desk.queue)
        now = project.ask(desk.desk, row.rating_id)
        assert now.answers["warm_regard", "fidelity"] == rated(5)
        assert [mark.note for mark in now.marks] == ["an old mark"]
        for backup in list_backups(folder):
            verify(backup.path, project.file.key)


def test_kills_while_a_study_is_brought_up_to_date_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    versions = sorted(path.name for path in STUDIES.iterdir())
    kills = copied = 0
    with Victim("upgrade", PASSPHRASE) as worker:
        while kills < KILLS:
            folder = tmp_path / "older"
            shutil.copytree(STUDIES / versions[kills % len(versions)], folder)
            worker.begin(folder)
            kills += worker.kill(chance.uniform(0, 0.45))
            copied += bool(list_backups(folder))
            look_at(folder)
            shutil.rmtree(folder)
    count("kill", "migration", ["old or new, nothing lost"] * kills)
    if FULL:
        assert copied
