"""Cohen's kappa."""

import numpy as np
import pytest

from mio_fidelity.reliability.agreement import lin_ccc
from mio_fidelity.reliability.kappa import cohen_kappa, kappa_from_table, scores_from_table
from mio_fidelity.reliability.weights import WEIGHTS, agreement_weights, from_disagreement

TABLE = [[10, 2, 1], [3, 12, 2], [0, 4, 9]]


@pytest.mark.parametrize("weights", WEIGHTS)
def test_a_table_and_its_pairs_give_the_same(weights):
    table, pairs = kappa_from_table(TABLE, weights), cohen_kappa(scores_from_table(TABLE), weights)
    assert pairs.value == pytest.approx(table.value)
    assert pairs.se == pytest.approx(table.se)


def test_distances_go_by_value_not_by_rank_of_what_was_observed():
    scores = [[2, 3], [5, 6]]
    assert cohen_kappa(scores, "linear").value == pytest.approx(0.5)
    assert cohen_kappa(scores, "linear", range(1, 8)).value == pytest.approx(0.5)


def test_quadratic_kappa_is_lins_concordance():
    scores = np.random.default_rng(2).integers(1, 8, (40, 2)).astype(float)
    assert cohen_kappa(scores).value == pytest.approx(lin_ccc(scores).value, abs=1e-12)


def test_only_sessions_both_scored_count():
    scores = scores_from_table(TABLE)
    longer = np.vstack([scores, [[1, np.nan], [np.nan, 3]]])
    assert cohen_kappa(longer).value == pytest.approx(cohen_kappa(scores).value)
    assert cohen_kappa(longer).n_sessions == len(scores) + 2


def test_a_coder_who_never_varies_gives_zero_and_two_give_nothing():
    assert cohen_kappa([[3, 1], [3, 2], [3, 3]], "unweighted").value == 0
    assert cohen_kappa([[3, 3], [3, 3]]).reason == "no_variance"


def test_the_standard_error_shrinks_with_the_square_root_of_the_sample():
    small, large = kappa_from_table(TABLE), kappa_from_table(np.array(TABLE) * 4)
    assert large.se == pytest.approx(small.se / 2)


def test_disagreement_weights_rank_as_agreement_weights():
    linear = np.abs(np.subtract.outer(range(3), range(3)))
    assert from_disagreement(linear) == pytest.approx(agreement_weights("linear", np.arange(3.0)))


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="two coders"):
        cohen_kappa([[1, 2, 3]])
    with pytest.raises(ValueError, match="weights"):
        cohen_kappa([[1, 2], [2, 2]], "cubic")
    with pytest.raises(ValueError, match="3 x 3"):
        kappa_from_table(TABLE, [[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="square"):
        kappa_from_table([[1, 2, 3]])
    with pytest.raises(ValueError, match="positive entry"):
        from_disagreement([[0, 0], [0, 0]])
