"""How a coder works, in words and few numbers: context of a chart, no measure of quality."""

import html
import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from mio_fidelity.analysis.drift_results import CoderDrift, DriftReport
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.workbench import said
from mio_fidelity.reliability.estimate import Estimate

translate = QCoreApplication.translate


def context_html(report: DriftReport, coder: CoderDrift | None, rows: Sequence[RecalibrationRow]) -> str:
    """The panel beside a chart; of the whole group only what is flagged."""
    if coder is None:
        parts = [
            (translate("Drift", "What the charts say"), [said(series.words) for series in report.group]),
        ]
    else:
        parts = [
            (translate("Drift", "What the charts say"), [said(words) for words in coder.words]),
            (translate("Drift", "Hidden re-codes"), _stability(report, coder)),
            (translate("Drift", "Severity"), _leniency(report, coder)),
            (translate("Drift", "Listening and pace"), _pace(coder)),
            (translate("Drift", "Recalibrations"), [recalibration_words(row) for row in rows]),
        ]
    parts.append((translate("Drift", "Keep in mind"), [said(remark) for remark in report.remarks]))
    return "".join(_part(title, lines) for title, lines in parts if lines)


def _part(title: str, lines: Sequence[str]) -> str:
    now = theme.tokens()
    body = "".join(f"<p style='margin:0 0 3px 0'>{html.escape(line)}</p>" for line in lines)
    return f"<p style='color:{now.muted.name()}; margin:10px 0 2px 0'>{html.escape(title)}</p>{body}"


def _stability(report: DriftReport, coder: CoderDrift) -> list[str]:
    titles = dict(report.dimensions)
    words = translate(
        "Drift",
        "{dimension}: {share} of scores (n = {n}) within 1 point of the first time, in sessions: {sessions}; "
        "{icc}.",
    )
    found = [
        words.format(
            dimension=titles.get(each.dimension, each.dimension),
            share=figures.percent(each.within_1),
            n=each.n_scores,
            sessions=each.n_sessions,
            icc=_estimate("ICC", each.icc),
        )
        for each in coder.stability
        if each.n_scores
    ]
    return found or [translate("Drift", "No session has been coded a second time without telling.")]


def _leniency(report: DriftReport, coder: CoderDrift) -> list[str]:
    titles = dict(report.dimensions)
    words = translate("Drift", "{dimension}: {severity} logits; + is stricter, 0 the mean of all coders.")
    return [
        words.format(dimension=titles.get(key, key), severity=_logits(found))
        for key, found in coder.leniency.items()
        if found.defined
    ] or [translate("Drift", "Cannot be told from the sessions shared so far.")]


def _logits(found: Estimate) -> str:
    limits = "" if math.isnan(found.low) else f" [{figures.signed(found.low)}, {figures.signed(found.high)}]"
    return f"{figures.signed(found.value)}{limits}"


def _estimate(name: str, found: Estimate) -> str:
    if not found.defined:
        return f"{name} {figures.NONE}"
    return f"{name} {figures.coefficient(found.value)} {figures.limits(found)}".strip()


def _pace(coder: CoderDrift) -> list[str]:
    found = []
    context = coder.context
    if context.coverage_n:
        words = translate("Drift", "{share} of a recording heard (median, n = {n}).")
        found.append(words.format(share=figures.percent(context.coverage), n=f"{context.coverage_n:,}"))
    if context.minutes_n:
        words = translate("Drift", "Minutes a session: {minutes} (median, n = {n}).")
        found.append(words.format(minutes=f"{context.minutes:.0f}", n=f"{context.minutes_n:,}"))
    if context.over_a_day:
        words = translate("Drift", "Left out, for they took longer than a day, with breaks: {n}.")
        found.append(words.format(n=f"{context.over_a_day:,}"))
    words = translate("Drift", "Sessions shared with partners: {double}; with master codes: {master}.")
    found.append(words.format(double=f"{coder.n_double:,}", master=f"{coder.n_master:,}"))
    return found


def recalibration_words(row: RecalibrationRow) -> str:
    """How far a recalibration is, in a sentence."""
    day = row.drawn_at.astimezone()
    when = QLocale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy")
    if row.outcome is None:
        words = translate("Drift", "{day}: {n} of {all} master sessions rated.")
        return words.format(day=when, n=row.submitted, all=row.given)
    return translate("Drift", "{day}: {outcome}").format(day=when, outcome=said(row.outcome.words))
