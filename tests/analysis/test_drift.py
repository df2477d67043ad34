"""Who is named, since when, and what is said when nobody can be."""

from datetime import date, timedelta

import numpy as np
import pytest

from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.drift_results import DriftOptions, Origin, Reference, Standing
from mio_fidelity.analysis.drift_words import as_reason
from mio_fidelity.answer import NOT_APPLICABLE, rated
from mio_fidelity.coding import people
from mio_fidelity.demo import open_demo
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from mio_fidelity.store.models import Person, Rating, Recalibration
from tests.analysis.conftest import Lab
from tests.analysis.drifting import answers, day, double_code
from tests.coding.instruments import FROM_ZERO

FOUR = ("R1", "R2", "R3", "R4")
MOVED = {"R4": (48, 1.6)}
CLOSED = (day(71) + timedelta(hours=13)).astimezone().date()


@pytest.fixture(autouse=True)
def supervisor(lab: Lab):
    lab.study.sign_in("S1")


@pytest.fixture(scope="module")
def demo_report(tmp_path_factory):
    with open_demo(tmp_path_factory.mktemp("demo") / "demo") as project:
        project.sign_in(next(each.id for each in project.ask(people.roster) if each.code == "S1"))
        return project.ask(drift)


def asked(lab: Lab, **more):
    lab.study.sign_in("S1")
    return lab.ask(drift, DriftOptions(**more))


def series(report, coder, topic="mentalization", dimension="fidelity", reference=Reference.PARTNERS):
    found = report.group if coder == "" else report.coder(coder).series
    key = topic, dimension, reference
    return next(one for one in found if (one.topic, one.dimension, one.reference) == key)


def standings(report):
    return {coder.coder: coder.standing for coder in report.coders}


def test_the_drifting_coder_of_the_demo_is_found_and_nobody_else(demo_report):
    assert standings(demo_report) == {
        "R1": Standing.IN_CONTROL,
        "R2": Standing.IN_CONTROL,
        "R3": Standing.DRIFTING,
        "R4": Standing.IN_CONTROL,
    }
    assert demo_report.apart == ()
    (flag,) = demo_report.coder("R3").flags
    assert (flag.topic, flag.dimension) == ("mentalization", "fidelity")
    assert flag.change > 0.5
    # The drift was built in from 11 May on, half a point a month.
    assert date(2026, 5, 11) <= flag.began <= date(2026, 8, 1)
    assert flag.words.startswith(
        "R3 rates mentalization-based scales (fidelity) 1.1 higher than partners since"
    )


def test_a_coder_who_moves_is_named_with_day_size_and_number(lab: Lab):
    double_code(lab, FOUR, 72, MOVED)
    report = asked(lab)
    assert standings(report) == dict.fromkeys(FOUR[:3], Standing.IN_CONTROL) | {"R4": Standing.DRIFTING}
    (flag,) = report.coder("R4").flags
    assert abs((flag.began - day(48).date()).days) <= 6
    assert flag.signalled > flag.began
    assert 1.2 < flag.size < 2.0
    assert flag.n == sum(point.flagged for point in series(report, "R4").points)
    words = f"R4 rates mentalization-based scales (fidelity) {flag.size:.1f} higher than partners since"
    assert flag.words.startswith(words)
    assert f"(n = {flag.n} sessions)" in flag.words
    assert report.coder("R4").words == (flag.words,)


def test_a_point_is_what_was_rated(lab: Lab):
    double_code(lab, FOUR, 24)
    one = series(asked(lab), "R2")
    point = one.points[3]
    assert point.day == sorted(each.day for each in one.points)[3]
    assert len(point.partners) == len(point.reference_ids) == 1
    assert (point.n_scales, point.sets_limits) == (4, False)
    given = {
        rating: lab.study.project.ask(_scores, rating) for rating in (point.rating_id, *point.reference_ids)
    }
    own, other = given.values()
    gaps = [own[slot] - other[slot] for slot in own if slot[0].startswith(("cur", "car", "chi", "tra"))]
    assert point.difference == pytest.approx(np.mean(gaps))
    assert point.within_1 == sum(abs(gap) <= 1 for gap in gaps)


