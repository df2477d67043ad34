"""Findings and tables through JSON and back, to the last digit."""

import json
import math
from datetime import date

import numpy as np
import pytest

from mio_fidelity.analysis.findings import Findings, Options, compute
from mio_fidelity.analysis.plain import from_plain, table_from_plain, table_to_plain, to_plain
from mio_fidelity.analysis.table import LeftOut, SessionRow
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import Estimate
from tests.analysis.conftest import table
from tests.analysis.test_findings import apart, scores


def again(value):
    """Through a text file and back."""
    return json.loads(json.dumps(value, allow_nan=False))


def same(one, two) -> bool:
    """Equal to the digit, where not-a-number equals itself; types count."""
    if isinstance(one, float) and isinstance(two, float) and math.isnan(one):
        return math.isnan(two)
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(two) and all(
            same(getattr(one, name), getattr(two, name)) for name in one.__dataclass_fields__
        )
    if isinstance(one, tuple):
        return isinstance(two, tuple) and len(one) == len(two) and all(map(same, one, two))
    if hasattr(one, "keys"):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    return one == two


@pytest.mark.parametrize(
    "cube",
    [
        scores(share=0.5, scales=2),
        scores(coders=2),
        apart()[None],
        np.full((1, 5, 2), 4.0),
        [[[1.0], [2.0]]],
    ],
)
def test_findings_come_back_as_they_were(cube) -> None:
    found = compute(table(cube), Options(replicates=30))
    back = from_plain(Findings, again(to_plain(found)))
    assert same(back, found)
    assert {type(point) for point in back.rows[0].histogram} == {int}
    assert back.computed_at == found.computed_at


def test_sentences_come_back_with_what_the_window_translates() -> None:
    found = compute(table(np.full((1, 12, 2), 4.0)), Options(replicates=30))
    back = from_plain(Findings, again(to_plain(found)))
    assert isinstance(back.design.why, Sentence)
    assert back.design.why.template == found.design.why == back.design.why
    no_variance, restricted = back.rows[0].remarks
    for remark in (no_variance, restricted):
        assert isinstance(remark, Sentence)
        assert isinstance(remark.values["what"], Sentence)
    assert restricted.values["what"].values == {"n": "12", "all": "12", "point": "4"}
    assert back.rows[0].remarks == found.rows[0].remarks
    assert to_plain(back) == to_plain(found)


def test_same_tells_what_is_not_the_same() -> None:
    found = compute(table(scores()), Options(replicates=30))
    plain = again(to_plain(found))
    plain["rows"][0]["icc"]["value"] = math.nextafter(plain["rows"][0]["icc"]["value"], 2)
    assert not same(from_plain(Findings, plain), found)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.1 + 0.2, 5e-324, -0.0])
def test_numbers_keep_every_digit(value: float) -> None:
    back = from_plain(Estimate, again(to_plain(Estimate(value, parts={"x": value}))))
    for found in (back.value, back.parts["x"]):
        assert same(found, value)
        assert math.copysign(1, found) == math.copysign(1, value)


def test_a_table_comes_back_as_it_was() -> None:
    sessions = tuple(
        SessionRow(f"C{nth}-2", "PE", "North", "K1", 2, date(2026, 1, 5) if nth else None)
        for nth in range(30)
    )
    left_out = (LeftOut("C9-9", "R1", "not submitted yet"),)
    one = table(
        scores(share=0.5, scales=2), sessions=sessions, left_out=left_out, filter_words={"arms": "PE"}
    )
    back = table_from_plain(again(table_to_plain(one)), None)
    assert back.sha256 == one.sha256
    assert (back.columns, back.sessions, back.coders) == (one.columns, one.sessions, one.coders)
    assert (back.left_out, back.filter_words) == (one.left_out, one.filter_words)
    assert np.array_equal(back.values, one.values, equal_nan=True)
    assert np.array_equal(back.states, one.states)
