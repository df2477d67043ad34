"""The tables about sessions, against a study that can be counted by hand."""

from datetime import date
from typing import Any

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import consensus, planned
from mio_fidelity.coding.listing import Kind, Listing
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.coding.retention import Retention, set_retention
from mio_fidelity.errors import UserError
from mio_fidelity.store.models import Package
from tests.coding.small_study import CANARY, HELD, LATE, LATER, SOON, TODAY, Small
from tests.conftest import ARM, COUNSELOR, SITE


def table(small: Small, key: str, today: date = TODAY) -> Listing:
    return small.study.ask(listing, key, today)


def by_session(found: Listing, *keys: str) -> dict[str, list[Any]]:
    """What the columns say of each session."""
    at = [found.at(key) for key in keys]
    return {f"{row[0]}-{row[1]}": [row[nth] for nth in at] for row in found.rows}


def rows_of(found: Listing, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[found.at(key)] for key in keys) for row in found.rows]


def test_sessions_have_their_facts(small):
    found = table(small, "sessions")
    facts = by_session(found, "site", "arm", "counselor", "held_on")
    assert facts == {
        "C1-1": ["North", "MIO", "K1", HELD],
        "C1-2": ["North", "MIO", "K1", HELD],
        "C1-3": ["North", "MIO", "K1", HELD],
        "C2-1": ["North", "PE", "K2", HELD],
        "C3-1": [None] * 4,
        "C3-2": [None] * 4,
        "C10-1": ["South", "MIO", "K3", None],
        "C10-2": ["South", "MIO", "K3", None],
        "QZX7-5417": [SITE, ARM, COUNSELOR, None],
    }
    places = {f"{row[0]}-{row[1]}": own for own, row in zip(found.ids, found.rows, strict=True)}
    assert {name: places[name] for name in small.sessions} == small.sessions


def test_sessions_say_which_recordings_are_there_awaited_or_refused(small):
    found = by_session(table(small, "sessions"), "recording", "parts", "length")
    ((one,),) = small.study.sql("SELECT DISTINCT duration_ms FROM recording")
    assert found == {
        "C1-1": ["ready", 1, one],
        "C1-2": ["ready", 2, 2 * one],
        "C1-3": ["ready", 1, one],
        "C2-1": ["ready", 1, one],
        "C10-1": ["ready", 1, one],
        "QZX7-5417": ["ready", 1, one],
        "C10-2": ["with a problem", None, None],
        "C3-1": ["awaited", None, None],
        "C3-2": ["none", None, None],
    }


def test_a_recording_with_a_remark_and_a_further_part_that_is_awaited_are_seen(small):
    small.study.sql(
        "UPDATE recording SET problems = 'Cut short.' WHERE session_id = :id", id=small.sessions["C1-1"]
    )
    small.study.sql(
        "UPDATE awaited_file SET session_id = :id, part = 2 WHERE problem = ''", id=small.sessions["C1-3"]
    )
    found = by_session(table(small, "sessions"), "recording", "parts")
    assert found["C1-1"] == ["with a problem", 1]
    assert found["C1-3"] == ["awaited", 1]
    assert found["C3-1"] == ["none", None]


def test_neither_hidden_recodes_nor_what_was_taken_back_are_progress(small):
    keys = ("coding", "given", "submitted", "double", "due", "overdue")
    assert by_session(table(small, "sessions"), *keys) == {
        # R1 has it a second time, submitted.
        "C1-1": ["coded", 2, 2, "double-coded", None, None],
        "C1-2": ["being coded", 1, None, None, LATE, "overdue"],
        "C1-3": ["given out", 1, None, None, SOON, None],
        # R1 has it a second time, overdue.
        "C2-1": ["coded", 1, 1, None, None, None],
        # It was taken back from R2, overdue; of the others the first is due today.
        "C10-1": ["given out", 2, None, "double-coded", TODAY, None],
        "C10-2": ["not given out", None, None, None, None, None],
        "C3-1": ["not given out", None, None, None, None, None],
        "C3-2": ["not given out", None, None, None, None, None],
        "QZX7-5417": ["not given out", None, None, None, None, None],
    }


def test_lateness_is_reckoned_from_the_day_that_is_asked_for(small):
    def late(today: date) -> set[str]:
        return {
            name for name, (word,) in by_session(table(small, "sessions", today), "overdue").items() if word
        }

    assert late(LATE) == set()
    assert late(TODAY) == {"C1-2"}
    assert late(SOON) == {"C1-2", "C10-1"}
    assert late(LATER) == {"C1-2", "C1-3", "C10-1"}


def test_one_of_a_pair_taken_back_leaves_a_session_coded_once(small):
    small.study.do(planned.withdraw, [small.ratings["pair R10"]])
    found = by_session(table(small, "sessions"), "coding", "given", "double", "due")
    assert found["C10-1"] == ["given out", 1, None, LATER]


