"""What a reliability report says: the figures of every scale, domain score, coder and pair."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from mio_fidelity.analysis.pairs import Pair, Who
from mio_fidelity.reliability.estimate import Counts, Estimate

Form = Literal["auto", "two_way", "one_way"]
Kind = Literal["scale", "domain"]


@dataclass(frozen=True, slots=True)
class Options:
    """How the figures are computed.

    Attributes:
        form: Form of the ICC; "auto" chooses by the design.
        interval: Of the two-way ICC: "logit" where there are gaps and the exact F interval where there are
            none, or "bootstrap" for both.
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
        remarks: What to keep in mind about the whole design, in sentences.
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
    remarks: tuple[str, ...] = ()

    def row(self, kind: Kind, key: str, dimension: str) -> Row:
        """The figures of a scale or domain; KeyError when there are none."""
        for each in self.rows:
            if (each.kind, each.key, each.dimension) == (kind, key, dimension):
                return each
        raise KeyError((kind, key, dimension))
