"""A disk that fills up while somebody rates: a sentence, no damage, and work goes on when there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import access, merging, packages, rate, vault
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.errors import UserError
from mio_fidelity.gui.vault_work import VaultTally, copy_out
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.report.listings import Origin, write_listings
from mio_fidelity.store import Project
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.parcel import unpack
from mio_fidelity.store.rescue import rescue
from tests.coding.packed import LAPTOP, QUIETLY, Laptop, add_session, give, hand_out
from tests.coding.vaulted import never, quiet, take_all
from tests.conftest import CHEAP, PASSPHRASE, Made, OpenStudy, copy_of
from tests.faults.counting import count
from tests.faults.damage import SAID, WORKS, Everything, everything


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", place], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk: Path, spare: int = 0) -> Path:
    """Fill the disk but for ``spare`` bytes; the file that does."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - spare))
    return ballast


def deeds(study: OpenStudy, disk: Path, file: Path) -> dict[str, Callable[[], object]]:
    """What takes room, each as a supervisor does it; ``file`` is work that a coder returned."""
    project, out = study.project, disk / "out"
    tables = [study.ask(listing, key, date(2026, 11, 21)) for key in LISTINGS]
    return {
        "backup": lambda: back_up(project.file),
        "vault import": lambda: all_taken(study),
        "vault export": lambda: all_copied(study, out),
        "hand out": lambda: packages.make_package(
            project, study.people["R2"], out / "R2.miopack", LAPTOP, cost=CHEAP
        ),
        "unpack": lambda: unpack(file.with_suffix(".miopack"), out / "laptop", QUIETLY),
        "merge": lambda: merging.merge(project, file),
        "export": lambda: write_listings(out / "tables.xlsx", tables, Origin("A study of tests", {})),
        "pass phrase": lambda: access.give_passphrase(project, study.people["R2"], "a first pass phrase"),
        "re-key": lambda: access.rekeying(project)(),
        "save a copy": lambda: rescue(project, out / "saved"),
    }


def all_taken(study: OpenStudy) -> None:
    for _, error in take_all(study).refused:
        raise error


def all_copied(study: OpenStudy, target: Path) -> None:
    tally = VaultTally(2)
    copy_out(study.project, study.ask(vault.kept, study.folder), target, tally, quiet, never)
    for _, error in tally.refused:
        raise error


@pytest.fixture
def returned(disk: Path, made: Made) -> Iterator[tuple[OpenStudy, Path]]:
    """A study on the small disk, work handed out and returned beside it, and more to hand out."""
    study = copy_of(made, disk)
    beside = disk.parent / "beside"
    beside.mkdir()
    (rating_id,) = give(study, add_session(study, 1), "R1")
    laptop = Laptop(hand_out(study, beside), beside / "laptop")
    laptop.work(rating_id, submit=True)
    give(study, add_session(study, 2), "R2")
    file = beside / "work.mioback"
    laptop.give_back().rename(file)
    next(beside.glob("*.miopack")).rename(file.with_suffix(".miopack"))
    (disk / "out").mkdir()
    yield study, file
    study.project.close()


def unchanged(study: OpenStudy, before: Everything, deed: str) -> bool:
    """Whether all is as it was but the audit trail; what goes file by file may have done some of them."""
    sources = [(each.source, each.sha256) for each in study.ask(vault.kept, study.folder)]
    whole = all(fingerprint(source) == sha256 for source, sha256 in sources)
    now = study.ask(everything)
    # A pass phrase that was not given is not on record either.
    same = all(now[key] == before[key] for key in before if key != "audit" or deed == "pass phrase")
    return whole and (same or deed.startswith("vault"))


SPARES = (0, 4096, 20_000, 60_000, 150_000, 400_000, 900_000, 25_000_000)
DEEDS = ("backup", "vault import", "vault export", "hand out", "unpack", "merge", "export", "pass phrase")


