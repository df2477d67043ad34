"""What a report on counselors says: their sessions, trends, arms, the study's criterion, and self-ratings."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mio_fidelity.analysis.results import Moments
from mio_fidelity.analysis.table import SessionRow
from mio_fidelity.coding.counselor_criterion import Band
from mio_fidelity.instrument import Instrument
from mio_fidelity.reliability.estimate import Estimate

# Domain and dimension.
Slot = tuple[str, str]


class Rule(StrEnum):
    """Which scores stand for a session that several coders rated."""

    CONSENSUS = "consensus"
    MEAN = "mean"
    FIRST = "first"


class Source(StrEnum):
    """Where the scores of a session come from."""

    ONE = "one rating"
    CONSENSUS = "consensus"
    MEAN = "mean of the ratings"
    FIRST = "first of the ratings"


@dataclass(frozen=True, slots=True)
class CounselorOptions:
    """What is reported.

    Attributes:
        rule: Which scores stand for a session.
        arms: The two arms to compare, first minus second; None for MIO and PE, else the first two there are.
        instrument: Fingerprint of an instrument edition; None for the one most ratings were given with.
        confidence: Coverage of the intervals.
    """

    rule: Rule = Rule.CONSENSUS
    arms: tuple[str, str] | None = None
    instrument: str | None = None
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class SessionScore:
    """The scores that stand for one session.

    Attributes:
        row: Which session.
        client: Code of the client.
        coders: How many independent ratings it has.
        source: Where the scores come from.
        scores: Domain scores; NaN where too few scales are rated.
        meets: Whether it meets the study's criterion; None when that is not chosen or cannot be told.
    """

    row: SessionRow
    client: str
    coders: int
    source: Source
    scores: Mapping[Slot, float]
    meets: bool | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its interval.

    Attributes:
        value: The number; NaN when there is none.
        low: Lower limit; NaN when there is none.
        high: Upper limit.
        n: What it rests on.
        why: Why there is no number or no interval; empty when there are both.
    """

    value: float
    low: float
    high: float
    n: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How many sessions meet the study's own criterion.

    Attributes:
        met: Sessions that meet it.
        figure: The share, with n the sessions that could be judged.
        unjudged: Sessions of arms with a criterion that cannot be told: a score is lacking, and the others
            do not fail it.
        unasked: Sessions of which nothing is asked, because the criterion is about other arms.
    """

    met: int
    figure: Figure
    unjudged: int
    unasked: int


@dataclass(frozen=True, slots=True)
class ClientLine:
    """The sessions of one client with one counselor, by number."""

    client: str
    sessions: tuple[SessionScore, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """The mean over clients of the sessions with one number."""

    number: int
    mean: float
    clients: int


@dataclass(frozen=True, slots=True)
class OwnRow:
    """Self-ratings against the coders' scores of the same sessions, in one domain and dimension.

    Attributes:
        n: Sessions with both.
        own_mean: Mean of the self-ratings.
        coder_mean: Mean of the coders' scores.
        bias: Self-rating minus coders, with its interval.
        low: Lower limit of agreement.
        high: Upper limit of agreement.
        correlation: Pearson's.
        icc: ICC(A,1) of self-rating and coders.
    """

    domain: str
    dimension: str
    n: int
    own_mean: float
    coder_mean: float
    bias: Estimate
    low: Estimate
    high: Estimate
    correlation: Estimate
    icc: Estimate


@dataclass(frozen=True, slots=True)
class CounselorLine:
    """One counselor.

    Attributes:
        code: The counselor's code.
        sites: Where the clients are.
        arms: Of the sessions.
        clients: Clients with their coded sessions.
        moments: Over sessions.
        scales: The same of each scale, by scale and dimension.
        trends: Slope per session within clients.
        by_number: Means over clients by session number.
        share: Of sessions that meet the criterion.
        own: Self-ratings against coders; empty when there are none.
        own_sessions: Sessions with a self-rating, coded or not.
    """

    code: str
    sites: tuple[str, ...]
    arms: tuple[str, ...]
    clients: tuple[ClientLine, ...]
    moments: Mapping[Slot, Moments]
    scales: Mapping[tuple[str, str], Moments]
    trends: Mapping[Slot, Figure]
    by_number: Mapping[Slot, tuple[Point, ...]]
    share: Share
    own: tuple[OwnRow, ...]
    own_sessions: int

    @property
    def sessions(self) -> tuple[SessionScore, ...]:
        """All coded sessions, client by client."""
        return tuple(each for client in self.clients for each in client.sessions)


@dataclass(frozen=True, slots=True)
class ArmLevel:
    """One domain and dimension in one arm.

    Attributes:
        moments: Over sessions.
        counselors: Codes of the counselors with such sessions, to their means.
    """

    moments: Moments
    counselors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One domain and dimension in each arm, and how far the two compared lie apart."""

    domain: str
    dimension: str
    by_arm: Mapping[str, ArmLevel]
    difference: Figure


@dataclass(frozen=True)
class CounselorReport:
    """Everything a report on counselors says.

    Attributes:
        options: What was asked for.
        instrument: What the ratings were given with.
        counselors: Every counselor of the study, R2 before R10.
        arms: The arms of coded sessions.
        compared: The two arms that are compared; None when there are not two.
        arm_rows: Per domain and dimension, the arms.
        own: All self-ratings against the coders.
        bands: The study's own criterion; empty unless it has chosen one.
        share: Of all sessions that meet it.
        remarks: What to keep in mind, in sentences.
        rule: Which scores stand for a session, in a sentence.
    """

    options: CounselorOptions
    instrument: Instrument
    counselors: tuple[CounselorLine, ...]
    arms: tuple[str, ...]
    compared: tuple[str, str] | None
    arm_rows: tuple[ArmRow, ...]
    own: tuple[OwnRow, ...]
    bands: tuple[Band, ...]
    share: Share
    remarks: tuple[str, ...]
    rule: str

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Domain and dimension of every score, dimension by dimension."""
        return tuple(
            (domain.key, dimension)
            for dimension in self.instrument.dimensions
            for domain in self.instrument.domains
            if any(dimension in scale.dimensions for scale in domain.scales)
        )

    def title(self, slot: Slot) -> str:
        """The words for a score: "Alliance building, Fidelity"."""
        domain = next(each.title for each in self.instrument.domains if each.key == slot[0])
        return f"{domain}, {self.instrument.dimensions[slot[1]].title}"

    def line(self, code: str) -> CounselorLine:
        """The counselor with this code; KeyError when there is none."""
        return {each.code: each for each in self.counselors}[code]
