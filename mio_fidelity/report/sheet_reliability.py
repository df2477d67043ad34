"""The sheet with every coefficient of every scale and domain score, and the chart of the intervals."""

from collections.abc import Iterator
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mio_fidelity.analysis.findings import Findings, Row
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.report.bands import BANDS, Scheme, band_of
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    PLAIN,
    SHARE,
    SMALL,
    WHOLE,
    As,
    Look,
    Sheet,
    number,
    with_limits,
)
from mio_fidelity.report.charts import interval_chart
from mio_fidelity.report.words import (
    banner_of,
    design_in_words,
    dimension_titles,
    domain_titles,
    icc_name,
    remark_on,
)

NAME = "Reliability"
_HEADS = (
    "Domain",
    "Scale or domain score",
    "Dimension",
    "Coefficient",
    "Value",
    "Low",
    "High",
    "Band: {cicchetti}",
    "Band: {koo_li} (on the interval)",
    "Sessions",
    "Double-coded",
    "Ratings",
    "Coders",
    "Method",
    "Remarks",
)
_WIDTHS = (18, 27, 12, 25, 8, 8, 8, 12, 19, 9, 9, 8, 8, 34, 44)
_CHART_AT = len(_HEADS) + 2
# What a chart takes of columns of the usual width, and all of them of rows.
_CHART_COLUMNS, _CHART_ROWS = 10, 40
_CENTER = Look(align="center")


def write_reliability(book: Workbook, findings: Findings, table: ScoreTable, bands: Scheme) -> None:
    """One row a coefficient; to the right the intervals of the headline as charts."""
    widths = (*_WIDTHS, 3, 34, *[9] * 5)
    sheet = Sheet(book, NAME, widths, freeze="E6", header=(5, 5), footer=banner_of(table))
    sheet.add("Reliability in full", look=Look(bold=True, size=13))
    sheet.add(design_in_words(findings), look=Look(italic=True))
    sheet.add(
        "Charts of the intervals are to the right of the table. Bands are given for ICCs; the chosen "
        "scheme is "
        f"{BANDS[bands].title}.",
        look=Look(italic=True),
    )
    sheet.skip()
    titles = {scheme: each.title for scheme, each in BANDS.items()}
    left = [As(head.format(**titles), HEAD) for head in _HEADS]
    right = _chart_rows(findings, table)
    sheet.add(*left, None, *next(right))
    for cells in _estimate_rows(findings, table):
        sheet.add(*cells, None, *next(right, []))
    for rest in right:
        sheet.add(*[None] * (_CHART_AT - 1), *rest)
    sheet.ws.auto_filter.ref = f"A5:{get_column_letter(len(_HEADS))}{sheet.at}"
    last = _charts(sheet, findings, table)
    charts = f"{get_column_letter(_CHART_AT)}4:{get_column_letter(last)}{_CHART_ROWS}"
    sheet.finish(len(_HEADS), charts)


def estimates_of(row: Row, findings: Findings) -> Iterator[tuple[str, Estimate, str]]:
    """Name, estimate and number format of each coefficient of a row."""
    one_way = findings.design.form == "one_way"
    yield f"{icc_name(findings.design)}, headline", row.icc, COEFFICIENT
    yield "ICC(k), mean of coders" if one_way else "ICC(A,khat), mean of coders", row.average, COEFFICIENT
    yield "ICC(C,1), consistency", row.consistency, COEFFICIENT
    metric = "ordinal" if row.kind == "scale" else "interval"
    yield f"Krippendorff's alpha, {metric}", row.alpha, COEFFICIENT
    if row.ac2 is not None:
        yield "Gwet's AC2, quadratic", row.ac2, COEFFICIENT
    if row.exact is not None:
        yield "Exact agreement", row.exact, SHARE
    yield "Agreement within 1 point", row.within_1, SHARE
    for name, estimate in (row.applicability or {}).items():
        yield f"Applicability: {name}", estimate, SHARE if name == "agreement" else COEFFICIENT


def _estimate_rows(findings: Findings, table: ScoreTable) -> Iterator[list[As]]:
    domains, dimensions = domain_titles(table), dimension_titles(table)
    for row in findings.rows:
        for nth, (name, estimate, form) in enumerate(estimates_of(row, findings)):
            top = "thin" if not nth else ""
            icc = name.startswith("ICC")
            cells = [
                As(domains.get(row.domain, ""), PLAIN),
                As(row.title if row.kind == "scale" else f"{row.title} (domain score)", PLAIN),
                As(dimensions[row.dimension], PLAIN),
                As(name, Look(bold=not nth)),
                *with_limits(estimate, form),
                As(band_of(estimate, "cicchetti") if icc else "", _CENTER),
                As(band_of(estimate, "koo_li") if icc else "", _CENTER),
                *(
                    number(n, WHOLE)
                    for n in (estimate.n_sessions, estimate.n_multiple, estimate.n_ratings, estimate.n_coders)
                ),
                As(_method(estimate), SMALL),
                As(remark_on(row, estimate), SMALL),
            ]
            yield [As(cell.value, replace(cell.look, top=top)) for cell in cells]


def _method(estimate: Estimate) -> str:
    said = estimate.method
    if estimate.replicates:
        said += f"; {estimate.replicates} replicates, seed {estimate.seed}"
    if estimate.undefined_replicates:
        said += f"; {estimate.undefined_replicates} replicates undefined and left out"
    return said


def _headlines(findings: Findings, table: ScoreTable) -> list[tuple[str, list[Row]]]:
    """Title of each dimension, and its scales."""
    return [
        (title, [row for row in findings.rows if (row.kind, row.dimension) == ("scale", key)])
        for key, title in table.dimensions
    ]


def _chart_rows(findings: Findings, table: ScoreTable) -> Iterator[list[As]]:
    """The numbers behind the charts: a heading, then the scales of a dimension, then the next."""
    for title, rows in _headlines(findings, table):
        heads = (f"{title}: {icc_name(findings.design)}", "Value", "Low", "High", "Down", "Up")
        yield [As(head, HEAD) for head in heads]
        for row in rows:
            icc = row.icc
            yield [
                As(f"{row.number}. {row.title}" if row.number else row.title, PLAIN),
                *with_limits(icc),
                number(icc.value - icc.low),
                number(icc.high - icc.value),
            ]


def _charts(sheet: Sheet, findings: Findings, table: ScoreTable) -> int:
    """One chart a dimension, side by side, beside their numbers; the last column they reach."""
    first = 6
    for nth, (dimension, rows) in enumerate(_headlines(findings, table)):
        last = first + len(rows) - 1
        title = f"{dimension}: {icc_name(findings.design)}, {findings.options.confidence:.0%} interval"
        columns = (_CHART_AT, _CHART_AT + 1, _CHART_AT + 4, _CHART_AT + 5)
        chart = interval_chart(sheet.ws, title, first, last, columns)
        sheet.ws.add_chart(chart, f"{get_column_letter(_CHART_AT + 7 + _CHART_COLUMNS * nth)}5")
        first = last + 2
    return _CHART_AT + 7 + _CHART_COLUMNS * len(table.dimensions)
