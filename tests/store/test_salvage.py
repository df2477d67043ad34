"""What is readable of a damaged study is saved, and what is not is said, to the row."""

import os
import random
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import people, rate, recordings
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Db, Project, Purpose, Role
from mio_fidelity.store.models import Client, InstrumentEdition, Rating, TreatmentSession
from mio_fidelity.store.rescue import rescue
from mio_fidelity.store.salvage import Salvaged, Tally, salvage
from mio_fidelity.store.verify import verify_study
from tests.coding.vaulted import never, quiet, take_all
from tests.conftest import PASSPHRASE, OpenStudy

SESSIONS = 400
FOLLOWED = ("treatment_session", "rating", "person", "score")


@pytest.fixture
def large(study: OpenStudy) -> OpenStudy:
    """Some hundred sessions, so that tables have many pages; the first is rated. Closed."""
    study.set("warm_regard", "fidelity", rated(4))
    study.do(rate.set_notes, study.rating_id, "kept")
    study.sign_in("S1")
    study.do(_fill, study.people["R2"], study.instrument_id)
    study.sign_in("R1")
    study.project.close()
    return study


def _fill(db: Db, coder: str, instrument: str) -> None:
    client = db.query(Client).one()
    sessions = [TreatmentSession(client_id=client.id, number=nth) for nth in range(1, SESSIONS + 1)]
    db.add_all(sessions)
    db.flush()
    edition = db.get_one(InstrumentEdition, instrument)
    for session in sessions:
        db.add(
            Rating(
                session_id=session.id,
                person_id=coder,
                instrument_id=instrument,
                instrument_sha256=edition.sha256,
                role=Role.CODER,
                purpose=Purpose.PRODUCTION,
                blind_code=f"S-{session.number}",
            )
        )


def damage(study: OpenStudy, *pages: int) -> None:
    with (study.folder / "study.db").open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096 + 200)
            file.write(bytes(100))


def saved(study: OpenStudy, place: Path) -> tuple[Salvaged, dict[str, Tally]]:
    before = {path: path.read_bytes() for path in study.folder.glob("study.db*")}
    found = salvage(study.folder, PASSPHRASE, place, lambda _: None, lambda: False)
    assert {path: path.read_bytes() for path in study.folder.glob("study.db*")} == before
    return found, {tally.table: tally for tally in found.tables}


def test_a_study_that_is_whole_is_saved_whole(large: OpenStudy, tmp_path: Path) -> None:
    found, tables = saved(large, tmp_path / "saved")
    assert all(tally.whole for tally in found.tables)
    assert found.files_lost == 0
    assert tables["treatment_session"].saved == SESSIONS + 1
    assert tables["score"].saved == 1
    study = large
    study.project = Project.open(tmp_path / "saved", PASSPHRASE)
    study.sign_in("R1")
    assert study.answer("warm_regard", "fidelity") == rated(4)
    assert study.desk().notes == "kept"
    assert study.project.sound()
    assert study.audit()[-1].verb == "salvage"
    (medium,) = (study.folder / "recordings").iterdir()
    assert medium.stat().st_size > 1000
    with pytest.raises(Exception, match="append-only"):
        study.sql("DELETE FROM audit")


