"""Recordings of the vault in both engines: as from a plain file, and nothing plain on any disk."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mio_fidelity.gui.playback.player import Part, Player, PlayerState
from mio_fidelity.media.decode import CONTAINERS
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Source, source_of
from mio_fidelity.media.vault import CHUNK_BYTES, HEADER_BYTES, new_key, seal
from tests.gui.playback.conftest import SECONDS
from tests.gui.playback.test_player import ENDED, listen, record, wait_for, wait_past
from tests.media_factory import KINDS

pytestmark = pytest.mark.qt_log_ignore(
    "No audio device detected",
    "PulseAudioService",
    "No RHI backend",
    "This plugin does not support",
    "AV_NOPTS_VALUE",
)
END_MS = SECONDS * 1000
SEALED_BYTES = CHUNK_BYTES + 16
RATE, MARKER_BYTES = 44_100, 4096


def in_vault(part: Part, folder: Path, container: str) -> Part:
    """The same recording, enciphered under a name that tells nothing."""
    folder.mkdir(exist_ok=True)
    target, key = folder / os.urandom(8).hex(), new_key()
    seal(part.source.path, target, key, Progress(None, None))
    return replace(part, place=Source(target, key, container))


def noise(path: Path, seconds: int) -> list[bytes]:
    """A wav file of noise that no other file has; pieces of it to look for, from all over it."""
    from av import AudioFrame
    from av import open as av_open

    random = np.random.default_rng(20260301)
    with av_open(str(path), "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for _ in range(seconds):
            wave = random.integers(-12_000, 12_000, (1, RATE), dtype=np.int16)
            frame = AudioFrame.from_ndarray(wave, layout="mono")
            frame.sample_rate = RATE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    content = path.read_bytes()
    step = len(content) // 40
    return [content[at : at + 24] for at in range(MARKER_BYTES, len(content) - 24, step)]


def places(folder: Path) -> list[Path]:
    """Everywhere something could be written: the study, the temporary folders, shared memory, the home."""
    found = {folder, Path(tempfile.gettempdir()), Path("/dev/shm"), Path("/var/tmp"), Path.home() / ".cache"}
    found |= {Path(os.environ[name]) for name in ("TMPDIR", "XDG_RUNTIME_DIR") if name in os.environ}
    return [place for place in found if place.is_dir()]


def holding(pieces: list[bytes], folder: Path, since: float) -> list[Path]:
    """Files changed after ``since``, and all that this program has open, that hold one of the pieces."""
    candidates = {Path(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")}
    for place in places(folder):
        for root, _, names in os.walk(place, onerror=None):
            candidates |= {Path(root) / name for name in names}
    found = []
    for path in candidates:
        try:
            if not path.is_file() or (path.stat().st_mtime < since and not path.is_relative_to("/proc")):
                continue
            content = path.read_bytes()
        except OSError:
            continue
        if any(piece in content for piece in pieces):
            found.append(path)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plays_seeks_and_ends_as_from_a_plain_file(player, load, media, qtbot, tmp_path, kind):
    plain = media(kind)
    sealed = in_vault(plain, tmp_path, examine(plain.place).container)
    load(sealed)
    listen(player, qtbot)
    player.play()
    wait_past(qtbot, player, 1_100)
    player.seek(END_MS - 300)
    wait_for(qtbot, player, ENDED)
    assert player.position_ms == END_MS


@pytest.mark.parametrize("kind", KINDS)
def test_decoding_from_the_vault_finds_the_same(media, tmp_path, kind):
    plain = media(kind)
    expected = examine(plain.place)
    found = examine(in_vault(plain, tmp_path, "").place)
    assert found.peaks.to_bytes() == expected.peaks.to_bytes()
    assert replace(found, peaks=expected.peaks) == expected
    assert found.container in CONTAINERS


def test_nothing_plain_is_on_any_disk_during_and_after_playback(player, load, qtbot, tmp_path):
    recording = tmp_path / "plain" / "noise.wav"
    recording.parent.mkdir()
    pieces = noise(recording, 8)
    since = recording.stat().st_mtime
    assert holding(pieces, tmp_path, since) == [recording], "the search finds what it looks for"
    sealed = in_vault(Part(recording, 8_000), tmp_path / "vault", "wav")
    recording.unlink()
    assert holding(pieces, tmp_path, since) == []
    load(sealed)
    player.play()
    wait_past(qtbot, player, 300)
    assert holding(pieces, tmp_path, since) == []
    player.seek(6_000)
    wait_past(qtbot, player, 6_200)
    assert holding(pieces, tmp_path, since) == []
    player.close()
    assert holding(pieces, tmp_path, since) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_bit_that_turned_is_a_sentence_where_it_is_reached(player, load, media, qtbot, tmp_path, seed):
    sealed = in_vault(media("wav", 90), tmp_path, "wav")
    path = source_of(sealed.place).path
    content = bytearray(path.read_bytes())
    # Beyond what is read when it is opened: the first megabytes, and the end.
    chunk = (len(content) // SEALED_BYTES) * (6 + seed) // 11
    content[HEADER_BYTES + chunk * SEALED_BYTES + 1000 * seed] ^= 1 << seed
    path.write_bytes(content)
    load(sealed)
    failed = record(player.failed)
    player.play()
    wait_past(qtbot, player, 200)
    assert not failed
    player.seek(chunk * CHUNK_BYTES * 1000 // (2 * RATE) - 100)
    wait_for(qtbot, player, PlayerState.FAILED)
    assert "damaged" in str(failed[-1])
    assert str(path) not in str(failed[-1])


def test_a_file_with_another_key_or_cut_short_is_a_sentence(player, media, qtbot, tmp_path):
    sealed = in_vault(media("wav"), tmp_path, "wav")
    source = source_of(sealed.place)
    player.load([replace(sealed, place=replace(source, key=new_key()))])
    wait_for(qtbot, player, PlayerState.FAILED)
    assert "damaged" in str(player.error)
    os.truncate(source.path, source.path.stat().st_size // 2)
    player.load([sealed])
    wait_for(qtbot, player, PlayerState.FAILED)
    assert "cut short" in str(player.error)


def test_three_hours_play_from_any_place(player: Player, load, qtbot, tmp_path):
    hours = 3
    recording = tmp_path / "long.wav"
    data_bytes = hours * 3600 * 16_000 * 2
    header = b"RIFF" + (36 + data_bytes).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += (1).to_bytes(2, "little") * 2 + (16_000).to_bytes(4, "little") + (32_000).to_bytes(4, "little")
    header += (2).to_bytes(2, "little") + (16).to_bytes(2, "little")
    with recording.open("wb") as file:
        file.write(header + b"data" + data_bytes.to_bytes(4, "little"))
        file.truncate(44 + data_bytes)
    length_ms = hours * 3_600_000
    sealed = in_vault(Part(recording, length_ms), tmp_path / "vault", "wav")
    recording.unlink()
    load(sealed)
    player.play()
    for at_ms in (length_ms - 60_000, 10_000, length_ms // 2):
        player.seek(at_ms)
        wait_past(qtbot, player, at_ms + 50)
        assert player.position_ms < at_ms + 10_000
    player.seek(length_ms - 400)
    wait_for(qtbot, player, ENDED)


def test_neither_path_nor_key_shows(tmp_path):
    source = Source(tmp_path / "secret-name", b"k" * 32, "wav")
    shown = f"{source!r} {Part(source, 1)!r}"
    assert "secret-name" not in shown
    assert "kkk" not in shown
