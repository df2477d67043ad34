import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mio_fidelity.analysis.table import SessionRow
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.report.long import COLUMNS, long_rows, n_long_rows, write_long_csv
from tests.report.tables import made


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_holds_every_score_and_nothing_of_who_did_not_rate(tmp_path: Path) -> None:
    table = made()
    write_long_csv(tmp_path / "a.csv", table)
    rows = read(tmp_path / "a.csv")
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == n_long_rows(table) == table.rated.sum() * len(table.columns)
    values = [float(row["value"]) for row in rows if row["state"] == "rated"]
    assert sum(values) == np.nansum(table.values)
    assert len(values) == (~np.isnan(table.values)).sum()
    assert {row["value"] for row in rows if row["state"] == "not_applicable"} == {""}


def test_it_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    table = made(3, 2)
    sessions = (SessionRow("Zoë-1", "MIO"), *table.sessions[1:])
    write_long_csv(tmp_path / "a.csv", replace(table, sessions=sessions))
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfsession,")
    assert read(tmp_path / "a.csv")[0]["session"] == "Zoë-1"


def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path) -> None:
    table = made(4, 2)
    sessions = tuple(
        replace(row, label=text) for row, text in zip(table.sessions, ("=1", "+1", "-1", "@1"), strict=True)
    )
    write_long_csv(tmp_path / "a.csv", replace(table, sessions=sessions))
    assert {row["session"] for row in read(tmp_path / "a.csv")} == {"'=1", "'+1", "'-1", "'@1"}


def test_a_score_below_zero_stays_a_number(tmp_path: Path) -> None:
    table = made(4, 2)
    write_long_csv(tmp_path / "a.csv", replace(table, values=table.values - 8))
    assert all(float(row["value"]) < 0 for row in read(tmp_path / "a.csv") if row["state"] == "rated")


def test_days_can_be_left_out() -> None:
    assert {row.held_on for row in long_rows(made(4, 2), dates=False)} == {None}


def test_a_cancelled_export_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(Cancelled):
        write_long_csv(path, made(), cancelled=lambda: True)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
