"""Answers: four states, the rule of what is not applicable, and taking back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Answer, Reason, State, cannot_rate, rated
from mio_fidelity.coding import rate
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument, read_instrument
from mio_fidelity.store import Purpose
from tests.coding.instruments import CHAIN, FROM_ZERO
from tests.conftest import Made, OpenStudy, copy_of

MANUAL = Path(__file__).resolve().parents[2] / "coding_manual"
FIVE_POINTS = read_instrument(MANUAL / "example_5_point.toml")


def with_instrument(study: OpenStudy, instrument: Instrument) -> OpenStudy:
    """The study, with R1's rating one on ``instrument``."""
    study.instrument_id = study.use_instrument(instrument)
    study.rating_id = study.assign("R1", Purpose.RELIABILITY)
    return study


@pytest.mark.parametrize("answer", [rated(1), rated(7), *map(cannot_rate, Reason), OPEN])
def test_each_answer_comes_back_as_it_was_given(study: OpenStudy, answer: Answer) -> None:
    study.set("warm_regard", "fidelity", rated(3))
    change = study.set("warm_regard", "fidelity", answer)
    assert change == rate.Change("warm_regard", "fidelity", rated(3), answer)
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == answer


def test_from_each_state_each_other_can_be_reached(study: OpenStudy) -> None:
    with_instrument(study, FROM_ZERO)
    answers = [rated(3), rated(0), OPEN, NOT_APPLICABLE, cannot_rate(Reason.INAUDIBLE)]
    for before in answers:
        for after in answers:
            study.set("warmth", "competence", before)
            assert study.set("warmth", "competence", after).before == before
            assert study.answer("warmth", "competence") == after


@pytest.mark.parametrize("value", [0, 8, -1, 99])
def test_what_is_no_point_is_refused(study: OpenStudy, value: int) -> None:
    with pytest.raises(ValueError, match="not a point"):
        study.set("warm_regard", "fidelity", rated(value))
    assert study.answer("warm_regard", "fidelity") == OPEN


def test_points_are_those_of_the_instrument(study: OpenStudy) -> None:
    with_instrument(study, FIVE_POINTS)
    study.set("welcome", "quality", rated(5))
    with pytest.raises(ValueError, match="not a point"):
        study.set("welcome", "quality", rated(6))
    with pytest.raises(ValueError, match="has no"):
        study.set("welcome", "fidelity", rated(3))
    assert study.answer("welcome", "quality") == rated(5)


def test_competence_locks_at_the_floor_of_fidelity_and_comes_back(study: OpenStudy) -> None:
    study.set("warm_regard", "competence", rated(6))
    study.set("warm_regard", "fidelity", rated(1))
    assert study.answer("warm_regard", "competence") == NOT_APPLICABLE
    for attempt in (rated(4), OPEN, NOT_APPLICABLE, cannot_rate(Reason.OTHER)):
        with pytest.raises(UserError, match="Competence is not applicable here"):
            study.set("warm_regard", "competence", attempt)
    study.reopen()
    study.set("warm_regard", "fidelity", rated(2))
    assert study.answer("warm_regard", "competence") == rated(6)


@pytest.mark.parametrize("lifted", [rated(2), OPEN, cannot_rate(Reason.TECHNICAL)])
@pytest.mark.parametrize("earlier", [rated(6), OPEN, cannot_rate(Reason.RECORDING_CUT)])
def test_whatever_lifts_the_rule_gives_back_whatever_was_there(
    study: OpenStudy, earlier: Answer, lifted: Answer
) -> None:
    study.set("warm_regard", "competence", earlier)
    study.set("warm_regard", "fidelity", rated(1))
    study.set("warm_regard", "fidelity", rated(1))
    study.set("warm_regard", "fidelity", lifted)
    assert study.answer("warm_regard", "competence") == earlier


def test_a_choice_of_not_applicable_survives_the_rule(study: OpenStudy) -> None:
    with_instrument(study, FROM_ZERO)
    study.set("warmth", "competence", NOT_APPLICABLE)
    study.set("warmth", "fidelity", rated(0))
    study.set("warmth", "fidelity", rated(3))
    assert study.answer("warmth", "competence") == NOT_APPLICABLE
    study.set("warmth", "competence", rated(2))


