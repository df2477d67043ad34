"""What stands behind one row: who gave what, how often together, and how far apart. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.analysis.findings import Row
from mio_fidelity.analysis.table import Floats, ScoreTable
from mio_fidelity.reliability.generalizability import GStudy, g_study

MOST_LISTED = 200
DISTINCT = 1e-6


@dataclass(frozen=True)
class Together:
    """How often two coders gave which scores to the same session.

    Attributes:
        points: The scores there are, ascending.
        counts: Shape (points, points): first coder by second coder.
    """

    points: Floats
    counts: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Pairs of scores."""
        return int(self.counts.sum())

    @property
    def differences(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Mean of the two scores, first minus second, and how often, of what was given."""
        rows, columns = np.nonzero(self.counts)
        one, other = self.points[rows], self.points[columns]
        return (one + other) / 2, one - other, self.counts[rows, columns]

    @property
    def bias(self) -> float:
        """Mean difference, first minus second; NaN without a pair."""
        _, gaps, counts = self.differences
        return float(np.average(gaps, weights=counts)) if len(counts) else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation of the differences; NaN with fewer than two pairs."""
        _, gaps, counts = self.differences
        if self.n < 2:
            return float("nan")
        return float(np.sqrt((counts * np.square(gaps - self.bias)).sum() / (self.n - 1)))


@dataclass(frozen=True, slots=True)
class Apart:
    """A session whose coders disagree.

    Attributes:
        session: Its label.
        scores: Coder to score.
        spread: Highest minus lowest.
        at: Position of the column in the table; -1 for a domain score.
    """

    session: str
    scores: Mapping[str, float]
    spread: float
    at: int = -1


@dataclass(frozen=True)
class Behind:
    """Everything the detail of a row shows.

    Attributes:
        row: The row.
        coders: Codes of the coders.
        scores: Shape (sessions, coders).
        labels: Of the sessions.
        points: The declared points; for domain scores whole numbers over their range.
        order: Sessions whose coders disagree, the largest disagreement first.
        study: Variance components.
        curve: Number of coders to (absolute, relative) coefficient.
        needed: Coders that .80 takes: absolute, relative; None when it cannot be reached.
    """

    row: Row
    coders: tuple[str, ...]
    scores: Floats
    labels: tuple[str, ...]
    points: tuple[int, ...]
    order: NDArray[np.intp]
    study: GStudy
    curve: Mapping[int, tuple[float, float]]
    needed: tuple[int | None, int | None]

    def apart(self, nth: int) -> Apart:
        """The ``nth`` largest disagreement."""
        return _apart(self.scores[self.order[nth]], self.labels[self.order[nth]], self.coders, -1)

    def together(self, first: str = "", second: str = "") -> Together:
        """Of two coders, or of all pairs pooled, each with the coder first whose code comes first."""
        if first:
            pairs = [(self.coders.index(first), self.coders.index(second))]
        else:
            pairs = list(combinations(range(len(self.coders)), 2))
        return together(self.scores, pairs, self.points if self.row.kind == "scale" else ())

    def shared_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs of coders with a session in common."""
        given = ~np.isnan(self.scores)
        shared = given.T.astype(np.float32) @ given.astype(np.float32)
        return tuple(
            (self.coders[a], self.coders[b])
            for a, b in combinations(range(len(self.coders)), 2)
            if shared[a, b] > 0
        )


def behind(table: ScoreTable, row: Row, target: float = 0.8) -> Behind:
    """What stands behind ``row``. Pure: may run on any thread."""
    scores, points = row_scores(table, row)
    study = g_study(scores)
    needed = tuple(study.needed(target, absolute=absolute) for absolute in (True, False))
    most = min(20, max(6, *(2 + (each or 0) for each in needed)))
    curve = {
        n: (study.phi(r=n).value, study.erho2(r=n).value) for n in range(1, most + 1) if not study.reason
    }
    return Behind(
        row,
        table.coders,
        scores,
        tuple(session.label for session in table.sessions),
        points,
        _largest_first(_spread(scores)),
        study,
        curve,
        (needed[0], needed[1]),
    )


def row_scores(table: ScoreTable, row: Row) -> tuple[Floats, tuple[int, ...]]:
    """Scores of a row, shape (sessions, coders), and the points they can take."""
    at = table.of(row.dimension, row.key if row.kind == "domain" else None)
    points = tuple(sorted({point for each in at for point in table.columns[each].points}))
    if row.kind == "domain":
        return table.domain_scores(row.dimension, row.key), points
    column = next(each for each in at if table.columns[each].scale == row.key)
    return table.values[column], table.columns[column].points


def together(scores: Floats, pairs: list[tuple[int, int]], points: tuple[int, ...] = ()) -> Together:
    """Count the pairs of scores of these pairs of coders.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.
        pairs: Positions of coders.
        points: The declared points; empty for whatever scores there are.
    """
    given = ~np.isnan(scores)
    rounded = np.round(scores / DISTINCT) * DISTINCT
    steps = np.array(points, dtype=float) if points else np.unique(rounded[given])
    place = np.searchsorted(steps - DISTINCT / 2, np.where(given, rounded, -np.inf), side="right") - 1
    size = len(steps)
    counts = np.zeros(size * size, dtype=np.int64)
    for a, b in pairs:
        both = given[:, a] & given[:, b]
        if both.any():
            counts += np.bincount(place[both, a] * size + place[both, b], minlength=size * size)
    return Together(steps, counts.reshape(size, size))


def largest(table: ScoreTable, dimension: str) -> tuple[Apart, ...]:
    """The largest disagreements over all scales of a dimension."""
    at = table.of(dimension)
    spread = np.stack([_spread(table.values[each]) for each in at], axis=1)
    found = []
    for flat in _largest_first(spread.ravel())[:MOST_LISTED]:
        session, nth = divmod(int(flat), len(at))
        label = table.sessions[session].label
        found.append(_apart(table.values[at[nth], session], label, table.coders, at[nth]))
    return tuple(found)


def _apart(scores: Floats, label: str, coders: tuple[str, ...], at: int) -> Apart:
    given = {code: float(score) for code, score in zip(coders, scores, strict=True) if not np.isnan(score)}
    return Apart(label, given, max(given.values()) - min(given.values()), at)


def _spread(scores: Floats) -> Floats:
    """Highest minus lowest score of each session; 0 with fewer than two."""
    gap = np.isnan(scores)
    high = np.where(gap, -np.inf, scores).max(axis=1, initial=-np.inf)
    low = np.where(gap, np.inf, scores).min(axis=1, initial=np.inf)
    return np.where(np.isfinite(high), high - low, 0.0)


def _largest_first(spread: Floats) -> NDArray[np.intp]:
    """Positions with any disagreement, the largest first, else in order."""
    order = np.argsort(-spread, kind="stable")
    return order[spread[order] > 0]
