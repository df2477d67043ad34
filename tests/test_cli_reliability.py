"""The command that says how reliable ratings are, as somebody types it."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mio_fidelity.analysis.findings import compute
from mio_fidelity.analysis.frozen import frozen, frozen_list, frozen_scores
from mio_fidelity.analysis.results import Findings, Options
from mio_fidelity.analysis.study import score_table
from mio_fidelity.cli.printed import coefficient
from mio_fidelity.coding import people
from mio_fidelity.coding.imported import store_imported
from mio_fidelity.exchange.dry_run import Wanted
from mio_fidelity.exchange.ratings_file import ratings_of, table_from_file, try_file
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Project, Purpose, Role
from tests.conftest import PASSPHRASE, Made, copy_of
from tests.exchange.files import HEADER, csv_file, long_rows, text_of
from tests.test_cli import refused, run, run_really

FAST = ("--replicates", "100")
KEYS = {
    "schema_version",
    "source",
    "computed_at",
    "versions",
    "data_sha256",
    "filter",
    "options",
    "bands",
    "design",
    "rows",
    "pairs",
    "coders",
    "internal_consistency",
    "left_out",
    "coded_once",
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A good table in a place whose name must not be shown."""
    (tmp_path / "qzxj").mkdir()
    return csv_file(tmp_path / "qzxj" / "ratings.csv", long_rows(12))


@pytest.fixture
def study(tmp_path: Path, made: Made, table: Path) -> Iterator[Path]:
    """A closed study with the ratings of the table."""
    opened = copy_of(made, tmp_path)
    opened.sign_in("S1")
    tried = try_file(table, Wanted(shipped_instrument(), for_study=True))
    opened.do(store_imported, ratings_of(tried), Purpose.RELIABILITY)
    opened.project.close()
    return opened.folder


def computed(path: Path) -> Findings:
    return compute(table_from_file(path), Options(replicates=100))


def test_a_hand_made_table_is_printed_with_n_beside_every_coefficient(table: Path) -> None:
    done = run_really("reliability", table, *FAST, passphrase=None)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert (
        lines[0] == "Reliability: 12 sessions, 12 of them coded by two or more coders; 2 coders; 24 ratings."
    )
    assert lines[1].startswith("ICC(A,1), two-way random, absolute agreement")
    assert "Practice set, not the official MIO scales" in lines
    head = lines[lines.index("Fidelity") + 1].split()
    assert head.count("n") == 6
    row = next(line for line in lines if line.startswith(" 1  Warm regard"))
    want = computed(table).row("scale", "warm_regard", "fidelity")
    assert row.split()[3:6] == [f"{want.moments.mean:.2f}", f"{want.moments.sd:.2f}", "12"]
    assert row.split()[6] == coefficient(want.icc.value)
    assert not re.search(r"[ \[-]0\.\d", row.replace(f"{want.moments.sd:.2f}", ""))
    assert "seed 20261120" in done.stdout.replace("\n", " ")
    assert "Left out: no rating." in lines


def test_the_columns_are_aligned(table: Path) -> None:
    lines = run("reliability", table, *FAST).stdout.splitlines()
    start = lines.index("Fidelity") + 1
    scales = [line for line in lines[start : start + 4] if line]
    ends = {len(line) for line in scales}
    assert len(ends) == 1
    assert all(len(line) <= 160 for line in lines)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.834, ".83"), (-0.056, "-.06"), (1.0, "1.00"), (0.999, "1.00"), (-0.001, ".00"), (math.nan, "-")],
)
def test_a_coefficient_has_two_decimals_and_no_leading_zero(value: float, text: str) -> None:
    assert coefficient(value) == text


def test_all_files_are_written_and_said(table: Path, tmp_path: Path) -> None:
    outs = [tmp_path / name for name in ("out.xlsx", "out.json", "out.csv")]
    words = [word for out in outs for word in (f"--{out.suffix[1:]}", out)]
    done = run("reliability", table, *FAST, *words)
    assert done.stdout.splitlines()[-3:] == [
        f"The workbook is in {outs[0]}",
        f"The figures are in {outs[1]}",
        f"The long data are in {outs[2]}",
    ]
    assert "qzxj" not in done.stdout
    assert "Long data" in load_workbook(outs[0], read_only=True).sheetnames
    assert table_from_file(outs[2]).sha256 == table_from_file(table).sha256


