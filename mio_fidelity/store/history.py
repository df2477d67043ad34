"""The audit trail, written beside every change and never rewritten."""

import json
import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from mio_fidelity.store.chain import SALT, WORDS, chained
from mio_fidelity.store.models import Audit, Base

# Made once: they run beside every change.
_LAST = select(Audit.chain).order_by(Audit.id.desc()).limit(1)
_ADD = insert(Audit)


def keep_history(factory: Any) -> None:
    """Make every session of ``factory`` write an audit line for each row it adds, changes or deletes."""
    event.listen(factory, "after_flush", _write_lines)
    event.listen(factory, "do_orm_execute", _refuse_bulk)


def _refuse_bulk(state: ORMExecuteState) -> None:
    """A bulk statement would pass the audit trail by."""
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("change rows through their objects, so that the audit trail sees it")


def _write_lines(db: Session, _context: UOWTransaction) -> None:
    lines = []
    for action, rows in (("insert", db.new), ("update", db.dirty), ("delete", db.deleted)):
        for row in rows:
            changes = _changes(row, action)
            if not changes:
                continue
            db.info["touched"].add(row.__tablename__)
            if row.audited:
                lines.append(_line(db, row, action, changes))
    if lines:
        _chain(db, lines)
        db.connection().execute(_ADD, lines)


def _chain(db: Session, lines: list[dict[str, Any]]) -> None:
    """Link the lines to the last one stored; whoever writes holds the whole study, so it is the last."""
    chain = db.connection().execute(_LAST).scalar() or ""
    for line in lines:
        chain = line["chain"] = chained(chain, line)


def _line(db: Session, row: Base, action: str, changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC),
        "person_id": db.info["person_id"],
        "verb": db.info["verb"],
        "table_name": row.__tablename__,
        "row_id": row.id,  # type: ignore[attr-defined]
        "action": action,
        "changes": _salted(row.__tablename__, changes),
    }


def _salted(table: str, changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """With a salt where somebody's words are among them."""
    if not any(any(changes.get(column, ())) for column in WORDS.get(table, ())):
        return changes
    return {**changes, SALT: [None, secrets.token_hex(16)]}


def _changes(row: Base, action: str) -> dict[str, list[Any]]:
    """Column to [old, new]; empty when nothing was changed."""
    state = inspect(row)
    found = {}
    for column in state.mapper.column_attrs:
        past = state.attrs[column.key].history
        old = _plain(past.deleted[0]) if past.deleted else None
        current = _plain(getattr(row, column.key))
        if action == "insert" and current is not None:
            found[column.key] = [None, current]
        elif action == "delete":
            found[column.key] = [current, None]
        elif action == "update" and past.has_changes() and old != current:
            found[column.key] = [old, current]
    return found


def _plain(value: Any) -> Any:
    """As it will be read back: once there and back, JSON has no tuples and no numbers for keys."""
    if isinstance(value, dict | list | tuple):
        return json.loads(json.dumps(value))
    return value.isoformat() if isinstance(value, date | datetime) else value
