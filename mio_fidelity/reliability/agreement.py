"""Plain agreement of scores: shares that agree, concordance, bias and limits of agreement, Finn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from mio_fidelity.reliability.design import (
    Floats,
    as_scores,
    check_confidence,
    coder_groups,
    counts_of,
    rated_only,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Estimate, undefined
from mio_fidelity.reliability.gwet import chance_corrected
from mio_fidelity.reliability.reml import residual_sum_of_squares


def percent_agreement(
    scores: ArrayLike,
    within: float = 0.0,
    how: Literal["pairwise", "all"] = "pairwise",
    confidence: float = 0.95,
) -> Estimate:
    """The share of agreement, as a proportion.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        within: The largest difference of two scores that still counts as agreement.
        how: "pairwise": the mean, over sessions with two or more scores, of the share of agreeing coder
            pairs. "all": the share of sessions scored by all coders in which all agree.
        confidence: Coverage of the interval (Wilson, over sessions).

    Returns:
        An estimate in [0, 1]; NaN, with a reason, when no session qualifies. ``parts`` holds the number of
        sessions it was computed on.

    Raises:
        ValueError: ``scores`` is not two-dimensional, ``within`` is negative, or ``how`` is unknown.

    Source:
        Wilson (1927), J Am Stat Assoc 22, 209, for the interval.
    """
    if within < 0 or how not in ("pairwise", "all"):
        raise ValueError("within must be 0 or more and how 'pairwise' or 'all'")
    array, z = as_scores(scores), float(ndtri((1 + check_confidence(confidence)) / 2))
    counts, matrix = counts_of(array), rated_only(array)
    method = f"agreement within {within:g}, {how}; Wilson interval over sessions"
    complete = matrix[~np.isnan(matrix).any(axis=1)]
    reason = shortage(counts) or ("no_complete_session" if how == "all" and not len(complete) else None)
    if reason:
        return undefined(reason, counts, method)
    if how == "all":
        shares = (np.ptp(complete, axis=1) <= within).astype(np.float64)
    else:
        shares = _agreeing_pairs(matrix, within)
    low, high = wilson(float(shares.mean()), len(shares), z)
    return Estimate(
        float(shares.mean()),
        low,
        high,
        counts=counts,
        method=method,
        confidence=confidence,
        flags=size_flags(counts),
        parts={"n": float(len(shares))},
    )


def _agreeing_pairs(matrix: Floats, within: float) -> Floats:
    """Per session with two or more scores, the share of coder pairs that agree."""
    agreeing, pairs = np.zeros(len(matrix)), np.zeros(len(matrix))
    for coder in range(matrix.shape[1] - 1):
        apart = np.abs(matrix[:, coder + 1 :] - matrix[:, coder, None])
        agreeing += (apart <= within).sum(axis=1)
        pairs += (~np.isnan(apart)).sum(axis=1)
    return agreeing[pairs > 0] / pairs[pairs > 0]


def wilson(share: float, n: int, z: float) -> tuple[float, float]:
    """Limits of a ``share`` of ``n``; ``z`` is the normal quantile of the coverage.

    Source:
        Wilson (1927), J Am Stat Assoc 22, 209.
    """
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    # At 0 and 1 rounding could push a limit past the share itself.
    return max(0.0, min(centre - reach, share)), min(1.0, max(centre + reach, share))


def applicability_agreement(applicable: ArrayLike) -> Mapping[str, Estimate]:
    """Agreement on whether a scale applied to a session at all.

    Args:
        applicable: Shape (sessions, coders): 1 the coder gave a score, 0 "not applicable", NaN did not code.

    Returns:
        "agreement" (share of agreeing pairs), "AC1" and "kappa" (Conger's; Cohen's for two complete coders).

    Raises:
        ValueError: ``applicable`` is not two-dimensional or holds anything but 0, 1 and NaN.

    Source:
        Gwet (2008), Br J Math Stat Psychol 61, 29.
    """
    array = as_scores(applicable, (0, 1))
    return {
        "agreement": percent_agreement(array),
        "AC1": chance_corrected(array, "gwet", "unweighted", (0, 1)),
        "kappa": chance_corrected(array, "conger", "unweighted", (0, 1)),
    }


def lin_ccc(scores: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Lin's concordance correlation of two coders.

    Args:
        scores: Shape (sessions, 2), NaN where a coder gave no score. Only sessions both scored count.
        confidence: Coverage of the interval.

    Returns:
        An estimate in [-1, 1] with an interval by Fisher's z; ``parts`` holds pearson and
        bias_correction (NaN when one coder did not vary). NaN when both gave the same one score; no
        interval for fewer than three sessions.

    Raises:
        ValueError: more than two columns, or ``confidence`` not in (0, 1).

    Source:
        Lin (1989), Biometrics 45, 255, with the correction of 2000, Biometrics 56, 324.
    """
    array, z = as_scores(scores), float(ndtri((1 + check_confidence(confidence)) / 2))
    if array.shape[1] > 2:
        raise ValueError("the concordance correlation is for two coders")
    counts, method = counts_of(array), "Lin's concordance correlation; Fisher z interval"
    paired = array[~np.isnan(array).any(axis=1)]
    reason = shortage(counts) or ("no_variance" if np.ptp(paired) == 0 else None)
    if reason:
        return undefined(reason, counts, method)
    (mean1, mean2), (var1, var2) = paired.mean(axis=0), paired.var(axis=0)
    covariance = ((paired[:, 0] - mean1) * (paired[:, 1] - mean2)).mean()
    ccc = float(2 * covariance / (var1 + var2 + (mean1 - mean2) ** 2))
    deviation = float(np.sqrt(var1 * var2)) if np.ptp(paired, axis=0).all() else 0.0
    pearson = float(covariance / deviation) if deviation > 0 else float("nan")
    bias = ccc / pearson if pearson else float("nan")
    low = high = se = float("nan")
    if len(paired) > 2 and abs(pearson) > 0:
        shift = float((mean1 - mean2) ** 2) / deviation
        se = _ccc_se(ccc, pearson, shift, len(paired))
        low, high = _fisher_limits(ccc, se, z)
    flags = size_flags(counts) + (() if low == low else ("no_interval",))
    parts = {"pearson": pearson, "bias_correction": bias}
    return Estimate(ccc, low, high, se, counts, method, confidence, flags=flags, parts=parts)


