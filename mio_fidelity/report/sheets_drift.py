"""The sheets about time: drift of each coder with charts, and stability of hidden re-codes."""

from dataclasses import replace
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from mio_fidelity.analysis.drift_results import CoderDrift, DriftReport, DriftSeries
from mio_fidelity.analysis.drift_results import Reference as Against
from mio_fidelity.analysis.drift_words import rule_in_words
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    HEAD_LEFT,
    NUMBER,
    SHARE,
    SMALL,
    SUBTITLE,
    TWO,
    WHOLE,
    WRAPPED,
    As,
    Sheet,
    number,
    with_limits,
)

DRIFT, STABILITY = "Drift", "Stability"
_SIGNED = "+0.00;-0.00;0.00"
_DAY = replace(NUMBER, format="yyyy-mm-dd")
_AGAINST = {Against.MASTER: "master codes", Against.PARTNERS: "partners"}
_GROUP = "all together"
_WIDTHS = (12, 22, 13, 13, 9, 12, 12, 11, 10, 10, 10, 10, 10, 10, 10, 64)
# Of a chart on the sheet, in centimetres and rows.
_WIDE, _HIGH, _CHART_ROWS = 26.0, 8.5, 18
# Lines of a chart that can be told apart without colour too.
_LINES: tuple[tuple[str, Any], ...] = (
    ("1F5F8B", "solid"),
    ("B8860B", "dash"),
    ("6B2F86", "sysDot"),
    ("2E6B3A", "dashDot"),
    ("8B1A1A", "lgDash"),
    ("4D4D4D", "lgDashDot"),
)
_POINT_HEADS = (
    *("Coder", "Domain or scale", "Dimension", "Against", "Nth", "Day", "Session", "Difference", "Scores"),
    *("Within 1", "EWMA", "Lower limit", "Upper limit", "CUSUM up", "CUSUM down", "Remark"),
)


def write_drift(book: Workbook, report: DriftReport) -> None:
    """A row for each chart, a native chart for each coder, and all sessions in a list."""
    sheet = Sheet(book, DRIFT, _WIDTHS, freeze="C1", footer=report.banner)
    sheet.heading(
        "Drift",
        "Differences from master codes and from partners over time, own minus reference, in points of the "
        "scale. A chart says how one coder's scores compare with those before; it is no ranking of people.",
        *rule_in_words(report.options),
        *report.remarks,
    )
    sheet.skip()
    titles = {topic.key: topic.title for topic in report.topics} | dict(report.dimensions)
    every = [*(one for coder in report.coders for one in coder.series), *report.group]
    _summary(sheet, every, titles)
    for words in report.apart:
        sheet.across(words, WRAPPED)
    _sessions(sheet, report, titles)
    sheet.finish()


def _summary(sheet: Sheet, every: list[DriftSeries], titles: dict[str, str]) -> None:
    heads = (
        *("Coder", "Domain or scale", "Dimension", "Against", "n", "From", "To", "Mean difference"),
        *("Within 1", "EWMA, last", "Lower limit", "Upper limit", "CUSUM up", "CUSUM down", "Sigma"),
    )
    sheet.add(*heads, As("What it says", HEAD_LEFT), look=HEAD)
    for one in every:
        if not one.points:
            continue
        first, last = one.points[0], one.points[-1]
        values = (last.ewma, last.lower, last.upper, last.cusum_up, last.cusum_down, one.limits.sigma)
        sheet.add(
            one.coder or _GROUP,
            titles[one.topic],
            titles[one.dimension],
            _AGAINST[one.reference],
            As(len(one.points), NUMBER),
            As(first.day, _DAY),
            As(last.day, _DAY),
            number(one.mean, _SIGNED),
            number(one.within_1, SHARE),
            *(number(value, TWO) for value in values),
            As(f"{one.words} {one.limits.words}", SMALL),
        )
    if not any(one.points for one in every):
        sheet.across("No session has been compared yet.", WRAPPED)
    sheet.skip()


def _sessions(sheet: Sheet, report: DriftReport, titles: dict[str, str]) -> None:
    """For each coder a chart, with the lines it is drawn from beside the list of sessions."""
    for coder in report.coders:
        shown = [one for one in coder.series if one.points]
        if not shown:
            continue
        sheet.add(coder.coder, look=SUBTITLE)
        for words in coder.words:
            sheet.across(words, WRAPPED)
        at = sheet.at + 1
        sheet.skip(_CHART_ROWS)
        sheet.add(*_POINT_HEADS[:-1], As(_POINT_HEADS[-1], HEAD_LEFT), look=HEAD)
        blocks = [(one, *_points(sheet, one, titles)) for one in shown]
        sheet.ws.add_chart(_chart(sheet.ws, coder, blocks, titles), f"A{at}")
        sheet.skip()


