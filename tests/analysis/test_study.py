"""Which ratings count, and where each of their answers stands in the table."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from mio_fidelity.analysis.study import ScoreFilter, filter_choices, score_table, submitted_count
from mio_fidelity.analysis.table import STATES, LeftOut
from mio_fidelity.answer import NOT_APPLICABLE, Reason, State, cannot_rate, rated
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.analysis.conftest import Lab
from tests.coding.instruments import FROM_ZERO

WARM, LINK = ("warm_regard", "fidelity"), ("transparent_linking", "competence")


@pytest.fixture
def clock_at() -> Iterator[Callable[[int], None]]:
    """Puts this computer's clock some hours east of Greenwich."""
    before = os.environ.get("TZ")

    def put(hours: int) -> None:
        os.environ["TZ"] = f"XXX{-hours:+d}"
        time.tzset()

    yield put
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


def cell(table, slot, session, coder):
    at = [(each.scale, each.dimension) for each in table.columns].index(slot)
    row = [each.label for each in table.sessions].index(session)
    place = at, row, table.coders.index(coder)
    return table.values[place], STATES[table.states[place]] if table.states[place] >= 0 else None


def used(table):
    return {
        (table.sessions[row].label, table.coders[coder])
        for row, coder in zip(*np.nonzero(table.rated), strict=True)
    }


def test_every_answer_stands_where_it_belongs(lab: Lab) -> None:
    lab.give("C02-3", "R1", 4, answers={WARM: rated(6), LINK: NOT_APPLICABLE})
    lab.give("C02-3", "R2", 5, answers={WARM: cannot_rate(Reason.INAUDIBLE)})
    lab.give("C01-12", "R2", 2, arm="PE", site="South")
    table = lab.ask(score_table)
    assert table.values.shape == (20, 2, 2)
    assert [row.label for row in table.sessions] == ["C01-12", "C02-3"]
    assert (table.sessions[0].arm, table.sessions[0].site, table.sessions[0].number) == ("PE", "South", 12)
    assert table.sessions[0].held_on == date(2026, 1, 5)
    assert table.coders == ("R1", "R2")
    assert cell(table, WARM, "C02-3", "R1") == (6, State.RATED)
    assert cell(table, ("child_mind", "fidelity"), "C02-3", "R1") == (4, State.RATED)
    for slot, coder, state in (
        (LINK, "R1", State.NOT_APPLICABLE),
        (WARM, "R2", State.CANNOT_RATE),
    ):
        value, found = cell(table, slot, "C02-3", coder)
        assert np.isnan(value)
        assert found is state
    assert cell(table, WARM, "C01-12", "R1")[1] is None
    assert np.isfinite(table.values).sum() == 58


def test_sessions_come_in_the_order_of_their_numbers(lab: Lab) -> None:
    for label in ("C01-10", "C01-2", "C01-1"):
        lab.give(label, "R1")
    assert [row.label for row in lab.ask(score_table).sessions] == ["C01-1", "C01-2", "C01-10"]


def test_only_reliability_ratings_count_unless_others_are_named(lab: Lab) -> None:
    lab.give("C01-1", "R1")
    for purpose in Purpose:
        if purpose is not Purpose.RELIABILITY:
            lab.give("C01-1", "R2", purpose=purpose)
    table = lab.ask(score_table)
    assert used(table) == {("C01-1", "R1")}
    assert table.left_out == ()
    chosen = ScoreFilter(purposes=(Purpose.DRIFT,))
    assert used(lab.ask(score_table, chosen)) == {("C01-1", "R2")}


def test_what_is_left_out_says_why(lab: Lab) -> None:
    lab.give("C01-1", "R1", 3)
    lab.give("C01-1", "R1", 7, occasion=2)
    lab.give("C01-2", "R1", at=None)
    other = lab.study.use_instrument(FROM_ZERO)
    first, lab.study.instrument_id = lab.study.instrument_id, other
    lab.give("C01-3", "R2")
    lab.study.instrument_id = first
    table = lab.ask(score_table)
    assert used(table) == {("C01-1", "R1")}
    assert (table.values == 3).all()
    assert set(table.left_out) == {
        LeftOut("C01-1", "R1", "a further rating of the session by the same coder"),
        LeftOut("C01-2", "R1", "not submitted yet"),
        LeftOut("C01-3", "R2", "rated with another edition of the instrument"),
    }


