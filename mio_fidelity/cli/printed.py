"""The reliability table for a terminal: plain text in aligned columns."""

import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from mio_fidelity import decimals
from mio_fidelity.analysis.results import Findings, Row
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.decimals import counted
from mio_fidelity.reliability.estimate import FLAGS, Estimate
from mio_fidelity.report.bands import BANDS, Scheme, band_of
from mio_fidelity.report.words import banner_of, design_in_words, icc_name, said_once

WIDTH = 132
_TITLE_WIDTH = 30
NONE = "-"


def printed(findings: Findings, table: ScoreTable, scheme: Scheme) -> list[str]:
    """The findings as lines.

    Args:
        findings: The figures.
        table: The scores they are of.
        scheme: The bands an ICC is judged by.
    """
    lines = [f"Reliability: {design_in_words(findings)}", *_wrapped(findings.design.why)]
    lines += _wrapped(banner_of(table))
    for key, title in table.dimensions:
        rows = [row for row in findings.rows if row.dimension == key]
        lines += ["", title, *_table(rows, findings, scheme)]
    lines += ["", *_wrapped(_key(findings, scheme)), *_remarks(findings, table), *_left_out(findings)]
    return lines


def coefficient(value: float) -> str:
    """Two decimals without the leading zero: .83, -.06, 1.00; a dash where there is none."""
    return NONE if math.isnan(value) else decimals.coefficient(value)


def _interval(estimate: Estimate) -> str:
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return NONE
    return f"[{coefficient(estimate.low)}, {coefficient(estimate.high)}]"


def _with_n(estimate: Estimate | None, as_share: bool = False) -> list[str]:
    if estimate is None or not estimate.defined:
        return [NONE, str(estimate.n_multiple) if estimate else NONE]
    value = f"{estimate.value:.0%}" if as_share else coefficient(estimate.value)
    return [value, str(estimate.n_multiple)]


def _table(rows: Sequence[Row], findings: Findings, scheme: Scheme) -> list[str]:
    coverage = f"{findings.options.confidence:.0%} CI"
    head = ["", "M", "SD", "n", icc_name(findings.design), coverage, "n", "band", "alpha", coverage, "n"]
    head += ["AC2", "n", "exact", "n", "+-1", "n"]
    cells = [head, *(_cells(row, scheme) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    # Text to the left, numbers to the right.
    left = {0, head.index("band")}
    lines = [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    first_domain = next((at for at, row in enumerate(rows) if row.kind == "domain"), None)
    if first_domain:
        lines.insert(first_domain + 1, "")
    return lines


def _cells(row: Row, scheme: Scheme) -> list[str]:
    title = textwrap.shorten(row.title, _TITLE_WIDTH, placeholder="...")
    title = f"{row.number:2}  {title}" if row.kind == "scale" else f"    {title}"
    mean, sd = (NONE if math.isnan(each) else f"{each:.2f}" for each in (row.moments.mean, row.moments.sd))
    value, n = _with_n(row.icc)
    alpha, alpha_n = _with_n(row.alpha)
    return [
        title,
        mean,
        sd,
        str(row.moments.n),
        value,
        _interval(row.icc),
        n,
        band_of(row.icc, scheme),
        alpha,
        _interval(row.alpha),
        alpha_n,
        *_with_n(row.ac2),
        *_with_n(row.exact, as_share=True),
        *_with_n(row.within_1, as_share=True),
    ]


def _key(findings: Findings, scheme: Scheme) -> str:
    options = findings.options
    return (
        "M, SD: of the sessions' mean scores. n behind M, SD: sessions; behind a coefficient: sessions with "
        "two or more codings. alpha: Krippendorff, ordinal (interval for domain scores). AC2: Gwet, "
        f"quadratic weights. exact, +-1: share of equal scores and of scores within one point. Bands: "
        f"{BANDS[scheme].title}, {BANDS[scheme].in_words}. Resampling: {options.replicates} replicates, seed "
        f"{options.seed}."
    )


def _remarks(findings: Findings, table: ScoreTable) -> Iterator[str]:
    titles = dict(table.dimensions)
    found: dict[str, list[str]] = {}
    for row in findings.rows:
        for remark in [*(said_once(row, each) for each in row.remarks), *_flags(row)]:
            what = f"{row.title}, {titles[row.dimension].lower()}"
            if what not in found.setdefault(remark, []):
                found[remark].append(what)
    if found or findings.remarks:
        yield ""
        yield "Remarks"
    for remark in findings.remarks:
        yield from textwrap.wrap(remark, WIDTH, initial_indent="  ", subsequent_indent="    ")
    for remark, rows in found.items():
        everywhere = len(rows) == len(findings.rows) and len(rows) > 1
        text = f"{'All rows' if everywhere else '; '.join(rows)}: {remark}"
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _flags(row: Row) -> list[str]:
    """What the headline says of itself, unless a remark of the row says the same."""
    if not row.icc.defined:
        return []
    said = {_bare(said_once(row, remark)) for remark in row.remarks}
    # The dash in the table already says that there is no interval.
    words = [FLAGS[flag] for flag in row.icc.flags if flag != "no_interval"]
    return [each for each in words if _bare(each) not in said]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold())


def _left_out(findings: Findings) -> Iterator[str]:
    yield ""
    if findings.single:
        yield f"Coded by one coder only: {counted(len(findings.single), 'session')}."
    why = Counter(each[2] for each in findings.left_out)
    if not why:
        yield "Left out: no rating."
    for reason, n in why.most_common():
        yield f"Left out: {n} {'rating' if n == 1 else 'ratings'}, {reason}."


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)
