"""The command line, as somebody types it."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from mio_fidelity import cli
from mio_fidelity.__main__ import main
from mio_fidelity.coding import desk, overview, people
from mio_fidelity.store import Project, Purpose
from tests import media_factory
from tests.conftest import PASSPHRASE, Made, OpenStudy, copy_of

ROOT = Path(__file__).resolve().parents[1]
WINDOWLESS = ("new", "add-recording", "info")


def run(
    *words: str | Path, passphrase: str | None = PASSPHRASE, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the program in this process, which saves a second a time; it must end with ``code``."""
    said, complained = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        patch.delenv(cli.PASSPHRASE_VARIABLE, raising=False)
        if passphrase is not None:
            patch.setenv(cli.PASSPHRASE_VARIABLE, passphrase)
        patch.setattr(sys, "argv", ["mio-fidelity", *map(str, words)])
        try:
            ended = main()
        except SystemExit as end:
            ended = int(end.code or 0)
    assert ended == code, complained.getvalue()
    return subprocess.CompletedProcess(words, ended, said.getvalue(), complained.getvalue())


def run_really(
    *words: str | Path, passphrase: str | None = PASSPHRASE, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own; it must end with ``code`` and never show a traceback."""
    environment = {key: value for key, value in os.environ.items() if key != cli.PASSPHRASE_VARIABLE}
    if passphrase is not None:
        environment[cli.PASSPHRASE_VARIABLE] = passphrase
    done = subprocess.run(
        [sys.executable, "-m", "mio_fidelity", *map(str, words)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    return done


def refused(*words: str | Path, passphrase: str | None = PASSPHRASE) -> str:
    """The one sentence with which the program refuses."""
    done = run(*words, passphrase=passphrase, code=2)
    assert done.stdout == ""
    assert done.stderr.startswith("mio-fidelity: ")
    assert "qzxj" not in done.stderr
    assert PASSPHRASE not in done.stderr
    return done.stderr


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    """A closed study in a place whose name must not be shown."""
    study = copy_of(made, tmp_path)
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


def add(folder: Path, file: Path, *more: str) -> Sequence[str | Path]:
    return ("add-recording", folder, file, "--client", "C9", "--number", "1", *more)


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return media_factory.make(tmp_path_factory.mktemp("qzxj") / "qzxj-sound.mp3", 2, "mp3_cbr")


@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_each_command_explains_itself(command: str) -> None:
    shown = run(command, "--help", passphrase=None).stdout
    (wanted,) = [each.help for each in cli.COMMANDS if each.name == command]
    assert " ".join(wanted.split()) in " ".join(shown.split())


def test_the_program_lists_its_commands_and_its_version() -> None:
    shown = run_really("--help", passphrase=None).stdout
    assert all(command.name in shown for command in cli.COMMANDS)
    assert cli.PASSPHRASE_VARIABLE in shown
    assert run("--version", passphrase=None).stdout.startswith("MIO Fidelity ")


@pytest.mark.parametrize("words", [("nonsense",), ("new",), ("info", "--passphrase", "secret words here")])
def test_what_is_no_command_is_refused_with_the_usage(words: tuple[str, ...]) -> None:
    assert "usage:" in run(*words, code=2).stderr


def test_a_study_is_made_filled_and_described(tmp_path: Path, sound_file: Path) -> None:
    folder = tmp_path / "qzxj-new"
    people_words = ("--supervisor", "S1", "--coder", "R1", "--coder", "R2")
    shown = run_really("new", folder, "--title", "Attachment study", *people_words).stdout
    assert "Keep the pass phrase safe" in shown
    shown = run_really(*add(folder, sound_file, "--assign", "R1", "--assign", "R1", "--assign", "S1")).stdout
    assert shown == "Added: 0:00:02, given to 2 people.\n"
    shown = run_really("info", folder).stdout
    lines = dict(line.split(maxsplit=1) for line in shown.splitlines() if not line.startswith("ratings"))
    assert lines["title"] == "Attachment study"
    assert (lines["people"], lines["sessions"], lines["recordings"]) == ("3", "1", "1")
    assert lines["integrity"] == "intact"
    with Project.open(folder, PASSPHRASE) as project:
        members = {member.code: member for member in project.ask(people.roster)}
        assert members["S1"].role == "supervisor"
        project.sign_in(members["R1"].id)
        (row,) = project.ask(desk.queue)
        assert row.duration_ms == pytest.approx(2000, abs=100)


def test_a_lab_brings_its_own_instrument(tmp_path: Path) -> None:
    own = ROOT / "coding_manual" / "example_5_point.toml"
    run("new", tmp_path / "study", "--instrument", own, "--coder", "R1")
    with Project.open(tmp_path / "study", PASSPHRASE) as project:
        assert ("instrument", "Example with five points, edition 1.0") in project.ask(overview.overview)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--coder", "Jane"), "looks like a name"),
        (("--coder", "R1", "--supervisor", "R1"), "Two people are called R1"),
        (("--instrument", "README.txt"), "not an instrument file"),
        (("--instrument", "missing.toml"), "was not found"),
    ],
)
def test_a_refused_study_is_not_half_made(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused("new", tmp_path / "study", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_study_is_not_made_over_something_else(folder: Path, sound_file: Path) -> None:
    before = (folder / "study.db").read_bytes()
    assert "something in this place" in refused("new", folder)
    assert "something in this place" in refused("new", sound_file)
    assert "could not be made here" in refused("new", sound_file / "qzxj-below")
    assert "fewer than 10" in refused("new", folder.parent / "other", passphrase="short")
    assert (folder / "study.db").read_bytes() == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_each_end_has_its_exit_code(folder: Path, tmp_path: Path) -> None:
    said = run_really("info", folder, passphrase="the wrong words", code=2)
    assert said.stdout == ""
    assert said.stderr.startswith("mio-fidelity: This pass phrase does not open the study.")
    garbage = media_factory.garbage(tmp_path / "qzxj-garbage.mp3")
    assert "qzxj" not in run_really(*add(folder, garbage), code=2).stderr


def test_a_wrong_pass_phrase_opens_nothing(folder: Path, sound_file: Path) -> None:
    for words in (("info", folder), add(folder, sound_file)):
        assert "does not open the study" in refused(*words, passphrase="the wrong words")
    assert "does not open the study" in refused("info", folder, passphrase="\udcff" * 12)
    assert "no study in this folder" in refused("info", folder.parent)


def test_the_pass_phrase_comes_from_a_file(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "qzxj-words.txt"
    for content in (PASSPHRASE, f"{PASSPHRASE}\n", f"{PASSPHRASE}\r\n", f"\ufeff{PASSPHRASE}\n"):
        file.write_bytes(content.encode())
        # The file goes before the variable.
        assert "intact" in run("info", folder, "--passphrase-file", file, passphrase="wrong").stdout
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read" in refused("info", folder, "--passphrase-file", file)
    assert "cannot be read" in refused("info", folder, "--passphrase-file", tmp_path / "qzxj-missing")


def test_without_a_terminal_the_pass_phrase_is_not_asked_for(folder: Path) -> None:
    assert "no terminal to ask" in refused("info", folder, passphrase=None)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [(f"{PASSPHRASE}\n", 0, b"intact"), ("wrong words\n", 2, b"does not open"), ("\x04", 130, b"stopped")],
    ids=["right", "wrong", "end of input"],
)
def test_at_a_terminal_the_pass_phrase_is_asked_for_and_not_shown(
    folder: Path, typed: str, code: int, says: bytes
) -> None:
    environment = {key: value for key, value in os.environ.items() if key != cli.PASSPHRASE_VARIABLE}
    command = [sys.executable, "-m", "mio_fidelity", "info", str(folder)]
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Pass phrase:" not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, typed.encode())
        try:
            while piece := os.read(ours, 1000):
                shown += piece
        except OSError:
            pass
        assert process.wait() == code
    os.close(ours)
    assert says in shown
    assert b"Traceback" not in shown
    assert PASSPHRASE.encode() not in shown


def test_no_command_takes_the_pass_phrase_as_an_argument() -> None:
    for command in WINDOWLESS:
        shown = run(command, "--help", passphrase=None).stdout
        assert "--passphrase-file" in shown
        assert "--passphrase " not in shown
        assert "--password" not in shown


def counts(folder: Path) -> tuple[int, ...]:
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        tables = ("client", "site", "treatment_session", "recording", "rating", "audit")
        return tuple(
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables
        )


def test_a_truncated_recording_is_taken_only_knowingly(folder: Path, tmp_path: Path) -> None:
    cut = media_factory.truncated(media_factory.make(tmp_path / "qzxj-cut.wav", 3, "wav"), 0.6)
    before = counts(folder)
    said = refused(*add(folder, cut))
    assert "can be heard" in said
    assert "add --knowingly" in said
    assert counts(folder) == before
    done = run(*add(folder, cut, "--knowingly", "--assign", "R2"))
    assert "can be heard" in done.stderr
    assert "given to 1 person." in done.stdout
    assert counts(folder)[2] == before[2] + 1


@pytest.mark.parametrize("make", [media_factory.garbage, media_factory.text_as, media_factory.zero_bytes])
def test_what_is_no_recording_is_refused_even_knowingly(folder: Path, tmp_path: Path, make: object) -> None:
    assert callable(make)
    before = counts(folder)
    refused(*add(folder, make(tmp_path / "qzxj-garbage.mp3"), "--knowingly"))
    refused(*add(folder, tmp_path / "qzxj-missing.mp3"))
    assert counts(folder) == before


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--assign", "R9"), "Nobody in the study is called R9"),
        (("--client", "jane@clinic.org"), "looks like an e-mail address"),
        (("--number", "0"), "numbered from 1"),
        (("--number", "99999999999999999999"), "numbered from 1"),
        (("--assign", "R1", "--assign", "K9"), "role of K9"),
    ],
)
def test_a_refused_recording_leaves_nothing_behind(
    folder: Path, sound_file: Path, more: tuple[str, ...], sentence: str
) -> None:
    with Project.open(folder, PASSPHRASE) as project:
        project.do(people.add_person, "K9", people.Role.CLINICIAN)
    before = counts(folder)
    said = refused(*add(folder, sound_file, "--site", "East", *more))
    assert sentence in said
    assert "jane" not in said
    assert counts(folder) == before


def test_the_same_recording_or_session_is_not_added_twice(
    folder: Path, sound_file: Path, recording: Path
) -> None:
    before = counts(folder)
    assert "in the study already" in refused(*add(folder, recording))
    assert counts(folder) == before
    run(*add(folder, sound_file))
    assert "has a session 1 already" in refused(*add(folder, recording))


def test_a_study_that_is_open_elsewhere_is_not_touched(study: OpenStudy, sound_file: Path) -> None:
    assert "open already" in refused("info", study.folder)
    assert "open already" in refused(*add(study.folder, sound_file))


def test_info_says_when_the_file_is_damaged(folder: Path) -> None:
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'evidence_mark'"
        page = connection.exec_driver_sql(query).scalar_one()
    content = bytearray((folder / "study.db").read_bytes())
    content[(page - 1) * 4096 + 100] ^= 1
    (folder / "study.db").write_bytes(content)
    assert "DAMAGED" in run("info", folder, code=1).stdout


@pytest.mark.parametrize(
    "more", [("--purpose", "consensus"), ("--date", "12.3.2026"), ("--due", "soon"), ("--number", "one")]
)
def test_arguments_that_make_no_sense_are_refused_with_the_usage(
    folder: Path, sound_file: Path, more: tuple[str, ...]
) -> None:
    assert "usage:" in run(*add(folder, sound_file, *more), code=2).stderr


@pytest.mark.parametrize("option", ["--date", "--due"])
def test_a_day_in_another_form_is_refused_with_the_form_wanted(
    folder: Path, sound_file: Path, option: str
) -> None:
    refused = run(*add(folder, sound_file, option, "12.3.2026"), code=2).stderr
    assert f"argument {option}: this is no day; write it as 2026-03-31" in refused


def test_consensus_and_gold_ratings_are_not_given_out_from_the_command_line() -> None:
    assert not cli.ASKS & {Purpose.CONSENSUS, Purpose.MASTER, Purpose.SELF}


@pytest.mark.parametrize("file", ["README.md", "CHANGELOG.md"])
def test_what_people_read_names_every_command(file: str) -> None:
    told = (ROOT / file).read_text(encoding="utf-8")
    assert [each.name for each in cli.COMMANDS if f"`{each.name}`" not in told] == []
