"""Bringing a study's tables to the version this program knows."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from mio_fidelity.errors import UserError

if TYPE_CHECKING:
    from alembic.config import Config

# The newest of the steps in migrations/versions.
NEWEST = "0005"


def version(engine: Engine) -> str | None:
    """The version of the study's tables; None when there are none yet."""
    with engine.execution_options(asking=True).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def known(revision: str | None) -> bool:
    """Whether this program has steps from ``revision`` to the newest version."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_config(None))
    return revision in {step.revision for step in script.walk_revisions()}


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the missing steps, all or none."""
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _become_owner(connection)
        command.upgrade(_config(connection), to)
        if connection.dialect.name == "postgresql":
            _sort_as_sqlite_does(connection)


def _become_owner(connection: Connection) -> None:
    """Let new tables belong to the owner of the database: that may be a group of people."""
    connection.execute(
        text(
            "SELECT set_config('role', pg_get_userbyid(datdba), true) FROM pg_database"
            " WHERE datname = current_database() AND pg_has_role(datdba, 'MEMBER')"
        )
    )


def _sort_as_sqlite_does(connection: Connection) -> None:
    """Let a server compare and order texts by their code points, whatever language it is set to."""
    columns = connection.execute(
        text(
            "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')"
            " AND collation_name IS DISTINCT FROM 'C'"
        )
    ).all()
    for table, column, length in columns:
        kind = "TEXT" if length is None else f"VARCHAR({length})"
        connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'))


def refuse_newer() -> UserError:
    """The sentence for a study that this program does not understand."""
    return UserError(
        "This study was written by a newer version of the program, so it was not opened and nothing was "
        "changed. Install the newer version on this computer."
    )


def _config(connection: Connection | None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
