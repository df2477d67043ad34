"""Who scored which session: reading a score matrix, counting it, and how its coders are connected."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mio_fidelity.reliability.estimate import Counts

Floats = NDArray[np.float64]

LIKERT = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)


def as_scores(scores: ArrayLike, categories: Sequence[float] | None = None, *, ndim: int = 2) -> Floats:
    """The scores as an array of floats, checked.

    Args:
        scores: Shape (sessions, coders), or (scales, sessions, coders) with ``ndim=3``; NaN or None = no
            score.
        categories: The points of the declared scale; None allows any finite number.
        ndim: How many dimensions there must be.

    Returns:
        A float array of the same shape; never a view that the caller could be surprised by.

    Raises:
        ValueError: wrong number of dimensions, an infinite score, or a score off the declared scale.
    """
    array = np.array(scores, dtype=np.float64)
    if array.ndim != ndim:
        raise ValueError(f"scores must have {ndim} dimensions, not {array.ndim}")
    if np.isinf(array).any():
        raise ValueError("scores must be finite; a missing score is NaN")
    if categories is not None:
        points = as_categories(categories)
        if not (np.isnan(array) | np.isin(array, points)).all():
            raise ValueError("a score is not a point of the declared scale")
    return array


def as_categories(categories: Sequence[float]) -> Floats:
    """The declared points of a scale, in order.

    Raises:
        ValueError: no points, a repeated point, or a point that is not a finite number.
    """
    points = np.sort(np.asarray(categories, dtype=np.float64).ravel())
    if not len(points) or not np.isfinite(points).all() or (np.diff(points) == 0).any():
        raise ValueError("categories must be distinct finite numbers")
    return points


def check_confidence(confidence: float) -> float:
    """The confidence level, if it is one.

    Raises:
        ValueError: not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    return confidence


def rated_only(scores: Floats) -> Floats:
    """The matrix without sessions nobody scored and coders who scored nothing."""
    rated = ~np.isnan(scores)
    return scores[rated.any(axis=1)][:, rated.any(axis=0)]


def counts_of(scores: Floats) -> Counts:
    """Count sessions, double-coded sessions, scores and coders of a (sessions, coders) matrix."""
    rated = ~np.isnan(scores)
    per_session = rated.sum(axis=1)
    return Counts(
        n_sessions=int((per_session > 0).sum()),
        n_multiple=int((per_session > 1).sum()),
        n_ratings=int(per_session.sum()),
        n_coders=int(rated.any(axis=0).sum()),
    )


def shortage(counts: Counts) -> str | None:
    """The reason why no agreement can be computed from so little data, or None when there is enough."""
    if counts.n_coders < 2:
        return "fewer_than_two_coders"
    if counts.n_multiple < 1:
        return "no_session_with_two_coders"
    if counts.n_sessions < 2:
        return "fewer_than_two_sessions"
    return None


def size_flags(counts: Counts) -> tuple[str, ...]:
    """What to say about the amount of data."""
    few = {
        "too_few_sessions": counts.n_multiple <= 2,
        "under_30_sessions": counts.n_multiple < 30,
        "under_3_coders": counts.n_coders < 3,
    }
    return tuple(flag for flag, true in few.items() if true)


def coder_groups(scores: ArrayLike) -> tuple[tuple[int, ...], ...]:
    """Groups of coders linked by shared sessions; more than one group means a disconnected design.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.

    Returns:
        Column numbers per group; coders without a score belong to no group.

    Raises:
        ValueError: ``scores`` is not two-dimensional.
    """
    rated = (~np.isnan(as_scores(scores))).astype(np.float64)
    shared = rated.T @ rated > 0
    left = set(np.flatnonzero(shared.any(axis=0)).tolist())
    groups = []
    while left:
        group = frontier = {min(left)}
        while frontier:
            frontier = set(np.flatnonzero(shared[sorted(frontier)].any(axis=0)).tolist()) - group
            group = group | frontier
        groups.append(tuple(sorted(group)))
        left -= group
    return tuple(groups)


def connected(scores: ArrayLike) -> bool:
    """Whether shared sessions link all coders.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.

    Returns:
        True also when there are no coders to link.

    Raises:
        ValueError: ``scores`` is not two-dimensional.
    """
    return len(coder_groups(scores)) < 2


def k_hat(scores: ArrayLike) -> float:
    """Harmonic mean of the number of coders per scored session.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.

    Returns:
        At least 1; NaN without any score.

    Raises:
        ValueError: ``scores`` is not two-dimensional.

    Source:
        ten Hove, Jorgensen & van der Ark (2024), Psychological Methods 29, 967.
    """
    per_session = (~np.isnan(as_scores(scores))).sum(axis=1)
    per_session = per_session[per_session > 0]
    return float(len(per_session) / (1 / per_session).sum()) if len(per_session) else float("nan")


def non_overlap(scores: ArrayLike) -> float:
    """Q: how little the sets of coders of two sessions overlap.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.

    Returns:
        0 when all sessions share all coders, 1/k_hat when no two sessions share one; NaN with fewer than two
        scored sessions.

    Raises:
        ValueError: ``scores`` is not two-dimensional.

    Source:
        Putka, Le, McCloy & Diaz (2008), J Appl Psychol 93, 959; ten Hove et al. (2024).
    """
    matrix = as_scores(scores)
    rated = ~np.isnan(matrix[~np.isnan(matrix).all(axis=1)])
    n = len(rated)
    if n < 2:
        return float("nan")
    per_session = rated.sum(axis=1)
    shares = (rated / per_session[:, None]).sum(axis=0)
    overlap = (shares @ shares - (1 / per_session).sum()) / (n * (n - 1))
    return max(0.0, float((1 / per_session).mean() - overlap))
