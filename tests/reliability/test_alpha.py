"""Krippendorff's alpha and its resampling."""

import krippendorff
import numpy as np
import pytest

from mio_fidelity.reliability.alpha import alpha_bootstrap, alpha_jackknife, krippendorff_alpha
from mio_fidelity.reliability.bootstrap import percentile_limits, session_weights
from mio_fidelity.reliability.design import LIKERT

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def gappy(seed: int, scales: int = 2, sessions: int = 14, coders: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cube = np.clip(
        np.rint(4 + rng.normal(0, 1.5, (scales, sessions, 1)) + rng.normal(size=(1, 1, coders))), 1, 7
    )
    cube = np.clip(cube + rng.integers(-1, 2, (scales, sessions, coders)), 1, 7)
    cube[rng.random(cube.shape) < 0.4] = np.nan
    return cube


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("coders", [2, 5, 24])
def test_the_bootstrap_equals_the_package_on_the_same_resamples(level, coders):
    cube = gappy(coders, coders=coders)
    cube = cube[:, ~np.isnan(cube).all(axis=(0, 2))]
    found = alpha_bootstrap(cube, level, replicates=40, seed=5).replicates
    weights = np.concatenate(list(session_weights(cube.shape[1], 40, 5)))
    for drawn, alphas in zip(weights.astype(int), found, strict=True):
        for scale, alpha in zip(cube, alphas, strict=True):
            resample = np.repeat(scale, drawn, axis=0)
            if np.isnan(alpha):
                paired = resample[(~np.isnan(resample)).sum(axis=1) > 1]
                assert len(np.unique(paired[~np.isnan(paired)])) < 2
            else:
                expected = krippendorff.alpha(resample.T, level_of_measurement=level)
                assert alpha == pytest.approx(expected, abs=1e-12)


def test_resamples_do_not_depend_on_how_they_are_cut_into_blocks():
    few = next(session_weights(50, 3, 9))
    many = next(session_weights(50, 500, 9))
    assert (few == many[:3]).all()
    assert (many.sum(axis=1) == 50).all()


def test_the_same_seed_gives_the_same_interval():
    one, two = (alpha_bootstrap(gappy(1), replicates=300, seed=4) for _ in range(2))
    assert one.estimates == two.estimates
    assert one.estimates[0].seed == 4
    assert one.estimates[0].replicates == 300


def test_differences_between_scales_use_the_same_resamples():
    cube = gappy(2)
    cube[1] = cube[0]
    difference = alpha_bootstrap(cube, replicates=200).difference(0, 1)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_undefined_resamples_are_counted():
    scores = np.full((6, 2), 3.0)
    scores[0] = [3, 4]
    estimate = alpha_bootstrap(scores, replicates=400).estimates[0]
    assert 50 < estimate.undefined_replicates < 250
    assert "undefined_replicates" in estimate.flags


def test_a_scale_without_variance_leaves_the_others_alone():
    cube = gappy(3)
    cube[0] = np.where(np.isnan(cube[0]), np.nan, 2)
    flat, fine = alpha_bootstrap(cube, replicates=50).estimates
    assert flat.reason == "no_variance"
    assert fine.defined


def test_interval_alpha_of_many_distinct_values_equals_the_package():
    scores = np.random.default_rng(8).normal(size=(30, 3)) * 0.1 + 1000
    scores[4, 1] = np.nan
    expected = krippendorff.alpha(scores.T, level_of_measurement="interval")
    assert krippendorff_alpha(scores, "interval").value == pytest.approx(expected, abs=1e-9)


def test_the_jackknife_gives_no_interval_when_one_session_carries_all():
    estimate = alpha_jackknife([[1, 2], [2, 2]])
    assert estimate.defined
    assert "no_interval" in estimate.flags


def test_singly_coded_sessions_do_not_count_but_are_mentioned():
    scores = gappy(4)[0]
    longer = np.vstack([scores, [[7, np.nan, np.nan, np.nan, np.nan]]])
    assert krippendorff_alpha(longer).value == pytest.approx(krippendorff_alpha(scores).value)
    assert "singly_coded" in krippendorff_alpha(longer).flags


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="level"):
        krippendorff_alpha([[1, 2], [2, 3]], "cardinal")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ratio"):
        krippendorff_alpha([[-1, 2], [2, 3]], "ratio")
    with pytest.raises(ValueError, match="declared"):
        krippendorff_alpha([[8, 2], [2, 3]], "ordinal", LIKERT)
    with pytest.raises(ValueError, match="replicate"):
        alpha_bootstrap([[1, 2], [2, 3]], replicates=0)


def test_limits_of_a_single_resample_are_unknown():
    low, high, lost = percentile_limits(np.array([0.5, np.nan]), 0.95)
    assert np.isnan([low, high]).all()
    assert lost == 1
