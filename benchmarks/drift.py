"""How quickly the drift of all coders is charted, as studies grow.

    python -m benchmarks.drift [--folder PLACE] [sessions ...]

Makes studies of 200, 2,000 and 20,000 sessions in PLACE (once; they are kept there): five ratings a session
by ten coders, two of them independent, and master codes for each 50th. Prints a table.
"""

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks import drift_studies
from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.drift_results import DriftOptions, DriftReport
from mio_fidelity.store import Project

REPEATS = 5


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[200, 2_000, 20_000])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    print(f"{'sessions':>10}{'ratings':>10}{'charts':>8}{'points':>8}{'wall':>10}{'processor':>12}  named")
    with tempfile.TemporaryDirectory() as scratch:
        for size in options.sizes:
            print(measured((options.folder or Path(scratch)) / str(size), size))


def measured(place: Path, sessions: int) -> str:
    """A line of the table: the median of some runs."""
    project = drift_studies.opened(place) if place.exists() else drift_studies.made(place, sessions)
    with project:
        times, report = [], None
        for _ in range(REPEATS):
            wall, processor = time.perf_counter(), time.process_time()
            report = charted(project)
            times.append((time.perf_counter() - wall, time.process_time() - processor))
        assert report is not None
    wall, processor = (sorted(each)[REPEATS // 2] for each in zip(*times, strict=True))
    series = [one for coder in report.coders for one in coder.series]
    named = ", ".join(coder.coder for coder in report.coders if coder.standing.value == "drifting")
    points = sum(len(one.points) for one in series)
    ratings = sessions * drift_studies.RATINGS_EACH
    return f"{sessions:10,}{ratings:10,}{len(series):8}{points:8,}{wall:8.2f} s{processor:10.2f} s  {named}"


def charted(project: Project) -> DriftReport:
    """What the drift page shows."""
    return project.ask(drift, DriftOptions())


if __name__ == "__main__":
    main()
