"""Control charts of a coder's differences."""

import numpy as np
import pytest

from mio_fidelity.reliability.drift import cusum, ewma, mean_shift, page_hinkley

CHARTS = (ewma, cusum, page_hinkley)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_missing_difference_changes_nothing(chart):
    values = np.random.default_rng(1).normal(size=30)
    gappy = np.insert(values, 10, np.nan)
    whole, holed = chart(values), chart(gappy)
    assert np.delete(holed.upper, 10) == pytest.approx(whole.upper)
    assert np.isnan(holed.upper[10])
    assert not holed.signals[10]


@pytest.mark.parametrize("chart", CHARTS)
def test_drift_is_found_in_both_directions(chart):
    steady, drifted = np.zeros(20), np.full(20, 3.0)
    for sign in (1, -1):
        first = chart(np.concatenate([steady, sign * drifted])).first_signal
        assert first is not None
        assert 20 < first < 30


@pytest.mark.parametrize("chart", CHARTS)
def test_a_steady_coder_does_not_signal(chart):
    assert chart(np.tile([0.4, -0.4], 30)).first_signal is None
    assert chart([]).first_signal is None


def test_limits_of_the_average_widen_to_their_asymptote():
    chart = ewma(np.zeros(200), lam=0.2, reach=3)
    assert chart.upper_limit[0] == pytest.approx(0.6)
    assert chart.upper_limit[-1] == pytest.approx(1.0)


def test_sums_are_in_standard_deviations():
    assert cusum([2.0], target=1.0, sigma=0.5).upper[0] == 1.5


def test_page_hinkley_waits_for_enough_values():
    values = [0.0, 0.0, 9.0, 9.0, 9.0, 9.0]
    assert page_hinkley(values, min_n=1).first_signal == 3
    assert page_hinkley(values, min_n=5).first_signal == 5


def test_means_before_and_after():
    assert mean_shift([1, np.nan, 3, 5], 2) == (1.0, 4.0)
    before, after = mean_shift([1, 2], 2)
    assert (before, np.isnan(after)) == (1.5, True)


def test_wrong_arguments_are_refused():
    for call in (
        lambda: ewma([[1.0]]),
        lambda: ewma([1.0], sigma=0),
        lambda: ewma([1.0], lam=0),
        lambda: cusum([np.inf]),
        lambda: cusum([1.0], k=-1),
        lambda: page_hinkley([1.0], alpha=2),
        lambda: mean_shift([1.0], -1),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
