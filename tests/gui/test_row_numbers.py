"""What stands behind a row, counted the slow way beside it."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from mio_fidelity.analysis.findings import compute
from mio_fidelity.gui.row_numbers import behind, largest, row_scores, together
from mio_fidelity.reliability.agreement import bland_altman
from mio_fidelity.reliability.generalizability import g_study
from tests.gui.reliability_tables import score_table


@pytest.fixture(scope="module")
def table():
    return score_table()


@pytest.fixture(scope="module")
def findings(table):
    return compute(table)


def test_all_pairs_pooled_are_counted_as_by_hand(table, findings):
    row = next(row for row in findings.rows if row.kind == "scale")
    found = behind(table, row).together()
    expected = Counter()
    for session in table.values[0]:
        for a, b in combinations(range(4), 2):
            if not np.isnan(session[[a, b]]).any():
                expected[session[a], session[b]] += 1
    assert found.n == sum(expected.values()) == 48
    for (one, other), n in expected.items():
        assert found.counts[int(one) - 1, int(other) - 1] == n


def test_bias_and_limits_are_those_of_bland_and_altman(table, findings):
    row = findings.row("scale", "warm_regard", "fidelity")
    found = behind(table, row)
    pair = found.together("R01", "R03")
    expected = bland_altman(table.values[0, :, 0], table.values[0, :, 2])
    assert pair.bias == pytest.approx(expected.bias.value)
    assert pair.sd == pytest.approx(expected.sd)


def test_a_domain_score_has_its_own_steps(table, findings):
    row = next(row for row in findings.rows if row.kind == "domain")
    found = behind(table, row).together("R01", "R02")
    scores, _ = row_scores(table, row)
    expected = bland_altman(scores[:, 0], scores[:, 1])
    assert found.bias == pytest.approx(expected.bias.value)
    assert found.sd == pytest.approx(expected.sd)


def test_sessions_come_with_the_largest_disagreement_first(table, findings):
    row = findings.row("scale", "warm_regard", "fidelity")
    found = behind(table, row)
    spreads = [found.apart(nth).spread for nth in range(len(found.order))]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] > 0
    gaps = np.nanmax(table.values[0], axis=1) - np.nanmin(table.values[0], axis=1)
    assert len(spreads) == (gaps > 0).sum()


def test_the_largest_of_all_scales_name_their_scale(table):
    found = largest(table, "competence")
    at = table.of("competence")
    cube = table.values[at]
    assert found[0].spread == (np.nanmax(cube, axis=2) - np.nanmin(cube, axis=2)).max()
    for each in found[:5]:
        session = [row.label for row in table.sessions].index(each.session)
        given = table.values[each.at, session]
        assert sorted(each.scores.values()) == sorted(given[~np.isnan(given)])


def test_the_curve_reaches_the_target_where_it_says(table, findings):
    found = behind(table, findings.row("scale", "warm_regard", "fidelity"))
    absolute, relative = found.needed
    study = g_study(table.values[0])
    assert study.phi(r=absolute).value >= 0.8 > study.phi(r=absolute - 1).value
    assert found.curve[absolute][0] == pytest.approx(study.phi(r=absolute).value)
    assert relative <= absolute


def test_scores_that_are_never_given_have_no_pairs():
    empty = np.full((5, 3), np.nan)
    found = together(empty, [(0, 1), (1, 2)], (1, 2, 3))
    assert found.n == 0
    assert np.isnan(found.bias)
    assert np.isnan(found.sd)
