"""Coders compared with each other: every pair, and each one against all others."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mio_fidelity.analysis.table import Floats, ScoreTable
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.severity import coder_severity


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders on the sessions both coded, over all scales of a dimension.

    Attributes:
        first: Code of the first coder.
        second: Code of the second.
        dimension: Key of the dimension.
        n_sessions: Sessions both coded.
        n_scores: Pairs of scores.
        icc: ICC(A,1) with variance components summed over scales; NaN when it cannot be computed.
        exact: Share of equal scores.
        within_1: Share within one point.
        bias: Mean difference, first minus second, in points.
        why: Why ``icc`` cannot be computed; empty when it can.
    """

    first: str
    second: str
    dimension: str
    n_sessions: int
    n_scores: int
    icc: float
    exact: float
    within_1: float
    bias: float
    why: str


@dataclass(frozen=True, slots=True)
class Who:
    """A coder against the partners of the same sessions.

    Attributes:
        coder: The coder's code.
        dimension: Key of the dimension.
        n_sessions: Sessions shared with somebody.
        n_scores: Scores compared.
        bias: Mean difference from the partners' mean, in points; positive gives higher scores.
        within_1: Share of scores within one point of each partner.
        severity: Logits of the rating scale model over all scales of the dimension; positive is stricter.
    """

    coder: str
    dimension: str
    n_sessions: int
    n_scores: int
    bias: float
    within_1: float
    severity: Estimate


def pair_matrix(table: ScoreTable) -> tuple[Pair, ...]:
    """Every pair of coders that shares a session, per dimension."""
    found = []
    rated = table.rated
    for dimension, _ in table.dimensions:
        cube = table.values[table.of(dimension)]
        for a, b in combinations(range(len(table.coders)), 2):
            shared = rated[:, a] & rated[:, b]
            if shared.any():
                found.append(
                    _pair(table.coders[a], table.coders[b], dimension, cube[:, shared, a], cube[:, shared, b])
                )
    return tuple(found)


def _pair(first: str, second: str, dimension: str, one: Floats, other: Floats) -> Pair:
    """``one`` and ``other``: shape (scales, shared sessions)."""
    both = ~np.isnan(one) & ~np.isnan(other)
    gaps = (one - other)[both]
    icc, why = pooled_icc(one, other)
    n = len(gaps)
    nan = float("nan")
    return Pair(
        first,
        second,
        dimension,
        int(one.shape[1]),
        n,
        icc,
        float((gaps == 0).mean()) if n else nan,
        float((np.abs(gaps) <= 1).mean()) if n else nan,
        float(gaps.mean()) if n else nan,
        why,
    )


def pooled_icc(one: Floats, other: Floats) -> tuple[float, str]:
    """ICC(A,1) of two coders over several scales: the variance components of each scale, summed.

    Args:
        one: Shape (scales, sessions), NaN where there is no score.
        other: The other coder's scores.

    Returns:
        The value, and why there is none. Each scale counts with as many sessions as it has; a scale with
        fewer than two shared scores is left out.

    Source:
        Components: Shrout & Fleiss (1979), Psychol Bull 86, 420; summing them is a ratio of pooled variances.
    """
    session = coder = residual = 0.0
    weight = 0
    for x, y in zip(one, other, strict=True):
        both = ~np.isnan(x) & ~np.isnan(y)
        n = int(both.sum())
        if n < 2:
            continue
        mean, gap = (x[both] + y[both]) / 2, x[both] - y[both]
        rows, error = 2 * mean.var(ddof=1), gap.var(ddof=1) / 2
        columns = n * gap.mean() ** 2 / 2
        session += n * (rows - error) / 2
        coder += n * (columns - error) / n
        residual += n * error
        weight += n
    if not weight:
        return float("nan"), Sentence("fewer than two shared scores on every scale")
    total = session + coder + residual
    if total <= 0:
        return float("nan"), Sentence("all scores are equal")
    return float(session / total), ""


def who_rates_how(table: ScoreTable) -> tuple[Who, ...]:
    """Each coder against the partners, per dimension."""
    found = []
    rated = table.rated
    shared = rated.sum(axis=1) > 1
    for dimension, _ in table.dimensions:
        cube = table.values[table.of(dimension)]
        severity = _severity(cube)
        for at, code in enumerate(table.coders):
            mine = rated[:, at] & shared
            own, others = cube[:, mine, at], np.delete(cube[:, mine], at, axis=2)
            n = (~np.isnan(others)).sum(axis=2)
            partner = np.where(n > 0, np.nansum(others, axis=2) / np.maximum(n, 1), np.nan)
            gaps = (own - partner)[~np.isnan(own - partner)]
            each = np.abs(own[:, :, None] - others)
            close = each[~np.isnan(each)] <= 1
            found.append(
                Who(
                    code,
                    dimension,
                    int(mine.sum()),
                    len(gaps),
                    float(gaps.mean()) if len(gaps) else float("nan"),
                    float(close.mean()) if len(close) else float("nan"),
                    severity[at],
                )
            )
    return tuple(found)


def _severity(cube: Floats) -> tuple[Estimate, ...]:
    """One rating scale model over all scales: every (scale, session) is a thing rated."""
    stacked = np.concatenate(cube)
    double = stacked[(~np.isnan(stacked)).sum(axis=1) > 1]
    if not len(double):
        nothing = undefined("no_session_with_two_coders", Counts(), "rating scale model")
        return tuple(nothing for _ in range(cube.shape[2]))
    return coder_severity(double).coders
