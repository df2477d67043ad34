"""Judging and certifying people of a study: which ratings count, and what is kept."""

from dataclasses import replace

import pytest

from mio_fidelity.analysis.certification import certify, filed, judge, judge_all, verdicts
from mio_fidelity.analysis.plain import to_plain
from mio_fidelity.answer import Reason, cannot_rate, rated
from mio_fidelity.coding import assign, certification, masters, rate, training
from mio_fidelity.coding.certification import Rule
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.trained import add_sessions, fill, give_masters, newer_edition, points, train, usual

WARM = "warm_regard"
SMALL = Rule(sessions=3)


@pytest.fixture
def sessions(study):
    """Four master sessions for training, and a rule that asks for three; S1 is signed in."""
    found = add_sessions(study, 4)
    give_masters(study, found)
    study.do(certification.set_rule, SMALL)
    return found


def always_six(scale, session):
    return 6


def of(study, code="R1"):
    return study.ask(judge, study.people[code])


def why_not(found):
    return {each.label: str(each.why) for each in found.not_counted}


def test_one_passes_and_one_does_not_and_it_says_why(study, sessions):
    train(study, "R1", sessions, usual)
    train(study, "R2", sessions, always_six)
    good, bad = of(study), of(study, "R2")
    assert good.passed
    assert not bad.passed
    assert [session.label for session in good.sessions] == ["M1-1", "M1-2", "M1-3", "M1-4"]
    assert [criterion.met for criterion in bad.criteria] == [True, False, False, False]
    assert [one.coder for one in study.ask(judge_all)] == ["R1", "R2"]
    study.do(certify, study.people["R1"], good.data_sha256)
    study.do(certify, study.people["R2"])
    assert [(certificate.coder, certificate.passed) for certificate, _ in study.ask(verdicts)] == [
        ("R2", False),
        ("R1", True),
    ]


def test_a_verdict_keeps_all_it_was_judged_on(study, sessions):
    ids = train(study, "R1", sessions, usual)
    found = of(study)
    study.do(certify, study.people["R1"])
    ((certificate, kept),) = study.ask(verdicts)
    assert to_plain(kept) == to_plain(found) == to_plain(filed(certificate))
    assert [session.rating_id for session in kept.sessions] == ids
    assert kept.sessions[0].own[f"{WARM}/fidelity"] == kept.sessions[0].master[f"{WARM}/fidelity"]
    assert kept.versions["program"]
    assert kept.instrument_sha256


def test_what_happens_later_does_not_change_a_verdict(study, sessions):
    train(study, "R1", sessions, usual)
    study.do(certify, study.people["R1"])
    before = study.ask(verdicts)
    study.do(certification.set_rule, Rule())
    new = study.do(masters.revise, study.ask(masters.masters)[0].rating_id)
    study.do(rate.set_answer, new, WARM, "fidelity", rated(7))
    study.do(rate.submit, new, little_heard=True)
    assert [to_plain(kept) for _, kept in study.ask(verdicts)] == [to_plain(kept) for _, kept in before]
    assert of(study).data_sha256 != before[0][1].data_sha256


def test_nothing_is_stored_when_the_scores_are_not_those_that_were_shown(study, sessions):
    train(study, "R1", sessions[:3], usual)
    seen = of(study).data_sha256
    train(study, "R1", sessions[3:], usual)
    with pytest.raises(UserError, match="nothing was stored"):
        study.do(certify, study.people["R1"], seen)
    assert study.ask(verdicts) == ()


def test_only_supervisors_judge_and_nobody_oneself(study, sessions):
    with pytest.raises(UserError, match="oneself"):
        study.do(certify, study.people["S1"])
    study.sign_in("R1")
    for verb in (judge, certify):
        with pytest.raises(UserError, match="supervisor"):
            study.do(verb, study.people["R1"])
    for question in (judge_all, verdicts):
        with pytest.raises(UserError, match="supervisor"):
            study.ask(question)


def test_of_two_ratings_of_a_session_the_first_counts(study, sessions):
    train(study, "R1", sessions, always_six)
    again = study.do_as_supervisor(assign.assign_latest, sessions[0], study.people["R1"], Purpose.TRAINING)
    study.sign_in("R1")
    study.do(fill, again, points(study, usual, 0))
    study.sign_in("S1")
    found = of(study)
    assert why_not(found) == {"M1-1": "a further rating of the same session"}
    assert found.sessions[0].own[f"{WARM}/fidelity"] == "rated:6"


