"""Every fault of a manifest is named with its row; what is right becomes sessions and their files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.coding.manifest import Key, Known, KnownSession
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder
from mio_fidelity.exchange.layout import LEFT_OUT
from mio_fidelity.exchange.manifest import Tried, Trying, manifest_of, try_manifest
from mio_fidelity.exchange.manifest_columns import guess_roles
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.media.progress import Cancelled
from tests.exchange.files import csv_file, excel_file

TODAY = date(2026, 6, 1)
FULL = ("client", "session", "part", "site", "arm", "counselor", "date", "file")
SHORT = ("client", "session", "file")
NOTHING = Known({}, {})
HELD = date(2026, 3, 31)
STORED = SessionFacts("C017", 3, "MIO", "K1", "North", HELD)


def knows(*facts: SessionFacts, parts: Sequence[int] = (1,)) -> Known:
    """A study with these sessions, each with these parts."""
    sessions: Mapping[Key, KnownSession] = {
        (each.client, each.number): KnownSession(f"id {nth}", each, frozenset(parts))
        for nth, each in enumerate(facts)
    }
    return Known(sessions, {each.client: each.site for each in facts})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files would lie, under a name that must not be repeated."""
    place = tmp_path / "qzxj"
    place.mkdir()
    return place


def tried(
    folder: Path,
    rows: Sequence[Sequence[Any]],
    header: Sequence[str] = SHORT,
    known: Known = NOTHING,
    order: DayOrder | None = None,
    roles: Sequence[str] | None = None,
) -> Tried:
    """What a CSV manifest would give; nothing it says may name a file."""
    raw = read_table(csv_file(folder / "qzxj.csv", rows, header))
    found = try_manifest(raw, roles or guess_roles(raw.header), Trying(known, folder, TODAY, order))
    assert not any("qzxj" in str(problem) for problem in found.problems)
    return found


def said(found: Tried) -> list[str]:
    return [f"{'' if problem.error else '(remark) '}{problem}" for problem in found.problems]


def test_a_good_manifest_becomes_sessions_with_their_facts_and_files(folder: Path) -> None:
    (folder / "qzxj-1.mp3").touch()
    rows = [
        ("C017", 3, 1, "North", "MIO", "K1", "2026-03-31", "qzxj-1.mp3"),
        ("C017", 3, 2, "North", "MIO", "K1", "2026-03-31", "deep/qzxj-2.mp3"),
        ("C018", 1, "", "", "", "", "", ""),
    ]
    found = tried(folder, rows, FULL)
    assert [(each.facts, each.part, each.file) for each in found.entries] == [
        (STORED, 1, folder / "qzxj-1.mp3"),
        (STORED, 2, folder / "deep" / "qzxj-2.mp3"),
        (SessionFacts("C018", 1), 1, None),
    ]
    assert (found.rows, found.bad_rows, found.new_sessions) == (3, 0, 2)
    assert (found.files, found.files_there, found.unclear_dates, found.usable) == (2, 1, False, True)
    assert said(found) == [
        "(remark) Row 3: The file is not there yet. The session is added and waits for it."
    ]


def test_an_unknown_column_is_an_error_with_the_nearest_name_until_it_is_left_out(folder: Path) -> None:
    rows = [("C017", 3, "K1", "fine")]
    found = tried(folder, rows, ("client", "session", "counsellr", "mood"))
    assert said(found) == [
        "The column counsellr is not known; did you mean counsellor? Say what it holds, or leave it out.",
        "The column mood is not known. Say what it holds, or leave it out.",
    ]
    assert (found.entries, found.usable, found.bad_rows, found.rows) == ((), False, 0, 1)
    roles = ("client", "session", "counselor", LEFT_OUT)
    settled = tried(folder, rows, ("client", "session", "counsellr", "mood"), roles=roles)
    assert said(settled) == []
    assert settled.entries[0].facts == SessionFacts("C017", 3, counselor="K1")


