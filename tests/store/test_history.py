"""The audit trail is complete by construction."""

import json
from datetime import datetime

import pytest
from sqlalchemy import delete, insert, update

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db
from mio_fidelity.store.models import EvidenceMark, Person, Rating, Score
from tests.conftest import OpenStudy


def last_line(study: OpenStudy) -> tuple[str, str, str, str, dict[str, list[object]]]:
    line = study.audit()[-1]
    return line.person_id, line.verb, line.table_name, line.action, json.loads(line.changes)


def test_each_change_leaves_a_line_with_who_which_verb_old_and_new(study: OpenStudy) -> None:
    r1 = study.people["R1"]
    study.set("warm_regard", "fidelity", rated(4))
    who, verb, table, action, changes = last_line(study)
    assert (who, verb, table, action) == (r1, "set_answer", "score", "insert")
    assert changes["value"] == [None, 4]
    assert changes["state"] == [None, "rated"]

    study.set("warm_regard", "fidelity", rated(6))
    assert last_line(study) == (r1, "set_answer", "score", "update", {"value": [4, 6]})

    mark_id = study.do(rate.mark_evidence, study.rating_id, "warm_regard", 700, "warm voice")
    study.do(rate.edit_mark, mark_id, note="warm words")
    who, verb, table, action, changes = last_line(study)
    assert (who, verb, table, action) == (r1, "edit_mark", "evidence_mark", "update")
    # Beside the words, what makes their digest impossible to guess.
    assert changes.keys() == {"note", "salt"}
    assert changes["note"] == ["warm voice", "warm words"]
    study.do(rate.remove_mark, mark_id)
    who, verb, table, action, changes = last_line(study)
    assert (who, verb, table, action) == (r1, "remove_mark", "evidence_mark", "delete")
    assert changes["note"] == ["warm words", None]
    assert changes["at_ms"] == [700, None]
    moments = [datetime.fromisoformat(line.at) for line in study.audit()]
    assert moments == sorted(moments)


def test_a_row_changed_twice_in_one_verb_leaves_both_steps(study: OpenStudy) -> None:
    def hesitate(db: Db) -> None:
        score = Score(rating_id=study.rating_id, scale="warm_regard", dimension="fidelity")
        score.answer = rated(2)
        db.add(score)
        db.flush()
        score.answer = rated(3)
        db.flush()
        score.answer = rated(4)

    before = len(study.audit())
    study.do(hesitate)
    steps = [json.loads(line.changes)["value"] for line in study.audit()[before:]]
    assert steps == [[None, 2], [2, 3], [3, 4]]


def test_what_changes_nothing_leaves_no_line(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    before = study.audit()
    done = study.project.do(rate.set_answer, study.rating_id, "warm_regard", "fidelity", rated(4))
    assert study.audit() == before
    assert done.changed == frozenset()


def test_a_verb_says_which_tables_it_changed(study: OpenStudy) -> None:
    done = study.project.do(rate.set_answer, study.rating_id, "warm_regard", "fidelity", rated(4))
    assert done.changed == {"score"}
    assert study.project.do(rate.hear, study.rating_id, 0, 900, 1.0).changed == {"coverage"}
    assert study.project.do(rate.keep_place, study.rating_id, 900, 1.0).changed == {"place"}


def test_listening_is_a_log_of_its_own_and_not_in_the_trail(study: OpenStudy) -> None:
    before = len(study.audit())
    study.do(rate.hear, study.rating_id, 0, 900, 1.0)
    study.do(rate.keep_place, study.rating_id, 900, 1.0)
    assert len(study.audit()) == before


@pytest.mark.parametrize("mistake", [UserError("no"), RuntimeError("bug")])
def test_a_verb_that_raises_leaves_neither_change_nor_line(study: OpenStudy, mistake: Exception) -> None:
    def half_done(db: Db) -> None:
        rate.set_answer(db, study.rating_id, "warm_regard", "fidelity", rated(4))
        db.flush()
        raise mistake

    before = study.audit()
    with pytest.raises(type(mistake)):
        study.do(half_done)
    assert study.audit() == before
    assert not study.desk().answers
    study.set("warm_regard", "fidelity", rated(5))
    assert study.answer("warm_regard", "fidelity") == rated(5)


@pytest.mark.parametrize(
    "statement",
    [
        update(Rating).values(notes="x"),
        delete(EvidenceMark),
        insert(Person).values(id="x", code="X1", role="coder", active=True),
    ],
)
def test_a_bulk_statement_would_pass_the_trail_by_and_is_refused(study: OpenStudy, statement: object) -> None:
    before = study.audit()
    with pytest.raises(RuntimeError, match="audit trail"):
        study.do(lambda db: db.execute(statement))  # type: ignore[call-overload]
    assert study.audit() == before


def test_the_lines_tell_everything_that_stands_in_the_table(study: OpenStudy) -> None:
    study.submit()
    told: dict[str, dict[str, object]] = {}
    for line in study.audit():
        if line.table_name == "score":
            row = told.setdefault(line.row_id, {})
            row.update({column: new for column, (_, new) in json.loads(line.changes).items()})
    stored = {row.id: (row.state, row.value) for row in study.sql("SELECT * FROM score")}
    assert {key: (row["state"], row.get("value")) for key, row in told.items()} == stored
