"""The command about counselors, as somebody types it."""

import json
from pathlib import Path

import pytest

from mio_fidelity.answer import Reason, cannot_rate
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.store import Purpose
from tests.analysis.conftest import Lab
from tests.conftest import COUNSELOR, Made, copy_of
from tests.test_cli import refused, run, run_really


@pytest.fixture
def lab(tmp_path: Path, made: Made) -> Lab:
    """A study with two counselors in each arm, open."""
    lab = Lab(copy_of(made, tmp_path))
    lab.study.sign_in("S1")
    for nth, (arm, counselor) in enumerate((("MIO", "K1"), ("MIO", "K3"), ("PE", "K2"), ("PE", "K4")), 1):
        for number in (1, 2, 3):
            lab.give(
                f"C{nth}-{number}",
                "R1",
                2 + (nth + number) % 4,
                arm=arm,
                counselor=counselor,
                purpose=Purpose.PRODUCTION,
            )
            lab.give(f"C{nth}-{number}", "K1x", 6, purpose=Purpose.SELF)
    return lab


@pytest.fixture
def folder(lab: Lab) -> Path:
    """The same, closed."""
    lab.study.do(set_criterion, [Band("MIO", "mentalization", "fidelity", least=4)])
    lab.study.project.close()
    return lab.study.folder


def test_all_counselors_are_printed_with_arms_rule_and_criterion(folder: Path) -> None:
    done = run_really("counselors", folder)
    assert done.stderr == ""
    said = " ".join(done.stdout.split())
    assert "Practice set, not the official MIO scales" in said
    assert "consensus when there is one" in said
    assert "MIO: Mentalization-based, Fidelity at least 4. 3 of 6 sessions meet it (50% [19%, 81%]" in said
    assert "Wilson over sessions); of 6 in other arms nothing is asked." in said
    assert "Share from" in said
    for code in ("K1", "K2", "K3", "K4"):
        assert f"{code} North" in said
    assert "MIO − PE" in said
    assert "Self-ratings against coders" in said


def test_one_counselor_is_printed_session_by_session(folder: Path) -> None:
    said = run("counselors", folder, "--counselor", "K1").stdout
    assert said.count("one rating") == 3
    assert "trend in points per session within clients" in said
    assert "K2" not in said


def test_the_json_holds_every_figure_and_no_nan(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    run("counselors", folder, "--json", out)
    found = json.loads(out.read_text(), parse_constant=pytest.fail)
    assert found["schema_version"] == 1
    assert found["rule"]["key"] == "consensus"
    assert found["criterion"] == [
        {"arm": "MIO", "domain": "mentalization", "dimension": "fidelity", "least": 4, "most": None}
    ]
    assert (found["share"]["met"], found["share"]["judged"]) == (3, 6)
    one = next(each for each in found["counselors"] if each["code"] == "K1")
    assert [session["number"] for session in one["sessions"]] == [1, 2, 3]
    assert one["scores"][0]["trend"]["n"] == 3
    (client,) = one["clients"]
    assert client["client"] == "C1"
    assert client["trends"][0]["value"] == pytest.approx(one["scores"][0]["trend"]["value"])
    assert (found["share"]["unjudged"], found["share"]["unasked"]) == (0, 6)
    assert {row["scale"] for row in one["scales"]} >= {"warm_regard", "child_mind"}
    assert one["own"][0]["bias"]["value"] == pytest.approx(6 - one["scores"][0]["mean"])
    assert found["arms"]["compared"] == ["MIO", "PE"]
    assert found["arms"]["rows"][0]["by_arm"]["MIO"]["counselors"].keys() == {"K1", "K3"}


def test_a_json_of_one_counselor_holds_no_other(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    run("counselors", folder, "--counselor", "K2", "--json", out, "--rule", "first")
    found = json.loads(out.read_text())
    assert [each["code"] for each in found["counselors"]] == ["K2"]


def test_a_session_without_a_score_is_null_with_nobody_to_judge_it(lab: Lab, tmp_path: Path) -> None:
    cannot = dict.fromkeys(
        [(scale, "fidelity") for scale in ("curious_stance", "child_mind")], cannot_rate(Reason.TECHNICAL)
    )
    lab.give("C9-1", "R1", 4, answers=cannot, counselor="K9", purpose=Purpose.PRODUCTION)
    lab.study.project.close()
    run("counselors", lab.study.folder, "--json", tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text())
    (session,) = next(each for each in found["counselors"] if each["code"] == "K9")["sessions"]
    scores = {(each["domain"], each["dimension"]): each["score"] for each in session["scores"]}
    assert scores["mentalization", "fidelity"] is None
    assert session["meets"] is None
    assert found["share"]["why"] == "The study has not chosen a criterion."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--counselor", "K77"), "There is no such counselor"),
        (("--arms", "MIO", "TAU"), "is in the arm TAU. The arms are: MIO, PE"),
        (("--as", "R1"), "Only a supervisor"),
        (("--as", "R9"), "Nobody in the study is called R9"),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_written(
    folder: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in refused("counselors", folder, "--json", tmp_path / "out.json", *words)
    assert not (tmp_path / "out.json").exists()


def test_nothing_is_written_into_the_study(folder: Path) -> None:
    assert "not written into a study folder" in refused("counselors", folder, "--json", folder / "out.json")


def test_a_study_without_ratings_says_so(tmp_path: Path, made: Made) -> None:
    study = copy_of(made, tmp_path)
    study.project.close()
    assert "No coder has submitted a rating yet" in refused("counselors", study.folder)
    assert COUNSELOR not in refused("counselors", study.folder)
