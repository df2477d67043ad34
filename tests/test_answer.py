"""The four states of an answer."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Answer, Reason, State, cannot_rate, rated

EVERY = st.one_of(
    st.just(OPEN),
    st.just(NOT_APPLICABLE),
    st.integers(-999, 999).map(rated),
    st.sampled_from(Reason).map(cannot_rate),
)


@settings(database=None)
@given(EVERY)
def test_each_answer_survives_being_written_as_a_word(answer: Answer) -> None:
    assert Answer.decode(answer.encode()) == answer


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("value", [None, 0, 4])
@pytest.mark.parametrize("reason", [None, Reason.OTHER])
def test_no_two_states_mix(state: State, value: int | None, reason: Reason | None) -> None:
    allowed = (value is not None) == (state == "rated") and (reason is not None) == (state == "cannot_rate")
    if allowed:
        assert Answer(state, value, reason).state is state
    else:
        with pytest.raises(ValueError, match="belongs to"):
            Answer(state, value, reason)


@pytest.mark.parametrize(
    "word",
    ["", "rated", "rated:", "rated:x", "rated:4:5", "cannot_rate", "cannot_rate:no", "open:other", "x"],
)
def test_what_is_no_answer_is_not_taken_for_one(word: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Answer.decode(word)


def test_an_answer_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        rated(4).value = 5  # type: ignore[misc]


def test_zero_is_a_point_like_any_other() -> None:
    assert rated(0) != OPEN
    assert rated(0).encode() == "rated:0"
