"""What to keep in mind about a row, in plain sentences."""

from collections.abc import Sequence

import numpy as np

from mio_fidelity.analysis.table import Floats
from mio_fidelity.reliability.estimate import Estimate

# A scale on which this share of the double-coded pairs sits on one point says little about differences.
RESTRICTED_SHARE = 0.6
HIGH_AGREEMENT = 0.75
LOW_ICC = 0.6


def remarks_on(
    scores: Floats, points: Sequence[int], icc: Estimate, exact: Estimate | None, title: str
) -> tuple[str, ...]:
    """Remarks on one scale or domain score.

    Args:
        scores: Shape (sessions, coders), NaN where there is no score.
        points: The declared points; empty for domain scores.
        icc: The headline.
        exact: Share of exact agreement; None for domain scores.
        title: The scale's title.
    """
    found = []
    if not icc.defined:
        found.append(f"{title}: {icc.remark}")
    if points and exact is not None and exact.defined:
        restricted = _restricted(scores, icc, exact)
        if restricted:
            found.append(f"{title}: {restricted}")
    if icc.defined and "coder_variance_zero" in icc.flags:
        found.append(f"{title}: coder variance 0 (boundary); the interval is without it.")
    return tuple(found)


def _restricted(scores: Floats, icc: Estimate, exact: Estimate) -> str:
    """Most pairs on one point: agreement is high and the ICC means little."""
    double = scores[(~np.isnan(scores)).sum(axis=1) > 1]
    if not len(double):
        return ""
    same = np.nanmin(double, axis=1) == np.nanmax(double, axis=1)
    points, counts = np.unique(np.nanmin(double, axis=1)[same], return_counts=True)
    if not len(points) or counts.max() < RESTRICTED_SHARE * len(double):
        return ""
    if icc.defined and not (icc.value < LOW_ICC and exact.value >= HIGH_AGREEMENT):
        return ""
    point = f"{points[counts.argmax()]:g}"
    return (
        f"range restricted ({counts.max()} of {len(double)} double-coded sessions are all {point}); "
        "agreement is high whatever the ICC says. Read exact and within-1 agreement beside it."
    )
