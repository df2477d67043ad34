"""Whether a study on a server is what it says: its rules, its audit trail, its ratings, its recordings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from mio_fidelity.errors import Sentence
from mio_fidelity.media.progress import Progress
from mio_fidelity.store.door import Db
from mio_fidelity.store.keys import subkey
from mio_fidelity.store.models import Audit
from mio_fidelity.store.server_door import HEAD, ServerDoor
from mio_fidelity.store.verify_recordings import RECORDINGS, recordings
from mio_fidelity.store.verify_rows import FOLLOWED, Check, rows, tail, trail

_AT_A_TIME = 2000
_RULES = """
    SELECT tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""
# Without these the trail is a table like any other.
_NEEDED = {"audit_update", "audit_delete"}


def verify_server(folder: Path, password: str, fingerprints: bool, progress: Progress) -> tuple[Check, ...]:
    """Look at everything, as of one moment; others may go on working, and nothing is changed.

    Args:
        folder: Leads to the server.
        password: Of the database role.
        fingerprints: Whether to read every recording whole.
        progress: Told the share of the recordings that was looked at; stops the work when cancelled.

    Raises:
        UserError: the server cannot be reached or refuses, or the study is of another version.
    """
    project = ServerDoor.open(folder, password)
    try:
        checks, found = project.ask(_looked_at, project)
        # Takes hours, perhaps, and the server waits for nobody that long.
        heard = recordings(found, project.folder, fingerprints, progress)
        said = Sentence("made by whoever looks after the server, not by this program")
        return *checks, heard, Check("backups", True, said, {})
    finally:
        # Not closed, as if somebody had read what there is to be said.
        project._engine.dispose()


def _looked_at(db: Db, project: ServerDoor) -> tuple[tuple[Check, ...], list[tuple[Any, ...]]]:
    last = db.scalar(select(func.max(Audit.id))) or 0
    key = subkey(project.opened.data_key, HEAD)
    checks = (
        _rules(db),
        _trail(db),
        tail(project.place, key, last, lambda line: db.scalar(select(Audit.chain).where(Audit.id == line))),
        rows(_followed(db), lambda table: _stored(db, table)),
    )
    return checks, [tuple(row) for row in db.execute(text(RECORDINGS))]


def _rules(db: Db) -> Check:
    """The server keeps pages and references whole by itself; what the study adds could be switched off."""
    found = {str(name): state for name, state in db.execute(text(_RULES))}
    off = sum(state == "D" for state in found.values()) + len(_NEEDED - found.keys())
    if off:
        says = Sentence(
            "CHANGED: {n} rules that keep submitted ratings and the trail are gone or switched off", n=off
        )
        return Check("file", False, says, {"rules": len(found), "off": off})
    says = Sentence(
        "on a server, which keeps it whole; the {n} rules of the study are in force", n=len(found)
    )
    return Check("file", True, says, {"rules": len(found), "off": 0})


def _trail(db: Db) -> Check:
    query = select(Audit.__table__).order_by(Audit.id).execution_options(yield_per=_AT_A_TIME)
    with db.execute(query) as found:
        return trail(dict(row) for row in found.mappings())


def _followed(db: Db) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    lines = select(Audit.table_name, Audit.row_id, Audit.action, Audit.changes)
    lines = lines.where(Audit.table_name.in_(FOLLOWED)).order_by(Audit.id)
    for line in db.execute(lines.execution_options(yield_per=_AT_A_TIME)):
        yield line.table_name, line.row_id, line.action, line.changes


def _stored(db: Db, table: str) -> Iterator[Mapping[str, Any]]:
    # As the driver gives them: what the tables' own types make of a value is not what the trail noted.
    return (dict(row) for row in db.execute(text(f'SELECT * FROM "{table}"')).mappings())
