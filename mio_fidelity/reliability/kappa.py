"""Cohen's kappa, plain and weighted, for two coders."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from mio_fidelity.reliability.design import (
    Floats,
    as_categories,
    as_scores,
    check_confidence,
    counts_of,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.weights import Weights, agreement_weights


def cohen_kappa(
    scores: ArrayLike,
    weights: Weights = "quadratic",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Agreement of two coders beyond what their own score distributions would give by chance.

    Args:
        scores: Shape (sessions, 2), NaN where a coder gave no score. Only sessions both scored count.
        weights: "unweighted", "linear", "quadratic", "ordinal", or a matrix of agreement weights.
        categories: The declared points of the scale; None uses those observed.
        confidence: Coverage of the interval.

    Returns:
        An estimate in [-1, 1] for named weights, with the large-sample standard error and limits (not
        cut off at 1); ``parts`` holds P_obs, P_exp, se0 (under independence) and z0. NaN when both
        coders always gave the same one score.

    Raises:
        ValueError: not two columns (one is allowed, and undefined), a score off the scale, or wrong weights.

    Source:
        Cohen (1968), Psychol Bull 70, 213; Fleiss, Cohen & Everitt (1969), Psychol Bull 72, 323.
    """
    array = as_scores(scores, categories)
    if array.shape[1] > 2:
        raise ValueError("Cohen's kappa is for two coders")
    counts = counts_of(array)
    reason = shortage(counts)
    if reason:
        return undefined(reason, counts, _method(weights))
    paired = array[~np.isnan(array).any(axis=1)]
    points = np.unique(paired) if categories is None else as_categories(categories)
    index = np.searchsorted(points, paired)
    cells = np.bincount(index[:, 0] * len(points) + index[:, 1], minlength=len(points) ** 2)
    table = cells.reshape(len(points), -1).astype(np.float64)
    return _kappa(table, points, weights, counts, confidence)


def kappa_from_table(
    table: ArrayLike,
    weights: Weights = "quadratic",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Cohen's kappa from a table of counts.

    Args:
        table: Shape (points, points): how often the first coder gave the row's score and the second the
            column's.
        weights: As in `cohen_kappa`.
        categories: The values of the points; None counts 1, 2, 3...
        confidence: Coverage of the interval.

    Returns:
        As `cohen_kappa`.

    Raises:
        ValueError: the table is not square or has negative counts, or wrong weights.

    Source:
        Fleiss, Cohen & Everitt (1969), Psychol Bull 72, 323.
    """
    cells = as_table(table)
    points = np.arange(1.0, len(cells) + 1) if categories is None else as_categories(categories)
    n = int(cells.sum())
    counts = Counts(n, n, 2 * n, 2 if n else 0)
    reason = shortage(counts)
    if reason:
        return undefined(reason, counts, _method(weights))
    return _kappa(cells, points, weights, counts, confidence)


def as_table(table: ArrayLike) -> Floats:
    """A square table of counts, checked.

    Raises:
        ValueError: not square, or a count that is negative or missing.
    """
    cells = np.asarray(table, dtype=np.float64)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or not (cells >= 0).all():
        raise ValueError("table must be square with counts of 0 or more")
    return cells


def scores_from_table(table: ArrayLike) -> Floats:
    """The pairs of scores a table of counts stands for, points numbered 1, 2, 3...

    Args:
        table: Shape (points, points), whole counts; rows are the first coder.

    Returns:
        Shape (sessions, 2).

    Raises:
        ValueError: the table is not square or has negative counts.
    """
    cells = as_table(table)
    pairs = np.argwhere(np.ones_like(cells)) + 1.0
    return np.repeat(pairs, cells.ravel().astype(np.int64), axis=0)


def _method(weights: Weights) -> str:
    return f"Cohen's kappa, {weights if isinstance(weights, str) else 'own weights'}"


def _kappa(table: Floats, points: Floats, weights: Weights, counts: Counts, confidence: float) -> Estimate:
    z = float(ndtri((1 + check_confidence(confidence)) / 2))
    w = agreement_weights(weights, points)
    n = table.sum()
    p = table / n
    first, second = p.sum(axis=1), p.sum(axis=0)
    chance = np.outer(first, second)
    observed, expected = float((p * w).sum()), float((chance * w).sum())
    if np.count_nonzero(first + second) < 2 or 1 - expected < 1e-14:
        return undefined("no_variance", counts, _method(weights))
    kappa = (observed - expected) / (1 - expected)
    mean = (w @ second)[:, None] + (w.T @ first)[None, :]
    spread = (p * (w - mean * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    spread0 = (chance * (w - mean) ** 2).sum() - expected**2
    # A difference of equals can come out as -1e-17.
    se, se0 = (float(np.sqrt(max(s, 0.0) / n)) / (1 - expected) for s in (spread, spread0))
    z0 = kappa / se0 if se0 > 0 else float("nan")
    return Estimate(
        kappa,
        kappa - z * se,
        kappa + z * se,
        se,
        counts=counts,
        method=f"{_method(weights)}; large-sample interval",
        confidence=confidence,
        flags=size_flags(counts),
        parts={"P_obs": observed, "P_exp": expected, "se0": se0, "z0": z0},
    )
