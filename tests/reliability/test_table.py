"""The table of coefficients."""

import numpy as np
import pytest

from mio_fidelity.reliability.table import ALL, COEFFICIENTS, compute

SCORES = np.random.default_rng(51).integers(1, 8, (15, 2)).astype(float)


@pytest.mark.parametrize("key", COEFFICIENTS)
def test_every_row_can_be_computed_and_explained(key):
    row = COEFFICIENTS[key]
    estimate = compute(key, SCORES)
    assert estimate.defined
    assert estimate.n_sessions == 15
    assert row.key == key
    assert row.title
    assert row.formula
    assert row.source
    assert set(row.levels) <= set(ALL)


@pytest.mark.parametrize("key", COEFFICIENTS)
def test_rows_that_take_gaps_take_them(key):
    scores = SCORES.copy()
    scores[0, 0] = np.nan
    estimate = compute(key, scores)
    assert estimate.defined or not COEFFICIENTS[key].gaps
