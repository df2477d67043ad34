"""What a drift report says: a chart for each coder and thing rated, flags in words, and their context."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import Estimate

By = Literal["domain", "scale"]


class Reference(StrEnum):
    """What a coder's scores are held against."""

    MASTER = "master"
    PARTNERS = "partners"


class Standing(StrEnum):
    """How a chart, or a coder, stands.

    APART: the difference from one partner has changed; which of the two has moved cannot be told.
    RECALIBRATED: flagged before a recalibration, too little rated since to say more.
    """

    IN_CONTROL = "in_control"
    DRIFTING = "drifting"
    APART = "apart"
    RECALIBRATED = "recalibrated"
    TOO_FEW = "too_few"


class Origin(StrEnum):
    """Where the limits of a chart come from."""

    CERTIFICATION = "certification"
    FIRST = "first"
    POOLED = "pooled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """What is charted, and when it is flagged.

    Attributes:
        references: Held against master codes, partners, or both.
        by: Whether a chart is for a domain or for a scale.
        coders: Codes of the coders to report; empty for all. All serve as partners.
        dimensions: Keys of dimensions; empty for all.
        baseline: How many first sessions set the limits when there is no certification.
        least: Sessions after those that the limits rest on, without which nothing is said.
        since: Sessions a change must have lasted to be flagged.
        lam: Weight of the newest session in the moving average.
        reach: Half-width of its limits, in standard deviations.
        k: Slack of the cumulative sum, in standard deviations.
        h: Its decision interval, in standard deviations.
        sure: How many standard errors of the limits a change must reach to be flagged.
        chance: Share of false flags spent on the noise of a coder's charts; the more charts and sessions are
            watched, the larger a change must be.
        worth: Smallest change that is flagged, in points: less is not worth a talk, however sure it is.
        latest: How many of each coder's newest sessions are charted beside those that set the limits; 0 for
            all.
    """

    references: tuple[Reference, ...] = (Reference.MASTER, Reference.PARTNERS)
    by: By = "domain"
    coders: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    baseline: int = 10
    least: int = 8
    since: int = 5
    lam: float = 0.2
    reach: float = 3.0
    k: float = 0.5
    h: float = 5.0
    sure: float = 3.0
    chance: float = 0.2
    worth: float = 0.25
    latest: int = 300


@dataclass(frozen=True, slots=True)
class Topic:
    """What a chart is about: a domain or a scale.

    Attributes:
        color: As in the instrument's domain.
        scales: Keys of the scales it is made of.
    """

    key: str
    title: str
    color: str
    scales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """One session of a chart.

    Attributes:
        day: When it was submitted, a day of this computer's clock.
        session: Client and number, as supervisors see it.
        rating_id: The coder's rating; empty for all coders together.
        reference_ids: The ratings it is held against.
        partners: Codes of who gave these; empty against master codes.
        difference: Own minus reference, mean over the scales both scored, in points.
        corrected: The same as if the partners were always the same ones; equal against master codes.
        n_scales: Scores compared, over all partners.
        within_1: How many of them lie within one point.
        ewma: Moving average of ``corrected``; NaN while the limits are being set.
        upper: Its upper limit, in points.
        lower: Its lower limit.
        cusum_up: Cumulative sum for higher scores, in standard deviations; NaN while limits are being set.
        cusum_down: The same for lower scores.
        signals: Whether the moving average or the cumulative sum is beyond its limit.
        flagged: Whether the session belongs to a flag, from the day it began.
        sets_limits: Whether the limits rest on this session.
    """

    day: date
    session: str
    rating_id: str
    reference_ids: tuple[str, ...]
    partners: tuple[str, ...]
    difference: float
    corrected: float
    n_scales: int
    within_1: int
    ewma: float
    upper: float
    lower: float
    cusum_up: float
    cusum_down: float
    signals: bool
    flagged: bool
    sets_limits: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What a chart measures against.

    Attributes:
        origin: Where target and sigma come from.
        n: Sessions they rest on.
        target: Expected difference, in points; NaN when there is none.
        sigma: Standard deviation of one session's difference, in points; NaN when there is none.
        words: The same in a sentence, with what was done about a small number or a tiny sigma.
    """

    origin: Origin
    n: int
    target: float
    sigma: float
    words: Sentence


@dataclass(frozen=True, slots=True)
class Against:
    """The difference from one partner, or from master codes, since a flag began.

    Attributes:
        who: Code of the partner; empty for master codes.
        change: Mean difference less what was expected, in points; NaN without a session.
        holds: Whether it goes the same way as the flag, and at least half as far.
    """

    who: str
    n: int
    change: float
    holds: bool


@dataclass(frozen=True, slots=True)
class DriftFlag:
    """A change worth a talk.

    Attributes:
        coder: Code; empty for all coders together.
        topic: Key of the domain or scale.
        dimension: Key of the dimension.
        reference: What the scores were held against.
        began: Day of the first session after the cumulative sum was last 0.
        signalled: Day of the session with which it was flagged.
        n: Sessions since it began.
        size: Mean difference since then, in points; negative is lower than the reference.
        change: How much of that is new: size less what was expected.
        against: The same for each partner and for master codes.
        standing: DRIFTING; APART when it holds against one partner only.
        cleared_on: Day of the recalibration after which it was over, or on which the chart was back within
            its limits by itself; None while it stands.
        words: The flag in a sentence.
    """

    coder: str
    topic: str
    dimension: str
    reference: Reference
    began: date
    signalled: date
    n: int
    size: float
    change: float
    against: tuple[Against, ...]
    standing: Standing
    cleared_on: date | None
    words: Sentence


