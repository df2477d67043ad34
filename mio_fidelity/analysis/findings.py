"""All reliability figures of a score table, ready to be shown, printed, exported or frozen."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

import numpy as np

from mio_fidelity import __version__
from mio_fidelity.analysis.pairs import Pair, Who, pair_matrix, who_rates_how
from mio_fidelity.analysis.remarks import remarks_on
from mio_fidelity.analysis.table import STATES, Floats, ScoreTable
from mio_fidelity.answer import State
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.reliability.agreement import applicability_agreement, percent_agreement
from mio_fidelity.reliability.alpha import alpha_bootstrap
from mio_fidelity.reliability.consistency import cronbach_alpha, mcdonald_omega
from mio_fidelity.reliability.design import coder_groups, counts_of, k_hat, non_overlap
from mio_fidelity.reliability.estimate import Counts, Estimate
from mio_fidelity.reliability.gwet import chance_corrected
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.oneway import icc_oneway

Form = Literal["auto", "two_way", "one_way"]
Kind = Literal["scale", "domain"]


@dataclass(frozen=True, slots=True)
class Options:
    """How the figures are computed.

    Attributes:
        form: Form of the ICC; "auto" chooses by the design.
        interval: Interval of the two-way ICC.
        replicates: Resamples of alpha's interval.
        seed: Seed of all resampling.
        confidence: Coverage of all intervals.
    """

    form: Form = "auto"
    interval: Literal["logit", "bootstrap"] = "logit"
    replicates: int = 2000
    seed: int = 20261120
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Design:
    """Who coded what, and which ICC follows from it.

    Attributes:
        kind: "crossed" (every coder rated every double-coded session), "rotating" or "disconnected".
        form: The form of the headline ICC.
        why: One plain sentence.
        chosen_by_hand: Whether the form was set and not chosen from the design.
        counts: Sessions, double-coded sessions, ratings, coders.
        groups: Codes of the coders that shared sessions link.
        k_hat: Harmonic mean of coders per session.
        q: Non-overlap of the coders of two sessions.
    """

    kind: Literal["crossed", "rotating", "disconnected"]
    form: Literal["two_way", "one_way"]
    why: str
    chosen_by_hand: bool
    counts: Counts
    groups: tuple[tuple[str, ...], ...]
    k_hat: float
    q: float


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and standard deviation over sessions of the session's mean score over its coders."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one scale, or of one domain score, in one dimension.

    Attributes:
        kind: Whether it is a scale or a domain score.
        key: Key of the scale or domain.
        title: Its title.
        number: The scale's number; 0 for a domain.
        domain: Key of the domain.
        dimension: Key of the dimension.
        moments: Over all sessions.
        by_arm: The same for each arm.
        icc: The headline: ICC of one coder's score.
        average: ICC of the mean of the session's coders.
        consistency: ICC(C,1): coders may differ by a constant.
        alpha: Krippendorff's alpha with a session bootstrap; interval metric for domain scores, else ordinal.
        ac2: Gwet's AC2, quadratic, on the declared points; None for domain scores.
        exact: Share of agreeing pairs; None for domain scores.
        within_1: Share of pairs within one point.
        applicability: Agreement on whether the scale applied; None where everybody always rated.
        histogram: Point to number of ratings; empty for domain scores.
        remarks: What to keep in mind, in sentences.
    """

    kind: Kind
    key: str
    title: str
    number: int
    domain: str
    dimension: str
    moments: Moments
    by_arm: Mapping[str, Moments]
    icc: Estimate
    average: Estimate
    consistency: Estimate
    alpha: Estimate
    ac2: Estimate | None
    exact: Estimate | None
    within_1: Estimate
    applicability: Mapping[str, Estimate] | None
    histogram: Mapping[int, int]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """How well the scales of a domain hang together, over sessions' mean scores."""

    domain: str
    title: str
    dimension: str
    scales: int
    alpha: Estimate
    omega: Estimate


