import math
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mio_fidelity.analysis.findings import compute
from mio_fidelity.analysis.table import ScoreTable, SessionRow
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.report.sheets_data import Evidence
from mio_fidelity.report.workbook import write_workbook
from tests.report.tables import QUICK, found, made, master_of

SHEETS = [
    "Table 1",
    "Reliability",
    "Coder pairs",
    "Coder against master",
    "Domain scores",
    "Internal consistency",
    "Who rates how",
    "Long data",
    "Codebook",
    "Method",
]


@pytest.fixture(scope="module")
def table() -> ScoreTable:
    return made()


@pytest.fixture(scope="module")
def book(table: ScoreTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    write_workbook(path, found(table), table, master=master_of(table, 10))
    return path


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def line(sheet: Worksheet, first: str) -> list[Any]:
    """The values of the row that begins with ``first``."""
    return next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == first)


def test_the_sheets_have_their_names_and_order(book: Path) -> None:
    assert load_workbook(book).sheetnames == SHEETS


def test_table_1_has_the_means_by_arm_and_the_icc_as_numbers(book: Path, table: ScoreTable) -> None:
    findings = found(table)
    scale = table.instrument.scales[2]  # type: ignore[union-attr]
    row = findings.row("scale", scale.key, "fidelity")
    cells = line(load_workbook(book)["Table 1"], f"{scale.number}. {scale.title}")
    mio, pe = row.by_arm["MIO"], row.by_arm["PE"]
    expected = [mio.mean, mio.sd, pe.mean, pe.sd, row.moments.n, row.icc.n_multiple]
    expected += [row.icc.value, row.icc.low, row.icc.high]
    assert cells[2:11] == pytest.approx(expected)


def test_a_coefficient_is_shown_without_the_zero_before_the_point(book: Path) -> None:
    sheet = load_workbook(book)["Table 1"]
    formats = {cell.number_format for row in sheet.iter_rows() for cell in row}
    assert ".00;-.00;.00" in formats


def test_an_icc_that_cannot_be_computed_says_why(book: Path, table: ScoreTable) -> None:
    sheet = load_workbook(book)["Table 1"]
    scale = table.instrument.scales[0]  # type: ignore[union-attr]
    cells = line(sheet, f"{scale.number}. {scale.title}")
    assert any(str(cell).startswith("all scores equal") for cell in cells)
    assert any("without any difference this cannot be computed" in text for text in texts(sheet))


def test_the_note_names_the_form_and_what_it_rests_on(book: Path) -> None:
    note = next(text for text in texts(load_workbook(book)["Table 1"]) if text.startswith("Note."))
    for part in ("24 sessions", "20 of them", "3 coders", "ICC(A,1)", "ICC(2,1)", "logit"):
        assert part in note


def test_domains_are_bold_and_scales_are_not(book: Path, table: ScoreTable) -> None:
    sheet = load_workbook(book)["Table 1"]
    bold = {row[0].value: row[0].font.bold for row in sheet.iter_rows(min_row=7) if row[0].value}
    assert all(bold[title] for _, title in table.domains)
    assert not any(bold[f"{column.number}. {column.title}"] for column in table.columns)


@pytest.mark.parametrize("arms", [(), ("only",)])
def test_table_1_adapts_to_fewer_arms(arms: tuple[str, ...], tmp_path: Path) -> None:
    table = made(8, 2, arms)
    write_workbook(tmp_path / "a.xlsx", found(table), table)
    sheet = load_workbook(tmp_path / "a.xlsx")["Table 1"]
    assert sheet.max_column == 1 + 2 * (1 + 2 + 5)
    assert ("only (8)" if arms else "All sessions") in texts(sheet)


def test_every_coefficient_has_its_counts_and_both_bands(book: Path) -> None:
    sheet = load_workbook(book)["Reliability"]
    heads = [cell.value for cell in sheet[5]]
    assert "Band: Cicchetti 1994" in heads
    assert "Band: Koo & Li 2016 (on the interval)" in heads
    coefficients = [row for row in sheet.iter_rows(min_row=6, max_col=15, values_only=True) if row[3]]
    # Seven figures for each scale and dimension, three on the applicability of one; five for a domain score.
    assert len(coefficients) == 20 * 7 + 3 + 6 * 5
    for row in coefficients:
        assert all(isinstance(n, int) for n in row[9:13])
        assert isinstance(row[4], float | int) or row[14]


