"""The acted recordings of the demo study, the texts they were made from and the ratings that go with them."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "demo"
SESSIONS = ("one", "two", "three", "four")
ANNOUNCEMENT = "This is an acted, synthetic recording made for practice."
RATE_HZ = 24_000

# Capitals that name nobody, and sentence openers that occur nowhere else in small letters.
CAPITALS = {"I", "I'd", "I'll", "I'm", "I've"}
OPENERS = {
    "Definitely",
    "Easy",
    "Excellent",
    "Ha",
    "He'll",
    "Hello",
    "Hi",
    "It'll",
    "Lighter",
    "Mama's",
    "Ouch",
}
OPENERS |= {"Perfect", "Quickly", "Sad", "Set", "Thank", "Trust", "Write"}

Sound = NDArray[np.float64]


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_recordings", DEMO / "make_recordings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_recordings"] = module
    spec.loader.exec_module(module)
    return module


def recording(session: str) -> Path:
    (path,) = (DEMO / "recordings").glob(f"{session}.*")
    return path


@cache
def sound(session: str) -> Sound:
    """The whole recording, decoded, at RATE_HZ."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(str(recording(session))) as container:
        frames = [*container.decode(audio=0), None]
        return np.concatenate(
            [part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)]
        )


def written(session: str) -> str:
    return (DEMO / "sessions" / f"{session}.txt").read_text(encoding="utf-8")


def turns(session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEMO / "turns.json").read_text(encoding="utf-8"))[session]
    return found


@cache
def ratings() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((DEMO / "ratings.toml").read_text(encoding="utf-8"))["rating"])


def decibels(samples: Sound) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


def pitch_hz(session: str, speaker: str) -> float:
    """Median pitch of the voiced stretches of one speaker."""
    found = []
    for turn in turns(session):
        if turn["speaker"] != speaker:
            continue
        spoken = sound(session)[turn["at_ms"] * 24 : turn["until_ms"] * 24]
        for start in range(0, len(spoken) - 960, 9600):
            piece = spoken[start : start + 960]
            echo = np.correlate(piece, piece, "full")[959:]
            lag = 60 + int(np.argmax(echo[60:340]))
            if decibels(piece) > -30 and echo[lag] > echo[0] / 2:
                found.append(RATE_HZ / lag)
    return float(np.median(found))


def test_all_recordings_together_are_under_four_megabytes_and_show_both_kinds():
    files = list((DEMO / "recordings").iterdir())
    assert sorted(file.stem for file in files) == sorted(SESSIONS)
    assert {file.suffix for file in files} == {".opus", ".mp3"}
    assert sum(file.stat().st_size for file in files) < 4_000_000


@pytest.mark.parametrize("session", SESSIONS)
def test_a_recording_lasts_four_to_eight_minutes(session):
    assert 4 * 60 <= len(sound(session)) / RATE_HZ <= 8 * 60


@pytest.mark.parametrize("session", SESSIONS)
def test_speech_is_loud_enough_never_clipped_and_the_room_never_silent(session):
    heard = sound(session)
    assert np.abs(heard).max() < 0.95
    for turn in turns(session):
        spoken = heard[turn["at_ms"] * 24 : turn["until_ms"] * 24]
        assert -23 < decibels(spoken[np.abs(spoken) > 0.01]) < -18
    first, second = turns(session)[:2]
    pause = heard[first["until_ms"] * 24 + 2400 : second["at_ms"] * 24 - 2400]
    assert -75 < decibels(pause) < -50


@pytest.mark.parametrize("session", SESSIONS)
def test_counselor_and_caregiver_can_be_told_apart_by_pitch(session):
    assert pitch_hz(session, "caregiver") > 1.25 * pitch_hz(session, "counselor")


@pytest.mark.parametrize("session", SESSIONS)
def test_each_turn_begins_where_turns_json_says(session):
    heard = sound(session)
    for turn in turns(session):
        start = turn["at_ms"] * 24
        assert np.abs(heard[start - 480 : start + 2400]).max() > 0.02
        if turn["at_ms"] - _end_before(session, turn) > 150:
            assert np.abs(heard[start - 1920 : start - 480]).max() < 0.02


