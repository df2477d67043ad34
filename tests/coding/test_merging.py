"""Handing out, working elsewhere, and taking in: every order, twice, late, and what cannot both stand."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mio_fidelity.answer import rated
from mio_fidelity.coding import conflicts, merging, packages, planned, rate
from mio_fidelity.coding.conflicts import Choice
from mio_fidelity.coding.merging import Kind, Why
from mio_fidelity.coding.outgoing import handed_out
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.coding.package_lists import packages as listing
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, Purpose
from mio_fidelity.store.verify import verify_study
from tests.coding.packed import Laptop, add_session, give, hand_out, take_in, work
from tests.conftest import WORDS, copy_of, copy_study

# Kept as they were written by earlier versions.
STORED = Path(__file__).with_name("returned")


@pytest.fixture
def out(study, tmp_path):
    """Two ratings of R1 on her own computer: a session of her own, and one that R2 rates too."""
    return Out(study, tmp_path)


class Out:
    def __init__(self, study, place):
        self.study, self.place = study, place
        (self.double, self.other) = give(study, add_session(study, 11), "R1", "R2")
        self.own = study.rating_id
        self.file = hand_out(study, place)
        self.laptop = Laptop(self.file, place / "laptop")

    @property
    def ids(self):
        return [self.own, self.double]

    def kinds(self, file):
        told = take_in(self.study, file)
        return {row.rating_id: row.kind for row in told.rows}

    def home(self):
        return self.study.ask(contents_of, self.ids)

    def there(self):
        with self.laptop.open() as project:
            return project.ask(contents_of, self.ids)

    def rows(self, table):
        return self.study.sql(f"SELECT * FROM {table} ORDER BY id")

    def as_r1(self, verb, *args, **kwargs):
        """Done at home, all the same."""
        self.study.sign_in("R1")
        self.study.do(verb, *args, **kwargs)


def made_home(study, stored):
    """Make the study the one that a stored file belongs to; the id of the rating it is about."""
    was = json.loads(stored.with_suffix(".json").read_text(encoding="utf-8"))
    (rating_id,) = was["contents"]["ratings"]
    study.sql("UPDATE study SET id = :id", id=was["study"])
    study.sql(
        "INSERT INTO person (id, code, role, active) VALUES (:id, 'R9', 'coder', TRUE)", id=was["person"]
    )
    study.sql(
        "UPDATE rating SET id = :id, person_id = :person WHERE id = :old",
        id=rating_id,
        person=was["person"],
        old=study.rating_id,
    )
    study.sql(
        "INSERT INTO package (id, person_id, by_id, made_at, contents)"
        " VALUES (:id, :person, :by, '2026-11-21 00:00:00.000000', :contents)",
        id=was["package"],
        person=was["person"],
        by=study.people["S1"],
        contents=json.dumps(was["contents"]),
    )
    return rating_id


def whole(study):
    """Everything of ratings and packages that does not say when and in what order it was merged."""
    tables = ("rating", "score", "evidence_mark", "coverage", "amendment", "place")
    found = {table: sorted(map(str, study.sql(f"SELECT * FROM {table}"))) for table in tables}
    lines = study.sql(
        "SELECT at, person_id, verb, table_name, row_id, action, changes FROM audit"
        " WHERE package_id IS NOT NULL"
    )
    waiting = study.sql("SELECT rating_id, theirs FROM conflict WHERE settled_at IS NULL")
    returns = study.sql("SELECT package_id, sha256 FROM package_return")
    return found | {
        key: sorted(map(str, rows))
        for key, rows in (("lines", lines), ("waiting", waiting), ("returns", returns))
    }


def verified(study):
    """Whether the file, its trail and its rows fit each other."""
    study.project.close()
    found = {check.key: check for check in verify_study(study.folder, WORDS)}
    study.project = Project.open(study.folder, WORDS)
    study.sign_in("S1")
    return all(found[key].fits for key in ("file", "trail", "tail", "rows"))


def test_what_was_done_elsewhere_stands_here_to_the_moment(out):
    out.laptop.work(out.own, submit=True, notes="quiet at the end")
    out.laptop.work(out.double)
    file = out.laptop.give_back()
    told = merging.look(out.study.project, file)
    assert (told.person_code, told.count(Kind.NEW), told.missing, told.seen) == ("R1", 2, 1, False)
    assert out.kinds(file) == dict.fromkeys(out.ids, Kind.NEW)
    assert out.home() == out.there()
    assert out.home()[out.own]["submitted_at"]
    assert verified(out.study)


def test_looking_changes_nothing(out):
    out.laptop.work(*out.ids, submit=True)
    file, before = out.laptop.give_back(), whole(out.study)
    merging.look(out.study.project, file)
    assert whole(out.study) == before


def test_purpose_and_session_stay_what_they_are_at_home(out):
    out.laptop.work(*out.ids, submit=True)
    take_in(out.study, out.laptop.give_back())
    found = dict(out.study.sql("SELECT id, purpose FROM rating"))
    assert found[out.double] == Purpose.RELIABILITY
    assert found[out.own] == Purpose.PRODUCTION


def test_the_same_file_again_changes_nothing(out):
    out.laptop.work(*out.ids, submit=True)
    file = out.laptop.give_back()
    take_in(out.study, file)
    before = whole(out.study), len(out.study.audit())
    told = take_in(out.study, file)
    assert told.seen
    assert (whole(out.study), len(out.study.audit())) == before


def test_work_goes_on_after_a_return(out):
    out.laptop.work(out.own)
    first = out.laptop.give_back("first")
    out.laptop.work(out.own, value=6, submit=True)
    second = out.laptop.give_back("second")
    assert out.kinds(first)[out.own] is Kind.NEW
    assert out.kinds(second)[out.own] is Kind.CHANGED
    assert out.home() == out.there()
    assert verified(out.study)


def test_an_older_return_after_a_newer_one_takes_nothing_back(out):
    out.laptop.work(out.own)
    first = out.laptop.give_back("first")
    out.laptop.work(out.own, value=6, submit=True)
    out.kinds(out.laptop.give_back("second"))
    assert out.kinds(first) == {out.own: Kind.SAME}
    assert out.home() == out.there()


def test_a_note_that_was_changed_and_changed_back_arrives(out):
    for notes in ("once", "twice", "once"):
        out.laptop.work(out.own, notes=notes)
        take_in(out.study, out.laptop.give_back(notes))
    assert out.home()[out.own]["notes"] == "once"
    assert out.home() == out.there()


def test_what_was_only_heard_arrives_too(out):
    out.laptop.work(out.own)
    take_in(out.study, out.laptop.give_back("first"))
    with out.laptop.open() as project:
        project.do(rate.hear, out.own, 1000, 1900, 1.0)
    assert out.kinds(out.laptop.give_back("second")) == {out.own: Kind.CHANGED}
    assert out.home() == out.there()


def test_an_amendment_on_the_laptop_arrives_with_its_reason(out):
    out.laptop.work(out.own, submit=True)
    take_in(out.study, out.laptop.give_back("first"))
    with out.laptop.open() as project:
        scale = project.ask(contents_of, [out.own])[out.own]["scores"][0]["scale"]
        project.do(rate.amend, out.own, scale, {"fidelity": rated(2)}, "heard it again")
    assert out.kinds(out.laptop.give_back("second"))[out.own] is Kind.CHANGED
    assert out.home() == out.there()
    assert {row["why"] for row in out.home()[out.own]["amendments"]} == {"heard it again"}
    assert verified(out.study)


def test_the_audit_lines_of_the_laptop_are_in_the_trail_once(out):
    out.laptop.work(out.own)
    first = out.laptop.give_back("first")
    out.laptop.work(out.own, submit=True)
    second = out.laptop.give_back("second")
    for file in (first, second, first):
        take_in(out.study, file)
    lines = out.study.sql("SELECT verb, person_id FROM audit WHERE package_id IS NOT NULL")
    with out.laptop.open() as project:
        mine = project._engine.raw_connection().cursor()
        mine.execute("SELECT verb FROM audit WHERE person_id IS NOT NULL AND table_name != 'setting'")
        theirs = mine.fetchall()
    assert sorted(row[0] for row in lines) == sorted(row[0] for row in theirs)
    assert {row[1] for row in lines} == {out.study.people["R1"]}


def test_what_was_changed_here_meanwhile_is_a_conflict_and_stays(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2)
    before = out.home()[out.own]
    out.laptop.work(out.own, value=6)
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.CONFLICT}
    assert out.home()[out.own] == before
    (found,) = out.study.ask(conflicts.waiting)
    assert found.why is Why.CHANGED
    slot = next(iter(found.theirs.answers))
    assert (found.ours.answers[slot], found.theirs.answers[slot]) == (rated(2), rated(6))
    assert verified(out.study)


@pytest.mark.parametrize(("choice", "value"), [(Choice.OURS, 2), (Choice.THEIRS, 6)])
def test_a_conflict_is_settled_by_choosing_a_side(out, choice, value):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2)
    out.laptop.work(out.own, value=6)
    take_in(out.study, out.laptop.give_back())
    (found,) = out.study.ask(conflicts.waiting)
    out.study.do(conflicts.settle, found.id, choice)
    assert {row["value"] for row in out.home()[out.own]["scores"]} == {value}
    assert out.study.ask(conflicts.waiting) == ()
    assert verified(out.study)


def test_after_theirs_was_chosen_later_work_follows(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2)
    out.laptop.work(out.own, value=6)
    take_in(out.study, out.laptop.give_back("first"))
    out.study.do(conflicts.settle, out.study.ask(conflicts.waiting)[0].id, Choice.THEIRS)
    out.laptop.work(out.own, value=5, submit=True)
    assert out.kinds(out.laptop.give_back("second"))[out.own] is Kind.CHANGED
    assert out.home()[out.own]["scores"] == out.there()[out.own]["scores"]
    assert verified(out.study)


def test_submitted_in_both_places_is_settled_by_amendments(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2, submit=True)
    out.laptop.work(out.own, value=6, submit=True)
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.CONFLICT}
    (found,) = out.study.ask(conflicts.waiting)
    assert (found.why, found.choices) == (Why.SUBMITTED, (Choice.OURS, Choice.THEIRS, Choice.BOTH))
    out.study.do(conflicts.settle, found.id, Choice.THEIRS)
    home, there = out.home()[out.own], out.there()[out.own]
    assert {(row["scale"], row["dimension"]): row["value"] for row in home["scores"]} == {
        (row["scale"], row["dimension"]): row["value"] for row in there["scores"]
    }
    assert home["amendments"]
    assert verified(out.study)


def test_both_stand_as_occasions(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2, submit=True)
    out.laptop.work(out.own, value=6, submit=True)
    take_in(out.study, out.laptop.give_back())
    out.study.do(conflicts.settle, out.study.ask(conflicts.waiting)[0].id, Choice.BOTH)
    found = out.study.sql(
        "SELECT occasion, submitted_at IS NOT NULL FROM rating WHERE session_id = :id ORDER BY occasion",
        id=out.study.session_id,
    )
    assert [tuple(row) for row in found] == [(1, 1), (2, 1)]
    assert verified(out.study)


def test_the_same_answers_in_both_places_are_no_conflict(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 4, submit=True)
    out.laptop.work(out.own, submit=True)
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.SAME}


def test_amended_here_after_it_came_back_is_a_conflict_only_when_it_changed_there_too(out):
    out.laptop.work(out.own, submit=True)
    first = out.laptop.give_back("first")
    take_in(out.study, first)
    scale = out.home()[out.own]["scores"][0]["scale"]
    out.as_r1(rate.amend, out.own, scale, {"fidelity": rated(2)}, "discussed")
    assert out.kinds(first) == {out.own: Kind.SAME}
    with out.laptop.open() as project:
        project.do(rate.amend, out.own, scale, {"fidelity": rated(3)}, "heard again")
    assert out.kinds(out.laptop.give_back("second")) == {out.own: Kind.CONFLICT}
    assert out.study.ask(conflicts.waiting)[0].why is Why.AMENDED


def test_taken_back_and_given_to_somebody_else_who_began(out):
    add_session(out.study, 12)
    new = out.study.do(planned.reassign, out.own, out.study.people["R2"])
    out.study.sign_in("R2")
    out.study.do(rate.begin, new)
    out.laptop.work(*out.ids, value=6, submit=True)
    kinds = out.kinds(out.laptop.give_back())
    assert kinds == {out.own: Kind.CONFLICT, out.double: Kind.NEW}
    (found,) = out.study.ask(conflicts.waiting)
    assert (found.why, found.others) == (Why.REASSIGNED, (("R2", True),))
    out.study.do(conflicts.settle, found.id, Choice.THEIRS)
    assert out.home()[out.own]["scores"] == out.there()[out.own]["scores"]
    assert out.study.sql("SELECT withdrawn_at FROM rating WHERE id = :id", id=out.own) == [(None,)]
    assert verified(out.study)


def test_taken_back_before_anybody_began_says_nothing(out):
    out.study.sign_in("S1")
    out.study.do(planned.withdraw, [out.own])
    out.laptop.work(out.double)
    assert out.kinds(out.laptop.give_back()) == {out.double: Kind.NEW}


def test_a_later_state_takes_the_place_of_an_open_conflict(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2)
    out.laptop.work(out.own, value=6)
    first = out.laptop.give_back("first")
    out.laptop.work(out.own, value=5)
    second = out.laptop.give_back("second")
    for file in (first, second):
        take_in(out.study, file)
    (found,) = out.study.ask(conflicts.waiting)
    assert rated(5) in found.theirs.answers.values()


def test_a_conflict_is_settled_once_and_by_supervisors(out):
    out.study.sign_in("R1")
    work(out.study.project, out.own, 2)
    out.laptop.work(out.own, value=6)
    take_in(out.study, out.laptop.give_back())
    (found,) = out.study.ask(conflicts.waiting)
    with pytest.raises(UserError, match="changed meanwhile"):
        out.study.do(conflicts.settle, found.id, Choice.BOTH)
    out.study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        out.study.do(conflicts.settle, found.id, Choice.OURS)
    out.study.sign_in("S1")
    out.study.do(conflicts.settle, found.id, Choice.OURS)
    with pytest.raises(UserError, match="settled already"):
        out.study.do(conflicts.settle, found.id, Choice.OURS)


def test_after_consent_was_withdrawn_no_word_comes_in(out):
    out.laptop.work(out.own, notes="qwertz")
    out.study.sql("UPDATE client SET withdrew_on = '2026-01-01'")
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.CONFLICT}
    (found,) = out.study.ask(conflicts.waiting)
    assert found.why is Why.REMOVED
    out.study.do(conflicts.settle, found.id, Choice.THEIRS)
    assert {row["value"] for row in out.home()[out.own]["scores"]} == {4}
    assert "qwertz" not in str(out.study.audit())
    assert "because" not in str(out.home())


def test_coders_take_nothing_in(out):
    out.laptop.work(out.own)
    file = out.laptop.give_back()
    out.study.sign_in("R1")
    for verb in (merging.look, merging.merge):
        with pytest.raises(UserError, match="supervisor"):
            verb(out.study.project, file)


def test_what_is_out_is_known_and_given_up(out):
    out.study.sign_in("R1")
    assert out.study.ask(handed_out) == frozenset(out.ids)
    out.study.sign_in("S1")
    with pytest.raises(UserError, match="no open session that could be handed out"):
        hand_out(out.study, out.place)
    (package,) = out.study.ask(listing, None).ids
    out.study.do(packages.revoke, package)
    out.study.sign_in("R1")
    assert out.study.ask(handed_out) == frozenset()
    again = Laptop(hand_out(out.study, out.place), out.place / "again")
    out.laptop.work(out.own, value=6)
    again.work(out.double, value=3)
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.CONFLICT}
    assert out.study.ask(conflicts.waiting)[0].why is Why.HANDED_AGAIN
    assert out.kinds(again.give_back()) == {out.double: Kind.NEW}


def test_work_of_a_package_that_was_given_up_is_taken_in_all_the_same(out):
    out.study.sign_in("S1")
    out.study.do(packages.revoke, out.study.ask(listing, None).ids[0])
    out.laptop.work(out.own, submit=True)
    file = out.laptop.give_back()
    assert merging.look(out.study.project, file).revoked
    assert out.kinds(file) == {out.own: Kind.NEW}


def test_the_list_tells_what_is_out_returned_and_missing(out):
    out.laptop.work(out.own, submit=True)
    out.laptop.work(out.double)
    take_in(out.study, out.laptop.give_back())
    found = out.study.ask(listing, None)
    row = dict(zip((column.key for column in found.columns), found.rows[0], strict=True))
    assert {key: row[key] for key in ("person", "state", "sessions", "returned", "submitted", "missing")} == {
        "person": "R1",
        "state": "partly",
        "sessions": 2,
        "returned": 2,
        "submitted": 1,
        "missing": 1,
    }


@pytest.fixture(scope="module")
def story(made, tmp_path_factory):
    """A home where one rating was changed too, and five files of two coders' computers."""
    place = tmp_path_factory.mktemp("story")
    study = copy_of(made, place)
    sessions = [add_session(study, number) for number in (21, 22)]
    mine = [study.rating_id, *(give(study, each, "R1", "R2")[0] for each in sessions)]
    hers = [row[0] for row in study.sql("SELECT id FROM rating WHERE person_id = :id", id=study.people["R2"])]
    one = Laptop(hand_out(study, place, "R1"), place / "one")
    two = Laptop(hand_out(study, place, "R2"), place / "two")
    study.sign_in("R1")
    work(study.project, mine[1], 2)
    study.sign_in("S1")
    study.do(planned.withdraw, [hers[1]])
    files = []
    one.work(mine[0], mine[1], notes="first")
    files.append(one.give_back("1"))
    two.work(*hers, value=5)
    files.append(two.give_back("2"))
    one.work(mine[0], mine[2], value=6, submit=True, notes="second")
    files.append(one.give_back("3"))
    one.work(mine[1], value=3, submit=True, notes="third")
    files.append(one.give_back("4"))
    two.work(hers[0], value=7, submit=True)
    files.append(two.give_back("5"))
    study.project.close()
    return study.folder, study, files


