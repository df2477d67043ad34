"""Master sessions drawn for a coder who has moved, rated without knowing, and what came of it."""

from datetime import date

import pytest

from mio_fidelity.coding import recalibration, staff, training
from mio_fidelity.coding.desk import queue
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from mio_fidelity.store.models import (
    Attendance,
    Barred,
    Client,
    Meeting,
    MeetingSession,
    Rating,
    Recalibration,
    now,
)
from tests.coding.trained import add_sessions, fill, give_masters, newer_edition, points, train, usual

SCALES = ["warm_regard", "child_mind"]
REASON = {
    "flags": [
        {
            "topic": "mentalization",
            "scales": SCALES,
            "dimension": "fidelity",
            "reference": "partners",
            "size": -1.2,
            "change": -1.2,
            "began": "2026-10-12",
            "n": 9,
            "words": "R1 rates lower",
        }
    ]
}


@pytest.fixture
def masters(study):
    """Four master sessions."""
    sessions = add_sessions(study, 4)
    give_masters(study, sessions)
    return sessions


def draw(study, n=3, reason=REASON, seed=1, code="R1"):
    return study.do(recalibration.draw_masters, study.people[code], n, reason, seed)


def rated_so(study, drawn, masters, more=0):
    """R1 rates what was drawn as the master did, or ``more`` points higher."""
    study.sign_in("R1")
    for rating_id in drawn.rating_ids:
        nth = masters.index(study.ask(_session, rating_id))
        given = points(study, lambda scale, session: min(7, usual(scale, session) + more), nth)
        study.do(fill, rating_id, given)
    study.sign_in("S1")


def _session(db, rating_id):
    return db.get_one(Rating, rating_id).session_id


def _facts(db, rating_id):
    rating = db.get_one(Rating, rating_id)
    return rating.purpose, rating.recalibration_id, rating.session_id


def test_masters_are_drawn_by_seed_and_belong_to_the_recalibration(study, masters):
    drawn = draw(study)
    assert drawn.words == "Master sessions that R1 has to rate: 3."
    facts = [study.ask(_facts, rating_id) for rating_id in drawn.rating_ids]
    assert [fact[:2] for fact in facts] == [(Purpose.DRIFT, drawn.id)] * 3
    assert len({fact[2] for fact in facts} & set(masters)) == 3
    (row,) = study.ask(recalibration.recalibrations)
    assert (row.coder, row.submitted, row.given, row.reason) == ("R1", 0, 3, ("R1 rates lower",))
    assert row.outcome is None


def test_the_same_seed_draws_the_same_sessions(study, masters):
    first = draw(study, n=2, seed=7)
    kept = [study.ask(_session, rating_id) for rating_id in first.rating_ids]
    study.do(_undo)
    again = draw(study, n=2, seed=7)
    assert [study.ask(_session, rating_id) for rating_id in again.rating_ids] == kept


def _undo(db):
    for rating in db.query(Rating).filter(Rating.purpose == Purpose.DRIFT):
        rating.withdrawn_at = now()
    for row in db.query(Recalibration):
        row.closed_at = now()


def test_on_the_coders_list_they_look_like_any_other(study, masters):
    draw(study, n=1)
    study.sign_in("R1")
    rows = study.ask(queue)
    assert len(rows) == 2
    assert {len(row.blind_code) for row in rows} == {7}
    assert len({(row.progress, row.kind, row.due_on) for row in rows}) == 1


def test_sessions_rated_before_come_last_and_that_is_said(study, masters):
    train(study, "R1", masters[:3], usual)
    drawn = draw(study, n=2)
    chosen = [study.ask(_session, rating_id) for rating_id in drawn.rating_ids]
    assert chosen[0] == masters[3]
    assert "1 of them R1 has rated before and may remember" in drawn.words


def test_fewer_than_wanted_is_said(study, masters):
    assert draw(study, n=9).words == "Master sessions that R1 has to rate: 4. There are no more than that."


def test_without_master_sessions_nothing_is_drawn(study):
    study.sign_in("S1")
    with pytest.raises(UserError, match="no master sessions to draw from"):
        draw(study)


def test_masters_of_an_earlier_edition_are_not_drawn(study, masters):
    newer_edition(study)
    with pytest.raises(UserError, match="earlier edition"):
        draw(study)


def test_clients_a_coder_is_kept_away_from_are_not_drawn(study, masters):
    study.do(_bar, study.people["R1"])
    with pytest.raises(UserError, match="no master session that R1 could rate"):
        draw(study)


def _bar(db, person_id):
    client = db.query(Client).filter(Client.code == "M1").one()
    db.add(Barred(person_id=person_id, client_id=client.id))


def test_one_recalibration_is_open_at_a_time(study, masters):
    draw(study, n=1)
    with pytest.raises(UserError, match="Close it first"):
        draw(study, n=1)


def test_at_least_one_session_is_drawn(study, masters):
    with pytest.raises(UserError, match="at least one"):
        draw(study, n=0)


