"""From findings to the tables of the reliability page: which figures stand in which column."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from PySide6.QtCore import QCoreApplication

from mio_fidelity.analysis.findings import Consistency, Findings, Row
from mio_fidelity.analysis.pairs import Who
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui import figures
from mio_fidelity.gui.band_marks import judged
from mio_fidelity.gui.sheet import Cell, Column, Line, Sheet
from mio_fidelity.gui.workbench import said
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.report.bands import BANDS, Scheme

translate = QCoreApplication.translate


def sheet_of(tab: str, findings: Findings, table: ScoreTable, scheme: Scheme) -> Sheet:
    """The table of a tab: the key of a dimension, "*domains", "*consistency" or "*who"."""
    if tab == "*domains":
        return domain_sheet(findings, table, scheme)
    if tab == "*consistency":
        return consistency_sheet(findings, table)
    if tab == "*who":
        return who_sheet(findings, table)
    return scale_sheet(findings, table, tab, scheme)


def scale_sheet(findings: Findings, table: ScoreTable, dimension: str, scheme: Scheme) -> Sheet:
    """The scales in one dimension, grouped by domain."""
    rows = [row for row in findings.rows if row.kind == "scale" and row.dimension == dimension]
    titles, colors = dict(table.domains), domain_colors(table)
    lines: list[Line] = []
    for domain, group in groupby(rows, key=lambda row: row.domain):
        if domain:
            heading = Cell(titles[domain].upper())
            lines.append(Line((heading,), None, domain, colors.get(domain, "")))
        lines += [Line(_row_cells(row, findings, scheme), row) for row in group]
    return Sheet(
        _row_columns(findings, scheme, translate("Reliability", "Scale"), translate("Reliability", "α ord.")),
        tuple(lines),
        BANDS[scheme],
    )


def domain_sheet(findings: Findings, table: ScoreTable, scheme: Scheme) -> Sheet:
    """The domain scores, dimension by dimension."""
    lines: list[Line] = []
    for dimension, title in table.dimensions:
        rows = [row for row in findings.rows if row.kind == "domain" and row.dimension == dimension]
        if rows:
            lines.append(Line((Cell(title.upper()),)))
        lines += [Line(_row_cells(row, findings, scheme), row) for row in rows]
    return Sheet(
        _row_columns(
            findings, scheme, translate("Reliability", "Domain"), translate("Reliability", "α int.")
        ),
        tuple(lines),
        BANDS[scheme],
    )


def consistency_sheet(findings: Findings, table: ScoreTable) -> Sheet:
    """How well the scales of each domain hang together."""
    columns = (
        Column(translate("Reliability", "Domain"), 235, "name"),
        Column(translate("Reliability", "scales"), 70),
        Column("n", 60, said=translate("Reliability", "sessions")),
        Column("α", 70, "strong", translate("Reliability", "Cronbach's alpha")),
        Column(translate("Reliability", "95% CI"), 0, "interval"),
        Column("ω", 70, said=translate("Reliability", "McDonald's omega")),
    )
    lines: list[Line] = []
    for dimension, title in table.dimensions:
        found = [each for each in findings.consistency if each.dimension == dimension]
        if found:
            lines.append(Line((Cell(title.upper()),)))
        lines += [Line(_consistency_cells(each), each) for each in found]
    return Sheet(columns, tuple(lines))


def who_sheet(findings: Findings, table: ScoreTable) -> Sheet:
    """Each coder against the partners, in the order of the codes: nobody is ranked."""
    columns = (
        Column(translate("Reliability", "Coder"), 90, "name"),
        Column("n", 56, said=translate("Reliability", "shared sessions")),
        Column(translate("Reliability", "scores"), 64),
        Column(translate("Reliability", "difference"), 88, "strong"),
        Column("±1", 56, said=translate("Reliability", "within 1 point of the partners")),
        Column(translate("Reliability", "severity"), 76, said=translate("Reliability", "severity in logits")),
        Column(translate("Reliability", "95% CI"), 0, "interval"),
    )
    lines: list[Line] = []
    for dimension, title in table.dimensions:
        found = [who for who in findings.who if who.dimension == dimension]
        if found:
            lines.append(Line((Cell(title.upper()),)))
        lines += [Line(_who_cells(who, _reach(findings.who)), who) for who in sorted(found, key=_code)]
    return Sheet(columns, tuple(lines))


def _code(who: Who) -> str:
    return who.coder


def _reach(found: Sequence[Who]) -> tuple[float, float]:
    """Whole logits that hold the severities with their intervals, six at most."""
    ends = [abs(end) for who in found for end in (who.severity.low, who.severity.high)]
    far = math.ceil(max([1.0, *(min(end, 6.0) for end in ends if not math.isnan(end))]))
    return -float(far), float(far)


def domain_colors(table: ScoreTable) -> Mapping[str, str]:
    """Domain key to what the instrument gives as its colour."""
    return {domain.key: domain.color for domain in table.instrument.domains} if table.instrument else {}


def row_title(row: Row) -> str:
    """The row's number and title."""
    return f"{row.number}. {row.title}" if row.number else row.title