def _end_before(session: str, turn: dict[str, Any]) -> int:
    return max((other["until_ms"] for other in turns(session) if other["at_ms"] < turn["at_ms"]), default=0)


@pytest.mark.parametrize("session", SESSIONS)
def test_a_recording_carries_no_tags(session):
    with av.open(str(recording(session))) as container:
        assert not container.metadata
        assert all(not stream.metadata for stream in container.streams)
        assert [stream.type for stream in container.streams] == ["audio"]


@pytest.mark.parametrize("session", SESSIONS)
def test_a_text_says_that_it_is_acted_before_anything_else_is_spoken(session):
    assert "Acted and synthetic" in written(session).splitlines()[0]
    first = maker().read_turns(written(session))[0]
    assert (first.speaker, first.parts) == ("announcer", (ANNOUNCEMENT,))


@pytest.mark.parametrize("session", SESSIONS)
def test_the_recording_was_made_from_the_text_as_it_stands(session):
    as_written = [
        (turn.speaker, " ".join(part for part in turn.parts if isinstance(part, str)))
        for turn in maker().read_turns(written(session))
    ]
    assert as_written == [(turn["speaker"], turn["words"]) for turn in turns(session)]


@pytest.mark.parametrize("session", SESSIONS)
def test_nobody_and_no_place_is_named(session):
    assert not {word for word in _capitalised(session) if word not in CAPITALS | OPENERS}


def _capitalised(session: str) -> Iterator[str]:
    """Capitalised words, without openers of a sentence that are ordinary words elsewhere in the demo."""
    spoken = {name: " ".join(turn["words"] for turn in turns(name)) for name in SESSIONS}
    ordinary = set(re.findall(r"\b[a-z][a-z']*", " ".join(spoken.values())))
    for sentence in re.split(r"(?<=[.!?—]) ", spoken[session]):
        for position, word in enumerate(re.findall(r"[A-Za-z][A-Za-z']*", sentence)):
            if word[0].isupper() and not (position == 0 and word.lower() in ordinary):
                yield word


def test_the_file_names_do_not_tell_the_arm():
    assert {path.name for path in (DEMO / "sessions").iterdir()} == {f"{name}.txt" for name in SESSIONS}


def test_two_coders_and_a_supervisor_have_finished_their_demo_ratings():
    assert [(rating["session"], rating["coder"], rating["purpose"]) for rating in ratings()] == [
        ("two", "R2", "production"),
        ("three", "R2", "production"),
        ("three", "S1", "master"),
        ("four", "R2", "production"),
        ("four", "R1", "reliability"),
    ]


@pytest.mark.parametrize("rating", ratings(), ids=lambda rating: f"{rating['session']}-{rating['coder']}")
def test_a_demo_rating_is_complete_on_all_ten_scales(rating):
    practice = tomllib.loads((ROOT / "coding_manual" / "practice.toml").read_text(encoding="utf-8"))
    scales = {scale["key"] for scale in practice["scales"]}
    assert len(scales) == 10
    assert set(rating["fidelity"]) == scales
    assert set(rating["competence"]) == {scale for scale, score in rating["fidelity"].items() if score > 1}
    assert {*rating["fidelity"].values(), *rating["competence"].values()} <= set(range(1, 8))
    assert rating["notes"].strip()


@pytest.mark.parametrize("rating", ratings(), ids=lambda rating: f"{rating['session']}-{rating['coder']}")
def test_each_mark_points_at_the_beginning_of_a_turn_of_the_counselor(rating):
    begins = {turn["at_ms"] for turn in turns(rating["session"]) if turn["speaker"] == "counselor"}
    length_ms = len(sound(rating["session"])) * 1000 / RATE_HZ
    assert rating["mark"]
    for mark in rating["mark"]:
        assert mark["at_ms"] in begins
        assert mark["at_ms"] < length_ms
        assert mark["scale"] in rating["fidelity"]
        assert mark["note"].strip()


def test_without_espeak_the_maker_says_in_one_sentence_what_to_install(tmp_path):
    environment = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, str(DEMO / "make_recordings.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "espeak-ng is missing; install the package espeak-ng (on Debian: apt install espeak-ng)."
    ]
