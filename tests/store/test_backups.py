"""Backups: made beside the work, verified, kept by number and age."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, backups
from mio_fidelity.store.backups import Backup, Kind, back_up, kept, list_backups, verify
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.test_full_disk import disk, fill  # noqa: F401

NEWEST = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def backed_up(study: OpenStudy) -> Backup:
    made = back_up(study.project.file)
    assert made
    return made


def as_study(backup: Backup, place: Path) -> Project:
    """A backup and the keys beside it, in a folder of their own."""
    place.mkdir()
    shutil.copyfile(backup.path, place / "study.db")
    shutil.copyfile(backup.keys, place / "keys.json")
    return Project.open(place, PASSPHRASE)


def test_a_backup_is_a_whole_study_with_what_was_stored_last(study: OpenStudy, tmp_path: Path) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    backup = backed_up(study)
    study.set("warm_regard", "fidelity", rated(6))
    with as_study(backup, tmp_path / "alone") as alone:
        alone.sign_in(study.people["R1"])
        assert alone.ask(desk.desk, study.rating_id).answers["warm_regard", "fidelity"] == rated(4)
        assert alone.sound()


def test_a_backup_is_encrypted_and_its_name_says_when_and_nothing_else(study: OpenStudy) -> None:
    study.do(rate.set_notes, study.rating_id, "canary-note")
    backup = backed_up(study)
    content = backup.path.read_bytes()
    assert b"canary-note" not in content
    assert b"SQLite" not in content
    assert backup.path.name == f"study-{backup.made_at:%Y%m%dT%H%M%SZ}.db"
    assert sorted(path.name for path in backup.path.parent.iterdir()) == sorted(
        ["keys.json", backup.path.name, backup.keys.name]
    )


def test_nothing_is_copied_when_nothing_was_changed(study: OpenStudy) -> None:
    backed_up(study)
    assert back_up(study.project.file) is None
    study.reopen()
    assert back_up(study.project.file) is None
    study.do(rate.keep_place, study.rating_id, 900, 1.0)
    assert backed_up(study)
    assert len(list_backups(study.folder)) == 2


def test_work_goes_on_while_a_backup_is_made_and_the_copy_is_of_one_moment(study: OpenStudy) -> None:
    stop = threading.Event()
    made: list[Backup] = []

    def keep_copying() -> None:
        while not stop.is_set():
            copy = back_up(study.project.file)
            made.extend([copy] if copy else [])

    worker = threading.Thread(target=keep_copying)
    worker.start()
    value = 0
    # Until several were made in the midst of it, however fast this computer writes.
    while worker.is_alive() and (value < 199 or len(made) < 3):
        value += 1
        study.do(rate.set_notes, study.rating_id, f"{value} " * 3000)
    stop.set()
    worker.join()
    assert len(made) > 2
    for backup in list_backups(study.folder):
        verify(backup.path, study.project.file.key)
    assert study.project.sound()
    assert study.desk().notes.startswith(f"{value} ")


def test_a_copy_is_not_made_while_a_long_question_keeps_the_log_from_being_moved(
    study: OpenStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mio_fidelity.store.study_file.PATIENCE_S", 0.2)
    study.do(rate.set_notes, study.rating_id, "before")

    def long_question(db: Db) -> None:
        desk.desk(db, study.rating_id)
        study.do(rate.set_notes, study.rating_id, "after")
        with pytest.raises(UserError, match="busy"):
            back_up(study.project.file)

    study.project.ask_elsewhere(long_question)
    assert backed_up(study)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_a_copy_is_not_made_while_another_moves_the_log(
    study: OpenStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mio_fidelity.store.study_file.PATIENCE_S", 0.2)
    study.do(rate.set_notes, study.rating_id, "before")
    # The lock of who moves it: https://www.sqlite.org/walformat.html, section 2.3.
    hold = "import fcntl, sys; file = open(sys.argv[1], 'r+b'); fcntl.lockf(file, fcntl.LOCK_EX, 1, 121)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{hold}; print(flush=True); input()", study.folder / "study.db-shm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as mover:
        assert mover.stdout
        mover.stdout.readline()
        with pytest.raises(UserError, match="busy"):
            back_up(study.project.file)
        mover.communicate(b"\n")
    assert backed_up(study)


def test_a_damaged_study_gets_no_backup_that_counts(study: OpenStudy) -> None:
    first = backed_up(study)
    ((page,),) = study.sql("SELECT rootpage FROM sqlite_master WHERE name = 'coverage'")
    study.do(rate.set_notes, study.rating_id, "changed")
    study.project.close()
    with (study.folder / "study.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 100)
        file.write(bytes(16))
    study.reopen()
    with pytest.raises(UserError, match="not whole"):
        back_up(study.project.file)
    assert list_backups(study.folder) == (first,)
    assert not list((study.folder / "backups").glob("*.tmp"))


def test_a_full_disk_costs_no_backup_and_no_work(disk: Path, made: object) -> None:  # noqa: F811
    from tests.conftest import copy_of

    study = copy_of(made, disk)  # type: ignore[arg-type]
    first = backed_up(study)
    study.set("warm_regard", "fidelity", rated(5))
    ballast = fill(disk, 600_000)
    with pytest.raises(UserError, match="no room"):
        back_up(study.project.file)
    study.set("warm_regard", "fidelity", rated(6))
    assert list_backups(study.folder) == (first,)
    assert sorted(path.suffix for path in first.path.parent.iterdir()) == [".db", ".json", ".json"]
    ballast.unlink()
    assert backed_up(study)
    study.project.close()


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_half(
    disk: Path,  # noqa: F811
    made: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.conftest import copy_of

    monkeypatch.setattr(backups, "_need_room", lambda *_: None)
    study = copy_of(made, disk)  # type: ignore[arg-type]
    first = backed_up(study)
    study.set("warm_regard", "fidelity", rated(5))
    fill(disk, 300_000)
    with pytest.raises(UserError, match="No space left"):
        back_up(study.project.file)
    assert list_backups(study.folder) == (first,)
    assert not list((study.folder / "backups").glob("*.tmp"))
    study.project.close()


def at(*before: timedelta, kind: Kind = Kind.ROLLING) -> list[Backup]:
    return [Backup(Path(f"{kind}{nth}"), NEWEST - each, kind) for nth, each in enumerate(before)]


def ages(found: Iterable[Backup]) -> list[float]:
    return sorted((NEWEST - each.made_at) / timedelta(days=1) for each in found)


def test_the_last_day_is_kept_whole_up_to_sixteen() -> None:
    hours = at(*(timedelta(minutes=30 * nth) for nth in range(40)))
    assert len(kept(hours, NEWEST) & set(hours[:16])) == 16
    # And the last of the day before.
    assert len(kept(hours, NEWEST)) == 17
    assert ages(kept(hours[:10], NEWEST)) == ages(hours[:10])


def test_one_a_day_and_one_a_week_are_kept() -> None:
    every_hour = at(*(timedelta(hours=nth) for nth in range(24 * 90)))
    stay = kept(every_hour, NEWEST)
    days = {each.made_at.date() for each in stay}
    assert {(NEWEST - timedelta(days=nth)).date() for nth in range(14)} <= days
    assert 45 < max(ages(stay)) < 60
    assert len(stay) <= 16 + 14 + 8
    # Each day's is its last, so that nothing of that day is missing in it.
    assert all(each.made_at.hour == 23 for each in stay if each.made_at < NEWEST - timedelta(days=2))


def test_thinning_hour_by_hour_ends_with_the_same_as_thinning_at_once() -> None:
    held: set[Backup] = set()
    every_hour = at(*(timedelta(hours=nth) for nth in range(24 * 90)))
    for each in reversed(every_hour):
        held = kept({*held, each}, NEWEST)
    assert ages(held) == ages(kept(every_hour, NEWEST))


def test_copies_before_an_upgrade_stay_and_of_those_before_going_back_the_last_five() -> None:
    year = [timedelta(days=400 + nth) for nth in range(9)]
    upgrades, before, damaged = (at(*year, kind=kind) for kind in (Kind.UPGRADE, Kind.BEFORE, Kind.DAMAGED))
    stay = kept([*upgrades, *before, *damaged, *at(timedelta())], NEWEST)
    assert set(upgrades) <= stay
    # Going back and forth does not push out the only copy of a damaged study.
    for kind in (Kind.BEFORE, Kind.DAMAGED):
        assert ages(each for each in stay if each.kind is kind) == [400, 401, 402, 403, 404]


def test_backups_keep_their_order_when_the_clock_is_set_back(study: OpenStudy) -> None:
    first = backed_up(study)
    ahead = first.path.with_name("study-20400101T000000Z.db")
    os.rename(first.path, ahead)
    os.rename(first.keys, ahead.with_name("study-20400101T000000Z.keys.json"))
    study.set("warm_regard", "fidelity", rated(4))
    second = backed_up(study)
    assert [each.path for each in list_backups(study.folder)] == [second.path, ahead]
    assert second.made_at == datetime(2040, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_a_clock_that_was_ahead_for_once_does_not_shorten_what_is_kept() -> None:
    # From the wrong one on, each backup is named a second after the one before; 18 are made on a day.
    days = at(*(timedelta(days=nth) for nth in range(20)))
    held, wrong = set(days), NEWEST + timedelta(days=3650)
    made = [Backup(Path(f"ahead{nth}"), wrong + timedelta(seconds=nth), Kind.ROLLING) for nth in range(180)]
    for nth, each in enumerate(made):
        held = kept({*held, each}, NEWEST + timedelta(days=nth / 18))
    numbers = sorted(nth for nth, each in enumerate(made) if each in held)
    assert numbers[-16:] == list(range(164, 180))
    # And what was a day, two days, … a week ago too.
    assert max(later - each for each, later in pairwise(numbers)) <= 16
    assert len(set(days) & held) >= 13


def test_a_clock_that_went_dead_for_once_does_not_either() -> None:
    days = at(*(timedelta(days=nth) for nth in range(20)))
    held = kept(days, datetime(1980, 1, 1, tzinfo=UTC))
    assert held >= kept(days, NEWEST)


def test_names_of_other_files_are_no_backups(study: OpenStudy) -> None:
    place = study.folder / "backups"
    for name in ("thesis.db", "study-20261301T000000Z.db", "study-20260101T000000Z.db.x", "study.db"):
        (place / name).write_text("mine")
    assert list_backups(study.folder) == ()
    backed_up(study)
    assert (place / "thesis.db").read_text() == "mine"
    assert list_backups(study.folder / "nowhere") == ()


def test_what_a_killed_program_left_is_swept_up(study: OpenStudy) -> None:
    place = study.folder / "backups"
    (place / "0123abcd.tmp").write_bytes(bytes(4096))
    (place / "study-20260101T000000Z.keys.json").write_text("{}")
    for ending in ("", "-wal"):
        (place / f"study-20260101T000000Z-damaged.db.whole{ending}").write_bytes(bytes(4096))
    (place / "study-20260102T000000Z-damaged.db-wal").write_bytes(bytes(4096))
    # What cannot be removed keeps nobody from a backup.
    for name in ("folder.tmp", "study-20260103T000000Z-damaged.db-wal"):
        (place / name).mkdir()
    backed_up(study)
    assert not list(place.glob("*.whole*"))
    assert [path.name for path in place.glob("*.tmp")] == ["folder.tmp"]
    assert not (place / "study-20260101T000000Z.keys.json").exists()
    assert [path.name for path in place.glob("*.db-wal")] == ["study-20260103T000000Z-damaged.db-wal"]


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be taken away on this system")
def test_a_study_file_that_was_taken_away_is_neither_copied_nor_made_anew(study: OpenStudy) -> None:
    (study.folder / "study.db").unlink()
    with pytest.raises(UserError, match="moved, deleted or replaced"):
        back_up(study.project.file)
    assert not (study.folder / "study.db").exists()
