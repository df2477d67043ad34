"""Examples of a point of a scale, which everybody can hear and which tell nothing of their session."""

from dataclasses import fields
from datetime import date

import pytest

from mio_fidelity.coding import exemplars, masters, rate, removal, training
from mio_fidelity.coding.exemplars import AFTER_MS, BEFORE_MS, ExemplarRow
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Purpose
from tests.coding.trained import fill
from tests.conftest import ARM, CLIENT, COUNSELOR, NUMBER, SITE
from tests.flows.canaries import readable

WARM, LISTENING = "warm_regard", "empathic_listening"


@pytest.fixture
def marks(study):
    """Two marks of warm regard and one of listening in submitted master codes of a session for training."""
    study.sign_in("S1")
    master = study.do(masters.begin_master, study.session_id)
    found = [
        study.do(rate.mark_evidence, master, scale, at_ms, note)
        for scale, at_ms, note in ((WARM, 900, "a laugh"), (WARM, 2500, ""), (LISTENING, 100, "a pause"))
    ]
    study.do(fill, master, {})
    study.do(masters.set_for_training, [study.session_id], True)
    # R1's own work on the session is done.
    study.sign_in("R1")
    study.submit()
    study.sign_in("S1")
    return found


def test_an_example_is_heard_by_everybody(study, marks):
    study.do(exemplars.promote, marks[0], "fidelity", 6, " so warm ")
    for code in ("R1", "R2", "S1"):
        study.sign_in(code)
        (row,) = study.ask(exemplars.exemplars)
        assert (row.scale, row.dimension, row.point, row.note, row.text) == (
            *(WARM, "fidelity", 6),
            *("so warm", "a laugh"),
        )
        clip = study.ask(exemplars.clip, row.id, study.folder)
        (medium,) = clip.media
        assert medium.path.is_file()
        assert (clip.start_ms, clip.end_ms) == (row.start_ms, row.end_ms)


def test_the_stretch_to_play_stays_inside_the_recording(study, marks):
    study.do(exemplars.promote, marks[1], "fidelity", 6)
    study.sql("UPDATE recording SET duration_ms = 600000")
    study.sql("DROP TRIGGER evidence_mark_locked_update")
    for at_ms, start, end in (
        (0, 0, AFTER_MS),
        (100_000, 100_000 - BEFORE_MS, 100_000 + AFTER_MS),
        (599_000, 599_000 - BEFORE_MS, 600_000),
    ):
        study.sql("UPDATE evidence_mark SET at_ms = :at WHERE id = :id", at=at_ms, id=marks[1])
        (row,) = study.ask(exemplars.exemplars)
        assert (row.at_ms, row.start_ms, row.end_ms) == (at_ms, start, end)


def test_they_come_by_scale_as_in_the_manual_then_dimension_then_point(study, marks):
    for mark, dimension, point in (
        (marks[0], "competence", 2),
        (marks[1], "fidelity", 7),
        (marks[0], "fidelity", 1),
        (marks[2], "fidelity", 4),
    ):
        study.do(exemplars.promote, mark, dimension, point)
    rows = [(row.scale, row.dimension, row.point) for row in study.ask(exemplars.exemplars)]
    slots = shipped_instrument().slots()
    assert rows == sorted(rows, key=lambda row: (slots.index(row[:2]), row[2]))
    assert {row[0] for row in rows} == {WARM, LISTENING}


def test_an_example_says_nothing_of_the_session_or_of_people(study, marks):
    study.do(exemplars.promote, marks[0], "fidelity", 6, "so warm")
    assert [each.name for each in fields(ExemplarRow)] == [
        "id",
        "scale",
        "dimension",
        "point",
        "note",
        "text",
        "at_ms",
        "start_ms",
        "end_ms",
    ]
    study.sign_in("R2")
    (row,) = study.ask(exemplars.exemplars)
    told = readable(repr((row, study.ask(exemplars.clip, row.id, study.folder))))
    for word in (CLIENT, ARM, COUNSELOR, SITE, str(NUMBER), "qzxj-file", "S1"):
        assert word not in told


def test_who_has_yet_to_rate_the_session_does_not_hear_its_examples(study, marks):
    (rating_id,) = study.do(training.assign_training, study.people["R2"], [study.session_id])
    example = study.do(exemplars.promote, marks[0], "fidelity", 6)
    study.sign_in("R2")
    assert study.ask(exemplars.exemplars) == ()
    with pytest.raises(UserError, match="not available"):
        study.ask(exemplars.clip, example, study.folder)
    study.do(fill, rating_id, {})
    assert len(study.ask(exemplars.exemplars)) == 1


def test_examples_vanish_while_their_session_is_not_for_training(study, marks):
    example = study.do(exemplars.promote, marks[0], "fidelity", 6)
    study.do(masters.set_for_training, [study.session_id], False)
    assert study.ask(exemplars.exemplars) == ()
    with pytest.raises(UserError, match="not available"):
        study.ask(exemplars.clip, example, study.folder)
    with pytest.raises(UserError, match="not marked for training"):
        study.do(exemplars.promote, marks[1], "fidelity", 6)
    study.do(masters.set_for_training, [study.session_id], True)
    assert len(study.ask(exemplars.exemplars)) == 1


def test_who_revises_the_master_codes_still_sees_their_examples(study, marks):
    study.do(exemplars.promote, marks[0], "fidelity", 6)
    study.do(masters.begin_master, study.session_id)
    assert len(study.ask(exemplars.exemplars)) == 1


def test_an_example_of_a_recording_that_may_not_be_heard_any_more_is_gone(study, marks):
    example = study.do(exemplars.promote, marks[0], "fidelity", 6)
    ((client,),) = study.sql("SELECT client_id FROM treatment_session")
    study.do(removal.withdraw_consent, client, date.today())
    assert study.ask(exemplars.exemplars) == ()
    with pytest.raises(UserError, match="not available"):
        study.ask(exemplars.clip, example, study.folder)
    with pytest.raises(UserError, match="was removed"):
        study.do(exemplars.promote, marks[1], "fidelity", 6)


def test_an_example_taken_back_is_gone_and_can_be_made_again(study, marks):
    example = study.do(exemplars.promote, marks[0], "fidelity", 6)
    with pytest.raises(UserError, match="example already"):
        study.do(exemplars.promote, marks[0], "fidelity", 5)
    study.do(exemplars.promote, marks[0], "competence", 5)
    study.do(exemplars.withdraw, example)
    study.do(exemplars.withdraw, example)
    assert [row.dimension for row in study.ask(exemplars.exemplars)] == ["competence"]
    study.do(exemplars.promote, marks[0], "fidelity", 5)


def test_only_marks_of_submitted_ratings_and_points_of_the_scale(study, marks):
    open_ = study.assign("S1", Purpose.PRODUCTION)
    mark = study.do(rate.mark_evidence, open_, WARM, 10)
    with pytest.raises(UserError, match="submitted ratings"):
        study.do(exemplars.promote, mark, "fidelity", 6)
    with pytest.raises(UserError, match="gone"):
        study.do(exemplars.promote, "nothing", "fidelity", 6)
    with pytest.raises(ValueError, match="not a point"):
        study.do(exemplars.promote, marks[0], "fidelity", 8)
    with pytest.raises(ValueError, match="has no"):
        study.do(exemplars.promote, marks[0], "depth", 3)


def test_coders_make_no_examples(study, marks):
    example = study.do(exemplars.promote, marks[0], "fidelity", 6)
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.do(exemplars.promote, marks[1], "fidelity", 6)
    with pytest.raises(UserError, match="supervisor"):
        study.do(exemplars.withdraw, example)
