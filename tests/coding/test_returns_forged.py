"""Returned files that a coder, or her clock, made to say something else, and packages that nobody gets."""

import os
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import merging, packages, rate, return_file, training
from mio_fidelity.coding.merging import Kind
from mio_fidelity.coding.outgoing import current_packages
from mio_fidelity.coding.package_content import contents_of, digest
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.packed import LAPTOP, Laptop, add_session, give, hand_out, take_in, work
from tests.coding.test_merging import out, verified  # noqa: F401 a fixture
from tests.conftest import CHEAP


def rows(project, sql):
    with closing(project._engine.raw_connection()) as connection:
        return [row[0] for row in connection.cursor().execute(sql).fetchall()]


def sealed_anew(study, file, change):
    """The file, changed by somebody who knows its key."""
    package_id = return_file.package_of_file(file.read_bytes())
    ((contents,),) = study.sql("SELECT CAST(contents AS TEXT) FROM package WHERE id = :id", id=package_id)
    key = bytes.fromhex(re.search(r'"key": "([0-9a-f]{64})"', contents)[1])
    told = return_file.unsealed(file.read_bytes(), key)
    change(told)
    for rating in told["ratings"].values():
        state = digest({part: said for part, said in rating.items() if part != "states"})
        if not rating["states"][-1].startswith(state):
            rating["states"].append(f"{state}-{len(rating['states'])}")
    file.write_bytes(return_file.sealed(told, package_id, key))
    return file


@pytest.fixture
def amended(out):  # noqa: F811
    """A submitted rating that came home, and was amended on the laptop since: 4 became 5."""
    out.laptop.work(out.own, submit=True, value=4)
    take_in(out.study, out.laptop.give_back("first"))
    out.scale = out.home()[out.own]["scores"][0]["scale"]
    with out.laptop.open() as project:
        project.do(rate.amend, out.own, out.scale, {"fidelity": rated(5)}, "a slip")
    return out


def first_fidelity(home):
    return home.study.ask(training.first_submitted, home.own)[home.scale, "fidelity"]


def fidelity(home):
    scores = home.home()[home.own]["scores"]
    return next(
        row["value"] for row in scores if (row["scale"], row["dimension"]) == (home.scale, "fidelity")
    )


def test_what_was_first_submitted_stays_though_an_amendment_claims_another_score(amended):
    def change(told):
        for row in told["ratings"][amended.own]["amendments"]:
            row["old"] = "rated:6"
        for line in told["lines"]:
            if line["table_name"] == "amendment":
                line["changes"]["old"] = [None, "rated:6"]

    before = first_fidelity(amended)
    with pytest.raises(UserError):
        take_in(amended.study, sealed_anew(amended.study, amended.laptop.give_back("second"), change))
    assert first_fidelity(amended) == before == rated(4)
    assert verified(amended.study)


def test_an_honest_amendment_of_the_same_rating_is_taken_in(amended):
    take_in(amended.study, amended.laptop.give_back("second"))
    assert first_fidelity(amended) == rated(4)
    assert fidelity(amended) == 5
    assert verified(amended.study)


def test_notes_of_a_submitted_rating_do_not_change(out):  # noqa: F811
    out.laptop.work(out.own, submit=True, notes="old words")
    take_in(out.study, out.laptop.give_back("first"))

    def change(told):
        told["ratings"][out.own]["notes"] = "new words"
        line = dict([line for line in told["lines"] if line["row_id"] == out.own][-1])
        line |= {"changes": {"notes": ["old words", "new words"]}, "verb": "set_notes", "action": "update"}
        told["lines"].append(line)

    with pytest.raises(UserError):
        take_in(out.study, sealed_anew(out.study, out.laptop.give_back("second"), change))
    assert out.home()[out.own]["notes"] == "old words"
    assert verified(out.study)


def test_amendments_made_while_the_clock_was_set_back_come_home(amended, monkeypatch):
    early = datetime.now(UTC) - timedelta(hours=3)
    monkeypatch.setattr(rate, "now", lambda: early)
    with amended.laptop.open() as project:
        project.do(rate.amend, amended.own, amended.scale, {"fidelity": rated(6)}, "once more")
        said = project.ask(contents_of, [amended.own])[amended.own]["amendments"]
    assert [(row["old"], row["new"]) for row in said] == [("rated:4", "rated:5"), ("rated:5", "rated:6")]
    take_in(amended.study, amended.laptop.give_back("second"))
    assert fidelity(amended) == 6
    assert first_fidelity(amended) == rated(4)