def _ccc_se(ccc: float, pearson: float, shift: float, n: int) -> float:
    first = (1 - pearson**2) * ccc**2 * (1 - ccc**2) / pearson**2
    spread = first + 2 * ccc**3 * (1 - ccc) * shift / pearson - ccc**4 * shift**2 / (2 * pearson**2)
    return float(np.sqrt(max(spread, 0.0) / (n - 2)))


def _fisher_limits(ccc: float, se: float, z: float) -> tuple[float, float]:
    if abs(ccc) >= 1 - 1e-15:
        return ccc, ccc
    reach = z * se / (1 - ccc**2)
    return float(np.tanh(np.arctanh(ccc) - reach)), float(np.tanh(np.arctanh(ccc) + reach))


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """How far two sets of scores lie apart, first minus second.

    Args:
        bias: Mean difference with its t interval.
        sd: Standard deviation of the differences; NaN with fewer than two.
        low: Lower limit of agreement with its interval.
        high: Upper limit of agreement with its interval.
        se_limit_1986: Standard error of a limit by the first paper, sd * sqrt(3 / n).
    """

    bias: Estimate
    sd: float
    low: Estimate
    high: Estimate
    se_limit_1986: float

    @property
    def width(self) -> float:
        """Distance between the limits of agreement."""
        return self.high.value - self.low.value


