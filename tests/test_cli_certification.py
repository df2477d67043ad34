"""The command that holds coders to the study's rule, as somebody types it."""

import json
from pathlib import Path

import pytest

from mio_fidelity.analysis.certification import verdicts
from mio_fidelity.cli.certification import EPILOG
from mio_fidelity.coding import certification
from mio_fidelity.coding.certification import Rule
from mio_fidelity.store import Project
from tests.coding.trained import add_sessions, give_masters, train, usual
from tests.conftest import PASSPHRASE, Made, copy_of
from tests.test_cli import refused, run, run_really


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    """A closed study in which R1 rated three sessions as the master did, and R2 did not."""
    study = copy_of(made, tmp_path)
    sessions = add_sessions(study, 3)
    give_masters(study, sessions)
    study.do(certification.set_rule, Rule(sessions=3))
    train(study, "R1", sessions, usual)
    train(study, "R2", sessions, lambda scale, session: 7)
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


def stored(folder: Path) -> list[tuple[str, bool]]:
    with Project.open(folder, PASSPHRASE) as project:
        return [(certificate.coder, certificate.passed) for certificate, _ in project.ask(verdicts)]


def test_it_says_who_meets_the_rule_and_why_and_stores_nothing(folder):
    said = run("certification", folder).stdout
    assert "At least 90 % of the ratings" in said
    assert "R1 meets the rule." in said
    assert "R2 does not meet the rule yet: 3 of 4 criteria" in said
    assert "shown      All scales: 60 of 60 ratings (100 %)" in said
    assert "none given yet" in said
    assert stored(folder) == []


def test_a_verdict_is_kept_passed_or_not_and_shown_with_its_date(folder):
    said = run("certification", folder, "--coder", "R1", "--certify", "--as", "S1").stdout
    assert "by S1: passed" in said
    assert "R2" not in said
    run("certification", folder, "--coder", "R2", "--certify")
    assert stored(folder) == [("R2", False), ("R1", True)]
    assert "by S1: not passed" in run("certification", folder).stdout


def test_the_json_has_the_keys_the_help_lists(folder, tmp_path):
    run("certification", folder, "--coder", "R2", "--certify")
    out = tmp_path / "out.json"
    run("certification", folder, "--json", out)
    found = json.loads(out.read_text(encoding="utf-8"))
    one, two = found["coders"]
    assert (found["schema_version"], found["required"], found["rule"]["icc"]) == (1, False, 0.6)
    assert (one["coder"], one["passed"], two["passed"]) == ("R1", True, False)
    assert one["counts"]["compared"] == 60
    assert one["verdicts"] == []
    (verdict,) = two["verdicts"]
    assert (verdict["by"], verdict["passed"], verdict["data_sha256"]) == ("S1", False, two["data_sha256"])
    # Where all differences are equal there is no t.
    (row,) = [row for row in one["scales"] if (row["scale"], row["dimension"]) == ("warm_regard", "fidelity")]
    assert (row["n"], row["t"], row["icc"]["value"]) == (3, None, pytest.approx(1))
    keys = {*found, *one, *one["counts"], *one["criteria"][0], *row, *verdict} | {*found["rule"]}
    assert [key for key in keys if key not in EPILOG] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--certify",), "add --coder"),
        (("--coder", "R9"), "Nobody in the study is called R9"),
        (("--coder", "R1", "--certify", "--as", "R1"), "Only a supervisor"),
        (("--coder", "S1", "--certify"), "certifies oneself"),
        (("--as", "X9"), "called X9"),
    ],
)
def test_bad_input_is_a_sentence_and_code_2(folder, words, said):
    assert said in refused("certification", folder, *words)
    assert stored(folder) == []


def test_reports_do_not_go_into_the_study(folder):
    assert "study folder" in refused("certification", folder, "--json", folder / "out.json")


def test_a_study_without_training_is_told_so_without_a_traceback(tmp_path, made):
    study = copy_of(made, tmp_path)
    study.project.close()
    done = run_really("certification", study.folder)
    assert "R1 does not meet the rule yet: 4 of 4" in done.stdout
    assert "Master sessions rated: 0; 10 are asked for." in done.stdout
