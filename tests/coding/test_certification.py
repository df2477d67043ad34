"""The rule coders are held to, and that a study may give sessions to certified coders only."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from mio_fidelity.analysis.certification import certify
from mio_fidelity.coding import assign, certification, planned
from mio_fidelity.coding.certification import Rule, rule_from, rule_to_plain
from mio_fidelity.coding.draw import draw
from mio_fidelity.coding.plan import Phase, Plan
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.trained import add_sessions, give_masters, train, usual

ONE = Rule(sessions=1, icc=None)
SHARES = st.floats(0.01, 1)


@pytest.fixture
def trained(study):
    """R1 has rated three master sessions as the master did, R2 none."""
    sessions = add_sessions(study, 3)
    give_masters(study, sessions)
    train(study, "R1", sessions, usual)
    return study


def pass_r1(study):
    study.do(certification.set_rule, ONE)
    return study.do(certify, study.people["R1"])


def test_the_usual_rule_is_that_of_the_field():
    rule = Rule()
    assert (rule.sessions, rule.share, rule.within, rule.icc) == (10, 0.9, 1, 0.6)
    assert (rule.domain_share, rule.scored, rule.last) == (None, None, None)
    assert rule.purposes == (Purpose.TRAINING,)
    assert rule.problems() == ()


def test_every_number_of_the_rule_is_in_its_words():
    rule = Rule(12, 0.875, 2, 0.655, 0.77, 0.66, (Purpose.TRAINING, Purpose.CERTIFICATION), 34)
    words = " ".join(rule.words())
    for told in ("12 master", "87.5 %", "2 points", ".655", "77 %", "66 %", "last 34", "certification"):
        assert told in words
    assert "ICC" not in " ".join(Rule(icc=None).words())
    assert "1 point of" in " ".join(Rule().words())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sessions": 0}, "1 to 1000"),
        ({"within": -1}, "0 to 9"),
        ({"share": 0.0}, "share"),
        ({"share": float("nan")}, "share"),
        ({"domain_share": 1.1}, "share"),
        ({"scored": -0.1}, "share"),
        ({"icc": 0.0}, "least ICC"),
        ({"icc": float("nan")}, "least ICC"),
        ({"purposes": ()}, "alone"),
        ({"purposes": (Purpose.PRODUCTION,)}, "alone"),
        ({"last": 9}, "at least as many"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(study, wrong, said):
    study.sign_in("S1")
    with pytest.raises(UserError, match=said):
        study.do(certification.set_rule, replace(Rule(), **wrong))
    assert study.ask(certification.rule) == Rule()


@given(
    sessions=st.integers(1, 1000),
    share=SHARES,
    icc=st.none() | SHARES,
    domain_share=st.none() | SHARES,
    purposes=st.sets(st.sampled_from(certification.JUDGEABLE), min_size=1).map(tuple),
)
def test_a_rule_comes_back_as_it_was_stored(sessions, share, icc, domain_share, purposes):
    rule = Rule(sessions, share, 1, icc, domain_share, None, purposes)
    assert rule_from(rule_to_plain(rule)) == rule


def test_the_study_keeps_its_rule_and_supervisors_alone_choose_it(study):
    with pytest.raises(UserError, match="supervisor"):
        study.do(certification.set_rule, ONE)
    with pytest.raises(UserError, match="supervisor"):
        study.do(certification.set_required, True)
    study.sign_in("S1")
    study.do(certification.set_rule, ONE)
    study.reopen()
    assert study.ask(certification.rule) == ONE


def test_certified_twice_makes_two_rows_and_the_latest_counts(trained):
    study, r1 = trained, trained.people["R1"]
    pass_r1(study)
    assert study.ask(certification.certified)[r1].passed
    study.do(certification.set_rule, replace(ONE, sessions=9))
    study.do(certify, r1)
    first, second = study.ask(certification.certificates, r1)
    assert (first.passed, first.rule.sessions, second.passed, second.rule) == (False, 9, True, ONE)
    assert (first.coder, first.by) == ("R1", "S1")
    assert study.ask(certification.certified)[r1] == first
    assert study.ask(certification.certificates) == (first, second)


def test_a_verdict_is_never_rewritten(trained):
    pass_r1(trained)
    for statement in ("UPDATE certification SET passed = NOT passed", "DELETE FROM certification"):
        with pytest.raises(IntegrityError, match="append-only"):
            trained.sql(statement)


def test_coders_see_their_own_latest_verdict_and_nobody_elses(trained):
    pass_r1(trained)
    trained.sign_in("R1")
    own = trained.ask(certification.own_certificate)
    assert own is not None
    assert (own.passed, own.rule) == (True, ONE)
    for question in (certification.certificates, certification.certified):
        with pytest.raises(UserError, match="supervisor"):
            trained.ask(question)
    trained.sign_in("R2")
    assert trained.ask(certification.own_certificate) is None


def test_without_the_setting_everybody_is_given_sessions(study):
    assert not study.ask(certification.required)
    assert study.ask(certification.uncertified) == frozenset()
    study.sign_in("S1")
    study.assign("R2", Purpose.RELIABILITY)


def test_with_the_setting_only_certified_coders_code_for_the_study(trained):
    study = trained
    study.do(certification.set_required, True)
    for purpose in (Purpose.PRODUCTION, Purpose.RELIABILITY):
        with pytest.raises(UserError, match="R1 is not certified"):
            study.assign("R1", purpose)
    study.assign("R1", Purpose.CERTIFICATION)
    study.assign("S1", Purpose.PRODUCTION)
    pass_r1(study)
    study.assign("R1", Purpose.RELIABILITY)
    with pytest.raises(UserError, match="R2 is not certified"):
        study.do(planned.reassign, study.rating_id, study.people["R2"])
    study.do(certification.set_rule, replace(ONE, sessions=9))
    study.do(certify, study.people["R1"])
    with pytest.raises(UserError, match="R1 is not certified"):
        study.assign("R1", Purpose.RELIABILITY)


def test_the_draw_leaves_uncertified_coders_out_and_says_so(trained):
    study = trained
    plan = Plan(phases=(Phase("all", 1, 9999, None),), double_share=0)
    study.do(certification.set_required, True)
    found = draw(plan, study.ask(planned.ground, plan, date(2026, 6, 1)), 1)
    assert found.new == ()
    assert [str(remark) for remark in found.remarks] == [
        "This study gives sessions to certified coders only, so these get none: R1, R2. Certify them first."
    ]
    pass_r1(study)
    ground = study.ask(planned.ground, plan, date(2026, 6, 1))
    assert ([coder.code for coder in ground.coders], ground.uncertified) == (["R1"], ("R2",))
    assert any("so these get none: R2." in str(remark) for remark in draw(plan, ground, 1).remarks)
    study.do(certification.set_required, False)
    assert len(study.ask(planned.ground, plan, date(2026, 6, 1)).coders) == 2


def test_nothing_is_stored_when_one_of_several_is_not_certified(study):
    study.sign_in("S1")
    study.do(certification.set_required, True)
    before = study.sql("SELECT count(*) FROM rating")
    with pytest.raises(UserError, match="not certified"):
        study.do_as_supervisor(
            assign.assign_latest, study.session_id, study.people["R2"], Purpose.RELIABILITY
        )
    assert study.sql("SELECT count(*) FROM rating") == before
