"""Two supervisors decide on what two coders said; the coders' ratings stay as they were."""

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from mio_fidelity.analysis.study import score_table
from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Reason, cannot_rate, rated
from mio_fidelity.coding import consensus, desk, people, rate, recordings
from mio_fidelity.coding.overview import overview
from mio_fidelity.coding.staff import leave
from mio_fidelity.errors import UserError
from mio_fidelity.store import Role
from tests.coding.double_coded import FIRST, double_coded, give

LISTENING = ("empathic_listening", "fidelity")
WARM = ("warm_regard", "competence")
CHILD = ("child_mind", "fidelity")
CHILD_COMPETENCE = ("child_mind", "competence")


@pytest.fixture
def pair(study):
    return double_coded(study)


@pytest.fixture
def begun(study, pair):
    """The consensus on it."""
    return study.do(consensus.begin, study.session_id, [study.people["R1"], study.people["R2"]])


def shown(study, rating_id):
    return study.ask(consensus.side_by_side, rating_id)


def decide_all(study, rating_id, why="heard again"):
    while open_slots := shown(study, rating_id).own.open_slots:
        study.do(consensus.set_consensus, rating_id, *open_slots[0], rated(5), why)


def test_both_ratings_stand_beside_each_other_with_their_marks_and_notes(study, begun):
    now = shown(study, begun)
    assert [source.coder for source in now.sources] == ["R1", "R2"]
    assert [source.answers[LISTENING] for source in now.sources] == [rated(2), rated(6)]
    assert [source.marks[0].note for source in now.sources] == ["heard by R1", "heard by R2"]
    assert [source.notes for source in now.sources] == ["all in all, says R1", "all in all, says R2"]
    assert sorted(now.took_part.values()) == ["R1", "R2"]
    assert now.remarks == ()


def test_the_largest_difference_comes_first_and_what_all_agree_on_last(study, begun):
    now = shown(study, begun)
    assert now.apart == {
        LISTENING: 4,
        ("empathic_listening", "competence"): 1,
        WARM: 1,
        CHILD: 3,
        CHILD_COMPETENCE: 0,
    }
    assert now.differing == ("empathic_listening", "child_mind", "warm_regard")
    rest = [scale.key for scale in now.own.instrument.scales if scale.key not in now.differing]
    assert now.order == (*now.differing, *rest)


def test_what_all_agree_on_is_filled_in_and_may_be_changed_with_a_reason(study, begun):
    agreed = ("collaborative_focus", "fidelity")
    assert shown(study, begun).own.answers[agreed] == rated(4)
    assert set(shown(study, begun).own.open_slots) == set(shown(study, begun).apart)
    study.do(consensus.set_consensus, begun, *agreed, rated(5))
    assert shown(study, begun).unexplained == (agreed,)
    study.do(consensus.set_consensus, begun, *agreed, rated(5), "neither heard the end")
    assert shown(study, begun).unexplained == ()


def test_what_a_rule_decides_follows_and_needs_no_reason(study, begun):
    study.do(consensus.set_consensus, begun, *CHILD, rated(1), "no word of it")
    assert shown(study, begun).own.answers[CHILD_COMPETENCE] == NOT_APPLICABLE
    assert shown(study, begun).unexplained == ()
    with pytest.raises(UserError, match="not applicable here"):
        study.do(consensus.set_consensus, begun, *CHILD_COMPETENCE, rated(3))
    study.do(consensus.set_consensus, begun, *CHILD, rated(4), "a word of it")
    assert shown(study, begun).own.answers.get(CHILD_COMPETENCE, OPEN) == OPEN


def test_what_both_cannot_apply_by_a_rule_is_filled_in_by_the_rule(study):
    give(study, "R1", {CHILD: rated(1)})
    give(study, "R2", {CHILD: rated(1), LISTENING: cannot_rate(Reason.INAUDIBLE)})
    study.sign_in("S1")
    rating_id = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    now = shown(study, rating_id)
    assert (now.own.answers[CHILD], now.own.answers[CHILD_COMPETENCE]) == (rated(1), NOT_APPLICABLE)
    assert now.apart == {LISTENING: 0}


def test_it_is_refused_until_all_is_decided_and_explained(study, begun):
    with pytest.raises(UserError, match=r"decide on .*Empathic"):
        study.do(consensus.submit_consensus, begun)
    decide_all(study, begun, "")
    with pytest.raises(UserError, match=r"say why for .*Empathic"):
        study.do(consensus.submit_consensus, begun)
    for slot in shown(study, begun).unexplained:
        study.do(consensus.set_consensus, begun, *slot, rated(5), " as both heard ")
    study.do(consensus.submit_consensus, begun)
    now = shown(study, begun)
    assert now.own.submitted_at is not None
    assert now.why[LISTENING] == "as both heard"
    for verb, more in (
        (consensus.set_consensus, (*LISTENING, rated(3))),
        (consensus.set_participants, ([study.people["S1"]],)),
        (consensus.submit_consensus, ()),
    ):
        with pytest.raises(UserError, match="submitted"):
            study.do(verb, begun, *more)
    with pytest.raises(IntegrityError, match="does not change"):
        study.sql("DELETE FROM consensus_reason")


