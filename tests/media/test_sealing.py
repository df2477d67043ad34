"""Pieces of a recording enciphered on the way are the file that the vault would have, whatever is read."""

import hashlib
import io
import random
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.sealing import sealed_pieces
from mio_fidelity.media.source import Source
from mio_fidelity.media.vault import CHUNK_BYTES, Unsealed, new_key, seal, sealed_bytes

BLOCK = 16 * CHUNK_BYTES
CONTENT = random.Random(5).randbytes(2 * BLOCK + CHUNK_BYTES + 5)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pieces(content: bytes, size: int, sha256: str | None, key: bytes = new_key()) -> bytes:
    return b"".join(bytes(piece) for piece in sealed_pieces(io.BytesIO(content), size, key, sha256))


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, len(CONTENT)]
)
def test_every_length_comes_back(tmp_path: Path, size: int) -> None:
    content, key, path = CONTENT[:size], new_key(), tmp_path / "x"
    path.write_bytes(pieces(content, size, digest(content), key))
    assert path.stat().st_size == sealed_bytes(size)
    with Unsealed(path, key) as file:
        assert file.read() == content


def test_a_recording_of_the_vault_gets_another_key(tmp_path: Path) -> None:
    plain, home, away = (tmp_path / name for name in ("plain", "home", "away"))
    plain.write_bytes(CONTENT)
    ours, theirs = new_key(), new_key()
    seal(plain, home, ours, Progress(None, None))
    with Source(home, ours).open() as file:
        away.write_bytes(b"".join(map(bytes, sealed_pieces(file, len(CONTENT), theirs, None))))
    with Unsealed(away, theirs) as file:
        assert file.read() == CONTENT
    with pytest.raises(UserError, match="damaged"):
        Unsealed(away, ours)


def test_damage_in_the_vault_does_not_go_along(tmp_path: Path) -> None:
    plain, home = tmp_path / "plain", tmp_path / "home"
    plain.write_bytes(CONTENT)
    key = new_key()
    seal(plain, home, key, Progress(None, None))
    content = bytearray(home.read_bytes())
    content[BLOCK // 2] ^= 1
    home.write_bytes(content)
    with Source(home, key).open() as file, pytest.raises(UserError, match="damaged"):
        list(sealed_pieces(file, len(CONTENT), new_key(), None))


@pytest.mark.parametrize("more", [-BLOCK, -1, 1, BLOCK])
@pytest.mark.parametrize("size", [5, BLOCK, BLOCK + 5])
def test_a_recording_of_another_size_is_refused(size: int, more: int) -> None:
    content = CONTENT[: max(0, size + more)]
    with pytest.raises(UserError, match="size differs"):
        pieces(content, size, digest(content))


def test_another_recording_of_the_same_size_is_refused() -> None:
    with pytest.raises(UserError, match="content differs"):
        pieces(CONTENT, len(CONTENT), digest(CONTENT[::-1]))


def test_nothing_is_read_any_more_once_nobody_asks(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        found = sealed_pieces(file, len(CONTENT), new_key(), None)
        next(found), next(found)
        found.close()
        at = file.tell()
        assert at < len(CONTENT)
        with pytest.raises(StopIteration):
            next(found)
        assert file.tell() == at
