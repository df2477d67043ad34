"""Counting a design: who shares sessions with whom."""

import numpy as np
import pytest

from mio_fidelity.reliability.design import as_scores, coder_groups, connected, counts_of, k_hat, non_overlap

NAN = np.nan
CHAIN = [[1, 2, NAN], [NAN, 3, 4]]
APART = [[1, 2, NAN, NAN], [NAN, NAN, 3, 4]]


def test_coders_are_linked_through_a_third():
    assert coder_groups(CHAIN) == ((0, 1, 2),)
    assert connected(CHAIN)


def test_groups_that_never_meet_are_listed():
    assert coder_groups(APART) == ((0, 1), (2, 3))
    assert not connected(APART)


def test_a_coder_who_only_worked_alone_is_a_group_of_one():
    assert coder_groups([[1, 2, NAN], [NAN, NAN, 4]]) == ((0, 1), (2,))


def test_a_coder_without_scores_is_in_no_group():
    assert coder_groups([[1, NAN, 2], [3, NAN, 4]]) == ((0, 2),)


def test_overlap_does_not_depend_on_empty_sessions():
    longer = [*CHAIN, [NAN, NAN, NAN]]
    assert non_overlap(longer) == non_overlap(CHAIN) == pytest.approx(0.25)
    assert k_hat(longer) == k_hat(CHAIN) == 2


def test_a_nested_design_has_the_largest_q():
    assert non_overlap(APART) == pytest.approx(1 / k_hat(APART))


def test_none_is_a_missing_score():
    assert counts_of(as_scores([[1, None], [2, 3]])).n_ratings == 3


def test_a_score_off_the_declared_scale_is_refused():
    with pytest.raises(ValueError, match="declared scale"):
        as_scores([[8, 1]], range(1, 8))
    with pytest.raises(ValueError, match="categories"):
        as_scores([[1, 1]], (1, 1))
