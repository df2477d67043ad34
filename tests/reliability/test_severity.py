"""Coder severity."""

import numpy as np
import pytest

from mio_fidelity.reliability.severity import coder_severity

NAN = np.nan
TRUE = np.array([-0.8, -0.2, 0.3, 0.7])


def simulate(seed: int, n: int = 400, gaps: bool = True) -> np.ndarray:
    """Scores 1..4 from the model; two of four coders per session."""
    rng = np.random.default_rng(seed)
    steps = np.concatenate([[0], np.cumsum([-1.2, 0.1, 1.1])])
    logit = (rng.normal(0, 1.3, (n, 1)) - TRUE)[..., None] * np.arange(4) - steps
    share = np.exp(logit).cumsum(axis=2) / np.exp(logit).sum(axis=2, keepdims=True)
    scores = 1.0 + (rng.random((n, 4, 1)) > share).sum(axis=2)
    if gaps:
        for session in scores:
            session[rng.choice(4, 2, replace=False)] = NAN
    return scores


@pytest.mark.parametrize("estimator", ["cml", "mml"])
def test_severities_are_recovered_from_rotating_pairs(estimator):
    model = coder_severity(simulate(1), estimator)
    for coder, truth in zip(model.coders, TRUE, strict=True):
        assert abs(coder.value - truth) < 4 * coder.se
        assert coder.low < coder.value < coder.high
    assert sum(coder.value for coder in model.coders) == pytest.approx(0, abs=1e-9)
    assert sum(model.thresholds) == pytest.approx(0, abs=1e-9)
    assert model.categories == (1, 2, 3, 4)


def test_two_coders_and_two_scores_have_a_known_answer():
    scores = [[1, 0]] * 30 + [[0, 1]] * 10 + [[1, 1]] * 7 + [[0, 0]] * 5
    cml, jml = coder_severity(scores), coder_severity(scores, "jml")
    assert cml.coders[1].value - cml.coders[0].value == pytest.approx(np.log(3), abs=1e-6)
    assert jml.coders[1].value == pytest.approx(2 * cml.coders[1].value, abs=1e-5)
    assert cml.n_sessions == 40
    # Half the standard error of a log odds, because each coder is half the difference away from 0.
    assert cml.coders[0].se == pytest.approx(np.sqrt(1 / 30 + 1 / 10) / 2, rel=1e-4)


def test_standard_errors_match_the_spread_over_samples():
    found = [coder_severity(simulate(seed, 150)).coders[0] for seed in range(40)]
    spread = np.std([coder.value for coder in found])
    assert np.mean([coder.se for coder in found]) == pytest.approx(spread, rel=0.35)


def test_unused_scores_are_joined_and_mentioned():
    scores = simulate(2)
    model = coder_severity(np.where(scores == 4, 7, scores))
    assert model.categories == (1, 2, 3, 7)
    assert [c.value for c in model.coders] == pytest.approx([c.value for c in coder_severity(scores).coders])


def test_a_coder_who_is_always_above_the_others_has_no_finite_severity():
    scores = simulate(3, gaps=False)
    scores = np.hstack([np.minimum(scores, 3), np.full((len(scores), 1), 4.0)])
    *others, last = coder_severity(scores).coders
    assert last.reason == "no_finite_estimate"
    assert all(coder.defined for coder in others)


def test_a_coder_with_one_session_is_kept_but_not_judged():
    scores = np.hstack([simulate(4), np.full((400, 1), NAN)])
    scores[0] = [2, NAN, NAN, 3, 2]
    model = coder_severity(scores)
    assert model.coders[4].reason == "too_few_sessions"
    assert model.coders[0].defined


def test_disconnected_or_constant_scores_are_refused():
    apart = [[1, 2, NAN, NAN], [2, 1, NAN, NAN], [NAN, NAN, 2, 1], [NAN, NAN, 1, 3]]
    assert {coder.reason for coder in coder_severity(apart).coders} == {"disconnected"}
    assert coder_severity(np.full((5, 2), 3.0)).coders[0].reason == "no_variance"
    assert coder_severity([[1, 1], [7, 7], [7, 7]]).coders[0].reason == "no_finite_estimate"


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="estimator"):
        coder_severity([[1, 2]], "pml")  # type: ignore[arg-type]


def test_forty_coders_of_the_same_sessions_do_not_overflow():
    rng = np.random.default_rng(3)
    severity = np.linspace(-1, 1, 40)
    tendency = rng.normal(4, 1, (60, 1)) - severity + rng.normal(0, 0.8, (60, 40))
    model = coder_severity(np.clip(np.rint(tendency), 1, 7))
    found = [coder.value for coder in model.coders]
    assert np.isfinite(found).all()
    assert np.corrcoef(found, severity)[0, 1] > 0.97
