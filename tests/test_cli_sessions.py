"""The command that takes sessions in, as somebody types it."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.cli.sessions import EPILOG
from mio_fidelity.coding import manifest, people, staff
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.store import Project, Role
from tests.conftest import PASSPHRASE, Made, copy_of
from tests.exchange.files import csv_file, excel_file, text_of
from tests.test_cli import refused, run, run_really

HEADER = ("client", "session", "part", "site", "arm", "counselor", "date", "file")
GOOD = [
    ("C017", 3, 1, "North", "MIO", "K1", "2026-03-31", "qzxj-1.mp3"),
    ("C017", 3, 2, "", "", "", "", "qzxj-2.mp3"),
    ("C018", 1, "", "South", "PE", "K2", "2026-04-01", ""),
]
KEYS = {
    "schema_version",
    "stored",
    "rows",
    "bad_rows",
    "sessions",
    "files",
    "files_there",
    "filled",
    "problems",
}
Facts = list[tuple[SessionFacts, frozenset[int]]]


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    """A closed study in a place whose name must not be shown."""
    study = copy_of(made, tmp_path)
    study.project.close()
    return study.folder.rename(tmp_path / "qzxj-study")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A good manifest, one of whose two files is there."""
    (tmp_path / "qzxj-1.mp3").touch()
    return csv_file(tmp_path / "qzxj-manifest.csv", GOOD, HEADER)


def shown(*words: str | Path, code: int = 0, really: bool = False) -> tuple[list[str], list[str]]:
    """The lines that are printed, and those of problems; none names a file."""
    done = (run_really if really else run)("import-sessions", *words, code=code)
    assert "qzxj" not in done.stdout + done.stderr
    return done.stdout.splitlines(), done.stderr.splitlines()


def of_json(*words: str | Path, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("\n".join(shown(*words, "--json", code=code)[0]))
    return found


def stored(folder: Path) -> Facts:
    """The sessions that were added, with their parts."""
    with Project.open(folder, PASSPHRASE) as project:
        known = project.ask(manifest.known)
    return [(each.facts, each.parts) for key, each in sorted(known.sessions.items()) if key[0][0] == "C"]


STORED: Facts = [
    (SessionFacts("C017", 3, "MIO", "K1", "North", date(2026, 3, 31)), frozenset({1, 2})),
    (SessionFacts("C018", 1, "PE", "K2", "South", date(2026, 4, 1)), frozenset()),
]


def audit(folder: Path) -> int:
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())


def test_a_dry_run_says_what_would_come_in_and_stores_nothing(folder: Path, table: Path) -> None:
    before = audit(folder)
    lines, problems = shown(folder, table, "--dry-run", really=True)
    assert lines == [
        "Dry run, nothing is stored:",
        "rows                         3 (0 of them bad)",
        "new sessions                 2",
        "files                        2 (1 of them there)",
    ]
    assert problems == ["(remark) Row 3: The file is not there yet. The session is added and waits for it."]
    assert stored(folder) == []
    assert audit(folder) == before


def test_a_manifest_comes_in_once(folder: Path, table: Path) -> None:
    assert shown(folder, table, really=True)[0][0] == "Taken in:"
    assert stored(folder) == STORED
    before = audit(folder)
    lines, problems = shown(folder, table)
    assert lines[0] == "Nothing was stored:"
    assert problems[0].startswith("(remark) The study has all of these sessions and files already;")
    assert audit(folder) == before


def test_file_names_are_taken_from_the_folder_of_the_table(folder: Path, table: Path, tmp_path: Path) -> None:
    run("import-sessions", folder, table)
    with Project.open(folder, PASSPHRASE) as project, project._engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT location FROM awaited_file ORDER BY part").scalars().all()
    assert found == [str(tmp_path / "qzxj-1.mp3"), str(tmp_path / "qzxj-2.mp3")]


def test_json_has_the_keys_its_help_names_and_the_same_figures(folder: Path, table: Path) -> None:
    found = of_json(folder, table, "--dry-run")
    assert set(found) == KEYS
    assert all(key in EPILOG for key in KEYS)
    (problem,) = found.pop("problems")
    assert found == {
        "schema_version": 1,
        "stored": False,
        "rows": 3,
        "bad_rows": 0,
        "sessions": 2,
        "files": 2,
        "files_there": 1,
        "filled": 0,
    }
    assert (problem["row"], problem["error"]) == (3, False)
    assert problem["what"].startswith("The file is not there yet.")
    assert of_json(folder, table)["stored"] is True
    assert stored(folder) == STORED


