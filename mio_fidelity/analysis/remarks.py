"""What to keep in mind about a row or the whole design, in plain sentences."""

from collections.abc import Sequence

import numpy as np

from mio_fidelity.analysis.results import Design
from mio_fidelity.analysis.table import Floats
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import REASONS, Estimate

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
    found: list[str] = []
    if icc.reason is not None:
        found.append(_why_not(icc.reason, icc.detail))
    restricted = _restricted(scores) if points else ""
    if restricted:
        found.append(restricted)
    if icc.defined and "coder_variance_zero" in icc.flags:
        found.append(Sentence("coder variance 0 (boundary); the interval is without it."))
    if icc.defined and "coder_variance_negative" in icc.flags:
        found.append(Sentence("coder variance 0 (boundary): its estimate is not above 0."))
    return tuple(Sentence("{scale}: {what}", scale=title, what=what) for what in found)


def _why_not(reason: str, detail: str) -> Sentence:
    why = Sentence(REASONS[reason])
    return Sentence("{why} {detail}", why=why, detail=detail) if detail else why


def _restricted(scores: Floats) -> str:
    """Most sessions on one point: agreement is high and the ICC hangs on the few others."""
    double = scores[(~np.isnan(scores)).sum(axis=1) > 1]
    if len(double) < FEWEST:
        return ""
    lowest = np.nanmin(double, axis=1)
    points, counts = np.unique(lowest[lowest == np.nanmax(double, axis=1)], return_counts=True)
    if not len(points) or counts.max() < RESTRICTED_SHARE * len(double):
        return ""
    return Sentence(
        "range restricted ({n} of {all} double-coded sessions are all {point}); "
        "agreement is high whatever the ICC says. Read exact and within-1 agreement beside it.",
        n=int(counts.max()),
        all=len(double),
        point=f"{points[counts.argmax()]:g}",
    )


def remarks_on_design(design: Design) -> tuple[str, ...]:
    """Remarks on the whole design: how much it can carry."""
    counts = design.counts
    found: list[str] = []
    if 0 < counts.n_multiple < ENOUGH_SESSIONS:
        found.append(
            Sentence(
                "Double-coded sessions: {n}; with fewer than {enough} the intervals are wide.",
                n=counts.n_multiple,
                enough=ENOUGH_SESSIONS,
            )
        )
    if 0 < counts.n_coders < ENOUGH_CODERS:
        found.append(Sentence("Fewer than three coders: how much coders differ is hardly known."))
    if len(design.groups) > 1 and counts.n_multiple:
        groups = "; ".join(", ".join(group) for group in design.groups)
        found.append(
            Sentence(
                "The coders fall into groups that never share a session ({groups}): two-way ICC and severity "
                "cannot compare them.",
                groups=groups,
            )
        )
    return tuple(found)
