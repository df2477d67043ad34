"""Chance-corrected agreement of any number of coders with gaps: AC1/AC2, Brennan-Prediger, Fleiss, Conger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from mio_fidelity.reliability.design import (
    Floats,
    as_categories,
    as_scores,
    check_confidence,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.weights import Weights, agreement_weights

Coefficient = Literal["gwet", "bp", "fleiss", "conger", "pa"]
TITLES = {
    "gwet": "Gwet's AC",
    "bp": "Brennan-Prediger",
    "fleiss": "Fleiss' kappa",
    "conger": "Conger's kappa",
    "pa": "weighted agreement",
}


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many coders gave which score.

    Args:
        counts: Shape (scales, sessions, points).
        size: Scores per session, shape (scales, sessions).
        index: Position of each score on the scale, -1 without one, shape (scales, sessions, coders);
            None when only the counts are known.
    """

    counts: Floats
    size: Floats
    index: NDArray[np.intp] | None

    def amounts(self) -> list[Counts]:
        rated, multiple = (self.size > 0).sum(axis=1), (self.size > 1).sum(axis=1)
        if self.index is None:
            coders = self.size.max(axis=1, initial=0)
        else:
            coders = (self.index < self.counts.shape[2]).any(axis=1).sum(axis=1)
        columns = (rated, multiple, self.size.sum(axis=1), coders)
        return [Counts(*(int(number) for number in row)) for row in zip(*columns, strict=True)]


