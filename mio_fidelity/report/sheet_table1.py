"""The first sheet: the table for the paper, laid out as adherence and competence are reported."""

import math
import statistics
from dataclasses import replace

from openpyxl import Workbook

from mio_fidelity.analysis.findings import Findings, Moments, Row
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.decimals import coefficient
from mio_fidelity.report.cells import (
    COEFFICIENT,
    PLAIN,
    TWO,
    WHOLE,
    WHY,
    As,
    Look,
    Sheet,
    number,
    short_reason,
)
from mio_fidelity.report.words import (
    banner_of,
    design_in_words,
    icc_in_words,
    interval_in_words,
    said_once,
    why_no_moments,
)

NAME = "Table 1"
_MARKS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_GAP = 1.2
# Characters that fit over M and SD of an arm; points.
_ARM_WIDTH, _HEAD_HEIGHT = 12, 14.5
_CENTER = Look(align="center")
_HEAD = Look(align="center", wrap=True)


class _Notes:
    """Letters for remarks; the same remark has the same letter."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = {}

    def mark(self, row: Row, dimension: str) -> str:
        """The letters of a row, with the row noted under each."""
        marks = ""
        for remark in row.remarks:
            said = said_once(row, remark)
            self._rows.setdefault(said, []).append(f"{row.title} ({dimension.lower()})")
            marks += self._letter(list(self._rows).index(said))
        return marks

    def lines(self) -> list[str]:
        """The remarks with their letters."""
        return [
            f"{self._letter(at)} {'; '.join(rows)}: {said}"
            for at, (said, rows) in enumerate(self._rows.items())
        ]

    def _letter(self, at: int) -> str:
        turn, place = divmod(at, len(_MARKS))
        return _MARKS[place] * (turn + 1)


def write_table_1(book: Workbook, findings: Findings, table: ScoreTable) -> None:
    """Scales by domain; for each dimension M and SD by arm, n, ICC and its interval."""
    arms = findings.arms or ("",)
    block = [*[6.5, 6.5] * len(arms), 6, 6, 7, 7, 7]
    widths = [34.0]
    for _ in table.dimensions:
        widths += [_GAP, *block]
    sheet = Sheet(book, NAME, widths, freeze="B7", header=(4, 6), footer=banner_of(table))
    titles = [title for _, title in table.dimensions]
    sheet.add(NAME, look=Look(bold=True, size=12))
    sheet.across(_title(titles, findings), Look(italic=True, size=12))
    sheet.across(banner_of(table), Look(bold=True, color="9C3D00"))
    _head(sheet, table, findings, arms)
    notes = _Notes()
    for line in _lines(table):
        _line(sheet, findings, table, arms, notes, *line)
    sheet.add(*[As(None, Look(top="medium"))] * len(widths), height=4)
    for note in _notes(findings, table, notes):
        sheet.across(note, Look(size=9))
    sheet.finish()


def _title(dimensions: list[str], findings: Findings) -> str:
    rated = " and ".join([", ".join(dimensions[:-1]), dimensions[-1]] if len(dimensions) > 1 else dimensions)
    by = f" by arm ({', '.join(findings.arms)})" if findings.arms else ""
    return f"{rated} ratings: means, standard deviations{by} and inter-rater reliability"


def _arm(arm: str, table: ScoreTable) -> str:
    if not arm:
        return "All sessions"
    return f"{arm} ({sum(session.arm == arm for session in table.sessions)})"


def _head(sheet: Sheet, table: ScoreTable, findings: Findings, arms: tuple[str, ...]) -> None:
    """Three rows: dimension; arm and coefficient; M and SD, limits."""
    dimensions = [title for _, title in table.dimensions]
    rule, last = "thin", "medium"
    first: list[As | None] = [As(None, replace(_HEAD, top=last))]
    second: list[As | None] = [As(None, _HEAD)]
    third: list[As | None] = [As("Scale", replace(_HEAD, align="left", bottom=last))]
    interval = f"{findings.options.confidence:.0%} CI"
    for title in dimensions:
        width = 2 * len(arms) + 5
        first += [As(None, replace(_HEAD, top=last))]
        first += [As(title if not at else None, replace(_HEAD, bold=True, top=last)) for at in range(width)]
        second += [None]
        for arm in arms:
            second += [As(_arm(arm, table), replace(_HEAD, top=rule)), As(None, replace(_HEAD, top=rule))]
        second += [As(text, replace(_HEAD, top=rule)) for text in ("", "", "", interval)]
        second += [As(None, replace(_HEAD, top=rule))]
        third += [As(None, replace(_HEAD, bottom=last))]
        for _ in arms:
            third += [As(text, replace(_HEAD, italic=True, top=rule, bottom=last)) for text in ("M", "SD")]
        third += [As(text, replace(_HEAD, italic=text[0] == "n", bottom=last)) for text in ("n", "n₂", "ICC")]
        third += [As(text, replace(_HEAD, top=rule, bottom=last)) for text in ("low", "high")]
    arm_lines = max(math.ceil(len(_arm(arm, table)) / _ARM_WIDTH) for arm in arms)
    heights = (_HEAD_HEIGHT, _HEAD_HEIGHT * arm_lines, _HEAD_HEIGHT)
    rows = [
        sheet.add(*row, height=height) for row, height in zip((first, second, third), heights, strict=True)
    ]
    start = 3
    for _ in dimensions:
        sheet.merge(rows[0], start, start + 2 * len(arms) + 4)
        for nth in range(len(arms)):
            sheet.merge(rows[1], start + 2 * nth, start + 2 * nth + 1)
        sheet.merge(rows[1], start + 2 * len(arms) + 3, start + 2 * len(arms) + 4)
        start += 2 * len(arms) + 6


def _lines(table: ScoreTable) -> list[tuple[str, str, str]]:
    """(kind, key, title) of the rows: each domain, followed by its scales."""
    lines = []
    seen: set[tuple[str, str]] = set()
    for column in table.columns:
        for kind, key, title in (
            ("domain", column.domain, column.domain_title),
            ("scale", column.scale, f"{column.number}. {column.title}" if column.number else column.title),
        ):
            if key and (kind, key) not in seen:
                seen.add((kind, key))
                lines.append((kind, key, title))
    return lines


def _line(
    sheet: Sheet,
    findings: Findings,
    table: ScoreTable,
    arms: tuple[str, ...],
    notes: _Notes,
    kind: str,
    key: str,
    title: str,
) -> None:
    look = Look(bold=True, top="hair") if kind == "domain" else PLAIN
    cells: list[As | None] = [As(title, replace(look, indent=0 if kind == "domain" else 1))]
    merges: list[tuple[int, int]] = []
    rows = {row.dimension: row for row in findings.rows if (row.kind, row.key) == (kind, key)}
    for dimension, dimension_title in table.dimensions:
        cells.append(As(None, look))
        row = rows.get(dimension)
        if row is None:
            cells += [As("not rated", replace(WHY, top=look.top))]
            cells += [As(None, look)] * (2 * len(arms) + 4)
            continue
        for arm in arms:
            cells += _moments(
                row.by_arm.get(arm, Moments(math.nan, math.nan, 0)) if arm else row.moments, look
            )
        center = replace(look, align="center")
        cells += [number(row.moments.n, WHOLE, look=center), number(row.icc.n_multiple, WHOLE, look=center)]
        mark = notes.mark(row, dimension_title)
        if not row.icc.defined:
            merges.append((len(cells) + 1, 2))
        elif math.isnan(row.icc.low):
            merges.append((len(cells) + 2, 1))
        cells += _icc(row, mark, look)
    at = sheet.add(*cells)
    for first, more in merges:
        sheet.merge(at, first, first + more)


def _moments(moments: Moments, look: Look) -> list[As]:
    why = why_no_moments(moments)
    return [
        number(moments.mean, TWO, "no scores", replace(look, align="center")),
        number(moments.sd, TWO, why, replace(look, align="center")),
    ]


def _icc(row: Row, mark: str, look: Look) -> list[As]:
    """Value, low, high; the marks are part of the number's format, so that it stays a number."""
    look = replace(look, align="center")
    why = replace(WHY, wrap=False, align="center", top=look.top)
    if not row.icc.defined:
        return [As(f"{short_reason(row.icc)}{mark}", why), As(None, look), As(None, look)]
    marked = ";".join(f'{part}"{mark}"' for part in COEFFICIENT.split(";")) if mark else COEFFICIENT
    value = number(row.icc.value, marked, look=look)
    if math.isnan(row.icc.low):
        return [value, As("no interval", why), As(None, look)]
    return [value, number(row.icc.low, look=look), number(row.icc.high, look=look)]


