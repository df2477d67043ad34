"""How true playback is: what is heard after a seek, and what the player says is heard.

A PulseAudio null sink stands in for a sound card. The recordings carry a tone code, one pair of tones per
100 ms, so that the sound recorded from the sink tells which moment of the recording was heard when.

    .venv/bin/python benchmarks/playback.py [--engine qt|vlc] [--kind mp3_vbr ...] [--seeks 8] [--vault]

With ``--vault`` each file is played a second time, out of the vault, and may take a little longer at most.

Needs Linux with ``pulseaudio`` and ``pulseaudio-utils``. Exits 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:
    from mio_fidelity.media.source import Source

RATE = 44_100
SECONDS = 100
SEGMENT_S = 1.5
WINDOW, HOP = 1_764, 220  # 40 ms and 5 ms
LOUD = 0.02
GOAL_MEDIAN_MS, GOAL_QT_SEEK_MS, GOAL_VAULT_MS = 100, 250, 50


class Row(NamedTuple):
    """What one engine did with one kind of file; milliseconds."""

    engine: str
    kind: str
    first_sound: float
    seek_to_sound: list[float]
    heard_minus_target: list[float]
    reported_minus_heard: list[float]
    silent: list[int]


@contextmanager
def null_sink() -> Iterator[None]:
    """A sound server of our own whose only sink plays into nothing."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PULSE_RUNTIME_PATH"] = folder
        sink = f"module-null-sink sink_name=null rate={RATE} channels=1"
        modules = ("-L", "module-native-protocol-unix", "-L", sink)
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error")
        server = subprocess.Popen(
            ("pulseaudio", *options, *modules), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while subprocess.run(("pactl", "info"), capture_output=True, check=False).returncode:
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait()


class Recorder:
    """Everything the sink plays, with the time it was heard."""

    def __init__(self) -> None:
        self._chunks: list[tuple[float, bytes]] = []
        command = ("parec", "-d", "null.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")
        self._process = subprocess.Popen((*command, "--latency-msec=10"), stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        # The sink hands over two seconds at once until it has learnt that somebody is in a hurry.
        while len(self._chunks) < 100:
            time.sleep(0.1)

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65_536):
            self._chunks.append((time.monotonic(), data))

    def take(self) -> tuple[float, NDArray[np.float64]]:
        """What was heard since the last call.

        Returns:
            When its first sample was heard, on ``time.monotonic``, and all samples in [-1, 1].
        """
        chunks, self._chunks = self._chunks, []
        arrived = np.array([at_s for at_s, _ in chunks])
        seconds = np.cumsum([len(data) for _, data in chunks]) / 2 / RATE
        # The chunk that was delayed least tells when the first sample was heard.
        return float((arrived - seconds).min()), np.frombuffer(b"".join(d for _, d in chunks), "<i2") / 32_768

    def stop(self) -> None:
        """End the recording."""
        self._process.terminate()
        self._thread.join()
        self._process.wait()


def moments(wave: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Read the tone code.

    Returns:
        The middle of each window in seconds, and the slot heard in it, -1 for silence.
    """
    t = np.arange(WINDOW) / RATE
    low, high = 400 + 40 * np.arange(32), 1800 + 40 * np.arange(32)
    probe = np.exp(-2j * np.pi * np.outer(t, np.concatenate((low, high)))) * np.hanning(WINDOW)[:, None]
    views = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP]
    power = np.abs(views @ probe) / WINDOW
    slots = power[:, :32].argmax(1) + 32 * power[:, 32:].argmax(1)
    slots[np.sqrt((views**2).mean(1)) < LOUD] = -1
    return (np.arange(len(views)) * HOP + WINDOW / 2) / RATE, slots


def last_run(times: NDArray[np.float64], slots: NDArray[np.int64]) -> tuple[float, float] | None:
    """Where the sound that fills the end of a segment began.

    Returns:
        When it began (in the unit of ``times``), and the moment of the recording minus the time, both in
        seconds; ``None`` if the segment ends in silence.
    """
    tail = (times > times[-1] - 0.4) & (slots >= 0)
    if not tail.any():
        return None
    offset = float(np.median(slots[tail] * 0.1 + 0.05 - times[tail]))
    fits = (slots >= 0) & (np.abs(slots * 0.1 + 0.05 - times - offset) < 0.15)
    # Steady for 100 ms is a beginning; a drop-out later on is not another one.
    steady = np.lib.stride_tricks.sliding_window_view(fits, 20).mean(1) > 0.9
    first = int(np.flatnonzero(steady)[0])
    first += int(np.flatnonzero(fits[first:])[0])
    changes = first + np.flatnonzero((np.diff(slots[first:]) == 1) & fits[first:-1])
    offset = float(np.median(slots[changes + 1] * 0.1 - (times[changes] + times[changes + 1]) / 2))
    return float(times[first]), offset


class Track(NamedTuple):
    """What was done and said between two seeks."""

    target_ms: int
    sought_at: float
    reports: list[tuple[float, int]]


def listen(player: object, seeks: int, seed: int) -> list[Track]:
    """Seek about while playing, and write down what the player reports."""
    from mio_fidelity.gui.playback.player import Player

    assert isinstance(player, Player)
    chance = random.Random(seed)
    tracks = []
    target_ms = 0
    for _ in range(seeks):
        while abs(target_ms - player.position_ms) < 5_000:
            target_ms = chance.randrange(1_000, (SECONDS - 3) * 1_000)
        sought_at = time.monotonic()
        player.seek(target_ms)
        reports: list[tuple[float, int]] = []
        spin(lambda at=sought_at: time.monotonic() - at > SEGMENT_S, player, reports)
        tracks.append(Track(target_ms, sought_at, reports))
    return tracks


def spin(done: object, player: object = None, reports: list[tuple[float, int]] | None = None) -> None:
    """Run the event loop until ``done()``, for 20 s at most."""
    from PySide6.QtCore import QCoreApplication

    limit = time.monotonic() + 20
    while not done():  # type: ignore[operator]
        if time.monotonic() > limit:
            raise TimeoutError
        QCoreApplication.processEvents()
        if reports is not None:
            reports.append((time.monotonic(), player.position_ms))  # type: ignore[union-attr]
        time.sleep(0.007)


def measure(engine: str, kind: str, place: Path | Source, seeks: int, recorder: Recorder) -> Row:
    """Play one file in one engine and compare."""
    from mio_fidelity.gui.playback.engines import available
    from mio_fidelity.gui.playback.player import Part, Player, PlayerState

    player = Player([found for found in available(engine) if found.name == engine])
    recorder.take()
    time.sleep(0.3)
    opened_at = time.monotonic()
    player.load([Part(place, SECONDS * 1_000, kind in ("mp4", "webm"))])
    player.play()
    spin(lambda: player.state is PlayerState.PLAYING)
    spin(lambda: time.monotonic() - opened_at > SEGMENT_S)
    tracks = listen(player, seeks, seed=len(kind))
    player.close()
    origin, wave = recorder.take()
    times, slots = moments(wave)
    times += origin
    first_sound = 1000 * (times[(times > opened_at) & (slots >= 0)][0] - opened_at)
    row = Row(engine, kind, first_sound, [], [], [], [])
    for track in tracks:
        compare(track, times, slots, row)
    return row


def compare(track: Track, times: NDArray[np.float64], slots: NDArray[np.int64], row: Row) -> None:
    """Add one seek to the row."""
    inside = (times > track.sought_at) & (times < track.reports[-1][0])
    run = last_run(times[inside], slots[inside])
    if run is None:
        row.silent.append(track.target_ms)
        return
    began, offset = run
    row.seek_to_sound.append(1000 * (began - track.sought_at))
    row.heard_minus_target.append(1000 * (began + offset) - track.target_ms)
    errors = [at_ms - 1000 * (t + offset) for t, at_ms in track.reports if t > began + 0.05]
    row.reported_minus_heard.extend(errors)


def shown(values: Sequence[float]) -> str:
    return f"{statistics.median(values):+6.0f} [{min(values):+5.0f}..{max(values):+5.0f}]"


def misses(row: Row) -> str:
    """Which goals the row misses."""
    found = ["silence"] if row.silent else []
    if abs(statistics.median(row.heard_minus_target)) > GOAL_MEDIAN_MS:
        found.append("seek median")
    if abs(statistics.median(row.reported_minus_heard)) > GOAL_MEDIAN_MS:
        found.append("reported median")
    if row.engine == "qt" and max(map(abs, row.heard_minus_target)) > GOAL_QT_SEEK_MS:
        found.append("a seek")
    return ", ".join(found)


def later(row: Row, plain: Row) -> str:
    """Whether sound came later after a seek than from the plain file."""
    late = statistics.median(row.seek_to_sound) - statistics.median(plain.seek_to_sound)
    return f"{late:.0f} ms later" if late > GOAL_VAULT_MS else ""


def told(row: Row, missed: str, kept: str = "") -> bool:
    """Print a row; whether it misses a goal."""
    columns = map(shown, (row.heard_minus_target, row.reported_minus_heard, row.seek_to_sound))
    print(
        f"{row.engine:6} {row.kind:18} {kept:5} {' '.join(columns)} {row.first_sound:5.0f} {missed}",
        flush=True,
    )
    return bool(missed)


def sealed(path: Path) -> Source:
    """The recording as the vault keeps it."""
    from mio_fidelity.media.probe import examine
    from mio_fidelity.media.progress import Progress
    from mio_fidelity.media.source import Source
    from mio_fidelity.media.vault import new_key, seal

    target, key = path.with_suffix(".sealed"), new_key()
    target.unlink(missing_ok=True)
    seal(path, target, key, Progress(None, None))
    return Source(target, key, examine(path).container)


def main() -> int:
    from tests.media_factory import KINDS, RECIPES, make

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("qt", "vlc"), action="append")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--seeks", type=int, default=8)
    parser.add_argument("--vault", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    missed = False
    with tempfile.TemporaryDirectory() as name, null_sink():
        from PySide6.QtWidgets import QApplication

        application = QApplication([])
        recorder = Recorder()
        print("milliseconds, median [min..max]; goal: medians within 100, no Qt seek off by more than 250")
        columns = ("heard - target", "reported - heard", "seek to sound")
        print(f"{'engine':6} {'file':24}", *(f"{column:21}" for column in columns), "open")
        for kind in asked.kind or KINDS:
            path = make(Path(name) / (kind + RECIPES[kind].suffix), SECONDS, kind, gaps=False)
            for engine in asked.engine or ("qt", "vlc"):
                plain = measure(engine, kind, path, asked.seeks, recorder)
                missed |= told(plain, misses(plain))
                if asked.vault:
                    row = measure(engine, kind, sealed(path), asked.seeks, recorder)
                    missed |= told(row, ", ".join(filter(None, (misses(row), later(row, plain)))), "vault")
        recorder.stop()
        application.quit()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