def test_the_intervals_are_native_charts_with_error_bars(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name]
    charts = [chart for chart in charts if "errBars" in chart]
    assert len(charts) == 2
    assert all("errBars" in chart and 'delete val="0"' in chart for chart in charts)


def test_the_pair_matrix_is_shaded_and_mirrored(book: Path) -> None:
    sheet = load_workbook(book)["Coder pairs"]
    assert any(rule.type == "colorScale" for each in sheet.conditional_formatting for rule in each.rules)
    assert sheet["C6"].value == sheet["B7"].value
    assert isinstance(sheet["C6"].value, float)


def test_bias_against_the_master_codes_is_shown(book: Path, table: ScoreTable) -> None:
    sheet = load_workbook(book)["Coder against master"]
    rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[2] == "All scales"]
    assert {row[0] for row in rows} == set(table.coders)
    # The master is one point under the highest of the session's coders.
    assert all(-1 <= row[13] <= 1 for row in rows)
    assert max(row[13] for row in rows) > 0


def test_without_master_codes_the_sheet_says_so(tmp_path: Path) -> None:
    table = made(6, 2)
    write_workbook(tmp_path / "a.xlsx", found(table), table)
    assert any(
        "no master codes" in text
        for text in texts(load_workbook(tmp_path / "a.xlsx")["Coder against master"])
    )


def test_the_method_tells_all_that_is_needed_to_repeat_it(book: Path, table: ScoreTable) -> None:
    findings, instrument = found(table), table.instrument
    assert instrument is not None
    said = "\n".join(texts(load_workbook(book)["Method"]))
    for part in (
        "ICC(2,1)",
        "ICC(A,1)",
        "Two-way random, absolute agreement, single measures",
        instrument.banner,
        instrument.sha256,
        f"edition {instrument.edition}",
        findings.data_sha256,
        str(findings.options.seed),
        "not submitted yet",
        "C77777-3",
        "purposes: reliability",
        "openpyxl",
        "Cicchetti 1994 (chosen)",
    ):
        assert part in said


def test_the_codebook_has_every_column_scale_point_and_state(book: Path, table: ScoreTable) -> None:
    said = set(texts(load_workbook(book)["Codebook"]))
    assert table.instrument is not None
    assert {"session", "value", "rated", "not_applicable", "cannot_rate", "open", "inaudible"} <= said
    assert {column.scale for column in table.columns} <= said
    for dimension in table.instrument.dimensions.values():
        assert set(dimension.anchors.values()) <= said


