"""The sheets about coders: pairs, each against the master codes, who rates how."""

from dataclasses import replace

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mio_fidelity.analysis.findings import Findings, session_means
from mio_fidelity.analysis.pairs import Pair, pooled_icc
from mio_fidelity.analysis.table import Floats, ScoreTable
from mio_fidelity.reliability.agreement import bland_altman
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    HEAD_LEFT,
    PLAIN,
    SHARE,
    SMALL,
    SUBTITLE,
    TITLE,
    TWO,
    WHOLE,
    WHY,
    WRAPPED,
    As,
    Look,
    Sheet,
    number,
    with_limits,
)
from mio_fidelity.report.words import banner_of, dimension_titles

PAIRS, MASTER, WHO = "Coder pairs", "Coder against master", "Who rates how"
_CENTER = Look(align="center")
# Differences are shaded from -1 to 1 point: blue gives lower scores, orange higher.
_LOW, _NONE, _HIGH = "7FB0CF", "FFFFFF", "F0B37E"
_NO_MASTER = (
    "There are no master codes for these sessions. A master code is the score of an expert or of a "
    "consensus, "
    "given as a rating of its own for the same session; with master codes this sheet shows each "
    "coder's bias, "
    "exact agreement and agreement within one point."
)


def write_pairs(book: Workbook, findings: Findings, table: ScoreTable) -> None:
    """For each dimension a matrix of pairs, shaded; then all pairs in a list."""
    widths = (14, *[11] * max(12, len(table.coders)))
    sheet = Sheet(book, PAIRS, widths, freeze="B4", footer=banner_of(table))
    sheet.add("Pairs of coders", look=TITLE)
    sheet.across(
        "ICC(A,1) of two coders over all scales of a dimension: variance components of each scale, "
        "summed. Pairs "
        "with few shared sessions say little.",
        Look(italic=True),
        10,
    )
    sheet.skip()
    for key, title in table.dimensions:
        _matrix(sheet, title, table.coders, [pair for pair in findings.pairs if pair.dimension == key])
    sheet.add("All pairs", look=SUBTITLE)
    heads = (
        "First",
        "Second",
        "Dimension",
        "Shared sessions",
        "Scores compared",
        "ICC(A,1)",
        "Exact",
        "Within 1",
    )
    sheet.add(*heads, "First minus second", "Remark", look=HEAD)
    first = sheet.at + 1
    for pair in findings.pairs:
        sheet.add(*_pair(pair, dimension_titles(table)))
    if not findings.pairs:
        sheet.add("No two coders share a session.", look=WHY)
    else:
        _shade_bias(sheet, f"I{first}:I{sheet.at}")
    sheet.finish()


def _matrix(sheet: Sheet, title: str, coders: tuple[str, ...], pairs: list[Pair]) -> None:
    sheet.add(f"{title}: ICC(A,1)", look=SUBTITLE)
    sheet.add("", *coders, look=HEAD)
    found = {frozenset((pair.first, pair.second)): pair for pair in pairs}
    first = sheet.at + 1
    for one in coders:
        cells: list[As] = [As(one, HEAD_LEFT)]
        for other in coders:
            pair = found.get(frozenset((one, other)))
            if one == other:
                cells.append(As("", Look(fill="D9D9D9")))
            elif pair is None:
                cells.append(As("none shared", WHY))
            else:
                cells.append(number(pair.icc, COEFFICIENT, "not computed", _CENTER))
        sheet.add(*cells)
    area = f"B{first}:{get_column_letter(1 + len(coders))}{sheet.at}"
    sheet.shade(area, (0, 0.5, 1), (_HIGH, _NONE, _LOW))
    sheet.skip()


def _pair(pair: Pair, dimensions: dict[str, str]) -> list[As]:
    nothing = "" if pair.n_scores else "no shared scores"
    return [
        As(pair.first, PLAIN),
        As(pair.second, PLAIN),
        As(dimensions[pair.dimension], PLAIN),
        number(pair.n_sessions, WHOLE),
        number(pair.n_scores, WHOLE),
        number(pair.icc, COEFFICIENT, "not computed"),
        number(pair.exact, SHARE, nothing),
        number(pair.within_1, SHARE, nothing),
        number(pair.bias, "+0.00;-0.00;0.00", nothing),
        As(pair.why, WHY),
    ]


def _shade_bias(sheet: Sheet, area: str) -> None:
    sheet.shade(area, (-1, 0, 1), (_LOW, _NONE, _HIGH))


