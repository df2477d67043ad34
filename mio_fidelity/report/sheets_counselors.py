"""The sheet about the fidelity of counselors, with a chart of their means."""

import math
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from mio_fidelity.analysis.counselor_listings import band_words
from mio_fidelity.analysis.counselor_results import CounselorLine, CounselorReport, Figure, OwnRow, Slot
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    NOTE,
    PLAIN,
    SHARE,
    SMALL,
    SUBTITLE,
    TITLE,
    TWO,
    WHOLE,
    WRAPPED,
    As,
    Sheet,
    number,
    with_limits,
)

COUNSELORS = "Counselor fidelity"
# A bar of each domain has a look of its own on paper without colours too: lightness grows.
_FILLS = ("1F3B4D", "5F8CA8", "A9C4D6", "D9E4EC")
_SIGNED = "+0.00;-0.00;0.00"
_CHART_ROWS = 18


def write_counselors(book: Workbook, report: CounselorReport) -> None:
    """Counselors with means, trends and the criterion; the arms; self-ratings; then every session."""
    slots = report.slots
    widths = (14, 16, 14, 10, 10, *[13] * max(9, 3 * len(slots)))
    sheet = Sheet(book, COUNSELORS, widths, freeze="B6", footer=report.instrument.banner)
    sheet.add("Fidelity of the counselors", look=TITLE)
    sheet.across(str(report.rule), NOTE, 12)
    sheet.across(
        "Domain scores follow the missing rule of the instrument. M and SD are over the sessions that have "
        "the score; how many these are stands under Trend over the sessions. Master codes, training, drift "
        "checks, re-codes and self-ratings never count.",
        NOTE,
        12,
    )
    sheet.across(" ".join([_criterion(report), *map(str, report.remarks)]), NOTE, 12)
    sheet.skip()
    _counselors(sheet, report)
    _arms(sheet, report)
    _own(sheet, report)
    _trends(sheet, report)
    _sessions(sheet, report)
    sheet.finish()


def _criterion(report: CounselorReport) -> str:
    if not report.bands:
        return "The study has not chosen a criterion; the program has none of its own."
    asked = "; ".join(band_words(report, band) for band in report.bands)
    return (
        f"The study's own criterion: {asked}. Shares have Wilson's 95 % interval, which takes sessions for "
        "independent. A session that lacks a score counts only if another fails it; else it cannot be told."
    )


def _counselors(sheet: Sheet, report: CounselorReport) -> None:
    slots = report.slots
    titles = [report.title(slot) for slot in slots]
    sheet.add(
        *("Counselor", "Sites", "Arms", "Clients", "Sessions"),
        *[f"{title}: M" for title in titles],
        *("Meet criterion", "Judged", "Share", "Low", "High", "Cannot be told", "Self-ratings"),
        look=HEAD,
    )
    first = sheet.at + 1
    for line in report.counselors:
        sheet.add(*_counselor(line, slots))
    if not report.counselors:
        sheet.add("The study has no counselors.")
    else:
        sheet.skip()
        _chart(sheet, report, first, first + len(report.counselors) - 1)
    sheet.skip()


def _counselor(line: CounselorLine, slots: tuple[Slot, ...]) -> list[As]:
    figure = line.share.figure
    judged = figure.n > 0
    return [
        As(line.code, PLAIN),
        As(", ".join(line.sites), WRAPPED),
        As(", ".join(line.arms), WRAPPED),
        number(len(line.clients), WHOLE),
        number(len(line.sessions), WHOLE),
        *(number(line.moments[slot].mean, TWO, "no scores") for slot in slots),
        number(line.share.met if judged else math.nan, WHOLE, "none judged"),
        number(figure.n, WHOLE),
        *(number(value, SHARE) for value in (figure.value, figure.low, figure.high)),
        number(line.share.unjudged, WHOLE),
        number(line.own_sessions, WHOLE),
    ]


def _chart(sheet: Sheet, report: CounselorReport, first: int, last: int) -> None:
    """Means of the first dimension, a bar for each domain; beside it those of the others."""
    at = 0
    for nth, (key, dimension) in enumerate(report.instrument.dimensions.items()):
        columns = [6 + place for place, slot in enumerate(report.slots) if slot[1] == key]
        if not columns:
            continue
        chart = _bars(sheet.ws, f"{dimension.title}: means of the counselors", columns, first, last)
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = dimension.points[0], dimension.points[-1]
        sheet.ws.add_chart(chart, f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[min(6 * nth, 24)]}{sheet.at + 1}")
        at = max(at, _CHART_ROWS)
    sheet.skip(at)


def _bars(ws: Any, title: str, columns: list[int], first: int, last: int) -> Any:
    chart: Any = BarChart()
    chart.type, chart.style = "col", 10
    chart.title, chart.width, chart.height = title, 15.0, 8.5
    chart.legend.position = "b"
    chart.visible_cells_only = False
    for nth, column in enumerate(columns):
        values = Reference(ws, min_col=column, min_row=first - 1, max_row=last)
        chart.add_data(values, titles_from_data=True)
        chart.series[nth].graphicalProperties = GraphicalProperties(solidFill=_FILLS[nth % len(_FILLS)])
    chart.set_categories(Reference(ws, min_col=1, min_row=first, max_row=last))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.y_axis.number_format = "0"
    chart.y_axis.majorUnit = 1
    # Axes vanish unless this is said.
    chart.x_axis.delete = chart.y_axis.delete = False
    return chart


