"""The charts of all coders on one topic in one dimension, made from what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mio_fidelity.analysis.drift_data import Coded, Ints
from mio_fidelity.analysis.drift_limits import Baseline, Rows, baseline
from mio_fidelity.analysis.drift_results import DriftOptions, Reference, Topic
from mio_fidelity.analysis.drift_watch import Charted, charted, together
from mio_fidelity.instrument import Instrument

GROUP = -1


@dataclass(frozen=True)
class Restart:
    """A closed recalibration: charts it is about begin anew.

    Attributes:
        after: Number of the first rating after it was closed.
        ratings: Numbers of its own ratings, which count as after it.
        about: (scale, dimension) that it was drawn for; empty for all.
        closed: When, in seconds.
        passed: Whether it was over.
    """

    after: int
    ratings: frozenset[int]
    about: frozenset[tuple[str, str]]
    closed: float
    passed: bool

    def concerns(self, topic: Topic, dimension: str) -> bool:
        """Whether a chart begins anew with it."""
        return not self.about or any((scale, dimension) in self.about for scale in topic.scales)


@dataclass(frozen=True)
class Track:
    """One topic in one dimension against one reference, for all coders.

    Attributes:
        scores: Shape (rows,); scores compared in each row.
        within: Shape (rows,); how many of them lie within one point.
        other: Shape (rows,); number of the rating it is held against.
        charts: By number of the coder; `GROUP` for all together, against master codes.
        restarts: By number of the coder, oldest first.
    """

    topic: Topic
    dimension: str
    reference: Reference
    rows: Rows
    base: Baseline
    scores: Ints
    within: Ints
    other: Ints
    charts: Mapping[int, Charted]
    restarts: Mapping[int, tuple[Restart, ...]]


def topics_of(instrument: Instrument, options: DriftOptions) -> tuple[Topic, ...]:
    """The domains or scales of an instrument, in the order of the form."""
    if options.by == "domain":
        return tuple(
            Topic(each.key, each.title, each.color, tuple(scale.key for scale in each.scales))
            for each in instrument.domains
        )
    return tuple(
        Topic(scale.key, scale.title, domain.color, (scale.key,))
        for domain in instrument.domains
        for scale in domain.scales
    )


def tracks(
    data: Coded,
    people: Sequence[str],
    topics: Sequence[Topic],
    dimensions: Sequence[str],
    restarts: Mapping[int, Sequence[Restart]],
    options: DriftOptions,
) -> tuple[Track, ...]:
    """The charts of ``people`` on every topic, references first, then dimensions."""
    number = {person: at for at, person in enumerate(people)}
    who = np.array([number.get(person, GROUP) for person in data.given.people], dtype=np.int64)
    # Whatever is shown of them: a flag does not depend on what somebody looks at.
    watched = len(topics) * len(data.instrument.dimensions)
    found = []
    for reference, pairs in data.pairs.items():
        gaps = data.values[pairs.own] - data.values[pairs.other]
        partner = who[pairs.other] if reference is Reference.PARTNERS else np.full(len(pairs.own), GROUP)
        for dimension in dimensions:
            for topic in topics:
                columns = [
                    at
                    for at, column in enumerate(data.columns)
                    if column.dimension == dimension and column.scale in topic.scales
                ]
                if not columns:
                    continue
                each = gaps[:, columns]
                scored = ~np.isnan(each)
                n = scored.sum(axis=1)
                mean = np.where(n > 0, np.where(scored, each, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)
                rows = Rows(pairs.own, who[pairs.own], partner, mean, pairs.learnt, len(columns))
                within = (np.abs(np.where(scored, each, np.inf)) <= 1).sum(axis=1)
                counts = n, within, pairs.other
                found.append(
                    _track(data, topic, dimension, reference, rows, counts, restarts, watched, options)
                )
    return tuple(found)


def _track(
    data: Coded,
    topic: Topic,
    dimension: str,
    reference: Reference,
    rows: Rows,
    counts: tuple[Ints, Ints, Ints],
    restarts: Mapping[int, Sequence[Restart]],
    watched: int,
    options: DriftOptions,
) -> Track:
    coders = len(restarts)
    base = baseline(rows, coders, options)
    own = {
        coder: tuple(each for each in restarts.get(coder, ()) if each.concerns(topic, dimension))
        for coder in range(coders)
    }
    charts = {
        coder: charted(
            rows, base, coder, watched, options, [(each.after, each.ratings) for each in own[coder]]
        )
        for coder in range(coders)
    }
    if reference is Reference.MASTER:
        numbers: dict[str, int] = {}
        sessions = [numbers.setdefault(data.given.sessions[at], len(numbers)) for at in rows.rating.tolist()]
        charts[GROUP] = together(rows, base, np.array(sessions, dtype=np.int64), watched, options)
    return Track(topic, dimension, reference, rows, base, *counts, charts, own)


def usual(chart: Charted) -> float:
    """The expected difference of a chart as one number, in points; NaN without a session."""
    return float(np.mean(chart.gap - chart.off)) if len(chart.gap) else float("nan")