def write_master(book: Workbook, table: ScoreTable, master: ScoreTable | None) -> None:
    """Each coder against the master codes of the same sessions, over all scales and scale by scale."""
    widths = (12, 13, 34, 10, 10, 11, 11, 11, 11, 11, 9, 9, 12, 30)
    sheet = Sheet(book, MASTER, widths, freeze="D5", header=(4, 4), footer=banner_of(table))
    sheet.add("Coders against the master codes", look=TITLE)
    compared = list(_against(table, master)) if master else []
    if not compared:
        sheet.across(_NO_MASTER, WRAPPED)
        sheet.finish()
        return
    sheet.across(
        "Bias is coder minus master, in points: positive gives higher scores. Its interval is for "
        "one score a "
        "session, so it is given scale by scale. The ICC is ICC(A,1) of coder and master.",
        Look(italic=True),
    )
    sheet.skip()
    heads = ("Coder", "Dimension", "Scale", "Sessions", "Scores", "Mean of coder", "Mean of master", "Bias")
    sheet.add(*heads, "Low", "High", "Exact", "Within 1", "ICC(A,1)", "Remark", look=HEAD)
    first = sheet.at + 1
    for cells in compared:
        sheet.add(*cells)
    _shade_bias(sheet, f"H{first}:H{sheet.at}")
    sheet.finish()


def _against(table: ScoreTable, master: ScoreTable) -> list[list[As]]:
    """Rows of cells: a coder and dimension over all scales, then each scale."""
    place = {session.label: at for at, session in enumerate(master.sessions)}
    shared = [at for at, session in enumerate(table.sessions) if session.label in place]
    there = [place[table.sessions[at].label] for at in shared]
    where = {(column.scale, column.dimension): at for at, column in enumerate(master.columns)}
    rows = []
    for nth, coder in enumerate(table.coders):
        for key, title in table.dimensions:
            columns = [
                at for at in table.of(key) if (table.columns[at].scale, table.columns[at].dimension) in where
            ]
            own = table.values[columns][:, shared, nth]
            codes = np.stack(
                [session_means(master.values[where[table.columns[at].scale, key]])[there] for at in columns]
            ).reshape(own.shape)
            if (~np.isnan(own - codes)).any():
                rows.append(_compared(coder, title, "All scales", own, codes, True))
                for at, one, other in zip(columns, own, codes, strict=True):
                    rows.append(
                        _compared(coder, title, table.columns[at].title, one[None], other[None], False)
                    )
    return rows


def _compared(coder: str, dimension: str, scale: str, own: Floats, codes: Floats, overall: bool) -> list[As]:
    both = ~np.isnan(own - codes)
    x, y = own[both], codes[both]
    look = Look(bold=overall, top="thin" if overall else "")
    right = Look(bold=overall, align="right", top=look.top)
    bias = bland_altman(x, y).bias if len(x) and not overall else None
    limits = with_limits(bias, TWO)[1:] if bias else [As(None, look)] * 2
    icc, why = pooled_icc(own, codes) if len(x) else (float("nan"), "no scores")
    nan = float("nan")

    def mean_of(numbers: Floats) -> float:
        return float(numbers.mean()) if len(numbers) else nan

    return [
        As(coder, look),
        As(dimension, look),
        As(scale, look),
        number(int(both.any(axis=0).sum()), WHOLE, look=right),
        number(len(x), WHOLE, look=right),
        number(mean_of(x), TWO, "no scores", right),
        number(mean_of(y), TWO, "no scores", right),
        number(mean_of(x - y), "+0.00;-0.00;0.00", "no scores", right),
        *(As(cell.value, replace(cell.look, top=look.top)) for cell in limits),
        number(mean_of((x == y).astype(float)), SHARE, "no scores", right),
        number(mean_of((np.abs(x - y) <= 1).astype(float)), SHARE, "no scores", right),
        number(icc, COEFFICIENT, "not computed", right),
        As(why, replace(SMALL, top=look.top)),
    ]


def write_who(book: Workbook, findings: Findings, table: ScoreTable) -> None:
    """Each coder against the partners of the same sessions."""
    widths = (12, 14, 11, 11, 13, 11, 11, 9, 9, 60)
    sheet = Sheet(book, WHO, widths, freeze="C5", header=(4, 4), footer=banner_of(table))
    sheet.add("Who rates how", look=TITLE)
    sheet.across(
        "Difference from partners: mean of the coder's scores minus the partners' mean of the same "
        "session and "
        "scale, in points; positive gives higher scores. Severity: logits of a rating scale model "
        "(many-facet "
        "Rasch) by conditional maximum likelihood; positive is stricter.",
        Look(italic=True),
    )
    sheet.skip()
    heads = (
        "Coder",
        "Dimension",
        "Shared sessions",
        "Scores compared",
        "Difference from partners",
        "Within 1",
    )
    sheet.add(*heads, "Severity", "Low", "High", "Remarks", look=HEAD)
    titles = dimension_titles(table)
    first = sheet.at + 1
    for who in findings.who:
        nothing = "" if who.n_scores else "no partner"
        sheet.add(
            As(who.coder, PLAIN),
            As(titles[who.dimension], PLAIN),
            number(who.n_sessions, WHOLE),
            number(who.n_scores, WHOLE),
            number(who.bias, "+0.00;-0.00;0.00", nothing),
            number(who.within_1, SHARE, nothing),
            *with_limits(who.severity, "+0.00;-0.00;0.00"),
            As(who.severity.remark, SMALL),
        )
    if findings.who:
        _shade_bias(sheet, f"E{first}:E{sheet.at}")
    sheet.finish()
