"""The command that gives sessions out by a plan, as somebody types it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.cli.assign import EPILOG, EXAMPLE
from mio_fidelity.coding import people, planned, staff
from mio_fidelity.coding.plan import Plan, plan_from
from mio_fidelity.store import Project, Role
from mio_fidelity.store.models import Person
from tests.coding import trials
from tests.coding.trials import CODERS, SECOND, SUPERVISOR, rate_all
from tests.conftest import PASSPHRASE, Made, OpenStudy, copy_of
from tests.test_cli import refused, run, run_really

DAY = ("--day", "2026-06-01")
KEYS = {
    "schema_version",
    "stored",
    "day",
    "seed",
    "plan",
    "sampled",
    "by_phase",
    "assignments",
    "recodes",
    "double_coded",
    "interval",
    "connected",
    "coders",
    "pairs",
    "remarks",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return trials.build(tmp_path_factory.mktemp("trial"))


@pytest.fixture
def folder(tmp_path: Path, built: Made) -> Path:
    """A closed trial with one supervisor, in a place whose name must not be shown."""
    study = copy_of(built, tmp_path)
    study.sign_in(SUPERVISOR)
    study.do(staff.leave, study.people[SECOND])
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "qzxj-plan.toml"
    path.write_text("double_share = 0.25\n", encoding="utf-8")
    return path


def words(folder: Path, plan: Path, *more: str, seed: int = 7) -> tuple[str | Path, ...]:
    return ("assign", folder, "--plan", plan, "--seed", str(seed), *DAY, *more)


def of_json(folder: Path, plan: Path, *more: str, seed: int = 7) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words(folder, plan, "--json", *more, seed=seed)).stdout)
    return found


def stored(folder: Path) -> tuple[int, int, int]:
    """How many ratings, plans, and lines of the audit trail there are."""
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        one, two, three = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("rating", "assignment_plan", "audit")
        )
        return one, two, three


def test_a_dry_run_says_all_of_it_and_stores_nothing(folder, plan):
    before = stored(folder)
    shown = run_really(*words(folder, plan, "--dry-run"))
    assert shown.stderr == ""
    lines = shown.stdout.splitlines()
    assert lines[0] == "Dry run, nothing is stored:"
    assert lines[1:7] == [
        "  sessions sampled   24 (8 early, 8 middle, 8 late)",
        "  assignments        30",
        "  coded twice        6 (25.0% of the sampled)",
        "  expected ICC       .75, 95% interval .08 to .96",
        "  hidden re-codes    0",
        "  coders linked      yes",
    ]
    assert lines[8:13] == [
        "  coder  load   coded twice with",
        "                R1   R2   R3",
        "  R1       10    -    2    2",
        "  R2       10    2    -    2",
        "  R3       10    2    2    -",
    ]
    assert "- Only 6 sessions are coded twice" in lines[14]
    assert len(lines) == 15
    assert stored(folder) == before


def test_what_the_dry_run_showed_is_then_given_out(folder, plan):
    tried = run(*words(folder, plan, "--dry-run")).stdout
    done = run(*words(folder, plan)).stdout
    assert done == tried.replace("Dry run, nothing is stored:", "Given out:")
    assert stored(folder)[:2] == (30, 1)
    with Project.open(folder, PASSPHRASE) as project:
        (kept,) = project.ask(planned.plans)
    assert (plan_from(kept.terms), kept.seed) == (Plan(double_share=0.25), 7)


def test_carried_out_again_there_is_nothing_left_and_nothing_stored(folder, plan):
    run(*words(folder, plan))
    before = stored(folder)
    again = run(*words(folder, plan)).stdout
    assert again.startswith("There is nothing to give out:\n")
    assert "assignments        0" in again
    assert stored(folder) == before
    found = of_json(folder, plan)
    assert (found["stored"], found["assignments"]) == (False, 0)


def test_json_has_the_keys_its_help_names_and_the_same_figures(folder, plan):
    found = of_json(folder, plan, "--dry-run")
    assert set(found) == KEYS
    assert all(key in EPILOG for key in KEYS)
    assert (found["schema_version"], found["stored"]) == (1, False)
    assert (found["day"], found["seed"]) == ("2026-06-01", 7)
    assert plan_from(found["plan"]) == Plan(double_share=0.25)
    assert (found["sampled"], found["assignments"], found["recodes"]) == (24, 30, 0)
    assert found["by_phase"] == {"early": 8, "middle": 8, "late": 8}
    assert found["double_coded"] == {"n": 6, "share": 0.25, "wanted": 0.25}
    assert found["interval"]["icc"] == 0.75
    assert found["interval"]["low"] < 0.75 < found["interval"]["high"]
    assert found["connected"] is True
    assert found["coders"] == [{"code": code, "load": 10} for code in CODERS]
    assert [pair["coders"] for pair in found["pairs"]] == [["R1", "R2"], ["R1", "R3"], ["R2", "R3"]]
    assert [pair["n"] for pair in found["pairs"]] == [2, 2, 2]
    assert len(found["remarks"]) == 1
    assert of_json(folder, plan, "--dry-run") == found
    assert of_json(folder, plan) == found | {"stored": True}
    assert stored(folder)[0] == 30


def test_nothing_that_identifies_anybody_is_printed(folder, plan):
    for more in ((), ("--json",)):
        done = run(*words(folder, plan, "--dry-run", *more))
        for text in (done.stdout, done.stderr):
            assert "qzx" not in text.lower()
            assert "S-" not in text
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM treatment_session").scalars().all()
    shown = run(*words(folder, plan, "--json")).stdout
    assert not any(each in shown for each in ids)


def test_hidden_recodes_are_reckoned_from_the_day(folder, plan):
    run(*words(folder, plan))
    with Project.open(folder, PASSPHRASE) as project:
        rate_all(OpenStudy(project, {}, "", "", "", folder), 10)
    plan.write_text("double_share = 0.25\nrecodes = 2\nrecode_after_days = 14\n", encoding="utf-8")
    now = run(*words(folder, plan, "--dry-run")).stdout
    assert "Hidden re-codes that cannot be drawn yet: 6." in now
    later = run(*words(folder, plan, "--dry-run", "--day", "2026-06-05")).stdout
    assert "hidden re-codes    6" in later


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("double_shares = 0.2", "did you mean double_share?"),
        ("double_share = 'a'", "wrong kind"),
        ("double_share = 20", "between 0 and 1"),
        ("recodes = -1", "cannot be negative"),
        ("nonsense", "not TOML"),
        (
            "coders = ['R1', 'R9']",
            "names R9, but nobody in the study is called so. Its coders are R1, R2, R3",
        ),
        (
            "phases = [{name = 'a', first = 1, last = 5}, {name = 'b', first = 5, last = 9}]",
            "phases a and b overlap",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_a_sentence(folder, plan, text, sentence):
    plan.write_text(text, encoding="utf-8")
    before = stored(folder)
    for more in ((), ("--dry-run",), ("--json",)):
        said = refused(*words(folder, plan, *more))
        assert sentence in said
        assert said.count("\n") == 1
    assert stored(folder) == before


def test_a_plan_that_is_not_there_is_refused_in_a_sentence(folder, tmp_path):
    assert "no such plan file" in refused(*words(folder, tmp_path / "qzxj-missing.toml"))
    assert "cannot be read" in refused(*words(folder, tmp_path))


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_out_of_range_is_refused(folder, plan, seed):
    assert "whole number from 0" in refused(*words(folder, plan, seed=seed))


@pytest.mark.parametrize(
    "wrong",
    [
        ("--plan", "p.toml"),
        ("--seed", "7"),
        ("--plan", "p.toml", "--seed", "seven"),
        ("--plan", "p.toml", "--seed", "7", "--day", "1.6.2026"),
    ],
)
def test_arguments_that_are_missing_or_make_no_sense_are_refused_with_the_usage(folder, wrong):
    assert "usage:" in run("assign", folder, *wrong, code=2).stderr


def test_a_wrong_pass_phrase_gives_nothing_out(folder, plan):
    assert "does not open the study" in refused(*words(folder, plan), passphrase="the wrong words")


@pytest.fixture
def two_supervisors(folder: Path) -> Path:
    with Project.open(folder, PASSPHRASE) as project:
        (second,) = project.do(lambda db: [row.id for row in db.query(Person).filter_by(code=SECOND)]).value
        project.do(staff.come_back, second)
    return folder


def test_of_two_supervisors_one_has_to_say_that_she_assigns(two_supervisors, plan):
    assert "Say who you are: add --as" in refused(*words(two_supervisors, plan))
    assert "Nobody in the study is called S9" in refused(*words(two_supervisors, plan, "--as", "S9"))
    assert "Only a supervisor" in refused(*words(two_supervisors, plan, "--as", "R1"))
    assert stored(two_supervisors)[0] == 0
    run(*words(two_supervisors, plan, "--as", SECOND))
    with Project.open(two_supervisors, PASSPHRASE) as project, project._engine.connect() as connection:
        query = "SELECT p.code FROM assignment_plan a JOIN person p ON p.id = a.person_id"
        assert connection.exec_driver_sql(query).scalars().all() == [SECOND]


def test_a_study_without_a_supervisor_is_assigned_by_who_holds_the_pass_phrase(folder, plan):
    with Project.open(folder, PASSPHRASE) as project:
        project.do(
            lambda db: [
                setattr(row, "role", Role.CODER) for row in db.query(Person).filter_by(code=SUPERVISOR)
            ]
        )
    run(*words(folder, plan))
    assert stored(folder)[0] == 30


def test_one_coder_alone_gets_a_plain_list_and_a_remark(folder, plan):
    plan.write_text("coders = ['R2']", encoding="utf-8")
    lines = run(*words(folder, plan, "--dry-run")).stdout.splitlines()
    assert "  expected ICC       cannot be computed" in lines
    assert lines[-3:-1] == ["  R2       24    -", ""]
    assert lines[-1] == "- There is one coder only, so nothing can be coded twice."
    assert of_json(folder, plan, "--dry-run")["interval"] is None


def test_a_study_without_coders_says_so(folder, plan):
    with Project.open(folder, PASSPHRASE) as project:
        for member in project.ask(people.roster):
            if member.code in CODERS:
                project.do(staff.leave, member.id)
    shown = run(*words(folder, plan)).stdout
    assert shown.startswith("There is nothing to give out:")
    assert "Nobody codes in this study yet" in shown
    assert stored(folder)[0] == 0


def test_the_example_in_the_help_is_the_usual_plan():
    assert EXAMPLE in run("assign", "--help", passphrase=None).stdout
    assert plan_from(tomllib.loads(EXAMPLE)) == Plan()
    all_of_it = EXAMPLE.replace("# first_due", "first_due").replace("# per_week", "per_week")
    assert set(tomllib.loads(all_of_it)) == set(Plan.__dataclass_fields__)
    assert plan_from(tomllib.loads(all_of_it)).per_week == 4


def test_the_pass_phrase_is_no_argument():
    shown = run("assign", "--help", passphrase=None).stdout
    assert "--passphrase-file" in shown
    assert "--passphrase " not in shown
