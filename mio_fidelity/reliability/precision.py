"""How precise a reliability coefficient will be, before anything is coded."""

import math

import numpy as np

from mio_fidelity.reliability.design import check_confidence
from mio_fidelity.reliability.icc import MeanSquares, absolute_agreement


def expected_interval(
    rho: float, sessions: int, coders: int = 2, confidence: float = 0.95
) -> tuple[float, float]:
    """The limits of ICC(2,1) to expect when its true value is ``rho``.

    The exact F interval at the expected mean squares of coders who do not differ in leniency; with coders
    who do it is wider.

    Args:
        rho: The true ICC, in (0, 1).
        sessions: Sessions each coded by ``coders`` coders.
        coders: Coders per session, two or more.
        confidence: Coverage of the interval.

    Returns:
        Low and high; NaN with fewer than two sessions.

    Raises:
        ValueError: ``rho`` or ``confidence`` is not in (0, 1), or there are fewer than two coders.

    Source:
        Interval: McGraw & Wong (1996), Psychol Methods 1, 30, Table 7. Expected mean squares: Shrout & Fleiss
        (1979), Psychol Bull 86, 420, Table 3.
    """
    if not 0 < rho < 1 or coders < 2:
        raise ValueError("rho must be in (0, 1), and coders 2 or more")
    tail = (1 - check_confidence(confidence)) / 2
    if sessions < 2:
        return math.nan, math.nan
    error = np.array([1 - rho])
    squares = MeanSquares(sessions, coders, coders * rho + error, error, error, error)
    _, low, high = absolute_agreement(squares, tail)[0]
    return float(low[0]), float(high[0])
