"""The command line with pass phrases of people: who it is goes without saying, and coders stay coders."""

from pathlib import Path

import pytest

from mio_fidelity.cli import COMMANDS
from mio_fidelity.coding import access
from tests import media_factory
from tests.conftest import PASSPHRASE, SECRETS, Made, copy_of
from tests.test_cli import refused, run

S1, R1, FIRST = "the supervisors own", "the coders own", "a first pass phrase"


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    """A study in which everybody has her own; R2 has not changed hers yet."""
    study = copy_of(made, tmp_path)
    study.sign_in("S1")
    access.change_own(study.project, PASSPHRASE, S1)
    for code, phrase in (("R1", R1), ("R2", FIRST)):
        study.project.ring.add_slot(study.people[code], phrase, first=code == "R2")
    study.project.ring.remove_slot("study")
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


def test_a_supervisor_need_not_say_who_she_is(folder: Path) -> None:
    assert "R2" in run("export", folder, "people", "--json", passphrase=S1).stdout


def test_somebody_elses_code_is_refused(folder: Path) -> None:
    for code, phrase in (("R1", S1), ("S1", R1)):
        said = refused("export", folder, "people", "--json", "--as", code, passphrase=phrase)
        assert "somebody else's pass phrase" in said


REFUSED = (
    ("export", "{study}", "people", "--json"),
    ("export", "{study}", "assignments", "--json"),
    ("reliability", "{study}"),
    ("reliability", "{study}", "--frozen"),
    ("assign", "{study}", "--plan", "{plan}", "--seed", "1", "--dry-run"),
    ("certification", "{study}"),
    ("counselors", "{study}"),
    ("drift", "{study}"),
    ("import-sessions", "{study}", "{table}"),
    ("export-plain", "{study}", "{new}"),
    ("move", "{study}", "{new}"),
    ("package", "make", "{study}", "R2", "{new}"),
    ("package", "merge", "{study}", "{plan}", "--dry-run"),
    ("package", "list", "{study}"),
    ("add-recording", "{study}", "{sound}", "--client", "C9", "--number", "1", "--knowingly"),
)
# What says nothing of anybody's ratings: whether the study is whole, and how much is in it.
OPEN = {"info", "verify"}
# What opens no study, or one on a server, where the server says who may.
ELSEWHERE = {"window", "demo", "new", "self-test", "connect"}


def test_every_command_is_tried_by_a_coder_or_open_to_her() -> None:
    tried = {words[0] for words in REFUSED}
    assert {command.name for command in COMMANDS} == tried | OPEN | ELSEWHERE


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: " ".join(words[:2]))
def test_a_coder_reaches_no_supervisors_command(folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    places = {"study": folder, "plan": tmp_path / "plan.toml", "new": tmp_path / "new.miopack"}
    places |= {"sound": media_factory.make(tmp_path / "new.wav", 1, "wav"), "table": tmp_path / "table.csv"}
    places["plan"].write_text("double_share = 0.25\n", encoding="utf-8")
    places["table"].write_text(f"file,client,session\n{places['sound']},C9,1\n", encoding="utf-8")
    done = run(*(word.format(**places) for word in words), passphrase=R1, code=2)
    assert "Only a supervisor" in done.stderr
    assert done.stdout == ""
    assert not places["new"].exists()


@pytest.fixture
def half_way(tmp_path: Path, made: Made) -> Path:
    """A study in which S1 has her own and all others share one yet."""
    study = copy_of(made, tmp_path)
    study.project.ring.add_slot(study.people["S1"], S1)
    study.project.close()
    return study.folder


@pytest.mark.parametrize(
    "words",
    [
        ("reliability", "{study}"),
        ("reliability", "{study}", "--frozen"),
        ("export", "{study}", "people", "--json"),
    ],
    ids=lambda words: " ".join(words),
)
def test_nobody_is_no_supervisor_where_supervisors_have_their_own(
    half_way: Path, words: tuple[str, ...]
) -> None:
    named = [word.format(study=half_way) for word in words]
    done = run(*named, code=2)
    assert "has a pass phrase of her own" in done.stderr
    assert done.stdout == ""
    assert "Only a supervisor" in run(*named, "--as", "R2", code=2).stderr


def test_the_only_supervisor_is_meant_where_she_shares_a_pass_phrase_with_others(
    tmp_path: Path, made: Made
) -> None:
    study = copy_of(made, tmp_path)
    study.project.ring.add_slot(study.people["R1"], R1)
    study.project.close()
    assert "Nothing is frozen" in run("reliability", study.folder, "--frozen").stdout


@pytest.mark.parametrize("command", ["info", "verify"])
def test_what_is_open_to_a_coder_says_nothing_of_sessions_and_people(folder: Path, command: str) -> None:
    done = run(command, folder, passphrase=R1)
    assert [word for word in (*SECRETS, "R2") if word in done.stdout + done.stderr] == []


def test_a_first_pass_phrase_changes_nothing_before_it_is_changed(folder: Path) -> None:
    sound = folder / "recordings" / "qzxj-file.wav"
    words = ("add-recording", folder, sound, "--client", "C9", "--number", "1", "--knowingly")
    assert "choose one of your own" in run(*words, passphrase=FIRST, code=2).stderr
