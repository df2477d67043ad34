"""The chain of the audit trail: each line vouches for all before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

PARTS = ("person_id", "verb", "table_name", "row_id", "action", "changes", "package_id")


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
    said = [before, at.isoformat(), *(line.get(part) for part in PARTS)]
    # Once there and back: what was written may differ from what is read, in tuples and the keys of numbers.
    plain = json.loads(json.dumps(said))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
