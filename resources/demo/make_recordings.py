"""Make the demo recordings from the written sessions, with computer voices.

Run it as ``.venv/bin/python resources/demo/make_recordings.py``. It reads ``sessions/*.txt`` and writes
``recordings/`` and ``turns.json`` (when each turn begins, so that evidence marks can point at it). Everything
drawn at random has a fixed seed: the same espeak-ng gives the same recordings. After a remake, the marks in
``ratings.toml`` have to follow the new times; the tests say which do not.
"""

import io
import json
import re
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

HERE = Path(__file__).resolve().parent
SPOKEN_HZ = 22_050  # what espeak-ng speaks
FILE_HZ = 24_000  # opus knows no 22,050; the encoder resamples
SPEECH_RMS = 0.1  # -20 dBFS
NOISE_RMS = 0.0008  # -62 dBFS: a quiet room, not digital silence
GAP_S = (0.45, 1.0)
BIT_RATES = {".opus": 18_000, ".mp3": 24_000}
CODECS = {".opus": "libopus", ".mp3": "libmp3lame"}


@dataclass(frozen=True)
class Voice:
    """How a speaker sounds; pitch is espeak-ng's 0..99."""

    name: str
    pitch: int
    words_per_minute: int


@dataclass(frozen=True)
class Plan:
    """One recording: its kind of file, the seed of its chances, and who speaks."""

    suffix: str
    seed: int
    counselor: Voice
    caregiver: Voice


@dataclass(frozen=True)
class Turn:
    """What one speaker says at a stretch: texts, and silences in seconds."""

    speaker: str
    parts: tuple[str | float, ...]


ANNOUNCER = Voice("en-us", 45, 165)

PLANS = {
    "one": Plan(".opus", 1, Voice("en-gb-x-rp+f4", 38, 160), Voice("en-us+f5", 55, 170)),
    "two": Plan(".opus", 2, Voice("en-us+f4", 38, 166), Voice("en-us+Annie", 52, 172)),
    "three": Plan(".mp3", 3, Voice("en-gb-scotland+m3", 48, 162), Voice("en-us+f3", 55, 170)),
    "four": Plan(".opus", 4, Voice("en-gb-x-rp+f2", 34, 196), Voice("en-us+linda", 48, 166)),
}


def read_turns(text: str) -> list[Turn]:
    """Read a written session.

    Args:
        text: Lines beginning with ``#`` are remarks; each paragraph ``Speaker: words`` is a turn, in which
            ``[1.5]`` is a silence of that many seconds.

    Returns:
        The turns in order.
    """
    spoken = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [_read_turn(" ".join(paragraph.split())) for paragraph in spoken.strip().split("\n\n")]


def _read_turn(paragraph: str) -> Turn:
    speaker, words = paragraph.split(": ", 1)
    pieces = (piece.strip() for piece in re.split(r"(\[[\d.]+\])", words))
    parts = (float(piece[1:-1]) if piece.startswith("[") else piece for piece in pieces if piece)
    return Turn(speaker.lower(), tuple(parts))


def speak(text: str, voice: Voice) -> Samples:
    """Let espeak-ng say ``text``: mono at SPOKEN_HZ, trimmed, brought to SPEECH_RMS."""
    command = ["espeak-ng", "--stdout", "-v", voice.name, "-p", str(voice.pitch)]
    command += ["-s", str(voice.words_per_minute), text]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(said)) as file:
        spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32_768
    loud = np.flatnonzero(np.abs(spoken) > 0.01)
    samples = spoken[loud[0] : loud[-1] + 1]
    return np.asarray(samples * (SPEECH_RMS / np.sqrt(np.mean(spoken[loud] ** 2))))


def perform(turns: list[Turn], plan: Plan) -> tuple[Samples, list[dict[str, Any]]]:
    """Act a session out.

    Returns:
        Its sound at SPOKEN_HZ, and for each turn who speaks, from when to when, and the words.
    """
    rng = np.random.default_rng(plan.seed)
    voices = {"announcer": ANNOUNCER, "counselor": plan.counselor, "caregiver": plan.caregiver}
    pieces: list[Samples] = []
    times = []
    for turn in turns:
        parts = turn.parts if isinstance(turn.parts[0], float) else (rng.uniform(*GAP_S), *turn.parts)
        begun_ms = None
        for part in parts:
            if isinstance(part, float):
                pieces.append(np.zeros(round(part * SPOKEN_HZ)))
                continue
            begun_ms = _length_ms(pieces) if begun_ms is None else begun_ms
            # Nobody says two sentences equally loud.
            pieces.append(speak(part, voices[turn.speaker]) * rng.uniform(0.85, 1.1))
        words = " ".join(part for part in turn.parts if isinstance(part, str))
        times.append(
            {"speaker": turn.speaker, "at_ms": begun_ms, "until_ms": _length_ms(pieces), "words": words}
        )
    pieces.append(np.zeros(SPOKEN_HZ))
    sound = np.concatenate(pieces)
    return sound + _room(len(sound), rng), times


def _length_ms(pieces: list[Samples]) -> int:
    return round(sum(len(piece) for piece in pieces) * 1000 / SPOKEN_HZ)


def _room(length: int, rng: np.random.Generator) -> Samples:
    """Soft noise with more low than high, as a room has."""
    noise = np.convolve(rng.normal(size=length), 0.9 ** np.arange(40), mode="same")
    return np.asarray(noise * (NOISE_RMS / noise.std()))


def encode(sound: Samples, path: Path) -> None:
    """Write ``sound`` as opus or mp3 (by suffix), without tags and the same each time."""
    whole = np.round(np.clip(sound, -1, 1) * 32_767).astype(np.int16)[np.newaxis, :]
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(CODECS[path.suffix], rate=FILE_HZ, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = BIT_RATES[path.suffix]
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for frame in _frames(whole):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frames(whole: NDArray[np.int16]) -> Iterator[av.AudioFrame]:
    for start in range(0, whole.shape[1], SPOKEN_HZ):
        chunk = np.ascontiguousarray(whole[:, start : start + SPOKEN_HZ])
        frame = av.AudioFrame.from_ndarray(chunk, format="s16", layout="mono")
        frame.sample_rate = SPOKEN_HZ
        frame.pts = start
        yield frame


def main() -> None:
    """Make all recordings anew."""
    if not shutil.which("espeak-ng"):
        sys.exit("espeak-ng is missing; install the package espeak-ng (on Debian: apt install espeak-ng).")
    recordings = HERE / "recordings"
    recordings.mkdir(exist_ok=True)
    times = {}
    for name, plan in PLANS.items():
        turns = read_turns((HERE / "sessions" / f"{name}.txt").read_text(encoding="utf-8"))
        sound, times[name] = perform(turns, plan)
        encode(sound, recordings / f"{name}{plan.suffix}")
        print(f"{name}: {len(sound) / SPOKEN_HZ / 60:.1f} min")
    (HERE / "turns.json").write_text(json.dumps(times, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
