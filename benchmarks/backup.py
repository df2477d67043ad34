"""How long a backup of a large study takes, and how long the window waits for it.

    python -m benchmarks.backup [--folder PLACE] [--sessions 20000]

Makes a study of 20,000 sessions with five ratings each in PLACE (once; it is kept there), backs a copy of it
up beside a running window, and prints a table. Needs a screen, or ``xvfb-run -a``.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from benchmarks import trials
from mio_fidelity.coding import people
from mio_fidelity.gui.app import start
from mio_fidelity.settings import Settings
from mio_fidelity.store import Project, Role
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.check import intact
from mio_fidelity.store.verify import verify_study

RATINGS_EACH = 5
REPEATS = 5
TICK_MS = 5
FEWEST = 10


class Ticks(QObject):
    """Notes how late the window's thread is, every few milliseconds, and how long a small change takes."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project, self._nth = project, 0
        self._before = time.perf_counter()
        self.late_ms: list[float] = []
        self.change_ms: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._before) * 1000 - TICK_MS))
        self._nth += 1
        if self._nth % 20 == 0:
            self._project.do(people.add_person, f"B{time.monotonic_ns() % 10**9}", Role.CODER)
            self.change_ms.append((time.perf_counter() - now) * 1000)
        self._before = time.perf_counter()

    def stop(self) -> None:
        """Note nothing more."""
        self._timer.stop()


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        kept = (options.folder or Path(scratch) / "made") / str(options.sessions)
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            trials.made(kept, options.sessions, options.sessions * RATINGS_EACH).close()
        shutil.copytree(kept, Path(scratch) / "study")
        measure(Path(scratch) / "study", Settings(Path(scratch) / "settings.json"))


def measure(folder: Path, settings: Settings) -> None:
    """Print how long everything takes."""
    # An older study is brought up to date first.
    Project.open(folder, trials.PASSPHRASE).close()
    opening = [timed(lambda: Project.open(folder, trials.PASSPHRASE).close()) for _ in range(REPEATS)]
    _, window = start(settings)
    project = Project.open(folder, trials.PASSPHRASE)
    mb = (folder / "study.db").stat().st_size / 1e6
    supervisor = next(each for each in project.ask(people.roster) if each.role is Role.SUPERVISOR)
    window.show_project(project)
    window.start.signed_in.emit(supervisor.id)
    window.care._first.stop()
    quiet = Ticks(project)
    while len(quiet.change_ms) < FEWEST:
        pause = QEventLoop()
        QTimer.singleShot(3000, pause.quit)
        pause.exec()
    quiet.stop()
    took, spent, busy = [], [], Ticks(project)
    for _ in range(REPEATS):
        began, processor = time.perf_counter(), time.process_time()
        loop = QEventLoop()
        window.care.backed_up.connect(loop.quit)
        window.care.back_up()
        loop.exec()
        took.append(time.perf_counter() - began)
        spent.append(time.process_time() - processor)
    busy.stop()
    whole = timed(lambda: project.ask_elsewhere(intact))
    unchanged = [timed(lambda: back_up(project.file)) for _ in range(REPEATS)][1:]
    print(f"study of {mb:.0f} MB, {len(list_backups(folder))} backups made beside the window")
    say("open and close, with the short look", opening)
    say("a verified backup beside the window", took)
    say("  of it processor time, with the window's", spent)
    say("  when nothing was changed", unchanged)
    say("the whole check, beside the work", [whole])
    for name, ticks in (("without", quiet), ("with", busy)):
        late, change = sorted(ticks.late_ms), sorted(ticks.change_ms)
        print(
            f"{f'window late {name} a backup going on':44} {late[len(late) * 99 // 100]:7.1f} ms p99, "
            f"most {late[-1]:.1f}; a change {statistics.median(change):.1f} ms, most {change[-1]:.1f}"
        )
    window.close()
    say("mio-fidelity verify", [timed(lambda: verify_study(folder, trials.PASSPHRASE))])


def say(what: str, seconds: list[float]) -> None:
    """One line of the table."""
    print(f"{what:44} {statistics.median(seconds):7.2f} s, longest {max(seconds):.2f}")


def timed(does: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    does()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