def as_json(*words: str | Path, out: Path) -> dict[str, Any]:
    run("reliability", *words, *FAST, "--json", out)

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"), parse_constant=no_constant)
    return found


def test_the_json_has_the_documented_keys_and_the_very_figures(table: Path, tmp_path: Path) -> None:
    got = as_json(table, out=tmp_path / "a.json")
    assert set(got) == KEYS
    assert got["schema_version"] == 1
    assert got["source"] == "table"
    want = computed(table)
    assert got["data_sha256"] == want.data_sha256
    assert [(row["kind"], row["key"], row["dimension"]) for row in got["rows"]] == [
        (row.kind, row.key, row.dimension) for row in want.rows
    ]
    for row, figures in zip(got["rows"], want.rows, strict=True):
        for name in ("icc", "alpha", "ac2", "exact", "within_1"):
            estimate = getattr(figures, name)
            if estimate is None:
                assert row[name] is None
            elif estimate.defined:
                assert row[name]["value"] == estimate.value
                assert row[name]["n_multiple"] == estimate.n_multiple
    shown = run("reliability", "--help").stdout
    for key in [*got, *got["rows"][0], *got["rows"][0]["icc"], *got["design"]]:
        assert key in shown or key.startswith("n_"), key


def test_what_is_undefined_is_null_with_its_reason(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", long_rows(coders=("R1",)))
    done = run("reliability", path, *FAST)
    assert done.stderr.startswith("Only one coder is in the file")
    got = as_json(path, out=tmp_path / "a.json")
    icc = got["rows"][0]["icc"]
    assert (icc["value"], icc["low"], icc["reason"]) == (None, None, "fewer_than_two_coders")
    assert icc["remark"]
    assert got["rows"][0]["band"] == "not computed"


def test_the_same_seed_gives_the_same_figures(table: Path, tmp_path: Path) -> None:
    one, two, three = (
        as_json(table, "--seed", seed, out=tmp_path / f"{nth}.json")["rows"]
        for nth, seed in enumerate(("7", "7", "8"))
    )
    assert one == two
    assert one != three


def test_form_bands_and_interval_are_obeyed(table: Path, tmp_path: Path) -> None:
    words = ("--form", "one-way", "--bands", "koo-li", "--interval", "bootstrap")
    got = as_json(table, *words, out=tmp_path / "a.json")
    assert got["design"]["form"] == "one_way"
    assert got["design"]["chosen_by_hand"] is True
    assert got["design"]["headline"] == "ICC(1)"
    assert got["bands"]["scheme"] == "koo_li"
    assert got["options"]["interval"] == "bootstrap"
    assert "Chosen by hand" in run("reliability", table, *FAST, *words).stdout


def test_a_study_and_the_table_it_came_from_give_the_same_figures(
    study: Path, table: Path, tmp_path: Path
) -> None:
    of_study = as_json(study, out=tmp_path / "s.json")
    of_table = as_json(table, out=tmp_path / "t.json")
    assert of_study["source"] == "study"
    key = ("scale", "child_mind", "competence")
    rows = [
        next(row for row in got["rows"] if (row["kind"], row["key"], row["dimension"]) == key)
        for got in (of_study, of_table)
    ]
    assert rows[0]["icc"] == rows[1]["icc"]
    assert run("reliability", study / "study.db", *FAST).stdout.startswith("Reliability: 12 sessions")
    with Project.open(study, PASSPHRASE) as project:
        assert len(project.ask(score_table).sessions) == 12


def test_filters_of_a_study_and_of_a_table(study: Path, tmp_path: Path) -> None:
    rows = [(*row, "MIO" if row[0] < "C05" else "PE") for row in long_rows(12)]
    path = csv_file(tmp_path / "arms.csv", rows, (*HEADER, "arm"))
    assert run("reliability", path, *FAST, "--filter", "arm=MIO").stdout.startswith("Reliability: 4 sessions")
    both = run("reliability", path, *FAST, "--filter", "arm=MIO,PE", "coder=R1")
    assert both.stdout.startswith("Reliability: 12 sessions, 0 of them")
    done = run("reliability", study, *FAST, "--filter", "coder=R1", "first=1", "last=1")
    assert "1 coder;" in done.stdout.splitlines()[0]
    assert "no ratings of this kind" in refused("reliability", study, "--filter", "purpose=training")


SLOT = ("C9", "R1", "warm_regard", "fidelity")
BAD_TABLES = {
    "text in a score column": (text_of([HEADER, *long_rows(), (*SLOT, "x")]), "Row 50"),
    "a value off the scale": (text_of([HEADER, *long_rows(), (*SLOT, 8)]), "scale 1-7"),
    "duplicate rows": (text_of([HEADER, *long_rows(), long_rows()[0]]), "Rows that are wrong: 2 of 49"),
    "an empty file": ("", "The file is empty"),
    "a header only": (text_of([HEADER]), "a header and no rows"),
    "no value column": (text_of([HEADER[:4], SLOT]), "There is no column value"),
    "another kind of file": ("%PDF-1.7\nbinary\n", "There is no column session, coder"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_ends_with_code_2_and_one_clear_sentence(tmp_path: Path, name: str) -> None:
    text, sentence = BAD_TABLES[name]
    path = tmp_path / "qzxj.csv"
    path.write_text(text)
    done = run("reliability", path, "--json", tmp_path / "out.json", passphrase=None, code=2)
    assert done.stdout == ""
    assert "qzxj" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("mio-fidelity: ")
    assert sentence in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_bad_rows_are_listed_and_can_be_dropped_knowingly(tmp_path: Path) -> None:
    bad = [("C9", f"R{nth}", "warm_regard", "fidelity", 8) for nth in range(1, 71)]
    path = csv_file(tmp_path / "a.csv", [*long_rows(), *bad])
    done = run("reliability", path, code=2)
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:50]] == [f"Row {nth}" for nth in range(50, 100)]
    assert lines[50:52] == ["... and 20 more", "To use the good rows all the same, add --drop-bad-rows."]
    assert run("reliability", path, *FAST, "--drop-bad-rows").stdout.startswith("Reliability: 6 sessions")


@pytest.mark.parametrize("header", [HEADER, tuple(reversed(HEADER))])
def test_semicolons_decimal_commas_and_any_order_of_the_header(
    tmp_path: Path, table: Path, header: Any
) -> None:
    rows = [dict(zip(HEADER, (*row[:4], f"{row[4]},0"), strict=True)) for row in long_rows(12)]
    lines = [[name.upper() for name in header], *([row[name] for name in header] for row in rows)]
    path = tmp_path / "a.csv"
    path.write_bytes(text_of(lines, ";", "\r\n").encode("cp1252"))
    assert run("reliability", path, *FAST).stdout == run("reliability", table, *FAST).stdout


def test_points_missing_codes_titles_and_columns_to_leave_out(tmp_path: Path) -> None:
    rows = [(f"C{nth}", coder, (nth + at) % 4, 99, "x") for nth in range(9) for at, coder in enumerate("AB")]
    path = csv_file(tmp_path / "a.csv", rows, ("Sitzung", "coder", "Empathy_quality", "b_quality", "note"))
    words = ("--column", "session=Sitzung", "--leave-out", "note", "--na", "99", "--points", "0-3")
    done = run("reliability", path, *FAST, *words)
    assert "Empathy" in done.stdout
    assert "outputs will show them" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--points", "7"), "written as the lowest and the highest"),
        (("--points", "7-1"), "written as the lowest and the highest"),
        (("--filter", "arm"), "--filter is followed by a key"),
        (("--filter", "site=North"), "No ratings are left"),
        (("--filter", "purpose=training"), "cannot be filtered by purpose"),
        (("--column", "session=Sitzung"), "no column Sitzung"),
        (("--replicates", "3"), "between 100 and 100000"),
        (("--seed", "-1"), "The seed is a whole number"),
        (("--instrument", "README.md"), "instrument"),
        (("--json", "no/such/folder/a.json"), "folder to write to is not there"),
    ],
)
def test_words_that_mean_nothing_are_refused(table: Path, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused("reliability", table, *words)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("purpose=fun", "purpose cannot be fun"),
        ("since=yesterday", "since cannot be yesterday"),
        ("first=1,2", "first cannot be 1,2"),
        ("colour=red", "There is no filter colour"),
    ],
)
def test_filters_that_a_study_lacks_are_refused(study: Path, word: str, sentence: str) -> None:
    assert sentence in refused("reliability", study, "--filter", word)