def _points(sheet: Sheet, one: DriftSeries, titles: dict[str, str]) -> tuple[int, int]:
    """The sessions of a chart; its first and last row."""
    first = sheet.at + 1
    for nth, point in enumerate(one.points, 1):
        remark = "sets limits" if point.sets_limits else "flagged" if point.flagged else ""
        sheet.add(
            one.coder,
            titles[one.topic],
            titles[one.dimension],
            _AGAINST[one.reference],
            As(nth, NUMBER),
            As(point.day, _DAY),
            As(point.session, NUMBER),
            number(point.difference, _SIGNED),
            As(point.n_scales, NUMBER),
            As(point.within_1, NUMBER),
            *(
                number(value, TWO)
                for value in (point.ewma, point.lower, point.upper, point.cusum_up, point.cusum_down)
            ),
            remark,
        )
    return first, sheet.at


def _chart(
    ws: Any, coder: CoderDrift, blocks: list[tuple[DriftSeries, int, int]], titles: dict[str, str]
) -> Any:
    """The moving averages of a coder, one line for each chart; limits are in the list."""
    chart: Any = LineChart()
    chart.title = f"{coder.coder}: moving average of differences"
    chart.width, chart.height, chart.style = _WIDE, _HIGH, 2
    chart.visible_cells_only = False
    column = _POINT_HEADS.index("EWMA") + 1
    for nth, (one, first, last) in enumerate(blocks):
        name = f"{titles[one.topic]}, {titles[one.dimension].lower()}, {_AGAINST[one.reference]}"
        series = Series(Reference(ws, min_col=column, min_row=first, max_row=last), title=name)
        color, dash = _LINES[nth % len(_LINES)]
        series.graphicalProperties = GraphicalProperties(
            ln=LineProperties(solidFill=color, prstDash=dash, w=15875)
        )
        series.smooth, series.marker.symbol = False, "none"
        chart.series.append(series)
    chart.y_axis.number_format, chart.y_axis.title = "+0.0;-0.0;0", "points"
    chart.x_axis.title, chart.x_axis.tickLblPos = "session, in order of submission", "low"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    # Axes vanish unless this is said.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    return chart


def write_stability(book: Workbook, report: DriftReport) -> None:
    """Hidden re-codes of each coder, and how severe and how thorough each is."""
    sheet = Sheet(book, STABILITY, (12, 14, 12, 12, 11, 14, 11, 11, 11, 44), footer=report.banner)
    sheet.heading(
        "Stability",
        "Hidden re-codes: the same coder rated the same session again without being told. Change is second "
        "less first, in points.",
    )
    sheet.skip()
    heads = ("Coder", "Dimension", "Sessions", "Scores", "Within 1", "Mean change", "ICC(A,1)", "low", "high")
    sheet.add(*heads, As("Remark", HEAD_LEFT), look=HEAD)
    titles = dict(report.dimensions)
    for coder in report.coders:
        for each in coder.stability:
            sheet.add(
                coder.coder,
                titles[each.dimension],
                As(each.n_sessions, NUMBER),
                As(each.n_scores, NUMBER),
                number(each.within_1, SHARE, "none"),
                number(each.change, _SIGNED, "none"),
                *with_limits(each.icc, COEFFICIENT),
                As(each.icc.remark, SMALL),
            )
    sheet.skip()
    _context(sheet, report, titles)
    sheet.finish()


def _context(sheet: Sheet, report: DriftReport, titles: dict[str, str]) -> None:
    sheet.add("How each works", look=SUBTITLE)
    sheet.across(
        "Severity in logits of the rating scale model: positive gives lower scores. Coverage and minutes are "
        "medians of the newest sessions; they are context, not a measure of quality.",
        WRAPPED,
    )
    heads = ("Coder", "Dimension", "Severity", "low", "high", "Coverage", "n", "Minutes", "n")
    sheet.add(*heads, As("Remark", HEAD_LEFT), look=HEAD)
    for coder in report.coders:
        context = coder.context
        for key, severity in coder.leniency.items():
            sheet.add(
                coder.coder,
                titles[key],
                *with_limits(severity, _SIGNED),
                number(context.coverage, SHARE, "not known"),
                As(context.coverage_n, NUMBER),
                number(context.minutes, WHOLE, "not known"),
                As(context.minutes_n, NUMBER),
                As(severity.remark, SMALL),
            )
