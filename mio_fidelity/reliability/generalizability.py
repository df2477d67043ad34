"""Generalizability: variance components of balanced designs and what other numbers of coders would give."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mio_fidelity.reliability.design import Floats, as_scores, counts_of, rated_only
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.icc import mean_squares
from mio_fidelity.reliability.incomplete import icc_incomplete

# Per design and component: the facets whose numbers divide it, and whether it harms absolute decisions only.
DESIGNS: Mapping[str, Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "p x r": {"r": (("r",), True), "pr": (("r",), False)},
    "p x r x i": {
        "r": (("r",), True),
        "i": (("i",), True),
        "ri": (("r", "i"), True),
        "pr": (("r",), False),
        "pi": (("i",), False),
        "pri": (("r", "i"), False),
    },
    "p x (r:t)": {
        "t": (("t",), True),
        "r:t": (("r", "t"), True),
        "pt": (("t",), False),
        "pr:t": (("r", "t"), False),
    },
}


@dataclass(frozen=True, slots=True)
class GStudy:
    """Variance components of sessions (p), coders (r), and items (i) or tasks (t).

    Args:
        design: A key of `DESIGNS`.
        components: Variance by effect, "p" first; as estimated, so it may be negative. Empty when undefined.
        sizes: How many of each facet there were.
        counts: The data behind it.
        reason: Key into the reasons when undefined.
        method: Estimator.
        flags: Remarks its coefficients carry.
    """

    design: str
    components: Mapping[str, float]
    sizes: Mapping[str, int]
    counts: Counts
    reason: str | None = None
    method: str = "ANOVA"
    flags: tuple[str, ...] = ()

    def erho2(self, **numbers: float) -> Estimate:
        """Generalizability coefficient for relative decisions: sessions are only compared with each other.

        Args:
            numbers: How many of each facet, for example ``r=2``; those left out stay as they were.

        Returns:
            An estimate in [0, 1] without interval; negative components count as 0.

        Raises:
            ValueError: unknown facet, or fewer than one of it.

        Source:
            Brennan (2001), Generalizability Theory, ch. 4.
        """
        return self._coefficient("relative", numbers)

    def phi(self, **numbers: float) -> Estimate:
        """Index of dependability for absolute decisions: scores are compared with a cut-off.

        Args:
            numbers: How many of each facet, for example ``r=2``; those left out stay as they were.

        Returns:
            An estimate in [0, 1] without interval; negative components count as 0.

        Raises:
            ValueError: unknown facet, or fewer than one of it.

        Source:
            Brennan (2001), Generalizability Theory, ch. 4.
        """
        return self._coefficient("absolute", numbers)

    def _coefficient(self, decision: str, numbers: Mapping[str, float]) -> Estimate:
        if not set(numbers) <= set(self.sizes) or any(not n >= 1 for n in numbers.values()):
            raise ValueError(f"numbers must be 1 or more and of {sorted(self.sizes)}")
        title = f"{'E rho^2' if decision == 'relative' else 'Phi'}, {self.design}, {self.method}"
        if self.reason:
            return undefined(self.reason, self.counts, title)
        sizes = {**self.sizes, **numbers}
        true = max(0.0, self.components["p"])
        error = sum(
            max(0.0, self.components[effect]) / math.prod(sizes[facet] for facet in facets)
            for effect, (facets, only_absolute) in DESIGNS[self.design].items()
            if decision == "absolute" or not only_absolute
        )
        if true + error == 0:
            return undefined("no_variance", self.counts, title)
        return Estimate(true / (true + error), counts=self.counts, method=title, flags=self.flags)

    def needed(self, target: float, facet: str = "r", absolute: bool = True, most: int = 1000) -> int | None:
        """The smallest number of a facet with which the coefficient reaches a target, the others as they
        were.

        Args:
            target: What to reach, in (0, 1).
            facet: Whose number to vary.
            absolute: For `phi`; otherwise for `erho2`.
            most: Where to stop looking.

        Returns:
            The number, or None when not even ``most`` is enough or nothing can be computed.

        Raises:
            ValueError: ``target`` not in (0, 1), or unknown facet.

        Source:
            Brennan (2001), Generalizability Theory, ch. 4.
        """
        if not 0 < target < 1:
            raise ValueError("target must lie between 0 and 1")
        coefficient = self.phi if absolute else self.erho2
        low, high = 1, most
        if not coefficient(**{facet: high}).value >= target:
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (
                (low, middle) if coefficient(**{facet: middle}).value >= target else (middle + 1, high)
            )
        return high


def g_study(scores: ArrayLike) -> GStudy:
    """Components of sessions x coders: by ANOVA when complete, by REML when there are gaps.

    Args:
        scores: Shape (sessions, coders), NaN where a coder gave no score.

    Returns:
        Components "p" (sessions), "r" (coders) and "pr" (residual); undefined, with a reason, as the
        two-way ICC.

    Raises:
        ValueError: ``scores`` is not two-dimensional.

    Source:
        Brennan (2001), Generalizability Theory, ch. 3; Shavelson & Webb (1991).
    """
    array = as_scores(scores)
    counts, matrix = counts_of(array), rated_only(array)
    sizes = {"r": counts.n_coders}
    model = icc_incomplete(array)
    first = next(iter(model.forms.values()))
    if first.reason:
        return GStudy("p x r", {}, sizes, counts, first.reason)
    if np.isnan(matrix).any():
        components = {"p": model.session, "r": model.coder, "pr": model.residual}
        return GStudy("p x r", components, sizes, counts, None, "REML")
    ms = mean_squares(matrix[None])
    rows, columns, error = (float(square[0]) for square in (ms.rows, ms.columns, ms.error))
    components = {"p": (rows - error) / ms.k, "r": (columns - error) / ms.n, "pr": error}
    return _study("p x r", components, sizes, counts)


def g_study_crossed(cube: ArrayLike) -> GStudy:
    """Components of sessions x coders x items, all crossed.

    Args:
        cube: Shape (sessions, coders, items), complete but for sessions without any score.

    Returns:
        Components "p", "r", "i", "pr", "pi", "ri" and "pri" (residual); undefined, with a reason, when
        there are gaps, fewer than two of a facet, or no variance.

    Raises:
        ValueError: ``cube`` is not three-dimensional.

    Source:
        Brennan (2001), Generalizability Theory, ch. 3.
    """
    array, counts, reason = _balanced(cube)
    n, r, i = array.shape
    sizes = {"r": r, "i": i}
    if reason or min(r, i) < 2:
        return GStudy("p x r x i", {}, sizes, counts, reason or _few(r))
    ms = {name: _mean_square(array, axes) for name, axes in _axes("pri").items()}
    components = {
        "p": (ms["p"] - ms["pr"] - ms["pi"] + ms["pri"]) / (r * i),
        "r": (ms["r"] - ms["pr"] - ms["ri"] + ms["pri"]) / (n * i),
        "i": (ms["i"] - ms["pi"] - ms["ri"] + ms["pri"]) / (n * r),
        "pr": (ms["pr"] - ms["pri"]) / i,
        "pi": (ms["pi"] - ms["pri"]) / r,
        "ri": (ms["ri"] - ms["pri"]) / n,
        "pri": ms["pri"],
    }
    return _study("p x r x i", components, sizes, counts)


def g_study_nested(cube: ArrayLike) -> GStudy:
    """Components of sessions x (coders within tasks): every task has coders of its own.

    Args:
        cube: Shape (sessions, tasks, coders per task), complete but for sessions without any score.

    Returns:
        Components "p", "t", "r:t", "pt" and "pr:t" (residual); undefined, with a reason, when there are
        gaps, fewer than two of a facet, or no variance.

    Raises:
        ValueError: ``cube`` is not three-dimensional.

    Source:
        Brennan (2001), Generalizability Theory, ch. 3 and Table 3.2.
    """
    array, counts, reason = _balanced(cube)
    n, t, r = array.shape
    sizes = {"t": t, "r": r}
    if reason or min(t, r) < 2:
        return GStudy("p x (r:t)", {}, sizes, counts, reason or _few(r))
    ms = {name: _mean_square(array, axes) for name, axes in _axes("ptr").items()}
    # Coders have no effect across tasks: what crossing them would call r and tr is r within t.
    within = _pool(ms, (("r", r - 1), ("tr", (t - 1) * (r - 1))))
    residual = _pool(ms, (("pr", (n - 1) * (r - 1)), ("ptr", (n - 1) * (t - 1) * (r - 1))))
    components = {
        "p": (ms["p"] - ms["pt"]) / (t * r),
        "t": (ms["t"] - within - ms["pt"] + residual) / (n * r),
        "r:t": (within - residual) / n,
        "pt": (ms["pt"] - residual) / r,
        "pr:t": residual,
    }
    return _study("p x (r:t)", components, sizes, counts)


def _study(design: str, components: Mapping[str, float], sizes: Mapping[str, int], counts: Counts) -> GStudy:
    negative = any(value < 0 for value in components.values())
    return GStudy(design, components, sizes, counts, flags=("negative_component_zero",) if negative else ())


def _few(r: int) -> str:
    return "fewer_than_two_coders" if r < 2 else "fewer_than_two_items"


def _balanced(cube: ArrayLike) -> tuple[Floats, Counts, str | None]:
    array = as_scores(cube, ndim=3)
    array = array[~np.isnan(array).all(axis=(1, 2))]
    counts = counts_of(array.reshape(len(array), math.prod(array.shape[1:])))
    if len(array) < 2 or min(array.shape) < 1:
        return array, counts, "fewer_than_two_sessions"
    if np.isnan(array).any():
        return array, counts, "incomplete_design"
    return array, counts, "no_variance" if np.ptp(array) == 0 else None


def _axes(letters: str) -> dict[str, tuple[int, ...]]:
    """Effects of a three-way layout by their letters: which axes each runs over."""
    subsets: Sequence[tuple[int, ...]] = ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
    return {"".join(letters[axis] for axis in axes): axes for axes in subsets}


def _mean_square(array: Floats, axes: tuple[int, ...]) -> float:
    """Mean square of the effect that runs over ``axes``."""
    others = tuple(axis for axis in range(3) if axis not in axes)
    effect = (array - array.mean()).mean(axis=others, keepdims=True)
    for axis in axes:
        effect = effect - effect.mean(axis=axis, keepdims=True)
    freedom: int = math.prod(array.shape[axis] - 1 for axis in axes)
    repeats: int = math.prod(array.shape[axis] for axis in others)
    return float(np.square(effect).sum()) * repeats / freedom


def _pool(ms: Mapping[str, float], parts: Sequence[tuple[str, int]]) -> float:
    squares = sum(ms[name] * freedom for name, freedom in parts)
    return squares / sum(freedom for _, freedom in parts)
