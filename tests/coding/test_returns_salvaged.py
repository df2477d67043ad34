"""Work of a coder whose study was damaged, and files and studies that change between look and deed."""

import os
from contextlib import closing, contextmanager

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import conflicts, merging, rate
from mio_fidelity.coding.conflicts import Choice
from mio_fidelity.coding.merging import Kind, Why
from mio_fidelity.errors import UserError
from mio_fidelity.store.salvage import salvage
from tests.coding.packed import LAPTOP, take_in
from tests.coding.test_merging import out, verified, whole  # noqa: F401 a fixture
from tests.coding.vaulted import never, quiet


@contextmanager
def past_all_rules(project):
    """The database of a study as a damaged disk sees it."""
    with closing(project._engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield cursor
        for _, sql in triggers:
            cursor.execute(sql)
        connection.commit()


def lose(laptop, statement, *values):
    """Rows are gone, and what is left was saved into a new study, which is the laptop's from now on."""
    with laptop.open() as project, past_all_rules(project) as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
    target = laptop.folder.with_name(f"{laptop.folder.name}-saved")
    salvage(laptop.folder, LAPTOP, target, quiet, never)
    laptop.folder = target


LAST_ANSWER = "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE table_name = 'score')"


def test_a_whole_salvaged_study_returns_as_any_other(out):  # noqa: F811
    out.laptop.work(*out.ids, submit=True)
    lose(out.laptop, "UPDATE study SET title = 'saved'")
    file = out.laptop.give_back()
    assert merging.look(out.study.project, file).salvaged
    assert out.kinds(file) == dict.fromkeys(out.ids, Kind.NEW)
    assert out.home() == out.there()
    assert verified(out.study)


def test_what_the_trail_no_longer_leads_to_waits_for_a_person_and_the_rest_arrives(out):  # noqa: F811
    out.laptop.work(out.own, submit=True)
    out.laptop.work(out.double, value=6, submit=True)
    lose(out.laptop, LAST_ANSWER)
    before = out.home()[out.double]
    file = out.laptop.give_back()
    assert out.kinds(file) == {out.own: Kind.NEW, out.double: Kind.CONFLICT}
    assert out.home()[out.own] == out.there()[out.own]
    assert out.home()[out.double] == before
    (found,) = out.study.ask(conflicts.waiting)
    assert (found.why, found.choices) == (Why.SALVAGED, (Choice.OURS, Choice.THEIRS))
    assert set(found.theirs.answers.values()) == {rated(6)}
    out.study.do(conflicts.settle, found.id, Choice.THEIRS)
    assert out.home()[out.double]["scores"] == out.there()[out.double]["scores"]
    assert out.home()[out.double]["submitted_at"]
    assert take_in(out.study, file).seen
    assert verified(out.study)


def test_a_submitted_rating_that_lost_an_answer_comes_back_as_unfinished(out):  # noqa: F811
    out.laptop.work(out.own, submit=True)
    lose(out.laptop, "DELETE FROM score WHERE id = (SELECT max(id) FROM score)")
    assert out.kinds(out.laptop.give_back()) == {out.own: Kind.CONFLICT}
    (found,) = out.study.ask(conflicts.waiting)
    assert (found.why, found.theirs.submitted_at) == (Why.SALVAGED, None)
    out.study.do(conflicts.settle, found.id, Choice.THEIRS)
    assert out.home()[out.own]["scores"] == out.there()[out.own]["scores"]
    assert out.home()[out.own]["submitted_at"] is None
    assert verified(out.study)


def test_a_submitted_rating_stays_when_a_salvaged_study_says_less_of_it(out):  # noqa: F811
    out.laptop.work(out.own, submit=True)
    take_in(out.study, out.laptop.give_back("first"))
    before = out.home()[out.own]
    lose(out.laptop, "DELETE FROM evidence_mark")
    assert out.kinds(out.laptop.give_back("second")) == {out.own: Kind.CONFLICT}
    (found,) = out.study.ask(conflicts.waiting)
    assert found.why is Why.SALVAGED
    out.study.do(conflicts.settle, found.id, Choice.OURS)
    assert out.home()[out.own] == before
    assert verified(out.study)


def test_a_gap_in_the_trail_of_a_study_nobody_saved_is_no_work(out):  # noqa: F811
    out.laptop.work(out.own, submit=True)
    lose(out.laptop, LAST_ANSWER)
    with out.laptop.open() as project, past_all_rules(project) as cursor:
        cursor.execute("DELETE FROM setting WHERE key = 'salvaged'")
    with pytest.raises(UserError, match="nothing was taken in"):
        take_in(out.study, out.laptop.give_back())


def test_only_what_was_shown_is_done(out):  # noqa: F811
    out.laptop.work(out.own)
    first = out.laptop.give_back("first")
    out.laptop.work(out.own, value=6)
    second = out.laptop.give_back("second")
    shown, before = merging.look(out.study.project, first), whole(out.study)
    os.replace(second, first)
    with pytest.raises(UserError, match=r"has changed since you looked.* Look again"):
        merging.merge(out.study.project, first, shown=shown)
    assert whole(out.study) == before
    shown = merging.look(out.study.project, first)
    assert merging.merge(out.study.project, first, shown=shown) == shown
    assert out.home() == out.there()


def test_what_was_shown_is_not_done_to_a_study_that_went_on(out):  # noqa: F811
    out.laptop.work(out.own)
    file = out.laptop.give_back()
    shown = merging.look(out.study.project, file)
    out.as_r1(rate.begin, out.own)
    out.as_r1(rate.set_notes, out.own, "begun here too")
    out.study.sign_in("S1")
    with pytest.raises(UserError, match="Look again"):
        merging.merge(out.study.project, file, shown=shown)
    assert merging.look(out.study.project, file).count(Kind.CONFLICT) == 1
