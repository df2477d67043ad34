"""A study whose file is taken away or replaced while it is open is not lost."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.rescue import rescue
from tests.conftest import CHEAP, PASSPHRASE, OpenStudy

pytestmark = pytest.mark.skipif(os.name != "posix", reason="an open file cannot be taken away on this system")


def other_study(folder: Path) -> None:
    Project.create(folder.parent / "other", PASSPHRASE, "Another", CHEAP).close()
    os.replace(folder.parent / "other" / "study.db", folder / "study.db")


TAKEN: dict[str, Callable[[Path], object]] = {
    "deleted": lambda folder: (folder / "study.db").unlink(),
    "moved": lambda folder: (folder / "study.db").rename(folder / "elsewhere.db"),
    "replaced by another": other_study,
    "replaced by its copy": lambda folder: (
        shutil.copyfile(folder / "study.db", folder / "copy"),
        os.replace(folder / "copy", folder / "study.db"),
    ),
    "the whole folder moved": lambda folder: folder.rename(folder.with_name("moved")),
    "the whole folder deleted": shutil.rmtree,
}


@pytest.mark.parametrize("take", TAKEN.values(), ids=TAKEN.keys())
def test_nothing_more_is_stored_and_what_was_can_be_saved(
    study: OpenStudy, tmp_path: Path, take: Callable[[Path], object]
) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    folder = study.folder
    take(folder)
    with pytest.raises(UserError, match="moved, deleted or replaced"):
        study.set("warm_regard", "fidelity", rated(6))
    # What is there is still shown.
    assert study.answer("warm_regard", "fidelity") == rated(4)
    here = (folder / "study.db").read_bytes() if (folder / "study.db").exists() else None
    rescue(study.project, tmp_path / "saved")
    study.project.close()
    assert (folder / "study.db").exists() == (here is not None)
    assert here is None or (folder / "study.db").read_bytes() == here
    study.project = Project.open(tmp_path / "saved", PASSPHRASE)
    study.sign_in("R1")
    assert study.answer("warm_regard", "fidelity") == rated(4)
    study.set("warm_regard", "fidelity", rated(6))
    assert study.project.sound()


def test_a_copy_goes_into_no_folder_that_is_there(study: OpenStudy, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(UserError, match="something in this place"):
        rescue(study.project, tmp_path / "mine")


def test_a_copy_that_cannot_be_written_leaves_nothing(study: OpenStudy, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="could not be written"):
        rescue(study.project, tmp_path / "file" / "saved")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "study"]
