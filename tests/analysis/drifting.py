"""Coders who rate many sessions in pairs, some of whom move."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, cycle, islice

import numpy as np

from mio_fidelity.answer import Answer, rated
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Purpose
from tests.analysis.conftest import Lab

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
MENTAL = ("curious_stance", "caregiver_mind", "child_mind", "transparent_linking")
Slot = tuple[str, str]


def day(nth: int) -> datetime:
    """When session ``nth`` is submitted."""
    return FIRST + timedelta(days=nth)


def answers(
    nth: int, off: Mapping[str, float], rng: np.random.Generator, noise: float = 0.5
) -> dict[Slot, Answer]:
    """Scores around 4, with ``off`` points more on a scale's fidelity."""
    found = {}
    for scale, dimension in shipped_instrument().slots():
        more = off.get(scale, 0.0) if dimension == "fidelity" else 0.0
        level = 4 + (nth % 3 - 1) * 0.7
        found[scale, dimension] = rated(int(np.clip(np.rint(level + more + rng.normal(0, noise)), 2, 7)))
    return found


def double_code(
    lab: Lab,
    coders: tuple[str, ...],
    sessions: int,
    moves: Mapping[str, tuple[int, float]] | None = None,
    master: int = 0,
    begin: int = 0,
    usual: Mapping[str, float] | None = None,
) -> None:
    """Sessions rated by pairs in turn.

    Args:
        lab: The study.
        coders: Who rates.
        sessions: How many there are.
        moves: Coder to the session from which on, and by how many points, mental scales are rated otherwise.
        master: Every how manyth session has master codes; 0 for none.
        begin: Number of the first session.
        usual: Coder to what is added all the time.
    """
    rng = np.random.default_rng(7 + begin)
    pairs = islice(cycle(combinations(coders, 2)), begin, begin + sessions)
    for nth, pair in enumerate(pairs, begin):
        label = f"C{nth // 12 + 10}-{nth % 12 + 1}"
        for late, coder in enumerate(pair):
            since, by = (moves or {}).get(coder, (sessions + begin, 0.0))
            off = dict.fromkeys(MENTAL, (by if nth >= since else 0.0) + (usual or {}).get(coder, 0.0))
            lab.give(label, coder, answers=answers(nth, off, rng), at=day(nth) + timedelta(hours=late))
        if master and nth % master == 0:
            lab.give(
                label,
                "S1",
                answers=answers(nth, {}, rng, 0.0),
                purpose=Purpose.MASTER,
                at=day(nth) + timedelta(hours=5),
            )
