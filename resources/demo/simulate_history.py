"""Simulate the past of the demo study.

Run it as ``.venv/bin/python resources/demo/simulate_history.py``; it writes ``history.csv`` and
``courses.csv``. Nothing in them was ever coded by anybody. The seeds are fixed, so the same files come out
every time; a test makes sure of it.

What is built into the history: four coders who rotate in pairs over 48 sessions of two arms in ten months;
sessions that differ in level, and coders that differ in severity; R3 drifts upwards on three mentalization
scales from the seventh month on; transparent linking hardly ever happens, so nearly everybody gives it 1
(restricted range); competence does not apply where fidelity is 1.

What is built into the courses: a client of each of four counselors through all twelve sessions, each coded
once for the study; K1 explores minds more and more, K3 slips into advice and information; K1 and K2 rate
themselves, higher than the coders do.
"""

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SEED = 20260117
SESSIONS = 48
FIRST_DAY, DAYS = date(2025, 11, 3), 300
CODERS = ("R1", "R2", "R3", "R4")
# Points a coder gives more than the others, whatever the scale.
LENIENCY = {"R1": 0.0, "R2": -0.25, "R3": 0.1, "R4": 0.3}
DRIFTING, DRIFTS_FROM_DAY, DRIFT_POINTS_A_MONTH = "R3", 190, 0.45
# Scale: mean in arm MIO, in arm PE, SD between sessions, SD of the coders' error.
SCALES = {
    "warm_regard": (5.6, 5.3, 0.8, 0.6),
    "empathic_listening": (4.9, 4.0, 1.1, 0.6),
    "collaborative_focus": (4.6, 4.3, 1.0, 0.7),
    "parenting_information": (2.4, 5.2, 1.2, 0.6),
    "advice_coaching": (2.2, 4.9, 1.2, 0.7),
    "topic_structure": (3.6, 5.3, 1.1, 0.6),
    "curious_stance": (5.0, 2.6, 1.2, 0.8),
    "caregiver_mind": (4.8, 2.3, 1.3, 0.8),
    "child_mind": (4.6, 2.2, 1.3, 0.9),
    "transparent_linking": (1.1, 0.6, 0.5, 0.35),
}
ON_SCALES = ("curious_stance", "caregiver_mind", "child_mind")
# How competence follows fidelity, and its error.
SLOPE, OF_COMPETENCE = 0.6, 0.7
COURSES_SEED = 20260412
COURSES_FROM, NUMBERS = date(2026, 3, 2), range(1, 13)
# Client: arm, counselor, site, coder, and how many points of which scales come with each session.
COURSES = {
    "C41": ("MIO", "K1", "North", "R2", ("curious_stance", "caregiver_mind", "child_mind"), 0.14),
    "C42": ("PE", "K2", "North", "R3", (), 0.0),
    "C43": ("MIO", "K3", "South", "R2", ("parenting_information", "advice_coaching", "topic_structure"), 0.2),
    "C44": ("PE", "K4", "South", "R3", (), 0.0),
}
# Points that who rates an own session gives more than the coders.
RATE_THEMSELVES = {"K1": 0.7, "K2": 0.9}
Line = list[str | int]


def simulate() -> list[Line]:
    """The lines of the table: a header, then one line a rating."""
    rng = np.random.default_rng(SEED)
    header: Line = ["client", "session", "arm", "counselor", "site", "held_on", "coder", "submitted_at"]
    header += [f"{scale}.{dimension}" for dimension in ("fidelity", "competence") for scale in SCALES]
    return [header, *(line for nth in range(SESSIONS) for line in _session(nth, rng))]


def courses() -> list[Line]:
    """The lines of the courses: as `simulate`, with the purpose of each rating at the end."""
    rng = np.random.default_rng(COURSES_SEED)
    lines = [
        line for client in COURSES for number in NUMBERS for line in _course_session(client, number, rng)
    ]
    return [[*simulate()[0], "purpose"], *lines]


