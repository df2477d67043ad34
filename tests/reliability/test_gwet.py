"""Gwet's family on the declared scale, with gaps."""

import numpy as np
import pytest

from mio_fidelity.reliability.design import LIKERT
from mio_fidelity.reliability.gwet import (
    brennan_prediger,
    chance_corrected,
    chance_corrected_counts,
    chance_corrected_cube,
    conger_kappa,
    fleiss_kappa,
    fleiss_kappa_counts,
    gwet_ac1,
    gwet_ac2,
)
from mio_fidelity.reliability.kappa import cohen_kappa

RNG = np.random.default_rng(21)
GAPPY = RNG.integers(1, 6, (15, 4)).astype(float)
GAPPY[RNG.random(GAPPY.shape) < 0.3] = np.nan
COEFFICIENTS = ("gwet", "bp", "fleiss", "conger", "pa")


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_many_scales_at_once_give_what_each_gives_alone(coefficient):
    cube = np.stack([GAPPY, GAPPY[::-1] + 1, np.where(np.isnan(GAPPY), np.nan, 3.0)])
    for scale, together in zip(
        cube, chance_corrected_cube(cube, coefficient, "quadratic", LIKERT), strict=True
    ):
        alone = chance_corrected(scale, coefficient, "quadratic", LIKERT)
        assert together.reason == alone.reason
        assert together.value == pytest.approx(alone.value, abs=1e-14, nan_ok=True)
        assert together.se == pytest.approx(alone.se, abs=1e-14, nan_ok=True)


def test_conger_for_two_complete_coders_is_cohen():
    pair = RNG.integers(1, 5, (30, 2)).astype(float)
    for weights in ("unweighted", "linear", "quadratic"):
        kappa = cohen_kappa(pair, weights).value
        assert conger_kappa(pair, weights=weights).value == pytest.approx(kappa)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_the_standard_error_is_near_that_of_a_jackknife(coefficient):
    scores = np.random.default_rng(5).integers(1, 6, (120, 3)).astype(float)
    scores[:, 1] = np.where(np.arange(120) % 3 > 0, scores[:, 0], scores[:, 1])
    scores[::7, 2] = np.nan
    whole = chance_corrected(scores, coefficient, "linear", LIKERT)
    left_out = [np.delete(scores, i, axis=0) for i in range(120)]
    parts = [chance_corrected(few, coefficient, "linear", LIKERT).value for few in left_out]
    jackknife = np.sqrt(119 / 120 * ((parts - np.mean(parts)) ** 2).sum())
    assert whole.se == pytest.approx(jackknife, rel=0.03)


def test_counts_are_enough_where_coders_do_not_matter():
    counts = np.stack([(point == GAPPY).sum(axis=1) for point in range(1, 8)], axis=1)
    for coefficient in ("gwet", "bp", "fleiss", "pa"):
        from_counts = chance_corrected_counts(counts, coefficient)
        from_scores = chance_corrected(GAPPY, coefficient, categories=LIKERT)
        assert from_counts.value == pytest.approx(from_scores.value)
        assert from_counts.se == pytest.approx(from_scores.se)


def test_all_equal_scores_agree_fully_on_a_declared_scale_only():
    flat = np.full((5, 3), 4.0)
    for estimate in (gwet_ac1(flat, LIKERT), gwet_ac2(flat, LIKERT), brennan_prediger(flat, LIKERT)):
        assert estimate.value == 1
        assert np.isnan(estimate.low)
    assert gwet_ac1(flat).reason == fleiss_kappa(flat, LIKERT).reason == "no_variance"
    assert conger_kappa(flat, LIKERT).reason == "no_variance"


def test_high_agreement_with_little_variance_is_what_ac_shows_and_kappa_hides():
    scores = [[1, 1]] * 18 + [[1, 2], [2, 1]]
    assert gwet_ac2(scores, LIKERT).value > 0.95
    assert cohen_kappa(scores).value < 0


def test_fleiss_null_error_needs_equal_numbers_of_scores():
    assert np.isnan(fleiss_kappa(GAPPY).parts["se0"])
    whole = fleiss_kappa([[1, 1, 2], [2, 2, 2], [3, 1, 3]])
    assert whole.parts["z0"] == pytest.approx(whole.value / whole.parts["se0"])
    counts = fleiss_kappa_counts([[2, 1, 0], [0, 3, 0], [1, 0, 2]])
    assert counts.parts == pytest.approx(dict(whole.parts))


def test_unevenly_spaced_points_are_found():
    scores = np.array([[0.0, 1.0], [1.0, 4.0], [4.0, 4.0]])
    declared = chance_corrected(scores, "gwet", "linear", (0, 1, 4))
    assert declared.value == pytest.approx(chance_corrected(scores, "gwet", "linear").value)


def test_wrong_arguments_are_refused():
    for bad in (8.0, 1.5, -1.0, 0.4):
        with pytest.raises(ValueError, match="declared"):
            gwet_ac1([[bad, 2.0], [1.0, 1.0]], LIKERT)
    with pytest.raises(ValueError, match="coefficient"):
        chance_corrected(GAPPY, "scott")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="needs the scores"):
        chance_corrected_counts([[1, 2]], "conger")
