"""Resampling sessions: draws, and the interval from what the resamples give."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.reliability.design import Floats

# Largest block of session multiplicities held at once, in bytes.
BLOCK_BYTES = 16_000_000
# Sessions counted at once: their counters stay in the processor's cache.
COUNTED_AT_ONCE = 50_000


def session_weights(
    n_sessions: int, replicates: int, seed: int, kept: NDArray[np.intp] | None = None
) -> Iterator[Floats]:
    """Resamples of sessions, with replacement, in blocks.

    Args:
        n_sessions: Sessions to draw from, and to draw.
        replicates: Resamples in all.
        seed: Seed of the generator; the draws do not depend on the size of the blocks.
        kept: The sessions whose multiplicities are wanted; None for all. All are drawn from.

    Returns:
        Blocks of shape (resamples, kept): how often each session was drawn; with all kept each row sums
        to ``n_sessions``.

    Raises:
        ValueError: no session, or fewer than one replicate.
    """
    if n_sessions < 1 or replicates < 1:
        raise ValueError("there must be a session and a replicate to draw")
    rng = np.random.default_rng(seed)
    wanted = slice(None) if kept is None else kept
    width = n_sessions if kept is None else len(kept)
    block = max(1, min(1000, BLOCK_BYTES // (8 * max(1, width))))
    step = max(1, COUNTED_AT_ONCE // n_sessions)
    for start in range(0, replicates, block):
        weights = np.empty((min(block, replicates - start), width))
        for first in range(0, len(weights), step):
            rows = weights[first : first + step]
            rows[:] = _multiplicities(rng, len(rows), n_sessions)[:, wanted]
        yield weights


def _multiplicities(rng: np.random.Generator, resamples: int, n_sessions: int) -> NDArray[np.intp]:
    drawn = rng.integers(n_sessions, size=(resamples, n_sessions), dtype=np.int32)
    drawn += (np.arange(resamples, dtype=np.int32) * n_sessions)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * n_sessions).reshape(resamples, n_sessions)


def percentile_limits(replicates: Floats, confidence: float) -> tuple[float, float, int]:
    """Percentile interval of one coefficient.

    Args:
        replicates: Shape (resamples,), NaN where the coefficient was undefined.
        confidence: Coverage, in (0, 1).

    Returns:
        Low, high (NaN when fewer than two resamples are defined) and how many resamples were undefined.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
    """
    good = replicates[~np.isnan(replicates)]
    lost = len(replicates) - len(good)
    if len(good) < 2:
        return float("nan"), float("nan"), lost
    low, high = np.quantile(good, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), lost
