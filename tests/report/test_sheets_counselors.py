"""The sheet about counselors: figures as numbers, charts that point at them, studies with little in them."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.report.books import written
from mio_fidelity.report.sheets_counselors import COUNSELORS, write_counselors
from mio_fidelity.store import Purpose
from tests.analysis.conftest import Lab

BAND = Band("MIO", "mentalization", "fidelity", least=4)


@pytest.fixture
def lab(study) -> Lab:
    study.sign_in("S1")
    return Lab(study)


def sheet_of(lab: Lab, place: Path) -> Worksheet:
    with written(place / "book.xlsx", "x") as book:
        write_counselors(book, lab.ask(counselor_report))
    return load_workbook(place / "book.xlsx")[COUNSELORS]


def rows(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def line(sheet: Worksheet, *first: object) -> list[object]:
    return next(row for row in rows(sheet) if tuple(row[: len(first)]) == first)


def fill(lab: Lab) -> None:
    for nth, (arm, counselor) in enumerate((("MIO", "K1"), ("MIO", "K3"), ("PE", "K2"), ("PE", "K4")), 1):
        for number in (1, 2, 3):
            score = 2 + (nth + number) % 4
            lab.give(f"C{nth}-{number}", "R1", score, arm=arm, counselor=counselor)
            lab.give(f"C{nth}-{number}", "K1x", 6, purpose=Purpose.SELF)


def test_means_share_and_sessions_are_numbers(lab, tmp_path):
    fill(lab)
    lab.study.do(set_criterion, [BAND])
    sheet = sheet_of(lab, tmp_path)
    k1 = line(sheet, "K1", "North", "MIO")
    assert k1[3:6] == [1, 3, pytest.approx((4 + 5 + 2) / 3)]
    assert k1[11:14] == [2, 3, pytest.approx(2 / 3)]
    session = line(sheet, "K1", "C1", 2)
    assert session[3:6] == ["MIO", 1, 5]
    assert session[11:13] == ["one rating", "yes"]
    assert any("at least 4" in str(row[0]) for row in rows(sheet))


def test_arms_self_ratings_and_trends_stand_below(lab, tmp_path):
    fill(lab)
    sheet = sheet_of(lab, tmp_path)
    headings = [row[0] for row in rows(sheet)]
    assert "MIO against PE" in headings
    assert headings.index("Self-ratings against coders") < headings.index("Trend over the sessions")
    row = line(sheet, "Alliance building, Fidelity")
    # Two arms of four cells, then the difference with its interval.
    assert len([cell for cell in row[2:13] if isinstance(cell, int | float)]) == 11
    assert line(sheet, "all", "Alliance building, Fidelity")[3] == 12
    assert line(sheet, "K1", "Alliance building, Fidelity")[3] == 3


def test_a_chart_for_each_dimension_points_at_the_means(lab, tmp_path):
    fill(lab)
    sheet = sheet_of(lab, tmp_path)
    at = next(nth for nth, row in enumerate(rows(sheet), 1) if row[0] == "K1")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        charts = [book.read(name).decode() for name in book.namelist() if "charts/chart" in name]
    assert len(charts) == 2
    assert f"'{COUNSELORS}'!$F${at}:$F${at + 4}" in charts[0] + charts[1]
    assert f"'{COUNSELORS}'!$I${at}:$I${at + 4}" in charts[0] + charts[1]


def test_one_session_and_no_arm_leave_words_instead_of_numbers(lab, tmp_path):
    lab.give("C1-1", "R1", 4, counselor="K1", arm=None)
    sheet = sheet_of(lab, tmp_path)
    texts = [cell for row in rows(sheet) for cell in row if isinstance(cell, str)]
    assert "No session has an arm." in texts
    assert "No client has two sessions with this score." in texts
    assert "No coded session has a self-rating." in texts
    assert any("has not chosen a criterion" in text for text in texts)
    assert not any(text in ("nan", "None") for text in texts)


def test_codes_that_begin_like_formulas_stay_text(lab, tmp_path):
    lab.give("C1-1", "R1", 4, counselor="K1", arm="=1+1")
    sheet = sheet_of(lab, tmp_path)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert cells
    assert all(cell.data_type == "s" or cell.quotePrefix for cell in cells)
