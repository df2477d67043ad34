"""How quickly the supervisor's study opens, is searched and is assigned, as it grows.

    python -m benchmarks.study [--folder PLACE] [--processor] [sessions ...]

Makes studies of 200, 2,000 and 20,000 sessions with five ratings each in PLACE (once; they are kept there),
opens the study page in a window, and prints a table. Needs a screen, or ``xvfb-run -a``. With --processor the
program's own processor time is measured, which depends less on what else the machine does.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from benchmarks import trials
from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding import people, planned
from mio_fidelity.coding.draw import draw
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.coding.plan import Phase, Plan
from mio_fidelity.gui import places
from mio_fidelity.gui.app import start
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.settings import Settings
from mio_fidelity.store import Project

RATINGS_EACH = 5
REPEATS = 5
_CLOCK = [time.perf_counter]


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[200, 2_000, 20_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--processor", action="store_true")
    options = parser.parse_args()
    if options.processor:
        _CLOCK[:] = [time.process_time]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        app, window = start(Settings(Path(scratch) / "settings.json"))
        columns = [measured(folder / str(size), size, app, window) for size in options.sizes]
    print(f"{'':46}" + "".join(f"{size:>12,}" for size in options.sizes))
    for name in columns[0]:
        print(f"{name:46}" + "".join(f"{column[name]:>10.3f} s" for column in columns))


def measured(place: Path, sessions: int, app: QApplication, window: MainWindow) -> dict[str, float]:
    """Name of a step to seconds."""
    if place.exists():
        project = Project.open(place, trials.PASSPHRASE)
    else:
        project = trials.made(place, sessions, sessions * RATINGS_EACH)
    window.show_project(project)
    window.start.signed_in.emit(next(each.id for each in project.ask(people.roster) if each.code == "S1"))
    found = {"study page": seconds(lambda: open_page(app, window), REPEATS)}
    found |= looked_through(app, window.pages.currentWidget())
    for key in LISTINGS:
        found[f"question: {key}"] = seconds(lambda key=key: project.ask(listing, key, trials.TODAY), 1)  # type: ignore[misc]
    found["fidelity of the counselors, no scores"] = seconds(lambda: project.ask(counselor_report))
    window.go(places.QUEUE)
    return found | assigned(project)


def open_page(app: QApplication, window: MainWindow) -> None:
    """From the list of sessions to the study page, until it has drawn its rows."""
    window.go(places.QUEUE)
    window.go(places.STUDY)
    page: Any = window.pages.currentWidget()
    while page.view.model.listing is None:
        app.processEvents()
        time.sleep(0.002)
    app.processEvents()


def looked_through(app: QApplication, page: Any) -> dict[str, float]:
    """Search, filter and sort, until the window has drawn it; the slowest of each."""
    view = page.view

    def after(does: Callable[[], object]) -> float:
        begun = _CLOCK[0]()
        does()
        app.processEvents()
        return _CLOCK[0]() - begun

    found = {"search, first letter": after(lambda: view.search.setText("c"))}
    found["search, further letters"] = max(
        after(lambda text=text: view.search.setText(text))  # type: ignore[misc]
        for text in ("c0", "c00", "c001", "c001 mio", "")
    )
    box = next(iter(view.filters.values())).list
    found["filter"] = max(
        after(lambda: box.item(0).setCheckState(Qt.CheckState.Checked)),
        after(lambda: box.item(0).setCheckState(Qt.CheckState.Unchecked)),
    )
    columns = range(view.model.columnCount())
    found["sort, slowest column"] = max(
        after(lambda at=at: view.table.sortByColumn(at, Qt.SortOrder.DescendingOrder))  # type: ignore[misc]
        for at in columns
    )
    view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    return found


def assigned(project: Project) -> dict[str, float]:
    """Draw a plan that takes every session and codes a fifth of them twice."""
    everything = Plan(phases=(Phase("all", 1, 12, None),), own_site=True)
    ground = project.ask(planned.ground, everything, trials.TODAY)
    fresh = type(ground)(ground.sessions, ground.coders, (), ground.today)
    return {
        "assignment: read the study": seconds(
            lambda: project.ask(planned.ground, everything, trials.TODAY), 1
        ),
        "assignment: draw, nothing given yet": seconds(lambda: draw(everything, fresh, 1), 1),
        "assignment: draw, beside what is given": seconds(lambda: draw(everything, ground, 1), 1),
    }


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of some runs."""
    times = []
    for _ in range(repeats):
        begun = _CLOCK[0]()
        work()
        times.append(_CLOCK[0]() - begun)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