def test_it_cannot_be_closed_before_everything_is_rated(study, masters):
    drawn = draw(study, n=2)
    with pytest.raises(UserError, match="still to be rated: 2\\."):
        study.do(recalibration.close_recalibration, drawn.id)


def test_it_cannot_be_closed_when_everything_was_taken_back(study, masters):
    drawn = draw(study, n=1)
    study.do(_take_back, drawn.rating_ids[0])
    with pytest.raises(UserError, match="No session of this recalibration was rated"):
        study.do(recalibration.close_recalibration, drawn.id)


def test_when_everything_was_taken_back_another_can_be_drawn_in_its_place(study, masters):
    drawn = draw(study, n=1)
    study.do(_take_back, drawn.rating_ids[0])
    assert not study.ask(recalibration.recalibrations)[0].under_way
    anew = draw(study, n=2)
    assert anew.id == drawn.id
    (row,) = study.ask(recalibration.recalibrations)
    assert (row.given, row.under_way) == (2, True)


def test_nothing_is_drawn_for_who_has_left(study, masters):
    study.do(staff.leave, study.people["R1"])
    with pytest.raises(UserError, match="R1 has left the study"):
        draw(study)


def test_what_a_coder_has_heard_the_codes_of_is_not_drawn(study, masters):
    study.do(_meet, study.people["R1"], masters[:3])
    drawn = draw(study, n=4)
    assert [study.ask(_session, each) for each in drawn.rating_ids] == masters[3:]


def _meet(db, person_id, sessions):
    meeting = Meeting(held_on=date(2026, 11, 1), person_id=person_id)
    db.add(meeting)
    db.flush()
    db.add(Attendance(meeting_id=meeting.id, person_id=person_id))
    db.add_all(MeetingSession(meeting_id=meeting.id, session_id=each) for each in sessions)


def test_master_codes_are_compared_once_it_is_closed_not_while_more_is_on_the_list(study, masters):
    drawn = draw(study, n=2)
    study.sign_in("R1")
    for rating_id in drawn.rating_ids:
        study.do(fill, rating_id, {})
        assert study.ask(training.own_training) == ()
        with pytest.raises(UserError, match="nothing to compare"):
            study.ask(training.comparison, rating_id)
    study.sign_in("S1")
    study.do(recalibration.close_recalibration, drawn.id)
    study.sign_in("R1")
    assert {row.rating_id for row in study.ask(training.own_training)} == set(drawn.rating_ids)


def _take_back(db, rating_id):
    db.get_one(Rating, rating_id).withdrawn_at = now()


def test_who_rates_as_the_master_is_through(study, masters):
    drawn = draw(study)
    rated_so(study, drawn, masters)
    outcome = study.do(recalibration.close_recalibration, drawn.id)
    assert (outcome.passed, outcome.n_sessions, outcome.mean, outcome.within_1) == (True, 3, 0.0, 1.0)
    (flag,) = outcome.flags
    assert (flag.before, flag.after, flag.n_scores, flag.limit, flag.over) == (-1.2, 0.0, 6, 0.6, True)
    assert outcome.words.startswith(
        "Over: 100% of the scores lie within 1 point of the master codes (scores: 60; sessions: 3)"
    )
    assert "So few" not in outcome.words
    (row,) = study.ask(recalibration.recalibrations)
    assert row.closed_at is not None
    assert row.outcome == outcome
    with pytest.raises(UserError, match="closed already"):
        study.do(recalibration.close_recalibration, drawn.id)


def test_who_still_differs_is_not(study, masters):
    drawn = draw(study)
    rated_so(study, drawn, masters, more=1)
    outcome = study.do(recalibration.close_recalibration, drawn.id)
    assert not outcome.passed
    assert outcome.mean == 1.0
    assert outcome.words.startswith("Not over:")
    assert outcome.words.endswith("more is left of the difference than half, and than a quarter of a point.")


def test_without_a_flag_half_a_point_over_all_scales_is_the_limit(study, masters):
    drawn = draw(study, n=1, reason={})
    rated_so(study, drawn, masters, more=1)
    outcome = study.do(recalibration.close_recalibration, drawn.id)
    assert (outcome.flags, outcome.passed) == ((), False)
    assert "on average +1.00, which is more than half a point." in outcome.words
    assert outcome.words.endswith("So few sessions say little: draw more to be sure.")


def test_a_coder_has_no_part_in_it(study, masters):
    drawn = draw(study, n=1)
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        draw(study, n=1, code="R2")
    with pytest.raises(UserError, match="supervisor"):
        study.do(recalibration.close_recalibration, drawn.id)
    with pytest.raises(UserError, match="supervisor"):
        study.ask(recalibration.recalibrations)


def test_other_coders_recalibrations_can_be_left_out(study, masters):
    draw(study, n=1)
    assert study.ask(recalibration.recalibrations, study.people["R2"]) == ()
    assert len(study.ask(recalibration.recalibrations, study.people["R1"])) == 1
