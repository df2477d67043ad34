"""What holds for every draw, whatever the study and the plan."""

import math
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mio_fidelity.coding.draw import Proposal, draw
from mio_fidelity.coding.ground import Candidate, Ground
from mio_fidelity.coding.pairing import linked_groups
from mio_fidelity.coding.plan import Phase, Plan, Stratum
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Purpose
from tests.coding.grounds import (
    FEW,
    PHASES,
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
)

# What seed 2026 draws for two clients and three coders; it may never change.
KNOWN = """
s001-02 r1 reliability
s001-12 r1 reliability
s000-09 r1 production
s001-02 r2 reliability
s000-05 r2 reliability
s000-01 r2 production
s000-05 r3 reliability
s001-12 r3 reliability
s001-05 r3 production
"""
ALL_TWICE = Plan(double_share=1)
NONE_TWICE = Plan(double_share=0)


def unit_of(plan: Plan, each: Candidate) -> str:
    return {"client": each.client, "counselor": each.counselor, "site": each.site, "arm": each.arm}.get(
        plan.unit, ""
    )


def phase_of(plan: Plan, each: Candidate) -> Phase | None:
    return next((phase for phase in plan.phases if phase.first <= each.number <= phase.last), None)


def of_purpose(found: Proposal, purpose: Purpose) -> list[str]:
    return [one.session_id for one in found.new if one.purpose is purpose and one.occasion == 1]


@FEW
@given(any_ground(), PLANS, SEEDS)
def test_each_unit_and_phase_gets_exactly_the_sessions_of_the_plan(base, plan, seed):
    found = draw(plan, base, seed)
    fit = [
        each
        for each in base.sessions
        if phase_of(plan, each)
        and each.has_recording
        and each.arm in (plan.arms or (each.arm,))
        and each.site in (plan.sites or (each.site,))
    ]
    there = Counter((unit_of(plan, each), phase_of(plan, each)) for each in fit)
    taken = Counter((unit_of(plan, each), phase_of(plan, each)) for each in found.drawn)
    assert set(found.drawn) <= set(fit)
    assert taken == {
        (unit, phase): n if phase.take is None else min(n, phase.take) for (unit, phase), n in there.items()
    }
    assert found.sampled == len(set(found.drawn)) == len(found.drawn)


@FEW
@given(any_ground(bars=False), PLANS, SEEDS)
def test_the_share_coded_twice_is_exact(base, plan, seed):
    assume(len(base.coders) > 1)
    found = draw(plan, base, seed)
    assert len(found.double_coded) == round(plan.double_share * found.sampled)
    counts = {each: len(who) for each, who in who_codes(base, found).items()}
    assert counts == {each.id: 2 if each.id in found.double_coded else 1 for each in found.drawn}
    assert set(of_purpose(found, Purpose.RELIABILITY)) == found.double_coded
    assert not set(of_purpose(found, Purpose.PRODUCTION)) & found.double_coded


@FEW
@given(any_ground(), PLANS, SEEDS)
def test_exclusions_are_kept_and_nobody_has_a_session_twice(base, plan, seed):
    found = draw(plan, base, seed)
    sessions, people = {each.id: each for each in base.sessions}, {each.id: each for each in base.coders}
    for one in found.new:
        assert not sessions[one.session_id].about & people[one.person_id].barred
    assert all(len(who) == len(set(who)) <= 2 for who in who_codes(base, found).values())
    given_to = set(who_codes(base, found))
    for each in found.drawn:
        anybody = any(not each.about & coder.barred for coder in base.coders)
        assert (each.id in given_to) == anybody


@FEW
@given(any_ground(), PLANS, SEEDS)
def test_what_a_proposal_says_of_itself_is_true(base, plan, seed):
    found = draw(plan, base, seed)
    names = {each.id: each.code for each in base.coders}
    assert found.load == dict.fromkeys(names.values(), 0) | Counter(names[one.person_id] for one in found.new)
    pairs = Counter(
        tuple(sorted(names[each] for each in who)) for who in who_codes(base, found).values() if len(who) == 2
    )
    assert {pair: n for pair, n in found.pairs.items() if n} == pairs
    places = {code: at for at, code in enumerate(sorted(names.values()))}
    linked = linked_groups(len(names), [(places[a], places[b]) for a, b in pairs])
    assert found.connected == (len(set(linked)) <= 1)
    assert all(map(math.isnan, found.interval)) == (len(found.double_coded) < 2)


