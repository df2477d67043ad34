"""The sheets about time, read back from the file."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.drift_words import rule_in_words
from mio_fidelity.report.books import written
from mio_fidelity.report.sheets_drift import DRIFT, STABILITY, write_drift, write_stability
from tests.analysis.conftest import Lab
from tests.analysis.drifting import day, double_code


@pytest.fixture
def report(study):
    study.sign_in("S1")
    lab = Lab(study)
    double_code(lab, ("R1", "R2", "R3"), 60, {"R3": (40, 2.0)})
    for nth in range(6):
        lab.give(f"C1{nth // 4}-{(1, 2, 4, 5)[nth % 4]}", "R1", 3 + nth % 3, at=day(nth + 90), occasion=2)
    return study.ask(drift)


def book(tmp_path: Path, report):
    with written(tmp_path / "a.xlsx", "t") as made:
        write_drift(made, report)
        write_stability(made, report)
    return load_workbook(tmp_path / "a.xlsx")


def rows(sheet, head: str) -> list[dict[str, object]]:
    """Below the row that begins with Coder and holds ``head``."""
    found = list(sheet.iter_rows(values_only=True))
    at = next(nth for nth, row in enumerate(found) if row[0] == "Coder" and head in row)
    below = found[at + 1 :]
    stop = next((nth for nth, row in enumerate(below) if row[0] is None), len(below))
    return [dict(zip(found[at], row, strict=True)) for row in below[:stop]]


def test_there_is_a_row_for_each_chart_with_the_flag_in_words(tmp_path, report):
    found = rows(book(tmp_path, report)[DRIFT], "What it says")
    assert len(found) == 18
    wanted = ("R3", "Mentalization-based", "Fidelity")
    heads = ("Coder", "Domain or scale", "Dimension")
    (moved,) = [row for row in found if tuple(row[head] for head in heads) == wanted]
    flags = {(each.topic, each.dimension): each for each in report.coder("R3").flags}
    flag = flags["mentalization", "fidelity"]
    assert flag.words in moved["What it says"]
    assert "Limits from the first 10 sessions" in moved["What it says"]
    assert moved["EWMA, last"] > moved["Upper limit"]
    assert moved["n"] == 40


def test_the_sheet_says_what_flags_a_change(tmp_path, report):
    said = {row[0] for row in book(tmp_path, report)[DRIFT].iter_rows(values_only=True)}
    assert said >= {str(words) for words in rule_in_words(report.options)}


def test_each_coder_has_a_native_chart_of_numbers_on_the_sheet(tmp_path, report):
    sheet = book(tmp_path, report)[DRIFT]
    assert len(sheet._charts) == 3
    for chart, code in zip(sheet._charts, ("R1", "R2", "R3"), strict=True):
        assert len(chart.series) == 6
        where = chart.series[0].val.numRef.f.split("!")[1].replace("$", "")
        cells = [cell for (cell,) in sheet[where]]
        assert {sheet.cell(cell.row, 1).value for cell in cells} == {code}
        assert sum(cell.value is not None for cell in cells) == len(cells) - 10


def test_every_session_stands_there_with_its_numbers(tmp_path, report):
    found = rows(book(tmp_path, report)[DRIFT], "Nth")
    points = report.coder("R1").series[6].points
    first = found[: len(points)]
    assert [row["Session"] for row in first] == [point.session for point in points]
    assert [row["Difference"] for row in first] == pytest.approx([point.difference for point in points])
    assert [row["Remark"] for row in first[:11]] == ["sets limits"] * 10 + [None]


def test_stability_says_what_re_codes_showed_or_why_nothing(tmp_path, report):
    found = rows(book(tmp_path, report)[STABILITY], "Mean change")
    (stable, *_) = report.coder("R1").stability
    assert (found[0]["Sessions"], found[0]["Mean change"]) == (6, pytest.approx(stable.change))
    assert found[2]["Within 1"] == "none"
    assert found[2]["ICC(A,1)"] == "too few sessions"
