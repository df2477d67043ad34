"""What a study folder is made of, and bringing an older one up to date."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.store import schema
from mio_fidelity.store.cipher import damaged, encrypted_engine
from mio_fidelity.store.durable import copy_durably, write_durably
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import SHARED, Cost, create_keys, subkey
from mio_fidelity.store.models import Person, Role, Study, new_id

DATABASE = "study.db"
T = TypeVar("T")


def fill(folder: Path, passphrase: str, title: str, cost: Cost | None, supervisor: str | None) -> None:
    """Put an empty study into an empty folder.

    Args:
        folder: With the folders of a study in it.
        passphrase: Opens it.
        title: Of the study.
        cost: Work per guess at the pass phrase.
        supervisor: The code of the one whose pass phrase it is; None when all share it.
    """
    person_id = new_id()
    fill_with(
        folder,
        passphrase,
        cost,
        lambda engine: first_rows(engine, title, person_id, supervisor),
        person_id if supervisor else SHARED,
    )


def fill_with(
    folder: Path, passphrase: str, cost: Cost | None, write: Callable[[Engine], T], name: str = SHARED
) -> T:
    """Put empty tables into an empty folder, and what ``write`` then writes into them.

    Args:
        folder: With the folders of a study in it.
        passphrase: Opens it.
        cost: Work per guess at the pass phrase.
        write: Told the engine; what it returns is returned.
        name: Whose pass phrase it is: a person's id, or `SHARED`.
    """
    data_key = create_keys(folder, passphrase, cost, name)
    copy_durably(folder / KEYS, folder / "backups" / KEYS)
    engine = encrypted_engine(folder / DATABASE, subkey(data_key, "database"))
    try:
        schema.upgrade(engine)
        written = write(engine)
        _settle_log(engine)
        return written
    finally:
        engine.dispose()


def first_rows(engine: Engine, title: str, person_id: str, supervisor: str | None) -> None:
    """Write what a new study holds: itself, and its first supervisor when it has one."""
    sessions = sessionmaker(engine)
    keep_history(sessions)
    who: dict[str, object] = {"person_id": None, "verb": "create", "touched": set()}
    with sessions(info=who) as db:
        db.add(Study(title=title))
        if supervisor:
            db.add(Person(id=person_id, code=supervisor, role=Role.SUPERVISOR))
        db.commit()


def bring_up_to_date(folder: Path, engine: Engine) -> None:
    """Run the steps a study of an older version lacks, on a copy kept in ``backups/`` first.

    Raises:
        UserError: it is newer than this program, or damaged.
        OSError: it cannot be copied.
    """
    found = schema.version(engine)
    if found == schema.NEWEST:
        return
    if found is None:
        raise damaged()
    if not schema.known(found):
        raise schema.refuse_newer()
    _settle_log(engine)
    (folder / "backups").mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = folder / "backups" / f"study-{found}-{stamp}.db"
    write_durably(copy.with_suffix(f".{KEYS}"), (folder / KEYS).read_bytes())
    copy_durably(folder / DATABASE, copy)
    schema.upgrade(engine)


def cannot_copy(error: OSError) -> UserError:
    """The sentence for an older study that could not be copied."""
    return UserError(
        "The study is older than this program and is copied to its backups folder first, but that failed: "
        "{reason}. Free some space, check that you may write in the folder, and open it again.",
        reason=error.strerror or "the disk refused",
    )


def _settle_log(engine: Engine) -> None:
    """Move everything from the write-ahead log into the file itself."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
