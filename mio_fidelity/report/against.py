"""The cells of a coder against the master codes: the layout of Hogue et al. (2021), table 2, and the bias."""

import math
from dataclasses import replace

from mio_fidelity.analysis.against import Against
from mio_fidelity.report.cells import (
    COEFFICIENT,
    NUMBER,
    SHARE,
    TWO,
    WHOLE,
    WHY,
    As,
    Look,
    number,
    with_limits,
)

HEADS = (
    "Sessions",
    "ICC(A,1)",
    "Kappa",
    "Sensitivity",
    "Specificity",
    "Master M",
    "Master SD",
    "Coder M",
    "Coder SD",
    "Bias",
    "Low",
    "High",
    "t",
    "df",
    "p",
    "Exact",
    "Within 1",
)
WIDTHS = (9, 10, 10, 12, 12, 9, 9, 9, 9, 9, 9, 9, 11, 6, 8, 8, 9)
SIGNED = "+0.00;-0.00;0.00"
# Where the bias and its limits stand among the heads, from 0.
BIAS_AT = HEADS.index("Bias")
EXPLAINED = (
    "Bias is coder minus master, in points: positive gives higher scores; its interval is that of the "
    "paired t test. Kappa, sensitivity and specificity say whether the coder found what the master found at "
    "all, whatever the point; they are given where the lowest point says that it was not there. The ICC is "
    "ICC(A,1): two-way, absolute agreement, single rating."
)


def figure_cells(one: Against, look: Look = NUMBER) -> list[As]:
    """A row under `HEADS`.

    Args:
        one: The figures.
        look: Of the numbers.
    """
    nothing = "" if one.n else "no scores"
    spread = "one score" if one.n == 1 else nothing
    seen = math.nan if one.kappa is None else one.kappa.value
    unseen = "not asked" if one.kappa is None else "all alike" if one.n > 1 else spread
    no_t = "no spread" if one.n > 1 else spread
    cells = [
        number(one.n, WHOLE),
        number(one.icc.value, COEFFICIENT, "all equal" if one.n > 1 else spread),
        number(seen, COEFFICIENT, unseen),
        number(one.sensitivity, SHARE, "never there" if one.kappa and one.n else ""),
        number(one.specificity, SHARE, "always there" if one.kappa and one.n else ""),
        number(one.master_mean, TWO, nothing),
        number(one.master_sd, TWO, spread),
        number(one.coder_mean, TWO, nothing),
        number(one.coder_sd, TWO, spread),
        *with_limits(one.bias, SIGNED),
        number(one.t, TWO, no_t),
        number(one.df, WHOLE),
        number(one.p, ".000;-.000;.000"),
        number(one.exact, SHARE, nothing),
        number(one.within_1, SHARE, nothing),
    ]
    return [As(cell.value, replace(cell.look, bold=look.bold, top=look.top)) for cell in cells]


def blank(n: int, look: Look) -> list[As]:
    """Cells without a figure, in the look of their row."""
    return [As(None, replace(WHY, top=look.top))] * n
