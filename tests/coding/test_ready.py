"""Which sessions wait for a consensus, and in which order."""

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import consensus, discuss, people
from mio_fidelity.coding.ready import Stage, ready
from mio_fidelity.demo_history import add_history, read_history
from mio_fidelity.errors import UserError
from mio_fidelity.store import Role
from tests.coding.double_coded import FIRST, double_coded, give


def test_a_session_waits_when_the_last_coder_has_submitted(study):
    give(study, "R1", FIRST)
    study.assign("R2", "production")
    study.sign_in("S1")
    assert study.ask(ready) == ()
    second = study.assign("R2", "reliability")
    assert study.ask(ready) == ()
    study.sign_in("R2")
    study.rating_id = second
    study.submit(4)
    study.sign_in("S1")
    (row,) = study.ask(ready)
    assert (row.stage, row.rating_id, row.coders) == (Stage.READY, None, ("R1", "R2"))
    assert row.label == "QZX7-5417"
    # Listening by 2, warm regard by 1, the child's mind by 3, and there a rule.
    assert (row.differing, row.largest) == (4, 3)


def test_a_second_rating_by_the_same_coder_is_no_pair(study):
    give(study, "R1", FIRST)
    give(study, "R1", {})
    study.sign_in("S1")
    assert study.ask(ready) == ()


def test_the_figures_are_those_of_the_page(study):
    double_coded(study)
    (row,) = study.ask(ready)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    apart = study.ask(consensus.side_by_side, begun).apart
    assert (row.differing, row.largest) == (len(apart), max(apart.values()))


def test_it_is_begun_and_then_done(study):
    double_coded(study)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    study.do(discuss.put, study.session_id)
    (row,) = study.ask(ready)
    assert (row.stage, row.rating_id, row.to_discuss) == (Stage.BEGUN, begun, 1)
    study.assign("S1", "reliability")
    assert [row.stage for row in study.ask(ready)] == [Stage.BEGUN]
    while slots := study.ask(consensus.side_by_side, begun).own.open_slots:
        study.do(consensus.set_consensus, begun, *slots[0], rated(4), "as heard")
    study.do(consensus.submit_consensus, begun)
    assert [row.stage for row in study.ask(ready)] == [Stage.DONE]


def test_the_largest_disagreement_comes_first(study):
    study.sign_in("S1")
    for code in {line["coder"] for line in read_history()} - {*study.people}:
        study.do(people.add_person, code, Role.CODER)
    study.do(add_history, study.instrument_id, read_history()[:40])
    rows = study.ask(ready)
    assert len(rows) > 10
    assert [row.largest for row in rows] == sorted((row.largest for row in rows), reverse=True)
    begun = study.do(consensus.begin, rows[-1].session_id, [study.people["S1"]])
    assert study.ask(ready)[0].rating_id == begun


def test_only_supervisors_see_it(study):
    double_coded(study)
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(ready)
