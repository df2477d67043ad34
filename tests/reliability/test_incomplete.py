"""ICCs of designs with gaps."""

import numpy as np
import pytest

from mio_fidelity.reliability.incomplete import INCOMPLETE_FORMS, icc_incomplete

NAN = np.nan


def pairs(seed: int, n: int = 60, k: int = 6, coder_sd: float = 0.5) -> np.ndarray:
    """Two of six coders per session."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 1)) + coder_sd * rng.normal(size=(1, k)) + 0.7 * rng.normal(size=(n, k))
    for session in scores:
        session[rng.choice(k, k - 2, replace=False)] = NAN
    return scores


def test_disconnected_coders_are_refused_and_their_groups_listed():
    model = icc_incomplete([[4, 5, NAN, NAN], [6, 5, NAN, NAN], [NAN, NAN, 7, 6], [NAN, NAN, 5, 5]])
    assert model.groups == ((0, 1), (2, 3))
    for form in INCOMPLETE_FORMS:
        assert model.forms[form].reason == "disconnected"
        assert "1, 2; 3, 4" in model.forms[form].remark


def test_too_little_overlap_to_tell_error_apart_is_refused():
    assert icc_incomplete([[1, 2], [NAN, 4]]).forms["ICC(A,1)"].reason == "no_residual_df"


def test_pure_leniency_has_values_but_no_interval():
    model = icc_incomplete([[1, 2], [3, 4], [5, 6], [2, 3], [4, 5]])
    assert model.forms["ICC(A,1)"].value == pytest.approx(5 / 6)
    assert model.forms["ICC(C,1)"].value == 1
    assert {"residual_zero", "no_interval"} <= set(model.forms["ICC(A,1)"].flags)


def test_a_session_variance_of_zero_is_reported_as_such():
    scores = [[1, 5, 3], [5, 2, 4], [3, 4, 2], [4, 1, 5], [2, 3, 4], [5, 3, 1]]
    estimate = icc_incomplete(scores).forms["ICC(A,1)"]
    assert estimate.value == 0
    assert "session_variance_zero" in estimate.flags


def test_a_coder_variance_of_zero_leaves_the_interval_of_consistency():
    scores = pairs(1)
    scores = scores - np.nanmean(scores, axis=0)
    forms = icc_incomplete(scores).forms
    assert "coder_variance_zero" in forms["ICC(A,1)"].flags
    assert forms["ICC(A,1)"].low == pytest.approx(forms["ICC(C,1)"].low)
    assert forms["ICC(A,1)"].low > 0


def test_a_coder_with_one_session_stays_in_the_model():
    scores = pairs(2)
    scores[0] = [1.0, NAN, NAN, NAN, NAN, NAN]
    longer = np.hstack([scores, np.full((60, 1), NAN)])
    longer[0, 6] = 2.0
    model = icc_incomplete(longer)
    assert model.k == 7
    assert model.forms["ICC(A,1)"].defined


def test_both_intervals_tell_much_the_same():
    scores = pairs(3, n=120)
    logit = icc_incomplete(scores).forms["ICC(C,1)"]
    boot = icc_incomplete(scores, "bootstrap", 400, seed=2).forms["ICC(C,1)"]
    assert boot.value == pytest.approx(logit.value)
    assert boot.low == pytest.approx(logit.low, abs=0.06)
    assert boot.high == pytest.approx(logit.high, abs=0.06)
    assert (boot.seed, boot.replicates) == (2, 400)


def test_the_logit_interval_covers_what_it_should():
    truth = 1 / (1 + 0.49)
    covered = 0
    for seed in range(150):
        estimate = icc_incomplete(pairs(seed, n=40, coder_sd=0.3)).forms["ICC(C,1)"]
        covered += estimate.low <= truth <= estimate.high
    # 142.5 expected; 131 is more than four standard errors below.
    assert covered >= 131


def test_an_average_is_more_reliable_the_more_coders_it_has():
    forms = icc_incomplete(pairs(5)).forms
    assert forms["ICC(A,1)"].value < forms["ICC(A,khat)"].value < forms["ICC(A,k)"].value
    assert forms["ICC(A,khat)"].value <= forms["ICC(Q,khat)"].value <= forms["ICC(C,khat)"].value


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="interval"):
        icc_incomplete(pairs(1), "jackknife")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="replicates"):
        icc_incomplete(pairs(1), "bootstrap", 0)
