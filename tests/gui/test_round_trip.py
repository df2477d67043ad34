"""A study goes out to two laptops and comes home: from the new study to the verified one, through windows."""

import pytest
from PySide6.QtCore import Qt

from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.errors import UserError
from mio_fidelity.gui.restore_dialog import RestoreDialog
from mio_fidelity.store import Project
from mio_fidelity.store.verify import verify_study
from tests.gui.conftest import QUIET
from tests.gui.front import press
from tests.gui.lab import CTRL, MINE, Home, Laptop
from tests.gui.seats import shown

pytestmark = QUIET
GONE = "of somebody who leaves"


@pytest.fixture
def home(tmp_path, qtbot, qapp):
    """A new study with six sessions for both coders."""
    made = Home("S1", tmp_path, qtbot)
    made.make_study()
    made.first_phrase("R1")
    made.add_sessions()
    made.assign()
    return made


def laptop(home, code, tmp_path, qtbot):
    """With the package open that she was handed."""
    made = Laptop(code, tmp_path, qtbot)
    made.unpack(home.hand_out(code, tmp_path / f"{code}.miopack"))
    return made


def ratings(home):
    """All that is stored of the ratings at home."""
    ids = home.table("assignments")._found["assignments"].ids
    return home.bench.ask(contents_of, ids)


def test_work_comes_home_from_two_laptops_in_any_order_and_twice(home, tmp_path, qtbot):
    one, two = (laptop(home, code, tmp_path, qtbot) for code in ("R1", "R2"))
    assert home.packages() == {"R1": (6, 0, 0, 6), "R2": (6, 0, 0, 6)}
    one.rate(4)
    two.rate(5)
    two.rate(6, submit=False, slots=10)
    first = {seat.name: seat.give_back("first") for seat in (one, two)}
    two.rate(6)
    second = two.give_back("second")
    assert home.take_in(first["R1"]) == "From R1: 1 new"
    # The later file comes first.
    assert home.take_in(second) == "From R2: 2 new"
    home.take_in(first["R2"])
    before = ratings(home)
    for seat in (one, two):
        there = seat.everything()
        assert {key: before[key] for key in there} == there
    assert home.packages() == {"R1": (6, 1, 1, 5), "R2": (6, 2, 2, 4)}
    for file, says in ((second, "From R2: 2 the same"), (first["R1"], "From R1: 1 the same")):
        assert home.take_in(file) == says
    assert ratings(home) == before
    shown(home.window, "packages")


def test_a_late_return_waits_for_a_person_and_everything_can_be_undone(home, tmp_path, qtbot):
    seat = laptop(home, "R1", tmp_path, qtbot)
    given, words = home.give_to("R1", "S1")
    assert "Handed out" in words
    for _ in range(6):
        seat.rate(3)
    late = seat.give_back("late")
    # Whoever has left opens nothing any more, and packages made before still come home.
    home.first_phrase("R2", GONE)
    home.remove("R2")
    assert home.take_in(late) == "From R1: 1 conflicting, 5 new"
    assert "given to somebody else" in home.settle("Take what came back")
    assert {score["value"] for score in ratings(home)[given]["scores"]} == {3}
    assert home.packages() == {"R1": (6, 6, 6, 0)}
    before = ratings(home)
    home.leave()
    with pytest.raises(UserError, match="does not open"):
        Project.open(home.folder, GONE)
    for file in home.folder.glob("study.db*"):
        file.unlink()
    home.ask()
    home.wait(lambda: "there are backups" in home.window.start.message.text())
    home.window.start.backups_button.click()
    going = home.dialog(RestoreDialog)
    going.passphrase.setText(MINE)
    home.go_back(going, 0)
    going.reject()
    home.enter()
    assert ratings(home) == before
    home.window.activateWindow()
    home.wait(home.window.isActiveWindow)
    press(Qt.Key.Key_B, mod=CTRL)
    going = home.dialog(RestoreDialog)
    # The first of all, from before anything was handed out.
    home.go_back(going, going.table.rowCount() - 1)
    assert "backup of" in going.report.text()
    home.go_back(going, 0)
    going.reject()
    home.enter()
    assert ratings(home) == before
    home.leave()
    assert [each.key for each in verify_study(home.folder, MINE) if not each.fits] == []
