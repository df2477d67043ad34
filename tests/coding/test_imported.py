"""Ratings given elsewhere become submitted ratings of the study, all or none."""

from dataclasses import replace
from datetime import date

import pytest

from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.answer import NOT_APPLICABLE, Answer, Reason, State, cannot_rate, rated
from mio_fidelity.coding import desk, imported, people, rate
from mio_fidelity.coding.imported import ImportedRating, session_label, session_parts, store_imported
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Purpose, Role
from tests.conftest import CLIENT, NUMBER, OpenStudy

SLOT, OTHER = ("warm_regard", "fidelity"), ("warm_regard", "competence")


def rating(session: str = "C1-3", coder: str = "R1", fidelity: int = 4, arm: str = "") -> ImportedRating:
    answers = {SLOT: rated(fidelity), OTHER: rated(5) if fidelity > 1 else NOT_APPLICABLE}
    return ImportedRating(session, coder, answers, arm)


@pytest.fixture
def lab(study: OpenStudy) -> OpenStudy:
    """The study with its supervisor at work."""
    study.sign_in("S1")
    return study


def store(lab: OpenStudy, *ratings: ImportedRating, purpose: Purpose = Purpose.RELIABILITY) -> int:
    return lab.do(store_imported, ratings, purpose)


def nothing_changed(lab: OpenStudy) -> bool:
    return lab.sql("SELECT count(*) FROM rating")[0][0] == 1 and not lab.sql(
        "SELECT 1 FROM audit WHERE verb = 'store_imported'"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("C017-3", ("C017", 3)),
        ("C017-03", ("C017", 3)),
        ("BH-03", ("BH-03", 1)),
        ("C017", ("C017", 1)),
        ("12", ("12", 1)),
        ("S-1-2", ("S-1", 2)),
        ("C1-0", ("C1-0", 1)),
    ],
)
def test_a_session_is_a_client_and_a_number(text: str, parts: tuple[str, int]) -> None:
    assert session_parts(text) == parts
    assert session_label(text) == f"{parts[0]}-{parts[1]}"
    assert session_parts(session_label(text)) == parts


@pytest.mark.parametrize("text", ["2024-03-01", "Anna", "a@b1", "555-123-4567"])
def test_a_session_that_could_identify_somebody_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="looks like"):
        session_parts(text)


def test_they_are_submitted_ratings_that_reliability_rests_on(lab: OpenStudy) -> None:
    given = [rating("C1-3", "R1", 4, "MIO"), rating("C1-3", "R9", 5, "MIO"), rating("C2-1", "R9", 1)]
    assert store(lab, *given) == 3
    table = lab.ask(score_table, ScoreFilter())
    assert [(row.label, row.arm) for row in table.sessions] == [("C1-3", "MIO"), ("C2-1", "")]
    assert table.coders == ("R1", "R9")
    assert table.values[0].tolist()[0] == [4, 5]
    assert table.values[0, 1, 1] == 1
    assert table.left_out == ()


def test_people_are_made_as_coders_and_sessions_without_recording(lab: OpenStudy) -> None:
    store(lab, rating(coder="R9"))
    roles = {member.code: member.role for member in lab.ask(people.roster)}
    assert roles["R9"] is Role.CODER
    lab.project.sign_in(next(member.id for member in lab.ask(people.roster) if member.code == "R9"))
    (row,) = lab.ask(desk.queue)
    assert row.submitted_at is not None
    assert row.duration_ms == 0
    opened = lab.ask(desk.desk, row.rating_id)
    assert opened.answers[SLOT] == rated(4)
    assert opened.notes == imported.MARK


def test_a_session_that_is_there_is_used_as_it_is(lab: OpenStudy) -> None:
    store(lab, rating(f"{CLIENT}-{NUMBER}"))
    assert lab.sql("SELECT count(*) FROM treatment_session")[0][0] == 1


def test_every_change_is_in_the_audit_trail_with_who_and_no_file_name(lab: OpenStudy) -> None:
    store(lab, rating(coder="R9"))
    lines = [line for line in lab.audit() if line.verb == "store_imported"]
    assert {"person", "client", "treatment_session", "rating", "score"} == {line.table_name for line in lines}
    assert {line.person_id for line in lines} == {lab.people["S1"]}


def test_gaps_stay_gaps_and_can_be_amended(lab: OpenStudy) -> None:
    store(lab, rating(coder="R1"))
    lab.sign_in("R1")
    row = next(row for row in lab.ask(desk.queue) if row.submitted_at)
    opened = lab.ask(desk.desk, row.rating_id)
    assert len(opened.open_slots) == len(opened.instrument.slots()) - 2
    scale = "child_mind"
    lab.do(rate.amend, row.rating_id, scale, {"fidelity": rated(3), "competence": rated(2)}, "was on paper")
    assert lab.ask(desk.desk, row.rating_id).answers[scale, "fidelity"] == rated(3)


