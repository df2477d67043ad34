"""What lies in a recording's place is told as what it is, plain and in the vault."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mio_fidelity.media.condition import Condition, condition
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Cancelled, Progress
from mio_fidelity.media.source import Source
from mio_fidelity.media.vault import CHUNK_BYTES, HEADER_BYTES, new_key, seal

QUIETLY = Progress(None, None)
CONTENT = bytes(range(256)) * (CHUNK_BYTES // 64)
Look = Callable[[bool], Condition]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(CONTENT)
    return path


def look_at(source: Source, sha256: str) -> Look:
    return lambda whole: condition(source, len(CONTENT), sha256, whole, QUIETLY)


def test_a_plain_file(plain: Path) -> None:
    look = look_at(Source(plain), fingerprint(plain))
    assert look(True) is Condition.WHOLE
    plain.write_bytes(CONTENT[:-1] + b"x")
    assert (look(False), look(True)) == (Condition.WHOLE, Condition.OTHER)
    plain.write_bytes(b"")
    assert look(False) is Condition.OTHER
    plain.unlink()
    assert look(False) is Condition.MISSING
    plain.mkdir()
    assert look(False) is Condition.MISSING


def test_a_file_of_the_vault(plain: Path, tmp_path: Path) -> None:
    sealed, key = tmp_path / "sealed", new_key()
    seal(plain, sealed, key, QUIETLY)
    look = look_at(Source(sealed, key), fingerprint(plain))
    assert look(True) is Condition.WHOLE
    assert look_at(Source(sealed, new_key()), fingerprint(plain))(False) is Condition.DAMAGED
    assert look_at(Source(sealed, key), "0" * 64)(True) is Condition.OTHER
    content = bytearray(sealed.read_bytes())
    content[HEADER_BYTES + CHUNK_BYTES + 20] ^= 1
    sealed.write_bytes(content)
    assert (look(False), look(True)) == (Condition.WHOLE, Condition.DAMAGED)
    os.truncate(sealed, 20)
    assert look(False) is Condition.DAMAGED
    sealed.unlink()
    assert look(False) is Condition.MISSING


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(plain: Path) -> None:
    sha256 = fingerprint(plain)
    plain.chmod(0)
    assert look_at(Source(plain), sha256)(False) is Condition.DAMAGED


def test_it_tells_its_share_and_can_be_stopped(plain: Path) -> None:
    told: list[float] = []
    condition(Source(plain), len(CONTENT), fingerprint(plain), True, Progress(told.append, None))
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        condition(Source(plain), len(CONTENT), "", True, Progress(None, lambda: True))