BAD = [
    *GOOD,
    ("Margaret", 1, *[""] * 5, "qzxj-3.mp3"),
    ("C019", 1, "", "", "", "", "2099-01-01", "qzxj-4.mp3"),
    ("C020", 1, "", "", "", "", "", "qzxj-1.mp3"),
]


def test_bad_rows_are_printed_with_their_numbers_and_keep_the_others_out(
    folder: Path, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "qzxj.csv", BAD, HEADER)
    lines, problems = shown(folder, path, code=2, really=True)
    assert lines[:2] == ["Nothing was stored:", "rows                         6 (5 of them bad)"]
    errors = [line for line in problems if not line.startswith("(remark)")]
    assert [line.partition(":")[0] for line in errors] == [f"Row {n}" for n in (2, 3, 5, 6, 7)]
    assert "looks like a name" in errors[2]
    assert "Margaret" not in " ".join(problems)
    assert "in the future" in errors[3]
    assert "The file is named in row 2 too." in errors[4]
    assert stored(folder) == []
    found = of_json(folder, path, code=2)
    assert (found["stored"], found["bad_rows"]) == (False, 5)


def test_the_good_rows_come_in_without_the_bad_ones_when_that_is_asked_for(
    folder: Path, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "qzxj.csv", BAD[:5], HEADER)
    assert shown(folder, path, "--drop-bad-rows", "--dry-run", code=2)[0][0] == "Dry run, nothing is stored:"
    assert stored(folder) == []
    lines, problems = shown(folder, path, "--drop-bad-rows")
    assert lines[:2] == ["Taken in:", "rows                         5 (2 of them bad)"]
    assert len(problems) == 4
    assert stored(folder) == STORED


def test_where_no_row_is_good_nothing_is_left_to_drop_to(folder: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "qzxj.csv", [("Margaret", 1)], ("client", "session"))
    assert shown(folder, path, "--drop-bad-rows", code=2)[0][0] == "Nothing was stored:"
    path = csv_file(tmp_path / "qzxj.csv", [("C017", 1, "x")], ("client", "session", "mood"))
    lines, problems = shown(folder, path, "--drop-bad-rows", code=2)
    assert lines[0] == "Nothing was stored:"
    assert problems == ["The column mood is not known. Say what it holds, or leave it out."]
    assert stored(folder) == []


def test_columns_are_named_and_left_out(folder: Path, tmp_path: Path) -> None:
    header = ("Familie", "Sitzung", "site", "clinic", "Bemerkung")
    path = csv_file(tmp_path / "qzxj.csv", [("C017", 3, "x", "North", "fine")], header)
    shown(folder, path, code=2)
    words = ("--column", "client=familie", "--column", "session=Sitzung", "--column", "site=Clinic")
    _, problems = shown(folder, path, *words, code=2)
    assert problems == ["The column Bemerkung is not known. Say what it holds, or leave it out."]
    shown(folder, path, *words, "--leave-out", "bemerkung")
    assert stored(folder) == [(SessionFacts("C017", 3, site="North"), frozenset())]
    _, problems = shown(folder, path, *words, "--column", "site=site", "--leave-out", "Bemerkung", code=2)
    assert problems == ["There are two columns site. Leave one of them out."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--column", "coder=client"), "Write --column ROLE=TITLE"),
        (("--column", "qzxj.csv"), "Write --column ROLE=TITLE"),
        (("--column", "client="), "Write --column ROLE=TITLE"),
        (("--column", "client=Mother"), "no column Mother"),
        (("--leave-out", "Mother"), "no column Mother"),
        (("--as", "R9"), "Nobody in the study is called R9"),
        (("--as", "R1"), "Only a supervisor"),
    ],
)
def test_what_makes_no_sense_is_refused(
    folder: Path, table: Path, words: Sequence[str], sentence: str
) -> None:
    assert sentence in refused("import-sessions", folder, table, *words)
    assert stored(folder) == []


