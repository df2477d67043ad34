"""The sheet of coders against the master codes, read back from the file."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook
from scipy import stats

from mio_fidelity.analysis.against import agreement_over_scales
from mio_fidelity.report.against import HEADS
from mio_fidelity.report.books import written
from mio_fidelity.report.sheet_master import MASTER, write_master
from tests.report.tables import made, master_of

TITLES = ("Coder", "Dimension", "Scale", "Scores", *HEADS, "Remark")


@pytest.fixture
def tables():
    table = made(24, 3)
    return table, master_of(table, 12)


@pytest.fixture
def path(tmp_path: Path, tables) -> Path:
    with written(tmp_path / "a.xlsx", "t") as book:
        write_master(book, *tables)
    return tmp_path / "a.xlsx"


def rows(path: Path) -> list[dict[str, object]]:
    values = load_workbook(path)[MASTER].iter_rows(min_row=4, values_only=True)
    heads = next(values)
    assert heads[: len(TITLES)] == TITLES
    return [dict(zip(TITLES, row, strict=False)) for row in values if row[2]]


def scores(tables, coder: str, at: int):
    table, master = tables
    own = table.values[at, :12, table.coders.index(coder)]
    codes = master.values[at, :, 0]
    both = ~np.isnan(own - codes)
    return own[both], codes[both]


def test_every_coder_has_every_scale_and_all_scales_together(path, tables):
    table, _ = tables
    found = rows(path)
    assert len(found) == len(table.coders) * (len(table.columns) + len(table.dimensions))
    assert {row["Coder"] for row in found} == set(table.coders)


def test_the_figures_of_a_scale_are_those_of_the_paired_t_test(path, tables):
    table, _ = tables
    at, column = 5, table.columns[5]
    row = next(
        row
        for row in rows(path)
        if (row["Coder"], row["Scale"], row["Dimension"]) == ("R2", column.title, column.dimension_title)
    )
    own, codes = scores(tables, "R2", at)
    known = stats.ttest_rel(own, codes)
    assert row["Sessions"] == len(own) == row["Scores"]
    assert row["Coder M"] == pytest.approx(own.mean())
    assert row["Master SD"] == pytest.approx(codes.std(ddof=1))
    assert row["Bias"] == pytest.approx((own - codes).mean())
    assert (row["t"], row["df"], row["p"]) == (
        pytest.approx(known.statistic),
        len(own) - 1,
        pytest.approx(known.pvalue),
    )
    assert row["Within 1"] == pytest.approx((abs(own - codes) <= 1).mean())


def test_over_all_scales_the_variance_components_are_summed_and_there_is_no_t(path, tables):
    table, master = tables
    row = next(row for row in rows(path) if row["Scale"] == "All scales")
    at = table.of(table.dimensions[0][0])
    own = table.values[at][:, :12, table.coders.index(row["Coder"])]
    assert row["ICC(A,1)"] == pytest.approx(agreement_over_scales(own, master.values[at][:, :, 0]).value)
    assert (row["t"], row["p"], row["Kappa"]) == (None, None, None)


def test_presence_is_given_for_what_can_be_absent_and_not_asked_elsewhere(path, tables):
    told = {(row["Dimension"], row["Kappa"]) for row in rows(path) if row["Scale"] != "All scales"}
    assert ("Competence", "not asked") in told
    assert ("Fidelity", "not asked") not in told


def test_the_shares_are_a_native_chart(path):
    with ZipFile(path) as archive:
        (chart,) = [archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name]
    assert "Within one point of the master codes" in chart