def _scores(db, rating_id):
    rating = db.get_one(Rating, rating_id)
    return {
        (each.scale, each.dimension): each.value for each in rating.scores if each.dimension == "fidelity"
    }


def test_with_two_coders_nobody_can_tell_which_of_them_moved(lab: Lab):
    double_code(lab, ("R1", "R2"), 30, {"R2": (18, 1.6)})
    report = asked(lab)
    assert set(standings(report).values()) == {Standing.APART}
    (words,) = report.apart
    assert "R1 and R2 no longer differ as they did" in words
    assert "beside R2, R1 rates 1." in words
    assert " lower than before (n = " in words
    assert "Which of the two has moved cannot be told" in words


def test_master_codes_tell_which_of_two_moved(lab: Lab):
    double_code(lab, ("R1", "R2"), 36, {"R2": (20, 1.6)}, master=1)
    found = standings(asked(lab))
    assert found == {"R1": Standing.IN_CONTROL, "R2": Standing.DRIFTING} or found["R1"] is Standing.APART
    assert found["R2"] is Standing.DRIFTING


def test_all_coders_moving_together_shows_against_master_codes_alone(lab: Lab):
    double_code(lab, FOUR, 80, dict.fromkeys(FOUR, (50, 1.6)), master=1)
    report = asked(lab)
    group = series(report, "", reference=Reference.MASTER)
    assert group.standing is Standing.DRIFTING
    assert group.words.startswith("All coders together rate mentalization-based scales (fidelity) 1.")
    assert "than the master codes since" in group.words
    assert all(one.standing is Standing.IN_CONTROL for code in FOUR for one in [series(report, code)])


def test_two_who_are_level_now_are_not_said_to_differ(lab: Lab):
    double_code(lab, ("R1", "R2"), 40, {"R2": (20, 1.6)}, usual={"R2": -1.6})
    report = asked(lab)
    assert abs(np.mean([point.difference for point in series(report, "R1").points[-15:]])) < 0.3
    (words,) = report.apart
    assert "beside R2, R1 rates 1." in words
    assert " lower than before" in words
    assert "now" not in words


def test_one_coder_who_moves_does_not_make_it_all_of_them(lab: Lab):
    double_code(lab, FOUR, 72, {"R4": (36, 1.6)}, master=1)
    report = asked(lab)
    assert report.coder("R4").standing is Standing.DRIFTING
    group = series(report, "", reference=Reference.MASTER)
    assert group.flags == ()
    assert group.points[-1].signals
    assert not any(point.flagged for point in group.points)
    assert group.words.startswith("Beyond its limits at the last of")


def test_the_other_side_of_a_partners_change_is_not_marked_as_a_flag(lab: Lab):
    double_code(lab, ("R1", "R2"), 48, {"R2": (24, 1.6)}, master=1)
    report = asked(lab)
    mirrored = series(report, "R1")
    assert mirrored.flags == ()
    assert any(point.signals for point in mirrored.points)
    assert not any(point.flagged for point in mirrored.points)


def test_ratings_that_bear_one_time_are_pointed_out(lab: Lab):
    double_code(lab, FOUR, 30)
    assert not any("bear the same time" in words for words in asked(lab).remarks)
    rng = np.random.default_rng(1)
    for nth in range(4):
        for coder in FOUR[:2]:
            lab.give(f"D10-{nth + 1}", coder, answers=answers(nth, {}, rng), at=day(40))
    assert any(words.startswith("8 ratings bear the same time") for words in asked(lab).remarks)


def test_few_sessions_say_that_they_are_few(lab: Lab):
    double_code(lab, FOUR, 8, {"R4": (4, 3.0)})
    report = asked(lab)
    assert set(standings(report).values()) == {Standing.TOO_FEW}
    assert report.coder("R1").words == ("Too few (n = 5) to say.",)


