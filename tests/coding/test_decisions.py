"""A decision holds for the ratings begun while it is in force, and is read by whoever rates."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from mio_fidelity.coding import assign, consensus, meetings, planned, rate
from mio_fidelity.coding.decisions import IN_FORCE, TO_COME, WITHDRAWN, decisions, decisions_for
from mio_fidelity.coding.meeting_lists import decisions as decision_list
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import parse_instrument
from mio_fidelity.store import Purpose
from tests.coding.double_coded import double_coded

TODAY = date.today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WORDS = "Warmth without words counts."


@pytest.fixture
def boss(study):
    study.sign_in("S1")
    return study


def decide(study, scale="warm_regard", dimension=None, since=TODAY, text=WORDS, held=None):
    who = study.project.person_id
    study.sign_in("S1")
    made = study.do(meetings.decide, scale, dimension, text, since, held)
    if who:
        study.project.sign_in(who)
    return made


def begun(study, days_ago):
    """R1's rating, begun some days ago at noon; R1 is signed in."""
    study.sign_in("R1")
    study.do(rate.begin, study.rating_id)
    noon = datetime.combine(TODAY - timedelta(days=days_ago), time(12)).astimezone(UTC)
    study.sql(
        "UPDATE rating SET begun_at = :at WHERE id = :id",
        at=noon.strftime("%Y-%m-%d %H:%M:%S.000000"),
        id=study.rating_id,
    )


def holding(study):
    return [each.text for each in study.ask(decisions_for, study.rating_id)]


def test_a_coder_reads_it_with_its_scale_its_day_and_the_day_of_the_meeting(boss):
    held = boss.do(meetings.hold, YESTERDAY)
    boss.do(meetings.set_notes, held, "notes-qzxj")
    boss.do(meetings.set_sessions, held, [boss.session_id])
    decide(boss, dimension="fidelity", held=held)
    boss.sign_in("R1")
    (found,) = boss.ask(decisions, TODAY)
    assert (found.scale_title, found.dimension_title, found.text) == ("1. Warm regard", "Fidelity", WORDS)
    assert (found.since, found.met_on, found.withdrawn_on) == (TODAY, YESTERDAY, None)
    assert not any(word in repr(found) for word in ("notes-qzxj", "QZX7", boss.session_id))


def test_it_holds_for_a_rating_begun_on_its_day_and_not_for_an_older_one(boss):
    decide(boss, since=YESTERDAY)
    begun(boss, 2)
    assert holding(boss) == []
    begun(boss, 1)
    assert holding(boss) == [WORDS]


def test_a_rating_not_begun_has_the_decisions_of_today(boss):
    decide(boss, since=TOMORROW, text="tomorrow's")
    decide(boss)
    boss.sign_in("R1")
    assert holding(boss) == [WORDS]


def test_withdrawn_it_still_holds_for_what_was_begun_before(boss):
    made = decide(boss, since=TODAY - timedelta(days=9))
    begun(boss, 3)
    boss.sign_in("S1")
    boss.do(meetings.withdraw_decision, made)
    boss.sign_in("R1")
    assert holding(boss) == [WORDS]
    new = boss.assign("R1", Purpose.TRAINING)
    assert boss.ask(decisions_for, new) == ()
    boss.do(rate.begin, new)
    assert boss.ask(decisions_for, new) == ()


def test_withdrawn_it_stays_in_the_history_with_its_day(boss):
    made = decide(boss)
    boss.do(meetings.withdraw_decision, made)
    assert boss.ask(decisions, TODAY) == ()
    (found,) = boss.ask(decisions)
    assert (found.text, found.withdrawn_on) == (WORDS, TODAY)
    with pytest.raises(UserError, match="withdrawn already"):
        boss.do(meetings.withdraw_decision, made)


def test_a_submitted_rating_keeps_what_held_for_it(boss):
    decide(boss)
    boss.sign_in("R1")
    boss.submit()
    boss.sign_in("S1")
    decide(boss, since=TOMORROW, text="later")
    boss.sign_in("R1")
    assert holding(boss) == [WORDS]


