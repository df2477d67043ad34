"""Complete data: exact forms, their edges, and many scales at once."""

import math

import numpy as np
import pytest

from mio_fidelity.reliability.icc import FORMS, boundary_flags, icc_anova, icc_complete, icc_cube, icc_test

RNG = np.random.default_rng(11)
SCORES = RNG.integers(1, 8, (12, 3)).astype(float)


def test_many_scales_at_once_give_what_each_gives_alone():
    cube = RNG.integers(1, 8, (4, 9, 3)).astype(float)
    cube[2] = 5
    for scale, together in zip(cube, icc_cube(cube), strict=True):
        for form, estimate in icc_complete(scale).items():
            assert together[form].reason == estimate.reason
            assert together[form].value == pytest.approx(estimate.value, abs=1e-14, nan_ok=True)


def test_a_scale_with_gaps_does_not_spoil_its_neighbours():
    cube = np.stack([SCORES, SCORES])
    cube[1, 0, 0] = np.nan
    whole, gappy = icc_cube(cube)
    assert whole["ICC(2,1)"].defined
    assert gappy["ICC(2,1)"].reason == "incomplete_design"


def test_constant_scores_are_undefined_and_say_so():
    estimate = icc_complete(np.full((5, 3), 4.0))["ICC(2,1)"]
    assert estimate.reason == "no_variance"
    assert "equal" in estimate.remark


def test_perfect_agreement_is_exactly_one():
    for estimate in icc_complete([[1, 1], [4, 4], [7, 7]]).values():
        assert (estimate.value, estimate.low, estimate.high) == (1, 1, 1)


def test_an_average_without_positive_denominator_is_undefined_not_ten():
    scores = [[1, 5, 3], [5, 2, 4], [3, 4, 2], [4, 1, 5], [2, 3, 4], [5, 3, 1]]
    assert icc_complete(scores)["ICC(2,k)"].reason == "non_positive_denominator"


def test_sessions_that_do_not_differ_leave_no_average():
    forms = icc_complete([[3, 4], [4, 3], [3, 4], [4, 3]])
    assert forms["ICC(1,k)"].reason == "non_positive_denominator"
    assert forms["ICC(1,1)"].value == pytest.approx(-1)


def test_a_test_against_zero_is_the_one_beside_the_estimate():
    for form, estimate in icc_complete(SCORES).items():
        test = icc_test(SCORES, form)
        assert pytest.approx(estimate.parts["F"]) == test.F
        assert test.p == pytest.approx(estimate.parts["p"])


def test_a_test_against_the_lower_limit_has_the_p_of_the_tail():
    for form in ("ICC(1,1)", "ICC(3,1)", "ICC(1,k)", "ICC(3,k)"):
        scores = SCORES + np.arange(12)[:, None]
        limit = icc_complete(scores)[form].low
        assert icc_test(scores, FORMS[form], limit).p == pytest.approx(0.025, abs=1e-9)


def test_a_narrower_confidence_gives_a_narrower_interval():
    wide, narrow = icc_complete(SCORES, 0.95)["ICC(2,1)"], icc_complete(SCORES, 0.8)["ICC(2,1)"]
    assert wide.low < narrow.low < narrow.high < wide.high


def test_mean_squares_need_complete_data():
    assert icc_anova(SCORES)["MSR"] > 0
    assert math.isnan(icc_anova([[1, np.nan], [2, 3]])["MSR"])


def test_two_sessions_are_computed_with_a_warning_to_the_reader():
    estimate = icc_complete([[2, 3], [5, 6]])["ICC(2,1)"]
    assert estimate.value == pytest.approx(0.9)
    assert "too_few_sessions" in estimate.flags


@pytest.mark.parametrize("bad", [[1, 2, 3], [[[1.0]]], [[1.0, math.inf]]])
def test_a_wrong_array_is_refused(bad):
    with pytest.raises(ValueError, match="scores must"):
        icc_complete(bad)


def test_wrong_options_are_refused():
    with pytest.raises(ValueError, match="confidence"):
        icc_complete(SCORES, 95)
    with pytest.raises(ValueError, match="form"):
        icc_test(SCORES, "ICC(4,1)")
    with pytest.raises(ValueError, match="rho0"):
        icc_test(SCORES, "ICC(1)", 1.0)


def test_variances_that_are_not_above_0_are_flagged():
    assert boundary_flags([[1, 2], [2, 1], [5, 6], [6, 5]]) == ("coder_variance_negative",)
    assert boundary_flags([[1, 2], [3, 4], [5, 6]]) == ("residual_zero",)
    assert boundary_flags([[1, 3], [2, 3], [5, 7]]) == ()
    assert boundary_flags([[1, np.nan], [2, 3]]) == ()