def test_equal_scores_give_limits_from_rounding_and_no_flag(lab: Lab):
    for nth in range(20):
        for code in ("R1", "R2"):
            lab.give(f"C10-{nth + 1}", code, 4, at=day(nth))
    one = series(asked(lab), "R1")
    assert one.standing is Standing.IN_CONTROL
    assert one.limits.sigma > 0.15
    assert "rounding" in one.limits.words
    assert (one.mean, one.within_1) == (0.0, 1.0)


def test_order_is_that_of_submission_whatever_was_stored_first(lab: Lab):
    for nth in (5, 2, 9, 1):
        for code in ("R1", "R2"):
            lab.give(f"C10-{nth}", code, 4, at=day(nth))
    assert [point.session for point in series(asked(lab), "R1").points] == [
        "C10-1",
        "C10-2",
        "C10-5",
        "C10-9",
    ]


def test_scales_without_master_codes_are_left_out_of_the_difference(lab: Lab):
    other = {("child_mind", "fidelity"): NOT_APPLICABLE, ("curious_stance", "fidelity"): rated(2)}
    lab.give("C10-1", "R1", 4, at=day(0))
    lab.give("C10-1", "S1", 4, answers=other, purpose=Purpose.MASTER)
    (point,) = series(asked(lab), "R1", reference=Reference.MASTER).points
    assert (point.n_scales, point.within_1) == (3, 2)
    assert point.difference == pytest.approx(2 / 3)


def test_a_second_rating_counts_for_stability_alone(lab: Lab):
    for nth in range(6):
        for code in ("R1", "R2"):
            lab.give(f"C10-{nth + 1}", code, 3 + nth % 3, at=day(nth))
        lab.give(f"C10-{nth + 1}", "R1", 4 + nth % 3, at=day(nth + 40), occasion=2)
    report = asked(lab)
    assert len(series(report, "R1").points) == 6
    stable = report.coder("R1").stability[0]
    assert (stable.n_sessions, stable.n_scores, stable.change, stable.within_1) == (6, 60, 1.0, 1.0)
    assert stable.icc.defined
    assert stable.icc.value < 1
    assert not report.coder("R2").stability[0].icc.defined
    assert any("not in the charts: 6." in words for words in report.remarks)


def test_ratings_of_different_editions_are_not_compared(lab: Lab):
    double_code(lab, ("R1", "R2"), 3)
    lab.give("C40-1", "R1", 4, at=day(50))
    lab.study.instrument_id = lab.study.use_instrument(FROM_ZERO)
    lab.give("C40-1", "R2", 4, at=day(50))
    report = asked(lab)
    assert len(series(report, "R1").points) == 3
    assert any("another edition" in words for words in report.remarks)


def test_certification_sets_the_limits_and_everything_after_it_is_watched(lab: Lab):
    rng = np.random.default_rng(3)
    for nth in range(8):
        label, learnt = f"C90-{nth + 1}", {"purpose": Purpose.CERTIFICATION, "at": day(nth - 40)}
        for code in FOUR:
            lab.give(label, code, answers=answers(nth, {}, rng), **learnt)
        lab.give(label, "S1", answers=answers(nth, {}, rng), purpose=Purpose.MASTER, at=day(nth - 50))
    double_code(lab, FOUR, 24)
    one = series(asked(lab), "R2")
    assert one.limits.origin is Origin.CERTIFICATION
    assert "Limits from certification (8 sessions)" in one.limits.words
    assert one.n == 12


def test_only_what_was_asked_for_is_reported(lab: Lab):
    double_code(lab, FOUR, 12, master=3)
    report = asked(
        lab, coders=("R2",), dimensions=("competence",), references=(Reference.MASTER,), by="scale"
    )
    (coder,) = report.coders
    assert coder.coder == "R2"
    assert {one.reference for one in coder.series} == {Reference.MASTER}
    assert {one.dimension for one in coder.series} == {"competence"}
    assert len(coder.series) == len(report.topics) == 10
    assert {each.reference for each in coder.disagreements} <= {Reference.MASTER}


