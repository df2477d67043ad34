"""A copy of an open study whose file was taken away: the connection still holds what was stored."""

import secrets
import shutil
from contextlib import closing
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.errors import UserError
from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.durable import settle, write_durably
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.project import DATABASE, Project
from mio_fidelity.store.salvage import copy_files


def rescue(project: Project, target: Path) -> None:
    """Save the open study as it was last stored into a new folder, on the thread that opened it.

    Args:
        project: The study; its own file may be gone or another by now.
        target: A folder that does not exist yet.

    Raises:
        UserError: it could not be written.
    """
    if target.exists():
        raise UserError("There is something in this place already. Choose a new folder for the study.")
    scratch = target.with_name(f"new-study-{secrets.token_hex(4)}.tmp")
    try:
        scratch.mkdir(parents=True)
        (scratch / "backups").mkdir()
        engine = encrypted_engine(scratch / DATABASE, project.file.key)
        try:
            with closing(engine.raw_connection()) as copy:
                project.copy_into(copy.driver_connection)
                copy.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        for place in (scratch, scratch / "backups"):
            write_durably(place / KEYS, project.file.keys)
        copy_files(project.folder, scratch, lambda: False)
        settle(scratch)
        scratch.rename(target)
        settle(target.parent)
    except (OSError, sqlcipher.DatabaseError) as error:
        raise UserError(
            "The copy could not be written: {reason}. Choose a folder on a disk that has room.",
            reason=getattr(error, "strerror", None) or error,
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
