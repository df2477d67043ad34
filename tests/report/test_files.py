import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.report.books import written
from mio_fidelity.report.files import replacing

NOBODY = 65534


def test_the_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with replacing(target) as scratch:
        scratch.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_after_any_fault_the_old_file_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with suppress(RuntimeError), replacing(target) as scratch:
        scratch.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Path]:
    """A folder, and no right to overrule its permissions."""
    if sys.platform == "win32":
        pytest.skip("permissions work in another way")
    place = tmp_path / "place"
    place.mkdir()
    was_root = os.geteuid() == 0
    for each in (tmp_path, *tmp_path.parents[:3]) if was_root else ():
        if each.stat().st_uid == 0 and each != Path(each.anchor):
            each.chmod(each.stat().st_mode | 0o055)
    if was_root:
        os.chown(place, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    yield place
    if was_root:
        os.seteuid(0)
    place.chmod(0o755)


def test_a_folder_that_may_not_be_written_to_is_named_as_the_cause(nobody: Path) -> None:
    nobody.chmod(0o555)
    with (
        pytest.raises(UserError, match="Nothing can be written in this folder"),
        replacing(nobody / "a") as scratch,
    ):
        scratch.write_text("new")


def test_a_file_that_may_not_be_changed_is_found_out_before_the_work(nobody: Path) -> None:
    target = nobody / "a.xlsx"
    target.write_text("old")
    target.chmod(0o444)
    began = []
    with pytest.raises(UserError, match="open in another program"), replacing(target):
        began.append(True)
    assert not began
    assert target.read_text() == "old"


def test_a_missing_folder_and_a_folder_of_that_name_have_their_sentences(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"), replacing(tmp_path / "none" / "a"):
        pass
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(UserError, match="a folder of this name"), replacing(tmp_path / "a.xlsx"):
        pass


FULL = """
import sys
from pathlib import Path
from mio_fidelity.errors import UserError
from mio_fidelity.report.workbook import write_workbook
from tests.report.tables import found, made

table = made(60)
findings = found(table)
Path(sys.argv[1]).write_text("ready")
sys.stdin.readline()
try:
    write_workbook(Path(sys.argv[2]), findings, table)
except UserError as error:
    print(error)
"""


def test_a_full_disk_has_its_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    disk, roomy = tmp_path / "disk", tmp_path / "roomy"
    disk.mkdir()
    roomy.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        target = disk / "a.xlsx"
        target.write_text("old")
        before = set(disk.iterdir())
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", FULL, str(roomy / "ready"), str(target)],
            input="\n",
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.stdout.startswith("The disk is full")
        assert "Exception ignored" not in done.stderr
        assert target.read_text() == "old"
        assert set(disk.iterdir()) == before
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_workbook_in_the_making_lies_beside_its_place_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    with written(tmp_path / "a.xlsx", "A title") as book:
        sheet = book.create_sheet("One")
        sheet.append(["a score"])
        assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
        sheet.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A disk that takes nothing, such as a memory stick with its switch set."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a disk")
    place = tmp_path / "stick"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_takes_nothing_is_named_as_the_cause(read_only: Path) -> None:
    with (
        pytest.raises(UserError, match="Nothing can be written in this folder"),
        replacing(read_only / "a") as scratch,
    ):
        scratch.write_text("new")
