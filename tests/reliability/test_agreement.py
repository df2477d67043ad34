"""Agreement that needs no model."""

import numpy as np
import pytest

from mio_fidelity.reliability.agreement import (
    applicability_agreement,
    bias_against_master,
    bland_altman,
    finn,
    lin_ccc,
    percent_agreement,
)

NAN = np.nan


def test_pairs_are_averaged_within_sessions_first():
    scores = [[1, 1, 1], [1, 2, NAN], [5, NAN, NAN], [3, 3, 5]]
    assert percent_agreement(scores).value == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert percent_agreement(scores, 1).value == pytest.approx((1 + 1 + 1 / 3) / 3)


def test_all_coder_agreement_uses_sessions_scored_by_all():
    estimate = percent_agreement([[1, 1, 1], [1, 2, NAN], [3, 3, 5]], how="all")
    assert estimate.value == 0.5
    assert estimate.parts["n"] == 2


def test_without_a_complete_session_all_coder_agreement_is_undefined():
    assert percent_agreement([[1, 1, NAN], [NAN, 2, 2]], how="all").reason == "no_complete_session"


def test_full_agreement_still_has_an_honest_interval():
    estimate = percent_agreement(np.full((20, 2), 4.0))
    assert (estimate.value, estimate.high) == (1, 1)
    assert 0.8 < estimate.low < 0.9


def test_agreement_on_applicability_is_about_zeros_and_ones():
    answer = applicability_agreement([[1, 1], [1, 1], [1, 0], [0, 0], [1, NAN]])
    assert answer["agreement"].value == 0.75
    assert answer["kappa"].value == pytest.approx(0.5, abs=0.05)
    with pytest.raises(ValueError, match="declared"):
        applicability_agreement([[1, 2]])


def test_concordance_falls_with_bias_and_pearson_does_not():
    first = np.arange(10.0)
    estimate = lin_ccc(np.stack([first, first + 3], axis=1))
    assert estimate.parts["pearson"] == pytest.approx(1)
    assert estimate.value < 0.7
    assert estimate.value == pytest.approx(estimate.parts["bias_correction"])


def test_a_coder_without_variance_has_no_concordance_interval():
    estimate = lin_ccc([[3.0, 1.0], [3.0, 2.0], [3.0, 5.0]])
    assert estimate.value == 0
    assert "no_interval" in estimate.flags


def test_bias_is_first_minus_second_and_exact_for_a_constant():
    answer = bland_altman([1.1, 2.1, NAN, 4.1], [2.2, 3.2, 5.0, 5.2])
    assert answer.bias.value == pytest.approx(-1.1)
    assert answer.width == pytest.approx(0, abs=1e-12)
    assert answer.bias.n_multiple == 3


def test_one_shared_session_gives_a_bias_without_interval():
    answer = bland_altman([3, NAN], [5, 4])
    assert answer.bias.value == -2
    assert np.isnan(answer.bias.low)
    assert answer.low.reason == "too_few_sessions"


def test_every_coder_is_compared_with_the_master():
    lenient, strict = bias_against_master([[5, 3], [6, 3], [7, 5]], [4, 5, 6])
    assert lenient.bias.value == 1
    assert strict.bias.value == pytest.approx(-4 / 3)


def test_finn_is_one_minus_error_over_that_of_an_even_spread():
    scores = np.array([[3, 4], [4, 4], [5, 4], [4, 4]], dtype=float)
    within = scores.var(axis=1, ddof=1).mean()
    assert finn(scores, 7).value == pytest.approx(1 - within / 4)


def test_finn_two_way_ignores_leniency_and_takes_gaps():
    scores = np.array([[3, 4, 5], [2, 3, 4], [5, 6, 7]], dtype=float)
    assert finn(scores, 7, "twoway").value == pytest.approx(1)
    scores[0, 0] = NAN
    assert finn(scores, 7, "twoway").value == pytest.approx(1)
    assert finn([[1, 2, NAN, NAN], [NAN, NAN, 3, 4]], 7, "twoway").reason == "disconnected"


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="within"):
        percent_agreement([[1, 2]], -1)
    with pytest.raises(ValueError, match="two coders"):
        lin_ccc([[1, 2, 3]])
    with pytest.raises(ValueError, match="equal length"):
        bland_altman([1, 2], [1])
    with pytest.raises(ValueError, match="levels"):
        finn([[1, 2]], 1)
