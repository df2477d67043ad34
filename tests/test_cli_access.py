"""The command line with pass phrases of people: who it is goes without saying, and coders stay coders."""

from pathlib import Path

import pytest

from mio_fidelity.coding import access
from tests import media_factory
from tests.conftest import PASSPHRASE, Made, copy_of
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


@pytest.mark.parametrize(
    "words",
    [
        ("export", "people", "--json"),
        ("reliability",),
        ("reliability", "--frozen"),
        ("assign", "--plan", "{plan}", "--seed", "1", "--dry-run"),
        ("certification",),
        ("counselors",),
        ("add-recording", "{sound}", "--client", "C9", "--number", "1", "--knowingly"),
    ],
)
def test_a_coder_reaches_no_supervisors_command(folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    plan, sound = tmp_path / "plan.toml", media_factory.make(tmp_path / "new.wav", 1, "wav")
    plan.write_text("double_share = 0.25\n", encoding="utf-8")
    command, *rest = [word.format(plan=plan, sound=sound) for word in words]
    done = run(command, folder, *rest, passphrase=R1, code=2)
    assert "Only a supervisor" in done.stderr
    assert done.stdout == ""


def test_a_first_pass_phrase_changes_nothing_before_it_is_changed(folder: Path) -> None:
    sound = folder / "recordings" / "qzxj-file.wav"
    words = ("add-recording", folder, sound, "--client", "C9", "--number", "1", "--knowingly")
    assert "choose one of your own" in run(*words, passphrase=FIRST, code=2).stderr