def test_each_damaged_page_costs_its_own_rows_and_what_belongs_to_them(
    large: OpenStudy, tmp_path: Path
) -> None:
    """Whatever page it is, but the first and those that say what the tables are."""
    large.project = Project.open(large.folder, PASSPHRASE)
    ids = {table: {row[0] for row in large.sql(f"SELECT id FROM {table}")} for table in FOLLOWED}
    large.project.close()
    whole = (large.folder / "study.db").read_bytes()
    pages = random.Random(1).sample(range(2, len(whole) // 4096 + 1), 25)
    unreadable, some_lost = 0, 0
    for page in pages:
        (large.folder / "study.db").write_bytes(whole)
        damage(large, page)
        try:
            _, tables = saved(large, tmp_path / f"saved{page}")
        except UserError as error:
            assert "first page" in str(error)  # noqa: PT017
            unreadable += 1
            continue
        for table, known in ids.items():
            tally = tables[table]
            assert set(tally.lost) <= known
            found = tally.saved + len(tally.lost) + tally.left_out
            assert found < len(known) if tally.unknown else found == len(known)
        # A page that leads to others takes them along; any other holds some dozen rows.
        lost = sum(len(tally.lost) for tally in tables.values())
        some_lost += 0 < lost < 100
        with Project.open(tmp_path / f"saved{page}", PASSPHRASE) as project:
            assert project.sound()
    assert unreadable <= 8
    assert some_lost >= 3


def test_a_study_whose_first_page_is_gone_says_so_and_makes_nothing(large: OpenStudy, tmp_path: Path) -> None:
    damage(large, 1)
    with pytest.raises(UserError, match="first page is damaged"):
        saved(large, tmp_path / "saved")
    assert not (tmp_path / "saved").exists()
    assert not list(tmp_path.glob("*.tmp"))


def test_half_a_file_gives_what_is_in_that_half(large: OpenStudy, tmp_path: Path) -> None:
    path = large.folder / "study.db"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    _, tables = saved(large, tmp_path / "saved")
    assert tables["person"].saved == 3
    assert any(not tally.whole for tally in tables.values())
    with Project.open(tmp_path / "saved", PASSPHRASE) as project:
        assert project.sound()
        assert {member.code for member in project.ask(people.roster)} == {"R1", "R2", "S1"}


def test_it_can_be_stopped_and_leaves_nothing(large: OpenStudy, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        salvage(large.folder, PASSPHRASE, tmp_path / "saved", lambda _: None, lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_what_is_open_or_locked_or_in_the_way_is_refused(study: OpenStudy, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="open already"):
        saved(study, tmp_path / "saved")
    study.project.close()
    with pytest.raises(UserError, match="does not open"):
        salvage(study.folder, "not the right one", tmp_path / "saved", lambda _: None, lambda: False)
    (tmp_path / "saved").mkdir()
    with pytest.raises(UserError, match="something in this place"):
        saved(study, tmp_path / "saved")


@pytest.mark.parametrize("version", ["0001", "0004"])
def test_a_study_of_an_older_version_is_saved_too(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "older"
    shutil.copytree(Path(__file__).with_name("studies") / version, folder)
    found = salvage(folder, PASSPHRASE, tmp_path / "saved", lambda _: None, lambda: False)
    assert all(tally.whole for tally in found.tables)
    with Project.open(tmp_path / "saved", PASSPHRASE) as project:
        assert project.sound()
        assert {member.role for member in project.ask(people.roster)} >= {Role.CODER}
    found_again = verify_study(tmp_path / "saved", PASSPHRASE)
    assert [check.fits for check in found_again if check.key == "file"] == [True]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can mount")
def test_a_study_on_a_disk_that_can_only_be_read_is_saved_elsewhere(large: OpenStudy, tmp_path: Path) -> None:
    place = tmp_path / "protected"
    place.mkdir()
    if subprocess.run(["mount", "--bind", large.folder, place], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        found = salvage(place, PASSPHRASE, tmp_path / "saved", lambda _: None, lambda: False)
        assert all(tally.whole for tally in found.tables)
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_recordings_of_the_vault_come_along(study, tmp_path):
    study.sign_in("S1")
    take_all(study)
    rescue(study.project, tmp_path / "rescued")
    study.project.close()
    assert salvage(study.folder, PASSPHRASE, tmp_path / "salvaged", quiet, never).files_lost == 0
    for name in ("rescued", "salvaged"):
        with Project.open(tmp_path / name, PASSPHRASE) as project:
            project.sign_in(study.people["R1"])
            found = project.ask(recordings.media_of, study.rating_id, tmp_path / name)
            assert [each.source.is_there() for each in found] == [True]


def test_a_salvaged_study_whose_trail_has_a_gap_near_its_end_opens(study, tmp_path):
    study.set("warm_regard", "fidelity", rated(4))
    with closing(study.project._engine.raw_connection()) as connection:
        cursor = connection.cursor()
        (sql,) = cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_delete'").fetchone()
        cursor.execute("DROP TRIGGER audit_delete")
        cursor.execute("DELETE FROM audit WHERE id = (SELECT max(id) - 1 FROM audit)")
        cursor.execute(sql)
        connection.commit()
    study.project.close()
    with pytest.raises(UserError, match="damaged"):
        Project.open(study.folder, PASSPHRASE)
    salvage(study.folder, PASSPHRASE, tmp_path / "salvaged", quiet, never)
    with Project.open(tmp_path / "salvaged", PASSPHRASE):
        pass
    trail = next(check for check in verify_study(tmp_path / "salvaged", PASSPHRASE) if check.key == "trail")
    assert not trail.fits, "the gap is still told of"
