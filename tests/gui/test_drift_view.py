"""What the cards say of a report, as one looks at it."""

from datetime import date, timedelta

import numpy as np
import pytest

from mio_fidelity.analysis.drift_results import Reference, Standing
from mio_fidelity.gui.drift_view import View, cards_of, gravest
from mio_fidelity.gui.drift_work import charted
from tests.gui.drift_reports import BASELINE, BEGINNING, report

PARTNERS = (Reference.PARTNERS,)


@pytest.fixture(scope="module")
def found():
    return charted(report())


def cards(found, **looked_at):
    made = cards_of(found, View(**{"dimension": "fidelity", "references": PARTNERS, **looked_at}))
    return {card.title: card for card in made}


def test_coders_stand_in_the_order_of_their_codes_and_the_group_comes_last(found, qapp):
    assert list(cards(found)) == ["R1", "R2", "R3", "R4", "All coders together"]


def test_a_card_says_in_words_and_colour_how_a_coder_stands(found, qapp):
    shown = cards(found)
    assert shown["R4"].words.startswith("drifting · within 1 point ")
    assert shown["R4"].role == "alarm"
    assert shown["R1"].words.startswith("in control")
    assert shown["R1"].role == "muted"


def test_the_share_within_1_is_of_what_is_looked_at_and_says_of_how_many(found, qapp):
    series = [
        each
        for each in found.report.coder("R2").series
        if each.dimension == "fidelity" and each.reference is Reference.PARTNERS
    ]
    points = [point for each in series for point in each.points[-20:]]
    share = sum(point.within_1 for point in points) / sum(point.n_scales for point in points)
    words = cards(found, last=20)["R2"].words
    assert words.endswith(f"within 1 point {round(100 * share)}% (n = {sum(p.n_scales for p in points)})")


def test_who_drifts_where_nobody_looks_is_not_called_in_control_only(found, qapp):
    card = cards(found, dimension="competence")["R4"]
    assert "in control · drifting elsewhere: fidelity" in card.words
    assert card.role == "alarm"


def test_each_line_has_a_number_and_a_pattern_of_its_own(found, qapp):
    lines = cards(found)["R1"].lines
    assert [line.tag for line in lines] == ["1", "2", "3"]
    assert len({line.pattern for line in lines}) == 3


def test_scales_of_a_domain_share_its_colour_and_differ_in_pattern(qapp):
    lines = cards(charted(report(by="scale")))["R1"].lines
    assert [line.tag for line in lines] == [str(nth) for nth in range(1, 11)]
    assert len({(line.color[1], line.pattern) for line in lines}) == 10


def test_the_last_sessions_and_the_days_can_be_chosen(found, qapp):
    assert len(cards(found, last=5)["R1"].lines[0].days) == 5
    since = BEGINNING + timedelta(days=200)
    days = cards(found, since=since, until=since + timedelta(days=40))["R1"].lines[0].days
    assert since <= date.fromordinal(int(days[0]))
    assert date.fromordinal(int(days[-1])) <= since + timedelta(days=40)


def test_the_last_sessions_of_a_coder_begin_on_one_day_whatever_they_are_held_against(qapp):
    found = charted(report(sessions=200))
    lines = cards(found, references=tuple(Reference), last=60)["R1"].lines
    begins = {line.days[0] for line in lines if not line.dotted}
    assert len(begins) == 1
    assert all(line.days[0] >= min(begins) for line in lines)


def test_the_sessions_that_set_the_limits_are_not_charted(found, qapp):
    series = found.report.coder("R1").series[-1]
    assert len(cards(found)["R1"].lines[0].days) == len(series.points) - BASELINE


def test_the_cusum_has_two_arms_and_a_straight_limit(found, qapp):
    line = cards(found, kind="cusum")["R4"].lines[2]
    assert len(line.arms) == 2
    assert (line.lower <= 0).all()
    assert set(line.high.tolist()) == {5.0}
    assert (line.outside & line.flagged).sum() > 5
    assert not np.array_equal(line.upper, line.lower)


def test_master_codes_beside_partners_are_drawn_as_squares(qapp):
    both = cards(charted(report(sessions=120)), references=tuple(Reference))["R1"].lines
    assert [line.dotted for line in both] == [True] * 3 + [False] * 3
    one = cards(charted(report(sessions=120)), references=(Reference.MASTER,))["R1"].lines
    assert [line.dotted for line in one] == [False] * 3


def test_a_coder_with_too_few_sessions_has_a_sentence_in_place_of_a_chart(qapp):
    card = cards(charted(report(sessions=6)))["R1"]
    assert card.lines == ()
    assert card.note == "6 sessions so far; 18 are needed before a chart says anything."
    assert card.words.startswith("too few sessions")


def test_sessions_of_partners_are_not_passed_over_where_there_are_no_master_codes(qapp):
    found = charted(report(sessions=6))
    assert found.report.coders[0].series[0].reference is Reference.MASTER
    card = cards(found, references=(Reference.MASTER, Reference.PARTNERS))["R1"]
    assert card.note == "6 sessions so far; 18 are needed before a chart says anything."


def test_days_without_a_session_say_so(found, qapp):
    card = cards(found, since=date(2040, 1, 1))["R1"]
    assert card.note == "Nothing to draw on these days. Choose more sessions above."


def test_in_control_weighs_more_than_too_few_and_less_than_drifting():
    assert gravest([Standing.TOO_FEW, Standing.IN_CONTROL]) is Standing.IN_CONTROL
    assert gravest([Standing.IN_CONTROL, Standing.DRIFTING]) is Standing.DRIFTING
    assert gravest([]) is Standing.TOO_FEW