def test_an_imported_rating_is_locked(lab: OpenStudy) -> None:
    store(lab, rating())
    lab.sign_in("R1")
    row = next(row for row in lab.ask(desk.queue) if row.submitted_at)
    with pytest.raises(UserError, match="This rating is submitted"):
        lab.do(rate.set_answer, row.rating_id, *SLOT, rated(7))


def test_only_a_supervisor_may(lab: OpenStudy) -> None:
    lab.sign_in("R1")
    with pytest.raises(UserError, match="Only a supervisor"):
        store(lab, rating())
    assert nothing_changed(lab)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (rating(coder="Margaret"), "looks like a name"),
        (rating(session="Margaret-2"), "looks like a name"),
        (rating("C8", arm="x" * 99), "not a label"),
        (rating(), "a rating by the same coder"),
        (ImportedRating("C7", "R1", {SLOT: rated(1), OTHER: rated(3)}), "a score for Competence"),
    ],
)
def test_one_bad_rating_keeps_all_out(lab: OpenStudy, bad: ImportedRating, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        store(lab, rating(), rating("C9", "R8"), bad)
    assert nothing_changed(lab)
    assert "R8" not in {member.code for member in lab.ask(people.roster)}


def test_the_same_ratings_come_in_once_for_a_purpose(lab: OpenStudy) -> None:
    store(lab, rating())
    with pytest.raises(UserError, match="Nothing was imported"):
        store(lab, rating())
    assert store(lab, rating(), purpose=Purpose.TRAINING) == 1
    assert lab.ask(imported.ground, Purpose.RELIABILITY).rated == {("C1-3", "R1")}


def test_points_the_instrument_lacks_are_a_bug(lab: OpenStudy) -> None:
    with pytest.raises(ValueError, match="8 is not a point"):
        store(lab, rating(fidelity=8))
    assert nothing_changed(lab)


@pytest.mark.parametrize("purpose", [Purpose.MASTER, Purpose.CONSENSUS])
def test_what_belongs_to_work_in_this_study_cannot_be_imported(lab: OpenStudy, purpose: Purpose) -> None:
    with pytest.raises(UserError, match="cannot be imported"):
        store(lab, rating(), purpose=purpose)


def test_nobody_gets_ratings_of_the_own_sessions_and_clinicians_none(lab: OpenStudy) -> None:
    lab.sql("UPDATE counselor SET person_id = :id", id=lab.people["R1"])
    with pytest.raises(UserError, match="the coder's own"):
        store(lab, rating(f"{CLIENT}-{NUMBER}", "R1"))
    lab.do(people.add_person, "K1", Role.CLINICIAN)
    with pytest.raises(UserError, match="role of K1"):
        store(lab, rating(coder="K1"))


def test_stopping_stores_nothing_and_progress_is_told(lab: OpenStudy) -> None:
    many = [rating(f"C{nth}", "R1") for nth in range(1, 250)]
    told: list[float] = []
    with pytest.raises(Cancelled):
        lab.do(store_imported, many, Purpose.RELIABILITY, told.append, lambda: bool(told))
    assert nothing_changed(lab)
    assert lab.do(store_imported, many, Purpose.RELIABILITY, told.append) == 249
    assert told[-1] == 1


def test_what_could_not_be_rated_elsewhere_says_so_here(lab: OpenStudy) -> None:
    answers: dict[tuple[str, str], Answer] = {SLOT: cannot_rate(Reason.OTHER), OTHER: rated(2)}
    store(lab, ImportedRating("C1", "R1", answers))
    states = dict(lab.sql("SELECT dimension, state FROM score WHERE state <> 'open'"))
    assert states == {"fidelity": State.CANNOT_RATE, "competence": State.RATED}


def test_the_day_of_a_rating_is_kept(lab: OpenStudy) -> None:
    store(lab, replace(rating(coder="R9"), rated_on=date(2025, 3, 31)), rating("C2-1", "R9"))
    lab.project.sign_in(next(member.id for member in lab.ask(people.roster) if member.code == "R9"))
    days = {row.submitted_at.astimezone().date() for row in lab.ask(desk.queue) if row.submitted_at}
    assert days == {date(2025, 3, 31), date.today()}
    assert lab.sql(
        "SELECT count(*) FROM rating WHERE assigned_at = submitted_at AND begun_at = submitted_at"
    ) == [(2,)]
