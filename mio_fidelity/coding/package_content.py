"""What a rating holds, as plain values: to carry it to another computer, to compare it, to keep it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from mio_fidelity.store import Db
from mio_fidelity.store.models import Amendment, EvidenceMark, Rating, Score, Stretch

# One rating: its own columns, and rows of each of its parts.
Content = dict[str, Any]

OWN = ("begun_at", "submitted_at", "notes")
PARTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "scores": (
        Score,
        ("id", "scale", "dimension", "state", "value", "reason", "shelved", "scored_at"),
    ),
    "marks": (EvidenceMark, ("id", "scale", "at_ms", "note", "marked_at")),
    "stretches": (Stretch, ("id", "start_ms", "end_ms", "speed", "heard_at")),
    "amendments": (Amendment, ("id", "scale", "dimension", "old", "new", "why", "amended_at")),
}
# The columns that are times.
MOMENTS = frozenset(column for _, columns in PARTS.values() for column in columns if column.endswith("_at"))
# Longer lists of values than this are asked for in several statements.
_AT_A_TIME = 500
# What two ratings may differ in and still say the same.
_BY_THE_WAY = {"id", "scored_at", "marked_at", "amended_at"}
_in_order = json.JSONEncoder(sort_keys=True, check_circular=False).encode


def contents_of(db: Db, rating_ids: Iterable[str]) -> dict[str, Content]:
    """Rating id to what it holds; a rating that is not there is left out."""
    ids, found = sorted(rating_ids), dict[str, Content]()
    for some in batched(ids):
        for row in db.execute(
            select(Rating.id, *(getattr(Rating, each) for each in OWN)).where(Rating.id.in_(some))
        ):
            found[row.id] = {each: _plain(getattr(row, each)) for each in OWN} | {part: [] for part in PARTS}
        for part, (table, columns) in PARTS.items():
            values = [getattr(table, column) for column in columns]
            rows = db.execute(select(table.rating_id, *values).where(table.rating_id.in_(some)))
            for rating_id, *own in rows:
                found[rating_id][part].append(dict(zip(columns, map(_plain, own), strict=True)))
    for content in found.values():
        for part in PARTS:
            content[part].sort(key=_by_time if part == "amendments" else lambda row: row["id"])
    return found


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at a time as one statement takes."""
    return (ids[start : start + _AT_A_TIME] for start in range(0, len(ids), _AT_A_TIME))


def digest(content: Content) -> str:
    """32 hexadecimal digits by which exactly this state of a rating is known; what was heard is not in it."""
    return hashlib.sha256(_in_order(_state(content)).encode()).hexdigest()[:32]


def is_same_state(one: Content, other: Content) -> bool:
    """Whether two ratings have the same `digest`."""
    return _state(one) == _state(other)


def _state(content: Content) -> Content:
    return {key: value for key, value in content.items() if key != "stretches"}


def first_state(baseline: str) -> str:
    """The state of a rating when it was handed out: a digest, and how many states came before."""
    return f"{baseline}-0"


def digest_in(state: str) -> str:
    """The digest of a state."""
    return state.partition("-")[0]


def says_the_same(one: Content, other: Content) -> bool:
    """Whether two ratings give the same answers, notes and evidence, whenever and wherever it was done."""
    return _said(one) == _said(other)


def is_untouched(content: Content) -> bool:
    """Whether nobody has begun."""
    return content["begun_at"] is None and not any(content[part] for part in PARTS)


def as_submitted(content: Content) -> dict[tuple[str, str], str] | None:
    """The answers before anything was amended; None when the amendments do not lead to those that stand."""
    said = {(row["scale"], row["dimension"]): encoded(row) for row in content["scores"]}
    for row in sorted(content["amendments"], key=_by_time, reverse=True):
        slot = row["scale"], row["dimension"]
        if said.get(slot) != row["new"]:
            return None
        said[slot] = row["old"]
    return said


def encoded(row: Mapping[str, Any]) -> str:
    """The answer in a row of scores, as an amendment has it."""
    detail = row["value"] if row["value"] is not None else row["reason"]
    return str(row["state"]) if detail is None else f"{row['state']}:{detail}"


def is_only_amended(ours: Content, theirs: Content) -> bool:
    """Whether a submitted rating became another by amendments alone, each later than those known here."""
    known = ours["amendments"]
    return (
        all(ours[part] == theirs[part] for part in (*OWN, "marks"))
        and theirs["amendments"][: len(known)] == known
        and as_submitted(theirs) == as_submitted(ours)
    )


def unfinished(content: Content) -> Content:
    """The same as nobody had submitted it."""
    return content | {"submitted_at": None, "amendments": []}


def without_words(content: Content) -> Content:
    """The same without notes and reasons: answers, times and places in the recording."""
    marks = [row | {"note": ""} for row in content["marks"]]
    amendments = [row | {"why": ""} for row in content["amendments"]]
    return content | {"notes": "", "marks": marks, "amendments": amendments}


def moment(text: str | None) -> datetime | None:
    """A time as contents hold it."""
    return None if text is None else datetime.fromisoformat(text)


def row_values(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a part's row as its columns take them."""
    return {column: moment(row[column]) if column in MOMENTS else row[column] for column in PARTS[table][1]}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _by_time(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["amended_at"], row["id"]


def _said(content: Content) -> tuple[Any, ...]:
    def rows(part: str) -> list[str]:
        told = (
            {key: value for key, value in row.items() if key not in _BY_THE_WAY}
            for row in content[part]
            if part != "scores" or row["state"] != "open" or row["shelved"]
        )
        return sorted(map(_in_order, told))

    submitted = content["submitted_at"] is not None
    return submitted, content["notes"], rows("scores"), rows("marks"), rows("amendments")
