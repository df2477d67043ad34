"""The study's tables as workbooks and CSV files, read again."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.media.progress import Cancelled, IsCancelled
from mio_fidelity.report.listings import Origin, as_plain, write_listing_csv, write_listings

HELD = date(2026, 3, 31)
COLUMNS = (
    Column("client", Sentence("Client")),
    Column("state", Sentence("State"), Kind.STATE),
    Column("said", Sentence("What to know"), Kind.TEXT),
    Column("number", Sentence("Session"), Kind.NUMBER, Sentence("Which one it is.")),
    Column("share", Sentence("Share"), Kind.SHARE),
    Column("held_on", Sentence("Held on"), Kind.DAY),
    Column("length", Sentence("Length"), Kind.LENGTH, Sentence("Of all parts.")),
)
ROWS: list[tuple[Value, ...]] = [
    ("C2", "ready", "all's well; ünd, “so”", 3, 0.5, HELD, 26 * 3_600_000 + 61_500),
    ("C10", None, None, None, None, None, None),
]
EVERYTHING = Origin("A study", {})
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://example.org")')


def listing(
    rows: Sequence[tuple[Value, ...]] = ROWS, key: str = "sessions", title: str = "Sessions"
) -> Listing:
    return Listing(key, Sentence(title), COLUMNS, [str(nth) for nth in range(len(rows))], rows)


def after(times: int) -> IsCancelled:
    """Somebody who says stop when asked so many times before."""
    asked = count()
    return lambda: next(asked) >= times


def texts(sheet: Any) -> list[str]:
    """Every cell of a sheet that is not empty."""
    return [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def test_each_table_is_a_sheet_and_the_last_says_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_listings(path, [listing(), listing([], "people", "People")], EVERYTHING)
    book = load_workbook(path)
    assert book.sheetnames == ["Sessions", "People", "Method"]
    for name in ("Sessions", "People"):
        sheet = book[name]
        assert sheet["A1"].value == name
        assert [cell.value for cell in sheet[2]] == [column.title for column in COLUMNS]
        # The header is repeated on each printed page, stays when one scrolls, and filters.
        assert sheet.freeze_panes == "A3"
        assert sheet.print_title_rows == "$2:$2"
        assert sheet.auto_filter.ref == ("A2:G4" if name == "Sessions" else "A2:G2")
        assert sheet.page_setup.fitToWidth == 1
    assert book["People"].max_row == 2


def test_numbers_days_and_lengths_are_what_they_are(tmp_path: Path) -> None:
    write_listings(tmp_path / "a.xlsx", [listing()], EVERYTHING)
    sheet = load_workbook(tmp_path / "a.xlsx")["Sessions"]
    client, state, said, number, share, held_on, length = sheet[3]
    assert (client.value, state.value, said.value) == ("C2", "ready", "all's well; ünd, “so”")
    assert (number.value, number.data_type) == (3, "n")
    assert (share.value, share.number_format) == (0.5, "0%")
    assert (held_on.value, held_on.is_date, held_on.number_format) == (
        datetime(2026, 3, 31),
        True,
        "yyyy-mm-dd",
    )
    assert length.number_format == "[h]:mm:ss"
    assert length.value == timedelta(hours=26, minutes=1, seconds=1.5)
    assert [cell.value for cell in sheet[4]] == ["C10", *[None] * 6]


def test_the_method_sheet_says_what_each_column_holds_and_what_was_chosen(tmp_path: Path) -> None:
    words = {"Search": "C0", "Site": "North, South"}
    write_listings(tmp_path / "a.xlsx", [listing()], Origin("A study", words))
    write_listings(tmp_path / "b.xlsx", [listing()], EVERYTHING)
    chosen, whole = (load_workbook(tmp_path / name)["Method"] for name in ("a.xlsx", "b.xlsx"))
    lines = {row[0]: row[1] for row in chosen.iter_rows(values_only=True, max_col=2)}
    assert lines["Study"] == "A study"
    assert lines["Selected"] == "Search: C0; Site: North, South"
    assert lines["Rows"] == "2"
    assert lines["Client"] == "client"
    assert lines["Session"] == "number: Which one it is. A number."
    assert lines["Share"] == "share: A share, 0 to 1."
    assert lines["Held on"] == "held_on: A day, year-month-day."
    assert lines["Length"] == "length: Of all parts. A length; seconds in CSV files."
    assert {column.title for column in COLUMNS} <= set(lines)
    assert "MIO Fidelity" in lines["Versions"]
    assert lines["Written"].endswith("UTC")
    assert "everything" in texts(whole)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(tmp_path: Path, text: str) -> None:
    rows: list[tuple[Value, ...]] = [(text, text, text, -1, None, None, None)]
    found = Listing("x", Sentence("Sessions"), COLUMNS, ["1"], rows)
    write_listings(tmp_path / "a.xlsx", [found], Origin(text, {"Search": text}))
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    for cell in book["Sessions"][3][:3]:
        assert cell.data_type == "s"
        assert cell.quotePrefix == cell.value.startswith(("=", "+", "-", "@"))
    assert book["Sessions"]["D3"].value == -1
    write_listing_csv(tmp_path / "a.csv", found)
    row = read(tmp_path / "a.csv")[1]
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row[:3])
    assert row[3] == "-1"


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_csv_has_keys_days_and_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_listing_csv(path, listing())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read(path) == [
        ["client", "state", "said", "number", "share", "held_on", "length"],
        ["C2", "ready", "all's well; ünd, “so”", "3", "0.5", "2026-03-31", "93661.5"],
        ["C10", "", "", "", "", "", ""],
    ]
    write_listing_csv(path, listing([]))
    assert len(read(path)) == 1


def test_plain_values_are_left_as_they_are() -> None:
    assert as_plain("-A", Kind.WORD) == "-A"
    assert as_plain(HELD, Kind.DAY) == "2026-03-31"
    assert as_plain(1500, Kind.LENGTH) == 1.5
    assert as_plain(0, Kind.NUMBER) == 0
    assert as_plain(None, Kind.LENGTH) is None


def test_who_stops_keeps_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    many, path = listing(ROWS * 2000), tmp_path / "a"
    path.write_bytes(b"old")
    for asked in (0, 3):
        with pytest.raises(Cancelled):
            write_listing_csv(path, many, None, after(asked))
        with pytest.raises(Cancelled):
            write_listings(path, [many], EVERYTHING, None, after(asked))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_progress_grows_to_the_end_over_all_tables(tmp_path: Path) -> None:
    shares: list[float] = []
    tables = [listing(ROWS * 1000), listing([], "people", "People"), listing(ROWS * 500, "sites", "Sites")]
    write_listings(tmp_path / "a.xlsx", tables, EVERYTHING, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert load_workbook(tmp_path / "a.xlsx")["Sessions"].max_row == 2002


def test_what_cannot_be_written_is_said_in_a_sentence_without_the_place(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="folder to write to is not there") as refused:
        write_listings(tmp_path / "qzxj" / "a.xlsx", [listing()], EVERYTHING)
    assert "qzxj" not in str(refused.value)
    with pytest.raises(UserError, match="folder to write to is not there") as refused:
        write_listing_csv(tmp_path / "qzxj" / "a.csv", listing())
    assert "qzxj" not in str(refused.value)
