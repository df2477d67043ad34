"""The file of what was done without a server: a power cut costs nothing that was kept; damage is found."""

import json
import os
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.store.journal import Entry, Journal

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
