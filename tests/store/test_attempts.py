"""Wrong pass phrases make the next attempt wait: across restarts, and never for ever."""

import json
import shutil
import time
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, attempts
from tests.conftest import PASSPHRASE, Made


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    shutil.copytree(made[0], tmp_path / "study")
    return tmp_path / "study"


def restart(folder: Path) -> None:
    """As if the program had been started anew."""
    attempts._of_this_run.pop(folder.resolve(), None)


def wrong(folder: Path, times: int) -> None:
    for _ in range(times):
        with pytest.raises(UserError, match="does not open"):
            Project.open(folder, "not the right one")


def test_three_wrong_ones_are_free_and_the_fourth_has_to_wait(folder: Path) -> None:
    wrong(folder, 2)
    assert attempts.wait_left(folder) == 0
    wrong(folder, 1)
    assert 0 < attempts.wait_left(folder) <= attempts.SHORTEST_WAIT_S
    with pytest.raises(UserError, match=r"seconds left: \d\."):
        Project.open(folder, PASSPHRASE)


def test_each_further_one_waits_longer_up_to_a_limit() -> None:
    waits = [attempts.wait_after(wrong) for wrong in range(3, 12)]
    assert waits == sorted(waits)
    assert waits[:3] == [5, 10, 20]
    assert attempts.wait_after(10_000) == attempts.LONGEST_WAIT_S


def test_a_restart_does_not_reset_it(folder: Path) -> None:
    wrong(folder, 3)
    restart(folder)
    assert attempts.wait_left(folder) > 0
    with pytest.raises(UserError, match="Wait"):
        Project.open(folder, PASSPHRASE)


def test_deleting_the_file_does_not_reset_it_while_the_program_runs(folder: Path) -> None:
    wrong(folder, 3)
    (folder / attempts.FILE).unlink()
    assert attempts.wait_left(folder) > 0


def test_what_somebody_wrote_into_the_file_locks_nobody_out(folder: Path) -> None:
    for wrong_ones, at in (("9" * 4300, "0"), ("NaN", "NaN"), ("-3", "Infinity"), ("3", "NaN"), ("[", "[")):
        (folder / attempts.FILE).write_text(f'{{"wrong": {wrong_ones}, "at": {at}}}')
        wrong(folder, 1)
        restart(folder)
        assert attempts.wait_left(folder) <= attempts.LONGEST_WAIT_S


def test_the_right_one_forgets_the_wrong_ones(folder: Path) -> None:
    wrong(folder, 2)
    Project.open(folder, PASSPHRASE).close()
    assert not (folder / attempts.FILE).exists()
    wrong(folder, 2)
    assert attempts.wait_left(folder) == 0


def test_a_clock_set_back_waits_once_more_and_not_until_that_day_comes_again(folder: Path) -> None:
    in_a_year = time.time() + 365 * 86_400
    (folder / attempts.FILE).write_text(json.dumps({"wrong": 4, "at": in_a_year}))
    assert 9 < attempts.wait_left(folder) <= 10
    assert json.loads((folder / attempts.FILE).read_text())["at"] <= time.time()
    (folder / attempts.FILE).write_text(json.dumps({"wrong": 4, "at": time.time() - 11}))
    assert attempts.wait_left(folder) == 0
    Project.open(folder, PASSPHRASE).close()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"wrong": "x", "at": 0}', b'{"wrong": 1e999, "at": 0}', b"\xff"]
)
def test_a_damaged_file_is_in_nobodys_way(folder: Path, content: bytes) -> None:
    (folder / attempts.FILE).write_bytes(content)
    Project.open(folder, PASSPHRASE).close()


def test_damaged_keys_are_no_wrong_pass_phrase(folder: Path) -> None:
    (folder / "keys.json").write_bytes(b"{}")
    for _ in range(5):
        with pytest.raises(UserError, match="damaged"):
            Project.open(folder, PASSPHRASE)
    assert attempts.wait_left(folder) == 0
