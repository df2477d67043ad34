"""What is looked at in the rows of a study, wherever they lie: the trail, and all that it tells of."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mio_fidelity.errors import Sentence
from mio_fidelity.store.chain import chained
from mio_fidelity.store.head import Head, kept_head
from mio_fidelity.store.models import Base

# Of the study's own row the trail tells only what was changed; older programs did not note how it began.
_UNTOLD = "study"
FOLLOWED = tuple(
    sorted(
        table
        for mapper in Base.registry.mappers
        if mapper.class_.audited and (table := mapper.class_.__tablename__) != _UNTOLD
    )
)
# The database layer, or the server, sets these by itself; the trail has the moment of each change in a line.
STAMPS = {"scored_at", "line"}
# Settings of the place a study lies in; the trail is none for keys, and goes where the study goes.
_OF_THE_PLACE = {"local_key", "moved_away"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        key: "file", "trail", "tail", "rows", "recordings" or "backups".
        fits: Whether all is as it should be.
        says: What was found; no names, no places.
        numbers: The same for a machine.
    """

    key: str
    fits: bool
    says: Sentence
    numbers: dict[str, int]


def trail(lines: Iterable[Mapping[str, Any]]) -> Check:
    """Whether each line fits the one before it.

    Args:
        lines: All of them, the oldest first, with the moment and the changes as values.
    """
    before, n = "", 0
    for line in lines:
        if chained(before, line) != line["chain"]:
            says = Sentence(
                "CHANGED: line {line} does not fit the one before it; it, or one before it, was changed,"
                " removed or added",
                line=line["id"],
            )
            return Check("trail", False, says, {"lines": n, "first_misfit": line["id"]})
        before, n = line["chain"], n + 1
    return Check("trail", True, Sentence("lines: {n}, each fits the one before it", n=n), {"lines": n})


def tail(folder: Path, key: bytes, last: int, chain_of: Callable[[int], str | None]) -> Check:
    """Whether the trail still goes as far as it went when it was last closed, or opened on a server.

    Args:
        folder: Where that is kept.
        key: It was sealed with.
        last: The number of the last line now.
        chain_of: The chain of a line; None when there is no such line.
    """
    try:
        head = kept_head(folder, key)
    except ValueError:
        return Check("tail", False, Sentence("CHANGED: study.head was not written with this key"), {})
    if head is None:
        return Check("tail", True, Sentence("not known: the study was never closed or backed up"), {})
    numbers = {"last_line": last, "line_when_closed": head.line}
    if not reaches(head, chain_of):
        says = Sentence(
            "SHORTER: when it was last closed the trail went to line {head}; now it goes to {last}, or is"
            " another",
            head=head.line,
            last=last,
        )
        return Check("tail", False, says, numbers)
    return Check("tail", True, Sentence("nothing was removed from its end"), numbers)


def reaches(head: Head, chain_of: Callable[[int], str | None]) -> bool:
    """Whether the trail still holds the line that was once its last."""
    return not head.line or chain_of(head.line) == head.chain


def rows(
    lines: Iterable[tuple[str, str, str, Mapping[str, Any]]],
    stored: Callable[[str], Iterator[Mapping[str, Any]]],
) -> Check:
    """Replay what the trail says of ratings, scores, people, sessions and so on; compare with what stands.

    Args:
        lines: Table, id of the row, action and changes of each line; the oldest first.
        stored: The rows of a table.
    """
    told: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in FOLLOWED}
    for table, row_id, action, changes in lines:
        if table in told:
            row = told[table].setdefault(row_id, {})
            row.update({column: new for column, (_, new) in changes.items()})
            if action == "delete":
                del told[table][row_id]
    numbers = dict.fromkeys(("changed", "added", "missing"), 0)
    n = 0
    for table, known in told.items():
        for found in stored(table):
            if table == "setting" and found["key"] in _OF_THE_PLACE:
                continue
            n += 1
            said = known.pop(found["id"], None)
            if said is None:
                numbers["added"] += 1
            elif not all(_is_told(column, value, said) for column, value in found.items()):
                numbers["changed"] += 1
        numbers["missing"] += len(known)
    if any(numbers.values()):
        says = Sentence(
            "CHANGED past the program: {changed} rows differ from what the trail says, {added} are not in it,"
            " {missing} are gone",
            **numbers,
        )
        return Check("rows", False, says, {"rows": n, **numbers})
    return Check("rows", True, Sentence("{n} rows are as the trail says", n=n), {"rows": n})


def _is_told(column: str, stored: Any, said: Mapping[str, Any]) -> bool:
    """Whether a value is what the trail says; a column it never named may hold what an upgrade put there."""
    return column in STAMPS or (column not in said and not stored) or _same(stored, said.get(column))


def _same(stored: Any, told: Any) -> bool:
    """Whether a value is the one that was noted; moments, days and lists are written in two ways."""
    if stored == told:
        return True
    if isinstance(told, dict | list):
        return isinstance(stored, str) and _plain(stored) == told
    if isinstance(stored, date) and not isinstance(stored, datetime):
        return bool(stored.isoformat() == told)
    try:
        one, other = (_moment(each) for each in (stored, told))
    except (TypeError, ValueError):
        return False
    return one == other


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
