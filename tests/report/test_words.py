"""The sentences say what was really computed."""

from dataclasses import replace

import numpy as np
import pytest

from mio_fidelity.analysis.findings import compute
from mio_fidelity.report.words import icc_in_words, interval_in_words, remark_on
from tests.analysis.conftest import table
from tests.report.tables import QUICK


def findings(*, gaps: str, **options):
    """Two scales of 12 sessions by three coders, "no" gaps, in "one" scale or in "all" of them."""
    rng = np.random.default_rng(5)
    true = rng.normal(4, 1.2, (2, 12, 1))
    cube = np.clip(np.rint(true + rng.normal(0, 0.7, (2, 12, 3))), 1, 7)
    cube[{"no": slice(0), "one": slice(1), "all": slice(2)}[gaps], 0, 0] = np.nan
    one = table(cube)
    # The means of a domain leave no gap where one scale has none; here only scales count.
    columns = tuple(replace(column, domain="") for column in one.columns)
    return compute(replace(one, columns=columns), replace(QUICK, **options))


@pytest.mark.parametrize(
    ("gaps", "estimator", "interval"),
    [
        ("no", "estimated by analysis of variance.", "from the F distribution (McGraw and Wong, 1996)"),
        ("one", "estimated by REML, and by analysis of variance for scales without gaps.", "F distribution"),
        ("all", "estimated by REML.", "by the delta method on the logit scale"),
    ],
)
def test_the_estimator_and_the_interval_are_those_of_the_rows(gaps, estimator, interval):
    found = findings(gaps=gaps)
    assert estimator in icc_in_words(found)
    assert interval in interval_in_words(found)
    assert ("logit" in interval_in_words(found)) == (gaps != "no")


def test_who_asks_for_the_bootstrap_gets_it_for_every_scale():
    found = findings(gaps="one", interval="bootstrap")
    assert "REML." in icc_in_words(found)
    assert "parametric bootstrap" in interval_in_words(found)
    assert all("bootstrap" in row.icc.method for row in found.rows)


def test_what_a_flag_and_a_remark_both_say_is_said_once():
    row = compute(table([[1, 2], [2, 1], [5, 6], [6, 5], [3, 3], [7, 7]]), QUICK).rows[0]
    assert remark_on(row, row.icc).lower().count("coder variance 0") == 1
    assert "30 double-coded" in remark_on(row, row.icc)
