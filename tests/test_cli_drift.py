"""The command that tells of drift, as somebody types it."""

import json
import math
from pathlib import Path

import pytest

from mio_fidelity.cli.drift import EPILOG
from tests.analysis.conftest import Lab
from tests.analysis.drifting import double_code
from tests.conftest import Made, copy_of
from tests.test_cli import refused, run


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    """A closed study in which R3 moves."""
    study = copy_of(made, tmp_path)
    study.sign_in("S1")
    double_code(Lab(study), ("R1", "R2", "R3"), 60, {"R3": (40, 2.0)})
    study.project.close()
    return study.folder


def test_it_names_who_moved_and_says_what_to_keep_in_mind(folder):
    said = run("drift", folder).stdout
    assert "R3: drifting" in said
    assert "R3 rates mentalization-based scales (fidelity) 1.9 higher than partners since" in said
    assert "R1: in control" in said
    assert "A difference from partners involves two coders" in said


def test_it_is_asked_of_some_alone(folder):
    said = run("drift", folder, "--coder", "R1", "--by", "scale", "--dimension", "competence").stdout
    assert "R3: " not in said
    assert "Warm regard, competence" in said
    assert "fidelity:" not in said
    assert "partners Warm" not in run("drift", folder, "--reference", "master").stdout


def test_json_holds_everything_and_nothing_that_tells_ratings_apart(folder, tmp_path):
    out = tmp_path / "drift.json"
    run("drift", folder, "--json", out)
    found = json.loads(out.read_text(encoding="utf-8"), parse_constant=lambda word: pytest.fail(word))
    assert found["schema_version"] == 1
    told = {
        word for line in EPILOG.splitlines() if line.startswith("  ") for word in line.split("   ")[0].split()
    }
    assert {word.strip(",") for word in told} == found.keys()
    assert all(key in EPILOG for key in found["coders"]["R3"])
    flagged = [flag for one in found["coders"]["R3"]["series"] for flag in one["flags"]]
    assert flagged[0]["standing"] == "drifting"
    assert math.isclose(flagged[0]["size"], 2, abs_tol=0.6)
    assert "rating_id" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--coder", "R9"), "R9"),
        (("--dimension", "tempo"), "fidelity, competence"),
        (("--json", "there.txt"), ".json"),
        (("--json", "nowhere/drift.json"), "folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(folder, words, why):
    assert why in refused("drift", folder, *words)


@pytest.mark.parametrize("words", [("--reference", "nobody"), ("--by", "mood")])
def test_a_wrong_word_is_refused(folder, words):
    assert run("drift", folder, *words, code=2).returncode == 2