@FEW
@given(any_ground(), PLANS, SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(base, plan, seed, chance):
    first = draw(plan, base, seed)
    base = after(base, first, TODAY - timedelta(days=30))
    shuffled = replace(
        base,
        sessions=tuple(chance.sample(base.sessions, len(base.sessions))),
        coders=tuple(chance.sample(base.coders, len(base.coders))),
        existing=tuple(chance.sample(base.existing, len(base.existing))),
    )
    wider = replace(plan, phases=PHASES)
    one, two = draw(wider, base, seed), draw(wider, shuffled, seed)
    assert [str(each) for each in one.remarks] == [str(each) for each in two.remarks]
    assert replace(one, remarks=()) == replace(two, remarks=())
    assert base.fingerprint == shuffled.fingerprint


def test_another_seed_is_another_draw():
    one, two = (draw(Plan(), ground(20), seed) for seed in (1, 2))
    assert {each.id for each in one.drawn} != {each.id for each in two.drawn}


def test_the_same_terms_give_the_same_draw_on_every_computer():
    found = draw(Plan(double_share=0.5), ground(2, 3), 2026)
    lines = [f"{one.session_id} {one.person_id} {one.purpose}" for one in found.new]
    assert lines == KNOWN.split("\n")[1:-1]


@FEW
@given(st.integers(2, 8), st.integers(1, 40), st.floats(0, 1), SEEDS)
def test_when_nobody_is_barred_pairs_and_loads_are_even(people, clients, share, seed):
    found = draw(Plan(double_share=share), ground(clients, people), seed)
    counts = found.pairs.values()
    assert max(counts) - min(counts) <= 1
    assert found.connected == (len(found.double_coded) >= people - 1)
    loads = found.load.values()
    assert max(loads) - min(loads) <= (1 if found.sampled - len(found.double_coded) >= people else 2)


@FEW
@given(st.integers(5, 10), SEEDS)
def test_coders_kept_from_their_own_sites_are_linked_all_the_same(people, seed):
    sites = ("East", "North", "South", "West")
    barred = {nth: {f"site {sites[nth % 4]}"} for nth in range(1, people + 1)}
    found = draw(Plan(), ground(80, people, barred), seed)
    assert found.connected
    assert len(found.double_coded) == 48
    assert max(found.load.values()) - min(found.load.values()) <= 3
    assert max(found.pairs.values()) - min(found.pairs.values()) <= 4


@pytest.mark.parametrize("by", [(), (Stratum.ARM,), (Stratum.SITE, Stratum.PHASE), tuple(Stratum)])
def test_what_is_coded_twice_is_spread_over_the_strata(by):
    found = draw(Plan(double_by=by, double_share=0.25), ground(48), 3)
    values = {
        "arm": lambda each: each.arm,
        "site": lambda each: each.site,
        "counselor": lambda each: each.counselor,
        "phase": lambda each: phase_of(Plan(), each).name,
    }

    def stratum(each):
        return tuple(values[name](each) for name in by)

    sizes = Counter(map(stratum, found.drawn))
    twice = Counter(stratum(each) for each in found.drawn if each.id in found.double_coded)
    assert twice.total() == 36
    assert all(abs(twice[each] - 0.25 * n) <= 1 for each, n in sizes.items())


def test_nothing_and_everything_can_be_coded_twice():
    base = ground(12, 4)
    nothing, everything = draw(NONE_TWICE, base, 1), draw(ALL_TWICE, base, 1)
    assert (len(nothing.double_coded), len(nothing.new)) == (0, 36)
    assert "Sessions coded twice: 0. Reliability cannot be computed." in remarks(nothing)
    assert not nothing.connected
    assert (len(everything.double_coded), len(everything.new)) == (36, 72)
    assert remarks(everything) == ""
    assert set(everything.load.values()) == {18}
    assert set(everything.pairs.values()) == {6}


def test_one_coder_alone_gets_everything_once_and_a_remark():
    found = draw(ALL_TWICE, ground(12, 1), 1)
    assert found.load == {"R01": 36}
    assert not found.double_coded
    assert remarks(found) == "There is one coder only, so nothing can be coded twice."
    assert draw(NONE_TWICE, ground(12, 1), 1).remarks == ()


def test_without_coders_nothing_is_given_out_and_a_remark_says_why():
    found = draw(Plan(), ground(12, 0), 1)
    assert (found.new, found.load, found.pairs, found.connected) == ((), {}, {}, True)
    assert remarks(found).endswith("Add coders first.")
    assert len(found.remarks) == 1


def test_under_thirty_pairs_the_interval_to_expect_is_said():
    found = draw(Plan(), ground(25), 1)
    assert len(found.double_coded) == 15
    assert found.interval == pytest.approx((0.415, 0.908), abs=0.001)
    assert (
        "Only 15 sessions are coded twice: where the ICC is .75, its interval will run from about .42 to"
        in remarks(found)
    )
    assert "Only" not in remarks(draw(Plan(), ground(50), 1))


def test_groups_of_coders_that_share_no_session_are_pointed_out():
    barred = {1: {"site East", "site North"}, 2: {"site East", "site North"}}
    barred |= {3: {"site South", "site West"}, 4: {"site South", "site West"}}
    found = draw(ALL_TWICE, ground(12, 4, barred), 1)
    assert not found.connected
    assert "fall into groups that share no session" in remarks(found)


def test_pairs_that_never_meet_are_counted_where_all_are_linked():
    found = draw(Plan(double_share=0.1), ground(12, 4), 1)
    assert found.connected
    assert "Pairs of coders that share no session: 2; all are linked through others." in remarks(found)


def test_sessions_nobody_may_code_are_left_out_and_counted():
    barred = {1: {"site East"}, 2: {"site East"}}
    found = draw(ALL_TWICE, ground(12, 2, barred), 1)
    assert found.sampled == 36
    assert len(found.double_coded) == 27
    assert len(found.new) == 54
    assert "Sessions that nobody may code: 9." in remarks(found)
    assert "Sessions that were to be coded twice as well: 9." in remarks(found)


def test_what_a_plan_names_that_is_not_there_is_remarked_on():
    plan = Plan(arms=("MIO", "MOI"), sites=("Moon",))
    found = draw(plan, replace(ground(), unknown=("R9",)), 1)
    assert found.new == ()
    for sentence in (
        "the arm MOI",
        "the site Moon",
        "names R9, who does not code",
        "No session fits the plan",
    ):
        assert sentence in remarks(found)
    assert "the arm MIO" not in remarks(found)


def test_sessions_without_a_recording_and_phases_cut_short_are_remarked_on():
    silent = (session(0, 1, recorded=False), session(0, 2), session(0, 5))
    plan = Plan(phases=(Phase("early", 1, 4, 1), Phase("middle", 5, 8, 2)))
    found = draw(plan, Ground(silent, coders(2), (), TODAY), 1)
    assert [each.number for each in found.drawn] == [2, 5]
    assert "Sessions that have no recording yet, and cannot be drawn: 1." in remarks(found)
    assert "Phases that have fewer sessions than the plan takes: 1." in remarks(found)


def test_where_sessions_only_lack_their_recordings_the_plan_is_not_blamed():
    silent = Ground((session(0, 1, recorded=False),), coders(2), (), TODAY)
    assert "Sessions that have no recording yet, and cannot be drawn: 1." in remarks(draw(Plan(), silent, 1))
    assert "No session fits the plan" not in remarks(draw(Plan(), silent, 1))


def test_a_plan_with_a_problem_is_not_drawn():
    with pytest.raises(UserError, match="between 0 and 1"):
        draw(Plan(double_share=2), ground(), 1)


def test_a_draw_that_is_stopped_ends():
    with pytest.raises(Cancelled):
        draw(Plan(), ground(), 1, cancelled=lambda: True)
    told: list[float] = []
    draw(Plan(), ground(), 1, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_due_days_come_weekly_in_an_order_that_says_nothing_of_a_session():
    plan = Plan(first_due=date(2026, 7, 6), per_week=3, double_share=0.5)
    found = draw(plan, ground(40, 4), 1)
    for coder in ("r1", "r2", "r3", "r4"):
        mine = [one for one in found.new if one.person_id == coder]
        days = [one.due_on for one in mine]
        assert days == [date(2026, 7, 6) + timedelta(weeks=nth // 3) for nth in range(len(mine))]
        half = len(mine) // 2
        early, late = (
            sum(one.purpose is Purpose.RELIABILITY for one in part) for part in (mine[:half], mine[half:])
        )
        assert abs(early - late) < half / 2
        assert [one.session_id for one in mine] != sorted(one.session_id for one in mine)
    assert {one.due_on for one in draw(replace(plan, per_week=None), ground(), 1).new} == {date(2026, 7, 6)}
    assert {one.due_on for one in draw(Plan(), ground(), 1).new} == {None}
    assert "has passed" in remarks(draw(replace(plan, first_due=date(2026, 5, 31)), ground(), 1))
    assert "has passed" not in remarks(draw(replace(plan, first_due=TODAY), ground(), 1))


def test_the_fingerprint_changes_with_whatever_a_draw_depends_on():
    base = after(ground(2, 2), draw(Plan(), ground(2, 2), 1))
    first, *others = base.sessions
    changes = [
        replace(base, today=date(2026, 6, 2)),
        replace(base, coders=base.coders[:1]),
        replace(base, coders=coders(2, {1: {"site East"}})),
        replace(base, existing=base.existing[1:]),
        submitted(base, 3),
        replace(base, sessions=tuple(others)),
        *(
            replace(base, sessions=(replace(first, **change), *others))
            for change in (
                {"client": "C999"},
                {"number": 40},
                {"arm": "PE"},
                {"site": "West"},
                {"counselor": "K9"},
                {"about": frozenset()},
                {"has_recording": False},
            )
        ),
    ]
    prints = {each.fingerprint for each in changes}
    assert len(prints) == len(changes)
    assert base.fingerprint not in prints
    assert replace(base).fingerprint == base.fingerprint


def test_a_big_study_is_drawn_whole():
    chance = random.Random(5)
    sessions = tuple(chance.sample(trial(200), 2400))
    found = draw(Plan(), Ground(sessions, coders(10), (), TODAY), 5)
    assert (found.sampled, len(found.double_coded), len(found.new)) == (600, 120, 720)
    assert set(found.load.values()) == {72}
    assert {*found.pairs.values()} == {2, 3}


def test_the_order_in_which_strata_are_named_does_not_matter():
    base, named = ground(clients=16), (Stratum.ARM, Stratum.SITE, Stratum.PHASE)
    one, other = (draw(Plan(double_by=each), base, 3) for each in (named, named[::-1]))
    assert one.new == other.new
