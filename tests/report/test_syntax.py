import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.report.long import write_long_csv
from mio_fidelity.report.syntax import write_r_syntax, write_spss_syntax
from tests.report.tables import made


def nasty() -> ScoreTable:
    """Titles that would break out of a string, and a session that a spreadsheet would run."""
    table = made(6, 2)
    columns = tuple(replace(each, title=f"{each.title} \"'\\ é ☺\n.") for each in table.columns)
    sessions = (replace(table.sessions[0], label="=Zoë,1"), *table.sessions[1:])
    return replace(table, columns=columns, sessions=sessions)


def run(command: list[str], folder: Path) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_r_reads_the_data_with_labels(tmp_path: Path) -> None:
    table = nasty()
    write_long_csv(tmp_path / "a.csv", table)
    write_r_syntax(tmp_path / "a.R", table, "a.csv")
    check = """
    source('a.R')
    cat(nrow(scores), sum(scores$value, na.rm = TRUE), sum(is.na(scores$scale_title)), '\\n')
    cat(dim(score_matrix('empathic_listening', 'fidelity')), names(anchors), anchors$fidelity, '\\n')
    """
    (tmp_path / "check.R").write_text(check)
    first, second = run(["Rscript", "check.R"], tmp_path).splitlines()
    n = int(table.rated.sum()) * len(table.columns)
    assert first.split() == [str(n), f"{np.nansum(table.values):.0f}", "0"]
    assert second.split() == ["6", "2", "fidelity", "competence", *"1234567"]


def test_the_r_script_is_ascii_and_has_every_title(tmp_path: Path) -> None:
    table = made(3, 2)
    write_r_syntax(tmp_path / "a.R", table, "a.csv")
    script = (tmp_path / "a.R").read_bytes().decode("ascii")
    assert all(column.title in script for column in table.columns)
    assert "Practice set, not the official MIO scales" in script


def test_pspp_reads_the_data_with_labels_and_missing_codes(tmp_path: Path) -> None:
    table = nasty()
    write_long_csv(tmp_path / "a.csv", table)
    write_spss_syntax(tmp_path / "a.sps", table, "a.csv")
    tail = "DESCRIPTIVES score_fidelity score_competence /STATISTICS=SUM.\nDISPLAY LABELS.\n"
    text = (tmp_path / "a.sps").read_text("utf-8-sig") + tail
    (tmp_path / "check.sps").write_text(text, "utf-8-sig")
    said = run(["pspp", "-O", "format=csv", "check.sps"], tmp_path)
    for dimension in ("fidelity", "competence"):
        values = table.values[table.of(dimension)]
        title = dict(table.dimensions)[dimension]
        assert f"{title}: score,{(~np.isnan(values)).sum()},{np.nansum(values):.2f}" in said
    assert "error" not in said.lower()


def test_the_spss_file_has_the_anchors_and_keeps_missing_codes_out_of_the_scores(tmp_path: Path) -> None:
    table = made(3, 2)
    write_spss_syntax(tmp_path / "a.sps", table, "a.csv")
    script = (tmp_path / "a.sps").read_text("utf-8-sig")
    assert "MISSING VALUES score_fidelity (-97, -98, -99)." in script
    assert "7 '7 extensive" in script
    assert max(len(line.encode()) for line in script.splitlines()) < 256
