"""How good the drift alarm is: what simulated coders showed with the program's own charts and flags."""

from dataclasses import dataclass

from mio_fidelity.errors import Sentence


@dataclass(frozen=True, slots=True)
class Power:
    """A year of simulated coders, one of whom shifts on one of six charts after half of the sessions.

    Attributes:
        certified: Whether limits come from ten certification sessions; else from the first ten sessions, or,
            with ten sessions in all, from all coders.
        sessions: Double-coded sessions of each coder in that year.
        shift: By how many points.
        false_alarms: Flags a coder-year that name somebody who did not move, or a chart on which nobody did.
        detected: Share of years in which the shift was flagged and the right coder named; None without one.
        delay: Median sessions from the shift to the flag, where it was flagged; None without one.
    """

    certified: bool
    sessions: int
    shift: float
    false_alarms: float
    detected: float | None
    delay: int | None


# As `python -m benchmarks.drift_power --runs 300` printed them: 300 studies of 6 coders for each line.
POWER = (
    Power(True, 10, 0.0, 0.07, None, None),
    Power(True, 10, 0.25, 0.06, 0.04, 5),
    Power(True, 10, 0.5, 0.07, 0.08, 4),
    Power(True, 10, 0.8, 0.08, 0.18, 5),
    Power(True, 10, 1.2, 0.08, 0.50, 5),
    Power(True, 20, 0.0, 0.15, None, None),
    Power(True, 20, 0.25, 0.15, 0.05, 6),
    Power(True, 20, 0.5, 0.15, 0.14, 6),
    Power(True, 20, 0.8, 0.16, 0.42, 7),
    Power(True, 20, 1.2, 0.20, 0.79, 5),
    Power(True, 40, 0.0, 0.28, None, None),
    Power(True, 40, 0.25, 0.27, 0.05, 12),
    Power(True, 40, 0.5, 0.29, 0.24, 11),
    Power(True, 40, 0.8, 0.31, 0.58, 9),
    Power(True, 40, 1.2, 0.34, 0.94, 6),
    Power(False, 10, 0.0, 0.00, None, None),
    Power(False, 10, 0.25, 0.00, 0.00, 5),
    Power(False, 10, 0.5, 0.00, 0.01, 5),
    Power(False, 10, 0.8, 0.00, 0.02, 5),
    Power(False, 10, 1.2, 0.00, 0.08, 5),
    Power(False, 20, 0.0, 0.09, None, None),
    Power(False, 20, 0.25, 0.09, 0.05, 8),
    Power(False, 20, 0.5, 0.11, 0.11, 8),
    Power(False, 20, 0.8, 0.10, 0.36, 8),
    Power(False, 20, 1.2, 0.13, 0.71, 8),
    Power(False, 40, 0.0, 0.26, None, None),
    Power(False, 40, 0.25, 0.28, 0.05, 7),
    Power(False, 40, 0.5, 0.27, 0.18, 10),
    Power(False, 40, 0.8, 0.27, 0.52, 8),
    Power(False, 40, 1.2, 0.30, 0.87, 6),
)

MADE = Sentence(
    "Simulated: six coders who rotate in pairs; whole scores from 1 to 7; sessions with a standard "
    "deviation of 1.2 points, single scores of .75 and a further .3 shared by the scales of a domain in "
    "one session, coders of .25. One coder shifts by so many points on one of six charts (three domains "
    "in two dimensions) after half of the sessions; a year is that many double-coded sessions a coder. "
    "Scores are held against partners alone."
)

MEANING = Sentence(
    "With 40 double-coded sessions a year, a shift of a quarter of a point is found in about one year of "
    "twenty, one of half a point in one of five, one of .8 points in every second, one of 1.2 points in "
    "nine of ten. With ten sessions a year, and no certification, nearly nothing is found: no flag is no "
    "proof then. With 40 sessions there is one wrong flag in three or four coder-years, so look at the "
    "sessions, and draw master sessions, before anything else."
)


def power(certified: bool) -> tuple[Power, ...]:
    """The lines for limits from certification, or for limits without one."""
    return tuple(line for line in POWER if line.certified == certified)
