"""Variance components of sessions x coders with gaps, by restricted maximum likelihood.

The model is ``score = mean + session + coder + residual``, all three random. Only the ratios of session
and coder to residual variance have to be searched. Sessions are absorbed: what is left is algebra on a
coders x coders matrix, whatever the number of sessions.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.reliability.design import Floats

# Ratios are searched as u = ratio / (1 + ratio), which covers [0, infinity) evenly.
GRID = np.concatenate([np.linspace(0, 0.96, 33), [0.975, 0.985, 0.9925, 0.997, 0.999, 0.9999, 0.99999]])
LARGEST = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """All that the likelihood needs to know of one or many sets of scores on the same design.

    Sessions with equally many scores are summed: "size" runs over the distinct numbers of scores.

    Args:
        n: Scores.
        sizes: Numbers of scores per session that occur, shape (sizes,).
        n_sessions: Sessions of each size, shape (sizes,).
        shared: Sessions of that size two coders share, shape (sizes, coders, coders).
        session: Sums of the session totals each coder took part in, shape (sets, sizes, coders).
        session_squares: Sums of squared session totals, shape (sets, sizes).
        coder: Totals of the coders, shape (sets, coders).
        squares: Sums of squared scores, shape (sets,).
    """

    n: int
    sizes: Floats
    n_sessions: Floats
    shared: Floats
    session: Floats
    session_squares: Floats
    coder: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """Variance components of one set of scores.

    Args:
        session: Variance of sessions.
        coder: Variance of coders.
        residual: Residual variance, which includes how coders see single sessions differently.
        deviance: Minus twice the restricted log-likelihood; NaN when the scores are exactly additive.
        information: Second derivatives of the deviance by the logarithms of both ratios, shape (2, 2);
            NaN for a ratio on the boundary.
    """

    session: float
    coder: float
    residual: float
    deviance: float
    information: Floats


class Design:
    """The pattern of who scored which session, and the sums of scores on it."""

    def __init__(self, rated: NDArray[np.bool_]) -> None:
        """Take the pattern apart.

        Args:
            rated: Shape (sessions, coders), True where there is a score; every session has at least one.
        """
        self.mask = rated.astype(np.float64)
        size = self.mask.sum(axis=1)
        self.sizes = np.unique(size)
        self.members = [np.flatnonzero(size == s) for s in self.sizes]
        self.shared = np.stack([self.mask[m].T @ self.mask[m] for m in self.members])

    def moments(self, scores: Floats) -> Moments:
        """Sum up scores, shape (sets, sessions, coders), 0 where there is none."""
        totals = scores.sum(axis=2)
        return Moments(
            int(self.mask.sum()),
            self.sizes,
            np.array([float(len(m)) for m in self.members]),
            self.shared,
            np.stack([totals[:, m] @ self.mask[m] for m in self.members], axis=1),
            np.stack([(totals[:, m] ** 2).sum(axis=1) for m in self.members], axis=1),
            scores.sum(axis=1),
            np.einsum("sij,sij->s", scores, scores),
        )


def moments_of(matrix: Floats) -> Moments:
    """`Moments` of one (sessions, coders) matrix with NaN for gaps, centred on its mean."""
    centred = np.where(np.isnan(matrix), 0.0, matrix - np.nanmean(matrix))
    return Design(~np.isnan(matrix)).moments(centred[None])


def deviance(moments: Moments, session: Floats, coder: Floats) -> Floats:
    """Minus twice the restricted log-likelihood, residual variance profiled out.

    Args:
        moments: Sums of the scores.
        session: Ratios of session to residual variance, shape (points,), 0 or more.
        coder: Ratios of coder to residual variance, shape (points, ratios), 0 or more.

    Returns:
        Shape (sets, points, ratios).

    Source:
        Patterson & Thompson (1971), Biometrika 58, 545; Bates et al. (2015), J Stat Softw 67(1), eq. 42.
    """
    return _profile(moments, session, coder)[0]


def _profile(moments: Moments, session: Floats, coder: Floats) -> tuple[Floats, Floats]:
    """Deviance and residual variance, both of shape (sets, points, ratios)."""
    per_size = 1 + np.outer(session, moments.sizes)
    absorbed = session[:, None] / per_size
    design = np.diag(moments.shared.sum(axis=0).diagonal()) - np.tensordot(absorbed, moments.shared, 1)
    value, vector = np.linalg.eigh(design)
    value = np.maximum(value, 0.0)
    mean = vector.sum(axis=1)
    totals = moments.coder[:, None] - absorbed @ moments.session
    score = (totals[:, :, None] @ vector)[:, :, 0]
    squares = moments.squares[:, None] - moments.session_squares @ absorbed.T
    # In the basis of the design all that the coders add is diagonal.
    shrunk = 1 / (1 + coder[:, :, None] * value[:, None])
    by_ratio = shrunk.transpose(0, 2, 1)
    weight = ((mean**2 * value)[:, None] @ by_ratio)[:, 0]
    by_point = score.transpose(1, 0, 2)
    explained = coder * (by_point**2 @ by_ratio).transpose(1, 0, 2)
    shift = ((by_point * mean[:, None]) @ by_ratio).transpose(1, 0, 2)
    left = squares[:, :, None] - explained - shift**2 / weight
    freedom = moments.n - 1
    residual = np.maximum(left, 1e-300) / freedom
    constant = (np.log(per_size) @ moments.n_sessions)[:, None] - np.log(shrunk).sum(axis=2) + np.log(weight)
    return constant + freedom * (1 + np.log(2 * np.pi * residual)), residual


def fit(matrix: Floats) -> Fit:
    """The variance components of one connected design.

    Args:
        matrix: Shape (sessions, coders), NaN for gaps; no empty session or coder, not constant, at least one
            residual degree of freedom.

    Returns:
        The components, each 0 or more. When the scores are exactly additive the likelihood has no
        maximum; its limit is returned, the variances of the session and coder effects themselves.

    Source:
        Corbeil & Searle (1976), Technometrics 18, 31.
    """
    scale = float(np.nanstd(matrix))
    moments = moments_of(matrix / scale)
    exact = _additive(moments, matrix / scale)
    if exact is not None:
        session, coder = exact
        return Fit(session * scale**2, coder * scale**2, 0.0, float("nan"), np.full((2, 2), np.nan))
    a, b = _best_ratios(moments)
    height, residual = (float(x[0, 0, 0]) for x in _profile(moments, np.array([a]), np.array([[b]])))
    variance = residual * scale**2
    height += (moments.n - 1) * 2 * math.log(scale)
    return Fit(a * variance, b * variance, variance, height, _curvature(moments, a, b)[1])


def _best_ratios(moments: Moments) -> tuple[float, float]:
    """Ratios of session and coder to residual variance where the deviance is least."""
    zero = np.zeros(1)
    best = _polish(moments, *_search(moments, GRID, GRID))
    height = _height(moments, *best)
    for grids in ((GRID, zero), (zero, GRID), (zero, zero)):
        edge = _search(moments, *grids)
        if _height(moments, *edge) > height + 1e-3:
            continue
        edge = _polish(moments, *edge)
        # On a flat stretch towards the boundary the boundary is the answer.
        if _height(moments, *edge) <= height + 1e-9:
            best, height = edge, min(height, _height(moments, *edge))
    return best


def _height(moments: Moments, a: float, b: float) -> float:
    return float(deviance(moments, np.array([a]), np.array([[b]]))[0, 0, 0])


def _search(moments: Moments, us: Floats, vs: Floats) -> tuple[float, float]:
    """The least deviance on ever finer grids of u = a / (1 + a) and v = b / (1 + b)."""
    u = v = 0.0
    for _ in range(4):
        ratios = np.broadcast_to(vs / (1 - vs), (len(us), len(vs)))
        heights = deviance(moments, us / (1 - us), ratios)[0]
        i, j = (int(k) for k in np.unravel_index(int(heights.argmin()), heights.shape))
        u, v = float(us[i]), float(vs[j])
        us, vs = _around(us, i), _around(vs, j)
    return u / (1 - u), v / (1 - v)


def _around(grid: Floats, at: int) -> Floats:
    """A finer grid between the neighbours of a point; a grid of one point stays."""
    if len(grid) == 1:
        return grid
    beyond = min(LARGEST, float(grid[at]) * 0.1 + 0.9)
    after = float(grid[at + 1]) if at + 1 < len(grid) else beyond
    return np.linspace(grid[max(at - 1, 0)], after, 9)


def _polish(moments: Moments, a: float, b: float) -> tuple[float, float]:
    """Newton steps on the logarithms of the ratios that are not 0, as long as they go down."""
    free = np.array([a > 0, b > 0])
    if not free.any():
        return a, b
    height = _height(moments, a, b)
    for _ in range(20):
        slope, curve = _curvature(moments, a, b)
        block = curve[np.ix_(free, free)]
        if np.linalg.eigvalsh(block).min() <= 1e-9:
            break
        step = np.zeros(2)
        step[free] = np.clip(-np.linalg.solve(block, slope[free]), -1, 1)
        after = a * float(np.exp(step[0])), b * float(np.exp(step[1]))
        lower = _height(moments, *after)
        if lower > height + 1e-9:
            break
        (a, b), height = after, lower
        if np.abs(step).max() < 1e-8:
            break
    return a, b


def _curvature(moments: Moments, a: float, b: float) -> tuple[Floats, Floats]:
    """First and second derivatives of the deviance by log a and log b; NaN along a ratio of 0."""
    h = 0.01
    steps = np.exp(h * np.arange(-2.0, 3.0))
    heights = deviance(moments, a * steps, np.broadcast_to(b * steps, (5, 5)))[0]
    # Differences over five points: exact up to the fourth power of the step.
    first, second = np.array([1.0, -8.0, 0.0, 8.0, -1.0]), np.array([-1.0, 16.0, -30.0, 16.0, -1.0])
    lines = heights[:, 2], heights[2]
    slope = np.array([first @ line for line in lines]) / (12 * h)
    mixed = first @ heights @ first / (12 * h) ** 2
    curve = np.diag([second @ line for line in lines]) / (12 * h**2)
    curve[0, 1] = curve[1, 0] = mixed
    for axis, ratio in enumerate((a, b)):
        if ratio == 0:
            curve[axis] = curve[:, axis] = np.nan
    return slope, curve


def _additive(moments: Moments, matrix: Floats) -> tuple[float, float] | None:
    """Variances of session and coder effects when session plus coder explains every score, else None."""
    coder, squares = _fixed_effects(moments)
    if squares > 1e-12 * float(moments.squares[0]):
        return None
    session = np.nanmean(matrix - coder, axis=1)
    return _variance(session), _variance(coder)


def _variance(effects: Floats) -> float:
    return float(effects.var(ddof=1)) if np.ptp(effects) > 1e-10 else 0.0


def _fixed_effects(moments: Moments) -> tuple[Floats, float]:
    """Least squares with sessions and coders fixed: the coders' effects and the residual sum of squares."""
    design = np.diag(moments.shared.sum(axis=0).diagonal()) - np.tensordot(
        1 / moments.sizes, moments.shared, 1
    )
    totals = moments.coder[0] - (moments.session[0] / moments.sizes[:, None]).sum(axis=0)
    coder = np.linalg.pinv(design, rcond=1e-10, hermitian=True) @ totals
    within = float(moments.squares[0] - (moments.session_squares[0] / moments.sizes).sum())
    return coder, max(0.0, within - float(totals @ coder))


