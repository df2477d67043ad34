"""A study's workbook tells of drift, certification and counselors beside the scores, or why it cannot."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from mio_fidelity.analysis.beside import beside
from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.coding import people
from mio_fidelity.demo import PASSPHRASE, make_demo
from mio_fidelity.errors import UserError
from mio_fidelity.report.workbook import write_workbook
from mio_fidelity.store import Project, Purpose
from tests.conftest import OpenStudy

QUICK = Options(replicates=20)
SHEETS = ["Drift", "Stability", "Certification", "Counselor fidelity"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "study"
    make_demo(folder)
    return folder


def test_the_demo_fills_every_sheet_with_what_the_study_says(demo: Path, tmp_path: Path) -> None:
    with Project.open(demo, PASSPHRASE) as project:
        (supervisor,) = (member.id for member in project.ask(people.roster) if member.code == "S1")
        project.sign_in(supervisor)
        table, found, charts = project.ask(score_table), project.ask(beside), project.ask(drift)
    write_workbook(tmp_path / "x.xlsx", compute(table, QUICK), table, beside=found)
    book = load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames[7:11] == SHEETS
    written = {name: [cell.value for row in book[name].iter_rows() for cell in row] for name in SHEETS}
    flags = [words for coder in charts.coders for words in coder.words]
    assert flags
    assert {str(words) for words in flags} <= {str(value) for value in written["Drift"]}
    assert {"K1", "K2", "K3", "K4"} <= set(written["Counselor fidelity"])
    assert any("Training" in str(value) for value in written["Certification"])
    assert all(book[name]._charts for name in ("Drift", "Counselor fidelity"))


def test_a_study_without_any_says_why_on_each_sheet(study: OpenStudy, tmp_path: Path) -> None:
    study.sign_in("R1")
    study.submit()
    study.sign_in("S1")
    table, found = study.ask(score_table, ScoreFilter(purposes=(Purpose.PRODUCTION,))), study.ask(beside)
    write_workbook(tmp_path / "x.xlsx", compute(table, QUICK), table, beside=found)
    book = load_workbook(tmp_path / "x.xlsx")
    assert [name for name in book.sheetnames if name in SHEETS] == [
        name for name in SHEETS if name in book.sheetnames
    ]
    for name in SHEETS:
        assert [row for row in book[name].iter_rows(values_only=True) if any(row)]


def test_it_is_for_supervisors(study: OpenStudy) -> None:
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(beside)
