"""How large an ICC is, in the words of two published schemes."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

from mio_fidelity.reliability.estimate import Estimate

Scheme = Literal["cicchetti", "koo_li"]


@dataclass(frozen=True, slots=True)
class Bands:
    """A scheme of bands.

    Attributes:
        title: How it is cited.
        limits: Where a band ends and the next begins, ascending.
        words: One word a band, from low to high.
        on_interval: Whether the interval is judged and not the value.
        in_words: The whole scheme in one sentence.
        source: Where it is from.
    """

    title: str
    limits: tuple[float, ...]
    words: tuple[str, ...]
    on_interval: bool
    in_words: str
    source: str


BANDS: dict[Scheme, Bands] = {
    "cicchetti": Bands(
        "Cicchetti 1994",
        (0.40, 0.60, 0.75),
        ("poor", "fair", "good", "excellent"),
        False,
        "judged on the value: under .40 poor, .40 to .59 fair, .60 to .74 good, .75 and over excellent",
        "Cicchetti, D. V. (1994). Guidelines, criteria, and rules of thumb for evaluating normed and "
        "standardized assessment instruments in psychology. Psychological Assessment, 6, 284-290.",
    ),
    "koo_li": Bands(
        "Koo & Li 2016",
        (0.50, 0.75, 0.90),
        ("poor", "moderate", "good", "excellent"),
        True,
        "judged on the interval: under .50 poor, .50 to .75 moderate, .75 to .90 good, over .90 excellent",
        "Koo, T. K., & Li, M. Y. (2016). A guideline of selecting and reporting intraclass correlation "
        "coefficients for reliability research. Journal of Chiropractic Medicine, 15, 155-163.",
    ),
}


def band_of(estimate: Estimate, scheme: Scheme) -> str:
    """The band of an ICC: one word, "moderate to good" for an interval over two, or why there is none."""
    bands = BANDS[scheme]
    if not estimate.defined:
        return "not computed"
    if not bands.on_interval:
        return bands.words[bisect_right(bands.limits, estimate.value)]
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return "no interval to judge"
    low = bands.words[bisect_right(bands.limits, estimate.low)]
    # The top band is "over" its limit, so a limit that is met belongs below.
    high = bands.words[bisect_left(bands.limits, estimate.high)]
    return low if low == high or estimate.low >= estimate.high else f"{low} to {high}"
