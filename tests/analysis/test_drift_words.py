"""Flags read as people speak."""

from datetime import date

import pytest

from mio_fidelity.analysis.drift_results import DriftOptions, Limits, Origin, Reference
from mio_fidelity.analysis.drift_words import (
    chart_in_words,
    day_in_words,
    flag_in_words,
    points_in_words,
    rule_in_words,
    what_in_words,
)

TODAY = date(2026, 11, 21)
WHAT = what_in_words("Mentalization-based", "Fidelity", "domain")
SINCE = day_in_words(date(2026, 10, 12), TODAY)


def flag(coder, size, change, reference=Reference.PARTNERS):
    return flag_in_words(coder, WHAT, reference, size, change, 9, SINCE)


def test_a_flag_says_who_what_how_much_and_since_when():
    words = "R4 rates mentalization-based scales (fidelity) .8 lower than partners since 12 October"
    assert flag("R4", -0.8, -0.8) == f"{words} (n = 9 sessions)"


def test_a_flag_says_when_part_of_it_was_there_before():
    assert flag("R4", 1.2, 0.8).endswith("(n = 9 sessions); .8 higher than before")


def test_who_was_lenient_before_is_not_said_to_rate_higher():
    words = flag("R4", 0.1, -0.5)
    assert words.startswith("R4 rates mentalization-based scales (fidelity) .5 lower than before since")
    assert words.endswith("(n = 9 sessions); now .1 higher than partners")


def test_who_is_level_now_is_not_said_to_be_any_higher():
    assert flag("R4", 0.04, -1.4).endswith(
        "1.4 lower than before since 12 October (n = 9 sessions); now level with partners"
    )


def test_all_together_are_held_against_master_codes():
    words = flag("", 0.5, 0.5, Reference.MASTER)
    assert words.startswith(
        "All coders together rate mentalization-based scales (fidelity) .5 higher than the master"
    )
    assert flag("", -0.1, 0.5, Reference.MASTER).startswith("All coders together rate")


def test_a_day_of_another_year_says_its_year():
    assert SINCE == "12 October"
    assert day_in_words(date(2025, 3, 1), TODAY) == "1 March 2025"


@pytest.mark.parametrize(("value", "text"), [(0.8, ".8"), (-0.8, ".8"), (1.25, "1.2"), (1.0, "1.0")])
def test_points_have_no_leading_zero(value, text):
    assert points_in_words(value) == text


def test_a_scale_is_called_by_its_title():
    assert what_in_words("Warm regard", "Competence", "scale") == "Warm regard (competence)"


def test_a_chart_without_a_flag_says_on_how_much_it_rests():
    limits = Limits(Origin.FIRST, 10, 0.0, 0.5, SINCE)
    assert chart_in_words(limits, 5, 8) == "Too few (n = 5) to say."
    assert chart_in_words(limits, 8, 8) == "In control over 8 sessions."
    assert chart_in_words(limits, 8, 8, True).startswith(
        "Beyond its limits at the last of 8 sessions, and not"
    )


def test_the_rule_is_said_with_the_numbers_it_has():
    flagged, named, over = rule_in_words(DriftOptions(least=7, since=6, worth=0.35))
    for part in (
        "both charts",
        "7 sessions or more came after",
        "lasted for 6 sessions",
        ".35 points or more",
    ):
        assert part in flagged
    assert "two partners or more" in named
    assert "more than half" in named
    assert "for 8 sessions" in over
