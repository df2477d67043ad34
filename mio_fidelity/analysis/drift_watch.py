"""When a chart has left its limits for good: what is flagged, since when, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mio_fidelity.analysis.drift_limits import SHARED, Baseline, Flags, Ints, Rows, expected
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.table import Floats
from mio_fidelity.reliability.drift import cusum, ewma

# A flag is over once the moving average has been within its limits for so many sessions in a row.
BACK = 8


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
    options: DriftOptions,
    restarts: Sequence[tuple[int, frozenset[int]]] = (),
) -> Charted:
    """The chart of one coder.

    Args:
        rows: Of all coders.
        base: As `baseline` gives it for them.
        coder: Number of the coder.
        options: Limits, and how sure a flag must be.
        restarts: For each recalibration, oldest first: the first rating after it, and the ratings of the
            recalibration itself, which count as after it.
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
    return _watched(coder, parts, float(base.se[coder]), starts, options)


def _segments(rating: Ints, restarts: Sequence[tuple[int, frozenset[int]]]) -> tuple[Ints, tuple[int, ...]]:
    """The order of the sessions, those of a recalibration after it, and where charts begin anew."""
    age = np.zeros(len(rating), dtype=np.int64)
    for nth, (after, within) in enumerate(restarts, 1):
        age[(rating >= after) | np.isin(rating, list(within))] = nth
    order = np.lexsort((rating, age))
    starts = tuple(int((age < nth).sum()) for nth in range(1, len(restarts) + 1))
    return order, starts


def _watched(
    coder: int,
    parts: tuple[Ints, Floats, Floats, Floats, Flags],
    se: float,
    starts: tuple[int, ...],
    options: DriftOptions,
) -> Charted:
    rating, gap, off, sigma, watched = parts
    z = np.where(watched, off / sigma, np.nan)
    line, half, up, down = (np.full(len(z), np.nan) for _ in range(4))
    signals = np.zeros(len(z), dtype=bool)
    episodes: list[Episode] = []
    begin, ends = 0, [*starts, len(z)]
    for end in ends:
        while begin < end:
            average = ewma(z[begin:end], 0.0, 1.0, options.lam, options.reach)
            sums = cusum(z[begin:end], 0.0, 1.0, options.k, options.h)
            found = _episode(
                average.upper,
                average.upper_limit,
                sums.upper,
                sums.lower,
                off[begin:end],
                sigma[begin:end],
                se,
                options,
            )
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
    line: Floats,
    limit: Floats,
    up: Floats,
    down: Floats,
    off: Floats,
    sigma: Floats,
    se: float,
    options: DriftOptions,
) -> Episode | None:
    """The first flag of a stretch without a restart."""
    seen = np.cumsum(~np.isnan(line))
    out = np.where(up > options.h, 1, np.where(down > options.h, -1, 0))
    both = out * line > limit
    for at in np.flatnonzero(both & (seen >= options.least)):
        side = up if out[at] > 0 else down
        zero = np.flatnonzero(side[:at] == 0)
        began = int(zero[-1]) + 1 if len(zero) else int(np.flatnonzero(~np.isnan(line))[0])
        since = slice(began, int(at) + 1)
        rated = ~np.isnan(line[since])
        n, change = int(rated.sum()), float(np.mean(off[since][rated]))
        error = np.sqrt(np.mean(sigma[since][rated] ** 2) / n + se**2)
        if change * out[at] >= options.sure * error:
            return _to_its_end(began, int(at), np.abs(line) <= limit)
    return None


def _to_its_end(began: int, signalled: int, inside: Flags) -> Episode:
    run = 0
    for at in range(signalled + 1, len(inside)):
        run = run + 1 if inside[at] else 0
        if run == BACK:
            return Episode(began, signalled, at - BACK, True)
    return Episode(began, signalled, len(inside) - 1, False)


def together(rows: Rows, base: Baseline, session: Ints, options: DriftOptions) -> Charted:
    """The chart of all coders against master codes: one entry per session, the mean of its coders.

    Args:
        rows: Against master codes.
        base: As `baseline` gives it for them.
        session: Shape (rows,); number of the session of each row.
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
    return _watched(-1, (last[order], mean, meant, each, np.ones(len(n), dtype=bool)), float(se), (), options)


HALF = 0.5
# Sessions with master codes that can speak against what partners say.
LEAST_MASTER = 3


@dataclass(frozen=True)
class Share:
    """The change since a flag began, against one partner or master codes (-1).

    Attributes:
        n: Sessions.
        change: Mean difference less what was expected, in points; NaN without a session.
        holds: Whether it goes the same way and at least half as far.
    """

    who: int
    n: int
    change: float
    holds: bool


def shares(rows: Rows, base: Baseline, chart: Charted, began: int, last: int) -> tuple[Share, ...]:
    """How the change from session ``began`` to ``last`` of a chart looks against each of ``rows``' partners.

    Args:
        rows: Against partners, or against master codes.
        base: As `baseline` gives it for ``rows``.
        chart: The chart that was flagged, of either kind.
        began: Position of the first session.
        last: Position of the last one.
    """
    here = slice(began, last + 1)
    ratings = chart.rating[here][chart.watched[here]]
    change = float(np.mean(chart.off[here][chart.watched[here]]))
    mine = (rows.coder == chart.coder) & ~np.isnan(rows.gap) & ~rows.learnt
    mine &= (rows.rating >= ratings.min()) & (rows.rating <= ratings.max())
    at = np.flatnonzero(mine)
    off = rows.gap[at] - expected(rows, base)[at]
    found = []
    for who in np.unique(rows.partner[at]).tolist():
        some = off[rows.partner[at] == who]
        found.append(Share(who, len(some), float(some.mean()), bool(some.mean() / change >= HALF)))
    return tuple(found)


def is_own(found: Sequence[Share], master: Share | None) -> bool:
    """Whether a change against partners is the coder's own, and not that of one partner.

    It is when master codes say the same; else it must hold against at least two partners, without the one
    who shows it most, and master codes must not say otherwise.
    """
    if master is not None and master.n >= 2 and master.holds:
        return True
    if master is not None and master.n >= LEAST_MASTER:
        return False
    if sum(each.holds for each in found) < 2:
        return False
    total = sum(each.n * each.change for each in found)
    most = max(found, key=lambda each: each.n * each.change * np.sign(total))
    n = sum(each.n for each in found) - most.n
    mean = total / sum(each.n for each in found)
    return n >= 2 and (total - most.n * most.change) / n / mean >= HALF
