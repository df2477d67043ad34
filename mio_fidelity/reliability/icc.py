"""Intraclass correlations by analysis of variance: six forms, exact intervals, F tests."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri

from mio_fidelity.reliability.design import (
    Floats,
    as_scores,
    check_confidence,
    counts_of,
    rated_only,
    shortage,
    size_flags,
)
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined

# Shrout & Fleiss name -> McGraw & Wong name.
FORMS: Mapping[str, str] = {
    "ICC(1,1)": "ICC(1)",
    "ICC(2,1)": "ICC(A,1)",
    "ICC(3,1)": "ICC(C,1)",
    "ICC(1,k)": "ICC(k)",
    "ICC(2,k)": "ICC(A,k)",
    "ICC(3,k)": "ICC(C,k)",
}
METHOD = "ANOVA, F interval (McGraw & Wong 1996)"
# Sums of squares below this share of the total are rounding noise of an exact zero.
NOISE = 1e-13
# Value, low and high of every scale.
Limits = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Two-way analysis of variance of one or many complete matrices of the same size.

    Args:
        n: Sessions.
        k: Coders.
        rows: Mean square between sessions, shape (scales,).
        columns: Mean square between coders, shape (scales,).
        error: Residual mean square, shape (scales,).
        within: Mean square within sessions, shape (scales,).
    """

    n: int
    k: int
    rows: Floats
    columns: Floats
    error: Floats
    within: Floats


@dataclass(frozen=True, slots=True)
class FTest:
    """An F test of an intraclass correlation against a stated value."""

    F: float
    df1: float
    df2: float
    p: float


def mean_squares(cube: Floats) -> MeanSquares:
    """Mean squares of complete matrices.

    Args:
        cube: Shape (scales, sessions, coders), no NaN, at least two sessions and two coders.

    Returns:
        Mean squares per scale; exact zeros where the data are exactly additive.
    """
    _, n, k = cube.shape
    # Products with constant vectors are the quickest way to average along a short axis.
    per_coder, per_session = np.full(k, 1 / k), np.full(n, 1 / n)
    centred = cube - ((cube @ per_coder) @ per_session)[:, None, None]
    row, column = centred @ per_coder, per_session @ centred
    total = np.einsum("sij,sij->s", centred, centred)
    ss_rows = k * np.einsum("si,si->s", row, row)
    ss_columns = n * np.einsum("sj,sj->s", column, column)
    ss_error = total - ss_rows - ss_columns
    floor = NOISE * total
    ss_rows, ss_columns, ss_error = (np.where(ss > floor, ss, 0.0) for ss in (ss_rows, ss_columns, ss_error))
    return MeanSquares(
        n,
        k,
        ss_rows / (n - 1),
        ss_columns / (k - 1),
        ss_error / ((n - 1) * (k - 1)),
        (ss_columns + ss_error) / (n * (k - 1)),
    )


def satterthwaite(ms: MeanSquares, rho: Floats) -> Floats:
    """Denominator degrees of freedom of ICC(A,1) and ICC(A,k).

    Args:
        ms: Mean squares.
        rho: ICC(A,1), shape (scales,).

    Returns:
        Positive; NaN when neither sessions differ nor is there residual variance.

    Source:
        McGraw & Wong (1996), Psychological Methods 1, 30, Table 7.
    """
    n, k = ms.n, ms.k
    coder = k * rho * ms.columns
    error = (n * (1 - rho) + k * rho * (n - 1)) * ms.error
    freedom = (coder + error) ** 2 / (coder**2 / (k - 1) + error**2 / ((n - 1) * (k - 1)))
    # Without any error the interval is a point, whatever the degrees of freedom.
    return np.where(ms.columns + ms.error > 0, freedom, k - 1.0)


def f_quantiles(df1: float, df2: float | Floats, tail: float) -> tuple[Floats, Floats]:
    """The F quantiles that widen an interval downwards and upwards."""
    upper = 1 - tail
    # Beyond 1e15 the limits no longer move, but infinity times zero would be NaN.
    return np.minimum(fdtri(df1, df2, upper), 1e15), np.minimum(fdtri(df2, df1, upper), 1e15)


def _one_error(ms: MeanSquares, error: Floats, df2: float, tail: float) -> list[Limits]:
    """Value and limits, single and average, of the forms with one error term (one-way, consistency)."""
    rows, k = ms.rows, ms.k
    down, up = f_quantiles(ms.n - 1, df2, tail)
    ratio = [(rows, error), (rows, down * error), (up * rows, error)]
    single = [(r - e) / (r + (k - 1) * e) for r, e in ratio]
    average = [(r - e) / r for r, e in ratio]
    return [(s[0], s[1], s[2]) for s in (single, average)]


