"""Cronbach's alpha and McDonald's omega."""

import numpy as np
import pytest

from mio_fidelity.reliability.consistency import cronbach_alpha, mcdonald_omega
from mio_fidelity.reliability.icc import icc_complete

RNG = np.random.default_rng(31)
ITEMS = RNG.normal(size=(40, 1)) + RNG.normal(size=(40, 5))


def one_factor_sample(loadings: np.ndarray, uniquenesses: np.ndarray) -> np.ndarray:
    """Items whose sample covariance is exactly that of one common factor."""
    n, k = 60, len(loadings)
    raw = RNG.normal(size=(n, k + 1))
    orthogonal = np.linalg.qr(raw - raw.mean(axis=0))[0] * np.sqrt(n - 1)
    return orthogonal[:, :1] * loadings + orthogonal[:, 1:] * np.sqrt(uniquenesses)


def test_alpha_is_the_average_consistency_icc_of_items():
    exact = icc_complete(ITEMS)["ICC(3,k)"]
    alpha = cronbach_alpha(ITEMS)
    assert alpha.value == pytest.approx(exact.value)
    assert (alpha.low, alpha.high) == pytest.approx((exact.low, exact.high))


def test_omega_is_exact_when_one_factor_holds_exactly():
    loadings, own = np.array([0.9, 0.7, 0.5, 0.8]), np.array([0.4, 0.6, 0.9, 0.3])
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + own.sum())
    items = one_factor_sample(loadings, own)
    assert mcdonald_omega(items).value == pytest.approx(expected, abs=1e-7)
    assert mcdonald_omega(items, "covariance", "observed").value == pytest.approx(expected, abs=1e-7)


def test_sessions_with_an_item_not_applicable_are_left_out_or_used_by_pairs():
    items = ITEMS.copy()
    items[0, 0] = items[1, 2] = np.nan
    assert cronbach_alpha(items).n_sessions == 38
    assert cronbach_alpha(items).value == pytest.approx(cronbach_alpha(ITEMS[2:]).value)
    assert cronbach_alpha(items, "pairwise").n_sessions == 40


def test_items_that_cancel_have_no_alpha():
    first = np.arange(6.0)
    assert cronbach_alpha(np.stack([first, -first], axis=1)).reason == "no_variance"


def test_what_cannot_be_fitted_says_why():
    assert cronbach_alpha(ITEMS[:, :1]).reason == "fewer_than_two_items"
    assert mcdonald_omega(ITEMS[:, :2]).reason == "fewer_than_three_items"
    assert mcdonald_omega(ITEMS[:4]).reason == "singular_covariance"
    assert mcdonald_omega(np.hstack([ITEMS, np.ones((40, 1))])).reason == "no_variance"


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="missing"):
        cronbach_alpha(ITEMS, "mean")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="denominator"):
        mcdonald_omega(ITEMS, "covariance", "other")  # type: ignore[arg-type]