def test_the_consensus_is_begun_then_done(small):
    def state() -> dict[str, Any]:
        return {
            name: word for name, (word,) in by_session(table(small, "sessions"), "consensus").items() if word
        }

    study = small.study
    assert state() == {}
    before = by_session(table(small, "sessions"), "coding", "given", "submitted")
    rating_id = study.do(consensus.begin, small.sessions["C1-1"], [study.people["R1"]])
    assert state() == {"C1-1": "begun"}
    while open_slots := study.ask(consensus.side_by_side, rating_id).own.open_slots:
        study.do(consensus.set_consensus, rating_id, *open_slots[0], rated(4), "heard again")
    study.do(consensus.submit_consensus, rating_id)
    assert state() == {"C1-1": "done"}
    # It is no independent rating.
    assert by_session(table(small, "sessions"), "coding", "given", "submitted") == before
    assert rating_id not in table(small, "assignments").ids


def test_recordings_and_awaited_files_have_a_row_each_without_their_names(small):
    found = table(small, "recordings")
    assert list(rows_of(found, "client", "number", "part", "state", "kind", "problem")) == [
        ("C1", 1, 1, "ready", "audio", None),
        ("C1", 2, 1, "ready", "audio", None),
        ("C1", 2, 2, "ready", "audio", None),
        ("C1", 3, 1, "ready", "audio", None),
        ("C10", 1, 1, "ready", "audio", None),
        ("C10", 2, 1, "with a problem", None, "It is cut short."),
        ("C2", 1, 1, "ready", "audio", None),
        ("C3", 1, 1, "awaited", None, None),
        ("QZX7", 5417, 1, "ready", "audio", None),
    ]
    megabytes = small.study.recording.stat().st_size / 1e6
    whole = [row for row in rows_of(found, "length", "format", "megabytes", "added") if row[0]]
    assert len(whole) == 7
    for length, form, size, added in whole:
        assert length == pytest.approx(3000, abs=50)
        assert form == "wav / pcm_s16le"
        assert size == pytest.approx(megabytes, abs=0.1)
        assert added == TODAY


def test_every_assignment_is_listed_with_its_state(small):
    found = table(small, "assignments")
    keys = ("client", "number", "coder", "purpose", "occasion", "due", "state")
    named = dict(zip(found.ids, rows_of(found, *keys), strict=True))
    assert {name: named[own] for name, own in small.ratings.items() if name != "back"} == {
        "twice R1": ("C1", 1, "R1", "reliability", 1, LATE, "submitted"),
        "twice R2": ("C1", 1, "R2", "reliability", 1, LATE, "submitted"),
        "again": ("C1", 1, "R1", "reliability", 2, None, "submitted"),
        "late": ("C1", 2, "R1", "production", 1, LATE, "overdue"),
        "soon": ("C1", 3, "R1", "production", 1, SOON, "not begun"),
        "once": ("C2", 1, "R1", "production", 1, None, "submitted"),
        "again open": ("C2", 1, "R1", "production", 2, LATE, "overdue"),
        "pair R1": ("C10", 1, "R1", "reliability", 1, LATER, "not begun"),
        "pair R10": ("C10", 1, "R10", "reliability", 1, TODAY, "not begun"),
    }
    for own in (small.ratings["back"], small.study.rating_id):
        assert named[own][-1] == "taken back"
    assert len(found.rows) == 11
    codes = [code for (code,) in rows_of(found, "blind_code")]
    assert len(set(codes)) == 11
    submitted = {row[0]: row[1:] for row in rows_of(found, "blind_code", "assigned", "submitted")}
    assert {assigned for assigned, _ in submitted.values()} == {TODAY}
    assert sorted(map(str, (day for _, day in submitted.values()))) == [str(TODAY)] * 4 + ["None"] * 7
    assert dict(zip(found.ids, rows_of(table(small, "assignments", LATE), "state"), strict=True))[
        small.ratings["late"]
    ] == ("begun",)


@pytest.mark.parametrize("key", LISTINGS)
def test_no_table_tells_a_file_name_or_a_place(small, key):
    small.study.do(set_retention, Retention(until=date(2000, 1, 1)))
    small.study.do(_hand_out, small.study.people["R1"], small.ratings["late"])
    found = table(small, key)
    assert found.rows
    shown = " ".join(str(value) for row in found.rows for value in row)
    for hidden in (CANARY, "qzxj-file", "/", str(small.study.folder)):
        assert hidden not in shown.replace("wav / pcm", "")


@pytest.mark.parametrize("key", LISTINGS)
def test_every_table_is_whole(small, key):
    found = table(small, key)
    assert found.key == key
    assert len(found.ids) == len(set(found.ids)) == len(found.rows)
    assert len({column.key for column in found.columns}) == len(found.columns)
    wanted: dict[Kind, tuple[type, ...]] = {
        Kind.NUMBER: (int, float),
        Kind.SHARE: (int, float),
        Kind.DAY: (date,),
        Kind.LENGTH: (int,),
    }
    for row in found.rows:
        assert len(row) == len(found.columns)
        for column, value in zip(found.columns, row, strict=True):
            assert value is None or isinstance(value, wanted.get(column.kind, (str,)))


@pytest.mark.parametrize("key", LISTINGS)
def test_only_supervisors_see_the_tables(small, key):
    for code in ("R1", "R10", "K9"):
        small.study.sign_in(code)
        with pytest.raises(UserError, match="Only a supervisor"):
            table(small, key)


def _hand_out(db, person_id, rating_id):
    supervisor = db.info["person_id"]
    db.add(
        Package(
            person_id=person_id, by_id=supervisor, contents={"ratings": {rating_id: ""}, "recordings": False}
        )
    )
