"""Coders compared with each other, by hand and by the engine."""

import numpy as np
import pytest

from mio_fidelity.analysis.pairs import pair_matrix, pooled_icc, who_rates_how
from mio_fidelity.reliability.icc import icc_complete
from tests.analysis.conftest import scale, table

NAN = np.nan
ONE = np.array([[1.0, 3, 5, 4], [2, 2, 6, NAN]])
OTHER = np.array([[2.0, 3, 6, 4], [4, 3, 7, 5]])


def test_the_pooled_icc_is_that_of_summed_components_by_hand() -> None:
    # Scale 1, four sessions: means 1.5, 3, 5.5, 4; mean squares rows 17/3, columns 1/2, error 1/6.
    session, coder, error = 4 * (17 / 3 - 1 / 6) / 2, 1 / 2 - 1 / 6, 4 * 1 / 6
    # Scale 2, three sessions: means 3, 2.5, 6.5; rows 9.5, gaps -2, -1, -1, columns 8/3, error 1/6.
    session, coder, error = session + 3 * (9.5 - 1 / 6) / 2, coder + (8 / 3 - 1 / 6), error + 3 * 1 / 6
    value, why = pooled_icc(ONE, OTHER)
    assert why == ""
    assert value == pytest.approx(session / (session + coder + error), abs=1e-12)


def test_the_pooled_icc_of_one_scale_is_that_of_the_engine() -> None:
    for seed in range(5):
        scores = np.random.default_rng(seed).integers(1, 8, (12, 2)).astype(float)
        expected = icc_complete(scores)["ICC(2,1)"].value
        assert pooled_icc(scores[None, :, 0], scores[None, :, 1])[0] == pytest.approx(expected, abs=1e-12)


def test_a_pooled_icc_that_cannot_be_says_why() -> None:
    assert pooled_icc(ONE[:, :1], OTHER[:, :1])[1] == "fewer than two shared scores on every scale"
    same = np.full((2, 4), 3.0)
    assert pooled_icc(same, same)[1] == "all scores are equal"


def test_each_pair_has_its_own_sessions_and_dimension() -> None:
    cube = np.full((2, 3, 3), NAN)
    cube[:, 0, :2] = [[5, 4], [3, 3]]
    cube[:, 1, :2] = [[6, 4], [2, 1]]
    cube[0, 2, 1:] = [2, 7]
    found = pair_matrix(table(cube, (scale("a"), scale("a", "competence"))))
    by_pair = {(each.first, each.second, each.dimension): each for each in found}
    one = by_pair["R1", "R2", "fidelity"]
    assert (one.n_sessions, one.n_scores, one.exact, one.within_1, one.bias) == (2, 2, 0, 0.5, 1.5)
    other = by_pair["R1", "R2", "competence"]
    assert (other.exact, other.within_1, other.bias) == (0.5, 1, 0.5)
    assert by_pair["R2", "R3", "fidelity"].bias == -5
    assert by_pair["R2", "R3", "fidelity"].why
    # Shared on the other dimension only.
    assert by_pair["R2", "R3", "competence"].n_scores == 0
    assert ("R1", "R3", "fidelity") not in by_pair


def test_who_gives_more_has_a_positive_bias_and_a_lower_severity() -> None:
    rng = np.random.default_rng(3)
    level = rng.normal(4, 1.2, (2, 60, 1))
    scores = np.clip(np.rint(level + np.array([0, 0, 0.9]) + rng.normal(0, 0.6, (2, 60, 3))), 1, 7)
    found = {each.coder: each for each in who_rates_how(table(scores))}
    assert found["R3"].bias > 0.5 > 0 > found["R1"].bias
    assert found["R3"].severity.value < -0.5
    assert found["R1"].severity.value > 0
    assert found["R3"].n_sessions == 60
    assert found["R3"].n_scores == 120


def test_a_coder_alone_is_compared_with_nobody() -> None:
    (alone,) = who_rates_how(table([[1], [2]]))
    assert (alone.n_sessions, alone.n_scores) == (0, 0)
    assert np.isnan([alone.bias, alone.within_1, alone.severity.value]).all()
    assert alone.severity.reason
