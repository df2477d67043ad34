"""A coder sees her own calibration when the supervisor allows it, and nothing about anybody else."""

from dataclasses import asdict
from datetime import date

import pytest

from mio_fidelity.coding.own_calibration import coders_see_own, let_coders_see_own, own_calibration
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.analysis.conftest import Lab
from tests.analysis.drifting import day

LATER = date(2026, 6, 15)


@pytest.fixture
def lab(study):
    study.sign_in("S1")
    return Lab(study)


def seen(lab, today=LATER, code="R1"):
    lab.study.sign_in(code)
    return lab.ask(own_calibration, today)


def double_code(lab, n, at=0):
    for nth in range(n):
        for code, score in (("R1", 5), ("R2", 4)):
            lab.give(f"C{10 + at}-{nth + 1}", code, score, at=day(nth + at))


def test_it_is_off_until_a_supervisor_allows_it(lab):
    double_code(lab, 6)
    found = seen(lab)
    assert (found.allowed, found.lines) == (False, ())
    with pytest.raises(UserError, match="supervisor"):
        lab.study.do(let_coders_see_own, True)
    lab.study.sign_in("S1")
    lab.study.do(let_coders_see_own, True)
    assert lab.ask(coders_see_own)
    assert seen(lab).allowed
    lab.study.sign_in("S1")
    lab.study.do(let_coders_see_own, False)
    assert not seen(lab).allowed


def test_it_is_the_mean_difference_by_domain(lab):
    double_code(lab, 6)
    lab.study.do(let_coders_see_own, True)
    found = seen(lab)
    assert found.enough
    assert len(found.lines) == 6
    assert {(line.difference, line.within_1) for line in found.lines} == {(1.0, 1.0)}
    assert {line.difference for line in seen(lab, code="R2").lines} == {-1.0}


def test_it_names_nobody_and_no_session(lab):
    double_code(lab, 6)
    lab.study.do(let_coders_see_own, True)
    text = repr(asdict(seen(lab)))
    assert "R2" not in text
    assert "C10" not in text


def test_what_was_rated_this_month_does_not_change_it_yet(lab):
    double_code(lab, 6)
    lab.study.do(let_coders_see_own, True)
    before = seen(lab, date(2026, 2, 10))
    lab.study.sign_in("S1")
    double_code(lab, 3, at=36)
    assert seen(lab, date(2026, 2, 10)) == before
    assert before.until == date(2026, 2, 1)
    assert seen(lab, date(2026, 3, 1)) != before


def test_with_few_sessions_there_is_nothing_to_see(lab):
    double_code(lab, 4)
    lab.study.do(let_coders_see_own, True)
    found = seen(lab)
    assert (found.allowed, found.enough, found.lines) == (True, False, ())


def test_master_codes_count_too(lab):
    for nth in range(5):
        lab.give(f"C10-{nth + 1}", "R1", 3, purpose=Purpose.PRODUCTION, at=day(nth))
        lab.give(f"C10-{nth + 1}", "S1", 5, purpose=Purpose.MASTER, at=day(nth))
    lab.study.do(let_coders_see_own, True)
    assert {(line.difference, line.within_1) for line in seen(lab).lines} == {(-2.0, 0.0)}


def test_master_codes_that_were_revised_count_no_more(lab):
    for nth in range(5):
        lab.give(f"C10-{nth + 1}", "R1", 3, purpose=Purpose.PRODUCTION, at=day(nth))
        lab.give(f"C10-{nth + 1}", "S1", 5, purpose=Purpose.MASTER, at=day(nth))
        lab.give(f"C10-{nth + 1}", "S1", 4, purpose=Purpose.MASTER, at=day(40 + nth), occasion=2)
    lab.study.do(let_coders_see_own, True)
    before, after = seen(lab, date(2026, 2, 1)).lines, seen(lab).lines
    assert {line.difference for line in before} == {-2.0}
    assert {line.difference for line in after} == {-1.0}
    assert [line.n_scores for line in before] == [line.n_scores for line in after]
