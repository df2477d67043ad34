"""The tables are those of the models, whatever version a study comes from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, schema
from mio_fidelity.store.models import Base
from tests.conftest import PASSPHRASE, OpenStudy

MIGRATIONS = Path(schema.__file__).with_name("migrations")

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.add_column("study", sa.Column("motto", sa.Text()))
    op.execute("UPDATE study SET motto = 'onward'")
    {more}
"""


def later_program(patch: pytest.MonkeyPatch, place: Path, more: str = "pass") -> None:
    """Make this the program of a later day, whose tables have one step more."""
    shutil.copytree(MIGRATIONS, place, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "versions" / "0006_motto.py").write_text(NEXT.format(more=more))

    def config(connection: Connection | None) -> Config:
        found = Config()
        found.set_main_option("script_location", str(place))
        found.attributes["connection"] = connection
        return found

    patch.setattr(schema, "_config", config)
    patch.setattr(schema, "NEWEST", "0006")


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


def test_the_migrated_tables_are_those_of_the_models(study: OpenStudy) -> None:
    with study.project._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_checks_are_those_of_the_models(study: OpenStudy) -> None:
    plain = create_engine("sqlite://")
    Base.metadata.create_all(plain)
    for table in Base.metadata.tables:
        wanted, found = (
            {
                (check["name"], " ".join(check["sqltext"].split()))
                for check in inspect(engine).get_check_constraints(table)
            }
            for engine in (plain, study.project._engine)
        )
        assert found == wanted
    plain.dispose()


def test_the_newest_version_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.NEWEST]


def test_a_newer_study_is_refused_and_left_as_it_is(study: OpenStudy) -> None:
    study.sql("UPDATE alembic_version SET version_num = 'zzzz'")
    study.project.close()
    before = (study.folder / "study.db").read_bytes()
    with pytest.raises(UserError, match="newer version"):
        Project.open(study.folder, PASSPHRASE)
    assert (study.folder / "study.db").read_bytes() == before
    assert [path.name for path in (study.folder / "backups").iterdir()] == ["keys.json"]


def test_an_older_study_is_copied_first_and_then_brought_up_to_date(
    study: OpenStudy, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study.do(rate.set_notes, study.rating_id, "written in the older program")
    study.project.close()
    later_program(patch, tmp_path / "later")
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert study.sql("SELECT motto FROM study") == [("onward",)]
    assert study.desk().notes == "written in the older program"
    assert study.project.sound()
    study.project.close()

    (backup,) = (study.folder / "backups").glob("study-0005-*.db")
    patch.undo()
    with pytest.raises(UserError, match="newer version"):
        Project.open(study.folder, PASSPHRASE)
    # The copy is a whole study of the older program.
    shutil.copyfile(backup, study.folder / "study.db")
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert study.desk().notes == "written in the older program"


def test_a_study_is_copied_once_and_not_at_each_opening(
    study: OpenStudy, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study.project.close()
    later_program(patch, tmp_path / "later")
    for _ in range(3):
        Project.open(study.folder, PASSPHRASE).close()
    assert len(list((study.folder / "backups").glob("*.db"))) == 1


@pytest.fixture(params=["0001", "0002", "0003", "0004"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A study as that version of the program wrote it: R1 has begun to rate session 3 of client C001."""
    shutil.copytree(Path(__file__).with_name("studies") / request.param, tmp_path / "older")
    return tmp_path / "older"


def test_a_study_of_each_older_version_opens_with_all_that_is_in_it(older: Path) -> None:
    with Project.open(older, PASSPHRASE) as project:
        assert project.sound()
        (person,) = (member for member in project.ask(people.roster) if member.code == "R1")
        project.sign_in(person.id)
        (row,) = project.ask(desk.queue)
        now = project.ask(desk.desk, row.rating_id)
        assert now.answers["warm_regard", "fidelity"] == rated(5)
        assert [mark.note for mark in now.marks] == ["an old mark"]
        with project._engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("table", ["frozen_findings", "assignment_plan", "certification"])
def test_what_an_older_study_gains_is_final_there_too(older: Path, table: str) -> None:
    values = {
        "frozen_findings": "('f', 'now', '2026-01-01', :who, '0', '{}', '{}', '{}', '{}', '{}')",
        "assignment_plan": "('p', '2026-01-01', :who, 1, '{}', '{}')",
        "certification": "('c', :who, :who, '2026-01-01', 1, '{}', '{}')",
    }
    with Project.open(older, PASSPHRASE) as project, project._engine.connect() as connection:
        who = connection.execute(text("SELECT id FROM person LIMIT 1")).scalar()
        connection.execute(text(f"INSERT INTO {table} VALUES {values[table]}"), {"who": who})
        for statement in (f"UPDATE {table} SET id = 'then'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(statement))


def test_a_step_that_fails_half_way_changes_nothing(
    study: OpenStudy, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study.project.close()
    later_program(patch, tmp_path / "later", more="op.execute('SELECT * FROM no_such_table')")
    with pytest.raises(UserError, match="nothing was changed"):
        Project.open(study.folder, PASSPHRASE)
    patch.undo()
    study.project = Project.open(study.folder, PASSPHRASE)
    assert study.ask(people.study_facts).title == "A study of tests"
    with pytest.raises(OperationalError, match="no such column"):
        study.sql("SELECT motto FROM study")


def test_an_older_study_without_its_backups_folder_is_still_copied(
    study: OpenStudy, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study.project.close()
    shutil.rmtree(study.folder / "backups")
    later_program(patch, tmp_path / "later")
    Project.open(study.folder, PASSPHRASE).close()
    assert len(list((study.folder / "backups").glob("*.db"))) == 1


def test_an_older_study_that_cannot_be_copied_is_not_touched(
    study: OpenStudy, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    study.project.close()
    shutil.rmtree(study.folder / "backups")
    (study.folder / "backups").write_text("in the way")
    later_program(patch, tmp_path / "later")
    with pytest.raises(UserError, match="copied to its backups folder"):
        Project.open(study.folder, PASSPHRASE)
    patch.undo()
    Project.open(study.folder, PASSPHRASE).close()