def icc_topic(findings: Findings) -> str:
    """The key of the headline coefficient."""
    return "icc_a1" if findings.design.form == "two_way" else "icc_1"


def _row_columns(findings: Findings, scheme: Scheme, name: str, alpha: str) -> tuple[Column, ...]:
    share = f"{100 * findings.options.confidence:g}"
    return (
        Column(name, 232, "name"),
        Column("n", 52, said=translate("Reliability", "double-coded sessions")),
        Column("M", 46, said=translate("Reliability", "mean")),
        Column("SD", 46, said=translate("Reliability", "standard deviation")),
        Column("ICC", 54, "strong"),
        Column(translate("Reliability", "{share}% CI").format(share=share), 0, "interval"),
        Column(alpha, 62, said=translate("Reliability", "Krippendorff's alpha")),
        Column("AC2", 54),
        Column(translate("Reliability", "exact"), 58, said=translate("Reliability", "exact agreement")),
        Column("±1", 54, said=translate("Reliability", "agreement within 1 point")),
        Column(translate("Reliability", "band"), 148 if BANDS[scheme].on_interval else 100, "band"),
    )


def _row_cells(row: Row, findings: Findings, scheme: Scheme) -> tuple[Cell, ...]:
    topic, title = icc_topic(findings), row_title(row)
    at, band = judged(row.icc, scheme)
    alpha = "alpha_ordinal" if row.kind == "scale" else "alpha_interval"
    n = translate("Reliability", "n: double-coded sessions")
    rated = translate("Reliability", "sessions: {n}").format(n=row.moments.n)
    return (
        Cell(title, "\n".join(map(said, row.remarks)), topic, row.icc),
        Cell(str(row.icc.n_multiple), f"{n}. {figures.basis(row.icc)}", "n", row.icc),
        Cell(figures.points(row.moments.mean), rated, "mean"),
        Cell(figures.points(row.moments.sd), rated, "sd"),
        estimate_cell(row.icc, topic),
        Cell(figures.limits(row.icc) or figures.NONE, _tip(row.icc), topic, row.icc, at),
        estimate_cell(row.alpha, alpha),
        _optional(row.ac2, "ac2"),
        _optional(row.exact, "exact", share=True),
        estimate_cell(row.within_1, "within_1", share=True),
        Cell(band, BANDS[scheme].title if at is not None else _tip(row.icc), "band", row.icc, at),
    )


def _optional(estimate: Estimate | None, topic: str, share: bool = False) -> Cell:
    if estimate is None:
        words = translate(
            "Reliability", "Not for domain scores, which are means and not points of the scale."
        )
        return Cell(figures.NONE, words, topic)
    return estimate_cell(estimate, topic, share)


def estimate_cell(estimate: Estimate, topic: str, share: bool = False) -> Cell:
    """An estimate as a number: without leading zero, or as a percentage."""
    text = figures.percent(estimate.value) if share else figures.coefficient(estimate.value)
    return Cell(text, _tip(estimate), topic, estimate)


def _tip(estimate: Estimate) -> str:
    """The reason, or interval, n and what to keep in mind."""
    if not estimate.defined:
        return figures.why_not(estimate)
    interval = figures.limits(estimate)
    parts: Sequence[str] = (interval, f"n = {estimate.n_multiple}", figures.remarks(estimate))
    return "\n".join(part for part in parts if part)


def _consistency_cells(each: Consistency) -> tuple[Cell, ...]:
    return (
        Cell(each.title, "", "cronbach", each.alpha),
        Cell(str(each.scales)),
        Cell(str(each.alpha.n_sessions), figures.basis(each.alpha), "n", each.alpha),
        estimate_cell(each.alpha, "cronbach"),
        Cell(figures.limits(each.alpha) or figures.NONE, _tip(each.alpha), "cronbach", each.alpha),
        estimate_cell(each.omega, "omega"),
    )


def _who_cells(who: Who, reach: tuple[float, float]) -> tuple[Cell, ...]:
    severity = who.severity
    words = translate("Reliability", "positive: gives higher scores than the partners")
    return (
        Cell(who.coder, "", "difference"),
        Cell(str(who.n_sessions), translate("Reliability", "sessions shared with somebody"), "n"),
        Cell(str(who.n_scores), translate("Reliability", "scores compared"), "n"),
        Cell(figures.signed(who.bias), words, "difference"),
        Cell(figures.percent(who.within_1), "", "within_1"),
        Cell(figures.signed(severity.value), _severity_tip(severity), "severity", severity),
        Cell(_signed_limits(severity), _severity_tip(severity), "severity", severity, None, reach),
    )


def _severity_tip(severity: Estimate) -> str:
    words = translate("Reliability", "positive: stricter than the others")
    return words if severity.defined else figures.why_not(severity)


def _signed_limits(estimate: Estimate) -> str:
    if math.isnan(estimate.low):
        return figures.NONE
    return f"[{figures.signed(estimate.low)}, {figures.signed(estimate.high)}]"
