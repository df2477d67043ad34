"""A coder against the master codes: the figures of one scale, and the agreement over several."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from mio_fidelity.analysis.against import absent_points, against, agreement_over_scales
from mio_fidelity.analysis.pairs import pooled_icc
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.reliability.icc import icc_complete

NAN = math.nan
OWN = np.array([1, 4, 5, 1, 6, 3, NAN, 2])
MASTER = np.array([1, 3, 5, 2, 7, 1, 4, NAN])
POINTS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, NAN])


def test_the_figures_are_those_of_the_sessions_both_scored():
    found = against(OWN, MASTER, (1,))
    both = ~np.isnan(OWN - MASTER)
    x, y = OWN[both], MASTER[both]
    assert found.n == 6
    assert (found.coder_mean, found.master_mean) == (x.mean(), y.mean())
    assert found.coder_sd == pytest.approx(stats.tstd(x))
    assert (found.exact, found.within_1) == (pytest.approx(2 / 6), pytest.approx(5 / 6))
    assert found.icc == icc_complete(np.stack([x, y], axis=1))["ICC(2,1)"]


def test_the_t_test_is_the_paired_one():
    found = against(OWN, MASTER)
    known = stats.ttest_rel(OWN, MASTER, nan_policy="omit")
    assert (found.t, found.p) == (pytest.approx(known.statistic), pytest.approx(known.pvalue))
    assert found.df == known.df == 5


def test_presence_is_seen_or_not_whatever_the_point():
    """Master: there in 4, not in 2. The coder found 3 of the 4, and none of one of the 2."""
    found = against(OWN, MASTER, (1,))
    assert found.kappa is not None
    assert (found.sensitivity, found.specificity) == (0.75, 0.5)
    # Agreement 4 of 6; by chance 4/6 * 4/6 + 2/6 * 2/6.
    assert found.kappa.value == pytest.approx((4 / 6 - 20 / 36) / (1 - 20 / 36))
    without = against(OWN, MASTER)
    assert without.kappa is None
    assert math.isnan(without.sensitivity)


def test_a_constant_difference_has_no_t_and_says_nothing_false():
    found = against(MASTER + 1, MASTER)
    assert (found.bias.value, found.bias.se) == (1.0, 0.0)
    assert math.isnan(found.t)
    assert math.isnan(found.p)


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_session_is_no_crash(n):
    found = against(OWN[:n], MASTER[:n], (1,))
    assert found.n == n
    assert not found.icc.defined
    assert math.isnan(found.t)


def test_what_says_that_nothing_was_there_comes_from_the_rules_of_the_instrument():
    instrument = shipped_instrument()
    assert absent_points(instrument, "fidelity") == (1,)
    assert absent_points(instrument, "competence") == ()
    assert absent_points(None, "fidelity") == ()


def test_one_scale_gives_its_own_icc():
    both = ~np.isnan(OWN - MASTER)
    known = icc_complete(np.stack([OWN[both], MASTER[both]], axis=1))["ICC(2,1)"]
    found = agreement_over_scales(OWN[None], MASTER[None])
    assert found.value == pytest.approx(known.value)
    assert found.counts.n_sessions == 6
    assert found.low < found.value < found.high


def test_differences_between_scales_do_not_pass_for_agreement():
    """Each scale has its level, which both know; about sessions the coder knows nothing."""
    level = np.array([1.0, 4.0, 7.0])[:, None]
    master = level + np.array([0.0, 1, 0, 1])
    own = level + np.array([0.0, 0, 1, 1])
    pooled_cells = icc_complete(np.stack([own.ravel(), master.ravel()], axis=1))["ICC(2,1)"]
    assert pooled_cells.value > 0.9
    assert agreement_over_scales(own, master).value == pytest.approx(0, abs=1e-9)


def test_identical_sessions_give_no_icc_but_a_reason():
    level = np.array([1.0, 4.0, 7.0])[:, None] + np.zeros(10)
    found = agreement_over_scales(level, level)
    assert found.reason == "no_variance"
    assert math.isnan(found.value)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_sessions_give_a_reason(n):
    scores = np.full((3, n), 4.0)
    found = agreement_over_scales(scores, scores)
    assert found.reason == "fewer_than_two_sessions"
    assert found.remark == "Fewer than two sessions have the scores that this needs."


def test_two_sessions_have_a_value_without_interval():
    found = agreement_over_scales(np.array([[1.0, 5]]), np.array([[2.0, 5]]))
    assert "no_interval" in found.flags
    assert math.isnan(found.low)


def test_scores_that_never_vary_beside_the_masters_get_no_interval_of_no_width():
    found = agreement_over_scales(np.full((2, 4), 4.0), np.array([[1.0, 5, 3, 7], [2, 6, 2, 4]]))
    assert found.value == pytest.approx(0)
    assert "no_interval" in found.flags
    assert math.isnan(found.low)


def test_the_interval_is_that_of_a_jackknife_over_sessions():
    rng = np.random.default_rng(3)
    master = rng.integers(1, 8, (4, 12)).astype(float)
    own = np.clip(master + rng.integers(-1, 2, (4, 12)), 1, 7)
    found = agreement_over_scales(own, master)
    n = 12
    left_out = [pooled_icc(np.delete(own, at, 1), np.delete(master, at, 1))[0] for at in range(n)]
    pseudo = n * found.value - (n - 1) * np.array(left_out)
    assert found.se == pytest.approx(pseudo.std(ddof=1) / math.sqrt(n))
    assert found.low == pytest.approx(found.value - stats.t.ppf(0.975, n - 1) * found.se)


@given(arrays(float, (3, 6), elements=POINTS), arrays(float, (3, 6), elements=POINTS))
def test_who_is_called_coder_and_who_master_does_not_matter(own, master):
    one, other = agreement_over_scales(own, master), agreement_over_scales(master, own)
    assert one.value == pytest.approx(other.value, nan_ok=True)
    assert one.reason == other.reason
    assert math.isnan(one.value) or one.value <= 1 + 1e-12
