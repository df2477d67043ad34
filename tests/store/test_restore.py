"""Going back to a backup: what it says first, what it does, and that it can be undone."""

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mio_fidelity.answer import OPEN, rated
from mio_fidelity.coding import assign, conflicts, desk, merging, packages, rate, removal
from mio_fidelity.coding.conflicts import Choice
from mio_fidelity.coding.merging import Kind as Came
from mio_fidelity.coding.merging import Why
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, attempts
from mio_fidelity.store import restore as restoring
from mio_fidelity.store.backups import Backup, Kind, back_up, list_backups
from mio_fidelity.store.keys import unlock
from mio_fidelity.store.preview import preview
from mio_fidelity.store.restore import FileKeys, keys_for, restore
from mio_fidelity.store.study_file import looked_into
from tests.coding.packed import Laptop, add_session, give, hand_out, take_in
from tests.coding.vaulted import take_all
from tests.conftest import CHEAP, PASSPHRASE, OpenStudy


def keys(study: OpenStudy, backup: Backup) -> FileKeys:
    return keys_for(study.folder, backup, PASSPHRASE)[0]


def went_back(study: OpenStudy, backup: Backup) -> Backup | None:
    """Close, go back, open again."""
    study.project.close()
    found = keys(study, backup)
    before = restore(study.folder, backup, found, found)
    study.reopen()
    return before


@pytest.fixture
def backup(study: OpenStudy) -> Backup:
    """A backup with one score of 4; the study has gone on to 6 and one more, and submitted nothing."""
    study.do(rate.begin, study.rating_id)
    study.set("warm_regard", "fidelity", rated(4))
    made = back_up(study.project.file)
    assert made
    study.set("warm_regard", "fidelity", rated(6))
    study.set("warm_regard", "competence", rated(3))
    return made


def test_a_backup_brings_the_study_back_with_its_history(study: OpenStudy, backup: Backup) -> None:
    went_back(study, backup)
    assert study.answer("warm_regard", "fidelity") == rated(4)
    assert study.answer("warm_regard", "competence") == OPEN
    assert study.project.sound()
    assert study.project.remarks == ()
    assert study.audit()[-1].verb == "restore"
    assert backup.made_at.isoformat() in study.audit()[-1].changes


def test_going_back_is_undone_by_going_back_again(study: OpenStudy, backup: Backup) -> None:
    before = went_back(study, backup)
    assert before
    assert before.kind is Kind.BEFORE
    assert before in list_backups(study.folder)
    went_back(study, before)
    assert study.answer("warm_regard", "fidelity") == rated(6)
    assert study.answer("warm_regard", "competence") == rated(3)


def test_the_preview_says_what_is_there_and_what_would_be_lost(study: OpenStudy, backup: Backup) -> None:
    found = keys(study, backup)
    before = sorted((path, path.stat().st_mtime_ns) for path in study.folder.rglob("*.db"))
    seen = preview(study.folder, backup, found, found)
    assert (seen.sessions, seen.people, seen.assigned, seen.begun, seen.submitted) == (1, 3, 0, 1, 0)
    assert seen.lost
    assert (seen.lost.submitted, seen.lost.begun, seen.lost.scores) == (0, 0, 2)
    assert seen.lost.changes >= 2
    assert seen.last_change
    assert seen.lost.last_change
    assert seen.last_change < seen.lost.last_change
    assert sorted((path, path.stat().st_mtime_ns) for path in study.folder.rglob("*.db")) == before
    study.submit()
    again = preview(study.folder, backup, found, found).lost
    assert again
    assert again.submitted == 1
    study.project.close()
    assert preview(study.folder, backup, found, found).lost == again


def test_a_deleted_study_comes_back_from_its_backups_folder_alone(study: OpenStudy, backup: Backup) -> None:
    study.project.close()
    for path in study.folder.iterdir():
        if path.name != "backups":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (backup.path.parent / "keys.json").unlink()
    found = keys(study, backup)
    assert preview(study.folder, backup, found, None).lost is None
    assert restore(study.folder, backup, found) is None
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == rated(4)


def test_a_damaged_study_is_kept_byte_by_byte_when_it_goes_back(study: OpenStudy, backup: Backup) -> None:
    study.project.close()
    path = study.folder / "study.db"
    content = path.read_bytes()[:20000] + bytes(20000)
    path.write_bytes(content)
    found = keys(study, backup)
    assert preview(study.folder, backup, found, found).lost is None
    before = restore(study.folder, backup, found, found)
    assert before
    assert before.kind is Kind.DAMAGED
    assert before.path.read_bytes() == content
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == rated(4)


