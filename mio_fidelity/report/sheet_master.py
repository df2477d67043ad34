"""The sheet of every coder against the master codes of the same sessions."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mio_fidelity.analysis.against import absent_points, against, agreement_over_scales
from mio_fidelity.analysis.findings import session_means
from mio_fidelity.analysis.table import Floats, ScoreTable
from mio_fidelity.report.against import BIAS_AT, EXPLAINED, HEADS, SIGNED, WIDTHS, blank, figure_cells
from mio_fidelity.report.cells import (
    COEFFICIENT,
    HEAD,
    SHARE,
    SMALL,
    TITLE,
    TWO,
    WHOLE,
    WRAPPED,
    As,
    Look,
    Sheet,
    number,
    short_reason,
)
from mio_fidelity.report.charts import share_chart
from mio_fidelity.report.words import banner_of

MASTER = "Coder against master"
# Differences are shaded from -1 to 1 point: blue gives lower scores, orange higher.
_SHADES = ("7FB0CF", "FFFFFF", "F0B37E")
_NO_MASTER = (
    "There are no master codes for these sessions. A master code is the score of an expert or of a "
    "consensus, given as a rating of its own for the same session; with master codes this sheet shows each "
    "coder's bias, exact agreement and agreement within one point."
)
_FIRST = 4  # columns before the figures
_WITHIN_AT = _FIRST + len(HEADS)


@dataclass(frozen=True, slots=True)
class _Coder:
    """A coder's scores of one dimension beside the master codes; shape (scales, sessions) each."""

    code: str
    dimension: str
    title: str
    scales: tuple[str, ...]
    own: Floats
    master: Floats


def write_master(book: Workbook, table: ScoreTable, master: ScoreTable | None) -> None:
    """Each coder against the master codes of the same sessions, over all scales and scale by scale."""
    widths = (12, 13, 34, 9, *WIDTHS, 30)
    sheet = Sheet(book, MASTER, widths, freeze="D5", header=(4, 4), footer=banner_of(table))
    sheet.add("Coders against the master codes", look=TITLE)
    compared = list(_compared(table, master)) if master else []
    if not compared:
        sheet.across(_NO_MASTER, WRAPPED, 12)
        sheet.finish()
        return
    sheet.across(
        f"{EXPLAINED} Over all scales its variance components are summed, so that differences between "
        "scales do not pass for agreement; a t test over all scales would take the scores of one session for "
        "independent.",
        Look(italic=True),
        12,
    )
    sheet.skip()
    sheet.add("Coder", "Dimension", "Scale", "Scores", *HEADS, "Remark", look=HEAD)
    first = sheet.at + 1
    for each in compared:
        sheet.add(*_overall(each))
        for scale, own, codes in zip(each.scales, each.own, each.master, strict=True):
            sheet.add(*_one(each, scale, own, codes, table))
    at = get_column_letter(_FIRST + BIAS_AT + 1)
    sheet.shade(f"{at}{first}:{at}{sheet.at}", (-1, 0, 1), _SHADES)
    _chart(sheet, compared)
    sheet.finish()


def _chart(sheet: Sheet, compared: list[_Coder]) -> None:
    """The share within one point of each coder and dimension, with the numbers behind it below the table."""
    sheet.skip()
    sheet.add("Coder and dimension", "Within 1", look=HEAD)
    first = sheet.at + 1
    for each in compared:
        sheet.add(As(f"{each.code}, {each.title}", Look()), number(_within(each), SHARE, "no scores"))
    last = sheet.at
    sheet.ws.add_chart(
        share_chart(sheet.ws, "Within one point of the master codes", first, last, (1, 2)), f"D{first}"
    )
    sheet.skip(18)


def _compared(table: ScoreTable, master: ScoreTable) -> Iterator[_Coder]:
    place = {session.label: at for at, session in enumerate(master.sessions)}
    shared = [at for at, session in enumerate(table.sessions) if session.label in place]
    there = [place[table.sessions[at].label] for at in shared]
    where = {(column.scale, column.dimension): at for at, column in enumerate(master.columns)}
    for nth, coder in enumerate(table.coders):
        for key, title in table.dimensions:
            columns = [at for at in table.of(key) if (table.columns[at].scale, key) in where]
            own = table.values[columns][:, shared, nth]
            codes = np.array(
                [session_means(master.values[where[table.columns[at].scale, key]])[there] for at in columns]
            ).reshape(own.shape)
            if (~np.isnan(own - codes)).any():
                scales = tuple(table.columns[at].title for at in columns)
                yield _Coder(coder, key, title, scales, own, codes)


def _one(each: _Coder, scale: str, own: Floats, codes: Floats, table: ScoreTable) -> list[As]:
    figures = against(own, codes, absent_points(table.instrument, each.dimension))
    return [
        As(each.code, Look()),
        As(each.title, Look()),
        As(scale, Look()),
        number(figures.n, WHOLE),
        *figure_cells(figures),
        As(figures.icc.remark if not figures.icc.defined and figures.n else "", SMALL),
    ]


def _overall(each: _Coder) -> list[As]:
    look = Look(bold=True, top="thin")
    right = Look(bold=True, top="thin", align="right")
    both = ~np.isnan(each.own - each.master)
    x, y = each.own[both], each.master[both]
    icc = agreement_over_scales(each.own, each.master)
    return [
        As(each.code, look),
        As(each.title, look),
        As("All scales", look),
        number(len(x), WHOLE, look=right),
        number(int(both.any(axis=0).sum()), WHOLE, look=right),
        number(icc.value, COEFFICIENT, short_reason(icc), right),
        *blank(3, look),
        number(float(y.mean()), TWO, look=right),
        *blank(1, look),
        number(float(x.mean()), TWO, look=right),
        *blank(1, look),
        number(float((x - y).mean()), SIGNED, look=right),
        *blank(5, look),
        number(float((x == y).mean()), SHARE, look=right),
        number(_within(each), SHARE, look=right),
        As(icc.remark if not icc.defined else "", SMALL),
    ]


def _within(each: _Coder) -> float:
    gaps = np.abs(each.own - each.master)
    return float((gaps[~np.isnan(gaps)] <= 1).mean())
