"""Whose a change is: the coder's own or a partner's; of all coders or of some."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mio_fidelity.analysis.drift_limits import Baseline, Rows, expected
from mio_fidelity.analysis.drift_watch import Charted

# A change holds against a partner when at least this share of it is seen there.
HALF = 0.5
# Sessions with master codes that can speak against what partners say.
LEAST_MASTER = 3


@dataclass(frozen=True)
class Share:
    """The change since a flag began, against one partner or master codes (-1), or of one coder.

    Attributes:
        who: Number of the partner, or of the coder.
        n: Sessions.
        change: Mean difference less what was expected, in points; NaN without a session.
        holds: Whether it goes the same way and at least half as far.
    """

    who: int
    n: int
    change: float
    holds: bool


def shares(rows: Rows, base: Baseline, chart: Charted, began: int, last: int) -> tuple[Share, ...]:
    """How the change from session ``began`` to ``last`` of a chart looks against each of ``rows``' partners.

    Args:
        rows: Against partners, or against master codes.
        base: As `baseline` gives it for ``rows``.
        chart: The chart that was flagged, of either kind.
        began: Position of the first session.
        last: Position of the last one.
    """
    here = slice(began, last + 1)
    ratings = chart.rating[here][chart.watched[here]]
    change = float(np.mean(chart.off[here][chart.watched[here]]))
    mine = (rows.coder == chart.coder) & ~np.isnan(rows.gap) & ~rows.learnt
    mine &= (rows.rating >= ratings.min()) & (rows.rating <= ratings.max())
    at = np.flatnonzero(mine)
    off = rows.gap[at] - expected(rows, base)[at]
    found = []
    for who in np.unique(rows.partner[at]).tolist():
        some = off[rows.partner[at] == who]
        found.append(Share(who, len(some), float(some.mean()), _goes_along(float(some.mean()), change)))
    return tuple(found)


def by_coder(rows: Rows, base: Baseline, chart: Charted, began: int, last: int) -> tuple[Share, ...]:
    """How the change of all coders together looks in each of them.

    Args:
        rows: Against master codes.
        base: As `baseline` gives it for ``rows``.
        chart: That of all coders together, which was flagged.
        began: Position of the first session.
        last: Position of the last one.
    """
    here = slice(began, last + 1)
    ratings, change = chart.rating[here], float(np.mean(chart.off[here]))
    those = ~np.isnan(rows.gap) & ~rows.learnt & ~base.sets
    those &= (rows.rating >= ratings.min()) & (rows.rating <= ratings.max())
    at = np.flatnonzero(those)
    off = rows.gap[at] - expected(rows, base)[at]
    found = []
    for who in np.unique(rows.coder[at]).tolist():
        some = off[rows.coder[at] == who]
        found.append(Share(who, len(some), float(some.mean()), _goes_along(float(some.mean()), change)))
    return tuple(found)


def is_shared(found: Sequence[Share]) -> bool:
    """Whether a change of all coders together is seen in two of them or more, and in more than half."""
    hold = sum(each.holds for each in found)
    return hold >= 2 and 2 * hold > len(found)


def is_own(found: Sequence[Share], master: Share | None) -> bool:
    """Whether a change against partners is the coder's own, and not that of one partner.

    It is when master codes say the same; else it must hold against at least two partners, without the one
    who shows it most, and master codes must not say otherwise.
    """
    if master is not None and master.n >= 2 and master.holds:
        return True
    if master is not None and master.n >= LEAST_MASTER:
        return False
    if sum(each.holds for each in found) < 2:
        return False
    total = sum(each.n * each.change for each in found)
    most = max(found, key=lambda each: each.n * each.change * np.sign(total))
    every = sum(each.n for each in found)
    rest = every - most.n
    return rest >= 2 and _goes_along((total - most.n * most.change) / rest, total / every)


def _goes_along(part: float, whole: float) -> bool:
    return part * whole > 0 and abs(part) >= HALF * abs(whole)
