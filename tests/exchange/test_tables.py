"""Tables are read whatever the program that wrote them, and nothing else is taken for one."""

import io
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.ratings_file import try_file
from mio_fidelity.exchange.tables import MOST_COLUMNS, read_table
from mio_fidelity.media.progress import Cancelled
from tests.exchange.files import HEADER, excel_file, long_rows, text_of

ROWS = [("Sitzung", "Prüfer", "Wert"), ("C1", "R1", "4"), ("C2", "R2", "5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_are_found(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    path = tmp_path / "ratings.anything"
    path.write_bytes(text_of(ROWS, separator, end).encode(encoding))
    table = read_table(path)
    assert table.header == ROWS[0]
    assert [(row.number, row.cells) for row in table.rows] == [(2, ROWS[1]), (3, ROWS[2])]
    assert table.problems == ()


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'session;note;value\r\n"C1;x";"he said ""yes""\nand left";"4,5"\r\nC2;;"5"\r\n')
    table = read_table(path)
    assert table.rows[0].cells == ("C1;x", 'he said "yes"\nand left', "4,5")
    assert table.rows[1].cells == ("C2", "", "5")
    assert table.rows[1].number == 3, "as a spreadsheet counts"


def test_the_line_in_which_excel_names_the_separator_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nsession,x;coder\nC1;R1\n")
    table = read_table(path)
    assert table.header == ("session,x", "coder")
    assert table.rows[0].number == 3


def test_blank_lines_and_empty_columns_at_the_end_are_no_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\nsession,coder,,\n\nC1,R1,,\n , ,,\nC2,R2\n\n")
    table = read_table(path)
    assert table.header == ("session", "coder")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("C1", "R1")), (6, ("C2", "R2"))]


