"""Resampling sessions: draws, and the interval from what the resamples give."""

from collections.abc import Iterator

import numpy as np

from mio_fidelity.reliability.design import Floats

# Largest block of session multiplicities held at once, in bytes.
BLOCK_BYTES = 16_000_000


def session_weights(n_sessions: int, replicates: int, seed: int) -> Iterator[Floats]:
    """Resamples of sessions, with replacement, in blocks.

    Args:
        n_sessions: Sessions to draw from, and to draw.
        replicates: Resamples in all.
        seed: Seed of the generator; the draws do not depend on the size of the blocks.

    Returns:
        Blocks of shape (resamples, n_sessions): how often each session was drawn; each row sums to
        ``n_sessions``.

    Raises:
        ValueError: no session, or fewer than one replicate.
    """
    if n_sessions < 1 or replicates < 1:
        raise ValueError("there must be a session and a replicate to draw")
    rng = np.random.default_rng(seed)
    block = max(1, min(1000, BLOCK_BYTES // (8 * n_sessions)))
    for start in range(0, replicates, block):
        size = min(block, replicates - start)
        drawn = rng.integers(n_sessions, size=(size, n_sessions), dtype=np.int32)
        drawn += (np.arange(size, dtype=np.int32) * n_sessions)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n_sessions)
        yield counts.reshape(size, n_sessions).astype(np.float64)


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
