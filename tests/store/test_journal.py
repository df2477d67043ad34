"""The file of what was done without a server: a power cut costs nothing that was kept; damage is found."""

import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.store.journal import FOLDER, Entry, Journal, waits

KEY = bytes(range(32))


def entry(n: int) -> Entry:
    return Entry(f"id{n}", "set_notes", ("rating", f"canary {n}"), {}, "", at="2026-11-02T08:00:00+00:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with three entries."""
    where = tmp_path / "journal" / "one.journal"
    journal = Journal(where, KEY)
    for n in range(3):
        journal.append(entry(n))
    return where


def goes_on(path: Path, kept: int) -> None:
    """What was kept is read, and the next entry stands behind it."""
    journal = Journal(path, KEY)
    assert journal.entries() == tuple(entry(n) for n in range(kept))
    journal.append(entry(kept))
    assert Journal(path, KEY).entries() == tuple(entry(n) for n in range(kept + 1))


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The system takes what fits and refuses the rest, as a full disk does."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("zeros", [1, 3, 4, 11, 12, 200, 4096])
def test_zeros_at_the_end_are_as_if_they_were_not_there(path: Path, zeros: int) -> None:
    with path.open("ab") as file:
        file.write(bytes(zeros))
    goes_on(path, 3)


@pytest.mark.parametrize("lost", [16, 40, 120])
def test_an_entry_whose_end_became_zeros_was_never_kept(path: Path, lost: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost] + bytes(lost))
    goes_on(path, 2)
    path.write_bytes(whole[:-lost] + bytes(4096))
    goes_on(path, 2)


def test_an_entry_that_ends_too_early_was_never_kept(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)
    goes_on(path, 2)


@pytest.mark.parametrize("at", [0, 4, 20, -20, -1])
def test_a_byte_that_was_changed_is_found(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UserError, match="changed or damaged"):
        Journal(path, KEY).entries()


def test_an_entry_of_a_program_that_noted_no_time_is_read(tmp_path: Path) -> None:
    values = {"id": "id0", "verb": "hear", "args": ["rating"], "kwargs": {}, "made": "", "before": None}
    nonce = os.urandom(12)
    sealed = nonce + AESGCM(KEY).encrypt(nonce, json.dumps(values).encode(), b"0")
    (tmp_path / "one.journal").write_bytes(struct.pack(">I", len(sealed)) + sealed)
    (found,) = Journal(tmp_path / "one.journal", KEY).entries()
    assert (found.verb, found.at) == ("hear", "")


def damaged_copies(path: Path) -> list[bytes]:
    return [found.read_bytes() for found in sorted(path.parent.glob("*.damaged*"))]


def test_damage_is_set_aside_and_what_stands_before_it_is_kept(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert Journal(path, KEY).set_aside_damage()
    assert damaged_copies(path) == [content]
    goes_on(path, 1)
    assert not Journal(path, KEY).set_aside_damage()


def test_each_damaged_file_is_kept_and_one_with_nothing_to_read_waits_for_nothing(path: Path) -> None:
    for _ in range(2):
        path.write_bytes(b"\xff" * 100)
        assert Journal(path, KEY).set_aside_damage()
        assert not path.exists()
    assert damaged_copies(path) == [b"\xff" * 100] * 2
    assert not Journal(path, KEY).set_aside_damage()


def test_a_length_that_was_changed_loses_nothing_without_a_word(path: Path) -> None:
    content = bytearray(path.read_bytes())
    # Now the first entry seems to be one that was being written.
    content[1] ^= 1
    path.write_bytes(content)
    assert Journal(path, KEY).set_aside_damage()
    assert damaged_copies(path) == [content]


@pytest.mark.parametrize("nth", [0, 1, 2])
@pytest.mark.parametrize("length", [0, 12, 400, 5000])
@pytest.mark.parametrize("zeros", [0, 1, 16, 4096])
def test_a_length_that_was_changed_before_zeros_is_found_too(
    path: Path, nth: int, length: int, zeros: int
) -> None:
    content = bytearray(path.read_bytes() + bytes(zeros))
    at = 0
    for _ in range(nth):
        at += 4 + struct.unpack_from(">I", content, at)[0]
    struct.pack_into(">I", content, at, length)
    path.write_bytes(content)
    with pytest.raises(UserError, match="changed or damaged"):
        Journal(path, KEY).entries()
    assert Journal(path, KEY).set_aside_damage()
    assert damaged_copies(path) == [content]
    goes_on(path, nth)


def test_a_block_that_became_zeros_hides_no_entry_behind_it(path: Path) -> None:
    content = bytearray(path.read_bytes() + bytes(4096))
    second = 4 + struct.unpack_from(">I", content)[0]
    content[: second + 50] = bytes(second + 50)
    path.write_bytes(content)
    assert Journal(path, KEY).set_aside_damage()
    assert damaged_copies(path) == [content]
    assert not path.exists()


@pytest.mark.parametrize("zeros", [0, 1, 4, 200])
def test_a_whole_journal_is_left_as_it_is(path: Path, zeros: int) -> None:
    with path.open("ab") as file:
        file.write(bytes(zeros))
    before = path.read_bytes()
    assert not Journal(path, KEY).set_aside_damage()
    assert path.read_bytes() == before
    assert damaged_copies(path) == []


def test_a_journal_out_of_reach_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "one.journal").mkdir()
    with pytest.raises(UserError, match="cannot be read on this computer now"):
        Journal(tmp_path / "one.journal", KEY).set_aside_damage()
    assert (tmp_path / "one.journal").is_dir()


@pytest.mark.parametrize("kept", [0, 2])
@pytest.mark.parametrize("room", [0, 50])
def test_what_the_disk_did_not_take_is_no_damage_and_waits_for_nothing(
    tmp_path: Path, kept: int, room: int
) -> None:
    path = tmp_path / FOLDER / "one.journal"
    journal = Journal(path, KEY)
    for n in range(kept):
        journal.append(entry(n))
    before = path.read_bytes() if kept else b""
    with files_no_longer_than(len(before) + room), pytest.raises(UserError, match="not kept"):
        journal.append(entry(kept))
    assert waits(tmp_path) == bool(kept)
    assert not Journal(path, KEY).set_aside_damage()
    assert (path.read_bytes() if path.exists() else b"") == before
    journal.append(entry(kept))
    goes_on(path, kept + 1)


@pytest.mark.parametrize("content", [b"", bytes(200)])
def test_a_file_without_any_entry_waits_for_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FOLDER / "one.journal"
    path.parent.mkdir()
    path.write_bytes(content)
    assert not Journal(path, KEY).set_aside_damage()
    assert not waits(tmp_path)
