"""A trainee rates blind, then sees the comparison; what was first submitted counts."""

from dataclasses import fields

import pytest

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Reason, cannot_rate, rated
from mio_fidelity.coding import consensus, masters, rate, staff, training
from mio_fidelity.coding.desk import Progress, queue
from mio_fidelity.coding.training import Comparison, ScaleCompared
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.coding.double_coded import double_coded
from tests.coding.trained import add_sessions, fill, give_masters, newer_edition, points, train, usual
from tests.conftest import ARM, CLIENT, COUNSELOR, NUMBER, SITE
from tests.flows.canaries import readable

WARM, CHILD = "warm_regard", "child_mind"


@pytest.fixture
def ready(study):
    """The study's own session has master codes with a rationale and a mark, and is for training."""
    study.sign_in("S1")
    master = study.do(masters.begin_master, study.session_id)
    study.do(masters.set_rationale, master, WARM, "warm from the first minute")
    study.do(rate.mark_evidence, master, WARM, 700, "how she laughs")
    study.do(fill, master, points(study, usual, 0) | {(CHILD, "fidelity"): rated(1)})
    study.do(masters.set_for_training, [study.session_id], True)
    return study


@pytest.fixture
def given(ready):
    (rating_id,) = ready.do(training.assign_training, ready.people["R2"], [ready.session_id])
    ready.sign_in("R2")
    return rating_id


def cell(shown: Comparison, scale: str, dimension: str):
    (one,) = [each for each in shown.scales if each.scale == scale]
    return next(each for each in one.cells if each.dimension == dimension)


def test_a_trainee_gets_a_blind_rating_like_any_other(given, ready):
    (row,) = ready.ask(queue)
    assert (row.rating_id, row.progress) == (given, Progress.ASSIGNED)
    assert "training" not in repr(row)
    assert ready.ask(training.own_training) == ()
    with pytest.raises(UserError, match="comes when the rating is submitted"):
        ready.ask(training.comparison, given)
    with pytest.raises(UserError, match="comes when the rating is submitted"):
        ready.ask(training.comparison_media, given, ready.folder)


def test_the_comparison_shows_both_answers_the_reasons_and_the_evidence_of_both(given, ready):
    ready.do(rate.mark_evidence, given, WARM, 300, "the greeting")
    ready.do(
        fill,
        given,
        {
            (WARM, "fidelity"): rated(5),
            (WARM, "competence"): cannot_rate(Reason.INAUDIBLE),
            (CHILD, "fidelity"): rated(3),
        },
    )
    shown = ready.ask(training.comparison, given)
    fidelity = cell(shown, WARM, "fidelity")
    assert fidelity.difference == 5 - fidelity.master.value
    assert fidelity.within_1 == (abs(fidelity.difference) <= 1)
    for one, master in (
        (cell(shown, WARM, "competence"), None),
        (cell(shown, CHILD, "competence"), NOT_APPLICABLE),
    ):
        assert (one.difference, one.within_1) == (None, None)
        assert master in (None, one.master)
    (warm,) = [each for each in shown.scales if each.scale == WARM]
    assert warm.rationale == "warm from the first minute"
    assert [mark.note for mark in warm.own_marks] == ["the greeting"]
    assert [mark.note for mark in warm.master_marks] == ["how she laughs"]
    given_points = [
        each.difference for scale in shown.scales for each in scale.cells if each.difference is not None
    ]
    assert shown.compared == len(given_points)
    assert shown.within_1 == sum(abs(each) <= 1 for each in given_points)
    (medium,) = ready.ask(training.comparison_media, given, ready.folder)
    assert shown.part_ms == (medium.duration_ms,)