def test_somebody_takes_part(study, begun):
    with pytest.raises(UserError, match="at least one person"):
        study.do(consensus.set_participants, begun, [])
    study.do(consensus.set_participants, begun, [study.people["S1"], study.people["R2"]])
    assert sorted(shown(study, begun).took_part.values()) == ["R2", "S1"]


def test_an_empty_reason_takes_it_away(study, begun):
    study.do(consensus.set_consensus, begun, *LISTENING, rated(3), "a reason")
    study.do(consensus.set_consensus, begun, *LISTENING, rated(4))
    assert shown(study, begun).why == {LISTENING: "a reason"}
    study.do(consensus.set_consensus, begun, *LISTENING, rated(4), "")
    assert shown(study, begun).why == {}


def test_another_supervisor_goes_on_with_it(study, begun):
    study.people["S2"] = study.do(people.add_person, "S2", Role.SUPERVISOR)
    study.do(consensus.set_consensus, begun, *LISTENING, rated(3), "S1 says so")
    study.sign_in("S2")
    assert study.do(consensus.begin, study.session_id, [study.people["S2"]]) == begun
    study.do(leave, study.people["S1"])
    assert shown(study, begun).own.answers[LISTENING] == rated(3)
    assert study.ask(recordings.media_of, begun, study.folder)
    study.do(rate.keep_place, begun, 700, 1.0)
    study.do(rate.hear, begun, 0, 700, 1.0)
    assert shown(study, begun).own.position_ms == 700
    decide_all(study, begun)
    study.do(consensus.submit_consensus, begun)
    assert shown(study, begun).own.submitted_at is not None


def test_it_begins_only_when_all_ratings_of_two_coders_are_in(study):
    give(study, "R1", FIRST)
    study.sign_in("S1")
    with pytest.raises(UserError, match="two coders"):
        study.do(consensus.begin, study.session_id, [study.people["S1"]])
    study.assign("R2", "reliability")
    with pytest.raises(UserError, match="not submitted"):
        study.do(consensus.begin, study.session_id, [study.people["S1"]])


def test_a_rating_amended_after_it_was_begun_is_remarked(study, pair, begun):
    study.sign_in("R2")
    study.do(rate.amend, pair[1], "warm_regard", {"fidelity": rated(7)}, "heard again")
    study.sign_in("S1")
    now = shown(study, begun)
    assert [str(remark) for remark in now.remarks] == [
        "R2 amended Warm regard (fidelity) after this consensus was begun. Look at it again."
    ]
    assert now.apart["warm_regard", "fidelity"] == 3


def test_a_rating_taken_back_is_remarked(study, pair, begun):
    study.sql("DROP TRIGGER rating_locked_update")
    study.sql("UPDATE rating SET withdrawn_at = '2026-01-01 10:00:00' WHERE id = :id", id=pair[0])
    (remark,) = shown(study, begun).remarks
    assert str(remark).startswith("The rating of R1 was taken back")


def test_reliability_is_the_same_to_the_digit(study, begun):
    before = study.ask(score_table)
    decide_all(study, begun)
    study.do(consensus.submit_consensus, begun)
    after = study.ask(score_table)
    assert after.sha256 == before.sha256
    assert (after.coders, after.sessions, after.left_out) == (before.coders, before.sessions, before.left_out)
    np.testing.assert_array_equal(after.values, before.values)
    np.testing.assert_array_equal(after.states, before.states)


def test_it_is_in_nobodys_queue_and_counts_as_no_rating(study, pair):
    queue, counted = study.ask(desk.queue), study.ask(overview)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    assert (study.ask(desk.queue), study.ask(overview)) == (queue, counted)
    with pytest.raises(UserError, match="not one of your sessions"):
        study.ask(desk.desk, begun)
    mine = study.assign("S1")
    assert study.ask(desk.desk, mine).place == (1, 1)


def test_it_cannot_be_submitted_past_its_reasons(study, begun):
    decide_all(study, begun, "")
    with pytest.raises(ValueError, match="reasons"):
        study.do(rate.submit, begun, little_heard=True)


def test_a_coder_neither_sees_nor_changes_it(study, begun):
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(consensus.side_by_side, begun)
    with pytest.raises(UserError, match="supervisor"):
        study.do(consensus.set_consensus, begun, *LISTENING, rated(3))
    with pytest.raises(UserError, match="not one of your sessions"):
        study.do(rate.set_answer, begun, *LISTENING, rated(3))
    with pytest.raises(UserError, match="not one of your sessions"):
        study.ask(recordings.media_of, begun, study.folder)


def test_what_is_no_consensus_is_not_taken_for_one(study, pair):
    with pytest.raises(UserError, match="not in the study"):
        study.ask(consensus.side_by_side, pair[0])