BAD_ROWS: list[tuple[str, Sequence[Any], str]] = [
    ("no client", ("", 3), "There is no client in this row"),
    ("no session", ("C090", ""), "There is no session in this row"),
    ("session 0", ("C090", 0), "whole numbers from 1"),
    ("half a session", ("C090", 1.5), "whole numbers from 1"),
    ("a session in words", ("C090", "third"), "whole numbers from 1"),
    ("a session beyond all treatments", ("C090", 10_000), "whole numbers from 1"),
    ("a session of thousands of figures", ("C090", "9" * 5000), "whole numbers from 1"),
    ("part 0", ("C090", 1, 0), "whole numbers from 1"),
    ("part 100", ("C090", 1, 100), "whole numbers from 1"),
    ("a client's name", ("Margaret", 1), "looks like a name"),
    ("a name with a number", ("Margaret1", 1), "looks like a name"),
    ("a counselor's name", ("C090", 1, 1, "", "", "Margaret"), "looks like a name"),
    ("an e-mail address", ("m.doe@clinic.org", 1), "looks like an e-mail address"),
    ("an e-mail address as a site", ("C090", 1, 1, "m.doe@clinic.org"), "not a label for a site"),
    ("a date of birth", ("1990-05-03", 1), "looks like a date"),
    ("a date of birth in figures", ("19900503", 1), "looks like a date"),
    ("a date of birth in an id", ("C-03.05.1990", 1), "looks like a date"),
    ("a social security number", ("123-45-6789", 1), "social security or telephone"),
    ("a long arm", ("C090", 1, 1, "", "x" * 25), "not a label for a site or an arm"),
    ("a day that is none", ("C090", 1, 1, "", "", "", "31.2.2026"), "not a date"),
    ("a day in the future", ("C090", 1, 1, "", "", "", "2026-06-02"), "in the future or far in the past"),
    ("a day of another age", ("C090", 1, 1, "", "", "", "1989-12-31"), "in the future or far in the past"),
]


@pytest.mark.parametrize(
    ("row", "sentence"), [each[1:] for each in BAD_ROWS], ids=[each[0] for each in BAD_ROWS]
)
def test_a_bad_row_is_named_with_its_number_and_never_repeated(
    folder: Path, row: Sequence[Any], sentence: str
) -> None:
    good = [("C001", 1, "", "", "", "", "2026-06-01", ""), ("C002", 1, "", "", "", "", "", "")]
    found = tried(folder, [good[0], (*row, *[""] * (8 - len(row))), good[1]], FULL)
    (line,) = said(found)
    assert line.startswith("Row 3: ")
    assert sentence in line
    assert (found.bad_rows, found.rows, found.usable) == (1, 3, True)
    assert [each.facts.client for each in found.entries] == ["C001", "C002"]
    for cell in row:
        assert len(str(cell)) < 4 or str(cell) not in line


def test_whole_numbers_may_be_written_as_statistics_programs_do(folder: Path) -> None:
    found = tried(folder, [("C017", "3.0", "01"), ("C017", "003", "2.00")], FULL[:3])
    assert [(each.facts.number, each.part) for each in found.entries] == [(3, 1), (3, 2)]


def test_a_row_of_another_length_is_counted_among_the_bad_ones(folder: Path) -> None:
    found = tried(folder, [("C017", 1, "a.mp3"), ("C018", 1, "b.mp3", "x")])
    assert said(found)[-1].startswith("Row 3: Cells in it: 4; in the header: 3")
    assert (found.rows, found.bad_rows, len(found.entries)) == (2, 1, 1)


