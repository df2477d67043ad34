"""Every fault of a ratings file is named with its row; what is right becomes the very scores."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mio_fidelity import paths
from mio_fidelity.analysis.findings import compute
from mio_fidelity.analysis.results import Options
from mio_fidelity.analysis.table import STATES
from mio_fidelity.answer import State
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.dry_run import Wanted, dry_run
from mio_fidelity.exchange.layout import guess_layout
from mio_fidelity.exchange.ratings_file import ratings_of, table_from_file, table_of, try_file
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.exchange.values import NA_CODES
from mio_fidelity.instrument import read_instrument, shipped_instrument
from mio_fidelity.report.long import write_long_csv
from mio_fidelity.report.workbook import write_workbook
from tests.exchange.files import HEADER, csv_file, excel_file, long_rows, text_of

WIDE = ("session", "coder", "warm_regard_fidelity", "warm_regard_competence")
OWN_SCALES = ("session", "coder", "empathy_fidelity", "style_fidelity")
STUDY = Wanted(instrument=shipped_instrument(), for_study=True)


def said(path: Path, wanted: Wanted | None = None) -> list[str]:
    """The lines of the dry run."""
    return [str(problem) for problem in try_file(path, wanted).problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "qzxj.csv"


def test_a_good_long_table_becomes_its_scores(path: Path) -> None:
    csv_file(path, long_rows())
    table = table_from_file(path)
    assert [(column.scale, column.dimension) for column in table.columns] == [
        ("warm_regard", "fidelity"),
        ("warm_regard", "competence"),
        ("child_mind", "fidelity"),
        ("child_mind", "competence"),
    ]
    assert table.coders == ("R1", "R2")
    assert [row.label for row in table.sessions] == [f"C{nth:02}-1" for nth in range(1, 7)]
    for session, coder, scale, dimension, value in long_rows():
        at = next(i for i, c in enumerate(table.columns) if (c.scale, c.dimension) == (scale, dimension))
        where = int(session[1:3]) - 1, table.coders.index(coder)
        assert table.values[(at, *where)] == value
    assert said(path) == []


def test_the_header_may_come_in_any_order_and_in_capitals(path: Path, tmp_path: Path) -> None:
    rows = [
        (value, dimension, scale, coder, session) for session, coder, scale, dimension, value in long_rows()
    ]
    csv_file(path, rows, ("VALUE", "Dimension", "scale", "Coder", "SESSION"))
    straight = csv_file(tmp_path / "b.csv", long_rows())
    assert table_from_file(path).sha256 == table_from_file(straight).sha256


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_semicolons_and_decimal_commas(path: Path, tmp_path: Path, encoding: str) -> None:
    rows = [(*row[:4], f"{row[4]},0") for row in long_rows()]
    path.write_bytes(text_of([HEADER, *rows], ";", "\r\n").encode(encoding))
    straight = csv_file(tmp_path / "b.csv", long_rows())
    assert table_from_file(path).sha256 == table_from_file(straight).sha256


def test_long_wide_and_excel_give_the_same_scores(path: Path, tmp_path: Path) -> None:
    wide: dict[tuple[str, str], list[Any]] = {}
    for session, coder, _scale, _dimension, value in long_rows():
        wide.setdefault((session, coder), []).append(value)
    header = (
        "Session",
        "Rater",
        "Warm regard Fidelity",
        "warm_regard_competence",
        *(f"child_mind_{dimension}" for dimension in ("fidelity", "competence")),
    )
    csv_file(path, [(*key, *values) for key, values in wide.items()], header)
    excel_file(tmp_path / "a.xlsx", long_rows())
    straight = csv_file(tmp_path / "b.csv", long_rows())
    fingerprints = {table_from_file(each).sha256 for each in (path, tmp_path / "a.xlsx", straight)}
    assert len(fingerprints) == 1


def test_the_titles_of_columns_can_be_said(path: Path) -> None:
    csv_file(path, long_rows(), ("Sitzung", "Wer", "Skala", "Art", "Punkte"))
    named = dict(zip(HEADER, ("sitzung", "Wer", "Skala", "Art", "Punkte"), strict=True))
    assert try_file(path, None, named).scores
    with pytest.raises(UserError, match="no column Prüfer"):
        try_file(path, None, {"coder": "Prüfer"})
    with pytest.raises(UserError, match="rater is no kind of column"):
        try_file(path, None, {"rater": "Wer"})


BAD_ROWS: list[tuple[str, tuple[Any, ...], str]] = [
    ("text in a score column", ("C90", "R1", "warm_regard", "fidelity", "four"), "is not a number"),
    ("nan in a score column", ("C90", "R1", "warm_regard", "fidelity", "nan"), "is not a number"),
    (
        "a value off the scale",
        ("C90", "R1", "warm_regard", "fidelity", 8),
        "The score 8 for Warm regard, Fidelity is not on the scale 1-7",
    ),
    ("a value between points", ("C90", "R1", "warm_regard", "fidelity", "4.5"), "The score 4.5"),
    ("99 that nobody named", ("C90", "R1", "warm_regard", "fidelity", 99), "is not on the scale 1-7"),
    ("no session", ("", "R1", "warm_regard", "fidelity", 4), "There is no session in it"),
    ("no coder", ("C90", "", "warm_regard", "fidelity", 4), "There is no coder in it"),
    ("no scale", ("C90", "R1", "", "fidelity", 4), "There is no scale in it"),
    ("an unknown scale", ("C90", "R1", "warm_regrad", "fidelity", 4), "did you mean warm_regard?"),
    ("quite another scale", ("C90", "R1", "zzz", "fidelity", 4), "The scale zzz is none of the instrument"),
    ("an unknown dimension", ("C90", "R1", "warm_regard", "compotence", 4), "did you mean competence?"),
]


@pytest.mark.parametrize(
    ("row", "sentence"), [each[1:] for each in BAD_ROWS], ids=[each[0] for each in BAD_ROWS]
)
def test_a_bad_row_is_named_with_its_number_and_nothing_is_used(
    path: Path, row: Sequence[Any], sentence: str
) -> None:
    good = long_rows()
    csv_file(path, [*good, row])
    (line,) = said(path)
    assert line.startswith(f"Row {len(good) + 2}: ")
    assert sentence in line
    with pytest.raises(UserError) as refused:
        table_from_file(path)
    assert str(refused.value).startswith(f"Rows that are wrong: 1 of {len(good) + 1}; nothing was used.")
    assert "qzxj" not in str(refused.value)
    dropped = table_from_file(path, drop_bad_rows=True)
    assert dropped.sha256 == table_from_file(csv_file(path, good)).sha256


def test_duplicates_are_errors_on_both_rows_and_never_averaged(path: Path) -> None:
    good = long_rows()
    csv_file(path, [*good, (*good[0][:4], good[0][4] % 7 + 1)])
    lines = said(path)
    same = "It has the same session, coder, scale and dimension as row"
    assert lines[0] == f"Row 2: {same} {len(good) + 2}. Keep one of them."
    assert lines[1] == f"Row {len(good) + 2}: {same} 2. Keep one of them."
    table = table_from_file(path, drop_bad_rows=True)
    assert np.isnan(table.values[0, 0, 0])


def test_codes_for_missing_come_from_the_list_alone(path: Path) -> None:
    values = ["", "NA", "n/a", ".", 99, "99.0"]
    rows = [(f"C{50 + nth}", "R1", "warm_regard", "fidelity", value) for nth, value in enumerate(values)]
    csv_file(path, [*long_rows(), *rows])
    assert [line.split(":")[0] for line in said(path)] == ["Row 54", "Row 55"]
    named = Wanted(na_codes=(*NA_CODES, "99"))
    assert said(path, named) == []
    assert said(path, Wanted(na_codes=("99",)))[0].startswith("Row 51")


def test_one_coder_only_is_allowed_and_said(path: Path) -> None:
    csv_file(path, long_rows(coders=("R1",)))
    (line,) = said(path)
    assert line.startswith("Only one coder is in the file")
    findings = compute(table_from_file(path), Options(replicates=100))
    assert {row.icc.reason for row in findings.rows} == {"fewer_than_two_coders"}


@pytest.mark.parametrize("missing", HEADER)
def test_a_missing_column_is_named(path: Path, missing: str) -> None:
    at = HEADER.index(missing)
    rows = [row[:at] + row[at + 1 :] for row in long_rows()]
    csv_file(path, rows, HEADER[:at] + HEADER[at + 1 :])
    tried = try_file(path)
    assert not tried.usable
    assert f"There is no column {missing}." in str(tried.errors[0])


def test_a_column_that_comes_twice_is_an_error(path: Path) -> None:
    csv_file(path, [(*row, 3) for row in long_rows()], (*HEADER, "Value"))
    assert "There are two columns value" in said(path)[0]


def test_a_wide_column_nobody_knows_is_an_error_unless_left_out(path: Path) -> None:
    csv_file(path, [("C1", "R1", 4, 5, "x"), ("C1", "R2", 4, 5, "y")], (*WIDE, "warm_regard_competense"))
    (line,) = said(path)
    assert "warm_regard_competense is not known; did you mean warm_regard_competence?" in line
    assert try_file(path, None, None, ["warm_regard_competense"]).errors == ()


def test_scales_of_no_instrument_are_taken_as_they_come(path: Path) -> None:
    csv_file(path, [("C1", "R1", 4, 5), ("C1", "R2", 3, 5)], OWN_SCALES)
    table = table_from_file(path)
    assert table.instrument is None
    assert [(each.scale, each.title, each.number, each.dimension, each.points) for each in table.columns] == [
        ("empathy", "Empathy", 1, "fidelity", (1, 2, 3, 4, 5, 6, 7)),
        ("style", "Style", 2, "fidelity", (1, 2, 3, 4, 5, 6, 7)),
    ]
    assert "their points were taken to be 1-7" in said(path)[0]
    csv_file(path, [("C1", "R1", 0, 3), ("C1", "R2", 3, 2)], OWN_SCALES)
    assert "The score 0 for Empathy, Fidelity is not on the scale 1-7" in said(path)[-1]
    assert table_from_file(path, points=(0, 1, 2, 3)).columns[0].points == (0, 1, 2, 3)


def test_the_labs_own_instrument_is_kept_to(path: Path) -> None:
    own = read_instrument(paths.coding_manual() / "example_5_point.toml")
    scale, dimension = own.slots()[0]
    csv_file(path, [("C1", "R1", scale, dimension, 5), ("C1", "R2", scale, dimension, 4)])
    table = table_from_file(path, instrument=own)
    assert table.instrument is own
    csv_file(path, [("C1", "R1", scale, dimension, 6), ("C1", "R2", "warm_regard", dimension, 4)])
    lines = said(path, Wanted(own))
    assert "6" in lines[0]
    assert "warm_regard" in lines[1]


def test_arms_and_sites_come_along_and_must_not_contradict(path: Path) -> None:
    rows = [(*row, "MIO" if row[0] < "C04" else "PE", "North") for row in long_rows()]
    csv_file(path, rows, (*HEADER, "ARM", "site"))
    table = table_from_file(path)
    assert [row.arm for row in table.sessions] == ["MIO"] * 3 + ["PE"] * 3
    assert {row.site for row in table.sessions} == {"North"}
    csv_file(path, [*rows[:-1], (*rows[-1][:5], "MIO", "North")], (*HEADER, "ARM", "site"))
    assert said(path) == [
        f"Row {len(rows) + 1}: The session has another arm in a row above. Correct one of them."
    ]


def test_ids_that_could_identify_somebody_are_said_and_for_a_study_refused(path: Path) -> None:
    csv_file(path, long_rows(coders=("Margaret", "R2")))
    assert said(path) == ["Some coders' codes look like names; outputs will show them."]
    lines = said(path, STUDY)
    assert len(lines) == len(long_rows()) // 2 + 1
    assert "looks like a name" in lines[1]
    assert "Margaret" not in " ".join(lines)
    csv_file(path, [("2024-03-01", *row[1:]) for row in long_rows(1)])
    assert said(path) == [
        "Some session ids look like names, dates or personal numbers; outputs will show them."
    ]
    assert "looks like a date" in said(path, STUDY)[0]


def test_a_score_where_a_rule_allows_none_is_an_error_for_a_study(path: Path) -> None:
    rows = [("C1", "R1", 1, 3), ("C1", "R2", 1, "NA"), ("C2", "R1", 4, ""), ("C2", "R2", 4, 4)]
    csv_file(path, rows, WIDE)
    assert said(path) == []
    (line,) = said(path, STUDY)
    assert line.startswith("Row 2: There is a score for Competence where Fidelity makes it not applicable.")
    table = table_from_file(path)
    states = [[STATES[state] for state in row] for row in table.states[1]]
    assert states == [[State.RATED, State.NOT_APPLICABLE], [State.OPEN, State.RATED]]


def test_sessions_written_in_two_ways_are_one_in_a_study(path: Path) -> None:
    csv_file(path, [("C1-3", "R1", 4, 4), ("C1-03", "R1", 4, 4), ("C2", "R1", 4, 4)], WIDE)
    tried = try_file(path, STUDY)
    assert tried.bad_rows == 2
    assert [score.session for score in tried.scores] == ["C2-1", "C2-1"]


def test_ratings_that_are_there_already_are_errors(path: Path) -> None:
    csv_file(path, [("C1-3", "R1", 4, 4), ("C1-3", "R2", 4, 4)], WIDE)
    wanted = Wanted(shipped_instrument(), for_study=True, rated=frozenset({("C1-3", "R1")}))
    tried = try_file(path, wanted)
    assert [problem.row for problem in tried.errors] == [2]
    (rating,) = ratings_of(tried)
    assert (rating.session, rating.coder, len(rating.answers)) == ("C1-3", "R2", 2)


def test_a_file_with_nothing_but_codes_for_missing_is_refused(path: Path) -> None:
    csv_file(path, [(*row[:4], "NA") for row in long_rows()])
    with pytest.raises(UserError, match="There are no scores in the file"):
        table_from_file(path)


def test_the_programs_own_long_data_and_workbook_come_back_to_the_digit(path: Path, tmp_path: Path) -> None:
    csv_file(path, [(*row, "MIO") for row in long_rows()], (*HEADER, "arm"))
    table = table_from_file(path)
    findings = compute(table, Options(replicates=100))
    write_long_csv(tmp_path / "long.csv", table)
    write_workbook(tmp_path / "book.xlsx", findings, table)
    for name in ("long.csv", "book.xlsx"):
        again = table_from_file(tmp_path / name)
        assert again.sha256 == table.sha256
        assert again.sessions == table.sessions


def test_many_rows_take_time_in_proportion_and_tell_how_far_they_are(path: Path) -> None:
    csv_file(path, long_rows(2000, ("R1", "R2", "R3")))
    told: list[float] = []
    raw = read_table(path)
    tried = dry_run(raw, guess_layout(raw.header, None), None, told.append)
    assert len(tried.scores) == 2000 * 3 * 4
    assert told[-1] == 1
    assert table_of(tried).values.shape == (4, 2000, 3)


DATED = (*HEADER, "rated_on")


def test_the_day_of_a_rating_comes_with_it(path: Path) -> None:
    csv_file(path, [(*row, "31.03.2025" if row[1] == "R1" else "") for row in long_rows()], DATED)
    days = {(each.coder, each.rated_on) for each in ratings_of(try_file(path, STUDY))}
    assert days == {("R1", date(2025, 3, 31)), ("R2", None)}


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("2025-03-31", "2025-04-01", "another day in a row above"),
        ("soon", "soon", "This is not a date"),
        (f"{date.today() + timedelta(days=2)}", "", "lies in the future"),
        ("3/4/2025", "3/4/2025", "can be read in two ways"),
    ],
)
def test_a_day_that_cannot_be_is_a_fault_of_its_row(
    path: Path, first: str, second: str, sentence: str
) -> None:
    rows = [row for row in long_rows() if row[0] == "C01-1" and row[1] == "R1"]
    csv_file(path, [(*row, day) for row, day in zip(rows, (first, second), strict=False)], DATED)
    tried = try_file(path, STUDY)
    assert any(sentence in str(problem) for problem in tried.problems)
    assert any(problem.error for problem in tried.problems)
