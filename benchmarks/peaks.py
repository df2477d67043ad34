"""How long examining a recording takes, beside FFmpeg decoding it into nothing.

Run it as ``python -m benchmarks.peaks [--minutes 60]``; it makes its files in a temporary folder.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mio_fidelity.media.peaks import Peaks
from mio_fidelity.media.probe import examine
from tests.media_factory import RECIPES, make

KINDS = ("mp3_cbr", "mp3_vbr", "m4a", "opus", "flac", "wav")
RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("kinds", nargs="*", default=KINDS)
    arguments = parser.parse_args()
    # Each file is examined in a process of its own, so that the memory shown is its own.
    processes = multiprocessing.get_context("spawn")
    print(f"{arguments.minutes:g} minutes, medians of {RUNS}")
    print("kind          MB  examine s  ffmpeg s  ratio  RSS MB  load ms  columns ms")
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.kinds:
            path = make(Path(folder) / f"{kind}{RECIPES[kind].suffix}", arguments.minutes * 60, kind)
            with processes.Pool(1) as pool:
                examine_s, load_ms, columns_ms, rss_mb = pool.apply(measure, (path,))
            ffmpeg_s = ffmpeg_seconds(path)
            ratio = examine_s / ffmpeg_s
            print(
                f"{kind:<10}{path.stat().st_size / 1e6:>6.0f}{examine_s:>11.2f}{ffmpeg_s:>10.2f}{ratio:>7.2f}"
                f"{rss_mb:>8.0f}{load_ms:>9.1f}{columns_ms:>12.3f}",
                flush=True,
            )
            path.unlink()


def measure(path: Path) -> tuple[float, float, float, float]:
    """Seconds to examine, milliseconds to load the kept peaks and to get 1200 columns, memory in MB."""
    examine_s = median_s(lambda: examine(path))
    kept = path.with_suffix(".peaks")
    peaks = examine(path).peaks
    kept.write_bytes(peaks.to_bytes())

    def load() -> None:
        Peaks.from_bytes(kept.read_bytes()).columns(0, peaks.duration_ms, 1200)

    def look() -> None:
        for parts in (1, 7, 60, 1800):
            peaks.columns(0, peaks.duration_ms / parts, 1200)

    return examine_s, median_s(load) * 1000, median_s(look) / 4 * 1000, most_memory_mb()


def ffmpeg_seconds(path: Path) -> float:
    """Seconds that the ffmpeg program needs to decode the sound, NaN where it is not installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        return float("nan")
    command = [program, "-v", "error", "-i", str(path), "-f", "null", "-"]
    return median_s(lambda: subprocess.run(command, check=True, stdin=subprocess.DEVNULL))


def median_s(work: Callable[[], object]) -> float:
    """Median time of one run."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def most_memory_mb() -> float:
    """The most memory this process has held, NaN on systems that do not tell."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