def absolute_agreement(ms: MeanSquares, tail: float) -> list[Limits]:
    """Value and limits of ICC(A,1) and ICC(A,k)."""
    n, k, rows, columns, error = ms.n, ms.k, ms.rows, ms.columns, ms.error
    coders = k * columns + (k * n - k - n) * error
    value = n * (rows - error) / (coders + n * rows)
    down, up = f_quantiles(n - 1, satterthwaite(ms, value), tail)
    low = n * (rows - down * error) / (down * coders + n * rows)
    high = n * (up * rows - error) / (coders + n * up * rows)
    # (rows - error) / denominator exceeds 1, or changes sign, once the denominator is not positive.
    denominator = columns - error + n * rows
    average = np.where(denominator > 0, n * (rows - error) / denominator, np.nan)
    average_low = n * (rows - down * error) / (down * (columns - error) + n * rows)
    average_high = n * (up * rows - error) / (columns - error + n * up * rows)
    return [(value, low, high), (average, average_low, average_high)]


def _all_forms(ms: MeanSquares, tail: float) -> dict[str, Limits]:
    n, k = ms.n, ms.k
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        one, one_k = _one_error(ms, ms.within, n * (k - 1), tail)
        two, two_k = absolute_agreement(ms, tail)
        three, three_k = _one_error(ms, ms.error, (n - 1) * (k - 1), tail)
    return dict(zip(FORMS, (one, two, three, one_k, two_k, three_k), strict=True))


def _f_ratios(ms: MeanSquares) -> dict[str, tuple[Floats, int, int, Floats]]:
    """F, both degrees of freedom and p of the test against 0, one-way (1) and two-way (2, 3)."""
    n, k = ms.n, ms.k
    ratios: dict[str, tuple[Floats, int, int, Floats]] = {}
    for first, error, df2 in (("1", ms.within, n * (k - 1)), ("2", ms.error, (n - 1) * (k - 1))):
        with np.errstate(divide="ignore", invalid="ignore"):
            f = ms.rows / error
        ratios[first] = (f, n - 1, df2, fdtrc(n - 1, df2, f))
    ratios["3"] = ratios["2"]
    return ratios


def icc_cube(cube: ArrayLike, confidence: float = 0.95) -> list[dict[str, Estimate]]:
    """The six ICCs of many scales at once.

    Args:
        cube: Shape (scales, sessions, coders), NaN where a coder gave no score.
        confidence: Coverage of the intervals.

    Returns:
        Per scale, the six forms under their Shrout-Fleiss names (see `icc_complete`).

    Raises:
        ValueError: ``cube`` is not three-dimensional, or ``confidence`` is not in (0, 1).

    Source:
        Shrout & Fleiss (1979), Psychol Bull 86, 420; McGraw & Wong (1996), Psychol Methods 1, 30.
    """
    scales = as_scores(cube, ndim=3)
    tail = (1 - check_confidence(confidence)) / 2
    if not np.isnan(scales).any() and min(scales.shape) > 0 and min(scales.shape[1:]) > 1:
        return _complete(scales, tail)
    return [_one_scale(scale, tail) for scale in scales]


def _one_scale(scores: Floats, tail: float) -> dict[str, Estimate]:
    counts = counts_of(scores)
    matrix = rated_only(scores)
    reason = shortage(counts) or ("incomplete_design" if np.isnan(matrix).any() else None)
    if reason:
        return dict.fromkeys(FORMS, undefined(reason, counts, METHOD))
    return _complete(matrix[None], tail)[0]


def _complete(cube: Floats, tail: float) -> list[dict[str, Estimate]]:
    ms = mean_squares(cube)
    forms = {form: [a.tolist() for a in arrays] for form, arrays in _all_forms(ms, tail).items()}
    tests = {name: (f.tolist(), d1, d2, p.tolist()) for name, (f, d1, d2, p) in _f_ratios(ms).items()}
    counts = Counts(ms.n, ms.n, ms.n * ms.k, ms.k)
    flags = size_flags(counts)
    answers = []
    for scale, constant in enumerate((np.ptp(cube, axis=(1, 2)) == 0).tolist()):
        if constant:
            answers.append(dict.fromkeys(FORMS, undefined("no_variance", counts, METHOD)))
            continue
        parts = {
            name: {"F": f[scale], "df1": df1, "df2": df2, "p": p[scale]}
            for name, (f, df1, df2, p) in tests.items()
        }
        answer = {}
        for form, (value, low, high) in forms.items():
            numbers = value[scale], low[scale], high[scale]
            answer[form] = estimate_of(numbers, 1 - 2 * tail, counts, flags, parts[form[4]])
        answers.append(answer)
    return answers


def estimate_of(
    numbers: tuple[float, float, float],
    confidence: float,
    counts: Counts,
    flags: tuple[str, ...],
    parts: Mapping[str, float],
    method: str = METHOD,
) -> Estimate:
    """An ICC from its value and limits; undefined when the ratio has no finite value."""
    value, low, high = numbers
    if not -math.inf < value < math.inf:
        return undefined("non_positive_denominator", counts, method)
    if not -math.inf < low <= value <= high:
        low = high = math.nan
        flags = (*flags, "no_interval")
    if value < 0:
        flags = (*flags, "negative")
    # By position: a page of scales makes thousands of these.
    return Estimate(
        value, low, high, math.nan, counts, method, confidence, None, 0, 0, None, "", flags, parts
    )


