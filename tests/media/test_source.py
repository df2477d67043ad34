"""A recording reads alike from a plain file and from the vault, and neither place nor key shows."""

import io
from pathlib import Path

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Source, byte_size, opened, source_of
from mio_fidelity.media.vault import new_key, seal

CONTENT = bytes(range(256)) * 1000


@pytest.fixture(params=[False, True], ids=["plain", "vault"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    plain = tmp_path / "secret.wav"
    plain.write_bytes(CONTENT)
    if not request.param:
        return Source(plain)
    key, target = new_key(), tmp_path / "secret-0123"
    seal(plain, target, key, Progress(None, None))
    return Source(target, key, "wav")


def test_it_reads_from_any_place(source: Source) -> None:
    with opened(source) as file:
        assert byte_size(file) == len(CONTENT)
        assert file.read(5) == CONTENT[:5]
        assert byte_size(file) == len(CONTENT)
        assert file.read(5) == CONTENT[5:10], "asking for the size moves nothing"
        file.seek(-7, io.SEEK_END)
        assert file.read() == CONTENT[-7:]


def test_nothing_of_it_shows(source: Source) -> None:
    assert "secret" not in repr(source)
    assert source.key is None or repr(source.key) not in repr(source)


def test_what_is_not_there_is_said(source: Source) -> None:
    assert source.is_there()
    source.path.unlink()
    assert not source.is_there()
    with pytest.raises(UserError, match="not there any more") as refused, opened(source):
        pass
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "container", "mp3", "matroska"),
    [
        ("a.MP3", "", True, False),
        ("a.wav", "", False, False),
        ("a.webm", "", False, True),
        ("0123", "mp3", True, False),
        ("0123", "matroska", False, True),
        ("a.mp3", "wav", False, False),
    ],
)
def test_what_decoding_found_counts_more_than_the_name(
    name: str, container: str, mp3: bool, matroska: bool
) -> None:
    source = Source(Path(name), None, container)
    assert (source.is_mp3, source.is_matroska) == (mp3, matroska)


def test_a_path_is_a_source() -> None:
    assert source_of(Path("a.mp3")) == Source(Path("a.mp3"))
    assert source_of(Source(Path("x"), b"k")) == Source(Path("x"), b"k")
