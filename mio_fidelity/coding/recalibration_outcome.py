"""What came of a recalibration, as plain values in the study and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mio_fidelity.errors import Sentence

# Below this many sessions the outcome says so.
FEW = 3


@dataclass(frozen=True, slots=True)
class AfterFlag:
    """One flag of a recalibration's reason, with what is left of it.

    Attributes:
        before: Mean difference that was flagged, in points.
        after: Mean difference from master codes in the recalibration, in points; NaN without a score.
        n_scores: Scores it rests on.
        limit: How large it may be.
    """

    words: str
    before: float
    after: float
    n_scores: int
    limit: float

    @property
    def over(self) -> bool:
        """Whether what is left lies within the limit; without a score it does not."""
        return abs(self.after) <= self.limit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a recalibration.

    Attributes:
        n_sessions: Sessions rated.
        n_scores: Scores compared with master codes.
        within_1: Share within one point; NaN without a score.
        mean: Mean difference from master codes over all scales, in points; NaN without a score.
        flags: What is left of each flag.
        passed: Whether it is over.
        words: The same in a sentence.
    """

    n_sessions: int
    n_scores: int
    within_1: float
    mean: float
    flags: tuple[AfterFlag, ...]
    passed: bool
    words: Sentence


@dataclass(frozen=True, slots=True)
class RecalibrationRow:
    """A recalibration as supervisors see it.

    Attributes:
        reason: What the chart said, in words.
        submitted: How many of its sessions are rated.
        given: How many there are.
        outcome: None until it is closed.
    """

    id: str
    person_id: str
    coder: str
    drawn_at: datetime
    closed_at: datetime | None
    reason: tuple[str, ...]
    submitted: int
    given: int
    outcome: Outcome | None

    @property
    def under_way(self) -> bool:
        """Whether it is open and there is something to rate, or to close."""
        return self.closed_at is None and self.given > 0


def outcome_of(plain: Mapping[str, Any]) -> Outcome:
    """The outcome that is stored as ``plain``."""
    nan = float("nan")

    def number(value: float | None) -> float:
        return nan if value is None else value

    flags = tuple(
        AfterFlag(each["words"], each["before"], number(each["after"]), each["n_scores"], each["limit"])
        for each in plain["flags"]
    )
    return Outcome(
        plain["n_sessions"],
        plain["n_scores"],
        number(plain["within_1"]),
        number(plain["mean"]),
        flags,
        plain["passed"],
        _few(_outcome_words(plain), plain),
    )


def _few(said: Sentence, plain: Mapping[str, Any]) -> Sentence:
    """One odd session more or less would change what came of so few."""
    if not plain["n_scores"] or plain["n_sessions"] >= FEW:
        return said
    return Sentence("{said} So few sessions say little: draw more to be sure.", said=said)


def _outcome_words(plain: Mapping[str, Any]) -> Sentence:
    if not plain["n_scores"]:
        return Sentence("Nothing could be compared with master codes, so nothing can be said.")
    words = {
        "share": f"{plain['within_1']:.0%}",
        "scores": plain["n_scores"],
        "n": plain["n_sessions"],
        "mean": f"{plain['mean']:+.2f}",
    }
    if plain["passed"]:
        return Sentence(
            "Over: {share} of the scores lie within 1 point of the master codes (scores: {scores}; "
            "sessions: {n}), on average {mean}.",
            **words,
        )
    if not plain["flags"]:
        return Sentence(
            "Not over: {share} of the scores lie within 1 point of the master codes (scores: {scores}; "
            "sessions: {n}), on average {mean}, which is more than half a point.",
            **words,
        )
    if any(each["after"] is None for each in plain["flags"]):
        return Sentence(
            "Not over: {share} of the scores lie within 1 point of the master codes (scores: {scores}; "
            "sessions: {n}), on average {mean}, but on what was flagged the master codes have no scores to "
            "compare with.",
            **words,
        )
    return Sentence(
        "Not over: {share} of the scores lie within 1 point of the master codes (scores: {scores}; "
        "sessions: {n}), on average {mean}, but on what was flagged more is left of the difference than "
        "half, and than a quarter of a point.",
        **words,
    )
