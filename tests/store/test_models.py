"""The tables themselves: states that never mix, times in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from mio_fidelity.answer import rated
from mio_fidelity.store import Db
from mio_fidelity.store.models import Base, Rating, new_blind_code
from tests.conftest import OpenStudy

SLOT = ("warm_regard", "fidelity")


@pytest.mark.parametrize(
    "columns",
    [
        "state = 'rated', value = NULL",
        "state = 'open', value = 4",
        "state = 'not_applicable', value = 4",
        "state = 'cannot_rate', value = NULL, reason = NULL",
        "state = 'cannot_rate', value = 4, reason = 'other'",
        "state = 'rated', value = 4, reason = 'other'",
        "state = 'not_applicable', value = NULL, reason = 'other'",
        "state = 'perhaps', value = NULL",
        "state = NULL, value = NULL",
    ],
)
def test_the_database_lets_no_two_states_mix(study: OpenStudy, columns: str) -> None:
    study.set(*SLOT, rated(4))
    with pytest.raises(IntegrityError):
        study.sql(f"UPDATE score SET {columns}")
    assert study.answer(*SLOT) == rated(4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rating SET purpose = 'fun'",
        "UPDATE rating SET role = 'boss'",
        "UPDATE person SET role = 'boss'",
        "UPDATE treatment_session SET number = 0",
        "UPDATE recording SET duration_ms = 0",
        "UPDATE recording SET kind = 'smell'",
        "UPDATE rating SET person_id = 'nobody'",
        "DELETE FROM treatment_session",
        "DELETE FROM person",
    ],
)
def test_the_database_refuses_what_makes_no_sense(study: OpenStudy, statement: str) -> None:
    with pytest.raises(IntegrityError):
        study.sql(statement)
    assert study.project.sound()


def test_times_are_stored_in_utc_and_come_back_with_their_zone(study: OpenStudy) -> None:
    east = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=5)))

    def begin_at(db: Db, moment: datetime) -> None:
        db.get_one(Rating, study.rating_id).begun_at = moment

    study.do(begin_at, east)
    assert study.sql("SELECT CAST(begun_at AS TEXT) FROM rating")[0][0].startswith("2026-02-28 20:30:00")
    back = study.ask(lambda db: db.get_one(Rating, study.rating_id).begun_at)
    assert back == east
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(study: OpenStudy) -> None:
    def begin_at_no_place(db: Db) -> None:
        db.get_one(Rating, study.rating_id).begun_at = datetime(2026, 3, 1)

    with pytest.raises(StatementError, match="time zone"):
        study.do(begin_at_no_place)
    assert study.sql("SELECT begun_at FROM rating") == [(None,)]


def test_blind_codes_are_random_and_without_letters_that_look_alike() -> None:
    codes = {new_blind_code() for _ in range(500)}
    assert len(codes) > 495
    assert not set("".join(code.removeprefix("S-") for code in codes)) & set("01AEIOULY")


def test_the_order_of_writing_does_not_depend_on_the_file_a_table_stands_in() -> None:
    assert {mapper.class_.__module__ for mapper in Base.registry.mappers} == {"mio_fidelity.store.models"}
