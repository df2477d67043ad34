"""The demo study: made, opened again, made anew; nothing else is ever replaced by it."""

import csv
import re
import runpy
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from mio_fidelity import demo, paths
from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.analysis.table import STATES, ScoreTable
from mio_fidelity.answer import State
from mio_fidelity.coding import desk, people, recordings
from mio_fidelity.demo_history import MARK
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from tests.conftest import CHEAP, PASSPHRASE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo study, made and closed; shared, so left as it is."""
    folder = tmp_path_factory.mktemp("demo") / "below" / "demo"
    demo.open_demo(folder).close()
    return folder


@pytest.fixture
def project(folder: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(folder, tmp_path / "copy")
    with demo.open_demo(tmp_path / "copy") as project:
        yield project


def test_it_is_made_whole_and_leaves_nothing_beside_it(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]
    assert "fictional people" in (folder / "this-is-a-demo-study.txt").read_text()


def test_it_holds_work_for_the_first_coder_and_finished_ratings(project: Project) -> None:
    members = {member.code: member.id for member in project.ask(people.roster)}
    assert set(members) == {"K1", "K2", "R1", "R2", "R3", "R4", "S1"}
    project.sign_in(members[demo.FIRST_CODER])
    rows = project.ask(desk.queue)
    assert rows
    assert rows[0].progress is not desk.Progress.SUBMITTED
    finished = 0
    for person_id in members.values():
        project.sign_in(person_id)
        for row in project.ask(desk.queue):
            seen = project.ask(desk.desk, row.rating_id)
            media = project.ask(recordings.media_of, row.rating_id, project.folder)
            assert all(medium.path.is_file() for medium in media)
            assert all(project.peaks.read(medium.sha256) for medium in media)
            if row.progress is desk.Progress.SUBMITTED:
                finished += 1
                assert seen.open_slots == ()
                assert seen.heard_share == (1 if media else 0)
                assert all(mark.at_ms < seen.duration_ms for mark in seen.marks)
    assert finished >= 3
    assert project.sound()


def test_nothing_in_it_tells_of_anybody(project: Project, folder: Path) -> None:
    with project._engine.connect() as connection:
        for table in ("client", "counselor", "person"):
            for code in connection.exec_driver_sql(f"SELECT code FROM {table}").scalars():
                assert re.fullmatch(r"[A-Z]\d{1,2}", code)
        for location in connection.exec_driver_sql("SELECT location FROM recording").scalars():
            assert re.fullmatch(r"recordings/[0-9a-f]{16}\.\w+", location)
    with pytest.raises(UserError):
        Project.open(folder, PASSPHRASE)


def test_what_was_done_in_it_stays_until_it_is_made_again(project: Project) -> None:
    project.do(people.set_coverage_share, 0.5)
    place = project.folder
    project.close()
    with demo.open_demo(place) as same:
        assert same.ask(people.study_facts).coverage_share == 0.5
        with pytest.raises(UserError, match="open already"):
            demo.open_demo(place, again=True)
        assert same.sound()
    # Whatever happened to it.
    (place / "keys.json").write_text("damaged")
    with pytest.raises(UserError, match="damaged"):
        demo.open_demo(place)
    with demo.open_demo(place, again=True) as anew:
        assert anew.ask(people.study_facts).coverage_share == 0.9


def test_made_again_and_interrupted_it_leaves_no_half_demo(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "demo"
    shutil.copytree(folder, place)

    def interrupted(_file: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo.make_demo(place, again=True)
    assert not place.exists()


@pytest.mark.parametrize("again", [False, True])
def test_what_is_no_demo_is_left_alone(tmp_path: Path, again: bool) -> None:
    Project.create(tmp_path / "study", PASSPHRASE, "Real", CHEAP).close()
    Project.create(tmp_path / "study with the same words", demo.PASSPHRASE, "Real", CHEAP).close()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("my only copy")
    (tmp_path / "file").write_text("my only copy")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for name in ("study", "study with the same words", "thesis", "file"):
        with pytest.raises(UserError):
            demo.open_demo(tmp_path / name, again)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_place_where_nothing_can_be_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        with pytest.raises(UserError, match="could not be made here"):
            demo.open_demo(place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_its_history_is_simulated_and_says_so(project: Project) -> None:
    members = {member.code: member.id for member in project.ask(people.roster)}
    project.sign_in(members["R4"])
    rows = project.ask(desk.queue)
    assert len(rows) == 24
    for row in rows:
        seen = project.ask(desk.desk, row.rating_id)
        assert seen.notes == MARK
        assert seen.submitted_at is not None
        assert seen.submitted_at < datetime.now(UTC)
        assert seen.open_slots == ()
        assert seen.part_ms == ()
    with project._engine.connect() as connection:
        audited = connection.exec_driver_sql(
            "SELECT table_name, action, COUNT(*) FROM audit WHERE verb = 'add_history' GROUP BY 1, 2"
        ).all()
    assert {("rating", "insert", 96), ("rating", "update", 96), ("score", "insert", 1920)} <= {
        tuple(row) for row in audited
    }


def test_its_history_shows_what_a_report_has_to_show(project: Project) -> None:
    table = project.ask(score_table)
    found = compute(table, Options(replicates=100))
    assert found.design.kind == "rotating"
    assert found.design.counts.n_multiple >= 48
    assert set(found.arms) == {"MIO", "PE"}
    linking = found.row("scale", "transparent_linking", "fidelity")
    assert any("range restricted" in remark for remark in linking.remarks)
    assert (table.states == STATES.index(State.NOT_APPLICABLE)).sum() > 20
    late = project.ask(score_table, ScoreFilter(since=date(2026, 7, 1)))
    early = project.ask(score_table, ScoreFilter(until=date(2026, 4, 30)))
    assert drift_of("R3", late) > drift_of("R3", early) + 0.5


def drift_of(coder: str, table: ScoreTable) -> float:
    """How many points higher than the partners a coder scores on the mentalization scales."""
    cube = table.values[table.of("fidelity", "mentalization")]
    at = table.coders.index(coder)
    partner = np.delete(cube, at, axis=2)
    both = ~np.isnan(cube[:, :, [at]]) & ~np.isnan(partner)
    return float((cube[:, :, [at]] - partner)[both].mean())


def test_the_script_gives_the_history_to_the_digit(folder: Path) -> None:
    place = paths.resources() / "demo" / "simulate_history.py"
    module = runpy.run_path(str(place))
    for name, made in (("history.csv", "simulate"), ("courses.csv", "courses")):
        lines = [[str(cell) for cell in line] for line in module[made]()]
        with place.with_name(name).open(newline="") as file:
            assert list(csv.reader(file)) == lines


def test_its_counselors_have_courses_trends_and_self_ratings(project: Project) -> None:
    members = {member.code: member.id for member in project.ask(people.roster)}
    project.sign_in(members["K1"])
    rows = project.ask(desk.queue)
    assert [row.blind_code for row in rows if row.progress is desk.Progress.ASSIGNED] == ["C01-4"]
    assert len(rows) == 13
    project.sign_in(members["S1"])
    report = project.ask(counselor_report)
    assert report.compared == ("MIO", "PE")
    assert [len(line.sessions) >= 24 for line in report.counselors] == [True] * 4
    assert report.line("K1").trends["mentalization", "fidelity"].low > 0
    assert report.line("K3").trends["psychoeducation", "fidelity"].low > 0
    assert [line.own_sessions for line in report.counselors] == [12, 12, 0, 0]
    assert all(row.bias.value > 0 for row in report.own if row.dimension == "fidelity")