@dataclass(frozen=True)
class Findings:
    """Everything a reliability report says.

    Attributes:
        options: How it was computed.
        design: Who coded what.
        rows: Scales, then domain scores; in each, dimension by dimension.
        pairs: Pairs of coders, per dimension.
        who: Each coder against the others, per dimension.
        consistency: Internal consistency of the domains.
        arms: The arms that sessions belong to.
        data_sha256: Fingerprint of the scores.
        filter_words: What was selected.
        left_out: (session, coder, why) of ratings not used.
        single: Labels of sessions coded once only.
        versions: Program and libraries.
        computed_at: When.
    """

    options: Options
    design: Design
    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    who: tuple[Who, ...]
    consistency: tuple[Consistency, ...]
    arms: tuple[str, ...]
    data_sha256: str
    filter_words: Mapping[str, str]
    left_out: tuple[tuple[str, str, str], ...]
    single: tuple[str, ...]
    versions: Mapping[str, str]
    computed_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def row(self, kind: Kind, key: str, dimension: str) -> Row:
        """The figures of a scale or domain; KeyError when there are none."""
        for each in self.rows:
            if (each.kind, each.key, each.dimension) == (kind, key, dimension):
                return each
        raise KeyError((kind, key, dimension))


def compute(
    table: ScoreTable,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Findings:
    """All figures of ``table``. Pure: may run on any thread.

    Args:
        table: The scores.
        options: How to compute; None for the usual.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Returns:
        The findings; what cannot be computed is there with its reason.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    options = options or Options()
    progress = Progress(on_progress, cancelled)
    design = design_of(table, options)
    rows = _rows(table, design, options, progress)
    progress.at(0.8)
    pairs = pair_matrix(table)
    progress.at(0.9)
    who = who_rates_how(table)
    progress.at(0.97)
    per_session = table.rated.sum(axis=1)
    return Findings(
        options=options,
        design=design,
        rows=rows,
        pairs=pairs,
        who=who,
        consistency=_consistency(table, options),
        arms=tuple(sorted({session.arm for session in table.sessions if session.arm})),
        data_sha256=table.sha256,
        filter_words=dict(table.filter_words),
        left_out=tuple((each.session, each.coder, each.why) for each in table.left_out),
        single=tuple(row.label for row, n in zip(table.sessions, per_session, strict=True) if n == 1),
        versions=_versions(),
    )


def design_of(table: ScoreTable, options: Options | None = None) -> Design:
    """Who coded what, and which form of the ICC follows, with one sentence why."""
    options = options or Options()
    coded = np.where(table.rated, 1.0, np.nan)
    counts, groups = counts_of(coded), coder_groups(coded)
    shared = table.rated[table.rated.sum(axis=1) > 1]
    kind: Literal["crossed", "rotating", "disconnected"]
    form: Literal["two_way", "one_way"] = "two_way"
    if len(groups) > 1:
        kind, form = "disconnected", "one_way"
        why = "One-way ICC(1): the coders fall into groups that never share a session."
    elif len(shared) and shared.all():
        kind = "crossed"
        why = (
            "ICC(A,1), two-way random, absolute agreement: the same coders rated every double-coded session."
        )
    else:
        kind = "rotating"
        why = "ICC(A,1), two-way random, absolute agreement, by REML: coders rotate and are linked."
    by_hand = options.form != "auto" and options.form != form
    if options.form != "auto":
        form = options.form
    if by_hand:
        why = f"Chosen by hand. The design would suggest: {why}"
    codes = tuple(tuple(table.coders[at] for at in group) for group in groups)
    return Design(kind, form, why, by_hand, counts, codes, k_hat(coded), non_overlap(coded))


def _rows(table: ScoreTable, design: Design, options: Options, progress: Progress) -> tuple[Row, ...]:
    alphas = alpha_bootstrap(
        table.values, "ordinal", None, options.replicates, options.seed, options.confidence
    ).estimates
    progress.at(0.3)
    rows = []
    jobs: list[tuple[Callable[..., Row], tuple[object, ...]]] = [
        (_scale_row, (at, alphas[at])) for at in range(len(table.columns))
    ]
    jobs += [
        (_domain_row, (key, title, dimension))
        for dimension, _ in table.dimensions
        for key, title in table.domains
    ]
    for nth, (job, arguments) in enumerate(jobs):
        rows.append(job(table, design, options, *arguments))
        progress.at(0.3 + 0.5 * (nth + 1) / len(jobs))
    return tuple(rows)


def _scale_row(table: ScoreTable, design: Design, options: Options, at: int, alpha: Estimate) -> Row:
    column, scores = table.columns[at], table.values[at]
    exact, within = percent_agreement(scores), percent_agreement(scores, 1.0)
    ac2 = chance_corrected(scores, "gwet", "quadratic", column.points, options.confidence)
    headline, average, consistency = _iccs(scores, design, options)
    points, counts = np.unique(scores[~np.isnan(scores)], return_counts=True)
    histogram = {int(point): int(n) for point, n in zip(points, counts, strict=True)}
    moments, by_arm = _moments(table, scores)
    return Row(
        "scale",
        column.scale,
        column.title,
        column.number,
        column.domain,
        column.dimension,
        moments,
        by_arm,
        headline,
        average,
        consistency,
        alpha,
        ac2,
        exact,
        within,
        _applicability(table, at),
        histogram,
        remarks_on(scores, column.points, headline, exact, column.title),
    )


def _domain_row(
    table: ScoreTable, design: Design, options: Options, key: str, title: str, dimension: str
) -> Row:
    scores = table.domain_scores(dimension, key)
    headline, average, consistency = _iccs(scores, design, options)
    alpha = alpha_bootstrap(
        scores, "interval", None, options.replicates, options.seed, options.confidence
    ).estimates[0]
    moments, by_arm = _moments(table, scores)
    return Row(
        "domain",
        key,
        title,
        0,
        key,
        dimension,
        moments,
        by_arm,
        headline,
        average,
        consistency,
        alpha,
        None,
        None,
        percent_agreement(scores, 1.0),
        None,
        {},
        remarks_on(scores, (), headline, None, title),
    )


def _iccs(scores: Floats, design: Design, options: Options) -> tuple[Estimate, Estimate, Estimate]:
    """Of one coder, of the mean of the session's coders, and with a constant between coders allowed."""
    two_way = icc_incomplete(
        scores, options.interval, min(options.replicates, 1000), options.seed, options.confidence
    ).forms
    if design.form == "two_way":
        return two_way["ICC(A,1)"], two_way["ICC(A,khat)"], two_way["ICC(C,1)"]
    one_way = icc_oneway(scores, options.confidence)
    return one_way["ICC(1)"], one_way["ICC(k)"], two_way["ICC(C,1)"]


def _moments(table: ScoreTable, scores: Floats) -> tuple[Moments, dict[str, Moments]]:
    means = session_means(scores)
    arms = np.array([session.arm for session in table.sessions], dtype=object)
    return _moment(means), {str(arm): _moment(means[arms == arm]) for arm in sorted(set(arms) - {""})}


def session_means(scores: Floats) -> Floats:
    """Shape (sessions,): each session's mean over its coders, NaN without scores."""
    n = (~np.isnan(scores)).sum(axis=1)
    return np.where(n > 0, np.nansum(scores, axis=1) / np.maximum(n, 1), np.nan)


def _moment(means: Floats) -> Moments:
    found = means[~np.isnan(means)]
    mean = float(found.mean()) if len(found) else float("nan")
    sd = float(found.std(ddof=1)) if len(found) > 1 else float("nan")
    return Moments(mean, sd, len(found))


def _applicability(table: ScoreTable, at: int) -> Mapping[str, Estimate] | None:
    states = table.states[at]
    not_applicable = states == STATES.index(State.NOT_APPLICABLE)
    if not not_applicable.any():
        return None
    rated = states == STATES.index(State.RATED)
    return applicability_agreement(np.where(rated, 1.0, np.where(not_applicable, 0.0, np.nan)))


def _consistency(table: ScoreTable, options: Options) -> tuple[Consistency, ...]:
    found = []
    for dimension, _ in table.dimensions:
        for key, title in table.domains:
            columns = table.of(dimension, key)
            items = np.stack([session_means(table.values[at]) for at in columns], axis=1)
            alpha = cronbach_alpha(items, "listwise", options.confidence)
            found.append(Consistency(key, title, dimension, len(columns), alpha, mcdonald_omega(items)))
    return tuple(found)


def _versions() -> dict[str, str]:
    return {
        "MIO Fidelity": __version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "scipy", "krippendorff")},
    }