def _notes(findings: Findings, table: ScoreTable, notes: _Notes) -> list[str]:
    lines = [
        f"Note. {design_in_words(findings)} {icc_in_words(findings)} {interval_in_words(findings)}. M "
        "and SD are "
        "over sessions, of each session's mean over its coders; the number of sessions of an arm is "
        "in brackets. n = sessions with a score; n₂ = sessions scored "
        "by two or more coders, which is what the ICC's agreement rests on."
    ]
    if table.domains:
        lines.append(
            "Rows in bold are domain scores: the mean of the domain's scales for each coder and session."
        )
    unknown = sum(not session.arm for session in table.sessions)
    if findings.arms and unknown:
        lines.append(f"Sessions that belong to no arm: {unknown}; they count in n and in the ICC only.")
    lines += [line for line in map(_range, *zip(*_values(findings, table), strict=True)) if line]
    return [*lines, *findings.remarks, *notes.lines()]


def _values(findings: Findings, table: ScoreTable) -> list[tuple[str, list[float]]]:
    return [
        (
            title,
            [
                row.icc.value
                for row in findings.rows
                if row.kind == "scale" and row.dimension == key and row.icc.defined
            ],
        )
        for key, title in table.dimensions
    ]


def _range(title: str, values: list[float]) -> str:
    if len(values) < 2:
        return ""
    return (
        f"{title}: median ICC of {len(values)} scales {coefficient(statistics.median(values))} "
        f"({coefficient(min(values))} to {coefficient(max(values))})."
    )