def residual_sum_of_squares(matrix: Floats) -> float:
    """What sessions and coders, both fixed, leave unexplained.

    Args:
        matrix: Shape (sessions, coders), NaN for gaps; no empty session or coder.

    Returns:
        0 or more.

    Source:
        Searle (1971), Linear Models, ch. 7.
    """
    return _fixed_effects(moments_of(matrix))[1]


def refit_many(design: Design, scores: Floats) -> tuple[Floats, Floats]:
    """Both variance ratios for many sets of scores on one design, over a fixed grid of ratios.

    The deviance between grid points is taken as a parabola, first along the coder ratio, then along the
    session ratio.

    Args:
        design: The pattern of scores.
        scores: Shape (sets, sessions, coders), 0 where there is no score.

    Returns:
        Ratios of session and of coder to residual variance, each of shape (sets,), 0 or more.

    Source:
        The profile likelihood of `deviance`.
    """
    moments = design.moments(scores)
    ratios = GRID / (1 - GRID)
    best = np.empty((len(GRID), len(scores)))
    coder = np.empty_like(best)
    for point, ratio in enumerate(ratios):
        heights = deviance(moments, np.array([ratio]), ratios[None])[:, 0]
        coder[point], best[point] = _vertex(heights)
    session, _ = _vertex(best.T)
    place = np.clip(np.searchsorted(GRID, session, side="right") - 1, 0, len(GRID) - 2)
    share = (session - GRID[place]) / (GRID[place + 1] - GRID[place])
    each = np.arange(len(scores))
    v = coder[place, each] * (1 - share) + coder[place + 1, each] * share
    session, v = np.minimum(session, LARGEST), np.minimum(v, LARGEST)
    return session / (1 - session), v / (1 - v)


def _vertex(heights: Floats) -> tuple[Floats, Floats]:
    """Lowest point of the parabola through the least value on `GRID` and its neighbours: where, and how high.

    Args:
        heights: Shape (sets, grid).
    """
    at = np.clip(heights.argmin(axis=1), 1, len(GRID) - 2)
    each = np.arange(len(heights))
    left, middle, right = (GRID[at + k] for k in (-1, 0, 1))
    low, centre, high = (heights[each, at + k] for k in (-1, 0, 1))
    first, second = (centre - low) / (middle - left), (high - centre) / (right - middle)
    curve = (second - first) / (right - left)
    curve = np.where(curve > 1e-300, curve, 1e-300)
    where = np.clip((left + middle) / 2 - first / (2 * curve), left, right)
    height = low + first * (where - left) + curve * (where - left) * (where - middle)
    return where, height
