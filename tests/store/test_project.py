"""Opening, closing, moving a study; what is wrong with one is said in a sentence."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from mio_fidelity.answer import rated
from mio_fidelity.coding import people, rate, recordings
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, Role, study_folder
from mio_fidelity.store.models import Study
from tests.conftest import CHEAP, PASSPHRASE, OpenStudy

ROOT = Path(__file__).resolve().parents[2]


def child(code: str, *words: str | Path) -> subprocess.Popen[str]:
    """Another program that runs ``code``."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:100],
        lambda content: content[:4096],
        lambda content: content[: len(content) // 2],
        lambda content: b"nonsense" * 20_000,
        lambda content: content[:20] + bytes(4076) + content[4096:],
    ],
    ids=["empty", "a few bytes", "one page", "half", "nonsense", "first page gone"],
)
def test_a_damaged_study_file_is_called_damaged_and_left_as_it_is(
    study: OpenStudy, damage: Callable[[bytes], bytes]
) -> None:
    study.project.close()
    path = study.folder / "study.db"
    content = damage(path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        Project.open(study.folder, PASSPHRASE)
    assert path.read_bytes() == content


def test_damage_inside_is_found_when_it_is_met_and_by_the_check(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    ((page,),) = study.sql("SELECT rootpage FROM sqlite_master WHERE name = 'score'")
    study.project.close()
    path = study.folder / "study.db"
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 + 100] ^= 1
    path.write_bytes(content)
    study.reopen()
    with pytest.raises(UserError, match="damaged"):
        study.desk()
    assert not study.project.sound()


def test_the_file_of_another_study_is_not_opened(study: OpenStudy, tmp_path: Path) -> None:
    Project.create(tmp_path / "other", PASSPHRASE, "Another", CHEAP).close()
    study.project.close()
    shutil.copyfile(tmp_path / "other" / "study.db", study.folder / "study.db")
    with pytest.raises(UserError, match="belongs to another study"):
        Project.open(study.folder, PASSPHRASE)


@pytest.mark.parametrize("name", ["nothing", "x" * 300])
def test_a_folder_without_a_study_is_not_opened_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no study"):
        Project.open(tmp_path / name, PASSPHRASE)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_study_file_is_not_replaced_by_an_empty_one(study: OpenStudy) -> None:
    study.project.close()
    (study.folder / "study.db").unlink()
    with pytest.raises(UserError, match="no study"):
        Project.open(study.folder, PASSPHRASE)
    assert not (study.folder / "study.db").exists()


@pytest.fixture
def write_protected(study: OpenStudy, tmp_path: Path) -> Iterator[Path]:
    """The closed study where nothing can be written."""
    study.project.close()
    place = tmp_path / "protected"
    place.mkdir()
    if os.name == "posix" and os.geteuid() == 0:
        bind = subprocess.run(["mount", "--bind", study.folder, place], capture_output=True)
        if bind.returncode:
            pytest.skip("nothing can be mounted here")
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield place
        subprocess.run(["umount", "-l", place], check=True)
    else:
        place.rmdir()
        shutil.copytree(study.folder, place)
        (place / "study.lock").unlink(missing_ok=True)
        place.chmod(0o500)
        yield place
        place.chmod(0o700)


def test_a_study_on_a_read_only_disk_says_to_copy_it(write_protected: Path) -> None:
    with pytest.raises(UserError, match="nothing can be written"):
        Project.open(write_protected, PASSPHRASE)


def test_a_study_is_not_made_where_nothing_can_be_written(write_protected: Path) -> None:
    with pytest.raises(UserError, match="could not be made here"):
        Project.create(write_protected / "new", PASSPHRASE, "x", CHEAP)


def test_a_second_opening_is_refused_while_the_first_works(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="open already"):
        Project.open(study.folder, PASSPHRASE)
    with pytest.raises(UserError, match="open already"):
        Project.refuse_if_open(study.folder)
    study.set("warm_regard", "fidelity", rated(4))
    study.project.close()
    Project.refuse_if_open(study.folder)
    Project.open(study.folder, PASSPHRASE).close()


def test_a_study_is_free_again_when_the_program_that_held_it_is_killed(study: OpenStudy) -> None:
    study.project.close()
    holder = child(
        """
        import sys, time
        from pathlib import Path
        from mio_fidelity.store import Project
        project = Project.open(Path(sys.argv[1]), sys.argv[2])
        print("open", flush=True)
        time.sleep(600)
        """,
        study.folder,
        PASSPHRASE,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(UserError, match="open already"):
        Project.open(study.folder, PASSPHRASE)
    holder.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    holder.communicate()
    Project.open(study.folder, PASSPHRASE).close()


def test_a_refused_opening_lets_go_of_the_study(study: OpenStudy) -> None:
    study.project.close()
    with pytest.raises(UserError):
        Project.open(study.folder, "not the right one")
    Project.open(study.folder, PASSPHRASE).close()


def test_a_closed_study_takes_nothing_more(study: OpenStudy) -> None:
    study.project.close()
    study.project.close()
    for attempt in (study.desk, study.project.sound, lambda: study.sign_in("R1"), study.answer_all):
        with pytest.raises(RuntimeError, match="closed"):
            attempt()
    assert not (study.folder / "study.db-wal").exists()


def test_the_whole_folder_can_be_copied_and_opened_elsewhere(study: OpenStudy, tmp_path: Path) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    # Copied while it is open, and the original taken away.
    shutil.copytree(study.folder, tmp_path / "elsewhere" / "renamed")
    study.project.close()
    shutil.rmtree(study.folder)
    study.project = Project.open(tmp_path / "elsewhere" / "renamed", PASSPHRASE)
    study.sign_in("R1")
    assert study.answer("warm_regard", "fidelity") == rated(4)
    (medium,) = study.ask(recordings.media_of, study.rating_id, study.folder)
    assert medium.path.is_file()
    assert medium.path.is_relative_to(tmp_path / "elsewhere")
    assert study.project.peaks.read(medium.sha256)
    assert study.project.sound()


def test_a_new_study_needs_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("my only copy")
    (tmp_path / "file").write_text("my only copy")
    for name in ("full", "file"):
        with pytest.raises(UserError, match="something in this place"):
            Project.create(tmp_path / name, PASSPHRASE, "x", CHEAP)
    with pytest.raises(UserError, match="could not be made here"):
        Project.create(tmp_path / ("x" * 300), PASSPHRASE, "x", CHEAP)
    with pytest.raises(UserError, match="could not be made here"):
        Project.create(tmp_path / "file" / "below", PASSPHRASE, "x", CHEAP)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full"]
    assert (tmp_path / "full" / "thesis.txt").read_text() == "my only copy"


def test_what_lies_beside_a_new_study_is_left_alone(tmp_path: Path) -> None:
    neighbours = ("trial.new", "trial.tmp", "trial.making", ".trial")
    for name in neighbours:
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("my only copy")
    Project.create(tmp_path / "trial", PASSPHRASE, "x", CHEAP).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*neighbours, "trial"])
    assert all((tmp_path / name / "thesis.txt").is_file() for name in neighbours)


