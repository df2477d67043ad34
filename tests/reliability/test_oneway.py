"""One-way ICC with unequal numbers of scores."""

import numpy as np
import pytest

from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.oneway import icc_oneway

SCORES = np.random.default_rng(3).integers(1, 8, (10, 3)).astype(float)


def test_equal_numbers_of_scores_give_the_first_shrout_fleiss_form():
    forms, exact = icc_oneway(SCORES), icc_complete(SCORES)
    for ours, theirs in (("ICC(1)", "ICC(1,1)"), ("ICC(k0)", "ICC(1,k)")):
        assert forms[ours].value == pytest.approx(exact[theirs].value, abs=1e-12)
        assert forms[ours].low == pytest.approx(exact[theirs].low, abs=1e-10)


def test_who_gave_a_score_does_not_matter():
    scattered = np.full((10, 9), np.nan)
    for session, scores in enumerate(SCORES):
        scattered[session, [session % 3, 3 + session % 3, 6 + session % 3]] = scores
    assert icc_oneway(scattered)["ICC(1)"].value == pytest.approx(icc_oneway(SCORES)["ICC(1)"].value)


def test_k0_of_unequal_sessions_lies_below_their_mean():
    scores = SCORES.copy()
    scores[:4, 2] = np.nan
    parts = icc_oneway(scores)["ICC(1)"].parts
    assert 2 < parts["k0"] < 2.6
