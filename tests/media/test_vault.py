"""A recording in the vault reads like the file it was, from any place; nothing that was changed passes."""

import os
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Cancelled, Progress
from mio_fidelity.media.source import Source
from mio_fidelity.media.vault import (
    CHUNK_BYTES,
    HEADER_BYTES,
    MAGIC,
    Unsealed,
    bound,
    new_key,
    nonce,
    seal,
    seal_checked,
    sealed_bytes,
)

KEY = new_key()
SEALED_BYTES = CHUNK_BYTES + 16


def sealed(folder: Path, content: bytes, name: str = "x") -> Path:
    plain, target = folder / f"{name}.plain", folder / f"{name}.sealed"
    plain.write_bytes(content)
    target.unlink(missing_ok=True)
    seal(plain, target, KEY, Progress(None, None))
    return target


def read(path: Path, key: bytes = KEY) -> bytes:
    with Unsealed(path, key) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_every_length_comes_back(tmp_path: Path, size: int) -> None:
    content = random.Random(1).randbytes(size)
    path = sealed(tmp_path, content)
    assert read(path) == content
    with Unsealed(path, KEY) as file:
        assert file.size == size


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_place_reads_as_in_the_plain_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = random.Random(2).randbytes(5 * CHUNK_BYTES // 2)
    path = sealed(tmp_path_factory.mktemp("vault"), content)
    with Unsealed(path, KEY) as file:
        for _ in range(10):
            at = data.draw(st.integers(0, len(content) + 10))
            count = data.draw(st.integers(0, 2 * CHUNK_BYTES))
            assert file.seek(at) == at
            assert file.read(count) == content[at : at + count]
            assert file.tell() == max(at, min(at + count, len(content)))
        assert file.seek(-3, os.SEEK_END) == len(content) - 3
        assert file.read() == content[-3:]


def test_nothing_plain_is_in_the_file(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"what she said " * 20_000)
    assert b"she said" not in path.read_bytes()


def test_the_same_recording_twice_gives_different_files(tmp_path: Path) -> None:
    content = b"x" * 100
    one, two = tmp_path / "one", tmp_path / "two"
    (tmp_path / "plain").write_bytes(content)
    for target in (one, two):
        seal(tmp_path / "plain", target, new_key(), Progress(None, None))
    assert one.read_bytes()[HEADER_BYTES:] != two.read_bytes()[HEADER_BYTES:]


@pytest.mark.parametrize("seed", range(60))
def test_a_bit_that_turned_is_found(tmp_path: Path, seed: int) -> None:
    path = sealed(tmp_path, random.Random(3).randbytes(3 * CHUNK_BYTES + 17))
    spoilt = bytearray(path.read_bytes())
    luck = random.Random(seed)
    spoilt[luck.randrange(len(spoilt))] ^= 1 << luck.randrange(8)
    path.write_bytes(spoilt)
    with pytest.raises(UserError, match="damaged"):
        read(path)


@pytest.mark.parametrize("cut", [1, 16, 17, SEALED_BYTES, 2 * SEALED_BYTES, 2 * SEALED_BYTES + 33])
def test_a_file_cut_short_is_found_when_it_is_opened(tmp_path: Path, cut: int) -> None:
    path = sealed(tmp_path, random.Random(4).randbytes(3 * CHUNK_BYTES))
    os.truncate(path, path.stat().st_size - cut)
    with pytest.raises(UserError, match="cut short"):
        Unsealed(path, KEY)


def test_chunks_that_changed_places_are_found(tmp_path: Path) -> None:
    path = sealed(tmp_path, bytes(3 * CHUNK_BYTES))
    whole = path.read_bytes()
    one, two = (whole[HEADER_BYTES + nth * SEALED_BYTES :][:SEALED_BYTES] for nth in (0, 1))
    path.write_bytes(whole[:HEADER_BYTES] + two + one + whole[HEADER_BYTES + 2 * SEALED_BYTES :])
    with pytest.raises(UserError, match="damaged"):
        read(path)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not this study"):
        Unsealed(sealed(tmp_path, b"abc"), new_key())


@pytest.mark.parametrize("content", [b"", b"RIFF", b"MIO vault 1\n", bytes(1000)])
def test_what_is_no_vault_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        Unsealed(path, KEY)


def test_sealing_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(bytes(5 * CHUNK_BYTES))
    with pytest.raises(Cancelled):
        seal(plain, tmp_path / "sealed", KEY, Progress(None, lambda: True))
    assert [path.name for path in tmp_path.iterdir()] == ["plain"]


def test_a_recording_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not there any more"):
        seal(tmp_path / "none", tmp_path / "sealed", KEY, Progress(None, None))


def test_what_was_sealed_is_compared_with_what_it_should_be(tmp_path: Path) -> None:
    plain, target = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(random.Random(5).randbytes(3 * CHUNK_BYTES + 5))
    seal_checked(plain, target, KEY, fingerprint(plain), Progress(None, None))
    assert fingerprint(Source(target, KEY)) == fingerprint(plain)
    target.unlink()
    told: list[float] = []
    with pytest.raises(UserError, match="not the recording"):
        seal_checked(plain, target, KEY, "0" * 64, Progress(told.append, None))
    assert [path.name for path in tmp_path.iterdir()] == ["plain"]
    assert told == sorted(told)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES - 3])
