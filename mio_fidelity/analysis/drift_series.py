"""A coder's chart on one topic, as it is shown."""

from collections.abc import Sequence

import numpy as np

from mio_fidelity.analysis.drift_context import day_of
from mio_fidelity.analysis.drift_data import Coded, Ints
from mio_fidelity.analysis.drift_flags import Flagged, Naming, Seen
from mio_fidelity.analysis.drift_results import (
    DriftFlag,
    DriftPoint,
    DriftSeries,
    Limits,
    Origin,
    Standing,
)
from mio_fidelity.analysis.drift_tracks import GROUP, Track, usual
from mio_fidelity.analysis.drift_watch import Charted, Episode
from mio_fidelity.analysis.drift_words import chart_in_words, day_in_words, limits_in_words
from mio_fidelity.errors import Sentence


def series_of(
    track: Track, coder: int, flagged: Sequence[Flagged], data: Coded, naming: Naming
) -> DriftSeries:
    """The chart of one coder, or of all together, with its flags."""
    chart, flags = track.charts[coder], [flag for _, flag in flagged]
    rows, place = _rows_of(track, chart, data)
    n_scores = np.bincount(place, track.scores[rows], len(chart.rating)).astype(int)
    within = np.bincount(place, track.within[rows], len(chart.rating)).astype(int)
    limits = _limits(track, chart)
    n = chart.since_start
    standing, words = _standing(track, chart, flags, limits, naming)
    return DriftSeries(
        naming.codes[coder] if coder != GROUP else "",
        track.topic.key,
        track.dimension,
        track.reference,
        _points(track, chart, [episode for episode, _ in flagged], (n_scores, within), naming),
        limits,
        n,
        float(chart.gap.mean()) if len(chart.gap) else float("nan"),
        float(within.sum() / n_scores.sum()) if n_scores.sum() else float("nan"),
        int(n_scores.sum()),
        tuple(day_of(each.closed) for each in track.restarts.get(coder, ())),
        tuple(flags),
        standing,
        words,
    )


def _rows_of(track: Track, chart: Charted, data: Coded) -> tuple[Ints, Ints]:
    """The rows behind a chart's sessions, and the position in the chart of each."""
    usable = ~np.isnan(track.rows.gap)
    if chart.coder == GROUP:
        sessions = {data.given.sessions[at]: nth for nth, at in enumerate(chart.rating.tolist())}
        rows = np.flatnonzero(usable & ~track.rows.learnt & ~track.base.sets)
        place = [sessions[data.given.sessions[at]] for at in track.rows.rating[rows].tolist()]
        return rows, np.array(place, dtype=np.int64)
    position = {at: nth for nth, at in enumerate(chart.rating.tolist())}
    rows = np.flatnonzero(
        usable & (track.rows.coder == chart.coder) & np.isin(track.rows.rating, chart.rating)
    )
    return rows, np.array([position[at] for at in track.rows.rating[rows].tolist()], dtype=np.int64)


def _points(
    track: Track,
    chart: Charted,
    episodes: Sequence[Episode],
    counts: tuple[Ints, Ints],
    naming: Naming,
) -> tuple[DriftPoint, ...]:
    middle = usual(chart)
    flagged = np.zeros(len(chart.rating), dtype=bool)
    for episode in episodes:
        flagged[episode.began : episode.last + 1] = True
    numbers = zip(
        *(
            each.tolist()
            for each in (
                *(chart.gap, middle + chart.off, *counts, middle + chart.line),
                *(middle + chart.half, middle - chart.half, chart.up, chart.down),
                *(chart.signals, flagged, ~chart.watched),
            )
        ),
        strict=True,
    )
    seen = naming.seen[track.reference]
    return tuple(
        DriftPoint(*(seen[at] if chart.coder != GROUP else _of_all(seen[at])), *each)
        for at, each in zip(chart.rating.tolist(), numbers, strict=True)
    )


def _of_all(seen: Seen) -> Seen:
    """A session without the rating of one coder."""
    day, label, _, references, _ = seen
    return day, label, "", references, ()


def _limits(track: Track, chart: Charted) -> Limits:
    nan = float("nan")
    if not len(chart.rating):
        return Limits(Origin.NONE, 0, nan, nan, limits_in_words(Origin.NONE, 0, nan, nan, False))
    target, sigma = usual(chart), float(np.median(chart.sigma))
    if chart.coder == GROUP:
        coders = np.unique(track.rows.coder[track.rows.coder != GROUP])
        origins = {track.base.origin[coder] for coder in coders.tolist()}
        origin = next(iter(origins)) if len(origins) == 1 else Origin.POOLED
        n, floored = int(track.base.n[coders].max()), False
    else:
        origin, n = track.base.origin[chart.coder], int(track.base.n[chart.coder])
        floored = bool(track.base.floored[chart.coder])
    return Limits(origin, n, target, sigma, limits_in_words(origin, n, target, sigma, floored))


def _standing(
    track: Track, chart: Charted, flags: Sequence[DriftFlag], limits: Limits, naming: Naming
) -> tuple[Standing, Sentence]:
    standing = [flag for flag in flags if flag.cleared_on is None]
    if standing:
        return standing[-1].standing, standing[-1].words
    n, least = chart.since_start, naming.options.least
    restarts = track.restarts.get(chart.coder, ())
    if restarts and flags and n < least:
        words = Sentence(
            "Recalibrated on {day}; sessions since: {n}, {least} are needed to say more.",
            day=day_in_words(day_of(restarts[-1].closed), naming.today),
            n=n,
            least=least,
        )
        return Standing.RECALIBRATED, words
    words = chart_in_words(limits, n, least, bool(chart.signals[-1:].any()))
    return (Standing.TOO_FEW if n < least else Standing.IN_CONTROL), words
