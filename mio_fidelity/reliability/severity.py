"""How severe each coder is, apart from which sessions he or she happened to get."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import ndtri

from mio_fidelity.reliability.design import (
    Floats,
    as_scores,
    check_confidence,
    coder_groups,
    counts_of,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Estimate, undefined
from mio_fidelity.reliability.rating_scale import (
    LEAST_LOG_SD,
    Ratings,
    conditional,
    joint,
    marginal,
    summarise,
)

Estimator = Literal["cml", "jml", "mml"]
TITLES = {"cml": "conditional", "jml": "joint", "mml": "marginal"}
# Logits beyond this mean that the likelihood still rises towards infinity.
FARTHEST = 10.0
Objective = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class Severity:
    """A rating scale model of sessions and coders.

    Args:
        coders: Severity of every coder in logits, positive = gives lower scores; they sum to 0.
        thresholds: Where each used score becomes more likely than the one below, summing to 0; empty if
            undefined.
        categories: The scores that were used, in order.
        log_likelihood: Of the chosen kind; NaN if undefined.
        n_sessions: Sessions the model rests on; for "cml" and "jml" those scored twice or more whose total is
            neither the lowest nor the highest possible.
    """

    coders: tuple[Estimate, ...]
    thresholds: tuple[float, ...]
    categories: tuple[float, ...]
    log_likelihood: float
    n_sessions: int


@dataclass(frozen=True, slots=True)
class _Fit:
    severity: Floats
    se: Floats
    thresholds: Floats
    log_likelihood: float


def coder_severity(scores: ArrayLike, estimator: Estimator = "cml", confidence: float = 0.95) -> Severity:
    """Severity of each coder by the rating scale model (many-facet Rasch).

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score. Scores nobody used are left
            out of the scale.
        estimator: "cml" conditional (assumes nothing about sessions, uses sessions scored twice or
            more), "jml" joint (biased outwards), "mml" marginal (sessions normal, within 8 logits of
            their mean).
        confidence: Coverage of the Wald intervals; those of "jml" take the sessions as known.

    Returns:
        An estimate in logits per column. NaN, with a reason, for all when coders are disconnected or nothing
        varies; for one coder with fewer than two informative sessions or without finite estimate.

    Raises:
        ValueError: ``scores`` is not two-dimensional, unknown ``estimator``, or ``confidence`` not in (0, 1).

    Source:
        Andrich (1978), Psychometrika 43, 561; Linacre (1989), Many-Facet Rasch Measurement.
    """
    if estimator not in get_args(Estimator):
        raise ValueError(f"estimator must be one of {get_args(Estimator)}")
    check_confidence(confidence)
    array = as_scores(scores)
    reason = _obstacle(array)
    lost = np.zeros(array.shape[1], dtype=bool)
    while not reason:
        recoded, categories = _recode(np.where(lost, np.nan, array), estimator)
        active = ~np.isnan(recoded).all(axis=0)
        if len(categories) < 2 or len(coder_groups(recoded)) > 1:
            break
        found = _fit(recoded[:, active], len(categories) - 1, estimator)
        far = np.abs(found.severity - np.median(found.severity)) > FARTHEST
        if not far.any():
            if np.abs(found.thresholds).max() > FARTHEST:
                break
            coders = _estimates(array, recoded, found, lost, estimator, confidence)
            sessions = int((~np.isnan(recoded)).any(axis=1).sum())
            thresholds = tuple(found.thresholds.tolist())
            return Severity(coders, thresholds, tuple(categories.tolist()), found.log_likelihood, sessions)
        lost[np.flatnonzero(active)[far]] = True
    missing = undefined(reason or "no_finite_estimate", counts_of(array), _method(estimator))
    return Severity((missing,) * array.shape[1], (), (), float("nan"), 0)


def _method(estimator: Estimator) -> str:
    return f"rating scale model, {TITLES[estimator]} maximum likelihood; Wald interval"


def _obstacle(scores: Floats) -> str | None:
    reason = shortage(counts_of(scores))
    if reason:
        return reason
    if np.nanmin(scores) == np.nanmax(scores):
        return "no_variance"
    return "disconnected" if len(coder_groups(scores)) > 1 else None


def _recode(scores: Floats, estimator: Estimator) -> tuple[Floats, Floats]:
    """Scores as 0, 1, 2... with NaN where they carry no information, and the scores used."""
    used = scores
    while True:
        categories = np.unique(used[~np.isnan(used)])
        recoded = np.where(np.isnan(used), np.nan, np.searchsorted(categories, used).astype(np.float64))
        if estimator == "mml":
            return recoded, categories
        size, total = (~np.isnan(recoded)).sum(axis=1), np.nansum(recoded, axis=1)
        informative = (size > 1) & (total > 0) & (total < size * (len(categories) - 1))
        if (informative | (size == 0)).all():
            return recoded, categories
        # Without the sessions that say nothing, the scale may have lost a point.
        used = np.where(informative[:, None], used, np.nan)


def _objective(ratings: Ratings, k: int, estimator: Estimator) -> Objective:
    """Minus the log-likelihood by severities, thresholds and, if marginal, mean and log sd of sessions."""
    steps = len(ratings.uses)

    def value(p: Floats) -> tuple[float, Floats]:
        severity, step_sums, rest = p[:k], np.cumsum(p[k : k + steps]), np.empty(0)
        if estimator == "mml":
            height, slope, uses, rest = marginal(ratings, severity, step_sums, float(p[-2]), float(p[-1]))
        else:
            likelihood = conditional if estimator == "cml" else joint
            height, slope, uses = likelihood(ratings, severity, step_sums)
        by_threshold = np.cumsum(uses[::-1])[::-1]
        return height, np.concatenate([slope, by_threshold, rest])

    return value


def _fit(recoded: Floats, steps: int, estimator: Estimator) -> _Fit:
    k = recoded.shape[1]
    objective = _objective(summarise(recoded, steps), k, estimator)
    size = k + steps + (2 if estimator == "mml" else 0)
    bounds = [(-2 * FARTHEST, 2 * FARTHEST)] * size
    if estimator == "mml":
        bounds[-1] = (LEAST_LOG_SD, 5.0)
    options = {"maxiter": 1000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-7}
    best = minimize(objective, np.zeros(size), jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    inverse = _inverse_information(objective, best)
    for _ in range(2):
        step = inverse @ objective(best)[1]
        if np.abs(step).max() < 0.5:
            best = best - step
    severity, thresholds = best[:k], best[k : k + steps]
    centre = np.eye(k) - 1 / k
    variance = np.diag(centre @ inverse[:k, :k] @ centre)
    return _Fit(
        severity - severity.mean(),
        np.sqrt(np.maximum(variance, 0.0)),
        thresholds - thresholds.mean(),
        -objective(best)[0],
    )


def _inverse_information(objective: Objective, at: Floats) -> Floats:
    """Inverse of the second derivatives, taken as differences of the gradient.

    The model fixes neither the sum of the severities nor that of the thresholds; along these two
    directions the inverse is 0.
    """
    h = 1e-5
    rows = [(objective(at + e)[1] - objective(at - e)[1]) / (2 * h) for e in np.eye(len(at)) * h]
    matrix = np.array(rows)
    return np.asarray(np.linalg.pinv((matrix + matrix.T) / 2, rcond=1e-7, hermitian=True), dtype=np.float64)


def _estimates(
    scores: Floats,
    recoded: Floats,
    found: _Fit,
    lost: NDArray[np.bool_],
    estimator: Estimator,
    confidence: float,
) -> tuple[Estimate, ...]:
    z = float(ndtri((1 + confidence) / 2))
    counts, method = counts_of(scores), _method(estimator)
    sessions = (~np.isnan(recoded)).sum(axis=0)
    place = np.cumsum(sessions > 0) - 1
    declared = len(np.unique(scores[~np.isnan(scores)])) > len(np.unique(recoded[~np.isnan(recoded)]))
    flags = size_flags(counts) + (("categories_joined",) if declared else ())
    coders = []
    for coder, n in enumerate(sessions.tolist()):
        if n < 2:
            reason = "no_finite_estimate" if lost[coder] else "too_few_sessions"
            coders.append(undefined(reason, counts, method))
            continue
        value, se = float(found.severity[place[coder]]), float(found.se[place[coder]])
        low, high = value - z * se, value + z * se
        parts = {"n": float(n)}
        coders.append(Estimate(value, low, high, se, counts, method, confidence, flags=flags, parts=parts))
    return tuple(coders)
