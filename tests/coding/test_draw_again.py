"""Drawing on what was given before: nothing is taken away, what is missing is added."""

from collections import Counter
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from mio_fidelity.coding.draw import draw
from mio_fidelity.coding.ground import Given
from mio_fidelity.coding.plan import Plan
from mio_fidelity.store import Purpose
from tests.coding.grounds import (
    FEW,
    PLANS,
    SEEDS,
    TODAY,
    after,
    any_ground,
    coders,
    ground,
    remarks,
    session,
    submitted,
    trial,
    who_codes,
    without,
)

NONE_TWICE = Plan(double_share=0)
ALL_TWICE = Plan(double_share=1)


@FEW
@given(any_ground(), PLANS, SEEDS)
def test_a_plan_carried_out_again_gives_out_nothing_more(base, plan, seed):
    plan = replace(plan, recodes=0)
    found = draw(plan, base, seed)
    again = draw(plan, after(base, found), seed)
    assert again.new == ()
    assert (again.drawn, again.double_coded, again.pairs) == (found.drawn, found.double_coded, found.pairs)
    # Another seed may only choose anew among what nobody could be given.
    other_seed = draw(plan, after(base, found), seed + 1)
    assert {one.session_id for one in found.new} <= {each.id for each in other_seed.drawn}
    assert other_seed.sampled == found.sampled


@FEW
@given(any_ground(bars=False), st.sets(st.tuples(st.integers(0, 9), st.integers(1, 12))), PLANS, SEEDS)
def test_sessions_that_come_later_only_add(base, later, plan, seed):
    assume(len(base.coders) > 1)
    plan = replace(plan, recodes=0)
    found = draw(plan, base, seed)
    known = {each.id for each in base.sessions}
    more = tuple(each for each in (session(*one) for one in sorted(later)) if each.id not in known)
    grown = replace(after(base, found), sessions=base.sessions + more)
    then = draw(plan, grown, seed)
    assert {each.id for each in found.drawn} <= {each.id for each in then.drawn}
    assert found.double_coded <= then.double_coded
    assert not {one.session_id for one in then.new} & {one.session_id for one in found.new}
    wanted = round(plan.double_share * then.sampled)
    room = len(found.double_coded) + len({one.session_id for one in then.new})
    assert len(then.double_coded) == max(len(found.double_coded), min(wanted, room))


def test_sessions_of_new_clients_do_not_change_whose_sessions_are_sampled():
    few = {each.id for each in draw(Plan(), ground(20), 7).drawn}
    many = {each.id for each in draw(Plan(), ground(30), 7).drawn}
    assert few == {each for each in many if each < "s020"}


def test_whoever_has_much_to_do_already_gets_less():
    busy = tuple(
        Given(each.id, "r1", Purpose.PRODUCTION, 1, None) for each in trial(3) if each.number in (1, 5, 9)
    )
    found = draw(NONE_TWICE, replace(ground(12, 3), existing=busy), 1)
    assert found.load == {"R01": 3, "R02": 12, "R03": 12}
    done = submitted(replace(ground(12, 3), existing=busy), 1)
    assert set(draw(NONE_TWICE, done, 1).load.values()) == {9}


@FEW
@given(st.integers(3, 6), st.floats(0, 1), SEEDS, st.booleans())
def test_when_a_coder_leaves_others_take_the_sessions_and_all_else_stays(people, share, seed, begun):
    plan = Plan(double_share=share)
    base = ground(12, people)
    given_out = after(base, draw(plan, base, seed))
    if begun:
        # Every other rating is in when she leaves.
        existing = tuple(
            replace(one, submitted_on=TODAY if at % 2 else None) for at, one in enumerate(given_out.existing)
        )
        given_out = replace(given_out, existing=existing)
    left = without(given_out, "r1")
    then = draw(plan, left, seed)
    assert "r1" not in {one.person_id for one in then.new}
    assert len(then.double_coded) == round(share * 36)
    counts = {each: len(who) for each, who in who_codes(left, then).items()}
    assert counts == {each.id: 2 if each.id in then.double_coded else 1 for each in then.drawn}
    assert all(len(set(who)) == len(who) for who in who_codes(left, then).values())


def test_a_session_given_twice_by_hand_as_production_is_not_double_coded():
    each = trial(1)[0]
    twice = tuple(Given(each.id, who, Purpose.PRODUCTION, 1, TODAY) for who in ("r1", "r2"))
    found = draw(ALL_TWICE, replace(ground(1), existing=twice), 1)
    assert each in found.drawn
    assert each.id not in found.double_coded
    assert each.id not in {one.session_id for one in found.new}
    assert "Sessions that were to be coded twice as well: 1." in remarks(found)


