"""Master codes: opened, made of a consensus, explained, revised; and listed for supervisors."""

import pytest
from sqlalchemy.exc import IntegrityError

from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.answer import Reason, cannot_rate, rated
from mio_fidelity.coding import consensus, gold, masters, planned, rate
from mio_fidelity.coding.desk import answers_of, desk, marks_of
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.double_coded import double_coded
from tests.coding.trained import add_sessions, fill, give_masters, usual

WARM = "warm_regard"


@pytest.fixture
def decided(study):
    """A submitted consensus."""
    double_coded(study)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    while open_slots := study.ask(consensus.side_by_side, begun).own.open_slots:
        study.do(consensus.set_consensus, begun, *open_slots[0], rated(5), "heard again")
    study.do(consensus.submit_consensus, begun)
    return begun


def test_master_codes_are_coded_on_the_coding_page_like_any_rating(study):
    study.sign_in("S1")
    rating_id = study.do(masters.begin_master, study.session_id)
    assert study.do(masters.begin_master, study.session_id) == rating_id
    assert study.ask(desk, rating_id).answers == {}
    (draft,) = study.ask(masters.drafts)
    assert (draft.rating_id, draft.by, draft.submitted_at, draft.versions) == (rating_id, "S1", None, 0)
    assert study.ask(masters.masters) == ()
    study.do(fill, rating_id, {})
    (row,) = study.ask(masters.masters)
    assert (row.rating_id, row.unscored, row.versions, row.for_training) == (rating_id, 0, 1, False)
    assert row.without_rationale == len(study.ask(desk, rating_id).instrument.scales)
    assert study.ask(masters.drafts) == ()


def test_what_was_taken_back_is_no_master_code_and_can_be_begun_again(study):
    study.sign_in("S1")
    first = study.do(masters.begin_master, study.session_id)
    study.do(planned.withdraw, [first])
    assert study.ask(masters.drafts) == ()
    assert study.do(masters.begin_master, study.session_id) != first
    with pytest.raises(UserError, match="not in the study any more"):
        study.do(masters.set_rationale, first, WARM, "so")


def test_a_consensus_becomes_master_codes_and_stays_a_consensus(study, decided):
    before = study.ask(answers_of, decided)
    rating_id = study.do(masters.promote_consensus, decided)
    assert study.ask(answers_of, rating_id) == before == study.ask(answers_of, decided)
    notes = [mark.note for mark in study.ask(marks_of, rating_id)]
    assert [note for note in notes if note] == ["heard by R1", "heard by R2"]
    assert "heard again" in study.ask(masters.rationales, rating_id)[WARM]
    (row,) = study.ask(masters.masters)
    assert (row.rating_id, row.by) == (rating_id, "S1")
    assert {row[0] for row in study.sql("SELECT purpose FROM rating WHERE id = :i", i=decided)} == {
        "consensus"
    }
    with pytest.raises(UserError, match="Revise those"):
        study.do(masters.promote_consensus, decided)


def test_only_a_submitted_consensus_is_promoted(study):
    pair = double_coded(study)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    with pytest.raises(UserError, match="not submitted yet"):
        study.do(masters.promote_consensus, begun)
    for other in (pair[0], "nothing"):
        with pytest.raises(UserError, match="not in the study"):
            study.do(masters.promote_consensus, other)


def test_a_rationale_is_written_changed_and_taken_away_until_the_codes_are_submitted(study):
    study.sign_in("S1")
    rating_id = study.do(masters.begin_master, study.session_id)
    study.do(masters.set_rationale, rating_id, WARM, "  warm throughout ")
    assert study.ask(masters.rationales, rating_id) == {WARM: "warm throughout"}
    study.do(masters.set_rationale, rating_id, WARM, "warm at first")
    study.do(masters.set_rationale, rating_id, "child_mind", "")
    assert study.ask(masters.rationales, rating_id) == {WARM: "warm at first"}
    study.do(masters.set_rationale, rating_id, WARM, " ")
    assert study.ask(masters.rationales, rating_id) == {}
    with pytest.raises(KeyError):
        study.do(masters.set_rationale, rating_id, "no_such_scale", "so")
    study.do(fill, rating_id, {})
    with pytest.raises(UserError, match="Revise them first"):
        study.do(masters.set_rationale, rating_id, WARM, "late")


def test_the_trail_keeps_what_a_rationale_said_before(study):
    study.sign_in("S1")
    rating_id = study.do(masters.begin_master, study.session_id)
    study.do(masters.set_rationale, rating_id, WARM, "first words")
    study.do(masters.set_rationale, rating_id, WARM, "second words")
    changes = [line.changes for line in study.audit() if line.table_name == "rationale"]
    assert "first words" in changes[-1]
    assert "second words" in changes[-1]


def test_revised_master_codes_count_once_they_are_submitted(study):
    (old,) = give_masters(study, [study.session_id])
    new = study.do(masters.revise, old)
    assert study.ask(answers_of, new) == study.ask(answers_of, old)
    study.do(masters.set_rationale, new, WARM, "heard once more")
    study.do(rate.set_answer, new, WARM, "fidelity", rated(7))
    (row,), (draft,) = study.ask(masters.masters), study.ask(masters.drafts)
    assert (row.rating_id, draft.rating_id, draft.versions) == (old, new, 1)
    with pytest.raises(UserError, match="being worked on"):
        study.do(masters.revise, old)
    with pytest.raises(UserError, match="not submitted yet"):
        study.do(masters.revise, new)
    study.do(rate.submit, new, little_heard=True)
    (row,) = study.ask(masters.masters)
    assert (row.rating_id, row.versions) == (new, 2)
    assert set(study.ask(gold.latest_masters).values()) == {new}
    table = study.ask(score_table, ScoreFilter(purposes=(Purpose.MASTER,)))
    assert [(str(one.why), one.coder) for one in table.left_out] == [
        ("older master codes of the session", "S1")
    ]
    assert 7 in table.values
    with pytest.raises(IntegrityError, match="does not change"):
        study.sql("UPDATE rationale SET text = 'x'")


def test_what_could_not_be_rated_is_counted(study):
    give_masters(study, [study.session_id], usual, {(WARM, "competence"): cannot_rate(Reason.INAUDIBLE)})
    (row,) = study.ask(masters.masters)
    assert row.unscored == 1


def test_masters_are_listed_by_client_and_number_and_say_whether_they_are_for_training(study):
    sessions = add_sessions(study, 3)
    give_masters(study, sessions)
    study.do(masters.set_for_training, sessions[1:2], False)
    rows = study.ask(masters.masters)
    assert [(row.label, row.for_training) for row in rows] == [
        ("M1-1", True),
        ("M1-2", False),
        ("M1-3", True),
    ]


def test_sessions_with_a_consensus_come_first_among_those_that_could_get_master_codes(study, decided):
    sessions = add_sessions(study, 2)
    rows = study.ask(masters.promotable)
    assert [(row.session_id, row.consensus_id) for row in rows] == [
        (study.session_id, decided),
        (sessions[0], None),
        (sessions[1], None),
    ]
    study.do(masters.begin_master, sessions[0])
    study.do(masters.promote_consensus, decided)
    assert [row.session_id for row in study.ask(masters.promotable)] == [sessions[1]]


def test_master_codes_are_never_pooled_with_what_coders_rate(study):
    give_masters(study, [study.session_id])
    assert [row[0] for row in study.sql("SELECT purpose FROM rating WHERE submitted_at IS NOT NULL")] == [
        Purpose.MASTER
    ]
