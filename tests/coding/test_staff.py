"""People who leave and come back, and whose sessions they are kept away from."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mio_fidelity.coding import planned, staff
from mio_fidelity.coding.desk import queue
from mio_fidelity.coding.people import roster
from mio_fidelity.coding.plan import Plan
from mio_fidelity.errors import UserError
from tests.coding import trials
from tests.coding.trials import CODERS, SECOND, SUPERVISOR, TODAY
from tests.conftest import Made, OpenStudy, copy_of

PLAN = Plan(double_share=0.5, first_due=date(2026, 6, 8))
SEED = 11


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The trial, given out."""
    folder, ids = trials.build(tmp_path_factory.mktemp("trial"))
    opened = copy_of((folder, ids), tmp_path_factory.mktemp("given"))
    opened.sign_in(SUPERVISOR)
    opened.do(planned.carry_out, PLAN, SEED, TODAY)
    opened.project.close()
    return opened.folder, ids


@pytest.fixture
def trial(tmp_path: Path, built: Made) -> Iterator[OpenStudy]:
    opened = copy_of(built, tmp_path)
    opened.sign_in(SUPERVISOR)
    yield opened
    opened.project.close()


def held(study: OpenStudy, code: str) -> list[str]:
    """Sessions somebody has."""
    query = "SELECT session_id FROM rating WHERE person_id = :who AND withdrawn_at IS NULL ORDER BY 1"
    return [row[0] for row in study.sql(query, who=study.people[code])]


def coders_of_each(study: OpenStudy) -> dict[str, tuple[int, str]]:
    """Session -> how many code it, and what for."""
    query = (
        "SELECT session_id, count(DISTINCT person_id), min(purpose), max(purpose) FROM rating"
        " WHERE withdrawn_at IS NULL GROUP BY session_id"
    )
    return {row[0]: (row[1], "/".join({row[2], row[3]})) for row in study.sql(query)}


def test_the_sessions_of_somebody_who_leaves_are_free_again_but_for_the_submitted(trial):
    mine = held(trial, "R1")
    trial.sql(
        "UPDATE rating SET begun_at = assigned_at, submitted_at = assigned_at"
        " WHERE person_id = :who AND session_id = :session",
        who=trial.people["R1"],
        session=mine[0],
    )
    assert trial.do(staff.leave, trial.people["R1"]) == len(mine) - 1 == 11
    assert held(trial, "R1") == mine[:1]
    assert "R1" not in {member.code for member in trial.ask(roster)}
    with pytest.raises(UserError, match="does not work in the study"):
        trial.sign_in("R1")


def test_after_somebody_left_the_plan_fills_every_gap(trial):
    before = coders_of_each(trial)
    others = {code: held(trial, code) for code in CODERS[1:]}
    trial.do(staff.leave, trial.people["R1"])
    trial.do(planned.carry_out, PLAN, SEED, TODAY)
    now = coders_of_each(trial)
    assert set(now) == set(before)
    assert (
        sorted(now.values())
        == sorted(before.values())
        == [(1, "production")] * 12 + [(2, "reliability")] * 12
    )
    for code, sessions in others.items():
        assert set(sessions) < set(held(trial, code))
    assert held(trial, "R1") == []


def test_whoever_comes_back_signs_in_and_gets_sessions_again(trial):
    trial.do(staff.leave, trial.people["R1"])
    trial.do(staff.come_back, trial.people["R1"])
    trial.sign_in("R1")
    assert trial.ask(queue) == ()
    trial.sign_in(SUPERVISOR)
    trial.do(planned.carry_out, PLAN, SEED, TODAY)
    assert len(held(trial, "R1")) == 12
    assert {n for n, _ in coders_of_each(trial).values()} == {1, 2}


def test_the_last_supervisor_does_not_leave(trial):
    trial.do(staff.leave, trial.people[SECOND])
    with pytest.raises(UserError, match="only supervisor"):
        trial.do(staff.leave, trial.people[SUPERVISOR])
    trial.do(staff.come_back, trial.people[SECOND])
    assert trial.do(staff.leave, trial.people[SUPERVISOR]) == 0


@pytest.mark.parametrize(
    ("whose", "column"),
    [
        ({"client": "QZX1"}, "client_id"),
        ({"counselor": "KQZX0"}, "counselor_id"),
        ({"site": "qzxj-north"}, "site_id"),
    ],
)
def test_whoever_is_barred_is_kept_away_until_it_is_lifted(trial, whose, column):
    def barred() -> frozenset[str]:
        coders = trial.ask(planned.ground, PLAN, TODAY).coders
        assert not any(each.barred for each in coders if each.code != "R1")
        return coders[0].barred

    trial.do(staff.bar, trial.people["R1"], **whose)
    trial.do(staff.bar, trial.people["R1"], **whose)
    ((stored,),) = trial.sql(f"SELECT {column} FROM barred")
    assert barred() == {stored}
    trial.do(staff.unbar, trial.people["R2"], **whose)
    assert barred() == {stored}
    trial.do(staff.unbar, trial.people["R1"], **whose)
    assert barred() == frozenset()
    assert trial.sql("SELECT * FROM barred") == []


@pytest.mark.parametrize("verb", [staff.bar, staff.unbar])
def test_a_code_that_nothing_has_is_refused(trial, verb):
    for whose in ("client", "counselor", "site"):
        with pytest.raises(UserError, match="Nothing in the study is called R1"):
            trial.do(verb, trial.people["R1"], **{whose: "R1"})


def test_somebody_works_at_a_site_or_at_none(trial):
    def site() -> list[object]:
        query = "SELECT s.code FROM person p JOIN site s ON s.id = p.site_id WHERE p.code = 'R1'"
        return [row[0] for row in trial.sql(query)]

    trial.do(staff.set_site, trial.people["R1"], "qzxj-north")
    assert site() == ["qzxj-north"]
    trial.do(staff.set_site, trial.people["R1"], "Elsewhere")
    assert site() == ["Elsewhere"]
    trial.do(staff.set_site, trial.people["R1"], None)
    assert site() == []


@pytest.mark.parametrize("code", ["R1", trials.CLINICIAN])
def test_only_supervisors_say_who_works(trial, code):
    trial.sign_in(code)
    before = trial.sql("SELECT * FROM audit")
    for verb, words, named in (
        (staff.leave, ("nobody",), {}),
        (staff.come_back, ("nobody",), {}),
        (staff.bar, (trial.people["R2"],), {"client": "QZX1"}),
        (staff.unbar, (trial.people["R2"],), {"client": "QZX1"}),
        (staff.set_site, ("nobody", None), {}),
    ):
        with pytest.raises(UserError, match="Only a supervisor"):
            trial.do(verb, *words, **named)
    assert trial.sql("SELECT * FROM audit") == before
