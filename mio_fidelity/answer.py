"""What a coder says about one dimension of one scale: four states that never mix."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an answer stands."""

    OPEN = "open"
    RATED = "rated"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_RATE = "cannot_rate"


class Reason(StrEnum):
    """Why a coder cannot rate."""

    INAUDIBLE = "inaudible"
    RECORDING_CUT = "recording_cut"
    TECHNICAL = "technical"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        state: Which of the four it is.
        value: The point given; set exactly when ``state`` is RATED.
        reason: Set exactly when ``state`` is CANNOT_RATE.
    """

    state: State = State.OPEN
    value: int | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.state is State.RATED):
            raise ValueError("a value belongs to a rated answer, and only to one")
        if (self.reason is not None) != (self.state is State.CANNOT_RATE):
            raise ValueError("a reason belongs to an answer that cannot be rated, and only to one")

    def encode(self) -> str:
        """One word for records: "open", "rated:4", "not_applicable", "cannot_rate:inaudible"."""
        detail = self.value if self.value is not None else self.reason
        return self.state if detail is None else f"{self.state}:{detail}"

    @classmethod
    def decode(cls, word: str) -> "Answer":
        """The answer that `encode` turned into ``word``."""
        state, _, detail = word.partition(":")
        if state == State.RATED:
            return cls(State.RATED, int(detail))
        return cls(State(state), reason=Reason(detail) if detail else None)


OPEN = Answer()
NOT_APPLICABLE = Answer(State.NOT_APPLICABLE)


def rated(value: int) -> Answer:
    """The answer ``value``."""
    return Answer(State.RATED, value)


def cannot_rate(reason: Reason) -> Answer:
    """No score can be given, because of ``reason``."""
    return Answer(State.CANNOT_RATE, reason=reason)