def test_the_long_data_are_the_table(book: Path, table: ScoreTable) -> None:
    rows = list(load_workbook(book)["Long data"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == table.rated.sum() * len(table.columns)
    place = {session.label: at for at, session in enumerate(table.sessions)}
    column = {(each.scale, each.dimension): at for at, each in enumerate(table.columns)}
    for label, *_, coder, scale, dimension, state, value in rows:
        expected = table.values[column[scale, dimension], place[label], table.coders.index(coder)]
        assert (value == expected) if state == "rated" else (value is None and math.isnan(expected))


def test_pages_are_set_up_to_print(book: Path) -> None:
    for sheet in load_workbook(book).worksheets:
        assert sheet.print_area
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.page_setup.orientation == ("portrait" if sheet.title == "Method" else "landscape")
        assert sheet.freeze_panes
        assert "Practice set" in sheet.oddFooter.left.text
    assert load_workbook(book)["Table 1"].print_title_rows == "$4:$6"
    assert load_workbook(book)["Long data"].print_title_rows == "$1:$1"


def test_the_properties_name_no_person(book: Path) -> None:
    properties = load_workbook(book).properties
    assert properties.creator == "MIO Fidelity"
    assert properties.lastModifiedBy is None


def test_no_text_becomes_a_formula_and_control_characters_are_gone(tmp_path: Path) -> None:
    nasty = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=a\x00\x1b\ud800b")
    sessions = [
        SessionRow(f"{text}{at}", text, text, text, 1)
        for at, text in enumerate(nasty[at % 7] for at in range(14))
    ]
    base = made(14, 2)
    columns = tuple(replace(column, title=f"={column.title}") for column in base.columns)
    table = replace(
        base, sessions=tuple(sessions), coders=("=R1", "@R2"), columns=columns, filter_words={"=x": "=y"}
    )
    said = [Evidence("=s", "=c", "=k", "=d", 5000, "=HYPERLINK(1)")]
    write_workbook(tmp_path / "a.xlsx", found(table), table, evidence=said, master=master_of(table, 7))
    book = load_workbook(tmp_path / "a.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if isinstance(cell.value, str):
                    assert not re.search("[\x00-\x08\x0e-\x1f\t\r]", cell.value)
                    if cell.value[:1] in tuple("=+-@"):
                        assert cell.quotePrefix, (sheet.title, cell.coordinate)
    assert "=HYPERLINK(1)" in texts(book["Evidence"])


def test_evidence_and_days_are_left_out_when_they_should_be(tmp_path: Path) -> None:
    table = made(6, 2)
    write_workbook(tmp_path / "a.xlsx", found(table), table, dates=False)
    book = load_workbook(tmp_path / "a.xlsx")
    assert "Evidence" not in book.sheetnames
    assert {row[5] for row in book["Long data"].iter_rows(min_row=2, values_only=True)} == {None}


def one_coder() -> ScoreTable:
    base = made(5, 2)
    keep = base.states[0, :, 0] >= 0
    return replace(base, coders=("R1",), values=base.values[:, :, :1], states=base.states[:, :, :1]).chosen(
        keep
    )


def all_equal() -> ScoreTable:
    base = made(6, 2)
    return replace(base, values=np.where(np.isnan(base.values), np.nan, 4.0))


def from_a_file() -> ScoreTable:
    base = made(6, 2)
    columns = tuple(replace(each, domain="", domain_title="", number=0) for each in base.columns)
    return replace(base, columns=columns, instrument=None)


def disconnected() -> ScoreTable:
    base = made(8, 4)
    states = np.full_like(base.states, -1)
    states[:, :4, :2] = states[:, 4:, 2:] = 1
    values = np.where(states == 1, np.random.default_rng(4).integers(1, 8, states.shape), np.nan)
    return replace(base, states=states, values=values)


@pytest.mark.parametrize("make", [one_coder, all_equal, from_a_file, disconnected, lambda: made(2, 2)])
def test_a_study_with_little_to_say_still_has_its_workbook(
    make: Callable[[], ScoreTable], tmp_path: Path
) -> None:
    table = make()
    write_workbook(tmp_path / "a.xlsx", found(table), table, bands="koo_li")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert not any(cell.value in ("#NUM!", "nan") for row in sheet.iter_rows() for cell in row)


def test_coders_that_never_meet_are_named(tmp_path: Path) -> None:
    table = disconnected()
    findings = compute(table, replace(QUICK, form="two_way"))
    write_workbook(tmp_path / "a.xlsx", findings, table)
    book = load_workbook(tmp_path / "a.xlsx")
    assert "coders not linked" in str(texts(book["Table 1"]))
    assert "none shared" in texts(book["Coder pairs"])
    assert any("R1, R2 | R3, R4" in text for text in texts(book["Method"]))


def test_merged_cells_do_not_overlap(book: Path) -> None:
    for sheet in load_workbook(book).worksheets:
        covered = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
        assert len(covered) == len(set(covered))


def test_the_xml_is_well_formed_and_has_no_error_cells(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            tree = ElementTree.fromstring(archive.read(name))
            assert not [cell for cell in tree.iter() if cell.get("t") == "e"]


def test_progress_goes_up_to_the_end(tmp_path: Path) -> None:
    table, told = made(), []
    write_workbook(tmp_path / "a.xlsx", found(table), table, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def pieces() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("openpyxl.*")}


@pytest.mark.parametrize("after", [0, 3, 5])
def test_a_cancelled_export_leaves_the_old_file_and_nothing_else(after: int, tmp_path: Path) -> None:
    table, asked, before = made(60), [], pieces()
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > after

    with pytest.raises(Cancelled):
        write_workbook(path, found(table), table, cancelled=cancelled)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    assert pieces() <= before


def test_libreoffice_opens_it_and_reads_the_same_numbers(
    book: Path, table: ScoreTable, tmp_path: Path
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [program, home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    said = (tmp_path / "report.csv").read_text()
    row = found(table).row("domain", table.domains[1][0], "competence")
    assert f"{row.icc.value:.2f}".removeprefix("0") in said
    assert table.domains[1][1] in said


def test_what_the_whole_design_can_carry_is_said_in_table_1_and_in_the_method(book: Path) -> None:
    loaded = load_workbook(book)
    for sheet in ("Table 1", "Method"):
        assert any("with fewer than 30 the intervals are wide" in text for text in texts(loaded[sheet])), (
            sheet
        )
