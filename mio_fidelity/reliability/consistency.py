"""Internal consistency of the scales of a domain: Cronbach's alpha and McDonald's omega."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import fdtri

from mio_fidelity.reliability.design import Floats, as_scores, check_confidence
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined

# Lower bound of a uniqueness, as share of the item's variance.
LEAST_UNIQUENESS = 0.005


def cronbach_alpha(
    items: ArrayLike, missing: Literal["listwise", "pairwise"] = "listwise", confidence: float = 0.95
) -> Estimate:
    """How consistently the items of a domain order the sessions.

    Args:
        items: Shape (sessions, items), NaN where an item was not applicable.
        missing: "listwise" uses sessions with all items; "pairwise" every covariance from the sessions
            with both.
        confidence: Coverage of Feldt's interval, which pairwise covariances do not have.

    Returns:
        An estimate of at most 1. ``counts`` holds the sessions used and, as "coders",
        the items. NaN, with a reason, for fewer than two items or sessions, when the sum does not vary,
        or when pairwise covariances contradict each other.

    Raises:
        ValueError: ``items`` is not two-dimensional, unknown ``missing``, or ``confidence`` not in (0, 1).

    Source:
        Cronbach (1951), Psychometrika 16, 297; Feldt (1965), Psychometrika 30, 357.
    """
    if missing not in ("listwise", "pairwise"):
        raise ValueError("missing must be 'listwise' or 'pairwise'")
    check_confidence(confidence)
    array = as_scores(items)
    used = _listwise(array) if missing == "listwise" else array[~np.isnan(array).all(axis=1)]
    counts, k = _counts(used), array.shape[1]
    method = f"Cronbach's alpha, {missing}"
    reason = _shortage(counts, k, 2)
    if reason:
        return undefined(reason, counts, method)
    covariance = _covariance(used)
    total, trace = float(covariance.sum()), float(np.trace(covariance))
    if np.isnan(total):
        return undefined("too_few_sessions", counts, method)
    if total <= 1e-12 * trace or trace == 0:
        return undefined("no_variance", counts, method)
    value = k / (k - 1) * (1 - trace / total)
    if value > 1 + 1e-12:
        # Covariances from different sessions need not belong to one set of data.
        return undefined("non_positive_denominator", counts, method)
    low = high = float("nan")
    if missing == "listwise":
        method += "; Feldt interval"
        low, high = _feldt(value, counts.n_sessions, k, (1 - confidence) / 2)
    return Estimate(
        value, low, high, counts=counts, method=method, confidence=confidence, flags=_flags(value)
    )


def mcdonald_omega(
    items: ArrayLike,
    matrix: Literal["covariance", "correlation"] = "covariance",
    denominator: Literal["model", "observed"] = "model",
) -> Estimate:
    """The share of the variance of a sum of items that one common factor explains.

    Args:
        items: Shape (sessions, items), NaN where an item was not applicable; only sessions with all
            items count.
        matrix: "covariance": the plain sum of items; "correlation": the sum of standardised items.
        denominator: Variance of the sum as the model implies it, or as observed.

    Returns:
        An estimate of 0 or more without interval, at most 1 with the model's denominator. NaN, with a
        reason, for fewer than three items, an item without variance, or a singular covariance.

    Raises:
        ValueError: ``items`` is not two-dimensional, or an unknown option.

    Source:
        McDonald (1999), Test Theory, ch. 6; maximum likelihood as in Joreskog (1967), Psychometrika 32, 443.
    """
    if matrix not in ("covariance", "correlation") or denominator not in ("model", "observed"):
        raise ValueError("unknown matrix or denominator")
    array = as_scores(items)
    used = _listwise(array)
    counts, k = _counts(used), array.shape[1]
    method = f"McDonald's omega, one factor, ML, {matrix}, {denominator} denominator"
    reason = _shortage(counts, k, 3)
    if not reason and (np.ptp(used, axis=0) == 0).any():
        reason = "no_variance"
    if reason:
        return undefined(reason, counts, method)
    covariance = _covariance(used)
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    if float(np.linalg.eigvalsh(correlation)[0]) < 1e-10:
        return undefined("singular_covariance", counts, method)
    loading, uniqueness = _one_factor(correlation)
    scale = spread if matrix == "covariance" else np.ones(k)
    common = float((loading * scale).sum() ** 2)
    own = float((uniqueness * scale**2).sum())
    observed = float((correlation * np.outer(scale, scale)).sum())
    value = common / (common + own) if denominator == "model" else 1 - own / observed
    heywood = ("heywood",) if uniqueness.min() < LEAST_UNIQUENESS + 1e-6 else ()
    return Estimate(value, counts=counts, method=method, flags=_flags(value) + heywood)


def _listwise(items: Floats) -> Floats:
    return items[~np.isnan(items).any(axis=1)]


def _counts(items: Floats) -> Counts:
    rated = ~np.isnan(items)
    return Counts(len(items), int((rated.sum(axis=1) > 1).sum()), int(rated.sum()), items.shape[1])


def _shortage(counts: Counts, k: int, least: int) -> str | None:
    if k < least:
        return "fewer_than_two_items" if least == 2 else "fewer_than_three_items"
    return "fewer_than_two_sessions" if counts.n_sessions < 2 else None


def _flags(value: float) -> tuple[str, ...]:
    return ("negative",) if value < 0 else ()


def _covariance(items: Floats) -> Floats:
    """Covariances over the sessions that have both items; NaN for a pair with fewer than two."""
    rated = ~np.isnan(items)
    weight = rated.astype(np.float64)
    # The order of sessions must not matter to the last digit more than rounding does.
    middle = np.where(rated.any(axis=0), np.nansum(items, axis=0) / np.maximum(rated.sum(axis=0), 1), 0.0)
    x = np.where(rated, items - middle, 0.0)
    n = weight.T @ weight
    sums = x.T @ weight
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance: Floats = (x.T @ x - sums * sums.T / n) / (n - 1)
    covariance[n < 2] = np.nan
    return covariance


def _feldt(value: float, n: int, k: int, tail: float) -> tuple[float, float]:
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return 1 - (1 - value) * float(fdtri(df1, df2, 1 - tail)), 1 - (1 - value) * float(fdtri(df1, df2, tail))


def _one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood loadings and uniquenesses of one common factor."""
    start = 1 / np.diag(np.linalg.inv(correlation))

    def misfit(uniqueness: Floats) -> tuple[float, Floats]:
        root = np.sqrt(uniqueness)
        value, vector = np.linalg.eigh(correlation / np.outer(root, root))
        loading = root * vector[:, -1] * np.sqrt(max(float(value[-1]) - 1, 0.0))
        rest = value[:-1]
        implied = loading**2 + uniqueness
        return float((rest - np.log(rest) - 1).sum()), (implied - np.diag(correlation)) / uniqueness**2

    bounds = [(LEAST_UNIQUENESS, 1.0)] * len(start)
    options = {"maxiter": 2000, "ftol": 1e-16, "gtol": 1e-10}
    best = minimize(
        misfit, np.clip(start, 0.01, 0.99), jac=True, bounds=bounds, method="L-BFGS-B", options=options
    )
    uniqueness = best.x
    root = np.sqrt(uniqueness)
    value, vector = np.linalg.eigh(correlation / np.outer(root, root))
    return root * vector[:, -1] * np.sqrt(max(float(value[-1]) - 1, 0.0)), uniqueness
