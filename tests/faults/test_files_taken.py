"""Files of a study deleted, replaced or write-protected while it is open: sentences, and nothing lost."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import access, merging, packages, rate, vault
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, attempts
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.rescue import rescue
from tests.conftest import CHEAP, PASSPHRASE, Made, OpenStudy
from tests.faults.counting import count
from tests.faults.damage import SAID, WORKS

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.name != "posix", reason="open files cannot be taken away on this system")


def deeds(study: OpenStudy, place: Path) -> dict[str, Callable[[], object]]:
    """What people do in an open study."""
    project, who = study.project, study.people
    return {
        "sign in": lambda: study.sign_in("S1"),
        "rate": lambda: study.set("warm_regard", "fidelity", rated(5)),
        "look": study.desk,
        "hear": lambda: study.do(rate.hear, study.rating_id, 0, 500, 1.0),
        "check": project.sound,
        "back up": lambda: back_up(project.file),
        "recordings": lambda: study.ask(vault.kept, study.folder),
        "hand out": lambda: packages.make_package(
            project, who["R2"], place / "out.miopack", "a first pass phrase", cost=CHEAP
        ),
        "take in": lambda: merging.look(project, place / "none.mioback"),
        "pass phrase": lambda: access.give_passphrase(project, who["R2"], "a first pass phrase"),
        "unlock": lambda: project.unlock(PASSPHRASE),
        "save a copy": lambda: rescue(project, place / "saved"),
        "sign of life": project.still_here,
        "close": project.close,
    }


def done(study: OpenStudy, place: Path) -> list[str]:
    """What came of each deed; anything but a sentence fails the test."""
    place.mkdir()
    outcomes = []
    for deed in deeds(study, place).values():
        attempts.forget(study.folder)
        try:
            deed()
        except UserError:
            outcomes.append(SAID)
        else:
            outcomes.append(WORKS)
    return outcomes


def deleted(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def a_folder(path: Path) -> None:
    deleted(path)
    path.mkdir()


def another_file(path: Path) -> None:
    deleted(path)
    path.write_bytes(b"something else " * 1000)


def overwritten(path: Path) -> None:
    """In place, as by a program that does not ask."""
    if path.is_file():
        path.write_bytes(b"something else " * 1000)


def emptied(path: Path) -> None:
    if path.is_file():
        path.write_bytes(b"")


NAMES = ("study.db", "study.db-wal", "study.db-shm", "keys.json", "study.head", "study.lock", "study.holder")
NAMES += ("peaks", "backups", "recordings")
WAYS = (deleted, a_folder, another_file, overwritten, emptied)
# The driver has the index mapped into its memory: the system ends a program under which it is cut short. What
# is stored then is looked at in test_sigkill.py.
CUT_SHORT = [("study.db-shm", emptied), ("study.db-shm", overwritten)]
CASES = [(name, way) for name in NAMES for way in WAYS if (name, way) not in CUT_SHORT]


@pytest.mark.parametrize(("name", "way"), CASES)
def test_a_file_taken_away_while_the_study_is_open_is_said_or_harmless(
    study: OpenStudy, tmp_path: Path, name: str, way: Callable[[Path], None]
) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    back_up(study.project.file)
    way(study.folder / name)
    outcomes = done(study, tmp_path / "out")
    count("file taken away while open", name, outcomes)
    try:
        with Project.open(study.folder, PASSPHRASE) as project:
            project.sign_in(study.people["R1"])
            if project.sound():
                study.project = project
                assert study.answer("warm_regard", "fidelity") in (rated(4), rated(5))
    except UserError:
        count("file taken away, opened again", name, [SAID])


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder of somebody who cannot overrule the permissions of files; she is at work meanwhile."""
    place = Path(tempfile.mkdtemp())
    if os.geteuid() != 0:
        yield place
        return
    # What is imported late may lie where she cannot read.
    datetime.strptime("2026", "%Y")
    os.chown(place, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield place
    finally:
        os.seteuid(0)
        shutil.rmtree(place)


@pytest.fixture
def unprivileged(nobody: Path, made: Made) -> Iterator[OpenStudy]:
    """The study, open, for somebody who cannot overrule the permissions of files."""
    me = os.geteuid()
    os.seteuid(os.getuid())
    shutil.copytree(made[0], nobody / "study")
    for each in (nobody / "study").rglob("*") if me == NOBODY else ():
        os.chown(each, NOBODY, NOBODY)
    os.chown(nobody / "study", me, -1)
    os.seteuid(me)
    study = OpenStudy(Project.open(nobody / "study", PASSPHRASE), **made[1])
    study.sign_in("R1")
    yield study
    for each in (study.folder, *study.folder.iterdir()):
        each.chmod(0o755 if each.is_dir() else 0o644)
    study.project.close()


@pytest.mark.parametrize("name", [".", *NAMES])
def test_a_file_write_protected_while_the_study_is_open_is_said_or_harmless(
    unprivileged: OpenStudy, name: str
) -> None:
    study = unprivileged
    study.set("warm_regard", "fidelity", rated(4))
    path = study.folder / name
    if path.exists():
        path.chmod(0o555 if path.is_dir() else 0o444)
    outcomes = done(study, study.folder.parent / "out")
    count("write-protected while open", "the folder" if name == "." else name, outcomes)
    path.parent.chmod(0o755)
    if path.exists():
        path.chmod(0o755 if path.is_dir() else 0o644)
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert study.project.sound()
    assert study.answer("warm_regard", "fidelity") in (rated(4), rated(5))


@pytest.mark.parametrize("name", [".", *NAMES])
def test_a_write_protected_file_is_said_when_the_study_is_opened_or_harmless(
    unprivileged: OpenStudy, name: str
) -> None:
    study = unprivileged
    study.set("warm_regard", "fidelity", rated(4))
    study.project.close()
    path = study.folder / name
    if path.exists():
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        study.project = Project.open(study.folder, PASSPHRASE)
    except UserError:
        outcomes = [SAID]
    else:
        outcomes = done(study, study.folder.parent / "out")
    count("write-protected before", "the folder" if name == "." else name, outcomes)