def test_dates_in_several_ways_are_read_as_one_cell_tells(folder: Path) -> None:
    def days(*texts: str, order: DayOrder | None = None) -> Tried:
        rows = [("C017", nth, text) for nth, text in enumerate(texts, 1)]
        return tried(folder, rows, ("client", "session", "date"), order=order)

    told = days("2026-03-04", "3.4.2026", "31.3.2026", "4 Mar 2026")
    expected = [date(2026, 3, 4), date(2026, 4, 3), HELD, date(2026, 3, 4)]
    assert [each.facts.held_on for each in told.entries] == expected
    assert not told.unclear_dates
    for unclear in (days("3/4/2026", "2026-03-04"), days("3/4/2026", "31/3/2026", "3/31/2026")):
        assert unclear.unclear_dates
        assert said(unclear)[0].startswith("Row 2: This date can be read in two ways.")
        assert unclear.bad_rows == 1
    settled = days("3/4/2026", "2026-03-04", order=DayOrder.MONTH_FIRST)
    assert [each.facts.held_on for each in settled.entries] == [date(2026, 3, 4)] * 2
    assert not settled.unclear_dates


def test_days_of_a_workbook_are_days(folder: Path) -> None:
    excel_file(folder / "qzxj.xlsx", [("C017", 3, HELD)], ("client", "session", "date"))
    raw = read_table(folder / "qzxj.xlsx")
    found = try_manifest(raw, guess_roles(raw.header), Trying(NOTHING, folder, TODAY))
    assert [each.facts for each in found.entries] == [SessionFacts("C017", 3, held_on=HELD)]


def test_a_session_or_part_that_comes_twice_is_left_out_whole(folder: Path) -> None:
    rows = [("C017", 3, "a.mp3"), ("C018", 1, "b.mp3"), ("C017", "03", "c.mp3"), ("C017", 3, "d.mp3")]
    found = tried(folder, rows)
    assert [line for line in said(found) if "remark" not in line] == [
        "Row 2: It belongs to the session of row 4, which is wrong. Correct that one.",
        "Row 4: The same session and part is in row 2 already. Take one of them out, or number the parts.",
        "Row 5: The same session and part is in row 2 already. Take one of them out, or number the parts.",
    ]
    assert [each.facts.client for each in found.entries] == ["C018"]
    assert found.bad_rows == 3


def test_a_session_of_which_a_part_is_wrong_does_not_come_in_by_halves(folder: Path) -> None:
    rows = [("C017", 3, 1, "a.mp3"), ("C017", 3, 200, "b.mp3"), ("C017", 4, 1, "c.mp3")]
    found = tried(folder, rows, ("client", "session", "part", "file"))
    assert [problem.row for problem in found.errors] == [2, 3]
    assert [each.key for each in found.entries] == [("C017", 4)]


def test_parts_may_leave_the_facts_to_the_first_and_may_not_contradict_it(folder: Path) -> None:
    first = ("C017", 3, 1, "North", "MIO", "K1", "2026-03-31", "a.mp3")
    found = tried(
        folder, [first, ("C017", 3, 2, "", "", "", "", "b.mp3"), ("C017", 3, 3, *first[3:7], "")], FULL
    )
    assert found.errors == ()
    assert [(each.key, each.part) for each in found.entries] == [(("C017", 3), part) for part in (1, 2, 3)]
    assert found.entries[0].facts == STORED
    assert found.new_sessions == 1
    for at, other in ((4, "PE"), (5, "K2"), (6, "2026-03-30")):
        second = ["C017", 3, 2, *first[3:7], "b.mp3"]
        second[at] = other
        lines = said(tried(folder, [first, ("C017", 3, 4, *[""] * 5), second], FULL))
        sentence = "Row 4: It names the same session as row 2, with another site, arm, counselor or date."
        assert any(line.startswith(sentence) for line in lines)


def test_the_same_file_twice_is_an_error_on_both_rows(folder: Path) -> None:
    rows = [("C017", 1, "a.mp3"), ("C018", 1, "./a.mp3"), ("C019", 1, "b.mp3")]
    found = tried(folder, rows)
    lines = [line for line in said(found) if "remark" not in line]
    same = "The same recording cannot stand for two sessions."
    assert lines == [
        f"Row 2: The file is named in row 3 too. {same}",
        f"Row 3: The file is named in row 2 too. {same}",
    ]
    assert [each.facts.client for each in found.entries] == ["C019"]


