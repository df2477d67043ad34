"""Real media files for tests, made with PyAV alone.

The sound is a tone code under a speech-like loudness curve: every 100 ms slot carries a pair of tones that
no other slot of the first 102 s shares, so what is heard can be told from the sound itself. The last half
second of every two is silent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

SLOT_S = 0.1
CYCLE_S = 2.0
GAP_FROM_S = 1.5
CHUNK_S = 1.0
FRAMES_PER_S = 10


class Recipe(NamedTuple):
    """How one kind of file is made."""

    suffix: str
    container: str
    codec: str
    rate: int = 44_100
    layout: str = "mono"
    codec_options: dict[str, str] = {}  # noqa: RUF012
    container_options: dict[str, str] = {}  # noqa: RUF012
    video_codec: str | None = None


# 118 is FFmpeg's unit of quality (FF_QP2LAMBDA).
VBR = {"flags": "+qscale", "global_quality": str(4 * 118)}
RECIPES = {
    "wav": Recipe(".wav", "wav", "pcm_s16le"),
    "mp3_cbr": Recipe(".mp3", "mp3", "libmp3lame", codec_options={"b": "64000"}),
    "mp3_vbr": Recipe(".mp3", "mp3", "libmp3lame", codec_options=VBR),
    "mp3_vbr_headerless": Recipe(
        ".mp3",
        "mp3",
        "libmp3lame",
        codec_options=VBR,
        container_options={"write_xing": "0", "id3v2_version": "0"},
    ),
    "m4a": Recipe(".m4a", "ipod", "aac"),
    "flac": Recipe(".flac", "flac", "flac"),
    "ogg": Recipe(".ogg", "ogg", "vorbis", layout="stereo", codec_options={"strict": "experimental"}),
    "opus": Recipe(".opus", "ogg", "libopus", rate=48_000),
    "wma": Recipe(".wma", "asf", "wmav2", codec_options={"b": "64000"}),
    "mp4": Recipe(".mp4", "mp4", "aac", video_codec="libx264"),
    "webm": Recipe(".webm", "webm", "libopus", rate=48_000, video_codec="libvpx"),
}
KINDS = tuple(RECIPES)


def tones_hz(slot: int) -> tuple[int, int]:
    """The two tones of the 100 ms slot that begins at ``slot * 100`` ms."""
    return 400 + 40 * (slot % 32), 1800 + 40 * (slot // 32 % 32)


def make(path: Path, seconds: float, kind: str, *, gaps: bool = True) -> Path:
    """Write a file of one of ``KINDS`` to ``path`` (used as given) and return the path."""
    import av

    recipe = RECIPES[kind]
    with av.open(str(path), "w", format=recipe.container, options=recipe.container_options) as output:
        audio = output.add_stream(recipe.codec, rate=recipe.rate, layout=recipe.layout)
        audio.codec_context.options = recipe.codec_options
        video = _video_stream(output, recipe.video_codec) if recipe.video_codec else None
        for start_s, wave in _chunks(seconds, recipe.rate, gaps):
            if video is not None:
                _add_pictures(output, video, start_s, start_s + len(wave) / recipe.rate)
            output.mux(audio.encode(_frame(wave, audio, round(start_s * recipe.rate))))
        for stream in filter(None, (audio, video)):
            output.mux(stream.encode(None))
    return path


def truncated(path: Path, keep_share: float) -> Path:
    """Cut the file short, as a copy that was broken off does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep_share)])
    return path


def corrupt_middle(path: Path) -> Path:
    """Overwrite eight stretches between 40 % and 60 % of the file with noise."""
    data = bytearray(path.read_bytes())
    noise = random.Random(1)
    length = max(16, len(data) // 100)
    for part in range(8):
        at = int(len(data) * (0.40 + 0.025 * part))
        data[at : at + length] = noise.randbytes(length)
    path.write_bytes(data)
    return path


def garbage(path: Path) -> Path:
    """Write bytes that mean nothing."""
    path.write_bytes(random.Random(2).randbytes(50_000))
    return path


def text_as(path: Path) -> Path:
    """Write plain text under a recording's name."""
    path.write_text("Notes of the meeting, saved under the wrong name.\n" * 200, encoding="utf-8")
    return path


def zero_bytes(path: Path) -> Path:
    """Write an empty file."""
    path.write_bytes(b"")
    return path


def sound(seconds: float, rate: int, *, start_s: float = 0.0, gaps: bool = True) -> NDArray[np.float32]:
    """The signal itself, shape (samples,), in [-1, 1]."""
    t = start_s + np.arange(round(seconds * rate)) / rate
    # A sample at a slot's edge belongs to the slot it opens, whatever the rounding.
    slot = np.floor(t / SLOT_S + 1e-6).astype(int)
    low, high = 400 + 40 * (slot % 32), 1800 + 40 * (slot // 32 % 32)
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * t)
    wave = syllables * (0.4 * np.sin(2 * np.pi * low * t) + 0.4 * np.sin(2 * np.pi * high * t))
    if gaps:
        wave[(t + 1e-6) % CYCLE_S >= GAP_FROM_S] = 0
    return wave.astype(np.float32)


def _chunks(seconds: float, rate: int, gaps: bool) -> Iterator[tuple[float, NDArray[np.float32]]]:
    start_s = 0.0
    while start_s < seconds:
        length_s = min(CHUNK_S, seconds - start_s)
        yield start_s, sound(length_s, rate, start_s=start_s, gaps=gaps)
        start_s += CHUNK_S


def _frame(wave: NDArray[np.float32], stream: Any, pts: int) -> av.AudioFrame:
    import av

    channels = 2 if stream.codec_context.layout.name == "stereo" else 1
    layout = "stereo" if channels == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), format="fltp", layout=layout)
    frame.sample_rate = stream.codec_context.sample_rate
    frame.pts = pts
    return frame


def _video_stream(output: Any, codec: str) -> Any:
    stream = output.add_stream(codec, rate=FRAMES_PER_S)
    stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
    return stream


def _add_pictures(output: Any, stream: Any, from_s: float, to_s: float) -> None:
    import av

    for number in range(round(from_s * FRAMES_PER_S), round(to_s * FRAMES_PER_S)):
        picture = np.full((120, 160, 3), 40, np.uint8)
        picture[:, number * 4 % 160 :][:, :8] = 220
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        output.mux(stream.encode(frame))
