"""Intraclass correlations for designs with gaps: every session scored by some of the coders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from mio_fidelity.reliability.bootstrap import BLOCK_BYTES, percentile_limits
from mio_fidelity.reliability.design import (
    Floats,
    as_scores,
    check_confidence,
    coder_groups,
    counts_of,
    k_hat,
    non_overlap,
    rated_only,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.reml import Design, Fit, fit, refit_many

METHOD = "REML, two-way random"
INCOMPLETE_FORMS = (
    "ICC(A,1)",
    "ICC(C,1)",
    "ICC(A,k)",
    "ICC(C,k)",
    "ICC(A,khat)",
    "ICC(C,khat)",
    "ICC(Q,khat)",
)


@dataclass(frozen=True, slots=True)
class IncompleteICC:
    """What a two-way random model says about sessions and coders.

    Args:
        session: Variance of sessions; NaN when the model cannot be fitted.
        coder: Variance of coders.
        residual: Residual variance.
        deviance: Minus twice the restricted log-likelihood; NaN without residual variance.
        k: Coders.
        k_hat: Harmonic mean of coders per session.
        q: Non-overlap of the coders of two sessions, 0 (crossed) to 1/k_hat (nested).
        groups: Columns of the coders that shared sessions link.
        forms: An estimate for each of `INCOMPLETE_FORMS`.
    """

    session: float
    coder: float
    residual: float
    deviance: float
    k: int
    k_hat: float
    q: float
    groups: tuple[tuple[int, ...], ...]
    forms: Mapping[str, Estimate]


def icc_incomplete(
    scores: ArrayLike,
    interval: Literal["logit", "bootstrap"] = "logit",
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> IncompleteICC:
    """The intraclass correlations of a two-way random model, any gaps allowed.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score. Sessions scored once stay in
            the model.
        interval: "logit": delta method on the logit scale, a coder variance of 0 left out. "bootstrap":
            parametric, the design fixed, new sessions, coders and residuals; percentile.
        replicates: Resamples of the bootstrap.
        seed: Seed of the bootstrap.
        confidence: Coverage of the intervals.

    Returns:
        Variance components and estimates in [0, 1]. NaN, with a reason, for disconnected coders, equal
        scores, or no residual degree of freedom; exactly additive scores give values without interval.

    Raises:
        ValueError: ``scores`` is not two-dimensional, unknown ``interval``, ``confidence`` not in (0,
            1), or fewer than one replicate.

    Source:
        ten Hove, Jorgensen & van der Ark (2024), Psychol Methods 29, 967; Putka et al. (2008), J Appl
        Psychol 93, 959.
    """
    if interval not in ("logit", "bootstrap") or replicates < 1:
        raise ValueError("interval must be 'logit' or 'bootstrap', replicates 1 or more")
    check_confidence(confidence)
    array = as_scores(scores)
    counts, matrix, groups = counts_of(array), rated_only(array), coder_groups(array)
    average, overlap = k_hat(array), non_overlap(array)
    reason = _obstacle(matrix, counts, groups)
    nan = float("nan")
    if reason:
        detail = _name_groups(groups) if reason == "disconnected" else ""
        forms = dict.fromkeys(INCOMPLETE_FORMS, undefined(reason, counts, METHOD, detail))
        return IncompleteICC(nan, nan, nan, nan, counts.n_coders, average, overlap, groups, forms)
    found = fit(matrix)
    noise = _noise(counts.n_coders, average, overlap)
    if interval == "bootstrap" and found.residual > 0:
        forms = _by_bootstrap(found, matrix, noise, counts, replicates, seed, confidence)
    else:
        forms = {form: _by_delta(found, share, counts, confidence) for form, share in noise.items()}
    return IncompleteICC(
        found.session,
        found.coder,
        found.residual,
        found.deviance,
        counts.n_coders,
        average,
        overlap,
        groups,
        forms,
    )


def _obstacle(matrix: Floats, counts: Counts, groups: tuple[tuple[int, ...], ...]) -> str | None:
    reason = shortage(counts)
    if reason:
        return reason
    if np.nanmax(matrix) == np.nanmin(matrix):
        return "no_variance"
    if len(groups) > 1:
        return "disconnected"
    if counts.n_ratings - counts.n_sessions - counts.n_coders + 1 < 1:
        return "no_residual_df"
    return None


def _name_groups(groups: tuple[tuple[int, ...], ...]) -> str:
    return "Groups of coders: " + "; ".join(", ".join(str(c + 1) for c in group) for group in groups) + "."


def _noise(k: int, average: float, overlap: float) -> dict[str, tuple[float, float]]:
    """Per form, how much of the coder and of the residual variance counts as error."""
    noise = {
        "ICC(A,1)": (1.0, 1.0),
        "ICC(C,1)": (0.0, 1.0),
        "ICC(A,k)": (1 / k, 1 / k),
        "ICC(C,k)": (0.0, 1 / k),
        "ICC(A,khat)": (1 / average, 1 / average),
        "ICC(C,khat)": (0.0, 1 / average),
        "ICC(Q,khat)": (overlap, 1 / average),
    }
    return {form: noise[form] for form in INCOMPLETE_FORMS}


def _flags(found: Fit, counts: Counts) -> tuple[str, ...]:
    zero = {
        "session_variance_zero": found.session == 0,
        "coder_variance_zero": found.coder == 0,
        "residual_zero": found.residual == 0,
    }
    return size_flags(counts) + tuple(flag for flag, true in zero.items() if true)


def _by_delta(found: Fit, share: tuple[float, float], counts: Counts, confidence: float) -> Estimate:
    from_coder, error = share[0] * found.coder, share[0] * found.coder + share[1] * found.residual
    method = f"{METHOD}; logit-delta interval"
    if found.session + error == 0:
        return undefined("no_variance", counts, method)
    value = found.session / (found.session + error)
    flags = _flags(found, counts)
    se = _logit_se(found, from_coder / error) if error > 0 else float("nan")
    if not se < 100:
        flags = (*flags, "no_interval")
        return Estimate(value, counts=counts, method=method, confidence=confidence, flags=flags)
    logit, reach = np.log(found.session / error), float(ndtri((1 + confidence) / 2)) * se
    low, high = (float(1 / (1 + np.exp(-x))) for x in (logit - reach, logit + reach))
    # The round trip through the logarithm may move a narrow interval by a rounding error.
    low, high = min(low, value), max(high, value)
    error_of_value = se * value * (1 - value)
    return Estimate(value, low, high, error_of_value, counts, method, confidence, flags=flags)


def _logit_se(found: Fit, coder_share: float) -> float:
    """Standard error of the logit, whose gradient by the log ratios is (1, -coder's share of the error)."""
    if found.session == 0 or found.residual == 0:
        return float("nan")
    if found.coder == 0:
        curve = found.information[0, 0]
        return float(np.sqrt(2 / curve)) if curve > 0 else float("nan")
    if not np.isfinite(found.information).all() or np.linalg.eigvalsh(found.information).min() <= 0:
        return float("nan")
    gradient = np.array([1.0, -coder_share])
    return float(np.sqrt(2 * gradient @ np.linalg.solve(found.information, gradient)))


def _by_bootstrap(
    found: Fit,
    matrix: Floats,
    noise: Mapping[str, tuple[float, float]],
    counts: Counts,
    replicates: int,
    seed: int,
    confidence: float,
) -> dict[str, Estimate]:
    session, coder = _resample(found, ~np.isnan(matrix), replicates, seed)
    forms = {}
    for form, (coder_share, residual_share) in noise.items():
        drawn = session / (session + coder_share * coder + residual_share)
        low, high, lost = percentile_limits(drawn, confidence)
        error = coder_share * found.coder + residual_share * found.residual
        forms[form] = Estimate(
            found.session / (found.session + error),
            low,
            high,
            float(drawn.std()),
            counts,
            f"{METHOD}; parametric bootstrap, percentile",
            confidence,
            seed,
            replicates,
            lost,
            flags=_flags(found, counts),
        )
    return forms


def _resample(found: Fit, rated: NDArray[np.bool_], replicates: int, seed: int) -> tuple[Floats, Floats]:
    """Variance ratios refitted to scores drawn from the fitted model on the same design."""
    rng, design = np.random.default_rng(seed), Design(rated)
    n, k = rated.shape
    spread_s, spread_c, spread_e = (float(np.sqrt(v)) for v in (found.session, found.coder, found.residual))
    block = max(1, min(replicates, 1000, BLOCK_BYTES // (8 * n * k)))
    ratios = []
    for start in range(0, replicates, block):
        size = min(block, replicates - start)
        scores = rng.standard_normal((size, n, k)) * spread_e
        scores += rng.standard_normal((size, n, 1)) * spread_s
        scores += rng.standard_normal((size, 1, k)) * spread_c
        ratios.append(refit_many(design, scores * rated))
    return np.concatenate([s for s, _ in ratios]), np.concatenate([c for _, c in ratios])
