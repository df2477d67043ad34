"""Folders of recordings: what is one, what names say, and where moved ones lie."""

import shutil
import unicodedata
from pathlib import Path

import pytest

from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.folder import found_again, found_by_name, guess, recordings_in
from mio_fidelity.media.progress import Cancelled

NAMES = {
    "C017_S03_part2.mp3": ("C017", "3", "2"),
    "C017S03.mp3": ("C017", "3", ""),
    "C-017 visit 02.wav": ("C-017", "2", ""),
    "MIO-17_V2.mp4": ("MIO-17", "2", ""),
    "017_3.wav": ("017", "3", ""),
    "P12-3.m4a": ("P12", "3", ""),
    "C017_S03_final.mp3": ("C017", "3", ""),
    "C017/session 3.mp3": ("C017", "3", ""),
    "South/C017/session 3 part 2.mp3": ("C017", "3", "2"),
    "C017/3_2.mp3": ("C017", "3", "2"),
    "C017/03.mp3": ("C017", "3", ""),
    "C017/C017_03.mp3": ("C017", "3", ""),
    "interview.mp3": ("", "", ""),
    "C017.mp3": ("", "", ""),
    "C017_S1000.mp3": ("", "", ""),
    "Zoom 0001.wav": ("", "", ""),
    "2026-03-31_C017.mp3": ("", "", ""),
    "31.3.2026 C017.mp3": ("", "", ""),
    "C017/2026-03-31.mp3": ("", "", ""),
    "20260331_C017.mp3": ("", "", ""),
}


@pytest.mark.parametrize(("name", "said"), NAMES.items(), ids=NAMES)
def test_what_a_name_says(tmp_path: Path, name: str, said: tuple[str, str, str]) -> None:
    found = guess(tmp_path / name, tmp_path)
    assert (found.client, found.number, found.part) == said


def lay(folder: Path, **contents: bytes) -> None:
    """Files of these names (two underscores are a folder) and contents."""
    for name, content in contents.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def wanted(*contents: bytes, folder: Path) -> dict[str, int]:
    """Fingerprint and size of files with these contents."""
    found = {}
    for content in contents:
        (folder / "original").write_bytes(content)
        found[fingerprint(folder / "original")] = len(content)
    (folder / "original").unlink()
    return found


def pairs(lost: dict[str, int]) -> list[tuple[int, str]]:
    return [(size, sha256) for sha256, size in lost.items()]


def test_recordings_are_found_in_order_and_below_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b.MP3", "a.wav", "deep/er/c.mp4", ".hidden.wav", ".trash/d.wav", "notes.docx", "wav"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in recordings_in(tmp_path)]
    assert found == ["a.wav", "b.MP3", "deep/er/c.mp4"]


def test_moved_recordings_are_found_whatever_they_are_called_now(tmp_path: Path) -> None:
    lost = wanted(b"one" * 99, b"two" * 99, b"gone", folder=tmp_path)
    lay(tmp_path, deep__er__renamed=b"one" * 99, other_dot_wav=b"two" * 99)
    found = found_again(pairs(lost), tmp_path)
    assert {path.name for path in found.values()} == {"renamed", "other.wav"}
    for sha256, path in found.items():
        assert fingerprint(path) == sha256


def test_of_two_copies_the_first_is_taken_and_a_hidden_one_never(tmp_path: Path) -> None:
    lost = wanted(b"one", folder=tmp_path)
    lay(tmp_path, b__copy=b"one", c__copy=b"one")
    (tmp_path / ".trash").mkdir()
    shutil.copyfile(tmp_path / "b" / "copy", tmp_path / ".trash" / "copy")
    assert list(found_again(pairs(lost), tmp_path).values()) == [tmp_path / "b" / "copy"]


def test_another_size_or_another_content_is_not_the_recording(tmp_path: Path) -> None:
    lost = wanted(b"one", folder=tmp_path)
    lay(tmp_path, longer=b"one more", same_size=b"two", empty=b"")
    assert found_again(pairs(lost), tmp_path) == {}


def test_only_files_of_a_wanted_size_are_read_and_progress_reaches_the_end(tmp_path: Path) -> None:
    lost = wanted(b"12345", folder=tmp_path)
    lay(tmp_path, a=b"54321", b=b"12345", c=b"x" * 100_000)
    told: list[float] = []
    assert list(found_again(pairs(lost), tmp_path, told.append).values()) == [tmp_path / "b"]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    lost = wanted(b"one", folder=tmp_path)
    assert found_again(pairs(lost), tmp_path / "unplugged") == {}
    assert list(recordings_in(tmp_path / "unplugged")) == []


def test_a_file_that_went_or_cannot_be_read_is_passed_by(tmp_path: Path) -> None:
    lost = wanted(b"one", folder=tmp_path)
    lay(tmp_path, b=b"one")
    (tmp_path / "a").symlink_to(tmp_path / "nowhere")
    assert list(found_again(pairs(lost), tmp_path).values()) == [tmp_path / "b"]


@pytest.mark.parametrize("asked_before", [0, 1, 3])
def test_a_search_can_be_stopped_while_it_looks_and_while_it_reads(tmp_path: Path, asked_before: int) -> None:
    lost = wanted(b"one" * 1_000_000, folder=tmp_path)
    lay(tmp_path, a=b"two" * 1_000_000, b=b"one" * 1_000_000)
    asked = iter(range(asked_before))
    with pytest.raises(Cancelled):
        found_again(pairs(lost), tmp_path, None, lambda: next(asked, None) is None)


def test_a_name_is_known_again_only_where_one_file_has_it(tmp_path: Path) -> None:
    lay(tmp_path, deep__one=b"", two=b"", other__two=b"", three=b"")
    old = Path("/old")
    lost = [old / "one", old / "two", old / "gone", old / "a" / "three", old / "b" / "three"]
    assert found_by_name(lost, tmp_path) == {old / "one": tmp_path / "deep" / "one"}


def test_a_name_is_the_same_however_its_accents_are_written(tmp_path: Path) -> None:
    name = "Gespräch.wav"
    (tmp_path / unicodedata.normalize("NFD", name)).touch()
    old = Path("/old") / unicodedata.normalize("NFC", name)
    assert list(found_by_name([old], tmp_path)) == [old]


def test_a_search_by_name_can_be_stopped_and_for_nothing_looks_nowhere(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        found_by_name([Path("/old/one")], tmp_path, lambda: True)
    assert found_by_name([], tmp_path, lambda: True) == {}
