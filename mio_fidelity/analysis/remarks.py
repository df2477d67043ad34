"""What to keep in mind about a row or the whole design, in plain sentences."""

from collections.abc import Sequence

import numpy as np

from mio_fidelity.analysis.results import Design
from mio_fidelity.analysis.table import Floats
from mio_fidelity.reliability.estimate import Estimate

# A scale on which all coders give this share of the double-coded sessions one point tells little apart.
RESTRICTED_SHARE = 0.6
# Of fewer sessions this says nothing.
FEWEST = 10
# Koo & Li (2016), J Chiropr Med 15, 155.
ENOUGH_SESSIONS, ENOUGH_CODERS = 30, 3


def remarks_on(scores: Floats, points: Sequence[int], icc: Estimate, title: str) -> tuple[str, ...]:
    """Remarks on one scale or domain score.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.
        points: The declared points; empty for domain scores.
        icc: The headline.
        title: The scale's title.
    """
    found = []
    if not icc.defined:
        found.append(f"{title}: {icc.remark}")
    restricted = _restricted(scores) if points else ""
    if restricted:
        found.append(f"{title}: {restricted}")
    if icc.defined and "coder_variance_zero" in icc.flags:
        found.append(f"{title}: coder variance 0 (boundary); the interval is without it.")
    return tuple(found)


def _restricted(scores: Floats) -> str:
    """Most sessions on one point: agreement is high and the ICC hangs on the few others."""
    double = scores[(~np.isnan(scores)).sum(axis=1) > 1]
    if len(double) < FEWEST:
        return ""
    lowest = np.nanmin(double, axis=1)
    points, counts = np.unique(lowest[lowest == np.nanmax(double, axis=1)], return_counts=True)
    if not len(points) or counts.max() < RESTRICTED_SHARE * len(double):
        return ""
    point = f"{points[counts.argmax()]:g}"
    return (
        f"range restricted ({counts.max()} of {len(double)} double-coded sessions are all {point}); "
        "agreement is high whatever the ICC says. Read exact and within-1 agreement beside it."
    )


def remarks_on_design(design: Design) -> tuple[str, ...]:
    """Remarks on the whole design: how much it can carry."""
    counts, found = design.counts, []
    if 0 < counts.n_multiple < ENOUGH_SESSIONS:
        found.append(
            f"{counts.n_multiple} double-coded sessions; with fewer than {ENOUGH_SESSIONS} the intervals are "
            "wide."
        )
    if 0 < counts.n_coders < ENOUGH_CODERS:
        found.append("Fewer than three coders: how much coders differ is hardly known.")
    if len(design.groups) > 1 and counts.n_multiple:
        groups = "; ".join(", ".join(group) for group in design.groups)
        found.append(
            f"The coders fall into groups that never share a session ({groups}): two-way ICC and severity "
            "cannot compare them."
        )
    return tuple(found)
