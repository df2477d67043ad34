"""The tables are those of the models, whatever version a study comes from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from mio_fidelity.coding import people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, schema
from mio_fidelity.store.models import Base
from tests.conftest import PASSPHRASE, OpenStudy

MIGRATIONS = Path(schema.__file__).with_name("migrations")

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("study", sa.Column("motto", sa.Text()))
    op.execute("UPDATE study SET motto = 'onward'")
    {more}
"""


def later_program(patch: pytest.MonkeyPatch, place: Path, more: str = "pass") -> None:
    """Make this the program of a later day, whose tables have one step more."""
    shutil.copytree(MIGRATIONS, place, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "versions" / "0003_motto.py").write_text(NEXT.format(more=more))

    def config(connection: Connection | None) -> Config:
        found = Config()
        found.set_main_option("script_location", str(place))
        found.attributes["connection"] = connection
        return found

    patch.setattr(schema, "_config", config)
    patch.setattr(schema, "NEWEST", "0003")


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

    (backup,) = (study.folder / "backups").glob("study-0002-*.db")
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


def test_a_study_without_frozen_findings_gets_the_table_that_holds_them(study: OpenStudy) -> None:
    study.sql("DROP TABLE frozen_findings")
    study.sql("UPDATE alembic_version SET version_num = '0001'")
    study.reopen()
    assert [path.name[:11] for path in (study.folder / "backups").glob("*.db")] == ["study-0001-"]
    plain = ", ".join(["'{}'"] * 5)
    study.sql(
        f"INSERT INTO frozen_findings VALUES ('f', 'now', '2026-01-01', :who, '0', {plain})",
        who=study.people["S1"],
    )
    for statement in ("UPDATE frozen_findings SET label = 'then'", "DELETE FROM frozen_findings"):
        with pytest.raises(DBAPIError, match="append-only"):
            study.sql(statement)
    assert study.project.sound()


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
