"""Ratings follow the work of another computer, and its audit lines are their history here too.

The rows are written past the study's own history: what happened to them is what the other computer noted line
by line, and that is appended to the audit trail, once it is found to lead exactly to what came back.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from mio_fidelity.coding.package_content import (
    MOMENTS,
    OWN,
    PARTS,
    Content,
    batched,
    is_only_amended,
    moment,
    row_values,
)
from mio_fidelity.coding.return_file import spoilt
from mio_fidelity.store import Db
from mio_fidelity.store.bulk import add_rows
from mio_fidelity.store.chain import linked
from mio_fidelity.store.models import Audit, PackageReturn, Rating

Line = Mapping[str, Any]
# What a rating holds here, and what came back.
Both = tuple[Content, Content]
# Rows as the trail tells of them; the database layer sets the times by itself.
_TOLD = {"scores": "score", "marks": "evidence_mark", "amendments": "amendment"}
_STAMPS = {"scored_at", "marked_at", "amended_at"}
_BLANK = {"rating": dict.fromkeys(OWN)} | {
    told: dict.fromkeys(PARTS[part][1]) for part, told in _TOLD.items()
}
_becomes = itemgetter(1)


def follow(db: Db, package_id: str, person_id: str, taken: Mapping[str, Both], lines: Sequence[Line]) -> None:
    """Make open ratings, and what was amended of submitted ones, what came back.

    Args:
        db: The study.
        package_id: Which package.
        person_id: Whose work it is.
        taken: Rating id to both sides; ours is a state that theirs came from.
        lines: The audit trail of the other computer.

    Raises:
        UserError: the lines lead to something else, or a row has the id of another rating's: the file was
            made up.
    """
    wanted = _new(db, package_id, lines)
    told = _told_of(taken, wanted)
    closed = {key for key, (ours, _) in taken.items() if ours["submitted_at"] is not None}
    if not all(is_only_amended(*taken[key]) for key in closed):
        raise spoilt()
    if not _leads_there(taken, told) or _are_others(db, taken, told):
        raise spoilt()
    _append(db, package_id, told)
    try:
        for part in ("scores", "marks"):
            _write(db, part, {key: both for key, both in taken.items() if key not in closed})
        add_heard(db, {key: both for key, both in taken.items() if key not in closed})
        # Only now: a submitted rating takes no more of these, and only such a one is amended.
        _close(db, {key: theirs for key, (_, theirs) in taken.items() if key not in closed})
        _write(db, "amendments", taken, {"person_id": person_id})
        _write(db, "scores", {key: taken[key] for key in closed})
    except IntegrityError as error:
        raise spoilt() from error
    db.info["touched"] |= {"rating", "audit", *_TOLD.values()}


def untold(db: Db, package_id: str, taken: Mapping[str, Both], lines: Sequence[Line]) -> set[str]:
    """Those of the ratings to which the lines do not lead, by themselves or because some are lost."""
    wanted = _new(db, package_id, lines)
    return {key for key, both in taken.items() if not _is_told({key: both}, wanted)}


def _is_told(taken: Mapping[str, Both], lines: Iterable[Line]) -> bool:
    is_open = all(ours["submitted_at"] is None or is_only_amended(ours, own) for ours, own in taken.values())
    return is_open and _leads_there(taken, _told_of(taken, lines))


def add_heard(db: Db, works: Mapping[str, Both]) -> None:
    """Add what was heard to open ratings; nothing that stands here goes.

    Raises:
        UserError: a row has the id of another rating's.
    """
    joined = {}
    for key, (ours, theirs) in works.items():
        rows = {row["id"]: row for row in ours["stretches"]}
        for row in theirs["stretches"]:
            here = rows.get(row["id"], row)
            start, end = min(row["start_ms"], here["start_ms"]), max(row["end_ms"], here["end_ms"])
            rows[row["id"]] = here | {"start_ms": start, "end_ms": end}
        joined[key] = (ours, {"stretches": list(rows.values())})
    try:
        _write(db, "stretches", joined)
    except IntegrityError as error:
        raise spoilt() from error
    db.info["touched"].add("coverage")


def heard_more(ours: Content, theirs: Content) -> bool:
    """Whether they heard something that is not noted here."""
    known = {row["id"]: row for row in ours["stretches"]}
    return any(
        row["id"] not in known
        or row["start_ms"] < known[row["id"]]["start_ms"]
        or row["end_ms"] > known[row["id"]]["end_ms"]
        for row in theirs["stretches"]
    )


def _new(db: Db, package_id: str, lines: Sequence[Line]) -> list[Line]:
    """The lines that are not in the trail yet; of a package that comes back first, none is."""
    if db.scalar(select(PackageReturn.id).where(PackageReturn.package_id == package_id).limit(1)) is None:
        return list(lines)
    known = {
        _mark(row._mapping)
        for row in db.execute(
            select(Audit.at, Audit.verb, Audit.table_name, Audit.row_id, Audit.action, Audit.changes).where(
                Audit.package_id == package_id
            )
        )
    }
    return [line for line in lines if _mark(line) not in known]


def _mark(line: Mapping[Any, Any]) -> tuple[Any, ...]:
    changes = json.dumps(line["changes"], sort_keys=True)
    return line["at"], line["verb"], line["table_name"], line["row_id"], line["action"], changes


def _told_of(taken: Mapping[str, Both], lines: Iterable[Line]) -> list[Line]:
    """The lines about these ratings and their rows, those too that came and went meanwhile."""
    rows = set(taken)
    for both in taken.values():
        rows.update(row["id"] for content in both for part in _TOLD for row in content[part])
    found = []
    for line in lines:
        whose = line["changes"].get("rating_id")
        if whose is not None and isinstance(whose[1], str) and whose[1] in taken:
            rows.add(line["row_id"])
        if line["row_id"] in rows:
            found.append(line)
    return found


def _are_others(db: Db, taken: Mapping[str, Both], lines: Iterable[Line]) -> bool:
    """Whether a line is about a row that is here and belongs to another rating."""
    own = set(taken)
    for both in taken.values():
        own.update(row["id"] for content in both for part in _TOLD for row in content[part])
    others = sorted({line["row_id"] for line in lines} - own)
    tables = (Rating, *(PARTS[part][0] for part in _TOLD))
    return any(
        db.scalar(select(table.id).where(table.id.in_(some)).limit(1)) is not None
        for some in batched(others)
        for table in tables
    )


def _leads_there(taken: Mapping[str, Both], lines: Iterable[Line]) -> bool:
    """Whether what stands here becomes what came back when all happens that the lines tell of."""
    state: dict[tuple[str, str], dict[str, Any]] = {}
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for key, (ours, theirs) in taken.items():
        for target, content in ((state, ours), (wanted, theirs)):
            target["rating", key] = {column: content[column] for column in OWN}
            for part, table in _TOLD.items():
                target.update({(table, row["id"]): row.copy() for row in content[part]})
    for line in lines:
        whose = line["table_name"], line["row_id"]
        if line["action"] == "delete":
            state.pop(whose, None)
        else:
            row = state.get(whose) or state.setdefault(whose, _BLANK[line["table_name"]].copy())
            changes = line["changes"]
            row.update(zip(changes, map(_becomes, changes.values()), strict=True))
    return state.keys() == wanted.keys() and all(_same_rows(row, state[each]) for each, row in wanted.items())


def _same_rows(wanted: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return wanted.items() <= told.items() or all(
        value == (said := told.get(column)) or column in _STAMPS or _same_moment(value, said)
        for column, value in wanted.items()
    )


def _same_moment(wanted: Any, told: Any) -> bool:
    if not isinstance(wanted, str) or not isinstance(told, str):
        return False
    try:
        return moment(wanted) == moment(told)
    except (ValueError, TypeError):
        return False


def _append(db: Db, package_id: str, lines: Sequence[Line]) -> None:
    """Link the lines to the chain in the order in which they arrive; they keep their own times."""
    last = select(Audit.chain).order_by(Audit.id.desc()).limit(1)
    chain = db.connection().execute(last).scalar() or ""
    made = []
    for line in lines:
        row = {**line, "package_id": package_id}
        chain, row["changes"] = linked(chain, row)
        row["chain"] = chain
        made.append(row)
    add_rows(db.connection(), Audit, made, ready={"changes"})


def _write(db: Db, part: str, works: Mapping[str, Both], more: Mapping[str, Any] | None = None) -> None:
    """Make the rows of one part what came back."""
    table, columns = PARTS[part]
    new, changed, gone = [], [], []
    for key, (ours, theirs) in works.items():
        there = {row["id"]: row for row in ours[part]}
        for row in theirs[part]:
            before = there.pop(row["id"], None)
            if before is None:
                new.append({"rating_id": key, **row, **(more or {})})
            elif before != row:
                changed.append({f"new_{column}": value for column, value in row_values(part, row).items()})
        gone += list(there)
    connection = db.connection()
    if gone:
        connection.execute(
            delete(table).where(table.id == bindparam("gone")), [{"gone": each} for each in gone]
        )
    if changed:
        values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns if column != "id"}
        connection.execute(update(table).where(table.id == bindparam("new_id")).values(values), changed)
    for column in MOMENTS.intersection(columns):
        for row in new:
            row[column] = moment(row[column])
    add_rows(connection, table, new)


def _close(db: Db, works: Mapping[str, Content]) -> None:
    """The rating's own columns; whatever belongs to a submitted one stands there by now."""
    rows = [
        {
            "rating": key,
            "begun": moment(content["begun_at"]),
            "submitted": moment(content["submitted_at"]),
            "text": content["notes"],
        }
        for key, content in works.items()
    ]
    own = update(Rating).where(Rating.id == bindparam("rating"))
    if rows:
        db.connection().execute(
            own.values(
                begun_at=bindparam("begun"), submitted_at=bindparam("submitted"), notes=bindparam("text")
            ),
            rows,
        )