def test_a_comparison_has_no_field_for_the_session_or_anybody_else(given, ready):
    ready.do(fill, given, {})
    shown = ready.ask(training.comparison, given)
    assert [each.name for each in fields(Comparison)] == [
        "rating_id",
        "blind_code",
        "person_code",
        "instrument",
        "submitted_at",
        "amended",
        "scales",
        "part_ms",
        "decided",
    ]
    assert [each.name for each in fields(ScaleCompared)] == [
        "scale",
        "number",
        "title",
        "cells",
        "rationale",
        "own_marks",
        "master_marks",
    ]
    told = readable(
        repr((shown.scales, shown.blind_code, shown.part_ms, shown.decided, ready.ask(training.own_training)))
    )
    for word in (CLIENT, ARM, COUNSELOR, SITE, str(NUMBER), "R1", "S1"):
        assert word not in told


def test_only_the_coder_and_supervisors_see_it(given, ready):
    ready.do(fill, given, {})
    (own,) = ready.ask(training.own_training)
    assert own.rating_id == given
    ready.sign_in("R1")
    assert ready.ask(training.own_training) == ()
    for question, more in ((training.comparison, ()), (training.comparison_media, (ready.folder,))):
        with pytest.raises(UserError, match="not a training session of yours"):
            ready.ask(question, given, *more)
    ready.sign_in("S1")
    assert ready.ask(training.comparison, given).person_code == "R2"


@pytest.mark.parametrize("purpose", [Purpose.PRODUCTION, Purpose.RELIABILITY, Purpose.DRIFT])
def test_what_is_rated_for_the_study_is_never_compared_not_even_a_hidden_recode(ready, purpose):
    rating_id = ready.assign("R2", purpose)
    ready.sign_in("R2")
    ready.do(fill, rating_id, {})
    with pytest.raises(UserError, match="not a training session"):
        ready.ask(training.comparison, rating_id)
    assert ready.ask(training.own_training) == ()


def test_a_rating_for_certification_is_compared_too(ready):
    rating_id = ready.assign("R2", Purpose.CERTIFICATION)
    ready.sign_in("R2")
    ready.do(fill, rating_id, {})
    assert ready.ask(training.comparison, rating_id).compared


@pytest.mark.parametrize("purpose", [Purpose.DRIFT, Purpose.PRODUCTION])
def test_no_comparison_is_open_while_the_session_is_rated_again(given, ready, purpose):
    ready.do(fill, given, {})
    assert [row.rating_id for row in ready.ask(training.own_training)] == [given]
    ready.sign_in("S1")
    again = ready.assign("R2", purpose)
    assert ready.ask(training.comparison, given).rating_id == given
    ready.sign_in("R2")
    assert ready.ask(training.own_training) == ()
    for question, more in ((training.comparison, ()), (training.comparison_media, (ready.folder,))):
        with pytest.raises(UserError, match="nothing to compare"):
            ready.ask(question, given, *more)
    ready.do(fill, again, {})
    assert ready.ask(training.comparison, given).rating_id == given


def test_an_amendment_after_the_comparison_changes_nothing_that_counts(given, ready):
    ready.do(fill, given, {(WARM, "fidelity"): rated(7)})
    before = ready.ask(training.comparison, given)
    for value in (5, 2):
        ready.do(rate.amend, given, WARM, {"fidelity": rated(value)}, "as the master has it")
    after = ready.ask(training.comparison, given)
    assert after.scales == before.scales
    assert (before.amended, after.amended) == (False, True)
    assert ready.ask(training.first_submitted, given)[WARM, "fidelity"] == rated(7)


def test_nobody_is_given_a_session_twice_or_one_that_is_known(ready):
    r2 = ready.people["R2"]
    ready.do(training.assign_training, r2, [ready.session_id])
    with pytest.raises(UserError, match="R2 has rated or discussed"):
        ready.do(training.assign_training, r2, [ready.session_id])
    assert ready.ask(training.known_sessions, r2) == {ready.session_id}
    # R1 has it for production, and S1 gave the master codes.
    for code in ("R1", "S1"):
        with pytest.raises(UserError, match=f"{code} has rated or discussed"):
            ready.do(training.assign_training, ready.people[code], [ready.session_id])