def test_a_second_rating_counts_when_the_first_is_not_submitted(lab: Lab) -> None:
    lab.give("C01-1", "R1", at=None)
    lab.give("C01-1", "R1", 6, occasion=2)
    table = lab.ask(score_table)
    assert (table.values == 6).all()
    assert [each.why for each in table.left_out] == ["not submitted yet"]


def test_the_edition_is_that_of_most_submitted_ratings_or_the_one_asked_for(lab: Lab) -> None:
    lab.give("C01-1", "R1")
    shipped = lab.ask(score_table).instrument
    lab.study.instrument_id = lab.study.use_instrument(FROM_ZERO)
    for coder in ("R1", "R2"):
        lab.give("C01-2", coder, 0)
    lab.give("C01-3", "R1", 0, at=None)
    most = lab.ask(score_table)
    assert most.instrument.sha256 == FROM_ZERO.sha256
    assert [each.scale for each in most.columns] == ["listening", "listening", "warmth", "warmth"]
    assert used(most) == {("C01-2", "R1"), ("C01-2", "R2")}
    asked = lab.ask(score_table, ScoreFilter(instrument=shipped.sha256))
    assert used(asked) == {("C01-1", "R1")}


@pytest.mark.parametrize(
    ("chosen", "labels"),
    [
        (ScoreFilter(sites=("South",)), {"C02-5"}),
        (ScoreFilter(sites=("South", "North")), {"C01-1", "C01-9", "C02-5"}),
        (ScoreFilter(arms=("PE",)), {"C02-5"}),
        (ScoreFilter(coders=("R2",)), {"C01-9"}),
        (ScoreFilter(first_number=5), {"C01-9", "C02-5"}),
        (ScoreFilter(last_number=5), {"C01-1", "C02-5"}),
        (ScoreFilter(first_number=2, last_number=8, arms=("PE",)), {"C02-5"}),
    ],
)
def test_a_filter_takes_what_it_names(lab: Lab, chosen: ScoreFilter, labels: set[str]) -> None:
    lab.give("C01-1", "R1")
    lab.give("C01-9", "R2")
    lab.give("C02-5", "R1", arm="PE", site="South")
    table = lab.ask(score_table, chosen)
    assert {row.label for row in table.sessions} == labels
    assert table.filter_words == chosen.words()


@pytest.mark.parametrize("hours", [-11, 0, 13])
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this system cannot be set")
def test_days_are_those_of_this_computers_clock(
    lab: Lab, hours: int, clock_at: Callable[[int], None]
) -> None:
    zone = timezone(timedelta(hours=hours))
    for minute, label in ((-1, "C01-1"), (0, "C01-2"), (24 * 60 - 1, "C01-3"), (24 * 60, "C01-4")):
        midnight = datetime(2026, 3, 2, tzinfo=zone)
        lab.give(label, "R1", at=(midnight + timedelta(minutes=minute)).astimezone(UTC))
    clock_at(hours)
    day = date(2026, 3, 2)
    table = lab.ask(score_table, ScoreFilter(since=day, until=day))
    assert [row.label for row in table.sessions] == ["C01-2", "C01-3"]
    assert table.filter_words["since"] == "2026-03-02"


def test_nothing_to_count_is_said_in_a_sentence(lab: Lab) -> None:
    with pytest.raises(UserError, match="no ratings of this kind"):
        lab.ask(score_table)


def test_unsubmitted_ratings_alone_make_an_empty_table(lab: Lab) -> None:
    lab.give("C01-1", "R1", at=None)
    table = lab.ask(score_table)
    assert table.values.shape == (20, 0, 0)
    assert len(table.left_out) == 1


def test_a_filter_chooses_from_what_ratings_have(lab: Lab) -> None:
    lab.give("C01-1", "R2", arm="PE", site="South")
    lab.give("C02-1", "R1", purpose=Purpose.DRIFT)
    found = lab.ask(filter_choices)
    assert {"North", "South"} <= set(found.sites)
    assert {"MIO", "PE"} <= set(found.arms)
    assert {"R1", "R2"} <= set(found.coders)
    assert "S1" not in found.coders
    assert found.purposes == (Purpose.PRODUCTION, Purpose.RELIABILITY, Purpose.DRIFT)
    assert len(found.instruments) == 1
    assert "edition" in found.instruments[0][1]


def test_the_number_of_submitted_ratings_changes_with_each(lab: Lab) -> None:
    before = lab.ask(submitted_count)
    lab.give("C01-1", "R1", at=None)
    assert lab.ask(submitted_count) == before
    lab.give("C01-1", "R2")
    assert lab.ask(submitted_count) == before + 1
