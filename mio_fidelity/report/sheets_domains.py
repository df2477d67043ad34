"""The sheets about domains: their scores, and how well their scales hang together."""

import math

from openpyxl import Workbook

from mio_fidelity.analysis.findings import Findings, Moments, session_means
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.media.progress import Progress
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    PLAIN,
    SHARE,
    SMALL,
    SUBTITLE,
    TITLE,
    TWO,
    WHOLE,
    As,
    Look,
    Sheet,
    number,
    with_limits,
)
from mio_fidelity.report.words import banner_of, dimension_titles, icc_name, remark_on, why_no_moments

SCORES, CONSISTENCY = "Domain scores", "Internal consistency"
_NO_DOMAINS = "The table knows no domains, so there are no domain scores."
_EVERY = 200


def write_domain_scores(book: Workbook, findings: Findings, table: ScoreTable, progress: Progress) -> None:
    """Means and reliability of the domain scores; then the score of each session."""
    arms = findings.arms
    widths = [26, 13, *[15] * (3 * len(arms) + 8), 40]
    sheet = Sheet(book, SCORES, widths, freeze="B4", footer=banner_of(table))
    sheet.add("Domain scores", look=TITLE)
    sheet.across(_rule(table), Look(italic=True))
    sheet.skip()
    if not table.domains:
        sheet.add(_NO_DOMAINS)
        sheet.finish()
        return
    heads = ["Domain", "Dimension", "n", "M", "SD"]
    for arm in arms:
        heads += [f"{arm}: M", f"{arm}: SD", f"{arm}: n"]
    heads += ["Double-coded", icc_name(findings.design), "Low", "High"]
    sheet.add(*heads, "Within 1", "Remarks", look=HEAD)
    titles = dimension_titles(table)
    for row in (each for each in findings.rows if each.kind == "domain"):
        cells = [As(row.title, PLAIN), As(titles[row.dimension], PLAIN), number(row.moments.n, WHOLE)]
        cells += _moments(row.moments)
        for arm in arms:
            moments = row.by_arm.get(arm, Moments(math.nan, math.nan, 0))
            cells += [*_moments(moments), number(moments.n, WHOLE)]
        cells += [number(row.icc.n_multiple, WHOLE), *with_limits(row.icc)]
        within = number(row.within_1.value, SHARE, "not computed")
        sheet.add(*cells, within, As(remark_on(row, row.icc), SMALL))
    sheet.skip()
    _per_session(sheet, table, progress)
    sheet.finish()


def _rule(table: ScoreTable) -> str:
    share = table.instrument.missing_share if table.instrument else 1.0
    return (
        "A domain score is the mean of the domain's rated scales for one coder and session; it is "
        "given when at "
        f"least {share:.0%} of the applicable scales are rated. M and SD are over sessions, of each "
        "session's mean "
        "over its coders."
    )


def _moments(moments: Moments) -> list[As]:
    return [number(moments.mean, TWO, "no scores"), number(moments.sd, TWO, why_no_moments(moments))]


def _per_session(sheet: Sheet, table: ScoreTable, progress: Progress) -> None:
    sheet.add("Domain scores of each session (mean over its coders)", look=SUBTITLE)
    slots = [(key, of) for key, _ in table.dimensions for of, _ in table.domains]
    titles, domains = dimension_titles(table), dict(table.domains)
    sheet.add("Session", "Arm", "Coders", *[f"{domains[of]}, {titles[key]}" for key, of in slots], look=HEAD)
    scores = [session_means(table.domain_scores(key, of)).tolist() for key, of in slots]
    coders = table.rated.sum(axis=1).tolist()
    for at, session in enumerate(table.sessions):
        cells = [As(session.label, PLAIN), As(session.arm, PLAIN), number(coders[at], WHOLE)]
        sheet.add(*cells, *(number(score[at], TWO, "none") for score in scores))
        if at % _EVERY == 0:
            progress.at(at / len(table.sessions))


def write_consistency(book: Workbook, findings: Findings, table: ScoreTable) -> None:
    """Cronbach's alpha and McDonald's omega of each domain."""
    widths = (30, 14, 8, 9, 9, 9, 9, 9, 40, 60)
    sheet = Sheet(book, CONSISTENCY, widths, freeze="C5", header=(4, 4), footer=banner_of(table))
    sheet.add("Internal consistency", look=TITLE)
    sheet.across(
        "How well the scales of a domain hang together, over the sessions' mean scores on each scale "
        "(sessions "
        "with all of the domain's scales). It says nothing about agreement between coders.",
        Look(italic=True),
    )
    sheet.skip()
    heads = (
        "Domain",
        "Dimension",
        "Scales",
        "Sessions",
        "Alpha",
        "Low",
        "High",
        "Omega",
        "Method",
        "Remarks",
    )
    sheet.add(*heads, look=HEAD)
    titles = dimension_titles(table)
    for each in findings.consistency:
        remarks = dict.fromkeys(
            f"{name}: {estimate.remark}"
            for name, estimate in (("Alpha", each.alpha), ("Omega", each.omega))
            if estimate.remark
        )
        omega = with_limits(each.omega, COEFFICIENT)[0]
        sheet.add(
            As(each.title, PLAIN),
            As(titles[each.dimension], PLAIN),
            number(each.scales, WHOLE),
            number(each.alpha.n_sessions, WHOLE),
            *with_limits(each.alpha),
            omega,
            As("; ".join(filter(None, (each.alpha.method, each.omega.method))), SMALL),
            As(" ".join(remarks), SMALL),
        )
    if not findings.consistency:
        sheet.add(_NO_DOMAINS)
    sheet.finish()