def test_a_client_in_two_sites_is_an_error_in_two_arms_a_remark(folder: Path) -> None:
    header = ("client", "session", "site", "arm")
    rows = [
        ("C017", 1, "North", "MIO"),
        ("C017", 2, "South", "MIO"),
        ("C018", 1, "", "MIO"),
        ("C018", 2, "", "PE"),
    ]
    found = tried(folder, rows, header)
    assert said(found) == [
        "(remark) The client C018 has sessions in two arms: MIO, PE. Check the id.",
        "Row 3: The client C017 belongs to another site. Check the id and the site.",
    ]
    assert len(found.entries) == 3
    known = knows(replace(STORED, client="C018"), replace(STORED, client="C019"))
    later = tried(folder, [("C018", 9, "South", "MIO"), ("C019", 9, "North", "PE")], header, known)
    assert said(later) == [
        "(remark) The client C019 has sessions in two arms: MIO, PE. Check the id.",
        "Row 2: The client C018 belongs to another site. Check the id and the site.",
    ]


def test_ids_and_labels_that_differ_in_capitals_alone_are_a_remark_also_with_what_the_study_has(
    folder: Path,
) -> None:
    header = ("client", "session", "site", "arm", "counselor")
    end = "differ in capitals alone, and count as different. Check the spelling."
    here = tried(folder, [("C020", 1, "North", "MIO", "K1"), ("c020", 2, "north", "mio", "k1")], header)
    pairs = ("C020, c020", "North, north", "MIO, mio", "K1, k1")
    assert said(here) == [f"(remark) {pair} {end}" for pair in pairs]
    assert (here.usable, here.new_sessions) == (True, 2)
    later = tried(folder, [("C020", 1, "NORTH", "MIO", "K7")], header, knows(STORED))
    assert said(later) == [f"(remark) NORTH, North {end}"]
    assert said(tried(folder, [("C020", 1, "South", "PE", "K7")], header, knows(STORED))) == []


def test_a_counselor_in_two_sites_is_a_remark_also_with_what_the_study_has(folder: Path) -> None:
    header = ("client", "session", "site", "counselor")
    remark = "(remark) The counselor K1 has clients at North, South. Check whether that is one person."
    here = tried(
        folder, [("C020", 1, "North", "K1"), ("C021", 1, "South", "K1"), ("C022", 1, "West", "K2")], header
    )
    assert (said(here), here.usable) == ([remark], True)
    assert said(tried(folder, [("C021", 1, "South", "K1")], header, knows(STORED))) == [remark]
    assert said(tried(folder, [("C021", 1, "South", "K2")], header, knows(STORED))) == []


def test_without_a_client_column_the_session_names_both(folder: Path) -> None:
    rows = [
        ("C017-3", "a.mp3"),
        ("C017-04", "b.mp3"),
        ("BH-03", "c.mp3"),
        ("Margaret-3", "d.mp3"),
        ("", "e.mp3"),
    ]
    found = tried(folder, rows, ("session", "file"))
    assert [each.key for each in found.entries] == [("C017", 3), ("C017", 4), ("BH-03", 1)]
    assert [str(problem).partition(".")[0] for problem in found.errors] == [
        "Row 5: An id looks like a name",
        "Row 6: There is no session in this row",
    ]


def test_what_the_study_has_adds_nothing(folder: Path) -> None:
    row = ("C017", 3, 1, "North", "MIO", "K1", "2026-03-31", "a.mp3")
    for rows in ([row], [(*row[:7], "")], [("C017", 3, *[""] * 6)]):
        found = tried(folder, rows, FULL, knows(STORED))
        assert found.errors == ()
        assert (found.entries, found.new_sessions, found.files, found.usable) == ((), 0, 0, False)
        assert said(found)[0].startswith("(remark) The study has all of these sessions and files already;")
    assert (
        "Row 2: The study has this session and its file already"
        in said(tried(folder, [row], FULL, knows(STORED)))[-1]
    )


