"""Packages, returned work and tables, killed while they are written or read: all of it or nothing."""

import json
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mio_fidelity.coding import merging, packages
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.coding.merging import Kind
from mio_fidelity.coding.package_lists import packages as packages_listed
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.parcel import unpack
from tests.coding.packed import QUIETLY, Laptop, add_session, give, hand_out
from tests.conftest import ARM, PASSPHRASE, SITE, OpenStudy
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Moments, Victim, needs_fork

SESSIONS = 4
# Of a database, of a sound, of what a coder may not see, and what she works with.
PLAIN = (b"SQLite format", b"WAVEfmt", ARM.encode(), SITE.encode(), b"warm_regard")
pytestmark = needs_fork


@dataclass
class Home:
    """A closed study to copy from, with work for R1, and who does what in it."""

    folder: Path
    supervisor: str
    ratings: list[str]
    victim: Victim

    def copy(self) -> Path:
        """As it was."""
        place = self.folder.with_name("copy")
        shutil.rmtree(place, ignore_errors=True)
        return Path(shutil.copytree(self.folder, place))

    def open(self, folder: Path) -> Project:
        project = Project.open(folder, PASSPHRASE)
        project.sign_in(self.supervisor)
        assert project.sound()
        assert project.remarks == ()
        return project

    def killed(self, what: str, folder: Path, file: Path, after_s: float) -> bool:
        self.victim.begin(json.dumps([what, str(folder), str(file)]))
        return self.victim.kill(after_s)


@pytest.fixture
def home(study: OpenStudy) -> Iterator[Home]:
    ratings = [
        give(study, add_session(study, number, seconds=20), "R1")[0] for number in range(1, SESSIONS + 1)
    ]
    study.project.close()
    with Victim("exchange", PASSPHRASE, study.people["S1"], study.people["R1"]) as victim:
        yield Home(study.folder, study.people["S1"], ratings, victim)


def test_a_package_is_there_whole_or_not_at_all(home: Home, tmp_path: Path) -> None:
    moments = Moments(20261125, 1.2)
    outcomes: list[str] = []
    while len(outcomes) < times(20):
        folder, place = home.copy(), tmp_path / "out"
        place.mkdir()
        file = place / "R1.miopack"
        killed = home.killed("hand out", folder, file, moments.next())
        with home.open(folder) as project:
            out = project.ask(lambda db: db.connection().exec_driver_sql("SELECT id FROM package").all())
        if file.exists():
            unpack(file, place / "laptop", QUIETLY)
            assert len(out) == 1
        if killed:
            kept = "written and noted" if file.exists() else "noted, no file yet" if out else "nothing done"
            outcomes.append(kept)
        moments.learn(bool(out))
        shutil.rmtree(place)
    count("kill", "making a package", outcomes)
    assert set(outcomes) <= {"written and noted", "noted, no file yet", "nothing done"}


def test_a_package_that_was_noted_and_never_got_its_name_is_revoked_and_made_again(
    home: Home, study: OpenStudy, tmp_path: Path
) -> None:
    file = tmp_path / "R1.miopack"
    home.victim.begin(json.dumps(["hand out, unnamed", str(home.folder), str(file)]))
    assert home.victim.ended() == -signal.SIGKILL
    assert not file.exists()
    # What it left is enciphered, and goes with the next package.
    (left,) = tmp_path.glob("package-*.tmp")
    content = b"".join(path.read_bytes() for path in left.rglob("*") if path.is_file())
    assert len(content) > study.recording.stat().st_size
    assert not any(word in content for word in PLAIN)
    study.project = home.open(home.folder)
    (package,) = study.ask(packages_listed, date(2026, 11, 21)).ids
    with pytest.raises(UserError, match="never came to be, revoke the package"):
        hand_out(study, tmp_path)
    study.do(packages.revoke, package)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    assert not left.exists()
    laptop.work(*home.ratings, submit=True)
    assert merging.merge(study.project, laptop.give_back()).count(Kind.NEW) == SESSIONS
    study.project.close()


def test_returned_work_is_taken_in_whole_or_not_at_all(home: Home, study: OpenStudy, tmp_path: Path) -> None:
    study.project = Project.open(home.folder, PASSPHRASE)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(*home.ratings, submit=True)
    file = laptop.give_back()
    study.project.close()
    moments = Moments(20261126, 0.8)
    outcomes: list[str] = []
    while len(outcomes) < times(40):
        folder = home.copy()
        killed = home.killed("merge", folder, file, moments.next())
        with home.open(folder) as project:
            found = merging.look(project, file)
            kinds = {row.kind for row in found.rows}
            assert found.seen == (kinds == {Kind.SAME})
            assert kinds in ({Kind.SAME}, {Kind.NEW})
            merging.merge(project, file)
            assert {row.kind for row in merging.look(project, file).rows} == {Kind.SAME}
        if killed:
            outcomes.append("all taken in" if found.seen else "nothing taken in")
        moments.learn(found.seen)
    count("kill", "merge", outcomes)
    assert set(outcomes) <= {"all taken in", "nothing taken in"}
    if FULL:
        assert len(set(outcomes)) == 2


def test_a_package_is_unpacked_whole_or_not_at_all(home: Home, study: OpenStudy, tmp_path: Path) -> None:
    study.project = Project.open(home.folder, PASSPHRASE)
    file = hand_out(study, tmp_path)
    study.project.close()
    moments = Moments(20261127, 0.3)
    whole = kills = 0
    while kills < times(20):
        place = tmp_path / "laptops"
        place.mkdir()
        kills += home.killed("unpack", place, file, moments.next())
        for folder in place.iterdir():
            if not folder.name.endswith(".tmp"):
                assert len(list((folder / "vault").iterdir())) == SESSIONS + 1
                with pytest.raises(UserError, match=r"does not open|Too many wrong"):
                    Project.open(folder, "not the pass phrase")
                whole += 1
        moments.learn(any(not folder.name.endswith(".tmp") for folder in place.iterdir()))
        shutil.rmtree(place)
    count("kill", "unpacking a package", ["each study whole or not there"] * kills)
    if FULL:
        assert whole


def test_a_workbook_is_the_old_one_or_the_new_one(home: Home, tmp_path: Path) -> None:
    moments = Moments(20261128, 0.6)
    file, folder = tmp_path / "tables.xlsx", home.copy()
    with home.open(folder) as project:
        titles = {project.ask(listing, key, date(2026, 11, 21)).key for key in LISTINGS}
    kills = halfway = before = 0
    while kills < times(20):
        kills += home.killed("export", folder, file, moments.next())
        halfway += any(tmp_path.glob("*.tmp"))
        moments.learn(file.exists() and file.stat().st_ino != before)
        if file.exists():
            before = file.stat().st_ino
            book = openpyxl.load_workbook(file)
            assert len(book.sheetnames) > len(titles)
        home.open(folder).close()
        for left in tmp_path.glob("*.tmp"):
            left.unlink()
    count("kill", "export of tables", ["the old file or the new one"] * kills)
    if FULL:
        assert halfway