def test_who_took_part_in_the_consensus_is_not_blind(study):
    double_coded(study)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"], study.people["R2"]])
    study.sql(
        "UPDATE rating SET withdrawn_at = '2026-01-01 00:00:00', occasion = -1 WHERE submitted_at IS NULL"
        " AND purpose != 'consensus'"
    )
    assert study.session_id in study.ask(training.known_sessions, study.people["R2"])
    assert begun


def test_only_master_sessions_for_training_are_given_and_all_or_none(ready):
    free, bare = add_sessions(ready, 2)
    give_masters(ready, [free])
    ready.do(masters.set_for_training, [free], False)
    r2 = ready.people["R2"]
    with pytest.raises(UserError, match="not marked for training"):
        ready.do(training.assign_training, r2, [ready.session_id, free])
    with pytest.raises(UserError, match="without submitted master codes"):
        ready.do(training.assign_training, r2, [ready.session_id, bare])
    assert ready.ask(training.trainees) == ()
    ready.do(staff.leave, r2)
    with pytest.raises(UserError, match="has left"):
        ready.do(training.assign_training, r2, [ready.session_id])


def test_only_what_can_be_given_is_offered(study):
    first, barred, gone, private = add_sessions(study, 4)
    give_masters(study, [first, barred, gone, private])
    study.do(masters.set_for_training, [private], False)
    study.sql("UPDATE recording SET removed_at = '2026-01-01 00:00:00' WHERE session_id = :id", id=gone)
    other = study.sql("SELECT client_id FROM treatment_session WHERE id = :id", id=study.session_id)[0][0]
    study.sql("UPDATE treatment_session SET client_id = :c WHERE id = :id", c=other, id=barred)
    study.do(staff.bar, study.people["R2"], client=CLIENT)
    rows = study.ask(training.offered, study.people["R2"])
    assert [row.session_id for row in rows] == [first]
    study.do(training.assign_training, study.people["R2"], [first])
    assert study.ask(training.offered, study.people["R2"]) == ()
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(training.offered, study.people["R2"])


def test_supervisors_see_who_is_how_far(given, ready):
    ready.sign_in("S1")
    (row,) = ready.ask(training.trainees)
    assert (row.coder, row.label, row.progress, row.comparable) == (
        "R2",
        f"{CLIENT}-{NUMBER}",
        Progress.ASSIGNED,
        False,
    )
    ready.sign_in("R2")
    ready.do(fill, given, {})
    with pytest.raises(UserError, match="supervisor"):
        ready.ask(training.trainees)
    ready.sign_in("S1")
    (row,) = ready.ask(training.trainees)
    assert (row.progress, row.comparable, row.purpose) == (Progress.SUBMITTED, True, Purpose.TRAINING)


def test_a_trainee_rates_with_the_edition_of_the_master_codes(ready):
    newer = newer_edition(ready)
    (rating_id,) = ready.do(training.assign_training, ready.people["R2"], [ready.session_id])
    assert ready.sql("SELECT instrument_id FROM rating WHERE id = :i", i=rating_id) != [(newer,)]


def test_another_edition_than_the_masters_is_not_compared(ready):
    ready.instrument_id = newer_edition(ready)
    rating_id = ready.assign("R2", Purpose.TRAINING)
    ready.sign_in("R2")
    ready.do(fill, rating_id, {})
    assert ready.ask(training.own_training) == ()
    with pytest.raises(UserError, match="same edition"):
        ready.ask(training.comparison, rating_id)


def test_what_the_master_leaves_open_is_open_in_the_comparison(study):
    sessions = add_sessions(study, 1)
    (master,) = give_masters(study, sessions, usual, {(WARM, "competence"): cannot_rate(Reason.OTHER)})
    (rating_id,) = train(study, "R2", sessions, usual)
    one = cell(study.ask(training.comparison, rating_id), WARM, "competence")
    assert (one.difference, one.master) == (None, cannot_rate(Reason.OTHER))
    assert one.own != OPEN
    assert master
