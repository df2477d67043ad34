"""The sheet of certification, read back from the file."""

from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from mio_fidelity.analysis.plain import to_plain
from mio_fidelity.coding.certification import Certificate, Rule
from mio_fidelity.report.books import written
from mio_fidelity.report.sheets_training import CERTIFICATION, write_certification
from tests.analysis.test_judgement import judge, points

DAY = datetime(2026, 3, 20, 12, tzinfo=UTC)


def certificate(judgement, coder="R1"):
    return Certificate(
        *("c1", "p", coder, "S1", DAY, judgement.passed, judgement.rule),
        to_plain(judgement),
    )


def sheet(tmp_path: Path, standings, verdicts):
    with written(tmp_path / "a.xlsx", "t") as book:
        write_certification(book, standings, verdicts)
    return load_workbook(tmp_path / "a.xlsx")[CERTIFICATION]


def texts(found) -> list[str]:
    return [str(cell) for row in found.iter_rows(values_only=True) for cell in row if cell is not None]


def overview(found, nth=0):
    rows = list(found.iter_rows(values_only=True))
    at = next(nth for nth, row in enumerate(rows) if row[0] == "Coder")
    return rows[at + 1 + nth]


def test_a_verdict_stands_with_its_rule_its_numbers_and_every_scale(tmp_path):
    good = judge(points(10, far=4))
    found = sheet(tmp_path, [good], [(certificate(good), good)])
    coder, day, verdict, by, sessions, asked, compared, within, share, asked_share, *iccs = overview(found)
    assert (coder, verdict, by) == ("R1", "passed", "S1")
    assert day.startswith("2026-03-20")
    assert (sessions, asked, compared, within) == (10, 10, 200, 196)
    assert (share, asked_share) == (pytest.approx(0.98), 0.9)
    assert iccs[0] == pytest.approx(good.dimensions[0].icc.value)
    told = texts(found)
    for words in good.words:
        assert f"Rule: {words}" in told
    assert sum(text.startswith("Shown: ") for text in told) == 4
    scales = [row for row in found.iter_rows(values_only=True) if row[0] == "Scale"]
    assert len(scales) == 20
    assert scales[0][3] == 10
    with ZipFile(tmp_path / "a.xlsx") as archive:
        assert any("/charts/chart" in name for name in archive.namelist())


def test_what_is_not_shown_says_why(tmp_path):
    bad = judge(points(1))
    found = sheet(tmp_path, [], [(certificate(bad), bad)])
    assert overview(found)[2] == "not passed"
    told = texts(found)
    assert any(text.startswith("Not shown: Master sessions rated: 1; 10") for text in told)
    assert any(text.startswith("Not shown: Fidelity: the ICC cannot be computed") for text in told)
    assert any(text.startswith("Note: There is one session only") for text in told)


def test_who_has_no_verdict_stands_there_as_of_now(tmp_path):
    found = sheet(tmp_path, [judge(points(10)), judge([])], [])
    assert overview(found)[:4] == ("R1", "as of now", "meets the rule, not certified", None)
    assert overview(found, 1)[0] != "R1"


def test_every_verdict_of_a_coder_certified_twice_is_there(tmp_path):
    old, new = judge(points(10), Rule()), judge(points(10), Rule(sessions=20))
    found = sheet(tmp_path, [new], [(certificate(new), new), (certificate(old), old)])
    assert [overview(found, nth)[2] for nth in (0, 1)] == ["not passed", "passed"]


def test_a_study_without_training_says_so(tmp_path):
    assert any(
        "Nobody has been held to the rule yet" in text for text in texts(sheet(tmp_path, [judge([])], []))
    )