def _course_session(client: str, number: int, rng: np.random.Generator) -> list[Line]:
    arm, counselor, site, coder, growing, by = COURSES[client]
    held = COURSES_FROM + timedelta(weeks=number - 1, days=int(client[1:]) % 4)
    done = datetime(held.year, held.month, held.day, 10, tzinfo=UTC)
    means = {}
    for scale, (first, second, spread, _) in SCALES.items():
        grown = by * (number - 6.5) * (scale in growing)
        means[scale] = (first if arm == "MIO" else second) + grown + rng.normal(0, spread / 2)
    lines = []
    raters = [(coder, "production", LENIENCY[coder], 6)]
    if counselor in RATE_THEMSELVES:
        raters.append((counselor, "self", RATE_THEMSELVES[counselor], 0))
    for who, purpose, more, days in raters:
        fidelity = {s: _point(mean + more + rng.normal(0, SCALES[s][3])) for s, mean in means.items()}
        competence = {
            scale: _point(4.5 + SLOPE * (given - 4) + more / 2 + rng.normal(0, OF_COMPETENCE))
            for scale, given in fidelity.items()
        }
        submitted = done + timedelta(days=days, hours=int(rng.integers(1, 7)))
        scores = [*fidelity.values(), *(competence[s] if fidelity[s] > 1 else "" for s in SCALES)]
        facts: Line = [client, number, arm, counselor, site, held.isoformat(), who, submitted.isoformat()]
        lines.append([*facts, *scores, purpose])
    return lines


def _session(nth: int, rng: np.random.Generator) -> list[Line]:
    arm = ("MIO", "PE")[nth % 2]
    day = nth * DAYS // SESSIONS
    nth_client = nth // 4 * 2 + nth % 2
    # From C11 on, apart from the clients whose recordings are there.
    number = 2 + 5 * (nth // 2 % 2) + int(rng.integers(3))
    site = ("North", "South")[nth_client % 4 // 2]
    facts: Line = [f"C{11 + nth_client}", number, arm, f"K{1 + nth_client % 4}", site]
    held = FIRST_DAY + timedelta(days=day)
    level = {scale: rng.normal(0, spread[2]) for scale, spread in SCALES.items()}
    skill = {scale: rng.normal(0, 0.8) for scale in SCALES}
    lines = []
    for coder in list(combinations(CODERS, 2))[nth // 2 % 6]:
        submitted = datetime(held.year, held.month, held.day, 9, tzinfo=UTC) + timedelta(
            days=int(rng.integers(2, 13)), minutes=int(rng.integers(480))
        )
        fidelity = {scale: _fidelity(scale, arm, coder, day, level[scale], rng) for scale in SCALES}
        competence = {
            scale: _point(
                4.3 + SLOPE * (given - 4) + skill[scale] + LENIENCY[coder] + rng.normal(0, OF_COMPETENCE)
            )
            for scale, given in fidelity.items()
        }
        scores = [*fidelity.values(), *(competence[s] if fidelity[s] > 1 else "" for s in SCALES)]
        lines.append([*facts, held.isoformat(), coder, submitted.isoformat(), *scores])
    return lines


def _fidelity(scale: str, arm: str, coder: str, day: int, level: float, rng: np.random.Generator) -> int:
    first, second, _, error = SCALES[scale]
    drift = 0.0
    if coder == DRIFTING and scale in ON_SCALES:
        drift = max(0, day - DRIFTS_FROM_DAY) / 30 * DRIFT_POINTS_A_MONTH
    mean = first if arm == "MIO" else second
    return _point(mean + level + LENIENCY[coder] + drift + rng.normal(0, error))


def _point(latent: float) -> int:
    return int(np.clip(np.rint(latent), 1, 7))


if __name__ == "__main__":
    for name, lines in (("history.csv", simulate()), ("courses.csv", courses())):
        with (HERE / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)