@dataclass(frozen=True, slots=True)
class DriftSeries:
    """A chart: one coder, one domain or scale, one dimension, one reference.

    Attributes:
        coder: Code; empty for all coders together.
        topic: Key of the domain or scale.
        dimension: Key of the dimension.
        points: In order of submission.
        limits: What it measures against.
        n: Sessions after those the limits rest on, since the last recalibration.
        mean: Mean difference of all sessions, in points; NaN without one.
        within_1: Share of scores within one point; NaN without one.
        n_scores: Scores compared.
        recalibrated: Days on which the chart began anew.
        flags: Those that stand and those that are over, oldest first.
        standing: How it stands now.
        words: How it stands now, in a sentence.
    """

    coder: str
    topic: str
    dimension: str
    reference: Reference
    points: tuple[DriftPoint, ...]
    limits: Limits
    n: int
    mean: float
    within_1: float
    n_scores: int
    recalibrated: tuple[date, ...]
    flags: tuple[DriftFlag, ...]
    standing: Standing
    words: Sentence


@dataclass(frozen=True, slots=True)
class Stability:
    """Hidden re-codes: a coder's second rating of a session against the first.

    Attributes:
        dimension: Key of the dimension.
        n_sessions: Sessions rated twice.
        n_scores: Scores compared.
        within_1: Share within one point; NaN without one.
        change: Mean of second less first, in points; NaN without one.
        icc: Agreement with oneself: ICC(A,1) of the session's mean over the scales of the dimension.
    """

    dimension: str
    n_sessions: int
    n_scores: int
    within_1: float
    change: float
    icc: Estimate


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One score far from its reference, and the ratings to open.

    Attributes:
        reference_id: The rating it is held against.
        other: The reference's score.
        who: Code of the partner; empty for master codes.
    """

    rating_id: str
    reference_id: str
    session: str
    day: date
    scale: str
    scale_title: str
    dimension: str
    own: int
    other: int
    reference: Reference
    who: str


@dataclass(frozen=True, slots=True)
class Context:
    """How somebody works: not a measure of quality.

    Attributes:
        coverage: Median share of the recording heard; NaN when nothing is known.
        coverage_n: Ratings it rests on.
        minutes: Median minutes from beginning to submitting a rating; NaN when nothing is known.
        minutes_n: Ratings it rests on.
        over_a_day: Ratings left out of the minutes because they took longer than a day, with breaks in them.
    """

    coverage: float
    coverage_n: int
    minutes: float
    minutes_n: int
    over_a_day: int


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A recalibration as the chart knows it.

    Attributes:
        closed_on: Day it was closed; None while it is open.
        passed: Whether it was closed as over; None while it is open.
    """

    id: str
    drawn_on: date
    closed_on: date | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class CoderDrift:
    """All about one coder.

    Attributes:
        series: References, topics and dimensions in order.
        standing: The most serious of the charts.
        words: What the charts say: one sentence for each flag that stands, else one for all.
        within_1: By reference: share of scores within one point, and scores compared.
        leniency: Dimension to severity in logits, positive is stricter, from the rating scale model.
        disagreements: The largest, at most 20.
        n_double: Sessions shared with partners.
        n_master: Sessions with master codes.
    """

    coder: str
    person_id: str
    standing: Standing
    words: tuple[Sentence, ...]
    series: tuple[DriftSeries, ...]
    within_1: Mapping[Reference, tuple[float, int]]
    stability: tuple[Stability, ...]
    leniency: Mapping[str, Estimate]
    context: Context
    disagreements: tuple[Disagreement, ...]
    recalibrations: tuple[Recalibrated, ...]
    n_double: int
    n_master: int

    @property
    def flags(self) -> tuple[DriftFlag, ...]:
        """Those that stand."""
        return tuple(flag for one in self.series for flag in one.flags if flag.cleared_on is None)


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All charts of a study.

    Attributes:
        topics: The domains or scales that are charted, in the order of the form.
        dimensions: Key and title of those that are charted.
        coders: By code.
        group: All coders together against master codes.
        apart: Two coders who have moved apart, named once for both.
        edition: Title and edition of the instrument the ratings were given with.
        remarks: What to keep in mind, and what was left out and why.
    """

    options: DriftOptions
    topics: tuple[Topic, ...]
    dimensions: tuple[tuple[str, str], ...]
    coders: tuple[CoderDrift, ...]
    group: tuple[DriftSeries, ...]
    apart: tuple[Sentence, ...]
    edition: str
    banner: str
    remarks: tuple[Sentence, ...]

    def coder(self, code: str) -> CoderDrift:
        """All about one coder; KeyError when there is none."""
        return {each.coder: each for each in self.coders}[code]
