"""The answer of every coefficient: a value, its interval, what it rests on, or why there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, float] = MappingProxyType({})

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "fewer_than_two_coders": "Only one coder has given scores; agreement needs at least two.",
        "no_session_with_two_coders": "No session was coded by two coders; agreement needs double coding.",
        "fewer_than_two_sessions": "Fewer than two sessions have the scores that this needs.",
        "too_few_sessions": "Too few sessions to compute this.",
        "no_variance": "All scores are equal; without any difference this cannot be computed.",
        "incomplete_design": "Some coders did not score every session; this form needs complete data.",
        "no_complete_session": "No session was scored by all coders.",
        "disconnected": "The coders fall into groups that never share a session, so they cannot be compared.",
        "no_residual_df": "Too few shared sessions to tell error from real differences between sessions.",
        "non_positive_denominator": "The variance estimates contradict each other; the ratio has no meaning.",
        "no_finite_estimate": "The data do not bound this estimate; more overlapping codings are needed.",
        "fewer_than_two_items": "At least two items are needed.",
        "fewer_than_three_items": "At least three items are needed to identify one common factor.",
        "singular_covariance": "The items do not vary independently enough to fit a common factor.",
    }
)

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "too_few_sessions": "Based on two sessions or fewer: not to be relied on.",
        "under_30_sessions": "Fewer than 30 double-coded sessions: the interval is wide.",
        "under_3_coders": "Fewer than three coders: how much coders differ is hardly known.",
        "negative": "The value is negative: sessions differ less than chance would make them.",
        "session_variance_zero": "Session variance 0 (boundary): no interval.",
        "coder_variance_zero": "Coder variance 0 (boundary): the interval is without it.",
        "coder_variance_negative": "Coder variance 0 (boundary): its estimate is not above 0.",
        "residual_zero": "Residual variance 0: coders differ by a constant only.",
        "negative_component_zero": "A negative variance estimate was set to 0.",
        "undefined_replicates": "Some bootstrap replicates were undefined and left out.",
        "heywood": "A uniqueness reached its lower bound (Heywood case).",
        "singly_coded": "Some sessions were coded once only; they do not count towards agreement.",
        "categories_joined": "Scale points nobody used were left out of the model.",
        "no_interval": "The interval cannot be computed here.",
    }
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much data an estimate rests on.

    Args:
        n_sessions: Sessions with at least one score.
        n_multiple: Sessions with scores of two or more coders.
        n_ratings: Scores.
        n_coders: Coders with at least one score.
    """

    n_sessions: int = 0
    n_multiple: int = 0
    n_ratings: int = 0
    n_coders: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its interval, the data behind it, or the reason why it is undefined.

    Args:
        value: The coefficient; NaN when undefined.
        low: Lower limit; NaN when there is no interval.
        high: Upper limit; NaN when there is no interval.
        se: Standard error; NaN when the method has none.
        counts: The data behind it.
        method: Estimator and interval, in words.
        confidence: Coverage the interval aims at, in (0, 1).
        seed: Seed of the resampling; None without one.
        replicates: Resamples drawn.
        undefined_replicates: Resamples in which the coefficient was undefined.
        reason: Key into `REASONS` when undefined.
        detail: What to add to the reason's sentence, for example the groups of coders.
        flags: Keys into `FLAGS`.
        parts: Numbers on the way, for example ``F``, ``df1``, ``P_obs``.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    se: float = math.nan
    counts: Counts = Counts()
    method: str = ""
    confidence: float = 0.95
    seed: int | None = None
    replicates: int = 0
    undefined_replicates: int = 0
    reason: str | None = None
    detail: str = ""
    flags: tuple[str, ...] = ()
    parts: Mapping[str, float] = field(default_factory=lambda: NOTHING)

    @property
    def defined(self) -> bool:
        """Whether there is a value."""
        return self.reason is None

    @property
    def n_sessions(self) -> int:
        """Sessions with at least one score."""
        return self.counts.n_sessions

    @property
    def n_multiple(self) -> int:
        """Sessions with scores of two or more coders."""
        return self.counts.n_multiple

    @property
    def n_ratings(self) -> int:
        """Scores."""
        return self.counts.n_ratings

    @property
    def n_coders(self) -> int:
        """Coders with at least one score."""
        return self.counts.n_coders

    @property
    def remark(self) -> str:
        """Why it is undefined, or what to keep in mind, in plain sentences."""
        if self.reason is not None:
            return f"{REASONS[self.reason]} {self.detail}".strip()
        return " ".join(FLAGS[flag] for flag in self.flags)


def undefined(reason: str, counts: Counts, method: str = "", detail: str = "") -> Estimate:
    """An estimate without a value.

    Args:
        reason: Key into `REASONS`.
        counts: The data there was.
        method: Estimator that was tried.
        detail: What to add to the sentence.

    Returns:
        An estimate whose value and limits are NaN.

    Raises:
        KeyError: ``reason`` is not in `REASONS`.
    """
    REASONS[reason]
    return Estimate(counts=counts, method=method, reason=reason, detail=detail)
