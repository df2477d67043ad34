"""Counselors' self-ratings against the coders' scores of the same sessions: compared, never pooled."""

from collections.abc import Sequence

import numpy as np

from mio_fidelity.analysis.counselor_results import OwnRow
from mio_fidelity.analysis.counselor_scores import Scored
from mio_fidelity.analysis.counselor_statistics import moments, pearson
from mio_fidelity.reliability.agreement import bland_altman
from mio_fidelity.reliability.icc import icc_complete


def own_rows(found: Scored, at: Sequence[int], confidence: float) -> tuple[OwnRow, ...]:
    """Per domain and dimension, self-rating minus coders.

    Args:
        found: The scores.
        at: Positions of the sessions to compare.
        confidence: Coverage of the intervals, which treat sessions as independent.

    Returns:
        A row for each slot; none when no such session has a self-rating.
    """
    positions = list(at)
    if np.isnan(found.own[:, positions]).all():
        return ()
    rows = []
    for nth, (domain, dimension) in enumerate(found.slots):
        own, coders = found.own[nth, positions], found.scores[nth, positions]
        both = ~np.isnan(own) & ~np.isnan(coders)
        own, coders = own[both], coders[both]
        gaps = bland_altman(own, coders, confidence=confidence)
        rows.append(
            OwnRow(
                domain,
                dimension,
                int(both.sum()),
                moments(own).mean,
                moments(coders).mean,
                gaps.bias,
                gaps.low,
                gaps.high,
                pearson(own, coders, confidence),
                icc_complete(np.stack([own, coders], axis=1), confidence)["ICC(2,1)"],
            )
        )
    return tuple(rows)