def test_dates_that_can_be_read_in_two_ways_want_a_word(folder: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "qzxj.csv", [("C017", 3, "3/4/2026")], ("client", "session", "date"))
    _, (problem,) = shown(folder, path, code=2)
    assert problem.startswith("Row 2: This date can be read in two ways.")
    assert "usage:" in run("import-sessions", folder, path, "--dates", "year", code=2).stderr
    shown(folder, path, "--dates", "day")
    assert stored(folder)[0][0].held_on == date(2026, 4, 3)
    path = csv_file(tmp_path / "qzxj.csv", [("C017", 4, "3/4/2026")], ("client", "session", "date"))
    shown(folder, path, "--dates", "month")
    assert stored(folder)[1][0].held_on == date(2026, 3, 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_tables_of_every_make_are_the_same(folder: Path, tmp_path: Path, encoding: str) -> None:
    rows = [tuple("Süd" if cell == "South" else cell for cell in row) for row in GOOD]
    path = tmp_path / "qzxj.csv"
    path.write_bytes(text_of([HEADER, *rows], ";", "\r\n").encode(encoding))
    shown(folder, path)
    (first, (second, parts)) = STORED
    assert stored(folder) == [first, (SessionFacts("C018", 1, "PE", "K2", "Süd", second.held_on), parts)]


def test_a_workbook_is_a_manifest_too(folder: Path, tmp_path: Path) -> None:
    rows = [(*row[:6], date.fromisoformat(row[6]) if row[6] else None, row[7]) for row in GOOD]
    excel_file(tmp_path / "qzxj.xlsx", rows, HEADER)
    shown(folder, tmp_path / "qzxj.xlsx")
    assert stored(folder) == STORED


def test_a_folder_of_recordings_is_a_manifest_too(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "qzxj-recordings"
    (place / "C018").mkdir(parents=True)
    for name in ("C017_S03_part1.mp3", "C017_S03_part2.mp3", "C018/session 1.wav", "qzxj.wav"):
        (place / name).touch()
    lines, problems = shown(folder, place, code=2)
    assert lines[1:] == [
        "rows                         4 (1 of them bad)",
        "new sessions                 2",
        "files                        3 (3 of them there)",
    ]
    assert problems[0].startswith("Row 4: The name of this file does not tell client and session.")
    shown(folder, place, "--drop-bad-rows")
    assert stored(folder) == [
        (SessionFacts("C017", 3), frozenset({1, 2})),
        (SessionFacts("C018", 1), frozenset({1})),
    ]


def test_what_is_no_table_is_refused_without_its_name(folder: Path, tmp_path: Path) -> None:
    words = "import-sessions", folder
    assert "There is no such file" in refused(*words, tmp_path / "qzxj-missing.csv")
    (tmp_path / "qzxj-empty").mkdir()
    assert "No recording is in this folder" in refused(*words, tmp_path / "qzxj-empty")
    (tmp_path / "qzxj.csv").write_bytes(b"")
    assert "The file is empty" in refused(*words, tmp_path / "qzxj.csv")
    (tmp_path / "qzxj.xlsx").write_bytes(b"PK\x03\x04 but no more")
    assert "cannot be read as an Excel workbook" in refused(*words, tmp_path / "qzxj.xlsx")
    lines, problems = shown(
        folder, csv_file(tmp_path / "a.csv", GOOD[1:], [str(cell) for cell in GOOD[0]]), code=2
    )
    assert lines[0] == "Nothing was stored:"
    assert any("There is no column session." in line for line in problems)
    assert not any("C017" in line or "mp3" in line for line in problems)


def test_with_several_supervisors_one_is_named(folder: Path, table: Path) -> None:
    with Project.open(folder, PASSPHRASE) as project:
        second = project.do(people.add_person, "S2", Role.SUPERVISOR).value
    assert "Say who you are: add --as" in refused("import-sessions", folder, table)
    shown(folder, table, "--as", "S2")
    assert stored(folder) == STORED
    with Project.open(folder, PASSPHRASE) as project:
        project.do(staff.leave, second)
    assert "Nobody in the study is called S2" in refused("import-sessions", folder, table, "--as", "S2")
