"""What a coder's differences are expected to be, and how much they vary: the limits of drift charts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.analysis.drift_results import DriftOptions, Origin
from mio_fidelity.analysis.table import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Sessions of certification that limits can rest on.
LEAST_LEARNT = 5
# A coder's own variance counts as if all coders' had been seen in so many further sessions.
PRIOR_SESSIONS = 10
# Coders' usual differences are taken to vary by this much, in points, where too few coders show it.
SPREAD = 0.25
# Two coders' differences from one master code share its error: this share of their variance.
SHARED = 0.5


@dataclass(frozen=True)
class Rows:
    """Differences of one topic in one dimension, each a rating held against another; oldest rating first.

    Attributes:
        rating: Shape (rows,); the own rating, numbered in order of submission.
        coder: Shape (rows,); number of the coder.
        partner: Shape (rows,); number of the partner, -1 for master codes.
        gap: Shape (rows,); own less other, in points, NaN where nothing could be compared.
        learnt: Shape (rows,); whether it is of the coder's certification, or of both coders'.
        scales: How many scales a difference is the mean of.
    """

    rating: Ints
    coder: Ints
    partner: Ints
    gap: Floats
    learnt: Flags
    scales: int


@dataclass(frozen=True)
class Baseline:
    """What is expected of each coder; shape (coders,) unless said otherwise.

    Attributes:
        level: Usual difference, in points. Of two coders the first is expected to differ by the difference of
            their levels.
        sigma: Standard deviation of one difference, in points.
        se: Standard error of ``level``.
        n: Sessions it rests on.
        origin: Where it comes from.
        floored: Whether ``sigma`` was raised to what rounding alone makes.
        sets: Shape (rows,); rows that limits rest on, which are not watched.
    """

    level: Floats
    sigma: Floats
    se: Floats
    n: Ints
    origin: tuple[Origin, ...]
    floored: Flags
    sets: Flags


def floor_of(scales: int) -> float:
    """Standard deviation that rounding alone gives the difference of two means of so many scores."""
    return float(np.sqrt(2 / 12 / max(scales, 1)))


def baseline(rows: Rows, coders: int, options: DriftOptions) -> Baseline:
    """Levels and standard deviations: from certification, else the first sessions, else all coders.

    Args:
        rows: Against master codes, or against partners.
        coders: How many coders there are.
        options: How many first sessions, and how many more there must be.
    """
    usable = ~np.isnan(rows.gap)
    certified = _sessions(rows, coders, usable & rows.learnt) >= LEAST_LEARNT
    origin = [Origin.POOLED] * coders
    sets = np.zeros(len(rows.gap), dtype=bool)
    for coder in range(coders):
        mine = usable & (rows.coder == coder)
        later = mine & ~rows.learnt
        order = np.unique(rows.rating[later])
        partners = np.unique(rows.partner[later])
        if certified[coder] and certified[partners[partners >= 0]].all():
            origin[coder] = Origin.CERTIFICATION
            sets |= mine & rows.learnt
        elif len(order) >= options.baseline + options.least:
            origin[coder] = Origin.FIRST
            sets |= later & (rows.rating <= order[options.baseline - 1])
    return _fitted(rows, coders, origin, sets, sets if sets.any() else usable & ~rows.learnt)


def _sessions(rows: Rows, coders: int, some: Flags) -> Ints:
    """How many sessions of each coder there are in some rows."""
    pairs = np.unique(np.stack([rows.coder[some], rows.rating[some]]), axis=1)
    return np.bincount(pairs[0], minlength=coders)[:coders]


def _fitted(rows: Rows, coders: int, origin: list[Origin], sets: Flags, fit: Flags) -> Baseline:
    """Levels by least squares on the rows ``fit``; variances shrunk towards all coders'."""
    level = _levels(rows, coders, fit)
    squares = np.bincount(rows.coder[fit], ((rows.gap - _expected(rows, level)) ** 2)[fit], coders)
    n, many = _sessions(rows, coders, fit), np.bincount(rows.coder[fit], minlength=coders)
    # What levels were fitted to lies nearer to them.
    freedom = many * _left(rows, n, many)
    pooled = squares.sum() / max(freedom.sum(), 1.0)
    alone = np.where(freedom > 0, squares / np.maximum(freedom, 1e-9), pooled)
    weight = np.maximum(n - 1, 0)
    variance = (weight * alone + PRIOR_SESSIONS * pooled) / (weight + PRIOR_SESSIONS)
    own = np.array([each is not Origin.POOLED for each in origin], dtype=bool)
    # As the variance of a prediction by Student's t: a spread known from few sessions is taken larger.
    known = np.where(own, weight + PRIOR_SESSIONS, max(weight.sum(), PRIOR_SESSIONS))
    raw = np.sqrt(np.where(own, variance, pooled) * known / (known - 2))
    sigma = np.maximum(raw, floor_of(rows.scales))
    # Half of the variance of a difference is the coder's own; the rest averages out over partners.
    partners = np.where((rows.partner >= 0).any(), many / np.maximum(n, 1), 1.0)
    error = sigma * np.sqrt((1 + 1 / np.maximum(partners, 1)) / 2 / np.maximum(n, 1))
    spread = max(float(np.std(level[n > 0])), SPREAD) if (n > 0).sum() > 2 else SPREAD
    return Baseline(
        np.where(own, level, 0.0),
        sigma,
        np.where(own, error, spread),
        np.where(own, n, int(n.sum())),
        tuple(origin),
        raw < sigma,
        sets,
    )


def _left(rows: Rows, n: Ints, many: Ints) -> float:
    """The share of the squares that fitting one level a coder leaves on average."""
    coders = int((n > 0).sum())
    if (rows.partner < 0).all():
        return max(0.0, 1 - coders / max(int(n.sum()), 1))
    # Ratings of a session less one, summed over sessions.
    partners = many / np.maximum(n, 1)
    within = float((n * partners / (partners + 1)).sum())
    return max(0.0, 1 - (coders - 1) / max(within, 1.0))


def _levels(rows: Rows, coders: int, fit: Flags) -> Floats:
    """Usual differences; those of partners by least squares with mean 0 among coders who are linked."""
    if not fit.any():
        return np.zeros(coders)
    at = np.flatnonzero(fit)
    design = np.zeros((len(at), coders))
    design[np.arange(len(at)), rows.coder[at]] = 1.0
    both = rows.partner[at] >= 0
    design[np.flatnonzero(both), rows.partner[at][both]] = -1.0
    normal = design.T @ design
    return np.asarray(np.linalg.pinv(normal, rcond=1e-9, hermitian=True) @ (design.T @ rows.gap[at]))


def _expected(rows: Rows, level: Floats) -> Floats:
    return level[rows.coder] - np.where(rows.partner >= 0, level[rows.partner], 0.0)


def expected(rows: Rows, base: Baseline) -> Floats:
    """What each difference is expected to be, shape (rows,), in points."""
    return _expected(rows, base.level)
