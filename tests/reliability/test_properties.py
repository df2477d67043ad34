"""What must hold for any matrix of scores 1..7 with gaps."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mio_fidelity.reliability.alpha import alpha_bootstrap, alpha_jackknife
from mio_fidelity.reliability.consistency import cronbach_alpha, mcdonald_omega
from mio_fidelity.reliability.design import LIKERT
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.generalizability import g_study
from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.incomplete import INCOMPLETE_FORMS, icc_incomplete
from mio_fidelity.reliability.severity import coder_severity
from mio_fidelity.reliability.table import COEFFICIENTS, compute

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
POINT = st.integers(1, 7).map(float)
GAPPY = st.one_of(POINT, POINT, POINT, st.just(math.nan))


def matrices(elements: st.SearchStrategy[float] = GAPPY, least: int = 1, coders: int = 5):
    shapes = st.tuples(st.integers(least, 9), st.integers(least, coders))
    return shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=elements))


COMPLETE = matrices(POINT, least=2)

MORE: dict[str, Callable[[np.ndarray], Estimate]] = {
    "alpha_bootstrap": lambda x: alpha_bootstrap(x, categories=LIKERT, replicates=50).estimates[0],
    "alpha_jackknife": alpha_jackknife,
    "icc_bootstrap": lambda x: icc_incomplete(x, "bootstrap", 20).forms["ICC(A,1)"],
    "severity": lambda x: coder_severity(x).coders[0],
    "cronbach": cronbach_alpha,
    "omega": mcdonald_omega,
    "phi": lambda x: g_study(x).phi(r=2),
}


def every_estimate(scores: np.ndarray):
    for key, row in COEFFICIENTS.items():
        yield key, compute(key, scores[:, :2] if row.two_coders else scores)
    for key, function in MORE.items():
        yield key, function(scores)


@FEW
@given(matrices())
def test_any_matrix_gets_a_value_or_a_reason_and_never_a_warning(scores):
    for key, estimate in every_estimate(scores):
        assert math.isnan(estimate.value) == (estimate.reason is not None), key
        assert bool(estimate.remark) or estimate.defined, key
        assert math.isnan(estimate.low) == math.isnan(estimate.high), key
        assert not math.isinf(estimate.value), key


@FEW
@given(matrices())
def test_a_value_lies_in_its_interval(scores):
    resampled = ("alpha_bootstrap", "icc_bootstrap")
    for key, estimate in every_estimate(scores):
        if key not in resampled and not math.isnan(estimate.low):
            assert estimate.low - 1e-12 <= estimate.value <= estimate.high + 1e-12, key
        assert not estimate.low > estimate.high, key


@FEW
@given(matrices())
def test_no_coefficient_of_the_table_exceeds_one(scores):
    for key, row in COEFFICIENTS.items():
        assert not compute(key, scores[:, :2] if row.two_coders else scores).value > 1 + 1e-12, key


@FEW
@given(matrices(coders=4), st.randoms(use_true_random=False))
def test_the_order_of_sessions_and_coders_does_not_matter(scores, random):
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = scores[rows][:, columns]
    for key, row in COEFFICIENTS.items():
        if row.two_coders:
            before, after = compute(key, scores[:, :2]), compute(key, scores[rows][:, 1::-1])
        else:
            before, after = compute(key, scores), compute(key, shuffled)
        assert before.reason == after.reason, key
        assert before.value == pytest.approx(after.value, abs=1e-7, nan_ok=True), key


@FEW
@given(COMPLETE, st.integers(1, 3))
def test_leniency_of_one_coder_leaves_consistency_alone(scores, shift):
    lenient = scores.copy()
    lenient[:, 0] += shift
    before, after = icc_complete(scores)["ICC(3,1)"], icc_complete(lenient)["ICC(3,1)"]
    # Shifting a constant matrix, or making it constant, changes why there is nothing to compute.
    assume(before.defined and after.defined)
    assert after.value == pytest.approx(before.value, abs=1e-10)
    assert after.low == pytest.approx(before.low, abs=1e-8, nan_ok=True)


@FEW
@given(COMPLETE)
def test_the_two_way_model_agrees_with_analysis_of_variance_inside_the_boundary(scores):
    anova, model = icc_complete(scores), icc_incomplete(scores)
    assume(model.residual > 0 and min(model.session, model.coder) > 1e-3)
    assert model.forms["ICC(A,1)"].value == pytest.approx(anova["ICC(2,1)"].value, abs=1e-5)
    assert model.forms["ICC(C,1)"].value == pytest.approx(anova["ICC(3,1)"].value, abs=1e-5)


@FEW
@given(matrices())
def test_a_restricted_likelihood_icc_lies_between_zero_and_one(scores):
    for form in INCOMPLETE_FORMS:
        value = icc_incomplete(scores).forms[form].value
        assert math.isnan(value) or 0 <= value <= 1


@FEW
@given(matrices(), st.sampled_from(["nominal", "ordinal", "interval"]))
def test_an_empty_session_changes_nothing(scores, level):
    longer = np.vstack([scores, np.full((1, scores.shape[1]), np.nan)])
    for key in ("icc_a1", "icc_1", "anova_21", "ac2", "conger", f"alpha_{level}", "exact"):
        before, after = compute(key, scores), compute(key, longer)
        assert (after.reason, after.counts) == (before.reason, before.counts)
        assert after.value == pytest.approx(before.value, abs=1e-12, nan_ok=True)
        assert after.low == pytest.approx(before.low, abs=1e-9, nan_ok=True)
