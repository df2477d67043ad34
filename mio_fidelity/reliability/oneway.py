"""The one-way intraclass correlation, for unknown, nested or disconnected coders."""

import numpy as np
from numpy.typing import ArrayLike

from mio_fidelity.reliability.design import (
    as_scores,
    check_confidence,
    counts_of,
    rated_only,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Estimate, undefined
from mio_fidelity.reliability.icc import NOISE, estimate_of, f_quantiles


def icc_oneway(scores: ArrayLike, confidence: float = 0.95) -> dict[str, Estimate]:
    """One-way ICC with any number of scores per session, for unknown, nested or disconnected coders.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.
        confidence: Coverage of the intervals.

    Returns:
        "ICC(1)", one score, and "ICC(k0)", the mean of k0 scores; at most 1. ``parts`` holds k0, MSB and MSW.
        The interval is exact for equal numbers of scores and approximate, with k0, otherwise.

    Raises:
        ValueError: ``scores`` is not two-dimensional, or ``confidence`` is not in (0, 1).

    Source:
        Ebel (1951), Psychometrika 16, 407; k0 = (N - sum(n_i^2)/N)/(n - 1).
    """
    array = as_scores(scores)
    tail = (1 - check_confidence(confidence)) / 2
    counts, matrix = counts_of(array), rated_only(array)
    method = "one-way ANOVA, k0 (Ebel 1951), F interval"
    reason = shortage(counts) or ("no_variance" if np.nanmax(matrix) == np.nanmin(matrix) else None)
    if reason:
        return dict.fromkeys(("ICC(1)", "ICC(k0)"), undefined(reason, counts, method))
    n, total = counts.n_sessions, counts.n_ratings
    size = (~np.isnan(matrix)).sum(axis=1)
    means = np.nanmean(matrix, axis=1)
    ssb = float(size @ (means - np.nanmean(matrix)) ** 2)
    ssw = float(np.nansum((matrix - means[:, None]) ** 2))
    ssb, ssw = (ss if ss > NOISE * (ssb + ssw) else 0.0 for ss in (ssb, ssw))
    k0 = float((total - (size**2).sum() / total) / (n - 1))
    msb, msw = ssb / (n - 1), ssw / (total - n)
    down, up = (float(q) for q in f_quantiles(n - 1, float(total - n), tail))
    ratios = [(msb, msw), (msb, down * msw), (up * msb, msw)]
    parts = {"k0": k0, "MSB": msb, "MSW": msw}
    flags = size_flags(counts)
    single = [(b - w) / (b + (k0 - 1) * w) for b, w in ratios]
    average = [(b - w) / b if b > 0 else float("nan") for b, w in ratios]
    return {
        form: estimate_of((value, low, high), confidence, counts, flags, parts, method)
        for form, (value, low, high) in (("ICC(1)", single), ("ICC(k0)", average))
    }
