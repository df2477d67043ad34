"""The command that writes the study's tables, as somebody types it."""

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mio_fidelity.cli.export import EPILOG
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.store import Project
from tests.coding import small_study
from tests.coding.small_study import CANARY, TODAY, Small
from tests.conftest import PASSPHRASE, Made, copy_of
from tests.test_cli import refused, run, run_really


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Small:
    """A study that can be counted by hand, closed."""
    found = small_study.build(copy_of(made, tmp_path_factory.mktemp("small")))
    found.study.project.close()
    return found


@pytest.fixture
def folder(tmp_path: Path, built: Small) -> Path:
    """A copy of it in a place whose name must not be shown."""
    study = copy_of(built.made, tmp_path)
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


def shown(*words: str | Path) -> str:
    """What is printed; it names no file."""
    done = run("export", *words)
    assert done.stderr == ""
    assert CANARY not in done.stdout
    assert "qzxj-" not in done.stdout.replace("site-qzxj", "").replace("arm-qzxj", "")
    return done.stdout


def rows_in(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_all_tables_become_a_workbook_with_a_sheet_for_each(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "qzxj-out.xlsx"
    done = run_really("export", folder, "--out", path)
    book = load_workbook(path)
    with Project.open(folder, PASSPHRASE) as project:
        tables = [project.ask(listing, key, TODAY) for key in LISTINGS]
    assert book.sheetnames == [*(each.title for each in tables), "Method"]
    total = sum(len(each.rows) for each in tables)
    assert done.stdout == f"Written: {total} rows in {len(LISTINGS)} tables.\n"
    assert done.stderr == ""
    for each in tables:
        sheet = book[each.title]
        assert sheet.max_row == len(each.rows) + 2
        assert [cell.value for cell in sheet[2]] == [column.title for column in each.columns]
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not any(CANARY in text or "qzxj-file" in text for text in texts)
    assert "A study of tests" in texts


def test_one_table_becomes_a_csv_file(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "qzxj-out.csv"
    assert shown(folder, "assignments", "--out", path) == "Written: 11 rows in 1 table.\n"
    header, *rows = rows_in(path)
    assert header[:4] == ["blind_code", "client", "number", "coder"]
    assert len(rows) == 11
    assert shown(folder, "clients", "clients", "--out", path) == "Written: 5 rows in 1 table.\n"
    assert rows_in(path)[1] == ["C1", "North", "MIO", "K1", "3", "3", "1", "0.3333333333333333"]
    assert shown(folder, "sites", "--out", tmp_path / "QZXJ.XLSX") == "Written: 3 rows in 1 table.\n"
    assert load_workbook(tmp_path / "QZXJ.XLSX").sheetnames == ["Sites", "Method"]


def test_json_has_the_keys_its_help_names_and_the_values_of_the_tables(folder: Path) -> None:
    found: dict[str, Any] = json.loads(shown(folder, "--json"))
    assert set(found) == {"schema_version", "day", "tables"}
    assert all(key in EPILOG for key in found)
    assert (found["schema_version"], found["day"]) == (1, date.today().isoformat())
    assert list(found["tables"]) == list(LISTINGS)
    for each in found["tables"].values():
        assert set(each) == {"columns", "rows"}
        assert all(len(row) == len(each["columns"]) for row in each["rows"])
    (one,) = json.loads(shown(folder, "clients", "--json"))["tables"].values()
    assert dict(zip(one["columns"], one["rows"][1], strict=True)) == {
        "client": "C2",
        "site": "North",
        "arm": "PE",
        "counselor": "K2",
        "sessions": 1,
        "given": 1,
        "coded": 1,
        "share": 1.0,
    }
    sessions = json.loads(shown(folder, "sessions", "--json"))["tables"]["sessions"]
    row = dict(zip(sessions["columns"], sessions["rows"][0], strict=True))
    assert (row["held_on"], row["length"]) == ("2026-03-31", pytest.approx(3.0, abs=0.05))


def test_json_and_a_file_come_together(folder: Path, tmp_path: Path) -> None:
    found = json.loads(shown(folder, "people", "--json", "--out", tmp_path / "qzxj.csv"))
    header, *rows = rows_in(tmp_path / "qzxj.csv")
    people = found["tables"]["people"]
    assert header == people["columns"]
    assert [[cell or None for cell in row] for row in rows] == people["rows"]


def test_writing_tables_changes_nothing_in_the_study(folder: Path, tmp_path: Path) -> None:
    def audit() -> int:
        with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())

    before = audit()
    shown(folder, "--out", tmp_path / "qzxj.xlsx")
    assert audit() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("qzxj-out.xlsx", "--json"), "There is no such table. Choose from sessions, recordings,"),
        (("sessions", "clients", "--out", "qzxj.csv"), "Several tables are written as a workbook"),
        (("--out", "qzxj.csv"), "Several tables are written as a workbook"),
        (("sessions", "--out", "qzxj.txt"), "ends in .csv or .xlsx"),
        (("sessions", "--out", "qzxj"), "ends in .csv or .xlsx"),
        (("sessions",), "Say where the tables go"),
        (("sessions", "--json", "--as", "R1"), "Only a supervisor"),
        (("sessions", "--json", "--as", "R9"), "Nobody in the study is called R9"),
        (("sessions", "--json", "--as", "S2"), "Nobody in the study is called S2"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, words: Sequence[str], sentence: str) -> None:
    assert sentence in refused("export", folder, *words)


def test_the_old_file_stays_when_the_new_one_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    assert "folder to write to is not there" in refused(
        "export", folder, "--out", tmp_path / "qzxj-none" / "a.xlsx"
    )
    (tmp_path / "qzxj.csv").mkdir()
    assert "a folder of this name" in refused("export", folder, "people", "--out", tmp_path / "qzxj.csv")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no folder that nobody may write to")
def test_a_folder_that_may_only_be_read_is_said(folder: Path) -> None:
    # Not even root may make a file there.
    for name, tables in (("qzxj.xlsx", ()), ("qzxj.csv", ("people",))):
        said = refused("export", folder, *tables, "--out", Path("/sys") / name)
        assert "Nothing can be written in this folder" in said
