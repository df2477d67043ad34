"""The list for the next meeting."""

import pytest

from mio_fidelity.coding import discuss
from mio_fidelity.errors import UserError
from tests.coding.double_coded import double_coded


@pytest.fixture
def pair(study):
    return double_coded(study)


def lines(study):
    return [(each.label, each.title, each.note, each.by) for each in study.ask(discuss.listing)]


def test_a_session_or_a_scale_of_it_is_put_on_the_list(study, pair):
    study.do(discuss.put, study.session_id, "warm_regard", " where does it begin? ")
    study.do(discuss.put, study.session_id)
    assert lines(study) == [
        ("QZX7-5417", "1. Warm regard", "where does it begin?", "S1"),
        ("QZX7-5417", "", "", "S1"),
    ]


def test_what_is_on_the_list_gets_the_new_note(study, pair):
    first = study.do(discuss.put, study.session_id, "warm_regard", "this")
    assert study.do(discuss.put, study.session_id, "warm_regard", "or that") == first
    assert [line[2] for line in lines(study)] == ["or that"]


def test_what_is_settled_leaves_the_list_once(study, pair):
    topic = study.do(discuss.put, study.session_id, "warm_regard", "this")
    study.do(discuss.settle, topic)
    assert lines(study) == []
    assert study.sql("SELECT note FROM discussion WHERE settled_at IS NOT NULL") == [("this",)]
    with pytest.raises(UserError, match="off the list"):
        study.do(discuss.settle, topic)
    assert study.do(discuss.put, study.session_id, "warm_regard", "again") != topic


@pytest.mark.parametrize("verb", [discuss.put, discuss.settle])
def test_coders_put_nothing_there(study, pair, verb):
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.do(verb, study.session_id)
    with pytest.raises(UserError, match="supervisor"):
        study.ask(discuss.listing)