def test_the_size_of_a_sealed_file_is_known_before(tmp_path: Path, size: int) -> None:
    assert sealed(tmp_path, bytes(size)).stat().st_size == sealed_bytes(size)


def test_a_full_disk_is_no_trouble_with_the_recording(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"x")
    with pytest.raises(FileNotFoundError):
        seal(plain, tmp_path / "nowhere" / "sealed", KEY, Progress(None, None))


BEYOND = 5 << 30


def test_beyond_four_gigabytes_each_piece_has_its_own_place(tmp_path: Path) -> None:
    """A recording larger than any number of 32 bits; most of the file is a hole that nobody wrote."""
    path, last, salt = tmp_path / "large", BEYOND // CHUNK_BYTES, bytes(16)
    size = BEYOND + 1000
    middle = (4 << 30) // CHUNK_BYTES + 1
    with path.open("wb") as file:
        file.write(MAGIC + salt)
        for nth, plain in ((middle, b"m" * CHUNK_BYTES), (last, b"e" * 1000)):
            file.seek(HEADER_BYTES + nth * SEALED_BYTES)
            file.write(AESGCM(KEY).encrypt(nonce(nth), plain, bound(salt, nth, last=nth == last)))
    assert path.stat().st_size == sealed_bytes(size)
    with Unsealed(path, KEY) as file:
        assert file.size == size
        file.seek(middle * CHUNK_BYTES)
        assert file.read(10) == b"m" * 10
        file.seek(-4, os.SEEK_END)
        assert (file.tell(), file.read(100), file.read(1)) == (size - 4, b"eeee", b"")
        file.seek(last * CHUNK_BYTES - 1)
        with pytest.raises(UserError, match="damaged"):
            file.read(1)


def test_a_file_that_grows_while_it_is_sealed_is_not_taken_for_what_it_was(tmp_path: Path) -> None:
    plain, target = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(bytes(10 * CHUNK_BYTES))
    known = fingerprint(plain)

    def told(_share: float) -> None:
        with plain.open("ab") as file:
            file.write(b"more")

    with pytest.raises(UserError, match="not the recording"):
        seal_checked(plain, target, KEY, known, Progress(told, None))
    assert [path.name for path in tmp_path.iterdir()] == ["plain"]


def test_a_file_cut_short_while_it_is_read_is_found_there(tmp_path: Path) -> None:
    path = sealed(tmp_path, bytes(6 * CHUNK_BYTES))
    with Unsealed(path, KEY) as file:
        file.read(10)
        os.truncate(path, HEADER_BYTES + 2 * SEALED_BYTES)
        file.seek(4 * CHUNK_BYTES)
        with pytest.raises(UserError, match="cut short"):
            file.read(10)