def test_nobody_asks_for_a_rating_of_somebody_else_or_one_that_was_taken_back(boss):
    boss.sign_in("R2")
    for rating_id in (boss.rating_id, "no rating"):
        with pytest.raises(UserError, match="not one of your sessions"):
            boss.ask(decisions_for, rating_id)
    boss.sign_in("S1")
    boss.do(planned.withdraw, [boss.rating_id])
    boss.sign_in("R1")
    with pytest.raises(UserError, match="not one of your sessions"):
        boss.ask(decisions_for, boss.rating_id)


def test_a_consensus_has_the_decisions_of_the_day_it_was_begun(boss):
    double_coded(boss)
    decide(boss)
    begun_id = boss.do(consensus.begin, boss.session_id, [boss.people["S1"]])
    assert [each.text for each in boss.ask(decisions_for, begun_id)] == [WORDS]


def test_it_concerns_a_scale_all_scales_or_one_dimension(boss):
    decide(boss, "warm_regard", "fidelity", text="one")
    decide(boss, "warm_regard", None, text="both")
    decide(boss, None, "competence", text="every competence")
    decide(boss, "child_mind", None, text="other")
    found = boss.ask(decisions, TODAY)
    about = [each.text for each in found if each.concerns("warm_regard", "fidelity")]
    assert about == ["one", "both"]
    assert [each.text for each in boss.ask(decisions, TODAY, "warm_regard")] == [
        "one",
        "both",
        "every competence",
    ]


@pytest.mark.parametrize(
    ("scale", "dimension"), [("no_scale", None), ("warm_regard", "no_dimension"), (None, "no_dimension")]
)
def test_what_no_instrument_rates_is_refused(boss, scale, dimension):
    with pytest.raises(UserError, match="No instrument of this study rates that"):
        boss.do(meetings.decide, scale, dimension, WORDS, TODAY)


def test_nothing_decided_is_no_decision(boss):
    with pytest.raises(UserError, match="Write down what was decided"):
        boss.do(meetings.decide, None, None, " \n ", TODAY)


def test_a_decision_outlives_the_edition_it_was_made_under(boss):
    decide(boss)
    old = boss.project.ask(decisions)[0].scale_title
    boss.sign_in("R1")
    files = dict(boss.desk().instrument.files)
    boss.sign_in("S1")
    name = next(name for name in files if 'title = "Warm regard"' in files[name])
    files[name] = files[name].replace('title = "Warm regard"', 'title = "Warmth"')
    files[name] = re.sub('edition = ".*"', 'edition = "later"', files[name])
    newer = boss.do(assign.use_instrument, parse_instrument(files))
    assert old == "1. Warm regard"
    assert boss.ask(decisions)[0].scale_title == "1. Warmth"
    new = boss.do_as_supervisor(assign.assign, boss.session_id, boss.people["R1"], newer, Purpose.TRAINING)
    boss.sign_in("R1")
    assert [each.scale for each in boss.ask(decisions_for, new)] == ["warm_regard"]


def test_a_day_says_which_are_in_force_to_come_and_withdrawn(boss):
    made = decide(boss, since=YESTERDAY, text="ended")
    boss.do(meetings.withdraw_decision, made)
    decide(boss, since=YESTERDAY, text="holds")
    decide(boss, since=TOMORROW, text="will")
    found = boss.ask(decision_list, TODAY)
    at = [found.at(key) for key in ("decision", "state", "withdrawn")]
    assert [tuple(row[nth] for nth in at) for row in found.rows] == [
        ("will", TO_COME, None),
        ("holds", IN_FORCE, None),
        ("ended", WITHDRAWN, TODAY),
    ]
    assert [each.text for each in boss.ask(decisions, YESTERDAY)] == ["ended", "holds"]


@pytest.mark.parametrize("code", ["R1", "R2"])
def test_a_coder_decides_nothing(boss, code):
    made = decide(boss)
    boss.sign_in(code)
    with pytest.raises(UserError, match="supervisor"):
        boss.do(meetings.decide, None, None, WORDS, TODAY)
    with pytest.raises(UserError, match="supervisor"):
        boss.do(meetings.withdraw_decision, made)
