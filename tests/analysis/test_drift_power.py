"""The numbers that help shows are complete and are what the simulation gives."""

import numpy as np

from benchmarks import drift_power as simulation
from mio_fidelity.analysis.drift_power import POWER, power
from mio_fidelity.analysis.drift_results import DriftOptions


def test_every_line_of_the_simulation_is_there():
    lines = {(line.certified, line.sessions, line.shift) for line in POWER}
    wanted = {
        (c, n, shift) for c in (True, False) for n in simulation.SESSIONS for shift in simulation.SHIFTS
    }
    assert lines == wanted
    assert len(POWER) == len(wanted)
    assert power(True) + power(False) == POWER


def test_what_does_not_move_is_hardly_flagged_and_a_large_shift_is():
    rng, how = np.random.default_rng(5), DriftOptions()
    still = [simulation.study(0.0, 20, True, rng, how) for _ in range(8)]
    moved = [simulation.study(2.5, 40, True, rng, how) for _ in range(4)]
    assert sum(each.wrong for each in still) / sum(each.watched for each in still) < 0.5
    assert all(each.delay is None for each in still)
    assert sum(each.delay is not None for each in moved) >= 3
