"""The chain of the audit trail: each line vouches for all before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

PARTS = ("person_id", "verb", "table_name", "row_id", "action", "changes", "package_id")
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
    }
)
# Random, and erased with the words: nobody can find out by trying what a digest stood for.
SALT = "salt"


def chained(before: str, line: Mapping[str, Any]) -> str:
    """The chain of a line: SHA-256 over the chain of the line before it and all that the line says.

    Args:
        before: The chain of the line before it; empty for the first.
        line: Values by column; a time without a zone is in UTC.

    Returns:
        64 hexadecimal digits.
    """
    at: datetime = line["at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    told = {**line, "changes": erased(line["table_name"], line["changes"])}
    said = [before, at.isoformat(), *(told.get(part) for part in PARTS)]
    # Once there and back: what was written may differ from what is read, in tuples and the keys of numbers.
    plain = json.loads(json.dumps(said))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def erased(table: str, changes: Any) -> Any:
    """The changes of a line without the words in them: a digest for each, and no salt."""
    if not isinstance(changes, Mapping):
        return changes
    salt = (changes.get(SALT) or [None, ""])[1]
    words = WORDS.get(table, ())
    return {
        column: [_digest(salt, value) for value in pair] if column in words else pair
        for column, pair in changes.items()
        if column != SALT
    }


def _digest(salt: str, value: Any) -> Any:
    """Nothing, and what is a digest already, stays as it is."""
    if not isinstance(value, str) or not value:
        return value
    return {"sha256": hashlib.sha256(f"{salt}{value}".encode()).hexdigest()}


def follows(lines: Iterable[Any]) -> bool:
    """Whether each line, a mapping, carries from the first on the chain that fits the one before it."""
    before = ""
    for line in lines:
        if chained(before, line) != line["chain"]:
            return False
        before = line["chain"]
    return True
