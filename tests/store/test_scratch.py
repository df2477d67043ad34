"""What a killed program left of its work goes; what a living one holds, or somebody else made, stays."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.store.scratch import scratch_beside

KILLED = """
import os, sys
from pathlib import Path
from mio_fidelity.errors import UserError
from mio_fidelity.store.scratch import scratch_beside
with scratch_beside(Path(sys.argv[1]), "package") as folder:
    (folder / "half").write_bytes(bytes(100))
    os._exit(9)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "R1.miopack"


def kill_at_work(target: Path) -> Path:
    """What is left of a program that was killed."""
    before = set(target.parent.iterdir())
    assert subprocess.run([sys.executable, "-c", KILLED, target], check=False).returncode == 9
    (left,) = set(target.parent.iterdir()) - before
    return left


def make(target: Path) -> None:
    with scratch_beside(target, "package") as folder:
        (folder / "half").write_bytes(b"whole")
        (folder / "half").replace(target)


def test_it_lies_beside_the_target_and_nothing_is_left_of_it(target: Path) -> None:
    with scratch_beside(target, "package") as folder:
        assert folder.parent == target.parent
    make(target)
    with suppress(UserError), scratch_beside(target, "package") as folder:
        (folder / "half").write_bytes(b"half")
        raise UserError("Stopped.")
    assert list(target.parent.iterdir()) == [target]


def test_what_a_killed_program_left_goes_with_the_next(target: Path) -> None:
    left = [kill_at_work(target), kill_at_work(target)]
    # The first went when the second began.
    assert [each.exists() for each in left] == [False, True]
    make(target)
    assert list(target.parent.iterdir()) == [target]


def test_what_somebody_is_at_work_in_stays(target: Path) -> None:
    with scratch_beside(target, "package") as held:
        (held / "half").write_bytes(b"half")
        make(target)
        kill_at_work(target)
        assert (held / "half").read_bytes() == b"half"
    make(target)
    assert list(target.parent.iterdir()) == [target]


def test_what_another_computer_or_somebody_else_made_stays(target: Path) -> None:
    left = kill_at_work(target)
    (lock,) = left.glob("*.lock")
    lock.rename(left / "00000000.lock")
    mine = target.with_name("package-of mine.tmp")
    other = target.with_name("another-01234567.tmp")
    bare = target.with_name("package-01234567.tmp")
    for folder in (mine, other):
        folder.mkdir()
        for name in (lock.name, "half"):
            (folder / name).touch()
    # As it is before its program has taken the lock.
    bare.mkdir()
    (bare / lock.name).touch()
    make(target)
    assert set(target.parent.iterdir()) == {target, left, mine, other, bare}
