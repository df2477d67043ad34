"""Carrying a plan out in a study: whole or not at all, and what supervisors do with it afterwards."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mio_fidelity.coding import people, planned, recordings, staff
from mio_fidelity.coding.desk import queue
from mio_fidelity.coding.draw import draw
from mio_fidelity.coding.plan import Plan, plan_from
from mio_fidelity.coding.planned import CarriedOut, carry_out, reassign, withdraw
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Counselor
from tests import media_factory
from tests.coding import trials
from tests.coding.trials import CLINICIAN, CODERS, SECOND, SUPERVISOR, TODAY, rate_all
from tests.conftest import Made, OpenStudy, copy_of, new_study

PLAN = Plan(double_share=0.25, first_due=date(2026, 6, 8), per_week=4)
SEED = 20260601


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return trials.build(tmp_path_factory.mktemp("trial"))


@pytest.fixture
def trial(tmp_path: Path, built: Made) -> Iterator[OpenStudy]:
    """The trial, open, with the supervisor signed in."""
    opened = copy_of(built, tmp_path)
    opened.sign_in(SUPERVISOR)
    yield opened
    opened.project.close()


def ratings(study: OpenStudy, more: str = "withdrawn_at IS NULL") -> list[tuple[str, str, str, int]]:
    """Session, person, purpose and occasion of each."""
    query = f"SELECT session_id, person_id, purpose, occasion FROM rating WHERE {more} ORDER BY 1, 2, 3, 4"
    return [tuple(row) for row in study.sql(query)]


def one_of(study: OpenStudy, code: str, purpose: Purpose = Purpose.PRODUCTION) -> str:
    """A rating of somebody that is not submitted."""
    query = (
        "SELECT id FROM rating WHERE person_id = :who AND purpose = :what AND withdrawn_at IS NULL"
        " AND submitted_at IS NULL ORDER BY session_id LIMIT 1"
    )
    ((rating_id,),) = study.sql(query, who=study.people[code], what=purpose)
    return str(rating_id)


def everything(study: OpenStudy) -> list[object]:
    return [
        study.sql(f"SELECT * FROM {table} ORDER BY 1") for table in ("rating", "assignment_plan", "audit")
    ]


def test_what_the_preview_showed_is_what_is_given_out(trial):
    ground = trial.ask(planned.ground, PLAN, TODAY)
    seen = draw(PLAN, ground, SEED)
    done = trial.do(carry_out, PLAN, SEED, TODAY, expected=ground.fingerprint)
    assert done == CarriedOut(sampled=24, assigned=30, double_coded=6, recodes=0)
    assert ratings(trial) == sorted((one.session_id, one.person_id, str(one.purpose), 1) for one in seen.new)
    rows = trial.sql("SELECT session_id, person_id, due_on, plan_id, role, instrument_id FROM rating")
    due = {(row.session_id, row.person_id): str(row.due_on) for row in rows}
    assert due == {(one.session_id, one.person_id): str(one.due_on) for one in seen.new}
    ((plan_id,),) = trial.sql("SELECT id FROM assignment_plan")
    assert {(row.plan_id, row.role, row.instrument_id) for row in rows} == {
        (plan_id, "coder", trial.instrument_id)
    }


def test_each_assignment_has_a_blind_code_of_its_own(trial):
    trial.do(carry_out, Plan(double_share=1), SEED, TODAY)
    codes = [code for (code,) in trial.sql("SELECT blind_code FROM rating")]
    assert len(set(codes)) == len(codes) == 48


def test_the_coders_find_the_sessions_in_their_lists(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    lengths = []
    for code in CODERS:
        trial.sign_in(code)
        lengths.append(len(trial.ask(queue)))
    assert lengths == [10, 10, 10]


def test_the_plan_is_kept_so_that_it_can_be_drawn_again(trial):
    before = trial.ask(planned.ground, PLAN, TODAY)
    trial.do(carry_out, PLAN, SEED, TODAY)
    (kept,) = trial.ask(planned.plans)
    assert (plan_from(kept.terms), kept.seed) == (PLAN, SEED)
    assert kept.outcome["double_coded"] == 6
    assert kept.outcome["load"] == dict.fromkeys(CODERS, 10)
    assert kept.outcome["pairs"] == {"R1 R2": 2, "R1 R3": 2, "R2 R3": 2}
    again = draw(plan_from(kept.terms), before, kept.seed)
    assert sorted((one.session_id, one.person_id) for one in again.new) == [row[:2] for row in ratings(trial)]


def test_a_study_that_changed_since_the_preview_is_left_as_it_is(trial):
    seen = trial.ask(planned.ground, PLAN, TODAY).fingerprint
    trial.do(recordings.add_session, SessionFacts("QZX99", 1), [], trial.folder)
    before = everything(trial)
    with pytest.raises(UserError, match="changed since this preview"):
        trial.do(carry_out, PLAN, SEED, TODAY, expected=seen)
    assert everything(trial) == before


def test_a_plan_that_is_stopped_gives_out_nothing(trial):
    before = everything(trial)
    for last in range(1, 20):
        asked = iter(range(last))
        try:
            trial.do(carry_out, PLAN, SEED, TODAY, cancelled=lambda asked=asked: next(asked, None) is None)
        except Cancelled:
            assert everything(trial) == before
        else:
            break
    assert last > 4
    assert len(ratings(trial)) == 30


def test_how_far_it_has_come_goes_up_to_the_end(trial):
    told: list[float] = []
    trial.do(carry_out, PLAN, SEED, TODAY, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_two_supervisors_who_look_at_one_preview_give_it_out_once(trial):
    seen = trial.ask(planned.ground, PLAN, TODAY).fingerprint
    trial.do(carry_out, PLAN, SEED, TODAY, expected=seen)
    before = everything(trial)
    trial.sign_in(SECOND)
    with pytest.raises(UserError, match="changed since this preview"):
        trial.do(carry_out, PLAN, SEED, TODAY, expected=seen)
    with pytest.raises(UserError, match="nothing to assign"):
        trial.do(carry_out, PLAN, SEED, TODAY)
    with pytest.raises(UserError, match="nothing to assign"):
        trial.do(carry_out, PLAN, SEED + 1, TODAY)
    assert everything(trial) == before


def test_a_second_plan_adds_to_the_first_and_takes_nothing_away(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    before = ratings(trial)
    trial.sign_in(SECOND)
    wider = Plan(phases=tuple(replace(phase, take=2) for phase in PLAN.phases), double_share=0.25)
    done = trial.do(carry_out, wider, 5, TODAY)
    assert (done.sampled, done.double_coded) == (48, 12)
    assert set(before) < set(ratings(trial))
    latest, first = trial.ask(planned.plans)
    assert (latest.seed, first.seed) == (5, SEED)
    who = trial.sql("SELECT person_id FROM assignment_plan WHERE id = :id", id=latest.id)
    assert who == [(trial.people[SECOND],)]


def test_hidden_recodes_go_to_the_same_person_under_another_code(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    plan = Plan(double_share=0.25, recodes=2)
    with pytest.raises(UserError, match="nothing to assign"):
        trial.do(carry_out, plan, SEED, TODAY)
    first = ratings(trial)
    rate_all(trial, 28)
    done = trial.do(carry_out, plan, SEED, TODAY)
    assert (done.assigned, done.recodes) == (6, 6)
    again = ratings(trial, "occasion = 2")
    assert Counter(who for _, who, _, _ in again) == dict.fromkeys((trial.people[code] for code in CODERS), 2)
    assert {(*row[:3], 1) for row in again} <= set(first)
    assert len(trial.sql("SELECT DISTINCT blind_code FROM rating")) == 36


def test_the_day_of_submitting_is_that_of_this_computers_clock(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    rate_all(trial, 27)
    plan = Plan(double_share=0.25, recodes=1)
    with pytest.raises(UserError, match="nothing to assign"):
        trial.do(carry_out, plan, SEED, TODAY)
    assert trial.do(carry_out, plan, SEED, TODAY + timedelta(days=1)).recodes == 3


def test_without_an_instrument_nothing_is_given_out(tmp_path):
    with new_study(tmp_path / "study") as project:
        project.do(_coder_and_session, tmp_path)
        with pytest.raises(UserError, match="no instrument yet"):
            project.do(carry_out, Plan(), SEED, TODAY)
        assert project.ask(planned.plans) == ()


def _coder_and_session(db: Db, place: Path) -> None:
    people.add_person(db, "R1", Role.CODER)
    sound = media_factory.make(place / "one.wav", 1, "wav")
    recordings.add_session(db, SessionFacts("C1", 1), [(str(sound), examine(sound))], place)


def test_a_code_that_nobody_ever_had_is_refused_with_those_who_code(trial):
    with pytest.raises(UserError, match=r"The plan names r3, but nobody .* Its coders are R1, R2, R3."):
        trial.ask(planned.ground, Plan(coders=("R1", "r3")), TODAY)


def test_somebody_who_left_or_never_codes_is_remarked_on(trial):
    trial.do(staff.leave, trial.people["R2"])
    plan = Plan(coders=("R1", "R2", "R3", CLINICIAN))
    ground = trial.ask(planned.ground, plan, TODAY)
    assert ground.unknown == ("R2", CLINICIAN)
    assert [each.code for each in ground.coders] == ["R1", "R3"]


def test_every_active_coder_codes_unless_the_plan_names_them(trial):
    assert [each.code for each in trial.ask(planned.ground, PLAN, TODAY).coders] == list(CODERS)
    named = trial.ask(planned.ground, Plan(coders=("S1", "R2")), TODAY)
    assert [each.code for each in named.coders] == ["R2", "S1"]
    assert named.unknown == ()


def test_nobody_codes_the_own_sessions_the_own_site_or_what_is_barred(trial):
    trial.do(
        lambda db: setattr(db.query(Counselor).filter_by(code="KQZX0").one(), "person_id", trial.people["R1"])
    )
    trial.do(staff.set_site, trial.people["R2"], "qzxj-north")
    trial.do(staff.bar, trial.people["R3"], client="QZX2")
    trial.do(carry_out, Plan(double_share=0.3), SEED, TODAY)
    rows = trial.sql(
        "SELECT p.code person, c.code client, k.code counselor, s.code site FROM rating r"
        " JOIN person p ON p.id = r.person_id JOIN treatment_session t ON t.id = r.session_id"
        " JOIN client c ON c.id = t.client_id JOIN counselor k ON k.id = t.counselor_id"
        " JOIN site s ON s.id = c.site_id"
    )
    assert not [row for row in rows if row.person == "R1" and row.counselor == "KQZX0"]
    assert not [row for row in rows if row.person == "R2" and row.site == "qzxj-north"]
    assert not [row for row in rows if row.person == "R3" and row.client == "QZX2"]
    assert {row.person for row in rows} == set(CODERS)
    at_home = trial.ask(planned.ground, Plan(own_site=True), TODAY)
    (r2,) = (each for each in at_home.coders if each.code == "R2")
    assert r2.barred == frozenset()


def test_what_is_taken_back_is_in_no_list_and_can_be_given_to_the_same_person_again(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    before = ratings(trial)
    mine = [row[0] for row in trial.sql("SELECT id FROM rating WHERE person_id = :id", id=trial.people["R1"])]
    assert trial.do(withdraw, mine) == 10
    assert trial.do(withdraw, mine) == 0
    trial.sign_in("R1")
    assert trial.ask(queue) == ()
    trial.sign_in(SUPERVISOR)
    trial.do(carry_out, PLAN, SEED, TODAY)
    assert {row[0] for row in ratings(trial)} == {row[0] for row in before}
    assert Counter(row[2:] for row in ratings(trial)) == Counter(row[2:] for row in before)
    # And once more, until the same person has had the same session three times.
    for _ in range(2):
        trial.do(withdraw, [row[0] for row in trial.sql("SELECT id FROM rating")])
        trial.do(carry_out, PLAN, SEED, TODAY)
    assert ratings(trial) == before
    assert {
        row.occasion for row in trial.sql("SELECT occasion FROM rating WHERE withdrawn_at IS NOT NULL")
    } == {0, -1, -2}


def test_a_submitted_rating_is_not_taken_back(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    open_ = one_of(trial, "R2")
    done = one_of(trial, "R1")
    trial.sql("UPDATE rating SET submitted_at = '2026-06-01 12:00:00' WHERE id = :id", id=done)
    before = everything(trial)
    with pytest.raises(UserError, match="submitted rating stays"):
        trial.do(withdraw, [open_, done])
    with pytest.raises(UserError, match="submitted rating stays"):
        trial.do(reassign, done, trial.people["R2"])
    assert everything(trial) == before


@pytest.mark.parametrize("purpose", [Purpose.PRODUCTION, Purpose.RELIABILITY])
def test_a_session_given_to_somebody_else_keeps_all_but_its_blind_code(trial, purpose):
    trial.do(carry_out, PLAN, SEED, TODAY)
    old = one_of(trial, "R1", purpose)
    query = "SELECT session_id, purpose, occasion, due_on, plan_id, instrument_id FROM rating WHERE id = :id"
    (before,) = trial.sql(query, id=old)
    taken = {
        row.person_id
        for row in trial.sql("SELECT person_id FROM rating WHERE session_id = :id", id=before[0])
    }
    other = next(code for code in ("R2", "R3") if trial.people[code] not in taken)
    new = trial.do(reassign, old, trial.people[other])
    assert trial.sql(query, id=new) == [before]
    codes = trial.sql("SELECT blind_code FROM rating WHERE id IN (:a, :b)", a=old, b=new)
    assert len(set(codes)) == 2
    trial.sign_in(other)
    assert new in {row.rating_id for row in trial.ask(queue)}
    trial.sign_in("R1")
    assert old not in {row.rating_id for row in trial.ask(queue)}


def test_a_session_goes_to_another_and_back_and_still_counts_as_coded_once(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    before = ratings(trial)
    first = one_of(trial, "R1")
    there = trial.do(reassign, first, trial.people["R2"])
    trial.do(reassign, there, trial.people["R1"])
    assert ratings(trial) == before
    with pytest.raises(UserError, match="nothing to assign"):
        trial.do(carry_out, PLAN, SEED, TODAY)


def test_two_supervisors_do_not_both_give_a_session_away(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    rating_id = one_of(trial, "R1")
    trial.do(reassign, rating_id, trial.people["R2"])
    trial.sign_in(SECOND)
    before = everything(trial)
    with pytest.raises(UserError, match="taken back already"):
        trial.do(reassign, rating_id, trial.people["R3"])
    assert trial.do(withdraw, [rating_id]) == 0
    assert everything(trial) == before


def test_a_session_is_not_given_to_whom_it_cannot_go(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    twice = one_of(trial, "R1", Purpose.RELIABILITY)
    ((partner,),) = trial.sql(
        "SELECT person_id FROM rating WHERE id != :id AND session_id ="
        " (SELECT session_id FROM rating WHERE id = :id)",
        id=twice,
    )
    once = one_of(trial, "R1")
    trial.do(staff.leave, trial.people["R3"])
    ((client,),) = trial.sql(
        "SELECT c.code FROM rating r JOIN treatment_session t ON t.id = r.session_id"
        " JOIN client c ON c.id = t.client_id WHERE r.id = :id",
        id=once,
    )
    trial.do(staff.bar, trial.people["R2"], client=client)
    still = one_of(trial, "R2")
    before = everything(trial)
    for rating_id, person_id, sentence in (
        (still, trial.people["R2"], "has the session already"),
        (twice, partner, "has the session already|has left"),
        (once, trial.people["R3"], "R3 has left"),
        (once, trial.people["R2"], "R2 is not to code"),
        (once, trial.people[CLINICIAN], "role of K1"),
    ):
        with pytest.raises(UserError, match=sentence):
            trial.do(reassign, rating_id, person_id)
    assert everything(trial) == before


def test_a_hidden_recode_is_not_given_to_somebody_else(trial):
    trial.do(carry_out, PLAN, SEED, TODAY)
    rate_all(trial, 40)
    trial.do(carry_out, Plan(double_share=0.25, recodes=1), SEED, TODAY)
    rating_id, person_id = trial.sql("SELECT id, person_id FROM rating WHERE occasion = 2")[0]
    other = next(each for code, each in trial.people.items() if code in CODERS and each != person_id)
    with pytest.raises(UserError, match="hidden re-code"):
        trial.do(reassign, rating_id, other)
    trial.do(withdraw, [rating_id])
    trial.do(carry_out, Plan(double_share=0.25, recodes=1), SEED, TODAY)
    assert len(ratings(trial, "occasion = 2")) == 3


@pytest.mark.parametrize("code", ["R1", CLINICIAN])
def test_only_supervisors_plan(trial, code):
    trial.do(carry_out, PLAN, SEED, TODAY)
    rating_id = one_of(trial, "R1")
    trial.sign_in(code)
    before = everything(trial)
    for verb, words in (
        (planned.ground, (PLAN, TODAY)),
        (carry_out, (PLAN, SEED, TODAY)),
        (planned.plans, ()),
        (withdraw, ([rating_id],)),
        (reassign, (rating_id, trial.people["R2"])),
        (reassign, ("no such rating", "nobody")),
    ):
        with pytest.raises(UserError, match="Only a supervisor"):
            trial.do(verb, *words)
    assert everything(trial) == before
