"""All reliability figures of a score table, ready to be shown, printed, exported or frozen."""

import math
import platform
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

import numpy as np

from mio_fidelity import __version__
from mio_fidelity.analysis.pairs import pair_matrix, who_rates_how
from mio_fidelity.analysis.remarks import remarks_on, remarks_on_design
from mio_fidelity.analysis.results import Consistency, Design, Findings, Form, Kind, Moments, Options, Row
from mio_fidelity.analysis.table import STATES, Floats, ScoreTable
from mio_fidelity.answer import State
from mio_fidelity.errors import Sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.reliability.agreement import applicability_agreement, percent_agreement
from mio_fidelity.reliability.alpha import alpha_bootstrap
from mio_fidelity.reliability.consistency import cronbach_alpha, mcdonald_omega
from mio_fidelity.reliability.design import coder_groups, counts_of, k_hat, non_overlap
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.gwet import chance_corrected
from mio_fidelity.reliability.icc import boundary_flags, icc_complete
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.oneway import icc_oneway

__all__ = [
    "Consistency",
    "Design",
    "Findings",
    "Form",
    "Kind",
    "Moments",
    "Options",
    "Row",
    "compute",
    "design_of",
    "session_means",
]


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
    consistency = _consistency(table, options)
    per_session = table.rated.sum(axis=1)
    progress.at(1.0)
    return Findings(
        options=options,
        design=design,
        rows=rows,
        pairs=pairs,
        who=who,
        consistency=consistency,
        arms=tuple(sorted({session.arm for session in table.sessions if session.arm})),
        data_sha256=table.sha256,
        filter_words=dict(table.filter_words),
        left_out=tuple((each.session, each.coder, each.why) for each in table.left_out),
        single=tuple(row.label for row, n in zip(table.sessions, per_session, strict=True) if n == 1),
        versions=_versions(),
        remarks=remarks_on_design(design),
    )


def design_of(table: ScoreTable, options: Options | None = None) -> Design:
    """Who coded what, and which form of the ICC follows, with one sentence why."""
    options = options or Options()
    coded = np.where(table.rated, 1.0, np.nan)
    counts, groups = counts_of(coded), coder_groups(coded)
    shared = table.rated[table.rated.sum(axis=1) > 1]
    kind: Literal["crossed", "rotating", "disconnected"]
    form: Literal["two_way", "one_way"] = "two_way"
    if not len(shared):
        kind = "disconnected"
        why = Sentence("No session was coded by two coders: agreement cannot be computed.")
    elif len(groups) > 1:
        kind, form = "disconnected", "one_way"
        why = Sentence("One-way ICC(1): the coders fall into groups that never share a session.")
    elif len(shared) and shared.all():
        kind = "crossed"
        why = Sentence(
            "ICC(A,1), two-way random, absolute agreement: the same coders rated every double-coded session."
        )
    else:
        kind = "rotating"
        why = Sentence("ICC(A,1), two-way random, absolute agreement, by REML: coders rotate and are linked.")
    by_hand = options.form != "auto" and options.form != form
    if options.form != "auto":
        form = options.form
    if by_hand:
        why = Sentence("Chosen by hand. The design would suggest: {why}", why=why)
    codes = tuple(tuple(table.coders[at] for at in group) for group in groups)
    return Design(kind, form, why, by_hand, counts, codes, k_hat(coded), non_overlap(coded))


def _rows(table: ScoreTable, design: Design, options: Options, progress: Progress) -> tuple[Row, ...]:
    domains = [(key, title, dimension) for dimension, _ in table.dimensions for key, title in table.domains]
    progress.at(0.0)
    by_scale = _alphas(table.values, "ordinal", options)
    progress.at(0.2)
    scores = [table.domain_scores(dimension, key) for key, _, dimension in domains]
    by_domain = _alphas(np.stack(scores), "interval", options) if scores else ()
    progress.at(0.3)
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        progress.at(0.3 + 0.5 * len(rows) / (len(table.columns) + len(domains)))

    for at, alpha in enumerate(by_scale):
        add(_scale_row(table, design, options, at, alpha))
    for (key, title, dimension), found, alpha in zip(domains, scores, by_domain, strict=True):
        add(_domain_row(table, design, options, (key, title, dimension), found, alpha))
    return tuple(rows)


def _alphas(cube: Floats, level: Literal["ordinal", "interval"], options: Options) -> tuple[Estimate, ...]:
    return alpha_bootstrap(cube, level, None, options.replicates, options.seed, options.confidence).estimates


def _scale_row(table: ScoreTable, design: Design, options: Options, at: int, alpha: Estimate) -> Row:
    column, scores = table.columns[at], table.values[at]
    exact, within = percent_agreement(scores), percent_agreement(scores, 1.0)
    ac2 = chance_corrected(scores, "gwet", "quadratic", column.points, options.confidence)
    headline, average, consistency = _iccs(table, scores, design, options)
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
        remarks_on(scores, column.points, headline, column.title),
    )


def _domain_row(
    table: ScoreTable,
    design: Design,
    options: Options,
    domain: tuple[str, str, str],
    scores: Floats,
    alpha: Estimate,
) -> Row:
    key, title, dimension = domain
    headline, average, consistency = _iccs(table, scores, design, options)
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
        remarks_on(scores, (), headline, title),
    )


def _iccs(
    table: ScoreTable, scores: Floats, design: Design, options: Options
) -> tuple[Estimate, Estimate, Estimate]:
    """Of one coder, of the mean of the session's coders, and with a constant between coders allowed."""
    if design.form == "two_way" and options.interval == "logit":
        # Without gaps the analysis of variance has exact intervals, also where REML is at a boundary.
        exact = icc_complete(scores, options.confidence)
        headline = exact["ICC(2,1)"]
        if headline.defined:
            headline = replace(headline, flags=(*headline.flags, *boundary_flags(scores)))
            return _some_width(headline), _some_width(exact["ICC(2,k)"]), _some_width(exact["ICC(3,1)"])
    found = icc_incomplete(
        scores, options.interval, min(options.replicates, 1000), options.seed, options.confidence
    )
    forms = {form: _with_codes(each, table, found.groups) for form, each in found.forms.items()}
    if design.form == "two_way":
        return forms["ICC(A,1)"], forms["ICC(A,khat)"], forms["ICC(C,1)"]
    one_way = icc_oneway(scores, options.confidence)
    return one_way["ICC(1)"], one_way["ICC(k0)"], forms["ICC(C,1)"]


def _some_width(estimate: Estimate) -> Estimate:
    """Without any error the limits meet, which a few sessions do not warrant: better no interval."""
    if estimate.low != estimate.high:
        return estimate
    return replace(estimate, low=math.nan, high=math.nan, flags=(*estimate.flags, "no_interval"))


def _with_codes(estimate: Estimate, table: ScoreTable, groups: tuple[tuple[int, ...], ...]) -> Estimate:
    """The engine knows coders by their place only."""
    if estimate.reason != "disconnected":
        return estimate
    named = "; ".join(", ".join(table.coders[at] for at in group) for group in groups)
    return replace(estimate, detail=Sentence("Groups of coders: {groups}.", groups=named))


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