@pytest.mark.parametrize(
    ("at", "other", "what"),
    [
        (4, "PE", "with arm MIO, not PE"),
        (5, "K2", "with counselor K1, not K2"),
        (6, "30.3.2026", "with date 2026-03-31, not 2026-03-30"),
    ],
)
def test_a_session_that_the_study_has_with_other_facts_is_an_error(
    folder: Path, at: int, other: str, what: str
) -> None:
    row = ["C017", 3, 2, "North", "MIO", "K1", "2026-03-31", "a.mp3"]
    row[at] = other
    found = tried(folder, [row], FULL, knows(STORED))
    (line,) = said(found)
    assert what in line
    assert not found.usable


def test_a_fact_the_study_does_not_have_is_filled_in_and_counted(folder: Path) -> None:
    known = knows(SessionFacts("C017", 3))
    found = tried(folder, [("C017", 3, "PE")], ("client", "session", "arm"), known)
    assert (found.filled, found.new_sessions, said(found)) == (1, 0, [])
    assert [each.facts.arm for each in found.entries] == ["PE"]


def test_a_new_part_of_a_session_that_the_study_has_adds_its_file_alone(folder: Path) -> None:
    rows = [("C017", 3, 1, "a.mp3"), ("C017", 3, 2, "b.mp3")]
    found = tried(folder, rows, ("client", "session", "part", "file"), knows(STORED))
    assert [(each.part, each.file) for each in found.entries] == [(2, folder / "b.mp3")]
    assert (found.new_sessions, found.files) == (0, 1)


def test_a_file_that_cannot_be_there_is_awaited_and_not_fatal(folder: Path) -> None:
    (folder / "folder.mp3").mkdir()
    rows = [
        ("C017", 1, "x" * 400),
        ("C018", 1, "folder.mp3"),
        ("C019", 1, r"C:\deep\b.mp3"),
        ("C020", 1, "a:b?.mp3"),
    ]
    found = tried(folder, rows)
    assert (found.files, found.files_there, len(found.entries)) == (4, 0, 4)
    assert all("not there yet" in line for line in said(found))


def test_names_with_backslashes_are_found(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "qzxj é.mp3").touch()
    found = tried(folder, [("C017", 1, r"deep\qzxj é.mp3")])
    assert found.files_there == 1


def test_a_folder_of_recordings_is_a_manifest_by_the_names_of_its_files(folder: Path) -> None:
    names = (
        "C017_S03_part1.mp3",
        "C017_S03_part2.mp3",
        "C018/session 4.MP4",
        "holiday qzxj.wav",
        "notes.txt",
        ".C9_S1.mp3",
    )
    for name in names:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    raw = manifest_of(folder)
    assert raw.header == ("client", "session", "part", "file")
    found = try_manifest(raw, guess_roles(raw.header), Trying(NOTHING, folder, TODAY))
    assert {(each.key, each.part, each.file) for each in found.entries} == {
        (("C017", 3), 1, folder / names[0]),
        (("C017", 3), 2, folder / names[1]),
        (("C018", 4), 1, folder / names[2]),
    }
    assert (found.rows, found.files_there, found.bad_rows, found.new_sessions) == (4, 3, 1, 2)
    (line,) = said(found)
    assert line.startswith("Row 4: The name of this file does not tell client and session.")
    assert "qzxj" not in line


def test_a_folder_without_recordings_or_none_at_all_has_its_sentence(folder: Path) -> None:
    with pytest.raises(UserError, match="No recording is in this folder"):
        manifest_of(folder)
    for path in (folder / "none", csv_file(folder / "a.csv", [])):
        with pytest.raises(UserError, match="This is no folder"):
            manifest_of(path)


def test_trying_and_listing_stop_when_asked(folder: Path) -> None:
    (folder / "C017_S03.mp3").touch()
    with pytest.raises(Cancelled):
        manifest_of(folder, None, lambda: True)
    raw = manifest_of(folder)
    with pytest.raises(Cancelled):
        try_manifest(raw, guess_roles(raw.header), Trying(NOTHING, folder, TODAY), None, lambda: True)