def test_a_study_needs_its_pass_phrase(study: Path) -> None:
    assert "pass phrase" in refused("reliability", study, passphrase="another one entirely")
    assert "no study in this folder" in refused("reliability", study.parent)
    assert "no such file" in refused("reliability", study / "absent.csv")


def test_what_is_read_is_never_overwritten(table: Path, study: Path, tmp_path: Path) -> None:
    before = table.read_bytes()
    assert "overwrite a file that is read" in refused("reliability", table, "--csv", table)
    link = tmp_path / "link.csv"
    link.symlink_to(table)
    assert "overwrite a file that is read" in refused("reliability", table, "--csv", link)
    assert table.read_bytes() == before
    assert "not written into a study folder" in refused("reliability", study, "--json", study / "study.db")
    assert "not written into a study folder" in refused("reliability", study, "--json", study / "peaks" / "a")
    same = tmp_path / "a"
    assert "written to the same place" in refused("reliability", table, "--csv", same, "--json", same)


def test_a_target_that_is_a_folder_is_refused_and_nothing_is_left_behind(table: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for option in ("--xlsx", "--json", "--csv"):
        assert "There is a folder of this name" in refused(
            "reliability", table, *FAST, option, tmp_path / "out"
        )
    assert list((tmp_path / "out").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "qzxj"]


@pytest.fixture
def nobody() -> list[str]:
    """How to run a program as somebody who may not write everywhere."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that others may look into; pytest closes its own whenever it starts somewhere."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_locked_file_and_a_read_only_folder_are_said_and_the_old_file_stays(
    table: Path, nobody: list[str], locked: str, open_to_all: Path
) -> None:
    table = Path(shutil.copy(table, open_to_all))
    place = open_to_all / "place"
    place.mkdir(mode=0o777)
    out = place / "out"
    out.write_text("old")
    out.chmod(0o444 if locked == "file" else 0o666)
    place.chmod(0o777 if locked == "file" else 0o555)
    words = [sys.executable, "-m", "mio_fidelity", "reliability", str(table), *FAST, "--xlsx", str(out)]
    done = subprocess.run([*nobody, *words], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert ("may not be changed" if locked == "file" else "Nothing can be written") in done.stderr
    assert out.read_text() == "old"
    assert [path.name for path in place.iterdir()] == ["out"]


def test_whoever_stops_reading_gets_no_traceback(table: Path) -> None:
    command = f"{sys.executable} -m mio_fidelity reliability {table} {' '.join(FAST)} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout.startswith("Reliability")
    assert done.stderr == ""


def test_figures_are_frozen_and_listed(study: Path) -> None:
    assert "Nothing is frozen" in run("reliability", study, "--frozen").stdout
    done = run("reliability", study, *FAST, "--form", "one-way", "--freeze", " Paper 1, table 2 ")
    assert done.stdout.splitlines()[-1] == "Frozen in the study as Paper 1, table 2"
    (line,) = run("reliability", study, "--frozen").stdout.splitlines()
    assert re.search(r"UTC  S1 +12 double-coded  one-way  Paper 1, table 2$", line)
    with Project.open(study, PASSPHRASE) as project:
        (kept,) = project.ask(frozen_list)
        table = project.ask(frozen_scores, kept.id)
        assert table is not None
        assert table.sha256 == project.ask(score_table).sha256
        assert project.ask(frozen, kept.id).options.form == "one_way"


def test_what_cannot_be_frozen_is_refused_before_it_is_computed(study: Path, table: Path) -> None:
    assert "in a study only" in refused("reliability", table, "--freeze", "one")
    assert "a name first" in refused("reliability", study, "--freeze", " ")
    assert "Nobody in the study is called XX" in refused(
        "reliability", study, "--freeze", "one", "--as", "XX"
    )
    with Project.open(study, PASSPHRASE) as project:
        project.do(people.add_person, "S2", Role.SUPERVISOR)
    assert "--as" in refused("reliability", study, "--freeze", "one")
    run("reliability", study, *FAST, "--freeze", "one", "--as", "S2")
    assert "S2" in run("reliability", study, "--frozen").stdout
