"""The whole check of a study's file: for after it was opened, beside the work."""

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from mio_fidelity.media.progress import IsCancelled
from mio_fidelity.store.study_file import interruptible


def intact(db: Session, cancelled: IsCancelled | None = None) -> bool:
    """Whether every page is authentic, every index and reference right; a question, takes seconds.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    raw = db.connection().connection.driver_connection
    try:
        with interruptible(raw, cancelled):
            pages = db.execute(text("PRAGMA cipher_integrity_check")).all()
            rows = db.execute(text("PRAGMA integrity_check(1)")).scalars().all()
            keys = db.execute(text("PRAGMA foreign_key_check")).all()
    except DatabaseError as error:
        # Of this very class is what a damaged file raises; a disk that fails raises one of its heirs.
        if type(error) is DatabaseError:
            return False
        raise
    return not pages and rows == ["ok"] and not keys
