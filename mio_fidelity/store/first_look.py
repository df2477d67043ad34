"""The short look at a study each time it is opened; the whole file is checked later, beside the work."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from mio_fidelity.errors import Sentence
from mio_fidelity.store.chain import PARTS, chained
from mio_fidelity.store.cipher import damaged
from mio_fidelity.store.head import kept_head

LAST_LINES = 50
# Clocks of computers differ by less.
BEHIND = timedelta(minutes=10)


def first_look(cursor: Any, folder: Path, head_key: bytes) -> tuple[Sentence, ...]:
    """Read the end of the audit trail, where a file that was torn or tampered with shows first.

    Args:
        cursor: Of a bare connection to a study of the newest version.
        folder: The study folder.
        head_key: The key of the sealed head.

    Returns:
        What the person should know; mostly nothing.

    Raises:
        UserError: the last lines do not fit each other, so the file is damaged.
    """
    lines = last_lines(cursor, LAST_LINES + 1)
    # A salvaged study has gaps before the line that says so; `verify` goes on telling of them.
    since = max((nth for nth, line in enumerate(lines) if line["verb"] == "salvage"), default=0)
    if any(chained(before["chain"] or "", line) != line["chain"] for before, line in pairwise(lines[since:])):
        raise damaged()
    found = []
    if not _reaches(cursor, folder, head_key):
        found.append(
            Sentence(
                "The study's record ends earlier than when it was last closed: study.db was put back by hand,"
                " or lines were removed. If you did not do that yourself, compare it with a backup."
            )
        )
    last = lines[-1]["at"] if lines else None
    if last is not None and last > datetime.now(UTC) + BEHIND:
        found.append(
            Sentence(
                "This computer's clock is behind: the study was last changed at {last} UTC, which has not"
                " come yet. Set the clock; what is rated now would carry a wrong time.",
                last=last.strftime("%Y-%m-%d %H:%M"),
            )
        )
    return tuple(found)


def last_lines(cursor: Any, n: int) -> list[dict[str, Any]]:
    """The last ``n`` lines of the trail, the oldest first, as `chained` wants them."""
    columns = ("id", "at", *PARTS, "chain")
    cursor.execute(f"SELECT {', '.join(columns)} FROM audit ORDER BY id DESC LIMIT {n}")
    return [as_line(dict(zip(columns, row, strict=True))) for row in cursor.fetchall()][::-1]


def as_line(row: dict[str, Any]) -> dict[str, Any]:
    """A line as the database holds it, with its time and changes as values."""
    try:
        at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
        return {**row, "at": at, "changes": json.loads(row["changes"])}
    except (TypeError, ValueError) as error:
        raise damaged() from error


def _reaches(cursor: Any, folder: Path, head_key: bytes) -> bool:
    """Whether the trail still holds the line that was its last when it was closed."""
    try:
        head = kept_head(folder, head_key)
    except ValueError:
        return False
    if head is None or not head.line:
        return True
    cursor.execute(f"SELECT chain FROM audit WHERE id = {head.line}")
    found = cursor.fetchone()
    return found is not None and found[0] == head.chain
