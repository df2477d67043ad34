"""Krippendorff's alpha, with intervals that resample sessions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import krippendorff
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from mio_fidelity.reliability.bootstrap import percentile_limits, session_weights
from mio_fidelity.reliability.design import (
    Floats,
    as_scores,
    check_confidence,
    counts_of,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined

Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True, slots=True)
class AlphaBootstrap:
    """Alphas of several scales from one set of session resamples.

    Args:
        estimates: One per scale, with its percentile interval.
        replicates: Shape (resamples, scales), NaN where alpha was undefined.
        confidence: Coverage of the intervals.
    """

    estimates: tuple[Estimate, ...]
    replicates: Floats
    confidence: float

    def difference(self, first: int, second: int) -> Estimate:
        """How much higher the alpha of one scale is than that of another, on the same resamples.

        Args:
            first: Index of a scale.
            second: Index of the scale to subtract.

        Returns:
            The difference with its percentile interval; undefined when one of the two is.

        Raises:
            IndexError: no such scale.
        """
        one, two = self.estimates[first], self.estimates[second]
        method = "difference of two alphas, joint session bootstrap"
        if one.reason or two.reason:
            return undefined(one.reason or two.reason or "", one.counts, method)
        differences = self.replicates[:, first] - self.replicates[:, second]
        low, high, lost = percentile_limits(differences, self.confidence)
        return replace(
            one,
            value=one.value - two.value,
            low=low,
            high=high,
            se=_deviation(differences),
            method=method,
            undefined_replicates=lost,
            flags=("undefined_replicates",) if lost else (),
        )


def krippendorff_alpha(
    scores: ArrayLike, level: Level = "ordinal", categories: Sequence[float] | None = None
) -> Estimate:
    """Agreement beyond chance among any number of coders, gaps allowed.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        level: What a distance between two points means.
        categories: The declared points of the scale, only to check the scores; alpha does not depend on
            points nobody used.

    Returns:
        An estimate in (-inf, 1] without interval: 1 is perfect agreement, 0 what chance gives. NaN, with
        a reason, when all paired scores are equal: alpha is then undefined, not 1.

    Raises:
        ValueError: ``scores`` is not two-dimensional or off the scale, unknown ``level``, or a negative
            score at the ratio level.

    Source:
        Krippendorff (2011), Computing Krippendorff's alpha-reliability; (2019), Content Analysis, ch. 12.
    """
    array = _checked(as_scores(scores, categories), level)
    counts, method = counts_of(array), f"Krippendorff's alpha, {level}"
    paired = array[(~np.isnan(array)).sum(axis=1) > 1]
    points = np.unique(paired[~np.isnan(paired)])
    reason = shortage(counts) or ("no_variance" if len(points) < 2 else None)
    if reason:
        return undefined(reason, counts, method)
    if level == "interval":
        # Many distinct values (means of scales) would make the package's table of values huge.
        value = float(_alpha(_moments(array[None]).sum(axis=0), level, points)[0])
    else:
        tally = (paired[:, :, None] == points).sum(axis=1)
        value = krippendorff.alpha(value_counts=tally, value_domain=points, level_of_measurement=level)
    return Estimate(float(value), counts=counts, method=method, flags=_flags(counts))


def alpha_bootstrap(
    cube: ArrayLike,
    level: Level = "ordinal",
    categories: Sequence[float] | None = None,
    replicates: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> AlphaBootstrap:
    """Alphas of all scales with percentile intervals from one joint set of session resamples.

    Observed and expected disagreement are both recomputed in every resample. Sessions without any score
    in the cube are not drawn.

    Args:
        cube: Shape (scales, sessions, coders), or (sessions, coders) for one scale; NaN where there is
            no score.
        level: What a distance between two points means.
        categories: The declared points of the scale, to check the scores.
        replicates: Resamples.
        seed: Seed of the resampling.
        confidence: Coverage of the intervals.

    Returns:
        The estimates, each in (-inf, 1] or NaN with a reason, and the resampled alphas.

    Raises:
        ValueError: ``cube`` has other dimensions or scores off the scale, unknown ``level``,
            ``confidence`` not in (0, 1), or no replicates.

    Source:
        Zapf, Castell, Morawietz & Karch (2016), BMC Med Res Methodol 16, 93; resampling as in Efron &
        Tibshirani.
    """
    array = np.asarray(cube, dtype=np.float64)
    scales = _checked(as_scores(array[None] if array.ndim == 2 else array, categories, ndim=3), level)
    check_confidence(confidence)
    size = (~np.isnan(scales)).sum(axis=2)
    drawn = size.any(axis=0)
    # Sessions coded once on every scale are drawn too, but add nothing.
    pairable = (size > 1).any(axis=0)
    columns, points = _contributions(scales[:, pairable], level)
    n_pairable, n_scales = columns.shape[:2]
    found = np.full((replicates, n_scales), np.nan)
    if n_pairable:
        kept, n_drawn, done = np.flatnonzero(pairable[drawn]), int(drawn.sum()), 0
        summands, unit = _single_precision(columns.reshape(n_pairable, -1), int(size.max()), n_drawn, level)
        for weights in session_weights(n_drawn, replicates, seed, kept):
            totals = (weights.astype(summands.dtype) @ summands) / np.float64(unit)
            found[done : done + len(weights)] = _alpha(
                totals.reshape(len(weights), n_scales, -1), level, points
            )
            done += len(weights)
    estimates = [
        _with_interval(krippendorff_alpha(scale, level), found[:, i], confidence, seed)
        for i, scale in enumerate(scales)
    ]
    return AlphaBootstrap(tuple(estimates), found, confidence)


def alpha_jackknife(
    scores: ArrayLike,
    level: Level = "ordinal",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Alpha with the interval of a jackknife over the sessions scored twice or more, and Student's t.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        level: What a distance between two points means.
        categories: The declared points of the scale, to check the scores.
        confidence: Coverage of the interval.

    Returns:
        As `krippendorff_alpha`, with ``se`` and limits (not cut off at 1); no limits when leaving out
        some session makes alpha undefined.

    Raises:
        ValueError: as `krippendorff_alpha`, or ``confidence`` not in (0, 1).

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 11.
    """
    check_confidence(confidence)
    estimate = krippendorff_alpha(scores, level, categories)
    if not estimate.defined:
        return estimate
    array = as_scores(scores)
    columns, points = _contributions(array[None, (~np.isnan(array)).sum(axis=1) > 1], level)
    n = len(columns)
    left_out = _alpha(columns.sum(axis=0) - columns, level, points)[:, 0]
    se = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * se
    method = f"{estimate.method}; jackknife over sessions, t"
    flags = estimate.flags if np.isfinite(reach) else (*estimate.flags, "no_interval")
    value = estimate.value
    return replace(
        estimate,
        low=value - reach,
        high=value + reach,
        se=se,
        method=method,
        confidence=confidence,
        flags=flags,
    )


