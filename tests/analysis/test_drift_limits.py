"""What is expected of coders: exact on scores without noise, honest on few."""

from itertools import combinations, cycle, islice

import numpy as np
import pytest

from mio_fidelity.analysis.drift_limits import Rows, baseline, expected, floor_of
from mio_fidelity.analysis.drift_results import DriftOptions, Origin

LEVELS = np.array([0.4, -0.1, 0.0, -0.3])


def pairs(sessions, noise=0.0, learnt=False, coders=4, seed=1):
    """Ratings in pairs whose differences are those of `LEVELS`."""
    rng = np.random.default_rng(seed)
    rows = []
    for nth, (a, b) in enumerate(islice(cycle(combinations(range(coders), 2)), sessions)):
        gap = LEVELS[a] - LEVELS[b] + rng.normal(0, noise)
        rows += [(2 * nth, a, b, gap), (2 * nth + 1, b, a, -gap)]
    rating, coder, partner, gap = (np.array(side) for side in zip(*rows, strict=True))
    return Rows(rating, coder, partner, gap, np.full(len(rows), learnt), 3)


def test_levels_of_linked_coders_are_found_from_their_first_sessions():
    base = baseline(pairs(60), 4, DriftOptions())
    assert base.level == pytest.approx(LEVELS - LEVELS.mean())
    assert base.origin == (Origin.FIRST,) * 4
    assert base.n.tolist() == [10] * 4
    assert base.sets.sum() == 40


def test_a_difference_is_expected_to_be_that_of_two_levels():
    rows = pairs(60)
    assert expected(rows, baseline(rows, 4, DriftOptions())) == pytest.approx(rows.gap)


def test_a_spread_of_nothing_becomes_that_of_rounding():
    base = baseline(pairs(60), 4, DriftOptions())
    assert base.sigma == pytest.approx(np.full(4, floor_of(3)))
    assert base.floored.all()
    assert floor_of(3) == pytest.approx(np.sqrt(1 / 18))


def test_the_spread_is_that_of_the_differences_and_a_little_more_for_few():
    base = baseline(pairs(4000, 0.8), 4, DriftOptions(baseline=1000))
    assert base.sigma == pytest.approx(np.full(4, 0.8), rel=0.05)
    means = np.mean([baseline(pairs(60, 0.8, seed=seed), 4, DriftOptions()).sigma for seed in range(60)])
    assert 0.8 < means < 0.9


def test_with_few_sessions_limits_are_those_of_all_coders_and_nobody_has_a_level():
    base = baseline(pairs(20, 0.5), 4, DriftOptions())
    assert base.origin == (Origin.POOLED,) * 4
    assert (base.level == 0).all()
    assert len(set(base.sigma.tolist())) == 1
    assert (base.se >= 0.25).all()
    assert not base.sets.any()


def test_certification_comes_before_the_first_sessions():
    learnt, later = pairs(30, 0.3, learnt=True), pairs(60, 0.3)
    later = Rows(
        later.rating + 60, *(getattr(later, name) for name in ("coder", "partner", "gap", "learnt")), 3
    )
    rows = Rows(
        *(
            np.concatenate([getattr(learnt, name), getattr(later, name)])
            for name in ("rating", "coder", "partner", "gap", "learnt")
        ),
        3,
    )
    base = baseline(rows, 4, DriftOptions())
    assert base.origin == (Origin.CERTIFICATION,) * 4
    assert (base.sets == rows.learnt).all()


def test_without_any_rows_there_is_nothing_to_expect():
    none = np.zeros(0, dtype=np.int64)
    base = baseline(Rows(none, none, none, none.astype(float), none.astype(bool), 3), 2, DriftOptions())
    assert base.origin == (Origin.POOLED,) * 2
    assert np.isfinite(base.sigma).all()
