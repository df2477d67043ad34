"""Tables of drift as they are shown and exported."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mio_fidelity.analysis.drift_results import Reference
from mio_fidelity.coding.listing import Kind
from mio_fidelity.coding.recalibration_outcome import Outcome, RecalibrationRow
from mio_fidelity.errors import Sentence
from mio_fidelity.gui.drift_tables import (
    apart_listing,
    flags_listing,
    recalibrations_listing,
    series_listing,
)
from tests.gui.drift_reports import report

WHEN = datetime(2026, 10, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def found():
    return report()


def rows(listing):
    return [dict(zip((column.key for column in listing.columns), row, strict=True)) for row in listing.rows]


def test_a_chart_is_a_row_with_its_numbers_and_where_its_limits_come_from(found):
    listing = series_listing(found, found.coder("R4").series)
    drifting = [row for row in rows(listing) if row["standing"] == "drifting"]
    assert len(listing.rows) == len(set(listing.ids)) == 12
    assert len(drifting) == 1
    row = drifting[0]
    assert (row["coder"], row["topic"], row["reference"]) == ("R4", "Mentalization-based", "partners")
    assert isinstance(row["began"], date)
    assert row["change"] < -0.5
    assert row["limits"] == "From the first 10 sessions."


def test_what_has_no_number_is_empty_and_no_nan(found):
    few = report(sessions=0)
    for row in rows(series_listing(few, few.coder("R1").series)):
        assert row["mean"] is None
        assert row["within_1"] is None
        assert row["sessions"] == 0


def test_flags_of_the_group_come_first_and_those_that_are_over_stay(found):
    series = found.coder("R4").series
    flag = next(flag for each in series for flag in each.flags)
    together = replace(flag, coder="", reference=Reference.MASTER, cleared_on=date(2026, 11, 2))
    group = (replace(found.group[0], flags=(together,)), *found.group[1:])
    first, second = rows(flags_listing(replace(found, group=group)))
    assert (first["coder"], first["cleared_on"]) == (None, date(2026, 11, 2))
    assert (second["coder"], second["cleared_on"]) == ("R4", None)


def test_a_disagreement_says_who_gave_what_and_how_far_apart(found):
    coder = found.coder("R1")
    listing = apart_listing(found, coder)
    assert rows(listing)[0] | {"day": None} == {
        "session": "C01-4",
        "scale": "Warm regard",
        "dimension": "Fidelity",
        "own": 2,
        "other": 6,
        "difference": -4,
        "who": "R2",
        "day": None,
    }
    master = replace(coder.disagreements[0], who="", reference=Reference.MASTER)
    assert rows(apart_listing(found, replace(coder, disagreements=(master,))))[0]["who"] == "master codes"


@pytest.mark.parametrize(("passed", "state"), [(True, "over"), (False, "not over"), (None, "open")])
def test_a_recalibration_says_how_far_it_is_and_what_came_of_it(passed, state):
    outcome = None
    if passed is not None:
        outcome = Outcome(3, 60, 0.9, -0.25, (), passed, Sentence("What came of it."))
    closed = WHEN if outcome else None
    listing = recalibrations_listing(
        [RecalibrationRow("id", "who", "R4", WHEN, closed, ("R4 rates lower.",), 3, 3, outcome)]
    )
    row = rows(listing)[0]
    assert (row["state"], row["rated"], row["given"]) == (state, 3, 3)
    assert row["outcome"] == ("What came of it." if outcome else None)
    assert row["reason"] == "R4 rates lower."


def test_days_are_days_and_shares_are_shares(found):
    listing = series_listing(found, found.group)
    kinds = {column.key: column.kind for column in listing.columns}
    assert kinds["began"] is Kind.DAY
    assert kinds["within_1"] is Kind.SHARE