def _arms(sheet: Sheet, report: CounselorReport) -> None:
    first, second = report.compared or ("", "")
    sheet.add(f"{first} against {second}" if first else "Arms", look=SUBTITLE)
    sheet.across(
        "M and SD are over sessions. The difference is that of the means of the counselor means: each "
        "counselor counts once. Its interval is Welch's t over counselors.",
        NOTE,
        12,
    )
    heads = ["Domain and dimension", ""]
    for arm in report.arms:
        heads += [f"{arm}: M", f"{arm}: SD", f"{arm}: sessions", f"{arm}: counselors"]
    sheet.add(*heads, "Difference", "Low", "High", "Remark", look=HEAD)
    for row in report.arm_rows:
        cells = [As(report.title((row.domain, row.dimension)), PLAIN), As(None, PLAIN)]
        for arm in report.arms:
            level = row.by_arm[arm]
            moments = level.moments
            cells += [number(moments.mean, TWO, "no scores"), number(moments.sd, TWO)]
            cells += [number(moments.n, WHOLE), number(len(level.counselors), WHOLE)]
        sheet.add(*cells, *_figure(row.difference))
    sheet.skip()


def _figure(figure: Figure) -> list[As]:
    numbers = [number(value, _SIGNED) for value in (figure.value, figure.low, figure.high)]
    return [*numbers, As(str(figure.why), SMALL)]


def _own(sheet: Sheet, report: CounselorReport) -> None:
    sheet.add("Self-ratings against coders", look=SUBTITLE)
    found = [("all", row) for row in report.own]
    found += [(line.code, row) for line in report.counselors for row in line.own]
    if not found:
        sheet.add("No coded session has a self-rating.")
        sheet.skip()
        return
    sheet.across(
        "Self-rating minus coders, in points; above zero the counselor rates higher. Limits of agreement are "
        "those of Bland and Altman, r is Pearson's, the ICC is ICC(A,1). All treat sessions as independent.",
        NOTE,
        12,
    )
    heads = ("Counselor", "Domain and dimension", "", "Sessions", "Self: M", "Coders: M", "Difference")
    further = (
        "Low",
        "High",
        "Lower limit",
        "Upper limit",
        "r",
        "r low",
        "r high",
        "ICC",
        "ICC low",
        "ICC high",
    )
    sheet.add(*heads, *further, look=HEAD)
    for code, row in found:
        sheet.add(As(code, PLAIN), *_own_row(report, row))
    sheet.skip()


def _own_row(report: CounselorReport, row: OwnRow) -> list[As]:
    differences = (row.bias.value, row.bias.low, row.bias.high, row.low.value, row.high.value)
    return [
        As(report.title((row.domain, row.dimension)), PLAIN),
        As(None, PLAIN),
        number(row.n, WHOLE),
        number(row.own_mean, TWO, "none"),
        number(row.coder_mean, TWO, "none"),
        *(number(value, _SIGNED) for value in differences),
        *with_limits(row.correlation, COEFFICIENT),
        *with_limits(row.icc, COEFFICIENT),
    ]


def _trends(sheet: Sheet, report: CounselorReport) -> None:
    sheet.add("Trend over the sessions", look=SUBTITLE)
    sheet.across(
        "Points per session within clients (each client has a level of its own), with a t interval; n are "
        "the sessions of clients that have two or more.",
        NOTE,
        12,
    )
    heads = ("Counselor", "Domain and dimension", "", "M", "SD", "Sessions", "Slope", "Low", "High", "n")
    sheet.add(*heads, "Remark", look=HEAD)
    for line in report.counselors:
        for slot in report.slots:
            moments, trend = line.moments[slot], line.trends[slot]
            slope, low, high, why = _figure(trend)
            sheet.add(
                As(line.code, PLAIN),
                As(report.title(slot), PLAIN),
                As(None, PLAIN),
                number(moments.mean, TWO, "no scores"),
                number(moments.sd, TWO),
                number(moments.n, WHOLE),
                *(slope, low, high),
                number(trend.n, WHOLE),
                why,
            )
    sheet.skip()


def _sessions(sheet: Sheet, report: CounselorReport) -> None:
    sheet.add("Every session", look=SUBTITLE)
    heads = (
        "Counselor",
        "Client",
        "Session",
        "Arm",
        "Coders",
        *(report.title(slot) for slot in report.slots),
    )
    sheet.add(*heads, "Scores from", "Meets criterion", look=HEAD)
    words = {True: "yes", False: "no", None: ""}
    for line in report.counselors:
        for each in line.sessions:
            sheet.add(
                As(line.code, PLAIN),
                As(each.client, PLAIN),
                number(each.row.number or math.nan, WHOLE),
                As(each.row.arm, PLAIN),
                number(each.coders, WHOLE),
                *(number(each.scores[slot], TWO, "none") for slot in report.slots),
                As(each.source.value, SMALL),
                As(words[each.meets], PLAIN),
            )
