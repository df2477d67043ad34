"""How much two different scores count as agreement."""

import numpy as np
from numpy.typing import ArrayLike

from mio_fidelity.reliability.design import Floats

WEIGHTS = ("unweighted", "linear", "quadratic", "ordinal")
Weights = str | ArrayLike


def agreement_weights(weights: Weights, categories: Floats) -> Floats:
    """The agreement of every pair of scale points: 1 on the diagonal.

    Linear and quadratic weights go by the values of the points, so that an unused point in between counts.

    Args:
        weights: One of `WEIGHTS`, or a matrix of agreement weights.
        categories: The points of the scale in order, shape (points,).

    Returns:
        Shape (points, points).

    Raises:
        ValueError: unknown name, or a matrix of another shape or with gaps.

    Source:
        Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 3.
    """
    size = len(categories)
    if not isinstance(weights, str):
        matrix = np.asarray(weights, dtype=np.float64)
        if matrix.shape != (size, size) or not np.isfinite(matrix).all():
            raise ValueError(f"weights must be a {size} x {size} matrix of finite numbers")
        return matrix
    if weights not in WEIGHTS:
        raise ValueError(f"weights must be one of {WEIGHTS} or a matrix")
    if weights == "unweighted" or size < 2:
        return np.eye(size)
    if weights == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
        return 1 - steps * (steps + 1) / (size * (size - 1))
    distance: Floats = np.abs(np.subtract.outer(categories, categories)) / (categories[-1] - categories[0])
    return 1.0 - (distance if weights == "linear" else distance * distance)


def from_disagreement(matrix: ArrayLike) -> Floats:
    """Agreement weights that rank pairs as the given disagreement weights do.

    Args:
        matrix: Shape (points, points), 0 on the diagonal.

    Returns:
        1 minus the matrix over its largest entry.

    Raises:
        ValueError: no positive entry.

    Source:
        Cohen (1968), Psychol Bull 70, 213.
    """
    array = np.asarray(matrix, dtype=np.float64)
    if not array.size or not array.max() > 0:
        raise ValueError("disagreement weights need a positive entry")
    share: Floats = array / array.max()
    return 1.0 - share
