"""When a chart has left its limits for good: what is flagged, since when, and whose it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mio_fidelity.analysis.drift_limits import SHARED, Baseline, Flags, Ints, Rows, expected
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.table import Floats
from mio_fidelity.reliability.drift import Chart, cusum, ewma

# A flag is over once the moving average has been within this share of its limits, so many sessions in a row.
BACK, NEAR = 8, 0.5


@dataclass(frozen=True)
class Episode:
    """A stretch of a chart that is flagged; positions are those of the chart's sessions.

    Attributes:
        began: First session after the cumulative sum was last 0.
        signalled: Session with which it was flagged.
        last: Last session that belongs to it.
        over: Whether it ended by itself.
    """

    began: int
    signalled: int
    last: int
    over: bool


@dataclass(frozen=True)
class Charted:
    """A chart of one coder; one entry per session, oldest first.

    Attributes:
        rating: Number of the rating; of the first one for all coders together.
        gap: Difference, in points.
        off: Difference less what was expected, in points.
        sigma: Its standard deviation.
        watched: Whether it is watched; the others set the limits.
        line: Moving average of ``off``, in points; NaN where not watched.
        half: Half-width of its limits.
        up: Cumulative sum of higher scores, in standard deviations.
        down: The same for lower scores.
        signals: Where the moving average or the cumulative sum is beyond its limit.
        starts: Positions at which the chart began anew.
    """

    coder: int
    rating: Ints
    gap: Floats
    off: Floats
    sigma: Floats
    watched: Flags
    line: Floats
    half: Floats
    up: Floats
    down: Floats
    signals: Flags
    starts: tuple[int, ...]
    episodes: tuple[Episode, ...]

    @property
    def since_start(self) -> int:
        """Sessions watched since the chart last began anew."""
        return int(self.watched[self.starts[-1] if self.starts else 0 :].sum())


def charted(
    rows: Rows,
    base: Baseline,
    coder: int,
    charts: int,
    options: DriftOptions,
    restarts: Sequence[tuple[int, frozenset[int]]] = (),
) -> Charted:
    """The chart of one coder.

    Args:
        rows: Of all coders.
        base: As `baseline` gives it for them.
        coder: Number of the coder.
        charts: How many charts of each coder are watched.
        options: Limits, and how sure a flag must be.
        restarts: For each recalibration, oldest first: the first rating after it, and the ratings of the
            recalibration itself, which count as after it.

    Source:
        Roberts (1959), Technometrics 1, 239 (moving average); Page (1954), Biometrika 41, 100 (cumulative
        sum); Montgomery, Introduction to Statistical Quality Control, ch. 9: a change began after the sum was
        last 0.
    """
    mine = np.flatnonzero((rows.coder == coder) & ~np.isnan(rows.gap) & (~rows.learnt | base.sets))
    rating, first, place = np.unique(rows.rating[mine], return_index=True, return_inverse=True)
    partners = np.bincount(place, minlength=len(rating))
    gap = np.bincount(place, rows.gap[mine], len(rating)) / np.maximum(partners, 1)
    meant = np.bincount(place, expected(rows, base)[mine], len(rating)) / np.maximum(partners, 1)
    # Of the variance of a difference, half is the coder's own and half the partners', whose mean varies less.
    many = np.sqrt((1 + 1 / np.maximum(partners, 1)) / 2)
    sigma = base.sigma[coder] * many
    watched = ~base.sets[mine][first] if len(mine) else np.zeros(0, dtype=bool)
    order, starts = _segments(rating, restarts)
    parts = (rating[order], gap[order], (gap - meant)[order], sigma[order], watched[order])
    return _watched(coder, parts, float(base.se[coder]), starts, _Watch(charts, options))


def _segments(rating: Ints, restarts: Sequence[tuple[int, frozenset[int]]]) -> tuple[Ints, tuple[int, ...]]:
    """The order of the sessions, those of a recalibration after it, and where charts begin anew."""
    age = np.zeros(len(rating), dtype=np.int64)
    for nth, (after, within) in enumerate(restarts, 1):
        age[(rating >= after) | np.isin(rating, list(within))] = nth
    order = np.lexsort((rating, age))
    starts = tuple(int((age < nth).sum()) for nth in range(1, len(restarts) + 1))
    return order, starts


@dataclass(frozen=True)
class _Watch:
    """How sure a flag must be where so many charts are watched."""

    charts: int
    options: DriftOptions

    def least_change(self, error: float, se: float, seen: int) -> float:
        """How large a change must be, in points, to be more than chance and worth a talk.

        Args:
            error: Standard error of its mean.
            se: Standard error of what was expected, which is the same however often somebody looks.
            seen: Sessions watched so far: the more looks at the more charts, the more chance hits.

        Source:
            Bonferroni's inequality over charts and sessions, on both sides. That a change must be seen in
            both charts, its least size and how both errors are joined are this program's own choice;
            `benchmarks/drift_power.py` says what they do.
        """
        looks = -float(ndtri(self.options.chance / (2 * self.charts * seen)))
        return max(self.options.worth, math.hypot(looks * error, self.options.sure * se))


def _watched(
    coder: int,
    parts: tuple[Ints, Floats, Floats, Floats, Flags],
    se: float,
    starts: tuple[int, ...],
    watch: _Watch,
) -> Charted:
    rating, gap, off, sigma, watched = parts
    z = np.where(watched, off / sigma, np.nan)
    line, half, up, down = (np.full(len(z), np.nan) for _ in range(4))
    signals = np.zeros(len(z), dtype=bool)
    episodes: list[Episode] = []
    begin, ends = 0, [*starts, len(z)]
    for end in ends:
        while begin < end:
            average = ewma(z[begin:end], 0.0, 1.0, watch.options.lam, watch.options.reach)
            sums = cusum(z[begin:end], 0.0, 1.0, watch.options.k, watch.options.h)
            found = _episode(average, sums, off[begin:end], sigma[begin:end], se, watch)
            stop = end if found is None or not found.over else begin + found.last + BACK + 1
            here, there = slice(begin, stop), slice(0, stop - begin)
            line[here] = average.upper[there] * sigma[here]
            half[here] = average.upper_limit[there] * sigma[here]
            up[here], down[here] = sums.upper[there], sums.lower[there]
            signals[here] = (average.signals | sums.signals)[there]
            if found is not None:
                at = (begin + found.began, begin + found.signalled, begin + found.last)
                episodes.append(Episode(*at, found.over))
            begin = stop
    return Charted(
        coder, rating, gap, off, sigma, watched, line, half, up, down, signals, starts, tuple(episodes)
    )


def _episode(
    average: Chart, sums: Chart, off: Floats, sigma: Floats, se: float, watch: _Watch
) -> Episode | None:
    """The first flag of a stretch without a restart: both charts out the same way, and a sure change."""
    line, up, down = average.upper, sums.upper, sums.lower
    rated = ~np.isnan(line)
    seen = np.cumsum(rated)
    out = np.where(up > sums.upper_limit, 1, np.where(down > sums.upper_limit, -1, 0))
    for at in np.flatnonzero((out * line > average.upper_limit) & (seen >= watch.options.least)).tolist():
        zero = np.flatnonzero((up if out[at] > 0 else down)[:at] == 0)
        began = int(zero[-1]) + 1 if len(zero) else int(rated.argmax())
        since = np.flatnonzero(rated[began : at + 1]) + began
        if len(since) < watch.options.since:
            continue
        error = np.sqrt(np.mean(sigma[since] ** 2) / len(since))
        if float(np.mean(off[since])) * out[at] >= watch.least_change(error, se, int(seen[at])):
            return _to_its_end(began, at, np.abs(line) <= average.upper_limit * NEAR)
    return None


def _to_its_end(began: int, signalled: int, inside: Flags) -> Episode:
    run = 0
    for at in range(signalled + 1, len(inside)):
        run = run + 1 if inside[at] else 0
        if run == BACK:
            return Episode(began, signalled, at - BACK, True)
    return Episode(began, signalled, len(inside) - 1, False)


def together(rows: Rows, base: Baseline, session: Ints, charts: int, options: DriftOptions) -> Charted:
    """The chart of all coders against master codes: one entry per session, the mean of its coders.

    Args:
        rows: Against master codes.
        base: As `baseline` gives it for them.
        session: Shape (rows,); number of the session of each row.
        charts: How many charts are watched.
        options: Limits, and how sure a flag must be.
    """
    use = np.flatnonzero(~np.isnan(rows.gap) & ~rows.learnt & ~base.sets)
    off = (rows.gap - expected(rows, base))[use]
    _, place = np.unique(session[use], return_inverse=True)
    n = np.bincount(place)
    last = np.zeros(len(n), dtype=np.int64)
    np.maximum.at(last, place, rows.rating[use])
    order = np.argsort(last, kind="stable")
    mean = (np.bincount(place, rows.gap[use]) / np.maximum(n, 1))[order]
    meant = (np.bincount(place, off) / np.maximum(n, 1))[order]
    coders = np.unique(rows.coder[use])
    sigma = np.sqrt(np.mean(base.sigma[coders] ** 2)) if len(coders) else 1.0
    # What the coders of a session have in common does not average out.
    each = sigma * np.sqrt(SHARED + (1 - SHARED) / np.maximum(n[order], 1))
    se = (
        np.sqrt(np.mean(base.se[coders] ** 2) * (SHARED + (1 - SHARED) / len(coders))) if len(coders) else 0.0
    )
    parts = last[order], mean, meant, each, np.ones(len(n), dtype=bool)
    return _watched(-1, parts, float(se), (), _Watch(charts, options))
