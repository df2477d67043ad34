"""The chain of the audit trail: each line vouches for all before it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_FIRST = ("person_id", "verb", "table_name", "row_id", "action")
PARTS = (*_FIRST, "changes", "package_id")
# What people wrote, and names of files: of these a line vouches for the digest, so that the words themselves
# can be erased when consent is withdrawn, and the trail still holds. Table to columns.
WORDS = MappingProxyType(
    {
        "rating": ("notes",),
        "evidence_mark": ("note",),
        "exemplar": ("note",),
        "discussion": ("note",),
        "consensus_reason": ("why",),
        "rationale": ("text",),
        "recording": ("location",),
        "awaited_file": ("location",),
        "amendment": ("why",),
        "meeting": ("notes",),
        "conflict": ("ours", "theirs"),
    }
)
# A conflict keeps two sides of a rating; in what such a side holds, words stand under these names.
_SIDE, _NOTED = "content", frozenset({"notes", "note", "why"})
# Random, and erased with the words: nobody can find out by trying what a digest stood for.
SALT = "salt"
_in_order = json.JSONEncoder(sort_keys=True, check_circular=False).encode


def chained(before: str, line: Mapping[str, Any]) -> str:
    """The chain of a line: SHA-256 over the chain of the line before it and all that the line says.

    Args:
        before: The chain of the line before it; empty for the first.
        line: Values by column, as JSON gives them back; a time without a zone is in UTC.

    Returns:
        64 hexadecimal digits.
    """
    return linked(before, line)[0]


def linked(before: str, line: Mapping[str, Any]) -> tuple[str, str]:
    """As `chained`, and with it the line's changes in JSON, as they are hashed and can be stored."""
    at: datetime = line["at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    changes = line["changes"]
    stored = _in_order(changes)
    without = erased(line["table_name"], changes)
    vouched = stored if without is changes else _in_order(without)
    # Word by word, as JSON has a list of all of it.
    first = map(_in_order, (before, at.isoformat(), *map(line.get, _FIRST)))
    said = f"[{', '.join(first)}, {vouched}, {_in_order(line.get('package_id'))}]"
    return hashlib.sha256(said.encode()).hexdigest(), stored


def erased(table: str, changes: Any) -> Any:
    """The changes of a line without the words in them: a digest for each, and no salt."""
    if not isinstance(changes, dict) or (SALT not in changes and table not in WORDS):
        return changes
    salt = (changes.get(SALT) or [None, ""])[1]
    words = WORDS.get(table, ())
    return {
        column: [replaced(value, lambda each: _digest(salt, each)) for value in pair]
        if column in words
        else pair
        for column, pair in changes.items()
        if column != SALT
    }


def replaced(value: Any, instead: Callable[[str], Any]) -> Any:
    """What stands in a column of `WORDS`, with ``instead`` of every word; nothing, and digests, stay."""
    if isinstance(value, str):
        return instead(value) if value else value
    if isinstance(value, Mapping) and _SIDE in value:
        return {**value, _SIDE: _noted(value[_SIDE], instead)}
    return value


def _noted(value: Any, instead: Callable[[str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: replaced(each, instead) if key in _NOTED else _noted(each, instead)
            for key, each in value.items()
        }
    return [_noted(each, instead) for each in value] if isinstance(value, list) else value


def _digest(salt: str, words: str) -> dict[str, str]:
    return {"sha256": hashlib.sha256(f"{salt}{words}".encode()).hexdigest()}


def follows(lines: Iterable[Any]) -> bool:
    """Whether each line, a mapping, carries from the first on the chain that fits the one before it."""
    before = ""
    for line in lines:
        if chained(before, line) != line["chain"]:
            return False
        before = line["chain"]
    return True
