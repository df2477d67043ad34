"""Giving a study a new data key, so that after a kill at any point it opens with the old or the new one.

All of the new state is made in ``rekeying.tmp``: the database under its new key, with what the change itself
writes into it, keys.json and the pictures. Renaming that folder to ``rekeying`` is the one step that decides.
What follows, moving each file to its place, is done again at the next opening when it was interrupted.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.store.cipher import damaged, encrypted_engine, what_to_do
from mio_fidelity.store.durable import copy_durably, settle, write_durably
from mio_fidelity.store.head import FILE as HEAD
from mio_fidelity.store.head import head_of, keep_head
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import Ring, subkey
from mio_fidelity.store.sealed import SealedFolder
from mio_fidelity.store.study_folder import DATABASE

T = TypeVar("T")

_MAKING, _READY = "rekeying.tmp", "rekeying"


def rekey(
    ring: Ring, keep: Collection[str], who: dict[str, object], verb: Callable[[Session], T]
) -> tuple[T, bytes]:
    """Make a new data key for a study that nobody is using, and decide on it; then call `finish_rekey`.

    Args:
        ring: Its present keys.
        keep: The names of the slots that go on opening it.
        who: Who does it, as `keep_history` wants it.
        verb: Writes what belongs to this change into the new database.

    Returns:
        What ``verb`` returned, and the new data key.

    Raises:
        UserError: nobody could open the study, or ``verb`` refused.
        DBAPIError, OSError: something could not be read or written.
    """
    folder, key = ring.folder, secrets.token_bytes(32)
    content = ring.rewrapped(key, keep)
    making = folder / _MAKING
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir()
        _copy_database(folder / DATABASE, making / DATABASE, ring.data_key, key)
        engine = encrypted_engine(making / DATABASE, subkey(key, "database"))
        try:
            value = _run(engine, who, verb)
            names = _check(engine, making, subkey(key, "head"))
        finally:
            engine.dispose()
        _copy_peaks(folder, making, names, ring.data_key, key)
        write_durably(making / KEYS, content)
        making.rename(folder / _READY)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return value, key


def finish_rekey(folder: Path) -> None:
    """Move what a re-key made to its place; whatever was not ready is thrown away.

    Raises:
        OSError: a file cannot be moved; the next call goes on from there.
    """
    making, ready = folder / _MAKING, folder / _READY
    if making.is_dir():
        shutil.rmtree(making)
    if not ready.is_dir():
        return
    settle(folder)
    if (ready / "peaks").is_dir():
        if (folder / "peaks").exists():
            shutil.rmtree(folder / "peaks")
        (ready / "peaks").rename(folder / "peaks")
    if (ready / DATABASE).exists():
        # A log of the old file would be taken for one of the new.
        for log in ("-wal", "-shm"):
            (folder / f"{DATABASE}{log}").unlink(missing_ok=True)
        os.replace(ready / DATABASE, folder / DATABASE)
    if (ready / KEYS).exists():
        (folder / "backups").mkdir(exist_ok=True)
        copy_durably(ready / KEYS, folder / "backups" / KEYS)
        os.replace(ready / KEYS, folder / KEYS)
    if (ready / HEAD).exists():
        os.replace(ready / HEAD, folder / HEAD)
    settle(folder)
    shutil.rmtree(ready)
    settle(folder)


def refused(error: BaseException) -> UserError | None:
    """The sentence for what kept a re-key from being made; None for a `UserError` or a bug."""
    if isinstance(error, DBAPIError):
        return what_to_do(error)
    if isinstance(error, OSError | sqlcipher.Error):
        return UserError(
            "The study could not be given a new key: {reason}. Nothing was changed. It needs as much room as "
            "study.db takes, for a moment; free some and do this again.",
            reason=getattr(error, "strerror", None) or "the disk refused",
        )
    return None


def half_moved(error: OSError) -> UserError:
    """The sentence for a re-key that was made, and whose files could not be moved to their places."""
    return UserError(
        "The study has its new key, but its files could not be put in their places: {reason}. Close the "
        "program and open the study again; it goes on from there.",
        reason=error.strerror or "the disk refused",
    )


def _run(engine: Engine, who: dict[str, object], verb: Callable[[Session], T]) -> T:
    sessions = sessionmaker(engine, expire_on_commit=False)
    keep_history(sessions)
    with sessions(info=who) as db:
        value = verb(db)
        db.commit()
        return value


def _copy_database(source: Path, target: Path, old: bytes, new: bytes) -> None:
    """The database under its new key; page by page, so that every row stays what it is."""
    connection = _connect(source, old)
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if busy:
        raise OSError("the log of the study cannot be emptied")
    copy_durably(source, target)
    connection = _connect(target, old)
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute(f"PRAGMA rekey = \"x'{subkey(new, 'database').hex()}'\"")
    finally:
        connection.close()


def _connect(path: Path, data_key: bytes) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{subkey(data_key, 'database').hex()}'\"")
    connection.execute("PRAGMA cipher_log_level = NONE")
    return connection


def _check(engine: Engine, making: Path, head_key: bytes) -> list[str]:
    """Make sure that the new file is whole and nothing is left in its log; seal how far its trail goes.

    Returns:
        The names of its pictures.
    """
    with engine.execution_options(asking=True).connect() as connection:
        if connection.execute(text("PRAGMA cipher_integrity_check")).all():
            raise damaged()
        names = list(connection.execute(text("SELECT sha256 FROM recording")).scalars())
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        keep_head(making, head_key, head_of(raw.cursor()))
    finally:
        raw.close()
    return names


def _copy_peaks(folder: Path, making: Path, names: Collection[str], old: bytes, new: bytes) -> None:
    """The pictures under the new key; one that cannot be read is made again when it is wanted."""
    before = SealedFolder(folder / "peaks", subkey(old, "peaks"))
    after = SealedFolder(making / "peaks", subkey(new, "peaks"))
    (making / "peaks").mkdir()
    for name in names:
        content = before.read(name)
        if content is not None:
            after.write(name, content)
