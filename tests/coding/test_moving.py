"""A study moved to a server and back is the study it was; one that does not arrive whole does not move."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mio_fidelity.answer import rated
from mio_fidelity.coding import moving, rate
from mio_fidelity.errors import UserError
from mio_fidelity.report.plain_copy import write_plain_copy
from mio_fidelity.store import Db, Project
from mio_fidelity.store.models import Base
from mio_fidelity.store.profile import keep_profile, read_profile
from tests.conftest import CHEAP, PASSPHRASE, OpenStudy, running
from tests.postgres import PASSWORD, binaries

needs_server = pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer")


@pytest.fixture
def rich(study: OpenStudy) -> OpenStudy:
    """A study with a submitted rating that was amended twice, and evidence; S1 is signed in."""
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 500, "canary-evidence")
    study.do(rate.set_notes, study.rating_id, "canary-notes")
    study.do(rate.hear, study.rating_id, 0, 900, 1.25)
    study.submit()
    for value in (5, 6):
        study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(value)}, "canary-why")
    study.sign_in("S1")
    return study


@pytest.fixture
def database() -> Iterator[str]:
    server = running()
    name = server.new_database()
    yield name
    server.drop(name)


def rows(db: Db) -> dict[str, list[tuple[object, ...]]]:
    """Everything there is."""
    return {
        table.name: sorted(tuple(map(repr, row)) for row in db.execute(select(table)))
        for table in Base.metadata.sorted_tables
        if table.name != "setting"
    }


@needs_server
@pytest.mark.on_folder
def test_a_study_goes_to_a_server_and_comes_back_as_it_was(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    moved = moving.move(rich.project, there, PASSWORD)
    before = rich.ask(rows)
    assert moved.rows["rating"] == 1
    assert moved.rows["audit"] == len(before["audit"])
    assert moved.pictures == 1
    with Project.open(there, PASSWORD) as remote:
        assert remote.ask(rows) == before
        assert remote.sound()
        assert remote.folder == rich.folder
        remote.sign_in(rich.people["R1"])
        remote.do(
            rate.amend, rich.rating_id, "warm_regard", {"fidelity": rated(2)}, "still locked, still open"
        )
        with pytest.raises(UserError, match="submitted"):
            remote.do(rate.set_notes, rich.rating_id, "later")
        remote.sign_in(rich.people["S1"])
        moving.move(remote, tmp_path / "back", PASSPHRASE, CHEAP)
        last = remote.ask(rows)
    with Project.open(tmp_path / "back", PASSPHRASE) as back:
        assert back.ask(rows) == last
        assert back.sound()
        back.sign_in(rich.people["R1"])
        back.do(rate.amend, rich.rating_id, "warm_regard", {"fidelity": rated(7)}, "once more")
        with back._engine.begin() as connection, pytest.raises(Exception, match="does not change"):
            connection.execute(text("UPDATE score SET value = 1"))


@needs_server
@pytest.mark.on_folder
def test_who_still_opens_the_old_place_on_a_server_reads_that_the_study_was_moved(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    moving.move(rich.project, there, PASSWORD)
    for home in (tmp_path / "home", tmp_path / "home again"):
        with Project.open(there, PASSWORD) as remote:
            remote.sign_in(rich.people["S1"])
            moving.move(remote, home, PASSPHRASE, CHEAP)
    with Project.open(there, PASSWORD) as remote:
        (remark,) = remote.remarks
        assert "was moved from this server into a folder" in str(remark)
        assert remote.sound()
    # The new place was not moved away from, nor is what comes of it.
    server, other = running(), running().new_database()
    with Project.open(tmp_path / "home again", PASSPHRASE) as home_again:
        assert home_again.remarks == ()
        home_again.sign_in(rich.people["S1"])
        moving.move(home_again, server.place(tmp_path / "other", other), PASSWORD)
    with Project.open(tmp_path / "other", PASSWORD) as remote:
        assert remote.remarks == ()
    server.drop(other)


@needs_server
@pytest.mark.on_folder
def test_a_second_move_that_fails_takes_nothing_from_what_the_first_one_said(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    moving.move(rich.project, there, PASSWORD)
    with Project.open(there, PASSWORD) as remote:
        remote.sign_in(rich.people["S1"])
        moving.move(remote, tmp_path / "home", PASSPHRASE, CHEAP)
        with pytest.raises(UserError, match="fewer than"):
            moving.move(remote, tmp_path / "again", "short", CHEAP)
    with Project.open(there, PASSWORD) as remote:
        (remark,) = remote.remarks
        assert "was moved from this server into a folder" in str(remark)


@needs_server
@pytest.mark.on_folder
def test_a_study_whose_record_was_changed_does_not_move_and_nothing_is_left(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    rich.sql("DROP TRIGGER audit_update")
    verb = rich.audit()[2].verb
    rich.sql("UPDATE audit SET verb = 'other' WHERE id = 3")
    with pytest.raises(UserError, match="Nothing was copied"):
        moving.move(rich.project, there, PASSWORD)
    with pytest.raises(UserError, match="no study in this database"):
        Project.open(there, PASSWORD)
    # What is left there is empty, and takes the study once that is mended.
    rich.sql("UPDATE audit SET verb = :verb WHERE id = 3", verb=verb)
    assert moving.move(rich.project, there, PASSWORD).rows["study"] == 1


@needs_server
@pytest.mark.on_folder
def test_only_supervisors_move_a_study_and_only_to_an_empty_place(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    rich.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        moving.move(rich.project, there, PASSWORD)
    rich.sign_in("S1")
    moving.move(rich.project, there, PASSWORD)
    with pytest.raises(UserError, match="already"):
        moving.move(rich.project, there, PASSWORD)
    with pytest.raises(UserError, match="copy the folder whole"):
        moving.move(rich.project, tmp_path / "another", PASSPHRASE)


@needs_server
@pytest.mark.on_folder
def test_a_profile_keeps_the_place_of_the_recordings_it_has(
    rich: OpenStudy, database: str, tmp_path: Path
) -> None:
    there = running().place(tmp_path / "there", database)
    keep_profile(there, running().profile(database, files=str(tmp_path / "shared")))
    moving.move(rich.project, there, PASSWORD)
    assert read_profile(there).files == str(tmp_path / "shared")


def test_a_plain_copy_holds_codes_and_scores_and_no_words_and_is_on_record(
    rich: OpenStudy, tmp_path: Path
) -> None:
    written = write_plain_copy(rich.project, tmp_path / "plain.db")
    with closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        tables = [name for (name,) in plain.execute("SELECT name FROM sqlite_master")]
        assert tables == ["people", "sessions", "ratings", "scores", "amendments"]
        (found,) = plain.execute(
            "SELECT person, purpose, value FROM ratings JOIN scores USING (rating_id)"
            " WHERE scale = 'warm_regard' AND dimension = 'fidelity'"
        )
        assert found == ("R1", "production", 6)
        assert plain.execute("SELECT count(*) FROM scores").fetchone() == (written["scores"],)
    assert b"canary" not in (tmp_path / "plain.db").read_bytes()
    assert rich.audit()[-1].verb == "note_plain_copy"


def test_words_come_along_when_they_are_asked_for(rich: OpenStudy, tmp_path: Path) -> None:
    write_plain_copy(rich.project, tmp_path / "plain.db", words=True)
    content = (tmp_path / "plain.db").read_bytes()
    assert all(word in content for word in (b"canary-evidence", b"canary-notes", b"canary-why"))
    assert "true" in rich.audit()[-1].changes.lower()


def test_coders_write_no_plain_copy(rich: OpenStudy, tmp_path: Path) -> None:
    rich.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        write_plain_copy(rich.project, tmp_path / "plain.db")
    assert list(tmp_path.glob("plain*")) == []