def test_an_empty_folder_and_a_link_to_one_and_the_folder_one_is_in_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("empty", "here", "target"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    monkeypatch.chdir(tmp_path / "here")
    for place in (tmp_path / "empty", tmp_path / "link", Path()):
        Project.create(place, PASSPHRASE, "x", CHEAP).close()
    for name in ("empty", "here", "target"):
        assert (tmp_path / name / "study.db").is_file()
    assert len(list(tmp_path.iterdir())) == 4


def test_making_a_study_that_is_killed_midway_leaves_no_half_study(tmp_path: Path) -> None:
    killed = child(
        """
        import os, signal, sys
        from pathlib import Path
        from mio_fidelity.store import Project, schema
        from mio_fidelity.store.keys import Cost
        upgrade = schema.upgrade
        def die(engine):
            upgrade(engine)
            os.kill(os.getpid(), signal.SIGKILL)
        schema.upgrade = die
        Project.create(Path(sys.argv[1]), "correct horse battery", "x", Cost(64, 1, 1))
        """,
        tmp_path / "study",
    )
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "study").exists()
    Project.create(tmp_path / "study", PASSPHRASE, "x", CHEAP).close()


def test_making_a_study_that_fails_midway_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(study_folder, "_settle_log", no_room)
    with pytest.raises(UserError, match="No space left"):
        Project.create(tmp_path / "study", PASSPHRASE, "x", CHEAP)
    assert list(tmp_path.iterdir()) == []


