"""The sheet of certification: the rule, every verdict with its numbers, and the scales behind it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from openpyxl import Workbook

from mio_fidelity.analysis.judgement import Judgement
from mio_fidelity.coding.certification import Certificate
from mio_fidelity.report.against import EXPLAINED, HEADS, WIDTHS, figure_cells
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    NOTE,
    SHARE,
    SMALL,
    SUBTITLE,
    WHOLE,
    WRAPPED,
    As,
    Look,
    Sheet,
    number,
    short_reason,
    with_limits,
)
from mio_fidelity.report.charts import share_chart

CERTIFICATION = "Certification"
_WIDTHS = (14, 17, 34, *WIDTHS, 3)
_ACROSS = 14
_NOTHING = (
    "Nobody has been held to the rule yet: there are neither verdicts nor ratings for training. Give master "
    "sessions to trainees on the page Training."
)
_HEADS = (
    "Coder",
    "Date",
    "Verdict",
    "By",
    "Sessions",
    "Asked for",
    "Compared",
    "Within",
    "Share",
    "Asked for",
)
_NOW = "as of now"


def write_certification(
    book: Workbook,
    standings: Sequence[Judgement],
    verdicts: Sequence[tuple[Certificate, Judgement]],
    footer: str = "",
) -> None:
    """Every verdict, and where those without one stand; below, what each rests on.

    Args:
        book: A write-only workbook.
        standings: Everybody held to the rule as it is now, see `analysis.certification.judge_all`.
        verdicts: What was stored, see `analysis.certification.verdicts`.
        footer: What to print on each page, left.
    """
    sheet = Sheet(book, CERTIFICATION, _WIDTHS, freeze="B2", footer=footer)
    judged = {judgement.person_id for _, judgement in verdicts}
    waiting = [one for one in standings if one.person_id not in judged and one.sessions]
    shown = [*verdicts, *((None, one) for one in waiting)]
    sheet.heading("Certification")
    if not shown:
        sheet.across(_NOTHING, WRAPPED, _ACROSS)
        sheet.finish()
        return
    sheet.across(
        "A verdict is kept with the rule of its day and with all it was judged on, and is never rewritten; a "
        "coder's latest counts. Without a date: held to the rule as it is now, nothing stored.",
        NOTE,
        _ACROSS,
    )
    sheet.skip()
    _overview(sheet, shown)
    for certificate, judgement in shown:
        sheet.skip()
        _one(sheet, certificate, judgement)
    sheet.finish()


def _overview(sheet: Sheet, shown: Sequence[tuple[Certificate | None, Judgement]]) -> None:
    """One row a verdict, and a chart of the shares within the points the rule names."""
    titles = tuple(dict.fromkeys(part.title for _, one in shown for part in one.dimensions))
    iccs = [text for title in titles for text in (f"ICC, {title}", "Low", "High")]
    sheet.add(*_HEADS, *iccs, look=HEAD, height=42)
    first = sheet.at + 1
    for certificate, one in shown:
        cells = [
            As(one.coder, Look(bold=True)),
            As(_day(certificate), Look()),
            As(_verdict(certificate, one), Look(bold=True, wrap=True)),
            As(certificate.by if certificate else None, Look()),
            number(_found(one, "sessions"), WHOLE),
            number(one.rule.sessions, WHOLE),
            number(one.tally.compared, WHOLE),
            number(one.tally.within, WHOLE),
            number(one.tally.share, "0.0%", "no scores"),
            number(one.rule.share, SHARE),
        ]
        parts = {part.title: part.icc for part in one.dimensions}
        for title in titles:
            cells += with_limits(parts[title]) if title in parts else [As(None, Look())] * 3
        sheet.add(*cells)
    last = sheet.at
    sheet.skip()
    title = "Share of ratings near the master codes"
    sheet.ws.add_chart(share_chart(sheet.ws, title, first, last, (1, 9)), f"C{sheet.at + 1}")
    # As high as the chart: 15 points are about half a centimetre.
    sheet.skip(math.ceil((3.0 + 0.75 * (last - first + 1)) / 0.5))


def _one(sheet: Sheet, certificate: Certificate | None, one: Judgement) -> None:
    """What a verdict rests on: the rule, each thing asked, what to keep in mind, every scale."""
    sheet.add(f"{one.coder}, {_day(certificate)}: {_verdict(certificate, one)}", look=SUBTITLE)
    sheet.across(f"{one.instrument}; program {one.versions.get('program', '')}", NOTE, _ACROSS)
    for words in one.words:
        sheet.across(f"Rule: {words}", WRAPPED, _ACROSS)
    for criterion in one.criteria:
        shown = "Shown" if criterion.met else "Not shown"
        sheet.across(f"{shown}: {criterion.why}", Look(bold=not criterion.met, wrap=True), _ACROSS)
    for remark in one.remarks:
        sheet.across(f"Note: {remark}", WRAPPED, _ACROSS)
    for left in one.not_counted:
        sheet.across(f"Not counted: {left.label} ({left.blind_code}), {left.why}", WRAPPED, _ACROSS)
    labels = ", ".join(f"{session.label} ({session.blind_code})" for session in one.sessions)
    sheet.across(f"Sessions: {labels or 'none'}", WRAPPED, _ACROSS)
    if not one.sessions:
        return
    sheet.across(EXPLAINED, NOTE, _ACROSS)
    sheet.add("Part", "Dimension", "Scale", *HEADS, look=HEAD)
    for row in one.scales:
        sheet.add(
            As("Scale", SMALL),
            As(row.dimension_title, Look()),
            As(f"{row.number}. {row.title}", Look()),
            *figure_cells(row.figures),
        )
    for kind, parts in (("Dimension", one.dimensions), ("Domain", one.domains)):
        for nth, part in enumerate(parts):
            look = Look(bold=True, top="" if nth else "thin")
            right = replace(look, align="right")
            sheet.add(
                As(kind, SMALL),
                As(part.title if kind == "Dimension" else "all", look),
                As("All scales" if kind == "Dimension" else part.title, look),
                As(None, look),
                number(part.icc.value, COEFFICIENT, short_reason(part.icc), right),
                *[As(None, look)] * (len(HEADS) - 3),
                number(part.share, SHARE, "no scores", right),
            )


def _found(one: Judgement, key: str) -> float:
    return next(criterion.value for criterion in one.criteria if criterion.key == key)


def _verdict(certificate: Certificate | None, one: Judgement) -> str:
    passed = certificate.passed if certificate else one.passed
    if certificate is None:
        return "meets the rule, not certified" if passed else "does not meet the rule yet"
    return "passed" if passed else "not passed"


def _day(certificate: Certificate | None) -> str:
    return _local(certificate.made_at) if certificate else _NOW


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
