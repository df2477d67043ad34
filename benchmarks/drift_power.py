"""How good the drift alarm is: simulated coders, and the program's own charts and flags.

    python -m benchmarks.drift_power [--runs 200] [--processes 2]

Prints, for shifts of 0, .25, .5, .8 and 1.2 points and for 10, 20 and 40 double-coded sessions a coder, false
alarms per coder-year, the share detected and the sessions until then. A year is that many double-coded
sessions. The numbers stand in `mio_fidelity/analysis/drift_power.py`, which the page's help shows.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from mio_fidelity.analysis.drift_limits import Baseline, Flags, Ints, Rows, baseline
from mio_fidelity.analysis.drift_own import is_own, shares
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.drift_watch import Charted, charted
from mio_fidelity.analysis.table import Floats

SHIFTS = (0.0, 0.25, 0.5, 0.8, 1.2)
SESSIONS = (10, 20, 40)
CODERS, CERTIFIED = 6, 10
# Scales of the three domains, each in two dimensions: six charts a coder.
DOMAINS, DIMENSIONS = (3, 3, 4), 2
# Standard deviations in points: sessions; a coder's leniency, and on top of it on each scale; one score; what
# a coder carries over the scales of a domain in one session.
LEVEL, LENIENT, BY_SCALE, SCORE, HALO = 1.2, 0.25, 0.15, 0.75, 0.3


@dataclass(frozen=True)
class Told:
    """What a year of a study showed.

    Attributes:
        wrong: Flags that name a coder who did not move, or a chart on which nobody moved.
        watched: Coder-years in which they could be.
        delay: Sessions from the shift to the flag; None when it was not found.
    """

    wrong: int
    watched: int
    delay: int | None


def study(
    shift: float, sessions: int, certified: bool, rng: np.random.Generator, options: DriftOptions
) -> Told:
    """A year: coders rotate in pairs; the first one shifts on one chart after half of the sessions."""
    pairs = list(combinations(range(CODERS), 2))
    each = -(-sessions * CODERS // 2 // len(pairs))
    order = [pair for _ in range(each + 1) for pair in rng.permutation(pairs).tolist()]
    scales = sum(DOMAINS) * DIMENSIONS
    lenient = rng.normal(0, LENIENT, CODERS)[:, None] + rng.normal(0, BY_SCALE, (CODERS, scales))
    seen = np.zeros(CODERS, dtype=int)
    own: list[tuple[int, int, int]] = []
    others: list[int] = []
    scores: list[Floats] = []
    for _ in range(CERTIFIED if certified else 0):
        level = rng.normal(4, LEVEL, scales)
        at = len(scores)
        scores += [_scored(level + off, rng, SCORE) for off in lenient]
        own += [(at + a, a, b) for a, b in permutations(range(CODERS), 2)]
        others += [at + b for _, b in permutations(range(CODERS), 2)]
    learnt = len(own)
    for a, b in order:
        if max(seen[a], seen[b]) >= sessions:
            continue
        level = rng.normal(4, LEVEL, scales)
        for coder in (a, b):
            moved = shift if coder == 0 and seen[0] >= sessions // 2 else 0.0
            scores.append(_scored(level + lenient[coder] + _moved(moved), rng, SCORE))
        own += [(len(scores) - 2, a, b), (len(scores) - 1, b, a)]
        others += [len(scores) - 1, len(scores) - 2]
        seen[a] += 1
        seen[b] += 1
    table = np.array(scores)
    rating, coder, partner = np.array(own).T
    gaps = table[rating] - table[others]
    early = np.arange(len(own)) < learnt
    return _told(gaps, (rating, coder, partner), early, sessions, options)


def _moved(shift: float) -> Floats:
    off = np.zeros(sum(DOMAINS) * DIMENSIONS)
    off[sum(DOMAINS[:2]) : sum(DOMAINS)] = shift
    return off


def _scored(latent: Floats, rng: np.random.Generator, sd: float) -> Floats:
    halo = np.repeat(rng.normal(0, HALO, len(DOMAINS) * DIMENSIONS), DOMAINS * DIMENSIONS)
    return np.clip(np.rint(latent + halo + rng.normal(0, sd, len(latent))), 1, 7)


def _columns() -> Iterator[slice]:
    begin = 0
    for size in DOMAINS * DIMENSIONS:
        yield slice(begin, begin + size)
        begin += size


def _told(
    gaps: Floats, who: tuple[Ints, Ints, Ints], learnt: Flags, sessions: int, options: DriftOptions
) -> Told:
    wrong, delay = 0, None
    for nth, columns in enumerate(_columns()):
        rows = Rows(*who, gaps[:, columns].mean(axis=1), learnt, columns.stop - columns.start)
        base = baseline(rows, CODERS, options)
        for coder in range(CODERS):
            chart = charted(rows, base, coder, len(DOMAINS) * DIMENSIONS, options)
            before = int((~chart.watched).sum()) if learnt.any() else 0
            for at in _named(rows, base, chart):
                # Whether it is the shift, flagged after it happened.
                if coder == 0 and nth == 2 and at - before >= sessions // 2:
                    delay = at - before - sessions // 2 + 1 if delay is None else delay
                else:
                    wrong += 1
    return Told(wrong, CODERS, delay)


def _named(rows: Rows, base: Baseline, chart: Charted) -> Iterator[int]:
    """The sessions after which somebody who looks each time sees a coder named, once for each flag."""
    for episode in chart.episodes:
        for at in range(episode.signalled, episode.last + 1):
            if is_own(shares(rows, base, chart, episode.began, at), None):
                yield at
                break


def batch(job: tuple[float, int, bool, int, int, DriftOptions]) -> list[Told]:
    """Some years of one kind."""
    shift, sessions, certified, runs, seed, options = job
    rng = np.random.default_rng((seed, sessions, int(shift * 100), certified))
    return [study(shift, sessions, certified, rng, options) for _ in range(runs)]


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--chance", type=float, default=DriftOptions().chance)
    options = parser.parse_args()
    how = DriftOptions(chance=options.chance)
    jobs = [
        (shift, sessions, certified, options.runs, options.seed, how)
        for certified in (True, False)
        for sessions in SESSIONS
        for shift in SHIFTS
    ]
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(batch, jobs))
    print("limits from          sessions  shift  false alarms a coder-year  detected  sessions to detection")
    for (shift, sessions, certified, *_), told in zip(jobs, results, strict=True):
        wrong = sum(each.wrong for each in told) / sum(each.watched for each in told)
        delays = [each.delay for each in told if each.delay is not None]
        share = f"{len(delays) / len(told):8.0%}" if shift else f"{'':8}"
        median = f"{np.median(delays):22.0f}" if delays and shift else f"{'-':>22}"
        name = "certification" if certified else "first / all coders"
        print(f"{name:20} {sessions:8} {shift:6.2f} {wrong:26.3f} {share} {median}")
    print(f"{options.runs} studies of {CODERS} coders each; {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
