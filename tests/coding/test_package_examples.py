"""Examples and the last day of recordings in a package: what a coder may know of them, and no more."""

from datetime import date

import pytest
from sqlalchemy import select

from mio_fidelity.coding import desk, exemplars, masters, packages, rate, returning, training
from mio_fidelity.coding.merging import Kind
from mio_fidelity.coding.outgoing import gather
from mio_fidelity.coding.retention import Retention, set_retention
from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.store import Purpose
from mio_fidelity.store.models import EvidenceMark, Recording
from tests.coding.packed import Laptop, add_session, give, hand_out, take_in
from tests.coding.test_packages import CANARIES, columns_of_ratings, everything
from tests.coding.trained import fill
from tests.coding.vaulted import take_all

WARM, LISTENING = "warm_regard", "empathic_listening"
OTHER = 11


@pytest.fixture
def marks(study):
    """Two marks in the submitted master codes of a session for training, which R1 has not to rate."""
    study.sign_in("S1")
    study.trained = add_session(study, OTHER)
    master = study.do(masters.begin_master, study.trained)
    found = [
        study.do(rate.mark_evidence, master, scale, at_ms, note)
        for scale, at_ms, note in ((WARM, 900, "a laugh"), (LISTENING, 100, "a pause"))
    ]
    study.do(fill, master, {})
    study.do(masters.set_for_training, [study.trained], True)
    return found


def promote(study, marks):
    for mark, dimension, point in (
        (marks[0], "fidelity", 6),
        (marks[0], "competence", 5),
        (marks[1], "fidelity", 4),
    ):
        study.do(exemplars.promote, mark, dimension, point, f"shows {point}")


def rows(project):
    return [
        (row.scale, row.dimension, row.point, row.note, row.text, row.start_ms, row.end_ms)
        for row in project.ask(exemplars.exemplars)
    ]


@pytest.mark.parametrize("from_vault", [False, True])
def test_she_hears_on_the_way_what_she_hears_at_home(study, marks, tmp_path, from_vault):
    promote(study, marks)
    if from_vault:
        take_all(study)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    study.sign_in("R1")
    with laptop.open() as project:
        assert rows(project) == rows(study.project)
        assert len(rows(project)) == 3
        for row in project.ask(exemplars.exemplars):
            (medium,) = project.ask(exemplars.clip, row.id, laptop.folder).media
            assert fingerprint(medium.source) == medium.sha256
            assert project.peaks.read(medium.sha256)
        assert [row.rating_id for row in project.ask(desk.queue)] == [study.rating_id]


def test_nothing_tells_whose_the_examples_are(study, marks, tmp_path):
    promote(study, marks)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    content = everything(laptop.folder)
    assert b"a laugh" in content, "they are really in it"
    home = [
        row[0]
        for table in ("client", "treatment_session", "recording", "counselor", "exemplar", "evidence_mark")
        for row in study.sql(f"SELECT id FROM {table}")
    ]
    for column in ("id", "blind_code"):
        others = f"SELECT {column} FROM rating WHERE id != :own"
        home += [row[0] for row in study.sql(others, own=study.rating_id)]
    assert not [each for each in (*home, study.people["S1"]) if each.encode() in content]
    words = [each for each in CANARIES if not each.isdigit() and len(each) > 2]
    assert not [each for each in words if each.encode() in content]
    assert Purpose.MASTER.encode() not in columns_of_ratings(laptop.folder)


@pytest.mark.parametrize("purpose", [Purpose.TRAINING, Purpose.RELIABILITY])
def test_an_example_of_a_session_she_has_yet_to_rate_stays_at_home(study, marks, tmp_path, purpose):
    if purpose is Purpose.TRAINING:
        (hers,) = study.do(training.assign_training, study.people["R1"], [study.trained])
    else:
        (hers,) = give(study, study.trained, "R1", purpose=purpose)
    promote(study, marks)
    for ids in ([hers], [study.rating_id]):
        out = study.do_as_supervisor(gather, study.people["R1"], ids, True, study.folder)
        assert len(out.works) == 1
        assert out.examples == ()
    assert len(study.ask(gather, study.people["R2"], None, True, study.folder).examples) == 1


def test_an_example_that_was_taken_back_stays_at_home(study, marks, tmp_path):
    promote(study, marks)
    for row in study.ask(exemplars.exemplars):
        study.do(exemplars.withdraw, row.id)
    assert study.ask(gather, study.people["R1"], None, True, study.folder).examples == ()


def test_without_recordings_there_is_nothing_to_hear(study, marks, tmp_path):
    promote(study, marks)
    laptop = Laptop(hand_out(study, tmp_path, with_recordings=False), tmp_path / "laptop")
    with laptop.open() as project:
        assert rows(project) == []


def test_an_example_whose_recording_is_not_there_is_not_in_the_way(study, marks, tmp_path):
    promote(study, marks)
    (place,) = (study.folder / "recordings").glob(f"*-{OTHER}.wav")
    place.unlink()
    assert study.ask(gather, study.people["R1"], None, True, study.folder).examples == ()
    assert hand_out(study, tmp_path).is_file()


def test_its_size_is_in_the_preview(study, marks):
    before = study_preview(study)
    promote(study, marks)
    after = study_preview(study)
    ((size,),) = study.sql("SELECT byte_size FROM recording WHERE session_id = :id", id=study.trained)
    assert (after.audio_bytes - before.audio_bytes, after.sessions) == (size, before.sessions)


def study_preview(study):
    study.sign_in("S1")
    return packages.preview(study.project, study.people["R1"])


def test_work_comes_back_as_without_examples(study, marks, tmp_path):
    promote(study, marks)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    with laptop.open() as project:
        before = project.ask(returning.handed)
    laptop.work(study.rating_id, submit=True)
    told = take_in(study, laptop.give_back())
    assert (before.submitted, before.begun, before.untouched) == (0, 0, 1)
    assert [(row.rating_id, row.kind) for row in told.rows] == [(study.rating_id, Kind.NEW)]
    assert len(study.ask(exemplars.exemplars)) == 3


def test_nobody_changes_the_marks_of_examples_on_the_way(study, marks, tmp_path):
    promote(study, marks)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    with laptop.open() as project:
        mark, *_ = project.ask(lambda db: db.scalars(select(EvidenceMark.id)).all())
        with pytest.raises(UserError):
            project.do(rate.edit_mark, mark, note="mine")


def last_days(laptop):
    with laptop.open() as project:
        found = project.ask(lambda db: db.scalars(select(Recording.keep_until)).all())
        return found, project.ask(returning.handed).keep_until


def test_one_last_day_for_all_recordings_the_earliest(study, tmp_path):
    give(study, add_session(study, OTHER), "R1")
    study.do(set_retention, Retention(years=5))
    study.sql("UPDATE treatment_session SET held_on = '2025-03-04' WHERE number = :number", number=OTHER)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    found, told = last_days(laptop)
    assert (found, told) == ([date(2030, 3, 4)] * 2, date(2030, 3, 4))
    assert b"2025-03-04" not in everything(laptop.folder)


def test_without_a_rule_there_is_no_last_day(study, tmp_path):
    assert last_days(Laptop(hand_out(study, tmp_path), tmp_path / "laptop")) == ([None], None)


def test_recordings_she_has_already_keep_no_day_of_ours(study, tmp_path):
    study.sign_in("S1")
    study.do(set_retention, Retention(until=date(2030, 1, 1)))
    laptop = Laptop(hand_out(study, tmp_path, with_recordings=False), tmp_path / "laptop")
    assert last_days(laptop) == ([None], None)