def test_a_rule_reaches_no_other_scale(study: OpenStudy) -> None:
    study.set("empathic_listening", "competence", rated(6))
    study.set("warm_regard", "fidelity", rated(1))
    assert study.answer("empathic_listening", "competence") == rated(6)
    assert study.answer("warm_regard", "competence") == NOT_APPLICABLE


def test_the_coder_chooses_not_applicable_only_where_the_instrument_lets_her(study: OpenStudy) -> None:
    for dimension in ("fidelity", "competence"):
        with pytest.raises(UserError, match="A rule decides"):
            study.set("warm_regard", dimension, NOT_APPLICABLE)
    with_instrument(study, FIVE_POINTS)
    study.set("welcome", "quality", NOT_APPLICABLE)
    assert study.answer("welcome", "quality") == NOT_APPLICABLE


def test_rules_that_follow_one_another_lock_and_come_back_together(study: OpenStudy) -> None:
    with_instrument(study, CHAIN)
    study.set("warmth", "depth", rated(2))
    study.set("warmth", "competence", rated(0))
    assert study.answer("warmth", "depth") == NOT_APPLICABLE
    study.set("warmth", "fidelity", rated(0))
    assert study.answer("warmth", "competence") == NOT_APPLICABLE
    assert study.answer("warmth", "depth") == NOT_APPLICABLE
    study.set("warmth", "fidelity", rated(1))
    assert study.answer("warmth", "competence") == rated(0)
    # What comes back rules the next one out.
    assert study.answer("warmth", "depth") == NOT_APPLICABLE
    study.set("warmth", "competence", rated(1))
    assert study.answer("warmth", "depth") == rated(2)


@pytest.fixture(scope="module", params=[FROM_ZERO, CHAIN], ids=["two dimensions", "a chain"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, made: Made
) -> Iterator[OpenStudy]:
    study = with_instrument(copy_of(made, tmp_path_factory.mktemp("shared")), request.param)
    yield study
    study.project.close()


ANSWERS = st.one_of(
    st.integers(-1, 3).map(rated),
    st.just(OPEN),
    st.just(NOT_APPLICABLE),
    st.sampled_from(Reason).map(cannot_rate),
)
STEPS = st.lists(
    st.one_of(st.just("undo"), st.tuples(st.sampled_from(("fidelity", "competence", "depth")), ANSWERS)),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_sequence_of_answers_and_undos_breaks_the_rules(shared: OpenStudy, steps: list[object]) -> None:
    instrument = shared.desk().instrument
    shared.rating_id = shared.assign("R1", Purpose.RELIABILITY)
    done: list[tuple[rate.Change, dict[tuple[str, str], Answer]]] = []
    for step in steps:
        before = dict(shared.desk().answers)
        if step == "undo":
            if done:
                change, picture = done.pop()
                shared.set(change.scale, change.dimension, change.before)
                assert _given(shared) == picture
        else:
            try:
                change = shared.set("warmth", *step)  # type: ignore[misc]
                done.append((change, {slot: answer for slot, answer in before.items() if answer != OPEN}))
            except (UserError, ValueError):
                assert shared.desk().answers == before
        _check_invariants(shared, instrument)


def _given(study: OpenStudy) -> dict[tuple[str, str], Answer]:
    return {slot: answer for slot, answer in study.desk().answers.items() if answer != OPEN}


def _check_invariants(study: OpenStudy, instrument: Instrument) -> None:
    answers = study.desk().answers
    values = {dimension: answer.value for (_, dimension), answer in answers.items()}
    for dimension in instrument.dimensions:
        answer = answers.get(("warmth", dimension), OPEN)
        if instrument.ruled_out(dimension, values):
            assert answer == NOT_APPLICABLE
        elif answer == NOT_APPLICABLE:
            assert instrument.not_applicable[dimension].coder_may_choose
        if answer.state is State.RATED:
            assert answer.value in instrument.dimensions[dimension].points
