"""The engine of an encrypted database file."""

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import Pool, StaticPool

from mio_fidelity.errors import UserError

BUSY_MS = 3000


def encrypted_engine(path: Path, key: bytes, pool: type[Pool] = StaticPool) -> Engine:
    """An engine on the file at ``path``, which is made when it does not exist.

    WAL, every commit flushed to the disk before it returns.

    Args:
        path: The database file.
        key: 32 bytes, the raw key of the file.
        pool: One connection, used by one thread, or with ``NullPool`` one for each session, on any thread.
    """

    def connect() -> Any:
        connection = sqlcipher.connect(str(path), timeout=BUSY_MS / 1000, isolation_level=None)
        run = connection.execute
        run(f"PRAGMA key = \"x'{key.hex()}'\"")
        run("PRAGMA cipher_log_level = NONE")
        try:
            run("PRAGMA journal_mode = WAL")
        except sqlcipher.DatabaseError:
            connection.close()
            raise
        run("PRAGMA synchronous = FULL")
        run("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE would slip past the triggers that keep what is final.
        run("PRAGMA recursive_triggers = ON")
        run("PRAGMA secure_delete = ON")
        run("PRAGMA temp_store = MEMORY")
        return connection

    # An error must not carry what a person wrote into a terminal or a log.
    engine = create_engine(
        "sqlite://", creator=connect, module=sqlcipher, poolclass=pool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin by hand, so that a write takes its lock at the start and not in the middle."""
    asking = connection.get_execution_options().get("asking", False)
    connection.exec_driver_sql("BEGIN" if asking else "BEGIN IMMEDIATE")


def what_to_do(error: Exception) -> UserError:
    """The sentence for a database that cannot be read or written."""
    reason = str(getattr(error, "orig", error)).lower()
    for sign, template in _SENTENCES:
        if sign in reason:
            return UserError(template)
    return UserError(
        "The study could not be read or written, and nothing was changed ({reason}). Close the program, "
        "check the disk, and open the study again.",
        reason=reason,
    )


def damaged() -> UserError:
    """The sentence for a study file that holds no whole study."""
    return UserError(dict(_SENTENCES)["malformed"])


_SENTENCES = (
    (
        "full",
        "The disk is full, so this was not stored; everything shown as stored is safe. Free some space and "
        "do it again.",
    ),
    (
        "readonly",
        "The study cannot be written, so this was not stored. Check that the folder is not write-protected.",
    ),
    (
        "locked",
        "Another program is using the study, so this was not stored. Close that program and do it again.",
    ),
    (
        "disk i/o",
        "The disk did not take the change, so this was not stored. Check that the disk is connected and has "
        "room, and do it again.",
    ),
    (
        "malformed",
        "The study file is damaged. Press “See its backups…” where the pass phrase is asked: there you go "
        "back to the newest one, or save what is readable into a new study.",
    ),
    (
        "not a database",
        "study.db cannot be read with this study's key: the file is damaged or belongs to another study, or "
        "keys.json is an older one. Copy keys.json from the backups folder over it first; if that does not "
        "help, go back to a backup.",
    ),
)