def icc_complete(scores: ArrayLike, confidence: float = 0.95) -> dict[str, Estimate]:
    """The six ICCs with exact intervals and the F test against 0.

    Args:
        scores: Shape (sessions, coders). Sessions nobody scored are left out; any other gap makes the
            six forms undefined (``incomplete_design``; use
            `mio_fidelity.reliability.incomplete.icc_incomplete`).
        confidence: Coverage of the intervals.

    Returns:
        Estimates under "ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)", each at
        most 1; ``parts`` holds F, df1, df2 and p. NaN, with a reason, when all scores are equal or a
        denominator is not positive.

    Raises:
        ValueError: ``scores`` is not two-dimensional, or ``confidence`` is not in (0, 1).

    Source:
        Shrout & Fleiss (1979), Psychol Bull 86, 420; McGraw & Wong (1996), Psychol Methods 1, 30, Tables
        4, 7.
    """
    return icc_cube(as_scores(scores)[None], confidence)[0]


def icc_anova(scores: ArrayLike) -> dict[str, float]:
    """The mean squares behind the six ICCs.

    Args:
        scores: Shape (sessions, coders), complete but for sessions nobody scored.

    Returns:
        MSR (sessions), MSC (coders), MSE (residual), MSW (within sessions) and ``v``, the Satterthwaite
        degrees of freedom of ICC(A,1); all NaN when the six forms are undefined for lack of data.

    Raises:
        ValueError: ``scores`` is not two-dimensional.

    Source:
        McGraw & Wong (1996), Psychol Methods 1, 30.
    """
    array = as_scores(scores)
    matrix = rated_only(array)
    if shortage(counts_of(array)) or np.isnan(matrix).any():
        return dict.fromkeys(("MSR", "MSC", "MSE", "MSW", "v"), float("nan"))
    ms = mean_squares(matrix[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        v = satterthwaite(ms, absolute_agreement(ms, 0.025)[0][0])
    return {
        "MSR": float(ms.rows[0]),
        "MSC": float(ms.columns[0]),
        "MSE": float(ms.error[0]),
        "MSW": float(ms.within[0]),
        "v": float(v[0]),
    }


def boundary_flags(scores: ArrayLike) -> tuple[str, ...]:
    """What to say about the variance components of complete scores that are not above 0.

    Args:
        scores: Shape (sessions, coders), complete but for sessions nobody scored.

    Returns:
        Flags; none when the mean squares are undefined.

    Raises:
        ValueError: ``scores`` is not two-dimensional.

    Source:
        McGraw & Wong (1996), Psychol Methods 1, 30, Table 3.
    """
    squares = icc_anova(scores)
    zero = {
        "coder_variance_negative": squares["MSC"] <= squares["MSE"],
        "residual_zero": squares["MSE"] == 0,
    }
    return tuple(flag for flag, true in zero.items() if true)


def icc_test(scores: ArrayLike, form: str, rho0: float = 0.0) -> FTest:
    """Test whether an ICC exceeds a stated value.

    Args:
        scores: Shape (sessions, coders), complete but for sessions nobody scored.
        form: One of `FORMS`, by its Shrout-Fleiss or its McGraw-Wong name.
        rho0: The value under the null hypothesis, in [0, 1).

    Returns:
        F, its degrees of freedom and the one-sided p; all NaN when the form is undefined for these data. F is
        infinite without any error variance.

    Raises:
        ValueError: unknown ``form``, or ``rho0`` outside [0, 1).

    Source:
        McGraw & Wong (1996), Psychol Methods 1, 30, Table 8.
    """
    name = next((sf for sf, mw in FORMS.items() if form in (sf, mw)), None)
    if name is None or not 0 <= rho0 < 1:
        raise ValueError("form must be one of FORMS and rho0 in [0, 1)")
    array = as_scores(scores)
    if not icc_complete(array)[name].defined:
        return FTest(*[float("nan")] * 4)
    ms = mean_squares(rated_only(array)[None])
    n, k, single = ms.n, ms.k, name.endswith(",1)")
    odds = rho0 / (1 - rho0) * (k if single else 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if name[4] != "2":
            error, df2 = (ms.within, n * (k - 1)) if name[4] == "1" else (ms.error, (n - 1) * (k - 1))
            f, v = ms.rows / (error * (1 + odds)), np.array([float(df2)])
        else:
            f = ms.rows / (odds / n * ms.columns + (1 + odds * (n - 1) / n) * ms.error)
            # Against 0 the coders drop out and the test is exact.
            v = (
                satterthwaite(ms, absolute_agreement(ms, 0.025)[0][0])
                if rho0
                else np.array([float((n - 1) * (k - 1))])
            )
    return FTest(float(f[0]), float(n - 1), float(v[0]), float(fdtrc(n - 1, v, f)[0]))
