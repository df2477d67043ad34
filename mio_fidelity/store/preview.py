"""What is in a backup, and what would be lost by going back to it."""

from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.errors import UserError
from mio_fidelity.store.backups import Backup, verify
from mio_fidelity.store.restore import DATABASE, FileKeys, take_up_log
from mio_fidelity.store.study_file import looked_into

_SUBMITTED = "submitted_at IS NOT NULL"
_LOST = {
    "submitted": f"""SELECT count(*) FROM present.rating AS now LEFT JOIN main.rating AS past USING (id)
        WHERE now.{_SUBMITTED} AND past.submitted_at IS NULL""",
    "begun": """SELECT count(*) FROM present.rating AS now LEFT JOIN main.rating AS past USING (id)
        WHERE now.begun_at IS NOT NULL AND now.submitted_at IS NULL AND past.begun_at IS NULL""",
    "scores": """SELECT count(*) FROM present.score AS now LEFT JOIN main.score AS past USING (id)
        WHERE now.state != 'open' AND (past.id IS NULL OR now.state IS NOT past.state
        OR now.value IS NOT past.value OR now.reason IS NOT past.reason)""",
    "changes": """SELECT (SELECT count(*) FROM present.audit)
        - (SELECT count(*) FROM present.audit AS now JOIN main.audit AS past USING (id)
           WHERE now.at = past.at AND now.row_id = past.row_id)""",
}


_PACKAGES = "SELECT count(*) FROM present.package WHERE person_id IN (SELECT id FROM main.person)"


@dataclass(frozen=True, slots=True)
class Lost:
    """What the study holds now and a backup does not.

    Attributes:
        submitted: Ratings submitted since.
        begun: Ratings begun since and not submitted.
        scores: Scores given or changed since.
        changes: All changes since, of whatever kind.
        last_change: When the study was last changed; None when it never was.
        packages: Packages made since; they are not lost, the study goes on knowing them.
    """

    submitted: int
    begun: int
    scores: int
    changes: int
    last_change: datetime | None
    packages: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a backup holds, in numbers. ``lost`` is None when the study as it is now cannot be read."""

    sessions: int
    people: int
    assigned: int
    begun: int
    submitted: int
    last_change: datetime | None
    lost: Lost | None


def preview(folder: Path, backup: Backup, keys: FileKeys, present: FileKeys | None) -> Preview:
    """Look into a backup, on any thread; what it says stays as it is.

    Args:
        folder: The study folder.
        backup: One of its backups.
        keys: What opens the backup.
        present: What opens the study as it is now; None when nothing does.

    Raises:
        UserError: the backup is not whole.
    """
    # A disk that takes nothing more can be looked at all the same.
    with suppress(OSError):
        take_up_log(backup, keys)
    verify(backup.path, keys.database)
    with closing(looked_into(backup.path, keys.database)) as connection:
        return Preview(
            sessions=_one(connection, "SELECT count(*) FROM treatment_session"),
            people=_one(connection, "SELECT count(*) FROM person"),
            assigned=_one(connection, "SELECT count(*) FROM rating WHERE begun_at IS NULL"),
            begun=_one(
                connection, "SELECT count(*) FROM rating WHERE begun_at IS NOT NULL AND submitted_at IS NULL"
            ),
            submitted=_one(connection, f"SELECT count(*) FROM rating WHERE {_SUBMITTED}"),
            last_change=_moment(_one(connection, "SELECT max(at) FROM audit")),
            lost=_lost(connection, folder, present),
        )


def _lost(connection: Any, folder: Path, present: FileKeys | None) -> Lost | None:
    path = folder / DATABASE
    if present is None or not path.exists():
        return None
    try:
        connection.execute(
            f"ATTACH DATABASE ? AS present KEY \"x'{present.database.hex()}'\"",
            (f"{path.absolute().as_uri()}?mode=rw",),
        )
        counted = {name: int(_one(connection, statement)) for name, statement in _LOST.items()}
        last = _moment(_one(connection, "SELECT max(at) FROM present.audit"))
        return Lost(**counted, last_change=last, packages=_packages(connection))
    except sqlcipher.DatabaseError:
        return None


def _packages(connection: Any) -> int:
    """Packages that only the study as it is now knows, of people that both know; older ones had none."""
    tables = "SELECT count(*) FROM {}.sqlite_master WHERE type = 'table' AND name = 'package'"
    if not _one(connection, tables.format("present")):
        return 0
    is_new = " AND id NOT IN (SELECT id FROM main.package)" if _one(connection, tables.format("main")) else ""
    return int(_one(connection, _PACKAGES + is_new))


def _one(connection: Any, statement: str) -> Any:
    return connection.execute(statement).fetchone()[0]


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError as error:
        raise UserError("The backup holds something this program does not understand.") from error
