"""Trend, difference of arms, share and correlation: against other programs, and without enough data."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mio_fidelity.analysis.counselor_statistics import (
    difference_of_arms,
    moments,
    pearson,
    share_of,
    slope_within,
)

NAN = float("nan")
LEVEL = 0.95


def regression(numbers, scores, clients):
    """Slope and its interval with a column for each client, by ordinary least squares."""
    groups, pairs = sorted(set(clients)), list(zip(numbers, clients, strict=True))
    design = np.array([[number, *(client == each for each in groups)] for number, client in pairs])
    coefficients, *_ = np.linalg.lstsq(design.astype(float), np.array(scores), rcond=None)
    left = np.array(scores) - design @ coefficients
    freedom = len(scores) - design.shape[1]
    variance = left @ left / freedom * np.linalg.inv(design.T.astype(float) @ design)[0, 0]
    reach = stats.t.ppf(0.975, freedom) * math.sqrt(variance)
    return coefficients[0], coefficients[0] - reach, coefficients[0] + reach


def test_the_slope_is_that_of_a_regression_with_a_level_for_each_client():
    rng = np.random.default_rng(7)
    clients = ["a"] * 5 + ["b"] * 4 + ["c"] * 3
    numbers = [1, 3, 4, 8, 12, 2, 5, 7, 9, 1, 6, 11]
    scores = [
        0.1 * number + 3 * (client == "b") + rng.normal()
        for number, client in zip(numbers, clients, strict=True)
    ]
    found = slope_within(numbers, scores, clients, LEVEL)
    assert (found.value, found.low, found.high) == pytest.approx(regression(numbers, scores, clients))
    assert (found.n, found.why) == (12, "")


def test_levels_of_clients_are_not_taken_for_a_trend():
    """Clients seen late who score higher say nothing about what changes over the sessions."""
    found = slope_within([1, 2, 3, 10, 11, 12], [1, 1, 1, 6, 6, 6], list("aaabbb"), LEVEL)
    assert found.value == 0
    assert math.isnan(found.low)
    assert "on a line" in found.why


def test_a_client_with_one_session_says_nothing_of_a_trend():
    with_one = slope_within([1, 2, 3, 9], [1, 2, 4, 1], list("aaab"), LEVEL)
    without = slope_within([1, 2, 3], [1, 2, 4], list("aaa"), LEVEL)
    assert with_one == without
    assert with_one.n == 3


@pytest.mark.parametrize(
    ("numbers", "scores", "why"),
    [
        ([], [], "No client has two"),
        ([4], [3.0], "No client has two"),
        ([4, 5], [NAN, 3.0], "No client has two"),
        ([4, 5], [2.0, 3.0], "Too few sessions for an interval"),
        ([1, 2, 3], [4.0, 4.0, 4.0], "on a line"),
    ],
)
def test_too_little_for_a_trend_says_so(numbers, scores, why):
    found = slope_within(numbers, scores, ["a"] * len(numbers), LEVEL)
    assert why in found.why
    assert math.isnan(found.low)


def test_arms_are_compared_as_welch_does_with_each_counselor_once():
    first, second = {"K1": 4.0, "K3": 4.6, "K5": 3.9}, {"K2": 2.0, "K4": 2.9}
    found = difference_of_arms(first, second, LEVEL)
    other = stats.ttest_ind(list(first.values()), list(second.values()), equal_var=False)
    interval = other.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.value == pytest.approx(np.mean(list(first.values())) - np.mean(list(second.values())))
    assert found.n == 5


@pytest.mark.parametrize(
    ("first", "second", "why", "value"),
    [
        ({}, {"K2": 3.0}, "Only one of the two arms", NAN),
        ({"K1": 4.0}, {"K2": 2.0, "K4": 3.0}, "One counselor in an arm", 1.5),
        ({"K1": 4.0, "K3": 4.0}, {"K2": 2.0, "K4": 2.0}, "do not differ", 2.0),
        ({"K1": 4.0, "K3": 5.0}, {"K1": 2.0, "K4": 3.0}, "K1 worked in both arms", 2.0),
    ],
)
def test_without_counselors_that_can_be_told_apart_there_is_no_interval(first, second, why, value):
    found = difference_of_arms(first, second, LEVEL)
    assert why in found.why
    assert found.value == pytest.approx(value, nan_ok=True)
    assert math.isnan(found.low)


@pytest.mark.parametrize(("met", "n"), [(0, 5), (3, 7), (20, 20)])
def test_a_share_has_wilsons_interval(met, n):
    found = share_of(met, n, LEVEL)
    other = stats.binomtest(met, n).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-12)
    assert (found.value, found.n) == (met / n, n)


def test_a_share_of_nothing_says_why():
    assert share_of(0, 0, LEVEL).why == "No session could be judged."
    assert share_of(0, 0, LEVEL, "no criterion").why == "no criterion"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=4, max_size=30))
def test_correlations_are_those_of_scipy(pairs):
    one, two = np.array(pairs, dtype=float).T
    found = pearson(one, two, LEVEL)
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        assert found.reason == "no_variance"
        return
    other = stats.pearsonr(one, two)
    assert found.value == pytest.approx(other.statistic)
    if abs(found.value) < 1 - 1e-9:
        interval = other.confidence_interval()
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_two_sessions_are_too_few_for_a_correlation():
    assert pearson(np.array([1.0, 2.0, NAN]), np.array([1.0, 3.0, 4.0]), LEVEL).reason == "too_few_sessions"
    assert pearson(np.array([]), np.array([]), LEVEL).reason is not None


def test_a_mean_of_one_has_no_deviation():
    found = moments(np.array([3.0, NAN]))
    assert (found.mean, found.n) == (3.0, 1)
    assert math.isnan(found.sd)