def _checked(scores: Floats, level: Level) -> Floats:
    if level not in get_args(Level):
        raise ValueError(f"level must be one of {get_args(Level)}")
    if level == "ratio" and (scores < 0).any():
        raise ValueError("the ratio level needs scores of 0 or more")
    return scores


def _flags(counts: Counts) -> tuple[str, ...]:
    return size_flags(counts) + (("singly_coded",) if counts.n_multiple < counts.n_sessions else ())


def _deviation(replicates: Floats) -> float:
    good = replicates[~np.isnan(replicates)]
    return float(good.std(ddof=1)) if len(good) > 1 else float("nan")


def _with_interval(estimate: Estimate, replicates: Floats, confidence: float, seed: int) -> Estimate:
    if not estimate.defined:
        return estimate
    low, high, lost = percentile_limits(replicates, confidence)
    return replace(
        estimate,
        low=low,
        high=high,
        se=_deviation(replicates),
        method=f"{estimate.method}; session bootstrap, percentile",
        confidence=confidence,
        seed=seed,
        replicates=len(replicates),
        undefined_replicates=lost,
        flags=estimate.flags + (("undefined_replicates",) if lost else ()),
    )


def _contributions(scales: Floats, level: Level) -> tuple[Floats, Floats]:
    """What each session adds to the sums alpha is made of: (sessions, scales, sums), and the points of
    the scale.

    The sums are the margins of the coincidence matrix and its cells above the diagonal; for intervals,
    moments.
    """
    points = np.unique(scales[~np.isnan(scales)])
    if level == "interval":
        return _moments(scales), points
    tally = (scales[..., None] == points).sum(axis=2)
    size = tally.sum(axis=2, keepdims=True)
    tally = np.where(size > 1, tally, 0).astype(np.float64)
    row, column = np.triu_indices(len(points), 1)
    cells = tally[:, :, row] * tally[:, :, column] / np.maximum(size - 1, 1)
    return np.concatenate([tally, cells], axis=2).transpose(1, 0, 2).copy(), points


