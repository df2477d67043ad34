"""The sealed folder gives back what was kept, or nothing."""

import shutil
from pathlib import Path

import pytest

from mio_fidelity.store.sealed import SealedFolder

KEY = bytes(range(32))


@pytest.fixture
def sealed(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "peaks", KEY)


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "peaks").iterdir()
    return path


@pytest.mark.parametrize("content", [b"", b"x", bytes(100_000)])
def test_what_was_kept_comes_back(sealed: SealedFolder, content: bytes) -> None:
    sealed.write("abc", content)
    assert sealed.read("abc") == content
    assert sealed.read("abd") is None


def test_neither_name_nor_content_can_be_read(sealed: SealedFolder, tmp_path: Path) -> None:
    sealed.write("a-name-to-hide", b"words to hide " * 50)
    path = only_file(tmp_path)
    assert "hide" not in path.name
    assert b"hide" not in path.read_bytes()


def test_the_same_content_looks_different_each_time(sealed: SealedFolder, tmp_path: Path) -> None:
    sealed.write("abc", b"same")
    first = only_file(tmp_path).read_bytes()
    sealed.write("abc", b"same")
    assert only_file(tmp_path).read_bytes() != first


@pytest.mark.parametrize("keep", [0, 5, 12, 20, -1])
def test_a_damaged_file_counts_as_absent(sealed: SealedFolder, tmp_path: Path, keep: int) -> None:
    sealed.write("abc", b"some content")
    path = only_file(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    assert sealed.read("abc") is None


def test_a_file_under_another_name_or_key_counts_as_absent(sealed: SealedFolder, tmp_path: Path) -> None:
    sealed.write("abc", b"some content")
    sealed.write("abd", b"other content")
    shutil.copyfile(sealed._path("abd"), sealed._path("abc"))
    assert sealed.read("abc") is None
    assert SealedFolder(tmp_path / "peaks", bytes(32)).read("abd") is None