def test_who_has_seen_the_comparison_is_not_certified_on_that_session(study, sessions):
    study.do(certification.set_rule, replace(SMALL, purposes=(Purpose.CERTIFICATION,)))
    train(study, "R1", sessions[:1], always_six)
    for nth in (0, 1):
        rating_id = study.do_as_supervisor(
            assign.assign_latest, sessions[nth], study.people["R1"], Purpose.CERTIFICATION
        )
        study.sign_in("R1")
        study.do(fill, rating_id, points(study, usual, nth))
        study.sign_in("S1")
    found = of(study)
    assert [session.label for session in found.sessions] == ["M1-2"]
    assert why_not(found) == {"M1-1": "a further rating of the same session"}


def test_an_amendment_after_the_comparison_changes_no_verdict(study, sessions):
    ids = train(study, "R1", sessions, always_six)
    before = of(study)
    study.sign_in("R1")
    study.ask(training.comparison, ids[0])
    study.do(rate.amend, ids[0], WARM, {"fidelity": rated(2)}, "as the master has it")
    study.sign_in("S1")
    assert of(study).data_sha256 == before.data_sha256


def test_ratings_of_another_edition_are_left_out_and_said(study, sessions):
    train(study, "R1", sessions[:3], usual)
    newer = newer_edition(study)
    changed = study.do_as_supervisor(assign.assign, sessions[3], study.people["R1"], newer, Purpose.TRAINING)
    study.sign_in("R1")
    study.do(fill, changed, points(study, usual, 3))
    study.sign_in("S1")
    found = of(study)
    assert why_not(found) == {"M1-4": "master codes of another edition of the instrument"}
    # With master codes of that edition too, most sessions are still of the first one.
    give_masters(study, sessions[3:], lambda scale, _: usual(scale, 3))
    found = of(study)
    assert why_not(found) == {"M1-4": "rated with another edition of the instrument than most"}
    assert len(found.sessions) == 3


def test_a_session_without_master_codes_is_left_out_and_said(study, sessions):
    rating_id = study.do_as_supervisor(
        assign.assign_latest, study.session_id, study.people["R2"], Purpose.TRAINING
    )
    study.sign_in("R2")
    study.do(fill, rating_id, {})
    study.sign_in("S1")
    (only,) = of(study, "R2").not_counted
    assert str(only.why) == "no submitted master codes"


def test_nobody_is_held_to_the_own_master_codes(study, sessions):
    rating_id = study.do_as_supervisor(
        assign.assign_latest, sessions[0], study.people["S1"], Purpose.TRAINING
    )
    study.do(fill, rating_id, points(study, usual, 0))
    assert why_not(of(study, "S1")) == {"M1-1": "the master codes are the coder's own"}


def test_master_codes_missing_for_a_scale_are_counted_out(study):
    found = add_sessions(study, 3)
    give_masters(study, found, usual, {(WARM, "competence"): cannot_rate(Reason.INAUDIBLE)})
    study.do(certification.set_rule, SMALL)
    train(study, "R1", found, usual)
    one = of(study)
    assert (one.tally.no_master, one.passed) == (3, True)
    assert any("Without a master code" in remark for remark in one.remarks)


def test_one_master_session_only_does_not_certify(study, sessions):
    train(study, "R1", sessions[:1], usual)
    study.do(certify, study.people["R1"])
    ((certificate, kept),) = study.ask(verdicts)
    assert not certificate.passed
    assert any("one session only" in remark for remark in kept.remarks)


def test_only_the_last_sessions_count_where_the_rule_says_so(study, sessions):
    train(study, "R1", sessions[:1], always_six)
    train(study, "R1", sessions[1:], lambda scale, nth: usual(scale, nth + 1))
    assert not of(study).passed
    study.do(certification.set_rule, replace(SMALL, last=3))
    found = of(study)
    assert found.passed
    assert why_not(found) == {"M1-1": "rated before the last sessions that count"}


def test_a_study_in_which_nobody_trained_shows_nothing(study):
    study.sign_in("S1")
    found = of(study)
    assert (found.sessions, found.passed, found.tally.compared) == ((), False, 0)
