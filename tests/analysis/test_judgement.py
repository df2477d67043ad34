"""The judgement itself, on answers made here: what is never passed, and what every number says."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.analysis.judgement import JudgedSession, Judgement, encoded, judged
from mio_fidelity.analysis.plain import from_plain, to_plain
from mio_fidelity.answer import NOT_APPLICABLE, Answer, Reason, cannot_rate, rated
from mio_fidelity.coding.certification import Rule
from mio_fidelity.instrument import shipped_instrument

INSTRUMENT = shipped_instrument()
SLOTS = INSTRUMENT.slots()
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WARM = ("warm_regard", "competence")


def session(nth, own, master):
    """``own`` and ``master``: an answer for every slot."""
    return JudgedSession(
        f"r{nth}",
        f"m{nth}",
        f"s{nth}",
        f"S-{nth}",
        f"M1-{nth}",
        START + timedelta(days=nth),
        encoded(dict(zip(SLOTS, own, strict=True))),
        encoded(dict(zip(SLOTS, master, strict=True))),
    )


def points(n, shift=0, far=0, seed=1):
    """``n`` sessions; the coder ``shift`` points off everywhere, and 3 points off in the first ``far``."""
    rng = np.random.default_rng(seed)
    made = []
    for nth in range(n):
        master = rng.integers(2, 6, len(SLOTS))
        own = master + shift
        own[: max(0, min(len(SLOTS), far - nth * len(SLOTS)))] += 3 - shift
        made.append(session(nth, map(rated, np.clip(own, 1, 8).tolist()), map(rated, master.tolist())))
    return made


def judge(sessions, rule=Rule()):  # noqa: B008
    return judged(("p", "R1"), rule, INSTRUMENT, sessions)


def of(found, key, part=""):
    return next(each for each in found.criteria if (each.key, each.part) == (key, part))


def changed(one, slot, own=None, master=None):
    """``one`` with another answer."""
    key = "/".join(slot)
    return replace(
        one,
        own={**one.own, key: own.encode()} if own else one.own,
        master={**one.master, key: master.encode()} if master else one.master,
    )


def test_who_rates_as_the_master_over_ten_sessions_passes():
    found = judge(points(10))
    assert found.passed
    assert [criterion.key for criterion in found.criteria] == ["sessions", "share", "icc", "icc"]
    assert (found.tally.compared, found.tally.within, found.tally.share) == (200, 200, 1.0)
    assert str(found.verdict) == "R1 meets the rule."
    # Rating exactly as the master leaves nothing to learn an interval from; else it is said with the number.
    assert "ICC(A,1) 1.000 (95 % interval 1.00 to 1.00, 10 sessions)" in of(found, "icc", "fidelity").why
    near = judge(points(10, far=20))
    icc = next(part.icc for part in near.dimensions if part.key == "fidelity")
    limits = f"95 % interval {icc.low:.2f} to {icc.high:.2f}, 10 sessions".replace("0.", ".")
    assert limits in of(near, "icc", "fidelity").why


@pytest.mark.parametrize(("far", "met"), [(20, True), (21, False)])
def test_ninety_percent_is_ninety_percent(far, met):
    """20 of 200 ratings far off are 10 %."""
    found = judge(points(10, far=far), Rule(icc=None))
    assert of(found, "share").met is met
    assert found.passed is met
    assert ("179 of 200 ratings (89.5 %)" in of(found, "share").why) is not met


def test_what_falls_just_short_does_not_look_as_if_it_did_not():
    sessions = points(100, far=201)
    why = of(judge(sessions, Rule(icc=None)), "share").why
    assert "1799 of 2000 ratings (89.9 %)" in why
    assert "90 % are asked for" in why


def test_a_coder_who_is_always_one_point_higher_is_within_one_but_the_icc_tells():
    rule = Rule(icc=0.9)
    found = judge(points(10, shift=1), rule)
    assert of(found, "share").met
    assert not of(found, "icc", "fidelity").met
    assert not found.passed
    assert "2 of 4 criteria" in found.verdict


def test_one_session_only_is_not_enough_and_has_no_icc():
    found = judge(points(1))
    assert [criterion.met for criterion in found.criteria] == [False, True, False, False]
    assert "Master sessions rated: 1; 10 are asked for" in of(found, "sessions").why
    assert "cannot be computed" in of(found, "icc", "fidelity").why
    assert any("one session only" in remark for remark in found.remarks)


def test_no_session_at_all_shows_nothing():
    found = judge([])
    assert not any(criterion.met for criterion in found.criteria)
    assert "not shown" in of(found, "share").why


def test_identical_sessions_show_no_icc_however_well_they_agree():
    same = [session(nth, [rated(4)] * len(SLOTS), [rated(4)] * len(SLOTS)) for nth in range(12)]
    found = judge(same)
    assert of(found, "share").met
    for part in ("fidelity", "competence"):
        criterion = of(found, "icc", part)
        assert not criterion.met
        assert math.isnan(criterion.value)
        assert "All scores are equal" in criterion.why
    assert not found.passed


def test_missing_master_codes_are_counted_out_and_said():
    sessions = [changed(one, WARM, master=cannot_rate(Reason.INAUDIBLE)) for one in points(10)]
    found = judge(sessions)
    assert (found.tally.asked, found.tally.no_master, found.tally.compared) == (200, 10, 190)
    assert any("counted out: 10 of 200 answers." in remark for remark in found.remarks)
    row = next(row for row in found.scales if (row.scale, row.dimension) == WARM)
    assert row.figures.n == 0
    assert found.passed


def test_disagreement_about_applicability_is_counted_and_said_and_lies_neither_near_nor_far():
    one, two, three, *rest = points(10)
    sessions = [
        changed(one, WARM, own=NOT_APPLICABLE),
        changed(two, WARM, master=NOT_APPLICABLE),
        changed(three, WARM, NOT_APPLICABLE, NOT_APPLICABLE),
        *rest,
    ]
    tally = judge(sessions).tally
    assert (tally.applicability, tally.scorable, tally.not_scored, tally.compared) == (2, 198, 0, 197)
    assert any("applicable: 2;" in remark for remark in judge(sessions).remarks)


def test_who_scores_next_to_nothing_does_not_pass_where_the_rule_asks_for_more():
    sessions = points(10)
    for slot in SLOTS[2:]:
        sessions = [changed(one, slot, own=cannot_rate(Reason.OTHER)) for one in sessions]
    rule = Rule(icc=None)
    assert judge(sessions, rule).passed
    assert any("not by the coder: 180." in remark for remark in judge(sessions, rule).remarks)
    found = judge(sessions, replace(rule, scored=0.8))
    assert not found.passed
    assert "20 of the 200" in of(found, "scored").why


def test_a_session_without_anything_to_compare_is_no_session():
    sessions = points(10)
    for slot in SLOTS:
        sessions[0] = changed(sessions[0], slot, own=cannot_rate(Reason.TECHNICAL))
    assert of(judge(sessions), "sessions").value == 9


def test_a_domain_can_be_asked_for_by_itself():
    domain = INSTRUMENT.domains[-1]
    sessions = points(10)
    for scale in domain.scales:
        sessions = [changed(one, (scale.key, "fidelity"), rated(7), rated(2)) for one in sessions]
    rule = Rule(share=0.5, icc=None, domain_share=0.9)
    found = judge(sessions, rule)
    assert {each.part for each in found.criteria if each.key == "domain_share" and not each.met} == {
        domain.key
    }
    assert domain.title in of(found, "domain_share", domain.key).why


def test_the_points_within_are_those_of_the_rule():
    sessions = points(10, shift=2)
    assert not of(judge(sessions), "share").met
    assert of(judge(sessions, Rule(within=2)), "share").met


def test_a_judgement_comes_back_from_json_to_the_digit():
    found = judge(points(3, shift=1))
    again = from_plain(Judgement, to_plain(found))
    assert to_plain(again) == to_plain(found)
    assert again.data_sha256 == found.data_sha256
    assert [again.words, again.passed] == [found.words, found.passed]


def test_the_fingerprint_changes_with_the_scores_and_with_the_rule():
    sessions = points(3)
    known = judge(sessions).data_sha256
    assert judge(list(sessions)).data_sha256 == known
    assert judge([changed(sessions[0], WARM, own=rated(7)), *sessions[1:]]).data_sha256 != known
    assert judge(sessions, Rule(share=0.91)).data_sha256 != known


ANSWERS = st.sampled_from(
    [*(rated(value) for value in range(1, 8)), NOT_APPLICABLE, cannot_rate(Reason.OTHER), Answer()]
)
FORMS = st.lists(ANSWERS, min_size=len(SLOTS), max_size=len(SLOTS))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(FORMS, FORMS), max_size=4), st.integers(1, 5), st.floats(0.01, 1), st.integers(0, 3)
)
def test_whatever_was_answered_nothing_passes_by_accident(forms, asked, share, within):
    sessions = [session(nth, own, master) for nth, (own, master) in enumerate(forms)]
    rule = Rule(asked, share, within, icc=0.6)
    found = judge(sessions, rule)
    tally = found.tally
    if len(sessions) < asked or not tally.compared or tally.share < share - 1e-9:
        assert not found.passed
    if any(not part.icc.defined or part.icc.value < 0.6 - 1e-9 for part in found.dimensions):
        assert not found.passed
    assert tally.within <= tally.compared <= tally.scorable <= tally.asked - tally.no_master
    assert sum(part.compared for part in found.dimensions) == tally.compared
    assert sum(part.within for part in found.domains) == tally.within
    assert sum(row.figures.n for row in found.scales) == tally.compared
    swapped = judge([session(nth, master, own) for nth, (own, master) in enumerate(forms)], rule).tally
    assert (swapped.compared, swapped.within, swapped.applicability) == (
        tally.compared,
        tally.within,
        tally.applicability,
    )