def test_a_question_that_changes_something_is_a_bug_and_changes_nothing(study: OpenStudy) -> None:
    def rename(db: Db) -> None:
        db.query(Study).one().title = "Renamed"

    def rename_past_the_rows(db: Db) -> None:
        db.execute(text("UPDATE study SET title = 'Renamed'"))

    with pytest.raises(RuntimeError, match="rename changed something"):
        study.ask(rename)
    study.ask(rename_past_the_rows)
    assert study.ask(people.study_facts).title == "A study of tests"


def test_only_somebody_of_the_study_can_sign_in(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="does not work in the study"):
        study.project.sign_in("0" * 32)
    assert study.project.person_id == study.people["R1"]
    study.sql("UPDATE person SET active = 0 WHERE code = 'R2'")
    with pytest.raises(UserError, match="does not work in the study"):
        study.sign_in("R2")
    assert [member.code for member in study.ask(people.roster)] == ["R1", "S1"]


def test_nobody_rates_without_having_signed_in(study: OpenStudy) -> None:
    study.project.close()
    study.project = Project.open(study.folder, PASSPHRASE)
    with pytest.raises(UserError, match="Nobody has signed in"):
        study.set("warm_regard", "fidelity", rated(4))
    with pytest.raises(UserError, match="Nobody has signed in"):
        study.desk()


def test_everything_is_there_after_closing_and_opening(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1234, "näive ✓ 'quotes'\n")
    study.do(rate.set_notes, study.rating_id, "x" * 100_000)
    study.do(rate.hear, study.rating_id, 0, 1500, 1.5)
    study.do(rate.keep_place, study.rating_id, 1500, 1.5)
    before = study.desk()
    study.reopen()
    after = study.desk()
    assert after == before
    assert (after.position_ms, after.speed, after.heard) == (1500, 1.5, ((0, 1500),))
    assert after.marks[0].note == "näive ✓ 'quotes'\n"


def test_a_long_question_is_answered_on_another_thread(study):
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(study.project.ask_elsewhere, people.roster).result()
    assert elsewhere == study.project.ask(people.roster)


def test_a_long_change_is_made_on_another_thread_with_its_history(study):
    study.sign_in("S1")
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(study.project.do_elsewhere, people.add_person, "R77", Role.CODER).result()
    assert done.changed == {"person"}
    assert done.value in {member.id for member in study.ask(people.roster)}
    assert study.sql("SELECT verb FROM audit ORDER BY id DESC LIMIT 1") == [("add_person",)]


def test_a_long_change_that_is_refused_changes_nothing(study):
    study.sign_in("S1")
    with ThreadPoolExecutor(1) as pool, pytest.raises(UserError, match="called R1 already"):
        pool.submit(study.project.do_elsewhere, people.add_person, "R1", Role.CODER).result()


def test_a_closed_study_answers_nothing_elsewhere_either(study):
    study.project.close()
    with pytest.raises(RuntimeError, match="closed"):
        study.project.ask_elsewhere(people.roster)
