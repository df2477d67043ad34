"""How fast the daily work of a coder is, in the real window, beside the goals.

Run it as ``python -m benchmarks.coding [--sessions 500]``; it makes its studies in a temporary folder, and
brings its own screen (Xvfb) where there is none.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.studies import make_all

STARTS = 7


class Goal(NamedTuple):
    """What the median and the 99th percentile have to stay under; NaN where nothing is asked."""

    median: float = math.nan
    p99: float = math.nan


class Line(NamedTuple):
    """One line of the table.

    Args:
        title: What is measured.
        unit: Of the times or the memory.
        measure: Function of `benchmarks.windows`.
        study: Folder it is given.
        key: Which of its answers.
        runs: How many processes.
    """

    title: str
    unit: str
    measure: str
    study: str
    key: str
    goal: Goal = Goal()
    runs: int = 1


LINES = (
    Line("start to the painted start page", "s", "start", ".", "start page", Goal(1.5), STARTS),
    Line("start with the demo to its list of people", "s", "demo", ".", "people", Goal(1.5), STARTS),
    Line("  and on to a painted coding page", "s", "demo", ".", "coding page", Goal(), STARTS),
    Line("  list of people to coding page alone", "s", "demo", ".", "on", Goal(1.5), STARTS),
    Line("key press to disk and screen, fresh study", "ms", "keys", "fresh", "press", Goal(15, 50)),
    Line("key press to disk and screen, full study", "ms", "keys", "full", "press", Goal(15, 50)),
    Line("  of it processor time", "ms", "keys", "full", "processor"),
    Line("open a session to sound, first in a run", "ms", "sound", "fresh", "first", Goal(500), STARTS),
    Line("open a session to sound, later", "ms", "sound", "fresh", "later", Goal(500), STARTS),
    Line("waveform of an hour from the cache", "ms", "waveform", "fresh", "waveform", Goal(50)),
    Line("memory, three hours open and playing", "MB", "memory", "long", "playing", Goal(350), 3),
    Line("  the most until then", "MB", "memory", "long", "most", Goal(), 3),
    Line("open the full study (64 MiB of argon2id)", "ms", "store", "full", "open"),
    Line("ask for the desk, full study", "ms", "store", "full", "desk"),
    Line("ask for a queue of {sessions}", "ms", "store", "full", "queue"),
    Line("show a queue of {sessions}", "ms", "store", "full", "queue shown"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500, help="of the full study; each is rated twice")
    sessions = parser.parse_args().sessions
    with tempfile.TemporaryDirectory() as name, screen():
        folder = Path(name)
        make_all(folder, sessions)
        print(f"full study: {sessions} sessions, {2 * sessions} ratings")
        print(f"{'':44}{'median':>9}{'p99':>9}{'n':>6}  goal", flush=True)
        found: dict[tuple[str, str], dict[str, list[float]]] = {}
        for line in LINES:
            which = line.measure, line.study
            if which not in found:
                found[which] = repeated(folder, *which, line.runs)
            print(row(line, found[which][line.key], sessions), flush=True)


def row(line: Line, values: Sequence[float], sessions: int) -> str:
    """One line as it is printed."""
    median, p99 = statistics.median(values), percentile(values, 0.99)
    digits = 2 if line.unit == "s" else 1
    asked = [
        (name, value, limit)
        for name, value, limit in (("", median, line.goal.median), ("p99 ", p99, line.goal.p99))
        if not math.isnan(limit)
    ]
    goal = ", ".join(f"{name}< {limit:g} {line.unit}" for name, _, limit in asked)
    verdict = "" if not asked else "met" if all(value < limit for _, value, limit in asked) else "MISSED"
    title = line.title.format(sessions=sessions)
    return (
        f"{title:44}{median:>9.{digits}f}{p99:>9.{digits}f}{len(values):>6}  {line.unit:3}{goal:24}{verdict}"
    ).rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def repeated(folder: Path, measure: str, study: str, runs: int) -> dict[str, list[float]]:
    """All answers of so many processes, after one that only warms the caches where starting is measured."""
    found: dict[str, list[float]] = {}
    warm = measure in ("start", "demo")
    for number in range(runs + warm):
        answer = one(folder, measure, study)
        for key, values in answer.items():
            if number >= warm:
                found.setdefault(key, []).extend(values)
    return found


def one(folder: Path, measure: str, study: str) -> dict[str, list[float]]:
    """What one process measures; moments are turned into seconds since it was started."""
    environment = dict(os.environ)
    # As installed: modules are compiled once, wherever this machine would keep them or not.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    environment["QT_LOGGING_RULES"] = "qt.multimedia*=false"
    command = (sys.executable, "-m", "benchmarks.windows", measure, str(folder / study))
    begun = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    if measure in ("start", "demo"):
        answer = {key: [moment - begun for moment in moments] for key, moments in answer.items()}
    if measure == "demo":
        answer["on"] = [answer["coding page"][0] - answer["people"][0]]
    return answer


@contextmanager
def screen() -> Iterator[None]:
    """A screen of its own on a Linux that shows none."""
    program = shutil.which("Xvfb")
    if sys.platform != "linux" or "DISPLAY" in os.environ or program is None:
        yield
        return
    read, write = os.pipe()
    command = (program, "-displayfd", str(write), "-screen", "0", "1366x768x24")
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        try:
            yield
        finally:
            del os.environ["DISPLAY"]
            server.terminate()


if __name__ == "__main__":
    main()