@pytest.mark.parametrize("days", [-20_000, -2, 2, 300_000])
def test_work_from_a_computer_whose_clock_was_wrong_comes_home_and_is_remarked_on(out, monkeypatch, days):  # noqa: F811
    wrong = datetime.now(UTC) + timedelta(days=days)
    with monkeypatch.context() as there:
        there.setattr(rate, "now", lambda: wrong)
        out.laptop.work(out.own, submit=True)
        out.laptop.work(out.double)
    file = out.laptop.give_back("odd")
    out.study.sign_in("S1")
    assert merging.look(out.study.project, file).misdated == 2
    told = merging.merge(out.study.project, file)
    assert (told.misdated, told.count(Kind.NEW)) == (2, 2)
    assert out.home() == out.there()
    assert verified(out.study)
    # The same again is nothing that anybody has to look at.
    assert merging.look(out.study.project, out.laptop.give_back("again")).misdated == 0


@pytest.mark.parametrize("hours", [-20, 20])
def test_clocks_and_zones_that_differ_by_hours_are_not_remarked_on(out, monkeypatch, hours):  # noqa: F811
    there = datetime.now(UTC) + timedelta(hours=hours)
    with monkeypatch.context() as laptop:
        laptop.setattr(rate, "now", lambda: there)
        out.laptop.work(out.own, submit=True)
    assert take_in(out.study, out.laptop.give_back("near")).misdated == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "0001-01-01T00:00:00+05:00"),
        ("at", "9999-12-31T23:59:59-05:00"),
        ("at", "1776-07-04T00:00:00+00:00"),
        ("verb", "\ud800"),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_nothing_is_taken_in(out, field, value):  # noqa: F811
    out.laptop.work(out.own, submit=True)
    before = out.home()

    def change(told):
        told["lines"][0][field] = value

    with pytest.raises(UserError, match="damaged"):
        take_in(out.study, sealed_anew(out.study, out.laptop.give_back("forged"), change))
    assert out.home() == before
    assert verified(out.study)


@pytest.mark.parametrize("value", [True, 4.0, float("nan"), {"content": 4}, [4]])
def test_a_line_that_tells_of_what_no_column_holds_is_refused(out, value):  # noqa: F811
    out.laptop.work(out.own, submit=True)

    def change(told):
        line = next(line for line in told["lines"] if "value" in line["changes"])
        line["changes"]["value"] = [None, value]

    with pytest.raises(UserError, match="damaged"):
        take_in(out.study, sealed_anew(out.study, out.laptop.give_back("forged"), change))
    assert verified(out.study)


def test_what_was_heard_there_is_kept_though_the_answers_are_the_same(out):  # noqa: F811
    out.study.sign_in("R1")
    work(out.study.project, out.own)
    out.laptop.work(out.own)
    with out.laptop.open() as project:
        project.do(rate.hear, out.own, 1000, 2500, 1.0)
    take_in(out.study, out.laptop.give_back("heard"))
    heard = [(row["start_ms"], row["end_ms"]) for row in out.home()[out.own]["stretches"]]
    assert (1000, 2500) in heard


def test_the_order_of_a_package_says_nothing_of_hidden_recodes(study, tmp_path):
    study.sign_in("R1")
    work(study.project, study.rating_id, submit=True)
    study.sign_in("S1")
    study.assign("R1", Purpose.PRODUCTION)
    for number in range(20, 25):
        give(study, add_session(study, number), "R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    with laptop.open() as project:
        blind = rows(project, "SELECT blind_code FROM rating ORDER BY rowid")
    assert len(blind) == 6
    assert blind == sorted(blind)


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot be replaced anyway")
def test_a_package_that_cannot_get_its_name_is_not_out(out):  # noqa: F811
    (new,) = give(out.study, add_session(out.study, 30), "R1")
    target = out.place / "taken.miopack"
    target.mkdir()
    (target / "file").write_text("1")
    out.study.sign_in("S1")
    with pytest.raises(UserError):
        packages.make_package(out.study.project, out.study.people["R1"], target, LAPTOP, cost=CHEAP)
    assert new not in out.study.ask(current_packages)