def test_a_row_with_more_cells_than_the_header_is_pointed_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("session,value\nC1,4,0\nC2,4\n")
    table = read_table(path)
    assert [row.number for row in table.rows] == [3]
    assert str(table.problems[0]).startswith("Row 2: Cells in it: 3; in the header: 2.")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b" \n,,\n\n", "The file is empty"),
        (b"session,coder\n", "a header and no rows"),
        (b"\xff\xfe", "The file is empty"),
        (b"a\0\0\0b\x01", "This is not a table"),
        (b'session,coder\nC1,"R1\nC2,R2\n', "After row 1 the quotation marks do not match"),
        (b'session,"' + b"x" * 200_000 + b'"\n1,2\n', "quotation marks do not match"),
        (b"PK\x03\x04 and so on", "cannot be read as an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file, or one with a password"),
        (b",".join(b"c%d" % nth for nth in range(MOST_COLUMNS + 1)) + b"\n1\n", "columns, more than"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "qzxj.csv"
    path.write_bytes(data)
    with pytest.raises(UserError) as refused:
        read_table(path)
    assert sentence in str(refused.value)
    assert "qzxj" not in str(refused.value)


def test_a_folder_an_absent_file_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path, "This is a folder"),
        (tmp_path / "absent.csv", "There is no such file"),
        (tmp_path / ("x" * 5000), "cannot be read"),
        (tmp_path / "nul\0l", "cannot be read"),
    ):
        with pytest.raises(UserError, match=sentence):
            read_table(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("session\n1\n")
    path.chmod(0)
    with pytest.raises(UserError, match="cannot be read"):
        read_table(path)


def test_a_workbook_reads_as_the_csv_of_it_does(tmp_path: Path) -> None:
    excel_file(tmp_path / "a.xlsx", long_rows())
    (tmp_path / "a.csv").write_text(text_of([HEADER, *long_rows()]))
    sheet, text = read_table(tmp_path / "a.xlsx"), read_table(tmp_path / "a.csv")
    assert (sheet.header, sheet.rows) == (text.header, text.rows)
    assert (sheet.kind, text.kind) == ("Excel", "CSV")


def test_numbers_and_dates_of_a_workbook_become_what_a_person_would_type(tmp_path: Path) -> None:
    excel_file(tmp_path / "a.xlsx", [(1, 2.0, 2.5, True, date(2026, 3, 1)), ("a ", None, 0, " x", "#N/A")])
    first, second = read_table(tmp_path / "a.xlsx").rows
    assert first.cells[:4] == ("1", "2", "2.5", "TRUE")
    assert first.cells[4].startswith("2026-03-01")
    assert second.cells == ("a", "", "0", "x", "#N/A")


def test_a_formula_without_a_stored_result_is_pointed_out(tmp_path: Path) -> None:
    book = excel_file(tmp_path / "a.xlsx", long_rows(2))
    book.active["E3"] = "=1+3"
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert [problem.row for problem in table.problems] == [3]
    assert "a formula without a stored result" in str(table.problems[0])
    assert 3 not in [row.number for row in table.rows]


def test_where_all_rows_are_formulas_without_results_each_is_pointed_out(tmp_path: Path) -> None:
    book = excel_file(tmp_path / "a.xlsx", long_rows(2))
    last = book.active.max_row
    for row in range(2, last + 1):
        book.active.cell(row, 5).value = "=1+3"
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert table.rows == ()
    assert [problem.row for problem in table.problems] == list(range(2, last + 1))
    assert all("a formula without a stored result" in str(problem) for problem in table.problems)


def test_a_formula_with_a_stored_result_counts_as_that(tmp_path: Path) -> None:
    book = excel_file(tmp_path / "a.xlsx", long_rows(2))
    book.active["E3"] = "=1+3"
    book.save(tmp_path / "a.xlsx")
    _edit(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b"<f>1+3</f><v />", b"<f>1+3</f><v>4</v>")
    table = read_table(tmp_path / "a.xlsx")
    assert table.rows[1].cells[4] == "4"
    assert [str(problem) for problem in table.problems] == [
        "Cells that are formulas: 1; the results stored in the file were read."
    ]
    assert not table.problems[0].error


def _edit(path: Path, member: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[member], parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_merged_cells_are_pointed_out_and_hidden_rows_said(tmp_path: Path) -> None:
    book = excel_file(tmp_path / "a.xlsx", long_rows(3))
    book.active.merge_cells("A2:A4")
    book.active.row_dimensions[7].hidden = True
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert [problem.row for problem in table.problems if problem.error] == [2, 3, 4]
    assert "merged" in str(table.problems[-1])
    assert "Rows hidden in the spreadsheet: 1;" in " ".join(map(str, table.problems))
    assert 7 in [row.number for row in table.rows]


def test_the_sheet_in_sight_is_read_and_the_choice_said(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["nothing"])
    book.active.sheet_state = "hidden"
    for title in ("First", "Second"):
        sheet = book.create_sheet(title)
        sheet.append(["session", "from"])
        sheet.append(["C1", title])
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert table.rows[0].cells == ("C1", "First")
    assert str(table.problems[0]) == "Of 2 sheets one was read: First."
    book["First"].title = "Long data"
    book.move_sheet("Long data", 1)
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx").rows[0].cells == ("C1", "First")


def test_looks_do_not_matter(tmp_path: Path) -> None:
    book = excel_file(tmp_path / "a.xlsx", long_rows(1))
    for row in book.active.iter_rows(min_row=1, max_row=40, max_col=30):
        for cell in row:
            cell.font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert table.header == HEADER
    assert len(table.rows) == 8


def test_a_sheet_that_claims_a_row_beyond_all_bounds_does_not_take_for_ever(tmp_path: Path) -> None:
    excel_file(tmp_path / "a.xlsx", long_rows(1))
    _edit(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b'<row r="5"', b'<row r="999999999999"')
    with pytest.raises(UserError):
        read_table(tmp_path / "a.xlsx")


def test_reading_tells_how_far_it_is_and_stops_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n" * 30_000)
    told: list[float] = []
    read_table(tmp_path / "a.csv", told.append)
    assert told[-1] == 1
    with pytest.raises(Cancelled):
        read_table(tmp_path / "a.csv", None, lambda: True)


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _never_a_traceback(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        tried = try_file(path)
    except UserError:
        return
    assert [str(problem) for problem in tried.problems] or tried.scores


@QUICK
@given(data=st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    _never_a_traceback(tmp_path_factory.getbasetemp() / "bytes", data)


CELL = st.sampled_from(
    ["session", "coder", "scale", "value", "dimension", "C1", "R1", "4", "8", "1e9", "nan", "½", "٤", '"', ""]
)


@QUICK
@given(rows=st.lists(st.lists(CELL, max_size=6), max_size=6), separator=st.sampled_from(",;\t|"))
def test_no_table_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    head = text_of([HEADER], separator)
    text = text_of(rows, separator)
    for data in (text, head + text):
        _never_a_traceback(tmp_path_factory.getbasetemp() / "rows", data.encode())


def _workbook_bytes() -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in [HEADER, *long_rows(2)]:
        book.active.append(list(row))
    book.save(stream)
    return stream.getvalue()


WORKBOOK = _workbook_bytes()


@QUICK
@given(at=st.integers(0, len(WORKBOOK) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_no_damage_to_a_workbook_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: bool
) -> None:
    data = WORKBOOK[:at] if cut else WORKBOOK[:at] + bytes([byte]) + WORKBOOK[at + 1 :]
    _never_a_traceback(tmp_path_factory.getbasetemp() / "book", data)


SHEET = "xl/worksheets/sheet1.xml"


@QUICK
@given(data=st.data())
def test_no_damage_inside_a_workbook_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as whole, zipfile.ZipFile(stream, "w") as broken:
        victim = data.draw(st.sampled_from(whole.namelist()))
        for name in whole.namelist():
            content = whole.read(name)
            if name == victim:
                at = data.draw(st.integers(0, len(content)))
                put = data.draw(st.sampled_from([b"", b"<", b'"', b"9" * 12, b"&x;", b"-1", b"\xff"]))
                content = content[:at] + put + content[at + data.draw(st.integers(0, 30)) :]
            broken.writestr(name, content)
    _never_a_traceback(tmp_path_factory.getbasetemp() / "inside", stream.getvalue())
