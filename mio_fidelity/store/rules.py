"""What the database itself refuses, whatever program changes it: written for SQLite and for PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import text


def refuse(name: str, event: str, table: str, when: str, message: str, postgres: str | None = None) -> None:
    """Make a trigger, in the step that is running, that refuses a change of a row.

    Args:
        name: The trigger's.
        event: INSERT, UPDATE or DELETE.
        table: Of the rows.
        when: The condition, on OLD and NEW, in SQLite's SQL.
        message: What the database then says.
        postgres: The condition in PostgreSQL's SQL, where that is another.
    """
    if not on_postgres():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$"
        f" BEGIN IF {postgres or when} THEN RAISE EXCEPTION '{message}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def append_only(table: str, message: str | None = None) -> None:
    """Make a table whose rows neither change nor go."""
    for event in ("UPDATE", "DELETE"):
        name = f"{table}_{event.lower()}"
        refuse(name, event, table, "1", message or f"{table} is append-only", postgres="TRUE")


@contextmanager
def stood_aside(trigger: str, table: str) -> Iterator[None]:
    """Do without a trigger while a step brings old rows up to date."""
    if on_postgres():
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        yield
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        return
    (kept,) = op.get_bind().execute(text(f"SELECT sql FROM sqlite_master WHERE name = '{trigger}'")).one()
    op.execute(f"DROP TRIGGER {trigger}")
    yield
    op.execute(kept)


def on_postgres() -> bool:
    """Whether the step runs on a server."""
    return op.get_bind().dialect.name == "postgresql"
