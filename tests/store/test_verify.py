"""What the check of a study finds, and that it finds nothing where nothing is."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from mio_fidelity.__main__ import main
from mio_fidelity.answer import rated
from mio_fidelity.coding import rate, study_settings
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.restore import keys_for, restore
from mio_fidelity.store.salvage import salvage
from mio_fidelity.store.verify import Check, verify_study
from tests.conftest import CLIENT, PASSPHRASE, SECRETS, OpenStudy


@pytest.fixture
def rated_study(study: OpenStudy) -> OpenStudy:
    """A submitted rating, amended, and another one begun."""
    study.submit()
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(5)}, "typing slip")
    study.rating_id = study.assign("R2")
    study.sign_in("R2")
    study.do(rate.begin, study.rating_id)
    study.set("warm_regard", "fidelity", rated(2))
    study.do_as_supervisor(study_settings.choose, "canary", {"one": [1, 2.5, "two"]})
    return study


def checked(study: OpenStudy, fingerprints: bool = False) -> dict[str, Check]:
    study.project.close()
    return {each.key: each for each in verify_study(study.folder, PASSPHRASE, fingerprints)}


def faulty(study: OpenStudy) -> list[str]:
    return [key for key, check in checked(study).items() if not check.fits]


def past_the_program(study: OpenStudy, *statements: str) -> None:
    """Change the database as somebody with the key and a tool could, its triggers taken away first."""
    for (name,) in study.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        study.sql(f"DROP TRIGGER {name}")
    for statement in statements:
        study.sql(statement)


def test_a_study_that_was_worked_in_fits(rated_study: OpenStudy) -> None:
    back_up(rated_study.project.file)
    found = checked(rated_study, fingerprints=True)
    assert [each.key for each in found.values() if not each.fits] == []
    assert found["rows"].numbers["rows"] > 20
    told = found["recordings"].numbers
    assert (told.pop("present"), set(told.values())) == (1, {0})
    assert found["backups"].numbers["readable"] == 1


CHANGES = {
    "a score": ("UPDATE score SET value = 7 WHERE value = 5", "rows"),
    "a score that says nothing": ("UPDATE score SET shelved = 'rated:3' WHERE value = 2", "rows"),
    "a date": (
        "UPDATE rating SET begun_at = '2020-01-01 00:00:00.000000' WHERE submitted_at IS NULL",
        "rows",
    ),
    "who rated": (
        "UPDATE rating SET person_id = (SELECT id FROM person WHERE code = 'S1') WHERE submitted_at IS NULL",
        "rows",
    ),
    "a role": ("UPDATE person SET role = 'supervisor' WHERE code = 'R2'", "rows"),
    "whose session": ("UPDATE treatment_session SET arm = 'another'", "rows"),
    "an amendment's reason": ("UPDATE amendment SET why = 'heard it again'", "rows"),
    "an amendment gone": ("DELETE FROM amendment", "rows"),
    "a setting": ("UPDATE setting SET value = '{}'", "rows"),
    "a setting that nobody chose": (
        "INSERT INTO setting (id, key, value) VALUES ('ab', 'ab', '{}')",
        "rows",
    ),
    "consent": ("UPDATE client SET withdrew_on = '2026-01-01'", "rows"),
    "a score gone": ("DELETE FROM score WHERE value = 2", "rows"),
    "a line's words": ("UPDATE audit SET verb = 'set_answer' WHERE verb = 'amend'", "trail"),
    "a line's time": ("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 20", "trail"),
    "a line gone": ("DELETE FROM audit WHERE id = 20", "trail"),
    "the first line gone": ("DELETE FROM audit WHERE id = 1", "trail"),
    "lines swapped": (
        "UPDATE audit SET id = CASE id WHEN 20 THEN -21 ELSE -20 END WHERE id IN (20, 21);"
        "UPDATE audit SET id = -id WHERE id < 0",
        "trail",
    ),
}


@pytest.mark.parametrize(("statement", "key"), CHANGES.values(), ids=CHANGES.keys())
def test_what_was_changed_past_the_program_is_found(rated_study: OpenStudy, statement: str, key: str) -> None:
    past_the_program(rated_study, *statement.split(";"))
    assert key in faulty(rated_study)


RULES = {
    "gone": (
        ["DROP TRIGGER audit_delete", "DROP TRIGGER score_locked_update"],
        "audit_delete, score_locked_update",
    ),
    "changed": (
        [
            "DROP TRIGGER rating_kept",
            "CREATE TRIGGER rating_kept BEFORE DELETE ON rating WHEN 0 BEGIN SELECT 1; END",
        ],
        "rating_kept",
    ),
    "added": (
        ["CREATE TRIGGER another AFTER UPDATE ON place BEGIN DELETE FROM score WHERE value = 7; END"],
        "-",
    ),
}


@pytest.mark.parametrize(("statements", "names"), RULES.values(), ids=RULES.keys())
def test_rules_of_the_database_that_are_not_as_they_were_made_are_named(
    rated_study: OpenStudy, statements: list[str], names: str
) -> None:
    for statement in statements:
        rated_study.sql(statement)
    found = checked(rated_study)
    assert [key for key, check in found.items() if not check.fits] == ["file"]
    assert f"gone or changed: {names};" in str(found["file"].says)
    assert found["file"].numbers["off"] + found["file"].numbers["rules_added"] == len(names.split(", "))
    assert "another" not in str(found["file"].says)


def test_a_study_that_was_salvaged_or_went_back_has_all_its_rules(
    rated_study: OpenStudy, tmp_path: Path
) -> None:
    backup = back_up(rated_study.project.file)
    assert backup
    rated_study.project.close()
    salvage(rated_study.folder, PASSPHRASE, tmp_path / "salvaged", lambda _: None, lambda: False)
    keys, present = keys_for(rated_study.folder, backup, PASSPHRASE)
    restore(rated_study.folder, backup, keys, present)
    for folder in (tmp_path / "salvaged", rated_study.folder):
        assert verify_study(folder, PASSPHRASE)[0].fits


def test_the_first_line_that_does_not_fit_is_named(rated_study: OpenStudy) -> None:
    past_the_program(rated_study, "UPDATE audit SET verb = 'x' WHERE id = 20")
    check = checked(rated_study)["trail"]
    assert check.numbers == {"lines": 19, "first_misfit": 20}
    assert "line 20 " in str(check.says)


def test_lines_taken_off_the_end_are_missed(rated_study: OpenStudy) -> None:
    rated_study.reopen()
    past_the_program(
        rated_study,
        "DELETE FROM score WHERE value = 2",
        "DELETE FROM audit WHERE id > (SELECT max(id) - 3 FROM audit)",
    )
    # As whoever did it would: past the program, which keeps how far the trail goes when it closes.
    head = (rated_study.folder / "study.head").read_bytes()
    rated_study.project.close()
    (rated_study.folder / "study.head").write_bytes(head)
    assert "tail" in faulty(rated_study)
    with Project.open(rated_study.folder, PASSPHRASE) as project:
        assert any("ends earlier" in str(each) for each in project.remarks)


def test_an_older_file_put_back_by_hand_is_noticed(rated_study: OpenStudy, tmp_path: Path) -> None:
    backup = back_up(rated_study.project.file)
    assert backup
    rated_study.set("warm_regard", "fidelity", rated(3))
    rated_study.project.close()
    shutil.copyfile(backup.path, rated_study.folder / "study.db")
    assert faulty(rated_study) == ["tail"]


def test_a_head_written_by_somebody_else_is_noticed(rated_study: OpenStudy) -> None:
    rated_study.project.close()
    (rated_study.folder / "study.head").write_bytes(bytes(90))
    assert faulty(rated_study) == ["tail"]
    (rated_study.folder / "study.head").unlink()
    assert faulty(rated_study) == []


def test_damage_is_found_and_the_rest_is_looked_at_all_the_same(rated_study: OpenStudy) -> None:
    ((page,),) = rated_study.sql("SELECT rootpage FROM sqlite_master WHERE name = 'score'")
    rated_study.project.close()
    with (rated_study.folder / "study.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 100)
        file.write(bytes(64))
    found = checked(rated_study)
    assert not found["file"].fits
    assert found["backups"].fits


def test_a_recording_that_is_gone_or_another_is_noticed_without_being_named(rated_study: OpenStudy) -> None:
    (file,) = (rated_study.folder / "recordings").iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"x")
    assert checked(rated_study)["recordings"].fits
    check = checked(rated_study, fingerprints=True)["recordings"]
    assert (check.fits, check.numbers["changed"]) == (False, 1)
    file.unlink()
    check = checked(rated_study)["recordings"]
    assert (check.fits, check.numbers["missing"]) == (False, 1)


def test_a_damaged_backup_is_noticed(rated_study: OpenStudy) -> None:
    backup = back_up(rated_study.project.file)
    assert backup
    content = bytearray(backup.path.read_bytes())
    content[-3000] ^= 1
    backup.path.write_bytes(content)
    assert faulty(rated_study) == ["backups"]


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setenv("MIO_FIDELITY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(sys, "argv", ["mio-fidelity", "verify", *words])
    return main()


def test_the_command_says_what_fits_and_its_exit_code_too(
    rated_study: OpenStudy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rated_study.project.close()
    assert run(monkeypatch, str(rated_study.folder)) == 0
    said = capsys.readouterr().out
    assert [line.split()[:2] for line in said.splitlines()] == [
        ["ok", key] for key in ("file", "trail", "tail", "rows", "recordings", "backups")
    ]
    rated_study.reopen()
    past_the_program(rated_study, "UPDATE score SET value = 7 WHERE value = 5")
    rated_study.project.close()
    assert run(monkeypatch, str(rated_study.folder), "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["fits"]
    assert found["checks"]["rows"]["changed"] == 1
    for secret in (*SECRETS, CLIENT, str(rated_study.folder)):
        assert secret not in said
        assert secret not in json.dumps(found)


def test_the_command_says_when_it_cannot_look(
    study: OpenStudy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(study.folder)) == 2
    assert "open already" in capsys.readouterr().err
    study.project.close()
    assert run(monkeypatch, str(study.folder / "backups")) == 2
    assert "no study" in capsys.readouterr().err
    with (study.folder / "study.db").open("r+b") as file:
        file.write(bytes(4096))
    assert run(monkeypatch, str(study.folder)) == 2
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004"])
def test_a_study_of_another_version_is_opened_first(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "older"
    shutil.copytree(Path(__file__).with_name("studies") / version, folder)
    with pytest.raises(UserError, match="another version"):
        verify_study(folder, PASSPHRASE)
    Project.open(folder, PASSPHRASE).close()
    found = {each.key: each for each in verify_study(folder, PASSPHRASE)}
    assert found["rows"].fits, found["rows"]
    assert found["trail"].fits
    assert found["file"].fits, found["file"]