def test_a_damaged_backup_is_refused_and_the_study_stays(study: OpenStudy, backup: Backup) -> None:
    study.project.close()
    content = bytearray(backup.path.read_bytes())
    content[len(content) // 2] ^= 1
    found = keys(study, backup)
    backup.path.write_bytes(content)
    with pytest.raises(UserError, match="not whole"):
        preview(study.folder, backup, found, found)
    with pytest.raises(UserError, match="not whole"):
        restore(study.folder, backup, found, found)
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == rated(6)


def test_an_open_study_does_not_go_back(study: OpenStudy, backup: Backup) -> None:
    with pytest.raises(UserError, match="open already"):
        restore(study.folder, backup, keys(study, backup))


def test_a_wrong_pass_phrase_and_the_keys_of_another_study_open_no_backup(
    study: OpenStudy, backup: Backup, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="does not open"):
        keys_for(study.folder, backup, "not the right one")
    Project.create(tmp_path / "other", PASSPHRASE, "Another", CHEAP).close()
    for place in (study.folder / "keys.json", study.folder / "backups" / "keys.json", backup.keys):
        shutil.copyfile(tmp_path / "other" / "keys.json", place)
    with pytest.raises(UserError, match="belongs to another study"):
        keys(study, backup)


def test_a_backup_from_before_a_new_key_comes_back_for_those_who_work_here_now(
    study: OpenStudy, backup: Backup
) -> None:
    study.project.ring.add_slot(study.people["S1"], "the supervisor's own phrase")
    study.project.rekey([study.people["S1"]], lambda _db: None)
    study.project.close()
    # The phrase of then is in the keys beside the backup, the one of now in the study's.
    found, none = keys_for(study.folder, backup, PASSPHRASE)
    assert none is None
    used = unlock(study.folder, "the supervisor's own phrase")
    present = FileKeys(used.data_key, b"", study.people["S1"])
    seen = preview(study.folder, backup, found, present).lost
    assert seen
    assert seen.scores == 2
    restore(study.folder, backup, found, present)
    with pytest.raises(UserError, match="does not open"):
        Project.open(study.folder, PASSPHRASE)
    study.project = Project.open(study.folder, "the supervisor's own phrase")
    assert study.sql("SELECT value FROM score WHERE dimension = 'fidelity'") == [(4,)]


def test_a_coder_does_not_take_ratings_of_others_back(study: OpenStudy, backup: Backup) -> None:
    study.project.close()
    found = replace(keys(study, backup), person_id=study.people["R1"])
    with pytest.raises(UserError, match="Only supervisors"):
        restore(study.folder, backup, found, found)
    study.reopen()
    assert study.answer("warm_regard", "fidelity") == rated(6)
    restorable = replace(found, person_id=study.people["S1"])
    study.project.close()
    restore(study.folder, backup, restorable, found)
    study.reopen()
    assert study.audit()[-1].person_id == study.people["S1"]


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004"])
def test_the_copy_made_before_an_upgrade_can_be_gone_back_to(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "older"
    shutil.copytree(Path(__file__).with_name("studies") / version, folder)
    Project.open(folder, PASSPHRASE).close()
    (backup,) = list_backups(folder)
    assert backup.kind is Kind.UPGRADE
    found, present = keys_for(folder, backup, PASSPHRASE)
    assert present == found
    seen = preview(folder, backup, found, found)
    assert (seen.sessions, seen.begun) == (1, 1)
    restore(folder, backup, found, found)
    with Project.open(folder, PASSPHRASE) as project:
        assert project.sound()


def test_guessing_at_the_keys_of_backups_is_slowed_down_too(study: OpenStudy, backup: Backup) -> None:
    study.project.close()
    for _ in range(attempts.FREE):
        with pytest.raises(UserError, match="does not open"):
            keys_for(study.folder, backup, "not the right one")
    with pytest.raises(UserError, match="Too many wrong"):
        keys_for(study.folder, backup, PASSPHRASE)
    assert {path.suffix for path in backup.path.parent.iterdir()} == {".db", ".json"}
    attempts.forget(study.folder)
    assert keys(study, backup)


def kept_unread(study: OpenStudy, tmp_path: Path) -> tuple[Path, Backup, FileKeys]:
    """A study that went back after a kill, the copy of what it was with its log, and what opens it."""
    # What was rated last lies in the log.
    crashed = tmp_path / "crashed"
    shutil.copytree(study.folder, crashed, ignore=shutil.ignore_patterns("study.lock", "study.holder"))
    assert (crashed / "study.db-wal").stat().st_size
    past = list_backups(crashed)[0]
    found = keys_for(crashed, past, PASSPHRASE)[0]
    before = restore(crashed, past, found, None)
    assert before
    assert before.kind is Kind.DAMAGED
    assert before.log.exists()
    return crashed, before, found


def test_going_back_unread_loses_nothing_that_was_only_in_the_log(
    study: OpenStudy, backup: Backup, tmp_path: Path
) -> None:
    crashed, before, found = kept_unread(study, tmp_path)
    seen = preview(crashed, before, found, found)
    assert seen.begun == 1
    assert not before.log.exists()
    restore(crashed, before, found, found)
    with Project.open(crashed, PASSPHRASE) as again:
        again.sign_in(study.people["R1"])
        answers = again.ask(desk.desk, study.rating_id).answers
        assert answers["warm_regard", "fidelity"] == rated(6)
        assert answers["warm_regard", "competence"] == rated(3)
        assert again.sound()
    assert not list((crashed / "backups").glob("*whole*"))


KILLED = """
import os, sys
from pathlib import Path
from mio_fidelity.store import restore
from mio_fidelity.store.backups import list_backups
restore._settled = lambda *_: os._exit(9)
folder = Path(sys.argv[1])
backup = list_backups(folder)[0]
restore.take_up_log(backup, restore.keys_for(folder, backup, sys.argv[2])[0])
"""


def test_what_is_left_of_a_copy_by_a_kill_while_its_log_is_moved_goes_with_the_next_backup(
    study: OpenStudy, backup: Backup, tmp_path: Path
) -> None:
    crashed, before, _ = kept_unread(study, tmp_path)
    done = subprocess.run([sys.executable, "-c", KILLED, crashed, PASSPHRASE], check=False)
    assert done.returncode == 9
    place = crashed / "backups"
    assert list(place.glob("*whole*"))
    with Project.open(crashed, PASSPHRASE) as again:
        back_up(again.file)
        known = {path for each in list_backups(crashed) for path in (each.path, each.keys)}
        assert set(place.iterdir()) == {*known, before.log, place / "keys.json"}


def test_a_backup_made_meanwhile_takes_nothing_from_a_copy_whose_log_is_being_moved(
    study: OpenStudy, backup: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed, before, found = kept_unread(study, tmp_path)
    with Project.open(crashed, PASSPHRASE) as again:

        def settled(path: Path, keys: FileKeys) -> bool:
            back_up(again.file)
            return whole(path, keys)

        whole = restoring._settled
        monkeypatch.setattr(restoring, "_settled", settled)
        preview(crashed, before, found, found)
    assert not before.log.exists()
    with closing(looked_into(before.path, found.database)) as connection:
        assert connection.execute("SELECT value FROM score WHERE dimension = 'fidelity'").fetchall() == [(6,)]
    assert not list((crashed / "backups").glob("*whole*"))


def test_who_shares_a_pass_phrase_does_not_go_back_where_a_supervisor_has_her_own(study: OpenStudy) -> None:
    study.project.ring.add_slot(study.people["S1"], "the supervisor's own phrase")
    backup = back_up(study.project.file)
    assert backup
    study.project.close()
    found, present = keys_for(study.folder, backup, PASSPHRASE)
    with pytest.raises(UserError, match="Only supervisors"):
        restore(study.folder, backup, found, present)
    assert list_backups(study.folder) == (backup,)
    assert not (study.folder / "restoring.tmp").exists()
    found, present = keys_for(study.folder, backup, "the supervisor's own phrase")
    assert restore(study.folder, backup, found, present)


def interrupted(_folder: Path) -> None:
    raise OSError


def test_a_new_key_that_was_interrupted_is_finished_before_anybody_goes_back(
    study: OpenStudy, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.project.ring.add_slot(study.people["R1"], "of somebody who goes")
    study.project.ring.add_slot(study.people["S1"], "the supervisor's own phrase")
    with monkeypatch.context() as patch:
        patch.setattr("mio_fidelity.store.project.finish_rekey", interrupted)
        with pytest.raises(UserError, match="open the study again"):
            study.project.rekey([study.people["S1"]], lambda _db: None)
    study.project.close()
    found, present = keys_for(study.folder, backup, "the supervisor's own phrase")
    with pytest.raises(UserError, match="interrupted was finished"):
        restore(study.folder, backup, found, present)
    with pytest.raises(UserError, match="does not open"):
        Project.open(study.folder, "of somebody who goes")
    study.project = Project.open(study.folder, "the supervisor's own phrase")
    assert study.sql("SELECT value FROM score WHERE dimension = 'fidelity'") == [(6,)]


def test_going_back_keeps_what_is_in_the_vault_by_now_within_reach(study: OpenStudy, backup: Backup) -> None:
    took = take_all(study)
    assert took.originals == 1
    keys_now = study.sql("SELECT recording_id, key FROM vault_key")
    assert keys_now
    went_back(study, backup)
    assert study.sql("SELECT recording_id, key FROM vault_key") == keys_now
    ((location,),) = study.sql("SELECT location FROM recording")
    assert (study.folder / location).is_file()
    study.sign_in("R1")
    assert study.answer("warm_regard", "fidelity") == rated(4)


def test_going_back_does_not_bring_a_removed_recording_back(study: OpenStudy, backup: Backup) -> None:
    study.sql("UPDATE recording SET removed_at = '2026-01-02 03:04:05.000000'")
    went_back(study, backup)
    assert study.sql("SELECT removed_at FROM recording") == [("2026-01-02 03:04:05.000000",)]


def test_going_back_does_not_give_consent_back(study: OpenStudy, backup: Backup) -> None:
    client_id = study.sql("SELECT id FROM client")[0][0]
    study.do_as_supervisor(removal.withdraw_consent, client_id, date(2026, 3, 31))
    went_back(study, backup)
    assert study.sql("SELECT withdrew_on FROM client") == [("2026-03-31",)]
    assert study.audit()[-1].verb == "restore"
    assert "withdrew_on" in study.audit()[-1].changes
    with pytest.raises(UserError, match="removed from the study"):
        study.assign("R2")


def test_the_day_of_a_withdrawal_is_the_one_known_last(study: OpenStudy) -> None:
    client_id = study.sql("SELECT id FROM client")[0][0]
    study.do_as_supervisor(removal.withdraw_consent, client_id, date(2026, 3, 31))
    backup = back_up(study.project.file)
    assert backup
    study.do_as_supervisor(removal.give_consent_back, client_id)
    study.do_as_supervisor(removal.withdraw_consent, client_id, date(2026, 4, 30))
    went_back(study, backup)
    assert study.sql("SELECT withdrew_on FROM client") == [("2026-04-30",)]


def test_work_of_a_package_made_after_the_backup_still_returns(study: OpenStudy, tmp_path: Path) -> None:
    session_id = add_session(study, 11)
    backup = back_up(study.project.file)
    assert backup
    (later,) = give(study, session_id, "R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(study.rating_id, later, submit=True)
    first, second = laptop.give_back("first"), laptop.give_back("second")
    take_in(study, first)
    lost = preview(study.folder, backup, keys(study, backup), keys(study, backup)).lost
    assert lost
    assert (lost.packages, lost.submitted) == (1, 2)
    went_back(study, backup)
    assert study.audit()[-1].verb == "restore"
    assert {row.table_name for row in study.audit() if row.verb == "restore"} == {
        "setting",
        "package",
        "rating",
    }
    told = take_in(study, second)
    assert {row.rating_id: row.kind for row in told.rows} == {study.rating_id: Came.NEW, later: Came.NEW}
    with laptop.open() as project:
        assert study.ask(contents_of, [study.rating_id, later]) == project.ask(
            contents_of, [study.rating_id, later]
        )
    assert take_in(study, second).seen
    assert study.project.sound()


def test_going_back_and_forth_knows_all_packages_and_what_was_given_up(
    study: OpenStudy, tmp_path: Path
) -> None:
    backup = back_up(study.project.file)
    assert backup
    hand_out(study, tmp_path)
    ((first,),) = study.sql("SELECT id FROM package")
    before = went_back(study, backup)
    assert before
    study.sign_in("S1")
    study.do(packages.revoke, first)
    hand_out(study, tmp_path)
    went_back(study, before)
    found = study.sql("SELECT id, revoked_at IS NOT NULL FROM package ORDER BY made_at")
    assert [bool(revoked) for _, revoked in found] == [True, False]
    assert found[0][0] == first
    assert study.project.remarks == ()


def test_a_session_added_after_the_backup_is_unknown_and_said(study: OpenStudy, tmp_path: Path) -> None:
    backup = back_up(study.project.file)
    assert backup
    (later,) = give(study, add_session(study, 11), "R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(study.rating_id, later)
    went_back(study, backup)
    study.sign_in("S1")
    told = merging.look(study.project, laptop.give_back())
    assert {row.rating_id: row.kind for row in told.rows} == {
        study.rating_id: Came.NEW,
        later: Came.UNKNOWN,
    }


def test_a_session_given_again_after_the_backup_comes_back_for_a_person_to_decide(
    study: OpenStudy, tmp_path: Path
) -> None:
    backup = back_up(study.project.file)
    assert backup
    study.do_as_supervisor(assign.withdraw, [study.rating_id])
    again = study.assign("R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(again, value=6, submit=True)
    went_back(study, backup)
    told = take_in(study, laptop.give_back())
    assert [(row.rating_id, row.kind, row.why) for row in told.rows] == [
        (again, Came.CONFLICT, Why.WITHDRAWN)
    ]
    (found,) = study.ask(conflicts.waiting)
    study.do(conflicts.settle, found.id, Choice.THEIRS)
    with laptop.open() as project:
        assert (
            study.ask(contents_of, [again])[again]["scores"]
            == project.ask(contents_of, [again])[again]["scores"]
        )
    ratings = study.sql("SELECT id, occasion FROM rating WHERE withdrawn_at IS NULL ORDER BY occasion")
    assert ratings == [(study.rating_id, 1), (again, 2)]
    assert study.project.sound()


def test_a_package_made_just_before_the_study_is_lost_is_known_to_its_newest_backup(
    study: OpenStudy, tmp_path: Path
) -> None:
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(study.rating_id)
    study.project.close()
    (study.folder / "study.db").unlink()
    newest = list_backups(study.folder)[0]
    restore(study.folder, newest, keys(study, newest))
    study.reopen()
    assert take_in(study, laptop.give_back()).count(Came.NEW) == 1


def test_work_of_a_package_the_study_lost_says_how_that_can_be(study: OpenStudy, tmp_path: Path) -> None:
    backup = back_up(study.project.file)
    assert backup
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(study.rating_id)
    study.project.close()
    (study.folder / "study.db").unlink()
    restore(study.folder, backup, keys(study, backup))
    study.reopen()
    with pytest.raises(UserError, match="backup from before the package was made"):
        take_in(study, laptop.give_back())


def test_an_older_keys_json_put_back_lets_nobody_in_who_was_removed(study: OpenStudy, tmp_path: Path) -> None:
    study.project.ring.add_slot(study.people["S1"], "the supervisor's own phrase")
    shutil.copyfile(study.folder / "keys.json", tmp_path / "older")
    study.project.rekey([study.people["S1"]], lambda _db: None)
    past = back_up(study.project.file)
    assert past
    study.set("warm_regard", "fidelity", rated(5))
    study.project.close()
    # As a service does that brings back one file of yesterday.
    shutil.copyfile(tmp_path / "older", study.folder / "keys.json")
    with pytest.raises(UserError, match=r"keys\.json is an older one"):
        Project.open(study.folder, "the supervisor's own phrase")
    found, present = keys_for(study.folder, past, "the supervisor's own phrase")
    before = restore(study.folder, past, found, present)
    assert before
    assert before.kind is Kind.BEFORE
    with pytest.raises(UserError, match="does not open"):
        Project.open(study.folder, PASSPHRASE)
    undone = keys_for(study.folder, before, "the supervisor's own phrase")
    restore(study.folder, before, *undone)
    study.project = Project.open(study.folder, "the supervisor's own phrase")
    assert study.sql("SELECT value FROM score WHERE dimension = 'fidelity'") == [(5,)]
    assert "data_key" not in repr((study.project.opened, study.project.ring))


def test_copies_of_keys_that_a_kill_left_are_gone_when_the_study_is_opened(study: OpenStudy) -> None:
    ours, others = ("keys.json.0123abcd.tmp", "study.head.0123abcd.tmp"), ("mine.tmp", "notes.0123abcd.tmp")
    for name in (*ours, *others):
        (study.folder / name).write_text("")
    study.reopen()
    assert {path.name for path in study.folder.glob("*.tmp")} == set(others)