@pytest.mark.parametrize("deed", [*DEEDS, "re-key", "save a copy"])
def test_what_finds_no_room_is_said_and_leaves_everything_as_it_was(
    returned: tuple[OpenStudy, Path], disk: Path, deed: str
) -> None:
    study, file = returned
    outcomes = []
    for spare in SPARES:
        shutil.rmtree(disk / "out")
        (disk / "out").mkdir()
        before = study.ask(everything)
        ballast = fill(disk, spare)
        try:
            deeds(study, disk, file)[deed]()
        except UserError:
            outcomes.append(SAID)
            ballast.unlink()
            assert unchanged(study, before, deed)
            assert deed == "vault export" or not list((disk / "out").iterdir())
        else:
            outcomes.append(WORKS)
            ballast.unlink()
            break
    count("full disk", deed, outcomes)
    assert outcomes[0] == SAID
    study.reopen()
    assert study.project.sound()
    assert study.project.remarks == ()
    assert outcomes[-1] == WORKS


@pytest.mark.parametrize("spare", SPARES)
def test_an_older_study_is_brought_up_to_date_once_there_is_room(disk: Path, spare: int) -> None:
    older = disk / "older"
    shutil.copytree(Path(__file__).resolve().parents[1] / "store" / "studies" / "0002", older)
    ballast = fill(disk, spare)
    outcomes = []
    try:
        Project.open(older, PASSPHRASE).close()
    except UserError:
        outcomes.append(SAID)
    else:
        outcomes.append(WORKS)
    ballast.unlink()
    count("full disk", "migration", outcomes)
    with Project.open(older, PASSPHRASE) as project:
        assert project.sound()
        assert project.remarks == ()


def rate_until_refused(study: OpenStudy) -> tuple[UserError, str]:
    """Write until something is refused; the refusal, and the notes stored last."""
    stored = study.desk().notes
    for attempt in range(500):
        notes = f"{attempt} " * 2000
        try:
            study.do(rate.set_notes, study.rating_id, notes)
        except UserError as error:
            return error, stored
        stored = notes
    raise AssertionError("the disk did not fill")


@pytest.mark.parametrize("spare", [0, 4096, 40_960, 200_000])
def test_a_full_disk_is_said_and_nothing_is_lost_and_work_goes_on(disk: Path, made: Made, spare: int) -> None:
    study = copy_of(made, disk)
    study.set("warm_regard", "fidelity", rated(5))
    ballast = fill(disk, spare)
    error, notes = rate_until_refused(study)
    assert "disk" in str(error)
    assert "not stored" in str(error)
    for _ in range(3):
        with pytest.raises(UserError, match="disk"):
            study.do(rate.set_notes, study.rating_id, "words " * 20_000)
    assert study.desk().notes == notes
    assert study.answer("warm_regard", "fidelity") == rated(5)
    assert study.project.sound()

    ballast.unlink()
    study.set("warm_regard", "fidelity", rated(6))
    study.do(rate.set_notes, study.rating_id, "there is room again")
    study.reopen()
    assert study.desk().notes == "there is room again"
    assert study.answer("warm_regard", "fidelity") == rated(6)
    assert study.project.sound()
    study.project.close()
    count("full disk", "rating", ["refused with a sentence"] * 4)


def test_a_study_closed_on_a_full_disk_opens_when_there_is_room(disk: Path, made: Made) -> None:
    study = copy_of(made, disk)
    study.do(rate.set_notes, study.rating_id, "kept")
    ballast = fill(disk)
    _, notes = rate_until_refused(study)
    study.project.close()
    try:
        study.project = Project.open(study.folder, PASSPHRASE)
    except UserError as error:
        assert "disk" in str(error)  # noqa: PT017
        ballast.unlink()
        study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert study.desk().notes == notes
    assert study.project.sound()
    study.project.close()
    count("full disk", "closing", ["opened when there was room"])


def test_a_study_is_not_half_made_on_a_full_disk(disk: Path) -> None:
    ballast = fill(disk, 100_000)
    with pytest.raises(UserError, match="disk"):
        Project.create(disk / "study", PASSPHRASE, "x", CHEAP)
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    ballast.unlink()
    Project.create(disk / "study", PASSPHRASE, "x", CHEAP).close()
    shutil.rmtree(disk / "study")
    count("full disk", "new study", ["refused with a sentence"])
