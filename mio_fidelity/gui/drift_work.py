"""The work of the drift page that runs off the window's thread. Pure functions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.drift_results import DriftOptions, DriftReport, DriftSeries, Reference
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Project

Floats = NDArray[np.float64]
# Coder (empty for all together), reference, dimension, topic.
Key = tuple[str, Reference, str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A series as it is drawn, each of shape (sessions,).

    Attributes:
        days: Ordinals of the days.
        difference: Own minus reference, in points.
        ewma: The moving average, and its limits.
        up: Cumulative sum for higher scores; ``down`` for lower ones, 0 or less.
        flagged: Whether the session belongs to a flag.
        n_scales: Scores compared; ``within_1`` how many of them lie within one point.
    """

    days: Floats
    difference: Floats
    ewma: Floats
    upper: Floats
    lower: Floats
    up: Floats
    down: Floats
    flagged: NDArray[np.bool_]
    n_scales: Floats
    within_1: Floats


@dataclass(frozen=True, slots=True)
class Charted:
    """A report with what the page draws of it."""

    report: DriftReport
    numbers: Mapping[Key, Numbers]


def chart(
    project: Project,
    options: DriftOptions,
    _on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Charted:
    """All charts of the open study.

    Raises:
        UserError: there is nothing to chart; it says why.
        Cancelled: ``cancelled`` said yes.
    """
    report = project.ask_elsewhere(drift, options)
    if cancelled():
        raise Cancelled
    return charted(report)


def charted(report: DriftReport) -> Charted:
    """The report with its numbers."""
    return Charted(report, {key_of(series): numbers_of(series) for series in all_series(report)})


def all_series(report: DriftReport) -> Iterator[DriftSeries]:
    """Those of all coders, then those of the group."""
    for coder in report.coders:
        yield from coder.series
    yield from report.group


def key_of(series: DriftSeries) -> Key:
    """What tells a series from the others."""
    return series.coder, series.reference, series.dimension, series.topic


def numbers_of(series: DriftSeries) -> Numbers:
    """The points of a series in columns."""
    rows = [
        (
            float(each.day.toordinal()),
            each.difference,
            each.ewma,
            each.upper,
            each.lower,
            each.cusum_up,
            -each.cusum_down,
            each.n_scales,
            each.within_1,
            each.flagged,
        )
        for each in series.points
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 10).T
    days, difference, ewma, upper, lower, up, down, n_scales, within_1, flagged = columns
    return Numbers(days, difference, ewma, upper, lower, up, down, flagged.astype(bool), n_scales, within_1)
