"""G and D studies."""

import numpy as np
import pytest

from mio_fidelity.reliability.generalizability import g_study, g_study_crossed, g_study_nested
from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.incomplete import icc_incomplete

RNG = np.random.default_rng(41)
SCORES = RNG.normal(size=(20, 1)) + 0.5 * RNG.normal(size=(1, 4)) + RNG.normal(size=(20, 4))


def effects(shape: tuple[int, ...]) -> np.ndarray:
    """Random effects, centred along every axis, with a variance of exactly 1."""
    raw = RNG.normal(size=shape)
    for axis in range(len(shape)):
        raw = raw - raw.mean(axis=axis, keepdims=True)
    return raw * np.sqrt(np.prod([n - 1 for n in shape]) / (raw**2).sum())


def test_coefficients_are_the_iccs_of_the_same_number_of_coders():
    study, forms = g_study(SCORES), icc_complete(SCORES)
    assert study.phi(r=1).value == pytest.approx(forms["ICC(2,1)"].value)
    assert study.phi().value == pytest.approx(forms["ICC(2,k)"].value)
    assert study.erho2(r=1).value == pytest.approx(forms["ICC(3,1)"].value)


def test_gaps_are_no_obstacle():
    scores = SCORES.copy()
    scores[::3, 1] = scores[1::4, 3] = np.nan
    study = g_study(scores)
    assert study.method == "REML"
    assert study.phi(r=1).value == pytest.approx(icc_incomplete(scores).forms["ICC(A,1)"].value)


def test_the_number_of_coders_needed_is_the_first_that_reaches_the_target():
    study = g_study(SCORES)
    needed = study.needed(0.8)
    assert needed is not None
    assert study.phi(r=needed).value >= 0.8 > study.phi(r=needed - 1).value
    assert study.needed(0.8, absolute=False) <= needed


def test_a_target_out_of_reach_has_no_number():
    scores = [[1, 5, 3], [5, 2, 4], [3, 4, 2], [4, 1, 5], [2, 3, 4], [5, 3, 1]]
    study = g_study(scores)
    assert study.components["p"] < 0
    assert study.phi().value == 0
    assert "negative_component_zero" in study.phi().flags
    assert study.needed(0.8) is None


def test_a_crossed_study_solves_the_expected_mean_squares():
    n, r, i = 12, 4, 3
    cube = effects((n, r, i)) * 0.5
    cube = cube + effects((n,)).reshape(n, 1, 1) * 2
    cube = cube + effects((r,)).reshape(1, r, 1) + effects((n, i)).reshape(n, 1, i)
    # Sample mean squares: number of repeats times the variance put in.
    expected = {"pri": 0.25, "pi": 1 - 0.25 / r, "pr": -0.25 / i, "ri": -0.25 / n}
    study = g_study_crossed(cube)
    for effect, variance in expected.items():
        assert study.components[effect] == pytest.approx(variance)
    assert study.components["p"] == pytest.approx(4 - 1 / i + 0.25 / (r * i))
    assert study.components["r"] == pytest.approx(1 + 0.25 / (n * i))


def test_a_nested_study_counts_coders_within_tasks():
    cube = RNG.normal(size=(15, 3, 2)) + RNG.normal(size=(15, 1, 1)) + RNG.normal(size=(1, 3, 2))
    study = g_study_nested(cube)
    assert set(study.components) == {"p", "t", "r:t", "pt", "pr:t"}
    assert study.phi(t=30).value > study.phi().value
    assert study.erho2().value >= study.phi().value


def test_what_is_not_balanced_is_refused():
    cube = RNG.normal(size=(5, 3, 2))
    cube[0, 0, 0] = np.nan
    assert g_study_crossed(cube).phi().reason == "incomplete_design"
    assert g_study_nested(np.ones((5, 3, 2))).phi().reason == "no_variance"
    assert g_study_crossed(RNG.normal(size=(5, 3, 1))).reason == "fewer_than_two_items"


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="numbers"):
        g_study(SCORES).phi(t=2)
    with pytest.raises(ValueError, match="numbers"):
        g_study(SCORES).phi(r=0)
    with pytest.raises(ValueError, match="target"):
        g_study(SCORES).needed(80)