def bland_altman(
    first: ArrayLike, second: ArrayLike, multiplier: float = 1.959963984540054, confidence: float = 0.95
) -> BlandAltman:
    """Bias and limits of agreement of two coders, or of a coder and the master codes.

    Args:
        first: Shape (sessions,), NaN without a score.
        second: Shape (sessions,), NaN without a score; subtracted from ``first``.
        multiplier: Standard deviations between bias and limits of agreement.
        confidence: Coverage of the intervals of the bias and of the limits.

    Returns:
        Estimates in units of the scale; undefined (``too_few_sessions``) with fewer than two shared
        sessions, the bias already with one, but without interval.

    Raises:
        ValueError: not one-dimensional or of different length, or ``confidence`` not in (0, 1).

    Source:
        Bland & Altman (1986), Lancet i, 307; (1999), Stat Methods Med Res 8, 135.
    """
    one, two = (as_scores(np.reshape(scores, (-1, 1)))[:, 0] for scores in (first, second))
    if np.ndim(first) != 1 or np.ndim(second) != 1 or len(one) != len(two):
        raise ValueError("first and second must be one-dimensional and of equal length")
    check_confidence(confidence)
    both = np.stack([one, two], axis=1)
    difference = (one - two)[~np.isnan(both).any(axis=1)]
    n, counts, method = len(difference), counts_of(both), "Bland-Altman; t interval"
    if n < 2:
        missing = undefined("too_few_sessions", counts, method)
        bias = missing if n < 1 else Estimate(float(difference[0]), counts=counts, method=method)
        return BlandAltman(bias, float("nan"), missing, missing, float("nan"))
    mean, sd = float(difference.mean()), float(difference.std(ddof=1))
    if np.ptp(difference) == 0:
        mean, sd = float(difference[0]), 0.0
    t = float(stdtrit(n - 1, (1 + confidence) / 2))
    errors = (sd / n**0.5, sd * float(np.sqrt(1 / n + multiplier**2 / (2 * (n - 1)))))

    def estimate(value: float, se: float) -> Estimate:
        flags = size_flags(counts)
        return Estimate(value, value - t * se, value + t * se, se, counts, method, confidence, flags=flags)

    return BlandAltman(
        estimate(mean, errors[0]),
        sd,
        estimate(mean - multiplier * sd, errors[1]),
        estimate(mean + multiplier * sd, errors[1]),
        sd * float(np.sqrt(3 / n)),
    )


def bias_against_master(
    scores: ArrayLike, master: ArrayLike, confidence: float = 0.95
) -> tuple[BlandAltman, ...]:
    """Signed difference of every coder from the master codes.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        master: Shape (sessions,), NaN where there is no master code.
        confidence: Coverage of the intervals.

    Returns:
        Per coder, coder minus master (see `bland_altman`): positive is too lenient.

    Raises:
        ValueError: shapes do not match.

    Source:
        Bland & Altman (1986), Lancet i, 307.
    """
    return tuple(bland_altman(coder, master, confidence=confidence) for coder in as_scores(scores).T)


def finn(scores: ArrayLike, levels: int, model: Literal["oneway", "twoway"] = "oneway") -> Estimate:
    """Finn's coefficient: observed error variance against that of scores drawn evenly from the scale.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        levels: Points of the scale.
        model: "oneway": differences between coders are error; "twoway": they are not.

    Returns:
        An estimate of at most 1 without interval; it needs no variance between sessions.

    Raises:
        ValueError: ``scores`` is not two-dimensional, fewer than two levels, or unknown model.

    Source:
        Finn (1970), Educ Psychol Meas 30, 71; Asendorpf & Wallbott (1979), Z Sozialpsychol 10, 243.
    """
    if levels < 2 or model not in ("oneway", "twoway"):
        raise ValueError("levels must be 2 or more and model 'oneway' or 'twoway'")
    array = as_scores(scores)
    counts, matrix, method = (
        counts_of(array),
        rated_only(array),
        f"Finn's coefficient, {model}, {levels} points",
    )
    reason = shortage(counts)
    if not reason and model == "twoway" and len(coder_groups(matrix)) > 1:
        reason = "disconnected"
    freedom = counts.n_ratings - counts.n_sessions - (counts.n_coders - 1 if model == "twoway" else 0)
    if not reason and freedom < 1:
        reason = "no_residual_df"
    if reason:
        return undefined(reason, counts, method)
    if model == "twoway":
        squares = residual_sum_of_squares(matrix)
    else:
        squares = float(np.nansum((matrix - np.nanmean(matrix, axis=1, keepdims=True)) ** 2))
    value = 1 - squares / freedom / ((levels**2 - 1) / 12)
    return Estimate(value, counts=counts, method=method, flags=size_flags(counts))
