"""How quick the reliability engine is, beside its peers where they are installed.

Run with ``python -m benchmarks.reliability``. Peers (pingouin, irrCAC) are never needed by the program;
they are timed in the same run when they can be imported, on as much of the job as is bearable, and scaled up.
"""

import importlib.util
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import krippendorff
import numpy as np

from benchmarks.score_tables import DOUBLE_CODED, simulated, stored
from mio_fidelity.analysis.findings import compute
from mio_fidelity.analysis.study import score_table
from mio_fidelity.reliability.agreement import percent_agreement
from mio_fidelity.reliability.alpha import alpha_bootstrap
from mio_fidelity.reliability.design import LIKERT
from mio_fidelity.reliability.gwet import chance_corrected_cube
from mio_fidelity.reliability.icc import icc_cube
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.oneway import icc_oneway
from mio_fidelity.reliability.severity import coder_severity

SCALES, SESSIONS, CODERS, BOOTSTRAPS = 20, 200, 6, 10_000


def ratings(sessions: int, coders: int, share: float, seed: int = 1) -> np.ndarray:
    """Simulated scores 1..7, shape (scales, sessions, coders), of which ``share`` exist."""
    rng = np.random.default_rng(seed)
    level = 4 + rng.normal(size=(SCALES, sessions, 1)) + 0.4 * rng.normal(size=(SCALES, 1, coders))
    cube = np.clip(np.rint(level + rng.normal(size=(SCALES, sessions, coders))), 1, 7)
    cube[rng.random(cube.shape) >= share] = np.nan
    return cube


def seconds(job: Callable[[], object], repeats: int = 7) -> float:
    """Median time of a job, after one run to warm up."""
    job()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def megabytes(job: Callable[[], object]) -> float:
    """Most memory a job holds at once."""
    tracemalloc.start()
    job()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def alpha_loop(cube: np.ndarray, replicates: int = 20) -> float:
    """Seconds the ``krippendorff`` package would need for all bootstraps, from a few of them."""
    rng = np.random.default_rng(1)
    start = time.perf_counter()
    for drawn in rng.integers(cube.shape[1], size=(replicates, cube.shape[1])):
        for scale in cube:
            krippendorff.alpha(scale[drawn].T, level_of_measurement="ordinal")
    return (time.perf_counter() - start) * BOOTSTRAPS / replicates


def pingouin_iccs(cube: np.ndarray) -> float:
    import pandas
    import pingouin

    session, coder = np.indices(cube.shape[1:])
    frames = [
        pandas.DataFrame({"session": session.ravel(), "coder": coder.ravel(), "score": scale.ravel()})
        for scale in cube
    ]

    def job() -> None:
        for frame in frames:
            pingouin.intraclass_corr(frame, targets="session", raters="coder", ratings="score")

    return seconds(job, 3)


def irrcac_ac2(cube: np.ndarray) -> float:
    import pandas
    from irrCAC.raw import CAC

    frames = [pandas.DataFrame(scale) for scale in cube]

    def job() -> None:
        for frame in frames:
            CAC(frame, weights="quadratic", categories=list(LIKERT)).gwet()

    return seconds(job, 3)


def line(title: str, ours: float, peer: str = "", theirs: float | None = None) -> None:
    ratio = f"{theirs:10.3f} s {theirs / ours:8.0f} x  {peer}" if theirs else peer
    print(f"{title:<52}{ours * 1000:10.2f} ms {ratio}")


def beside_the_peers() -> None:
    whole, gappy = ratings(SESSIONS, CODERS, 1.0), ratings(SESSIONS, CODERS, 0.5)
    print(f"{SCALES} scales x {SESSIONS} sessions x {CODERS} coders")
    theirs = pingouin_iccs(whole) if installed("pingouin") else None
    line("six ICCs with intervals", seconds(lambda: icc_cube(whole), 50), "pingouin", theirs)
    line(
        f"ordinal alpha, {BOOTSTRAPS} bootstraps",
        seconds(lambda: alpha_bootstrap(whole, replicates=BOOTSTRAPS), 3),
        "krippendorff in a loop",
        alpha_loop(whole),
    )
    print(f"    memory at most {megabytes(lambda: alpha_bootstrap(whole, replicates=BOOTSTRAPS)):.0f} MB")
    theirs = irrcac_ac2(whole) if installed("irrCAC") else None
    line(
        "AC2, quadratic",
        seconds(lambda: chance_corrected_cube(whole, categories=LIKERT), 50),
        "irrCAC",
        theirs,
    )
    line("ICCs by REML, half of the scores missing", seconds(lambda: [icc_incomplete(x) for x in gappy]))
    boot = seconds(lambda: [icc_incomplete(x, "bootstrap", 1000) for x in gappy], 3)
    line("the same with 1,000 parametric bootstraps each", boot)
    line("coder severity", seconds(lambda: [coder_severity(x) for x in gappy], 3))


def everything(cube: np.ndarray) -> None:
    alpha_bootstrap(cube, replicates=1000)
    chance_corrected_cube(cube, categories=LIKERT)
    for scale in cube:
        icc_incomplete(scale)
        icc_oneway(scale)
        percent_agreement(scale)
        percent_agreement(scale, 1)


def as_studies_grow() -> None:
    print(f"\nall coefficients of {SCALES} scales, 10 coders, 1,000 joint alpha bootstraps")
    for sessions in (200, 2_000, 20_000):
        cube = ratings(sessions, 10, 0.125)
        scores = int(np.isfinite(cube).sum())
        taken = seconds(lambda cube=cube: everything(cube), 1)
        each = taken / sessions * 1000
        print(f"{sessions:>8} sessions {scores:>8} scores {taken:8.2f} s {each:8.3f} ms a session")


def whole_page() -> None:
    """From the ratings of a study to all that the reliability page shows."""
    print("\nthe reliability page of a study: reading its scores, and all figures with 2,000 joint resamples")
    cases = ((48, 4, 1.0), (200, 10, DOUBLE_CODED), (2_000, 10, DOUBLE_CODED), (20_000, 10, DOUBLE_CODED))
    for sessions, coders, double_coded in cases:
        with TemporaryDirectory() as folder:
            with stored(simulated(sessions, coders, double_coded), Path(folder) / "study") as project:
                reading = seconds(lambda project=project: project.ask(score_table), 3)
                table = project.ask(score_table)
            computing = seconds(lambda table=table: compute(table), 3)
        scores = int(np.isfinite(table.values).sum())
        print(
            f"{sessions:>8} sessions {coders:>4} coders {scores:>8} scores"
            f"   read {reading:6.2f} s   compute {computing:6.2f} s"
            f"   {(reading + computing) / sessions * 1000:8.3f} ms a session"
        )


if __name__ == "__main__":
    beside_the_peers()
    as_studies_grow()
    whole_page()
