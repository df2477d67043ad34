"""A disk that fills up while somebody rates: a sentence, no damage, and work goes on when there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from tests.conftest import CHEAP, PASSPHRASE, Made, OpenStudy, copy_of


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True, text=True
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


def test_a_study_is_not_half_made_on_a_full_disk(disk: Path) -> None:
    ballast = fill(disk, 100_000)
    with pytest.raises(UserError, match="disk"):
        Project.create(disk / "study", PASSPHRASE, "x", CHEAP)
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    ballast.unlink()
    Project.create(disk / "study", PASSPHRASE, "x", CHEAP).close()
    shutil.rmtree(disk / "study")
