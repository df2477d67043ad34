"""The restricted likelihood, against the same likelihood written out in full."""

import numpy as np
import pytest

from mio_fidelity.reliability.reml import Design, fit, refit_many, residual_sum_of_squares


def simulate(seed: int, n: int = 25, k: int = 5, gaps: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 1)) + 0.6 * rng.normal(size=(1, k)) + 0.8 * rng.normal(size=(n, k))
    scores[rng.random((n, k)) < gaps] = np.nan
    return scores[~np.isnan(scores).all(axis=1)]


def full_deviance(scores: np.ndarray, session: float, coder: float, residual: float) -> float:
    i, j = np.nonzero(~np.isnan(scores))
    y = scores[i, j]
    v = session * (i[:, None] == i) + coder * (j[:, None] == j) + residual * np.eye(len(y))
    inverse, one = np.linalg.inv(v), np.ones(len(y))
    information = one @ inverse @ one
    off = y - (one @ inverse @ y) / information
    freedom = len(y) - 1
    height = np.linalg.slogdet(v)[1] + np.log(information) + off @ inverse @ off
    return float(height + freedom * np.log(2 * np.pi))


@pytest.mark.parametrize("seed", range(6))
def test_the_fit_is_the_maximum_of_the_likelihood_written_out(seed):
    scores = simulate(seed)
    found = fit(scores)
    best = full_deviance(scores, found.session, found.coder, found.residual)
    assert found.deviance == pytest.approx(best, abs=1e-8)
    for factors in np.random.default_rng(1).uniform(0.9, 1.1, (30, 3)):
        session, coder, residual = np.array([found.session, found.coder, found.residual]) * factors
        assert full_deviance(scores, session, coder, residual) > best - 1e-9


def test_a_component_on_the_boundary_is_exactly_zero():
    scores = simulate(3)
    level = scores - np.nanmean(scores, axis=0)
    found = fit(level)
    assert found.coder == 0
    assert full_deviance(level, found.session, 1e-4, found.residual) > found.deviance


def test_the_unit_of_the_scores_does_not_matter():
    one, two = fit(simulate(4)), fit(simulate(4) * 1000 + 5000)
    assert two.session / one.session == pytest.approx(1e6, rel=1e-5)
    assert two.coder / one.coder == pytest.approx(1e6, rel=1e-4)


def test_exactly_additive_scores_have_the_variances_of_their_effects():
    scores = np.add.outer([1.0, 2.0, 4.0, 7.0], [0.0, 1.0, 0.5])
    scores[0, 2] = scores[3, 0] = np.nan
    found = fit(scores)
    assert found.residual == 0
    assert found.session == pytest.approx(np.var([1, 2, 4, 7], ddof=1))
    assert found.coder == pytest.approx(np.var([0, 1, 0.5], ddof=1))


def test_residuals_of_the_fixed_effects_match_least_squares():
    scores = simulate(6)
    i, j = np.nonzero(~np.isnan(scores))
    dummies = np.hstack([np.eye(len(scores))[i], np.eye(5)[j]])
    y = scores[i, j]
    fitted = dummies @ np.linalg.lstsq(dummies, y)[0]
    assert residual_sum_of_squares(scores) == pytest.approx(((y - fitted) ** 2).sum())


def test_refits_on_the_grid_come_close_to_the_full_search():
    rated = ~np.isnan(simulate(7))
    rng = np.random.default_rng(8)
    draws = rng.normal(size=(25, len(rated), 1)) + 0.4 * rng.normal(size=(25, 1, 5))
    draws = (draws + rng.normal(size=(25, *rated.shape))) * rated
    session, coder = refit_many(Design(rated), draws)
    for scores, s, c in zip(draws, session, coder, strict=True):
        found = fit(np.where(rated, scores, np.nan))
        total = found.session + found.coder + found.residual
        assert s / (s + c + 1) == pytest.approx(found.session / total, abs=0.005)
