"""Trend within clients, difference of arms with counselors nested in them, shares, correlation. Pure."""

import math
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from scipy.special import ndtri, stdtrit

from mio_fidelity.analysis.counselor_results import Figure
from mio_fidelity.analysis.results import Moments
from mio_fidelity.analysis.table import Floats
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.agreement import wilson
from mio_fidelity.reliability.design import counts_of, shortage, size_flags
from mio_fidelity.reliability.estimate import Estimate, undefined

NAN = math.nan
# Sums of squares below this share of the total are rounding noise of an exact zero.
_NOISE = 1e-12


def moments(values: Floats) -> Moments:
    """Mean and standard deviation of ``values``, shape (sessions,), without the NaN."""
    found = values[~np.isnan(values)]
    mean = float(found.mean()) if len(found) else NAN
    return Moments(mean, float(found.std(ddof=1)) if len(found) > 1 else NAN, len(found))


def slope_within(
    numbers: Sequence[int], scores: Sequence[float], clients: Sequence[Hashable], confidence: float
) -> Figure:
    """How much a score changes from one session to the next, within clients.

    Each client has a level of its own; the slope is common to them (least squares with client effects).

    Args:
        numbers: Session numbers.
        scores: A score for each, NaN without one.
        clients: Whose session each is.
        confidence: Coverage of the t interval.

    Returns:
        Points per session, with n the sessions of clients that have two or more; NaN, with why, when no
        client has two. The interval treats sessions as independent given client and trend.
    """
    x, y = np.asarray(numbers, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    places = {client: at for at, client in enumerate(dict.fromkeys(clients))}
    group = np.array([places[client] for client in clients], dtype=np.intp)
    scored = ~np.isnan(y)
    # A client with one session says nothing of a trend.
    kept = scored & (np.bincount(group[scored], minlength=len(places)) > 1)[group]
    x, y, group = x[kept], y[kept], group[kept]
    sizes = np.maximum(np.bincount(group), 1)
    dx = x - (np.bincount(group, x) / sizes)[group]
    dy = y - (np.bincount(group, y) / sizes)[group]
    sxx, sxy, syy = float(dx @ dx), float(dx @ dy), float(dy @ dy)
    n, groups = len(y), len(np.unique(group))
    if sxx == 0:
        return Figure(NAN, NAN, NAN, n, Sentence("No client has two sessions with this score."))
    slope, freedom = sxy / sxx, n - groups - 1
    left = syy - slope * sxy
    if freedom < 1:
        return Figure(slope, NAN, NAN, n, Sentence("Too few sessions for an interval."))
    if left <= _NOISE * max(syy, 1.0):
        return Figure(slope, NAN, NAN, n, Sentence("All scores lie on a line: no interval."))
    reach = float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(left / freedom / sxx)
    return Figure(slope, slope - reach, slope + reach, n)


def difference_of_arms(first: Mapping[str, float], second: Mapping[str, float], confidence: float) -> Figure:
    """How far two arms lie apart, each counselor counting once: sessions of one are not independent.

    Args:
        first: Counselor to mean score in the first arm.
        second: The same in the second.
        confidence: Coverage of the interval (Welch's t over counselors).

    Returns:
        Mean of the counselor means in the first arm minus that in the second, with n the counselors; no
        interval, with why, when an arm has fewer than two or a counselor works in both.

    Source:
        Welch (1947), Biometrika 34, 28.
    """
    n = len({*first, *second})
    if not first or not second:
        return Figure(NAN, NAN, NAN, n, Sentence("Only one of the two arms has scores."))
    one, two = np.array(list(first.values())), np.array(list(second.values()))
    value = float(one.mean() - two.mean())
    both = sorted(set(first) & set(second))
    if both:
        why = Sentence("{codes} worked in both arms: no interval for separate groups.", codes=", ".join(both))
        return Figure(value, NAN, NAN, n, why)
    if min(len(one), len(two)) < 2:
        return Figure(value, NAN, NAN, n, Sentence("One counselor in an arm: no interval."))
    parts = [float(each.var(ddof=1)) / len(each) for each in (one, two)]
    if sum(parts) <= _NOISE:
        return Figure(value, NAN, NAN, n, Sentence("Counselors of an arm do not differ: no interval."))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(two) - 1))
    reach = float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(sum(parts))
    return Figure(value, value - reach, value + reach, n)


def share_of(met: int, n: int, confidence: float, why: str = "") -> Figure:
    """The share of ``n`` sessions, with Wilson's interval; NaN, with ``why``, of none."""
    if not n:
        return Figure(NAN, NAN, NAN, 0, why or Sentence("No session could be judged."))
    low, high = wilson(met / n, n, float(ndtri((1 + confidence) / 2)))
    return Figure(met / n, low, high, n)


def pearson(first: Floats, second: Floats, confidence: float) -> Estimate:
    """Pearson's correlation, with an interval by Fisher's z from four sessions on.

    Args:
        first: Shape (sessions,), NaN without a score.
        second: Shape (sessions,).
        confidence: Coverage of the interval.

    Returns:
        An estimate in [-1, 1]; NaN, with a reason, with fewer than three sessions or without variance.
    """
    both = np.stack([first, second], axis=1)
    both = both[~np.isnan(both).any(axis=1)]
    counts, method = counts_of(both), "Pearson's correlation; Fisher z interval"
    reason = shortage(counts) or ("too_few_sessions" if len(both) < 3 else None)
    centred = both - both.mean(axis=0) if len(both) else both
    squares = (centred**2).sum(axis=0)
    if reason or (squares <= _NOISE).any():
        return undefined(reason or "no_variance", counts, method)
    value = float(np.clip(centred[:, 0] @ centred[:, 1] / math.sqrt(squares.prod()), -1, 1))
    flags = size_flags(counts)
    if len(both) < 4 or abs(value) >= 1 - _NOISE:
        return Estimate(
            value, counts=counts, method=method, confidence=confidence, flags=(*flags, "no_interval")
        )
    reach = float(ndtri((1 + confidence) / 2)) / math.sqrt(len(both) - 3)
    low, high = math.tanh(math.atanh(value) - reach), math.tanh(math.atanh(value) + reach)
    return Estimate(value, low, high, counts=counts, method=method, confidence=confidence, flags=flags)
