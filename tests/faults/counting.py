"""How often each fault is tried, and the table of what came of it.

A few times by default, so that the suite stays quick; as often as the table says when MIO_FIDELITY_FAULTS is
"full" in the environment, or with ``python -m tests.faults``, which prints the table.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

FULL = os.environ.get("MIO_FIDELITY_FAULTS") == "full"
TABLE = "MIO_FIDELITY_FAULTS_TABLE"


def times(many: int, few: int = 4) -> int:
    """How often to try: ``many`` times when all faults are counted, else a few."""
    return many if FULL else few


def count(fault: str, where: str, outcomes: Iterable[str]) -> None:
    """Note for the table what came of a fault, each time that it was tried."""
    place = os.environ.get(TABLE)
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps([fault, where, Counter(outcomes)]) + "\n")


def table(place: Path) -> str:
    """The table of what was noted, in Markdown."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for line in place.read_text(encoding="utf-8").splitlines():
        fault, where, outcomes = json.loads(line)
        rows.setdefault((fault, where), Counter()).update(outcomes)
    lines = ["| fault | where | times | what came of it |", "|---|---|---:|---|"]
    for (fault, where), outcomes in sorted(rows.items()):
        said = ", ".join(f"{outcome}: {n}" for outcome, n in sorted(outcomes.items(), key=lambda at: -at[1]))
        lines.append(f"| {fault} | {where} | {outcomes.total()} | {said} |")
    totals: Counter[str] = Counter()
    for (fault, _), outcomes in rows.items():
        totals[fault] += outcomes.total()
    lines += ["", "; ".join(f"{fault}: {n}" for fault, n in sorted(totals.items())) + "."]
    return "\n".join(lines)
