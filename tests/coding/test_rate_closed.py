"""Submitting, and what a submitted rating still takes: an amendment with a reason."""

from collections.abc import Callable

import pytest

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Reason, cannot_rate, rated
from mio_fidelity.coding import people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.instruments import CHAIN, FROM_ZERO
from tests.conftest import OpenStudy


def test_submitting_says_which_scales_are_open_and_closes_nothing(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="Please rate Warm regard,"):
        study.do(rate.submit, study.rating_id)
    study.answer_all()
    study.set("child_mind", "competence", OPEN)
    with pytest.raises(UserError, match=r"^Please rate Child's mental states before submitting\.$"):
        study.do(rate.submit, study.rating_id, little_heard=True)
    assert study.desk().submitted_at is None
    assert study.desk().open_slots == (("child_mind", "competence"),)
    study.set("child_mind", "competence", cannot_rate(Reason.INAUDIBLE))
    study.do(rate.submit, study.rating_id, little_heard=True)
    assert study.desk().submitted_at is not None


def test_what_is_not_applicable_by_rule_is_not_open(study: OpenStudy) -> None:
    study.answer_all(1)
    assert study.desk().open_slots == ()
    study.do(rate.submit, study.rating_id, little_heard=True)


def test_having_heard_too_little_asks_first(study: OpenStudy) -> None:
    study.answer_all()
    with pytest.raises(UserError, match=r"Only 0 % .* asks for 90 %"):
        study.do(rate.submit, study.rating_id)
    study.do(rate.hear, study.rating_id, 0, 2699, 1.0)
    with pytest.raises(UserError, match="Only 89 %"):
        study.do(rate.submit, study.rating_id)
    study.do(rate.hear, study.rating_id, 2600, 2700, 1.0)
    study.do(rate.submit, study.rating_id)
    assert study.desk().submitted_at is not None


def test_the_share_to_be_heard_belongs_to_the_study(study: OpenStudy) -> None:
    study.answer_all()
    study.sign_in("S1")
    study.do(people.set_coverage_share, 0.0)
    study.sign_in("R1")
    study.do(rate.submit, study.rating_id)
    with pytest.raises(UserError, match="supervisor"):
        study.do(people.set_coverage_share, 0.5)
    study.sign_in("S1")
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(UserError, match="between 0 and 100"):
            study.do(people.set_coverage_share, share)


CHANGES: dict[str, Callable[[OpenStudy], object]] = {
    "answer": lambda study: study.set("warm_regard", "fidelity", rated(2)),
    "open": lambda study: study.set("warm_regard", "fidelity", OPEN),
    "notes": lambda study: study.do(rate.set_notes, study.rating_id, "later"),
    "mark": lambda study: study.do(rate.mark_evidence, study.rating_id, "warm_regard", 100),
    "edit mark": lambda study: study.do(rate.edit_mark, study.desk().marks[0].id, note="later"),
    "move mark": lambda study: study.do(rate.edit_mark, study.desk().marks[0].id, at_ms=0),
    "remove mark": lambda study: study.do(rate.remove_mark, study.desk().marks[0].id),
    "submit": lambda study: study.do(rate.submit, study.rating_id, little_heard=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_submitted_rating_is_locked(study: OpenStudy, change: Callable[[OpenStudy], object]) -> None:
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1000, "kind")
    study.submit()
    before, lines = study.desk(), study.audit()
    with pytest.raises(UserError, match=r"submitted, so it was not changed\. Use Amend"):
        change(study)
    assert study.desk() == before
    assert study.audit() == lines


def test_listening_again_to_a_submitted_session_changes_nothing(study: OpenStudy) -> None:
    study.submit()
    before = study.desk()
    study.do(rate.hear, study.rating_id, 0, 3000, 1.0)
    study.do(rate.begin, study.rating_id)
    assert study.desk() == before
    study.do(rate.keep_place, study.rating_id, 1234, 1.0)
    assert study.desk().position_ms == 1234


def test_an_amendment_keeps_what_stood_there_and_why_it_changed(study: OpenStudy) -> None:
    study.submit(4)
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(6)}, "  typing slip ")
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(2)}, "heard again")
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == rated(2)
    told = [(each.old, each.new, each.why) for each in study.desk().amendments]
    assert told == [(rated(4), rated(6), "typing slip"), (rated(6), rated(2), "heard again")]