_SEEN = {}


@settings(max_examples=14, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_repetition_give_the_same_study(story, tmp_path_factory, data):
    folder, study, files = story
    order = data.draw(st.permutations(files)) + data.draw(st.lists(st.sampled_from(files), max_size=3))
    home = tmp_path_factory.mktemp("order") / "study"
    copy_study(folder, home)
    study.project = Project.open(home, WORDS)
    try:
        for file in order:
            take_in(study, file)
        found = whole(study)
        assert verified(study)
    finally:
        study.project.close()
    assert len(found["waiting"]) == 2
    assert _SEEN.setdefault("study", found) == found


def test_work_returned_by_the_first_version_of_the_program_is_taken_in(study):
    """Kept as it was written then; every later version has to read it."""
    stored = STORED / "format-1.mioback"
    rating_id = made_home(study, stored)
    told = take_in(study, stored)
    assert [row.kind for row in told.rows] == [Kind.NEW]
    found = study.ask(contents_of, [rating_id])[rating_id]
    assert found["notes"] == "noted long ago"
    assert [(row["scale"], row["value"]) for row in found["scores"]] == [("warm_regard", 6)]
    assert [row["note"] for row in found["marks"]] == ["there"]
    assert [row["end_ms"] for row in found["stretches"]] == [2000]