def _single_precision(
    columns: Floats, most_codings: int, n_drawn: int, level: Level
) -> tuple[NDArray[np.floating], int]:
    """The contributions as 32-bit floats times a common denominator, when all their sums are then exact.

    Halves the time of the matrix products; otherwise the contributions come back as they are, with unit 1.
    """
    unit = math.lcm(*range(1, most_codings))
    if level == "interval" or unit * columns.max() * n_drawn >= 2**24:
        return columns, 1
    return np.rint(columns * unit).astype(np.float32), unit


def _moments(scales: Floats) -> Floats:
    rated = ~np.isnan(scales)
    # An origin inside the data keeps the sums small and constant scales exactly constant.
    origin = np.array(
        [scale[here][0] if here.any() else 0.0 for scale, here in zip(scales, rated, strict=True)]
    )
    x = np.where(rated, scales - origin[:, None, None], 0.0)
    size = rated.sum(axis=2)
    pairable = size > 1
    total, square = x.sum(axis=2) * pairable, (x**2).sum(axis=2) * pairable
    observed = (size * square - total**2) / np.maximum(size - 1, 1)
    return np.stack([size * pairable, total, square, observed], axis=-1).transpose(1, 0, 2)


def _alpha(totals: Floats, level: Level, points: Floats) -> Floats:
    """Alpha from sums of contributions, shape (..., sums) -> (...), NaN where nothing varies."""
    if level == "interval":
        n, total, square, observed = np.moveaxis(totals, -1, 0)
        expected = n * square - total**2
        expected = np.where(expected > 1e-12 * n * square, expected, 0.0)
    else:
        margin, cells = totals[..., : len(points)], totals[..., len(points) :]
        n = margin.sum(axis=-1)
        observed, expected = _disagreement(margin, cells, level, points)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)


def _disagreement(margin: Floats, cells: Floats, level: Level, points: Floats) -> tuple[Floats, Floats]:
    row, column = np.triu_indices(len(points), 1)
    if level == "ordinal":
        # The distance of two points is the difference of their mid-ranks, whose mean is n / 2.
        n = margin.sum(axis=-1)
        rank = np.cumsum(margin, axis=-1) - (margin + n[..., None]) / 2
        observed = np.zeros(n.shape)
        for cell, (lower, upper) in enumerate(zip(row, column, strict=True)):
            observed += cells[..., cell] * (rank[..., upper] - rank[..., lower]) ** 2
        return observed, n * np.einsum("...c,...c->...", margin, rank**2)
    if level == "nominal":
        fixed = np.ones(len(row))
    else:
        fixed = ((points[row] - points[column]) / (points[row] + points[column])) ** 2
    return cells @ fixed, (margin[..., row] * margin[..., column]) @ fixed