def test_a_flag_does_not_depend_on_what_is_looked_at(lab: Lab):
    double_code(lab, FOUR, 72, MOVED)
    every, some = asked(lab), asked(lab, coders=("R4",), dimensions=("fidelity",))
    assert series(every, "R4").flags == series(some, "R4").flags
    assert len(series(every, "R4").flags) == 1


def test_unknown_coders_and_dimensions_are_refused(lab: Lab):
    lab.study.sign_in("S1")
    with pytest.raises(UserError, match="R9"):
        lab.ask(drift, DriftOptions(coders=("R9",)))
    with pytest.raises(UserError, match="fidelity, competence"):
        lab.ask(drift, DriftOptions(dimensions=("tempo",)))


def test_a_coder_is_refused(lab: Lab):
    lab.study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        lab.ask(drift)


def test_a_study_without_double_coding_says_so(lab: Lab):
    report = asked(lab)
    assert all(coder.standing is Standing.TOO_FEW for coder in report.coders)
    assert report.coder("R1").words == ("No session has been compared yet.",)
    assert any("master codes" in words for words in report.remarks)


def test_the_largest_disagreements_lead_to_both_ratings(lab: Lab):
    own = lab.give("C10-1", "R1", 4, answers={("warm_regard", "fidelity"): rated(7)}, at=day(1))
    other = lab.give("C10-1", "R2", 4, answers={("warm_regard", "fidelity"): rated(2)}, at=day(1))
    first, *rest = asked(lab).coder("R1").disagreements
    assert (first.rating_id, first.reference_id, first.who) == (own, other, "R2")
    assert (first.own, first.other, first.scale, first.session) == (7, 2, "warm_regard", "C10-1")
    assert rest == []


def recalibrated(lab: Lab, passed: bool, after: int) -> None:
    """Drift flagged, a recalibration closed with session 72, and more sessions after it."""
    double_code(lab, FOUR, 72, MOVED)
    reason = as_reason(asked(lab), "R4")
    assert reason["flags"][0]["scales"] == [
        *("curious_stance", "caregiver_mind", "child_mind", "transparent_linking")
    ]
    lab.study.do(_closed, reason, passed)
    if after:
        double_code(lab, FOUR, after, begin=72)


def _closed(db, reason, passed):
    code = {person.code: person.id for person in db.query(Person)}
    db.add(
        Recalibration(
            person_id=code["R4"],
            by_id=code["S1"],
            reason=reason,
            drawn_at=day(71),
            closed_at=day(71) + timedelta(hours=13),
            outcome={"passed": passed},
        )
    )


def test_a_recalibration_that_was_well_ends_the_flag_and_keeps_it_in_sight(lab: Lab):
    recalibrated(lab, passed=True, after=6)
    one = series(asked(lab), "R4")
    assert one.standing is Standing.RECALIBRATED
    assert one.recalibrated == (CLOSED,)
    assert "Recalibrated on" in one.words
    (flag,) = one.flags
    assert flag.cleared_on == CLOSED
    assert one.n == 3


def test_one_that_was_not_well_ends_it_only_after_sessions_in_control(lab: Lab):
    recalibrated(lab, passed=False, after=6)
    assert asked(lab).coder("R4").standing is Standing.DRIFTING
    double_code(lab, FOUR, 14, begin=78)
    report = asked(lab)
    assert report.coder("R4").standing is Standing.IN_CONTROL
    assert report.coder("R4").recalibrations[0].passed is False


def test_only_the_newest_sessions_of_a_long_study_are_charted(lab: Lab):
    double_code(lab, ("R1", "R2"), 30)
    report = asked(lab, latest=12)
    one = series(report, "R1")
    assert [point.sets_limits for point in one.points] == [True] * 10 + [False] * 12
    assert one.points[-1].session == "C12-6"
    assert any("the newest 12" in words for words in report.remarks)


def test_pace_is_the_median_and_leaves_out_what_took_days(lab: Lab):
    double_code(lab, ("R1", "R2"), 3)
    context = asked(lab).coder("R1").context
    assert context.minutes_n + context.over_a_day <= 3
    assert np.isnan(context.coverage)
    assert context.coverage_n == 0
