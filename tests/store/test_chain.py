"""Each line of the audit trail vouches for all before it."""

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate, study_settings
from mio_fidelity.store import Project
from mio_fidelity.store.chain import chained, linked
from mio_fidelity.store.models import Audit
from tests.conftest import PASSPHRASE, OpenStudy


def lines(project: Project) -> list[dict[str, Any]]:
    columns = Audit.__table__.columns
    return project.ask(
        lambda db: [dict(row._mapping) for row in db.query(*columns).order_by(Audit.id).all()],
    )


def broken_at(found: list[dict[str, Any]]) -> int | None:
    """Number of the first line that does not follow from those before it."""
    before = ""
    for nth, line in enumerate(found):
        before = chained(before, line)
        if before != line["chain"]:
            return nth
    return None


def test_every_line_follows_from_the_one_before(study: OpenStudy) -> None:
    study.sign_in("R1")
    study.set("warm_regard", "fidelity", rated(3))
    study.do(rate.set_notes, study.rating_id, "„heard“ \x1f twice")
    study.sign_in("S1")
    # Numbers as keys are strings once stored.
    odd: dict[Any, Any] = {"by": {"b": 1.5, "a": (1, 2)}, 10: "x", 9: "y"}
    study.do(study_settings.choose, "test", odd)
    found = lines(study.project)
    assert len(found) > 10
    assert broken_at(found) is None


def test_a_chain_is_the_digest_of_the_line_in_json_and_stays_so() -> None:
    at = datetime(2026, 3, 1, 1, 30, 5, tzinfo=timezone(timedelta(hours=5)))
    about = {"person_id": "p", "verb": "„v“", "table_name": "score", "row_id": "r", "action": "insert"}
    changes = {"value": [None, 4], "state": [None, "rated"]}
    said = ["before", "2026-02-28T20:30:05+00:00", "p", "„v“", "score", "r", "insert", changes, None]
    in_order = json.dumps(said, sort_keys=True)
    assert (
        chained("before", {**about, "at": at, "changes": changes})
        == hashlib.sha256(in_order.encode()).hexdigest()
    )
    assert chained("before", {**about, "at": at, "changes": changes, "package_id": None, "more": 1}) == (
        hashlib.sha256(in_order.encode()).hexdigest()
    )
    assert json.loads(linked("before", {**about, "at": at, "changes": changes})[1]) == changes


@pytest.mark.parametrize("column", ["at", "person_id", "verb", "table_name", "row_id", "action", "changes"])
def test_a_line_that_was_changed_is_found(study: OpenStudy, column: str) -> None:
    found = lines(study.project)
    found[5][column] = datetime(2020, 1, 1, tzinfo=UTC) if column == "at" else "other"
    assert broken_at(found) == 5


def test_a_line_that_was_taken_out_is_found(study: OpenStudy) -> None:
    found = lines(study.project)
    del found[3]
    assert broken_at(found) == 3


def test_lines_of_an_older_study_are_chained_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).with_name("studies") / "0004", tmp_path / "older")
    with Project.open(tmp_path / "older", PASSPHRASE) as project:
        found = lines(project)
    assert found
    assert broken_at(found) is None
