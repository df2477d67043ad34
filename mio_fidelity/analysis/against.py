"""A coder against the master codes: the figures of one scale, and the agreement over many."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from mio_fidelity.analysis.pairs import pooled_icc
from mio_fidelity.analysis.table import Floats
from mio_fidelity.instrument import Instrument
from mio_fidelity.reliability.agreement import bland_altman
from mio_fidelity.reliability.design import size_flags
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.kappa import cohen_kappa

METHOD = "ICC(A,1), variance components summed over scales; jackknife over sessions"
_NAN = float("nan")
_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Against:
    """A coder against the master codes on one scale, over the sessions that both scored.

    Attributes:
        n: How many these are.
        coder_mean: Mean of the coder's scores.
        coder_sd: Their standard deviation.
        master_mean: Mean of the master codes.
        master_sd: Their standard deviation.
        bias: Mean of coder minus master, with the interval of the paired t test.
        t: Of the paired t test; NaN when all differences are equal or there is one only.
        df: Its degrees of freedom.
        p: Its two-sided p.
        exact: Share of equal scores.
        within_1: Share within one point.
        icc: ICC(A,1).
        kappa: Cohen's kappa on whether it was there at all; None where a point says nothing of that.
        sensitivity: Of what is there by the master codes, the share the coder found.
        specificity: Of what is not there by the master codes, the share the coder did not find.
    """

    n: int
    coder_mean: float
    coder_sd: float
    master_mean: float
    master_sd: float
    bias: Estimate
    t: float
    df: int
    p: float
    exact: float
    within_1: float
    icc: Estimate
    kappa: Estimate | None
    sensitivity: float
    specificity: float


def against(own: Floats, master: Floats, absent: tuple[int, ...] = ()) -> Against:
    """The figures of one scale.

    Args:
        own: Shape (sessions,), NaN where the coder gave no score.
        master: Shape (sessions,), NaN where there is no master code.
        absent: The points that say the thing was not there; empty where none does.

    Source:
        The layout: Hogue et al. (2021), PMC8298690, table 2; the coefficients: see the modules of
        `mio_fidelity.reliability`.
    """
    both = ~np.isnan(own - master)
    x, y = own[both], master[both]
    bias = bland_altman(x, y).bias
    t, df, p = _paired_t(bias, len(x))
    there, found = ~np.isin(y, absent), ~np.isin(x, absent)
    return Against(
        len(x),
        _mean(x),
        _sd(x),
        _mean(y),
        _sd(y),
        bias,
        t,
        df,
        p,
        _mean(x == y),
        _mean(np.abs(x - y) <= 1),
        icc_complete(np.stack([x, y], axis=1))["ICC(2,1)"],
        cohen_kappa(np.stack([found, there], axis=1).astype(float), "unweighted") if absent else None,
        _mean(found[there]) if absent else _NAN,
        _mean(~found[~there]) if absent else _NAN,
    )


def absent_points(instrument: Instrument | None, dimension: str) -> tuple[int, ...]:
    """The points of a dimension by which a rule of the instrument says that there is nothing more to rate."""
    if instrument is None:
        return ()
    rules = instrument.not_applicable.values()
    return tuple(sorted({point for rule in rules if rule.when == dimension for point in rule.at}))


def agreement_over_scales(own: Floats, master: Floats) -> Estimate:
    """ICC(A,1) of a coder and the master codes over several scales.

    Each scale has its own mean, so that a difference between scales does not pass for agreement.

    Args:
        own: Shape (scales, sessions), NaN where the coder gave no score.
        master: Shape (scales, sessions), NaN where there is no master code.

    Returns:
        An estimate of at most 1. Its interval is that of a jackknife over whole sessions, because the scores
        of one session hang together. Undefined, with the reason, when no scale has two sessions with scores
        of both, or when sessions do not differ on any scale.

    Source:
        `mio_fidelity.analysis.pairs.pooled_icc`; Miller (1974), The jackknife - a review, Biometrika 61, 1.
    """
    both = ~np.isnan(own - master)
    rated = both.any(axis=0)
    one, two = np.where(both, own, np.nan)[:, rated], np.where(both, master, np.nan)[:, rated]
    value, why = pooled_icc(one, two)
    n = int(rated.sum())
    counts = Counts(n, n, 2 * int(both.sum()), 2 if n else 0)
    if why:
        enough = bool((both.sum(axis=1) > 1).any())
        return undefined("no_variance" if enough else "fewer_than_two_sessions", counts, METHOD)
    left_out = np.array([pooled_icc(np.delete(one, at, 1), np.delete(two, at, 1))[0] for at in range(n)])
    # That two are compared, a coder and the master, is no lack of coders.
    flags = tuple(flag for flag in size_flags(counts) if flag != "under_3_coders")
    if np.isnan(left_out).any():
        return Estimate(value, counts=counts, method=METHOD, flags=(*flags, "no_interval"))
    se = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    if se < _NO_SPREAD and value < 1:
        # Nothing was learnt from leaving sessions out: a point is no interval.
        return Estimate(value, counts=counts, method=METHOD, flags=(*flags, "no_interval"))
    reach = float(stdtrit(n - 1, 0.975)) * se
    return Estimate(value, value - reach, min(value + reach, 1.0), se, counts, METHOD, flags=flags)


def _paired_t(bias: Estimate, n: int) -> tuple[float, int, float]:
    if n < 2 or not bias.se > 0:
        return _NAN, max(n - 1, 0), _NAN
    t = bias.value / bias.se
    return t, n - 1, float(2 * stdtr(n - 1, -abs(t)))


def _mean(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> float:
    return float(np.asarray(values, dtype=float).mean()) if len(values) else _NAN


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else _NAN
