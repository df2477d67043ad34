"""What is final stays final, even for somebody who talks to the database itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from tests.conftest import ON_SERVER, Made, OpenStudy, copy_of

SCORE = "id, rating_id, scale, dimension, state, value, scored_at"
COPIED = "SELECT 'new', {rating}, 'warm_regard', 'x', 'rated', 7, scored_at FROM score LIMIT 1"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Iterator[OpenStudy]:
    """A study with a submitted and amended rating, with marks and coverage, and another one still open."""
    study = copy_of(made, tmp_path_factory.mktemp("closed"))
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1000, "kind")
    study.do(rate.hear, study.rating_id, 0, 2000, 1.0)
    study.submit()
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(5)}, "typing slip")
    first = study.rating_id
    study.rating_id = study.assign("R1")
    study.set("warm_regard", "fidelity", rated(2))
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 500)
    study.do(rate.hear, study.rating_id, 0, 100, 1.0)
    study.rating_id = first
    yield study
    study.project.close()


def everything(study: OpenStudy) -> list[object]:
    tables = ("rating", "score", "evidence_mark", "coverage", "amendment", "audit", "instrument_edition")
    return [study.sql(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


DONE = "(SELECT id FROM rating WHERE submitted_at IS NOT NULL)"
BEGUN = "(SELECT id FROM rating WHERE submitted_at IS NULL)"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE score SET value = 1 WHERE rating_id = {DONE} AND value IS NOT NULL",
        f"UPDATE score SET state = 'open', value = NULL WHERE rating_id = {DONE}",
        f"DELETE FROM score WHERE rating_id = {DONE}",
        f"INSERT INTO score ({SCORE}) {COPIED.format(rating=DONE)}",
        f"UPDATE score SET rating_id = {DONE}, dimension = 'x' WHERE rating_id = {BEGUN}",
        f"UPDATE score SET rating_id = {BEGUN}, dimension = 'x' WHERE rating_id = {DONE} AND value = 5",
        f"UPDATE score SET scale = 'x' WHERE rating_id = {DONE} AND value = 5",
        f"UPDATE score SET id = 'x' WHERE rating_id = {DONE} AND value = 5",
        f"UPDATE evidence_mark SET note = '' WHERE rating_id = {DONE}",
        f"UPDATE evidence_mark SET rating_id = {DONE} WHERE rating_id = {BEGUN}",
        f"DELETE FROM evidence_mark WHERE rating_id = {DONE}",
        f"UPDATE coverage SET end_ms = 3000 WHERE rating_id = {DONE}",
        f"UPDATE coverage SET rating_id = {DONE} WHERE rating_id = {BEGUN}",
        f"DELETE FROM coverage WHERE rating_id = {DONE}",
        f"UPDATE rating SET submitted_at = NULL WHERE id = {DONE}",
        f"UPDATE rating SET notes = 'later' WHERE id = {DONE}",
        f"UPDATE rating SET instrument_sha256 = '' WHERE id = {DONE}",
        f"DELETE FROM rating WHERE id = {DONE}",
        f"INSERT OR REPLACE INTO rating SELECT * FROM rating WHERE id = {DONE}",
        f"UPDATE OR REPLACE rating SET id = {DONE}, purpose = 'drift' WHERE id = {BEGUN}",
    ],
)
def test_a_submitted_rating_cannot_be_changed_past_the_program(closed: OpenStudy, statement: str) -> None:
    before = everything(closed)
    with pytest.raises(DBAPIError):
        closed.sql(statement)
    assert everything(closed) == before


@pytest.mark.parametrize("table", ["audit", "amendment", "instrument_edition"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = 'x'",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ],
)
def test_what_is_on_record_is_only_added_to(closed: OpenStudy, table: str, statement: str) -> None:
    if ON_SERVER and "REPLACE" in statement:
        pytest.skip("there is no such statement there")
    before = everything(closed)
    column = {"audit": "verb", "amendment": "why", "instrument_edition": "title"}[table]
    with pytest.raises(DBAPIError, match="append-only"):
        closed.sql(statement.format(table=table, column=column))
    assert everything(closed) == before


def test_an_open_rating_is_not_locked(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(2))
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 500)
    study.sql("UPDATE score SET value = 3")
    study.sql("DELETE FROM evidence_mark")
    assert study.answer("warm_regard", "fidelity") == rated(3)
    assert study.desk().marks == ()


def test_a_rating_that_was_begun_cannot_be_deleted(study: OpenStudy) -> None:
    study.do(rate.begin, study.rating_id)
    with pytest.raises(DBAPIError, match="kept"):
        study.sql("DELETE FROM rating")
