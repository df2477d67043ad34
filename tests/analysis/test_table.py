"""A score table: its fingerprint, its domain means, its parts."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mio_fidelity.analysis.table import STATES, SessionRow, columns_of
from mio_fidelity.answer import State
from mio_fidelity.instrument import shipped_instrument
from tests.analysis.conftest import scale, table

NAN = np.nan
SCORES = [[1, 2, NAN], [3, NAN, 4], [5, 6, 7]]


def test_the_fingerprint_does_not_depend_on_the_order_of_reading() -> None:
    one = table(SCORES)
    rows, coders = [2, 0, 1], [1, 2, 0]
    other = replace(
        one,
        sessions=tuple(one.sessions[at] for at in rows),
        coders=tuple(one.coders[at] for at in coders),
        values=one.values[:, rows][:, :, coders],
        states=one.states[:, rows][:, :, coders],
    )
    assert other.sha256 == one.sha256
    negative = replace(one, values=np.where(np.isnan(one.values), -NAN, one.values))
    assert negative.sha256 == one.sha256


def test_the_fingerprint_tells_every_change() -> None:
    one = table(SCORES)
    values, states = one.values.copy(), one.states.copy()
    values[0, 0, 0] = 2
    states[0, 0, 2] = STATES.index(State.NOT_APPLICABLE)
    first, *others = one.sessions
    changed = [
        replace(one, values=values),
        replace(one, states=states),
        replace(one, coders=("R1", "R2", "R4")),
        replace(one, sessions=(SessionRow("C009-1"), *others)),
        replace(one, sessions=(replace(first, arm="PE"), *others)),
        replace(one, columns=(scale("other"),)),
        replace(one, columns=(scale("scale0", "competence"),)),
    ]
    assert len({one.sha256, *(each.sha256 for each in changed)}) == len(changed) + 1


def test_labels_are_not_taken_for_each_other() -> None:
    wide = table([[1, 2]], sessions=(SessionRow("A"),))
    tall = replace(table([[1], [2]]), sessions=(SessionRow("A"), SessionRow("R1")), coders=("R2",))
    assert wide.sha256 != tall.sha256


@pytest.mark.parametrize("answers", list(product("rnc", repeat=4)))
def test_a_domain_mean_follows_the_rule_of_the_instrument(answers: tuple[str, ...]) -> None:
    instrument = shipped_instrument()
    columns = tuple(
        each
        for each in columns_of(instrument)
        if (each.domain, each.dimension) == ("mentalization", "competence")
    )
    named = {"r": State.RATED, "n": State.NOT_APPLICABLE, "c": State.CANNOT_RATE}
    states = np.array([[[STATES.index(named[answer])]] for answer in answers], dtype=np.int8)
    points = np.array(
        [[[float(2 + nth)]] if answer == "r" else [[NAN]] for nth, answer in enumerate(answers)]
    )
    one = replace(table(points, columns), states=states, instrument=instrument)
    found = one.domain_scores("competence", "mentalization")[0, 0]
    rated, applicable = answers.count("r"), 4 - answers.count("n")
    if rated and Fraction(rated, applicable) >= Fraction(2, 3):
        assert instrument.enough_rated(rated, applicable)
        assert found == np.nanmean(points)
    else:
        assert np.isnan(found)


def test_without_an_instrument_a_domain_mean_needs_every_scale() -> None:
    one = table([[[1, 2]], [[3, NAN]]])
    assert one.domain_scores("fidelity", "care").tolist()[0][0] == 2
    assert np.isnan(one.domain_scores("fidelity", "care")[0, 1])


def test_two_thirds_are_exact() -> None:
    instrument = shipped_instrument()
    columns = tuple(
        each for each in columns_of(instrument) if (each.domain, each.dimension) == ("alliance", "fidelity")
    )
    one = replace(table([[[2.0]], [[3.0]], [[NAN]]], columns), instrument=instrument)
    assert one.domain_scores("fidelity", "alliance")[0, 0] == 2.5


def test_a_part_keeps_the_coders_who_rated_in_it() -> None:
    part = table(SCORES).chosen([True, False, False])
    assert [row.label for row in part.sessions] == ["C000-1"]
    assert part.coders == ("R1", "R2")
    assert part.values.tolist() == [[[1, 2]]]
