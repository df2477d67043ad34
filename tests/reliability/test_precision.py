"""How wide the interval of an ICC will be, against figures worked out by simulation."""

import math

import numpy as np
import pytest

from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.precision import expected_interval

# True ICC, double-coded sessions -> median 95% limits of ICC(2,1) among two coders.
SIMULATED = {
    (0.75, 15): (0.415, 0.908),
    (0.75, 20): (0.476, 0.892),
    (0.75, 30): (0.541, 0.872),
    (0.75, 50): (0.599, 0.850),
    (0.85, 30): (0.711, 0.925),
}


@pytest.mark.parametrize(("rho", "sessions"), SIMULATED)
def test_the_limits_are_those_of_simulated_studies(rho, sessions):
    assert expected_interval(rho, sessions) == pytest.approx(SIMULATED[rho, sessions], abs=0.03)


def test_simulated_scores_have_the_expected_limits_in_the_middle():
    rng = np.random.default_rng(4)
    limits = []
    for _ in range(300):
        scores = rng.normal(0, 0.75**0.5, (30, 1)) + rng.normal(0, 0.25**0.5, (30, 2))
        estimate = icc_complete(scores)["ICC(2,1)"]
        limits.append((estimate.low, estimate.high))
    assert np.median(limits, axis=0) == pytest.approx(expected_interval(0.75, 30), abs=0.03)


@pytest.mark.parametrize("rho", [0.05, 0.4, 0.75, 0.95])
def test_more_sessions_and_more_coders_narrow_the_interval(rho):
    def width(sessions: int, coders: int = 2) -> float:
        low, high = expected_interval(rho, sessions, coders)
        return high - low

    widths = [width(n) for n in (5, 15, 30, 100, 1000)]
    assert widths == sorted(widths, reverse=True)
    assert width(30, 4) < width(30, 2)


@pytest.mark.parametrize("rho", [0.05, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("sessions", [2, 3, 30, 5000])
def test_the_true_value_lies_between_the_limits(rho, sessions):
    low, high = expected_interval(rho, sessions)
    assert -1 <= low < rho < high <= 1


def test_more_confidence_widens_the_interval():
    narrow, wide = expected_interval(0.75, 30, confidence=0.8), expected_interval(0.75, 30, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize("sessions", [0, 1])
def test_with_fewer_than_two_sessions_there_is_no_interval(sessions):
    assert all(map(math.isnan, expected_interval(0.75, sessions)))


@pytest.mark.parametrize(
    ("rho", "coders", "confidence"),
    [(0, 2, 0.95), (1, 2, 0.95), (math.nan, 2, 0.95), (0.75, 1, 0.95), (0.75, 2, 1), (0.75, 2, 0)],
)
def test_what_makes_no_sense_is_refused(rho, coders, confidence):
    with pytest.raises(ValueError, match="must"):
        expected_interval(rho, 30, coders, confidence)
