"""Packages that cross versions of the program: made by an older one, opened by a newer one, and back."""

from collections.abc import Iterator

import pytest

from mio_fidelity.coding.merging import Kind
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.parcel import unpack
from tests.coding.packed import LAPTOP, QUIETLY, Laptop, hand_out, take_in
from tests.coding.test_merging import STORED, made_home, verified
from tests.store.test_schema import later_program


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.mark.parametrize("is_later", [False, True], ids=["this program", "a later one"])
def test_a_package_of_the_first_version_of_the_program_is_worked_on_and_returned(
    study, tmp_path, patch, is_later
):
    """Kept as it was written then; every later version has to open it, and take its work in."""
    stored = STORED / "package-1.miopack"
    rating_id = made_home(study, stored)
    if is_later:
        later_program(patch, tmp_path / "later")
    laptop = Laptop(stored, tmp_path / "laptop")
    laptop.work(rating_id, value=5, submit=True, notes="at last")
    file = laptop.give_back()
    with laptop.open() as project:
        there = project.ask(contents_of, [rating_id])
    patch.undo()
    told = take_in(study, file)
    assert [row.kind for row in told.rows] == [Kind.NEW]
    assert study.ask(contents_of, [rating_id]) == there
    assert there[rating_id]["notes"] == "at last"


def test_a_package_made_here_is_opened_by_a_later_program_and_its_work_comes_home(study, tmp_path, patch):
    file = hand_out(study, tmp_path)
    later_program(patch, tmp_path / "later")
    laptop = Laptop(file, tmp_path / "laptop")
    laptop.work(study.rating_id, submit=True)
    back = laptop.give_back()
    patch.undo()
    assert take_in(study, back).count(Kind.NEW) == 1
    assert verified(study)
    # Her computer has the later program for good.
    with pytest.raises(UserError, match="newer version"), laptop.open():
        pass


def test_a_package_of_a_later_program_says_so_and_stays_as_it_is(study, tmp_path, patch):
    later_program(patch, tmp_path / "later")
    file = hand_out(study, tmp_path)
    patch.undo()
    folder = tmp_path / "laptop"
    unpack(file, folder, QUIETLY)
    before = (folder / "study.db").read_bytes()
    with pytest.raises(UserError, match=r"newer version of the program.* Install the newer version"):
        Project.open(folder, LAPTOP)
    assert (folder / "study.db").read_bytes() == before
    later_program(patch, tmp_path / "later too")
    with Project.open(folder, LAPTOP) as project:
        assert project.sound()