def test_training_does_not_count_as_coded():
    base = ground(1)
    trained = tuple(Given(each.id, "r1", Purpose.TRAINING, 1, TODAY) for each in base.sessions)
    assert len(draw(Plan(), replace(base, existing=trained), 1).new) == len(draw(Plan(), base, 1).new)


@FEW
@given(any_ground(), st.integers(0, 5), st.integers(0, 60), SEEDS)
def test_hidden_recodes_are_the_own_sessions_of_long_enough_ago(base, wanted, days_ago, seed):
    plan = Plan(recodes=wanted, recode_after_days=28, double_share=0.5)
    done = submitted(after(base, draw(replace(plan, recodes=0), base, seed)), days_ago)
    found = draw(plan, done, seed)
    mine = {(one.session_id, one.person_id, one.purpose) for one in done.existing}
    again = [one for one in found.new if one.occasion > 1]
    assert again == list(found.new)
    assert all((one.session_id, one.person_id, one.purpose) in mine and one.occasion == 2 for one in again)
    assert len({(one.session_id, one.person_id) for one in again}) == len(again)
    coded = Counter(one.person_id for one in done.existing)
    expected = {coder.id: min(wanted, coded[coder.id]) if days_ago >= 28 else 0 for coder in base.coders}
    assert Counter(one.person_id for one in again) == Counter(expected)
    missing = sum(wanted - n for n in expected.values())
    assert (f"Hidden re-codes that cannot be drawn yet: {missing}." in remarks(found)) == bool(missing)


def test_recodes_given_before_count_and_are_not_given_again():
    plan = Plan(recodes=2)
    done = submitted(after(ground(), draw(plan, ground(), 1)), 40)
    first = draw(plan, done, 1)
    assert Counter(first.load) == dict.fromkeys(("R01", "R02", "R03", "R04"), 2)
    assert draw(plan, after(done, first), 1).new == ()
    more = draw(replace(plan, recodes=3), after(done, first), 1)
    assert set(more.load.values()) == {1}
    given_again = {(one.session_id, one.person_id) for one in first.new}
    assert not given_again & {(one.session_id, one.person_id) for one in more.new}


def test_whoever_was_barred_meanwhile_does_not_rate_the_session_again():
    done = submitted(after(ground(12, 2), draw(NONE_TWICE, ground(12, 2), 1)), 40)
    all_sites = {"site East", "site North", "site South", "site West"}
    barred = replace(done, coders=coders(2, {1: all_sites}))
    found = draw(replace(NONE_TWICE, recodes=1), barred, 1)
    assert found.load == {"R01": 0, "R02": 1}


def test_who_rated_a_session_for_training_or_as_an_example_does_not_code_it():
    base = ground(clients=6, people=3)
    every = [each.id for each in base.sessions]
    had = tuple(Given(each, "r1", Purpose.TRAINING, 1, TODAY) for each in every)
    had += tuple(Given(each, "r2", Purpose.MASTER, 1, TODAY) for each in every[::2])
    found = draw(Plan(double_share=0.5), replace(base, existing=had), 1)
    assert found.new
    given_before = {(one.session_id, one.person_id) for one in had}
    assert not given_before & {(one.session_id, one.person_id) for one in found.new}


def test_a_session_that_was_talked_about_is_no_hidden_recode():
    base = ground(clients=4, people=2)
    first = draw(ALL_TWICE, base, 1)
    done = submitted(after(base, first), 60)
    talked = tuple(Given(each.id, "s1", Purpose.CONSENSUS, 1, None) for each in first.drawn[1:])
    done = replace(done, existing=done.existing + talked)
    again = draw(replace(ALL_TWICE, recodes=2), done, 1)
    assert {one.session_id for one in again.new} == {first.drawn[0].id}
    assert "Hidden re-codes that cannot be drawn yet: 2." in remarks(again)


def test_a_session_with_a_part_to_come_is_no_hidden_recode():
    base = ground(clients=4, people=2)
    done = submitted(after(base, draw(NONE_TWICE, base, 1)), 60)
    gone = replace(done, sessions=tuple(replace(each, has_recording=False) for each in done.sessions))
    assert draw(replace(NONE_TWICE, recodes=1), gone, 1).new == ()
