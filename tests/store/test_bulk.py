"""Many rows at once are the rows that objects would have made."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mio_fidelity.store import Db
from mio_fidelity.store.bulk import add_rows
from mio_fidelity.store.models import Audit, EvidenceMark, Score, Stretch, new_id
from tests.conftest import OpenStudy

EAST = timezone(timedelta(hours=5, minutes=30))
TIMES = (
    datetime(2026, 3, 1, 1, 30, tzinfo=EAST),
    datetime(2026, 3, 1, 1, 30, 5, 7, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)


def scores(rating_id: str) -> list[dict[str, Any]]:
    said = (("rated", 4, None), ("cannot_rate", None, "inaudible"), ("not_applicable", None, None))
    return [
        {
            "id": new_id(),
            "rating_id": rating_id,
            "scale": f"scale “{nth}” % ? :x",
            "dimension": "fidelity",
            "state": state,
            "value": value,
            "reason": reason,
            "shelved": None,
            "scored_at": at,
        }
        for nth, ((state, value, reason), at) in enumerate(zip(said, TIMES, strict=True))
    ]


def test_rows_come_back_as_they_were_told(study: OpenStudy) -> None:
    rows = scores(study.rating_id)
    study.do(lambda db: add_rows(db.connection(), Score, rows))
    found = study.ask(
        lambda db: [
            dict(row._mapping) for row in db.execute(select(*Score.__table__.c).order_by(Score.scale))
        ]
    )
    assert found == rows
    assert all(row["scored_at"].tzinfo is UTC for row in found)


def test_they_are_stored_exactly_as_objects_store_them(study: OpenStudy) -> None:
    times = [{"id": new_id(), "start_ms": 0, "end_ms": 1 + nth, "speed": 1.25} for nth in range(3)]
    rows = [
        {**row, "rating_id": study.rating_id, "heard_at": at} for row, at in zip(times, TIMES, strict=True)
    ]
    again = [{**row, "id": new_id()} for row in rows]
    study.do(lambda db: add_rows(db.connection(), Stretch, rows))
    study.do(lambda db: db.add_all([Stretch(**row) for row in again]))
    stored = "SELECT CAST(heard_at AS TEXT), speed, start_ms FROM coverage WHERE end_ms = {} "
    for nth in range(3):
        one, other = study.sql(stored.format(1 + nth))
        assert tuple(one) == tuple(other)


def test_json_that_is_text_already_is_stored_as_such(study: OpenStudy) -> None:
    line = {"person_id": None, "verb": "v", "table_name": "t", "row_id": "r", "action": "insert"}
    told = {"b": [None, "ä\u2028"], "a": [1, {"z": 1.5}]}
    rows = [
        {**line, "at": TIMES[0], "changes": told, "package_id": None, "chain": "1"},
        {**line, "at": TIMES[0], "changes": '{"a": [1, {"z": 1.5}], "b": [null, "ä\u2028"]}', "chain": "2"},
    ]

    def add(db: Db) -> None:
        add_rows(db.connection(), Audit, rows[:1])
        add_rows(db.connection(), Audit, rows[1:], ready={"changes"})

    study.do(add)
    found = select(Audit.changes).where(Audit.verb == "v")
    assert study.ask(lambda db: db.scalars(found).all()) == [told, told]


def test_no_rows_are_nothing_to_do(study: OpenStudy) -> None:
    study.do(lambda db: add_rows(db.connection(), EvidenceMark, []))
    assert study.sql("SELECT COUNT(*) FROM evidence_mark")[0][0] == 0


def test_what_the_database_refuses_is_not_stored_and_neither_is_the_rest(study: OpenStudy) -> None:
    rows = scores(study.rating_id)
    rows[2]["value"] = 4
    with pytest.raises(IntegrityError):
        study.do(lambda db: add_rows(db.connection(), Score, rows))
    assert study.sql("SELECT COUNT(*) FROM score")[0][0] == 0


def test_a_time_without_a_zone_is_refused(study: OpenStudy) -> None:
    rows = [{**row, "scored_at": datetime(2026, 3, 1)} for row in scores(study.rating_id)]
    with pytest.raises(ValueError, match="time zone"):
        study.do(lambda db: add_rows(db.connection(), Score, rows))