@pytest.mark.parametrize("why", ["", "  ", "\n\t"])
def test_an_amendment_needs_a_reason(study: OpenStudy, why: str) -> None:
    study.submit()
    with pytest.raises(UserError, match="Say why"):
        study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(6)}, why)
    assert study.desk().amendments == ()


def test_only_a_submitted_rating_is_amended(study: OpenStudy) -> None:
    study.answer_all()
    with pytest.raises(UserError, match="not submitted yet"):
        study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(6)}, "why")


def test_an_amendment_to_the_floor_locks_competence_and_back_returns_it(study: OpenStudy) -> None:
    study.submit(4)
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(1)}, "did not happen")
    assert study.answer("warm_regard", "competence") == NOT_APPLICABLE
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(3)}, "it did")
    assert study.answer("warm_regard", "competence") == rated(4)
    assert len(study.desk().amendments) == 4


def test_an_amendment_that_makes_competence_applicable_asks_for_it(study: OpenStudy) -> None:
    study.submit(1)
    with pytest.raises(UserError, match="Competence needs one too"):
        study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(3)}, "it did")
    assert study.answer("warm_regard", "fidelity") == rated(1)
    assert study.desk().amendments == ()
    both = {"fidelity": rated(3), "competence": rated(5)}
    study.do(rate.amend, study.rating_id, "warm_regard", both, "it did")
    assert study.answer("warm_regard", "competence") == rated(5)
    assert study.desk().open_slots == ()


@pytest.mark.parametrize(
    "answers",
    [{"competence": rated(5)}, {"fidelity": rated(1), "competence": rated(5)}],
    ids=["of what is ruled out", "of what it rules out itself"],
)
def test_an_amendment_against_the_rule_is_refused_and_not_dropped_in_silence(
    study: OpenStudy, answers: dict[str, object]
) -> None:
    study.answer_all()
    study.set("warm_regard", "fidelity", rated(1 if len(answers) == 1 else 4))
    study.do(rate.submit, study.rating_id, little_heard=True)
    before = study.desk()
    with pytest.raises(UserError, match="not applicable here"):
        study.do(rate.amend, study.rating_id, "warm_regard", answers, "why")
    assert study.desk() == before


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"fidelity": OPEN}, UserError),
        ({"fidelity": NOT_APPLICABLE}, UserError),
        ({"fidelity": rated(8)}, ValueError),
        ({"quality": rated(3)}, ValueError),
    ],
)
def test_an_amendment_takes_only_answers_the_instrument_has(
    study: OpenStudy, answers: dict[str, object], error: type[Exception]
) -> None:
    study.submit()
    before = study.desk()
    with pytest.raises(error):
        study.do(rate.amend, study.rating_id, "warm_regard", answers, "why")
    assert study.desk() == before


def test_an_amended_choice_of_not_applicable_stays_when_something_else_is_amended(study: OpenStudy) -> None:
    study.instrument_id = study.use_instrument(FROM_ZERO)
    study.rating_id = study.assign("R1", Purpose.RELIABILITY)
    study.submit(4)
    study.do(rate.amend, study.rating_id, "warmth", {"competence": NOT_APPLICABLE}, "no occasion")
    study.do(rate.amend, study.rating_id, "warmth", {"fidelity": rated(5)}, "heard again")
    assert study.answer("warmth", "competence") == NOT_APPLICABLE
    study.do(rate.amend, study.rating_id, "warmth", {"fidelity": rated(0)}, "no")
    study.do(rate.amend, study.rating_id, "warmth", {"fidelity": rated(5)}, "yes")
    assert study.answer("warmth", "competence") == NOT_APPLICABLE


def test_an_amendment_follows_a_chain_of_rules(study: OpenStudy) -> None:
    study.instrument_id = study.use_instrument(CHAIN)
    study.rating_id = study.assign("R1", Purpose.RELIABILITY)
    study.submit(1)
    study.do(rate.amend, study.rating_id, "warmth", {"fidelity": rated(0)}, "no")
    assert study.answer("warmth", "depth") == NOT_APPLICABLE
    study.do(rate.amend, study.rating_id, "warmth", {"fidelity": rated(2), "competence": rated(0)}, "yes")
    assert study.answer("warmth", "depth") == NOT_APPLICABLE
    study.do(rate.amend, study.rating_id, "warmth", {"competence": rated(2)}, "well")
    assert study.answer("warmth", "depth") == rated(1)