def chance_corrected(
    scores: ArrayLike,
    coefficient: Coefficient = "gwet",
    weights: Weights = "quadratic",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """One of the agreement coefficients of Gwet's family.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score. Sessions scored once count
            towards the margins only; sessions nobody scored are left out.
        coefficient: "gwet" (AC1 unweighted, AC2 weighted), "bp" (Brennan-Prediger), "fleiss", "conger",
            or "pa" (weighted agreement without correction for chance).
        weights: "unweighted", "linear", "quadratic", "ordinal", or a matrix of agreement weights.
        categories: The declared points of the scale; None uses those observed. AC and Brennan-Prediger
            depend on it.
        confidence: Coverage of the interval.

    Returns:
        An estimate of at most 1 with a t interval over sessions, cut off at 1; ``parts`` holds P_obs and
        P_exp. All scores equal: Fleiss and Conger undefined, AC and Brennan-Prediger 1 without interval
        on a declared scale of two or more points.

    Raises:
        ValueError: ``scores`` is not two-dimensional or off the scale, unknown coefficient or weights.

    Source:
        Gwet (2008), Br J Math Stat Psychol 61, 29; Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.
    """
    return chance_corrected_cube(as_scores(scores)[None], coefficient, weights, categories, confidence)[0]


def chance_corrected_cube(
    cube: ArrayLike,
    coefficient: Coefficient = "gwet",
    weights: Weights = "quadratic",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> list[Estimate]:
    """`chance_corrected` for many scales at once, on one set of points.

    Args:
        cube: Shape (scales, sessions, coders), NaN where a coder gave no score.
        coefficient: As in `chance_corrected`.
        weights: As in `chance_corrected`.
        categories: The declared points; None uses those observed anywhere in the cube.
        confidence: Coverage of the intervals.

    Returns:
        One estimate per scale.

    Raises:
        ValueError: ``cube`` is not three-dimensional; otherwise as `chance_corrected`.

    Source:
        Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.
    """
    scales = as_scores(cube, ndim=3)
    rated = ~np.isnan(scales)
    points = np.unique(scales[rated]) if categories is None else as_categories(categories)
    index = _positions(scales, points)
    if categories is not None and not np.array_equal(np.append(points, np.nan)[index] == scales, rated):
        raise ValueError("a score is not a point of the declared scale")
    n_scales, n_sessions, n_coders = scales.shape
    # Missing scores are counted in a bin of their own, which is then cut off.
    bins = len(points) + 1
    cell = index + np.arange(0, n_scales * n_sessions * bins, bins).reshape(n_scales, n_sessions, 1)
    counts = np.bincount(cell.ravel(), minlength=n_scales * n_sessions * bins).astype(np.float64)
    counts = counts.reshape(n_scales, n_sessions, bins)
    tally = _Tally(counts[:, :, :-1], n_coders - counts[:, :, -1], index)
    method = _method(coefficient, weights)
    return _estimates(tally, coefficient, agreement_weights(weights, points), method, confidence)


def _positions(scores: Floats, points: Floats) -> NDArray[np.intp]:
    """Where on the scale each score is; the number of points where there is none."""
    last = len(points)
    step = points[1] - points[0] if last > 1 else 1.0
    if last and np.array_equal(points, points[0] + step * np.arange(last)):
        # The points are evenly spaced, so counting is quicker than searching.
        place = np.where(np.isnan(scores), last, np.rint((scores - points[0]) / step))
        return np.clip(place, 0, last).astype(np.intp)
    return np.searchsorted(points, scores)


def chance_corrected_counts(
    counts: ArrayLike,
    coefficient: Coefficient = "gwet",
    weights: Weights = "quadratic",
    categories: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """`chance_corrected` when only the number of coders per score is known (not for Conger's kappa).

    Args:
        counts: Shape (sessions, points): how many coders gave that score.
        coefficient: As in `chance_corrected`, but for "conger".
        weights: As in `chance_corrected`.
        categories: The values of the points; None counts 1, 2, 3...
        confidence: Coverage of the interval.

    Returns:
        As `chance_corrected`; the number of coders is the largest number of scores of a session.

    Raises:
        ValueError: not two-dimensional, a negative count, Conger's kappa, unknown coefficient or weights.

    Source:
        Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or not (table >= 0).all() or coefficient == "conger":
        raise ValueError("counts must be sessions x points, 0 or more; Conger's kappa needs the scores")
    points = np.arange(1.0, table.shape[1] + 1) if categories is None else as_categories(categories)
    tally = _Tally(table[None], table.sum(axis=1)[None], None)
    method = _method(coefficient, weights)
    return _estimates(tally, coefficient, agreement_weights(weights, points), method, confidence)[0]


def gwet_ac1(scores: ArrayLike, categories: Sequence[float] | None = None) -> Estimate:
    """Gwet's AC1 for categories without order; see `chance_corrected`."""
    return chance_corrected(scores, "gwet", "unweighted", categories)


def gwet_ac2(
    scores: ArrayLike, categories: Sequence[float] | None = None, weights: Weights = "quadratic"
) -> Estimate:
    """Gwet's AC2 for ordered categories; see `chance_corrected`."""
    return chance_corrected(scores, "gwet", weights, categories)


def brennan_prediger(
    scores: ArrayLike, categories: Sequence[float] | None = None, weights: Weights = "quadratic"
) -> Estimate:
    """The Brennan-Prediger coefficient; see `chance_corrected`."""
    return chance_corrected(scores, "bp", weights, categories)


def conger_kappa(
    scores: ArrayLike, categories: Sequence[float] | None = None, weights: Weights = "unweighted"
) -> Estimate:
    """Conger's exact kappa for several coders; see `chance_corrected`."""
    return chance_corrected(scores, "conger", weights, categories)


def fleiss_kappa(scores: ArrayLike, categories: Sequence[float] | None = None) -> Estimate:
    """Fleiss' kappa for nominal categories, with the test against chance.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        categories: The declared points of the scale, to check the scores.

    Returns:
        As `chance_corrected`; ``parts`` also holds se0 and z0, NaN unless all sessions have equally many
        scores.

    Raises:
        ValueError: as `chance_corrected`.

    Source:
        Fleiss (1971), Psychol Bull 76, 378; Fleiss, Nee & Landis (1979), Psychol Bull 86, 974.
    """
    array = as_scores(scores, categories)
    points = np.unique(array[~np.isnan(array)])
    estimate = chance_corrected(array, "fleiss", "unweighted", categories)
    return _with_null(estimate, (array[:, :, None] == points).sum(axis=1))


def fleiss_kappa_counts(counts: ArrayLike) -> Estimate:
    """`fleiss_kappa` from the number of coders per session and category, shape (sessions, categories)."""
    estimate = chance_corrected_counts(counts, "fleiss", "unweighted")
    return _with_null(estimate, np.asarray(counts, dtype=np.float64))


def _with_null(estimate: Estimate, counts: NDArray[np.generic]) -> Estimate:
    if not estimate.defined:
        return estimate
    size = counts.sum(axis=1)
    counts = counts[size > 0]
    size = size[size > 0]
    n, m, se0 = len(size), float(size[0]), float("nan")
    if (size == m).all():
        p = counts.sum(axis=0) / (n * m)
        q = 1 - p
        spread = (p @ q) ** 2 - (p * q) @ (q - p)
        se0 = float(np.sqrt(2 * spread / (n * m * (m - 1))) / (p @ q))
    return replace(estimate, parts={**estimate.parts, "se0": se0, "z0": estimate.value / se0})


def _method(coefficient: str, weights: Weights) -> str:
    if coefficient not in get_args(Coefficient):
        raise ValueError(f"coefficient must be one of {get_args(Coefficient)}")
    return f"{TITLES[coefficient]}, {weights if isinstance(weights, str) else 'own weights'}; t interval"


def _estimates(
    tally: _Tally, coefficient: Coefficient, w: Floats, method: str, confidence: float
) -> list[Estimate]:
    check_confidence(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers = _coefficients(tally, coefficient, w)
    constant = (tally.counts.sum(axis=1) > 0).sum(axis=1) < 2
    lone_point = w.shape[0] < 2 and coefficient in ("gwet", "bp")
    answers = []
    for counts, flat, row in zip(tally.amounts(), constant.tolist(), numbers.tolist(), strict=True):
        reason = shortage(counts)
        if not reason and (lone_point or (flat and coefficient in ("fleiss", "conger"))):
            reason = "no_variance"
        if reason:
            answers.append(undefined(reason, counts, method))
        else:
            answers.append(_estimate(row, flat, counts, method, confidence))
    return answers


def _estimate(row: list[float], flat: bool, counts: Counts, method: str, confidence: float) -> Estimate:
    value, se, observed, expected = row
    flags = size_flags(counts) + (("singly_coded",) if counts.n_multiple < counts.n_sessions else ())
    parts = {"P_obs": observed, "P_exp": expected}
    if flat:
        # No session differs from another, so the spread over sessions says nothing.
        flags = (*flags, "no_interval")
        return Estimate(value, counts=counts, method=method, confidence=confidence, flags=flags, parts=parts)
    reach = float(stdtrit(counts.n_sessions - 1, (1 + confidence) / 2)) * se
    low, high = value - reach, min(1.0, value + reach)
    return Estimate(value, low, high, se, counts, method, confidence, flags=flags, parts=parts)


def _coefficients(tally: _Tally, coefficient: Coefficient, w: Floats) -> Floats:
    """Value, standard error, observed and expected agreement per scale, shape (scales, 4)."""
    counts, size = tally.counts, tally.size
    rated, multiple = size > 0, size > 1
    n = rated.sum(axis=1, keepdims=True).astype(np.float64)
    agreeing = np.einsum("sik,sik->si", counts, counts @ w.T) - counts @ np.diag(w)
    agreement = np.where(multiple, agreeing / np.maximum(size * (size - 1), 1), 0.0)
    n_multiple = multiple.sum(axis=1, keepdims=True)
    observed = agreement.sum(axis=1, keepdims=True) / n_multiple
    shares = counts / np.maximum(size, 1)[:, :, None]
    margin = shares.sum(axis=1) / n
    expected, by_session = _chance(tally, coefficient, w, shares, margin)
    value = (observed - expected) / (1 - expected)
    linear = n / n_multiple * np.where(multiple, agreement - expected, 0.0) / (1 - expected)
    linear = linear - 2 * (1 - value) * (by_session - expected) / (1 - expected)
    spread = np.where(rated, (linear - value) ** 2, 0.0).sum(axis=1, keepdims=True)
    return np.concatenate([value, np.sqrt(spread / (n * (n - 1))), observed, expected], axis=1)


def _chance(
    tally: _Tally, coefficient: Coefficient, w: Floats, shares: Floats, margin: Floats
) -> tuple[Floats, Floats]:
    """Expected agreement per scale, shape (scales, 1), and what each session contributes to it."""
    points = w.shape[0]
    if coefficient == "gwet":
        factor = w.sum() / (points * (points - 1)) if points > 1 else 0.0
        expected = factor * (margin * (1 - margin)).sum(axis=1, keepdims=True)
        return expected, factor * np.einsum("sik,sk->si", shares, 1 - margin)
    if coefficient == "fleiss":
        toward = margin @ (w + w.T) / 2
        expected = (toward * margin).sum(axis=1, keepdims=True)
        return expected, np.einsum("sik,sk->si", shares, toward)
    if coefficient == "conger" and tally.index is not None:
        pairs = [_conger_chance(index, w) for index in tally.index]
        return np.array([[expected] for expected, _ in pairs]), np.stack([each for _, each in pairs])
    fixed = w.sum() / points**2 if coefficient == "bp" else 0.0
    expected = np.full((len(shares), 1), fixed)
    return expected, np.broadcast_to(expected, shares.shape[:2])


def _conger_chance(index: NDArray[np.intp], w: Floats) -> tuple[float, Floats]:
    """Agreement by chance of two different coders, each with the own distribution; and per session."""
    points = w.shape[0]
    index = index[:, (index < points).any(axis=0)]
    rated = index < points
    n_rated, n_coders = rated.any(axis=1).sum(), index.shape[1]
    pairs = n_coders * (n_coders - 1)
    if pairs == 0:
        return float("nan"), np.full(len(index), np.nan)
    per_coder = rated.sum(axis=0)
    own = (index[:, :, None] == np.arange(points)).sum(axis=0) / per_coder[:, None]
    others = (own.sum(axis=0) - own) @ (w + w.T) / 2 / pairs
    mine = (own * others).sum(axis=1)
    each = others[np.arange(n_coders), np.minimum(index, points - 1)]
    gained = np.where(rated, each - mine, 0.0) * (n_rated / per_coder)
    return float(mine.sum()), (gained + mine).sum(axis=1)
