"""The sheets about coders: pairs, and who rates how."""

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mio_fidelity.analysis.findings import Findings
from mio_fidelity.analysis.pairs import Pair
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    HEAD_LEFT,
    PLAIN,
    SHARE,
    SMALL,
    SUBTITLE,
    TITLE,
    WHOLE,
    WHY,
    As,
    Look,
    Sheet,
    number,
    with_limits,
)
from mio_fidelity.report.words import banner_of, dimension_titles

PAIRS, WHO = "Coder pairs", "Who rates how"
_CENTER = Look(align="center")
# Differences are shaded from -1 to 1 point: blue gives lower scores, orange higher.
_LOW, _NONE, _HIGH = "7FB0CF", "FFFFFF", "F0B37E"


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
