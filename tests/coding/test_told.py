"""Who was told what a session's codes are is not given it to rate blind."""

from datetime import date

import pytest

from mio_fidelity.coding import discuss, exemplars, masters, meetings, rate, recalibration, training
from mio_fidelity.coding.plan import Plan
from mio_fidelity.coding.planned import ground, reassign
from mio_fidelity.coding.recodes import recodes
from mio_fidelity.coding.told import told, told_of
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.trained import fill

DAY = date(2026, 3, 3)


@pytest.fixture
def ready(study):
    """The session has master codes and is for training; R1 has rated it for the study."""
    study.submit()
    study.sign_in("S1")
    master = study.do(masters.begin_master, study.session_id)
    study.mark = study.do(rate.mark_evidence, master, "warm_regard", 900)
    study.do(fill, master, {})
    study.do(masters.set_for_training, [study.session_id], True)
    return study


def meet(study, who, from_list=False):
    meeting = study.do(meetings.hold, DAY)
    study.do(meetings.set_attendance, meeting, [study.people[code] for code in who])
    if from_list:
        study.do(discuss.take_up, meeting, [study.do(discuss.put, study.session_id)])
    else:
        study.do(meetings.set_sessions, meeting, [study.session_id])


def promote(study):
    return study.do(exemplars.promote, study.mark, "fidelity", 6)


def test_nobody_is_told_anything_at_first(ready):
    assert ready.ask(told) == frozenset()


@pytest.mark.parametrize("from_list", [False, True])
def test_who_was_at_a_meeting_about_a_session_cannot_rate_it_blind(ready, from_list):
    meet(ready, ["R2"], from_list)
    assert ready.ask(told) == {(ready.session_id, ready.people["R2"])}
    with pytest.raises(UserError, match="discussed"):
        ready.do(training.assign_training, ready.people["R2"], [ready.session_id])
    with pytest.raises(UserError, match="no master session"):
        ready.do(recalibration.draw_masters, ready.people["R2"], 1, {}, 1)


def test_an_example_makes_its_session_known_to_everybody_even_when_taken_back(ready):
    example = promote(ready)
    for code in ("R1", "R2"):
        assert ready.ask(told_of, ready.people[code]) == {ready.session_id}
    ready.do(exemplars.withdraw, example)
    with pytest.raises(UserError, match="hear an example"):
        ready.do(training.assign_training, ready.people["R2"], [ready.session_id])


def test_a_session_is_not_passed_on_to_somebody_who_was_told_of_it(ready):
    open_ = ready.assign("S1")
    meet(ready, ["R2"])
    with pytest.raises(UserError, match="R2 has discussed this session"):
        reassign_to(ready, open_)


def reassign_to(study, rating_id):
    study.do(reassign, rating_id, study.people["R2"])


@pytest.mark.parametrize("how", [promote, lambda study: meet(study, ["R1"])])
def test_hidden_recodes_are_not_drawn_from_it(ready, how):
    plan = Plan(recodes=1, recode_after_days=1)
    later = date(date.today().year + 1, 1, 1)
    assert [person for _, person, _ in recodes(plan, ready.ask(ground, plan, later), 1)[0]] == [
        ready.people["R1"]
    ]
    how(ready)
    assert recodes(plan, ready.ask(ground, plan, later), 1)[0] == []


def test_a_plan_gives_it_to_nobody_who_was_told(ready):
    promote(ready)
    given = ready.ask(ground, Plan(), DAY).existing
    assert {one.person_id for one in given if one.purpose is Purpose.CONSENSUS} == set(ready.people.values())
    assert all(one.submitted_on for one in given if one.purpose is Purpose.CONSENSUS)
