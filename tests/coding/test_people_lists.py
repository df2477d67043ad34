"""The tables about people and places, against a study that can be counted by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from mio_fidelity.coding import assign, people, planned, staff
from mio_fidelity.coding.listings import listing
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Rating
from tests.coding.small_study import LATE, LATER, SOON, TODAY, Small
from tests.conftest import COUNSELOR, SITE


def rows(small: Small, key: str, *columns: str, today: date = TODAY) -> list[tuple[Any, ...]]:
    """What the columns of a table say, row by row; all of them when none is named."""
    found = small.study.ask(listing, key, today)
    at = [found.at(name) for name in columns] if columns else range(len(found.columns))
    return [tuple(row[nth] for nth in at) for row in found.rows]


def length_ms(small: Small) -> int:
    """Of every recording alike."""
    ((length,),) = small.study.sql("SELECT DISTINCT duration_ms FROM recording")
    return int(length)


def test_the_workload_counts_recodes_as_work_and_nothing_that_was_taken_back(small):
    one = length_ms(small)
    keys = ("coder", "works", "open", "begun", "overdue", "soon", "length", "submitted", "lately", "last")
    assert rows(small, "workload", *keys) == [
        ("R1", "works here", 4, 1, 2, 1, 5 * one, 3, 3, TODAY),
        ("R2", "works here", 0, 0, 0, 0, None, 1, 1, TODAY),
        ("R10", "works here", 1, 0, 0, 1, one, 0, 0, None),
    ]
    assert rows(small, "workload", "days") == [(0.0,), (0.0,), (None,)]


def test_late_soon_and_lately_are_reckoned_from_the_day_that_is_asked_for(small):
    def of_r1(today: date) -> tuple[Any, ...]:
        return rows(small, "workload", "overdue", "soon", "lately", today=today)[0]

    assert of_r1(LATE) == (0, 3, 3)
    assert of_r1(TODAY) == (2, 1, 3)
    assert of_r1(SOON) == (2, 2, 3)
    assert of_r1(LATER + timedelta(days=1)) == (4, 0, 3)
    assert of_r1(TODAY + timedelta(days=27)) == (4, 0, 3)
    assert of_r1(TODAY + timedelta(days=28)) == (4, 0, 0)


def _submitted_after(db: Db, rating_id: str, days: int) -> None:
    rating = db.get_one(Rating, rating_id)
    rating.submitted_at = rating.assigned_at + timedelta(days=days)


def test_days_taken_are_the_median(small):
    # Three were submitted at once.
    for name, days in {"late": 4, "soon": 2, "pair R1": 9, "again open": 1}.items():
        small.study.do(_submitted_after, small.ratings[name], days)
    assert rows(small, "workload", "coder", "submitted", "days")[0] == ("R1", 7, 1.0)


def test_who_has_left_stays_in_the_workload_with_what_was_done(small):
    small.study.do(staff.leave, small.study.people["R1"])
    small.study.do(staff.leave, small.study.people["R10"])
    keys = ("coder", "works", "open", "overdue", "length", "submitted")
    assert rows(small, "workload", *keys) == [
        ("R1", "has left", 0, 0, None, 3),
        ("R2", "works here", 0, 0, None, 1),
    ]


def test_supervisors_and_clinicians_are_in_the_workload_once_they_have_something_to_rate(small):
    study = small.study
    study.do_as_supervisor(
        assign.assign, small.sessions["C1-3"], study.people["S1"], study.instrument_id, Purpose.MASTER, SOON
    )
    assert rows(small, "workload", "coder", "open")[-1] == ("S1", 1)


def test_the_calendar_has_a_line_for_each_day_on_which_something_is_due_or_was_done(small):
    assert rows(small, "calendar") == [
        (LATE, 4, 2, None, "overdue"),
        (TODAY, 1, 1, 4, None),
        (SOON, 1, 1, None, None),
        (LATER, 1, 1, None, None),
    ]
    assert [word for *_, word in rows(small, "calendar", today=LATER)] == ["overdue"] * 3 + [None]
    small.study.do(
        planned.withdraw, [small.ratings["pair R1"], small.ratings["late"], small.ratings["again open"]]
    )
    assert rows(small, "calendar") == [
        (LATE, 2, None, None, None),
        (TODAY, 1, 1, 4, None),
        (SOON, 1, 1, None, None),
    ]


def test_people_have_their_role_their_site_and_whom_they_are_kept_away_from(small):
    small.study.sql("UPDATE counselor SET person_id = :who WHERE code = 'K2'", who=small.study.people["K9"])
    assert rows(small, "people") == [
        ("K9", "clinician", "works here", None, "K2"),
        ("R1", "coder", "works here", None, None),
        ("R2", "coder", "works here", "North", "C2, South"),
        ("R10", "coder", "works here", None, None),
        ("S1", "supervisor", "works here", None, None),
        ("S2", "supervisor", "has left", None, None),
    ]


# Sessions, given out, coded, share.
NONE_OF_ONE = (1, 0, 0, None)


def test_counselors_have_their_clients_and_how_far_these_are(small):
    assert rows(small, "counselors") == [
        ("K1", "North", 1, 3, 3, 1, pytest.approx(1 / 3)),
        ("K2", "North", 1, 1, 1, 1, 1.0),
        ("K3", "South", 1, 2, 1, 0, 0.0),
        (COUNSELOR, SITE, 1, *NONE_OF_ONE),
    ]


def test_clients_have_their_arm_counselor_and_how_far_they_are(small):
    assert rows(small, "clients") == [
        ("C1", "North", "MIO", "K1", 3, 3, 1, pytest.approx(1 / 3)),
        ("C2", "North", "PE", "K2", 1, 1, 1, 1.0),
        ("C3", None, None, None, 2, 0, 0, None),
        ("C10", "South", "MIO", "K3", 2, 1, 0, 0.0),
        ("QZX7", SITE, "arm-qzxj", COUNSELOR, *NONE_OF_ONE),
    ]


def test_sites_have_who_works_there_and_how_far_they_are(small):
    assert rows(small, "sites") == [
        ("North", 2, 2, 1, 4, 4, 2, 0.5),
        (SITE, 1, 1, 0, *NONE_OF_ONE),
        ("South", 1, 1, 0, 2, 1, 0, 0.0),
    ]
    # Whoever left works at no site, and a supervisor codes at none.
    small.study.do(staff.set_site, small.study.people["S1"], "South")
    small.study.do(staff.leave, small.study.people["R2"])
    assert [row[3] for row in rows(small, "sites")] == [0, 0, 0]


def test_a_session_is_coded_once_the_last_of_its_ratings_is_submitted(small):
    def coded() -> tuple[Any, ...]:
        return rows(small, "sites", "given", "coded")[2]

    def submit(code: str, name: str) -> None:
        small.study.sign_in(code)
        small.study.rating_id = small.ratings[name]
        small.study.submit()
        small.study.sign_in("S1")

    assert coded() == (1, 0)
    submit("R1", "pair R1")
    assert coded() == (1, 0)
    submit("R10", "pair R10")
    assert coded() == (1, 1)


def test_a_coder_who_has_nothing_to_do_is_in_the_workload(small):
    small.study.do(people.add_person, "R3", Role.CODER)
    assert rows(small, "workload", "coder", "open", "length", "days")[2] == ("R3", 0, None, None)
