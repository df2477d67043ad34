"""Drift of one coder over time: control charts of signed differences from a reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mio_fidelity.reliability.design import Floats


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart, one entry per difference; NaN where there was no score, which changes nothing.

    Args:
        upper: Statistic that rises with leniency, shape (sessions,).
        lower: Statistic that rises with severity; the same as ``upper`` for a chart with one line.
        upper_limit: Above it ``upper`` signals, shape (sessions,).
        lower_limit: EWMA: below it the line signals. Others: above it ``lower`` signals.
        signals: Where the chart signals, shape (sessions,), boolean.
    """

    upper: Floats
    lower: Floats
    upper_limit: Floats
    lower_limit: Floats
    signals: NDArray[np.bool_]

    @property
    def first_signal(self) -> int | None:
        """Number of the first session that signals, counted from 1; None without a signal."""
        return int(self.signals.argmax()) + 1 if self.signals.any() else None


def ewma(
    values: ArrayLike, target: float = 0.0, sigma: float = 1.0, lam: float = 0.2, reach: float = 3.0
) -> Chart:
    """Exponentially weighted moving average with exact limits, in units of ``values``.

    Args:
        values: Shape (sessions,), in order of time; NaN is skipped.
        target: Where the process should be.
        sigma: Standard deviation of one value, from the certification phase.
        lam: Weight of the newest value, in (0, 1].
        reach: Half-width of the limits in standard deviations of the average (L).

    Returns:
        The chart; ``upper`` and ``lower`` are the same line.

    Raises:
        ValueError: ``values`` is not one-dimensional or infinite, ``sigma`` or ``reach`` not positive,
            or ``lam`` not in (0, 1].

    Source:
        Roberts (1959), Technometrics 1, 239; Montgomery, Introduction to Statistical Quality Control, ch. 9.
    """
    series = _series(values, sigma, reach)
    if not 0 < lam <= 1:
        raise ValueError("lam must lie in (0, 1]")
    rated = ~np.isnan(series)
    line, average = np.full(len(series), np.nan), target
    for at in np.flatnonzero(rated):
        average = lam * float(series[at]) + (1 - lam) * average
        line[at] = average
    age = np.where(rated, np.cumsum(rated), np.nan)
    half = reach * sigma * np.sqrt(lam / (2 - lam) * (1 - (1 - lam) ** (2 * age)))
    return Chart(line, line, target + half, target - half, (line > target + half) | (line < target - half))


def cusum(
    values: ArrayLike, target: float = 0.0, sigma: float = 1.0, k: float = 0.5, h: float = 5.0
) -> Chart:
    """Tabular cumulative sums of standardised differences.

    Args:
        values: Shape (sessions,), in order of time; NaN is skipped.
        target: Where the process should be.
        sigma: Standard deviation of one value, from the certification phase.
        k: Slack, in standard deviations: half the shift worth finding.
        h: Decision interval, in standard deviations.

    Returns:
        The chart; both sums are 0 or more, in standard deviations.

    Raises:
        ValueError: ``values`` is not one-dimensional or infinite, ``sigma`` or ``h`` not positive, ``k``
            negative.

    Source:
        Page (1954), Biometrika 41, 100; Montgomery, Introduction to Statistical Quality Control, ch. 9.
    """
    series = (_series(values, sigma, h) - target) / sigma
    if not k >= 0:
        raise ValueError("k must be 0 or more")
    up, down = np.full(len(series), np.nan), np.full(len(series), np.nan)
    high = low = 0.0
    for at in np.flatnonzero(~np.isnan(series)):
        high = max(0.0, high + float(series[at]) - k)
        low = max(0.0, low - float(series[at]) - k)
        up[at], down[at] = high, low
    limit = np.full(len(series), h)
    return Chart(up, down, limit, limit, (up > limit) | (down > limit))


def page_hinkley(
    values: ArrayLike, delta: float = 0.1, threshold: float = 5.0, min_n: int = 10, alpha: float = 1.0
) -> Chart:
    """Page-Hinkley test against the running mean, both directions.

    Args:
        values: Shape (sessions,), in order of time; NaN is skipped.
        delta: Size of change to tolerate, in units of ``values``.
        threshold: Alarm above this (lambda).
        min_n: Values needed before there can be an alarm.
        alpha: How much of the sum is kept from one value to the next, in (0, 1].

    Returns:
        The chart; both statistics are 0 or more.

    Raises:
        ValueError: ``values`` is not one-dimensional or infinite, ``threshold`` not positive, ``delta``
            negative, or ``alpha`` not in (0, 1].

    Source:
        Page (1954), Biometrika 41, 100; Hinkley (1971), Biometrika 58, 509.
    """
    series = _series(values, 1.0, threshold)
    if not delta >= 0 or not 0 < alpha <= 1:
        raise ValueError("delta must be 0 or more and alpha in (0, 1]")
    up, down = np.full(len(series), np.nan), np.full(len(series), np.nan)
    mean = rise = fall = 0.0
    lowest, highest = np.inf, -np.inf
    rated = np.flatnonzero(~np.isnan(series))
    for number, at in enumerate(rated, start=1):
        mean += (float(series[at]) - mean) / number
        off = float(series[at]) - mean
        rise, fall = alpha * rise + off - delta, alpha * fall + off + delta
        lowest, highest = min(lowest, rise), max(highest, fall)
        up[at], down[at] = rise - lowest, highest - fall
    limit = np.full(len(series), threshold)
    signals = (up > limit) | (down > limit)
    signals[rated[: max(0, min_n - 1)]] = False
    return Chart(up, down, limit, limit, signals)


def mean_shift(values: ArrayLike, before: int) -> tuple[float, float]:
    """Mean difference before and after a point in time.

    Args:
        values: Shape (sessions,), in order of time; NaN is skipped.
        before: How many sessions, scored or not, belong to the time before.

    Returns:
        Mean of the first ``before`` and of the rest; NaN where there is no score.

    Raises:
        ValueError: ``values`` is not one-dimensional or infinite, or ``before`` negative.

    Source:
        Bland & Altman (1986), Lancet i, 307: bias as the mean difference.
    """
    series = _series(values, 1.0, 1.0)
    if before < 0:
        raise ValueError("before must be 0 or more")
    return _mean(series[:before]), _mean(series[before:])


def _mean(values: Floats) -> float:
    rated = values[~np.isnan(values)]
    return float(rated.mean()) if len(rated) else float("nan")


def _series(values: ArrayLike, sigma: float, limit: float) -> Floats:
    series = np.array(values, dtype=np.float64)
    if series.ndim != 1 or np.isinf(series).any():
        raise ValueError("values must be one-dimensional and finite; a missing value is NaN")
    if not sigma > 0 or not limit > 0:
        raise ValueError("sigma and the limit must be positive")
    return series
