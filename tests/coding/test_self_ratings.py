"""Counselors rate their own sessions: asked for, seen in other words, imported, and counted nowhere else."""

from datetime import date

import pytest

from mio_fidelity.answer import NOT_APPLICABLE, rated
from mio_fidelity.coding import desk, imported, overview, people, rate, self_ratings
from mio_fidelity.coding.imported import ImportedRating
from mio_fidelity.coding.listings import listing
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import parse_instrument, shipped_instrument
from mio_fidelity.store import Purpose, Role
from tests.conftest import CLIENT, COUNSELOR, NUMBER, OpenStudy

LABEL = f"{CLIENT}-{NUMBER}"
SLOT = "warm_regard", "fidelity"


@pytest.fixture
def asked(study: OpenStudy) -> OpenStudy:
    """The counselor of the session was asked to rate it and has signed in."""
    study.sign_in("S1")
    assert study.do(self_ratings.ask_for, COUNSELOR, [study.session_id]) == 1
    study.people[COUNSELOR] = next(
        member.id for member in study.ask(people.roster) if member.role is Role.CLINICIAN
    )
    study.sign_in(COUNSELOR)
    study.rating_id = study.ask(desk.queue)[0].rating_id
    return study


def test_who_is_asked_signs_in_under_the_counselors_own_code_and_sees_the_own_session_alone(asked):
    assert study_codes(asked) == {"R1", "R2", "S1", COUNSELOR}
    (row,) = asked.ask(desk.queue)
    assert (row.blind_code, row.slots) == (LABEL, 20)
    assert asked.desk().blind_code == LABEL
    assert asked.desk().place == (1, 1)


def study_codes(study: OpenStudy) -> set[str]:
    return {member.code for member in study.ask(people.roster)}


def test_the_form_speaks_to_the_counselor_and_stays_the_same_object(asked):
    form = asked.desk().instrument
    assert form == shipped_instrument().for_self()
    assert form is asked.desk().instrument
    assert form.anchor(*SLOT, 1).startswith("You were distant")
    asked.sign_in("R1")
    asked.rating_id = asked.ask(desk.queue)[0].rating_id
    assert asked.desk().instrument.anchor(*SLOT, 1).startswith("The counselor is distant")


def test_nothing_has_to_be_heard_again(asked):
    assert asked.desk().coverage_share == 0
    asked.do(rate.begin, asked.rating_id)
    asked.answer_all(5)
    asked.do(rate.submit, asked.rating_id)
    assert asked.desk().submitted_at is not None


def test_a_session_without_a_recording_can_be_rated_by_who_held_it(asked):
    asked.sign_in("S1")
    session_id = asked.do(add_session, SessionFacts(CLIENT, 2, counselor=COUNSELOR), (), asked.folder)
    assert asked.do(self_ratings.ask_for, COUNSELOR, [asked.session_id, session_id]) == 1
    asked.sign_in(COUNSELOR)
    assert {row.blind_code for row in asked.ask(desk.queue)} == {LABEL, f"{CLIENT}-2"}


def test_the_list_is_in_the_order_of_the_sessions(asked):
    asked.sign_in("S1")
    ids = [
        asked.do(add_session, SessionFacts(CLIENT, number, counselor=COUNSELOR), (), asked.folder)
        for number in (10, 9, 2)
    ]
    asked.do(self_ratings.ask_for, COUNSELOR, ids)
    asked.sign_in(COUNSELOR)
    rows = asked.ask(desk.queue)
    assert [row.blind_code for row in rows] == [f"{CLIENT}-{number}" for number in (2, 9, 10, NUMBER)]
    assert [asked.ask(desk.desk, row.rating_id).place for row in rows] == [(nth, 4) for nth in (1, 2, 3, 4)]


def test_a_session_is_rated_with_the_edition_its_coders_used(study):
    study.submit()
    study.sign_in("S1")
    other = shipped_instrument().files
    files = {**other, "practice.toml": other["practice.toml"].replace('edition = "1.1"', 'edition = "9"')}
    study.use_instrument(parse_instrument(files))
    study.do(self_ratings.ask_for, COUNSELOR, [study.session_id])
    found = study.sql("SELECT instrument_id FROM rating WHERE purpose = 'self'")
    assert [row[0] for row in found] == [study.instrument_id]


def test_a_session_of_somebody_else_is_refused(study):
    study.sign_in("S1")
    other = study.do(add_session, SessionFacts("C5", 1, counselor="K5"), (), study.folder)
    nobody = study.do(add_session, SessionFacts("C6", 1), (), study.folder)
    for session_id in (other, nobody):
        with pytest.raises(UserError, match="own sessions only"):
            study.do(self_ratings.ask_for, COUNSELOR, [session_id])
    with pytest.raises(UserError, match="No counselor of the study is called K77"):
        study.do(self_ratings.ask_for, "K77", [other])


def test_a_coder_of_the_counselors_code_is_not_taken_for_the_counselor(study):
    study.sign_in("S1")
    study.do(people.add_person, "K5", Role.CODER)
    session_id = study.do(add_session, SessionFacts("C5", 1, counselor="K5"), (), study.folder)
    with pytest.raises(UserError, match="Somebody who codes in this study is called K5"):
        study.do(self_ratings.ask_for, "K5", [session_id])


def test_a_clinician_with_the_code_is_the_counselor(study):
    study.sign_in("S1")
    person_id = study.do(people.add_person, COUNSELOR, Role.CLINICIAN)
    study.do(self_ratings.ask_for, COUNSELOR, [study.session_id])
    assert study.sql("SELECT person_id FROM counselor") == [(person_id,)]


def test_the_list_of_own_sessions_says_how_far_each_is(asked):
    asked.sign_in("S1")
    (row,) = asked.ask(self_ratings.own_sessions, COUNSELOR)
    assert (row.client, row.number, row.coded, row.submitted_at) == (CLIENT, NUMBER, False, None)
    assert row.asked_at is not None


def tables(study: OpenStudy) -> dict[str, object]:
    keys = ("sessions", "workload", "calendar", "counselors", "clients", "sites", "consensus")
    found = {key: study.ask(listing, key, date.today()).rows for key in keys}
    return {**found, "overview": [row for row in study.ask(overview.overview) if row[0] != "people"]}


def test_no_count_of_progress_takes_a_self_rating_for_a_coders(asked):
    asked.sign_in("S1")
    before = tables(asked)
    asked.sign_in(COUNSELOR)
    asked.submit(7)
    asked.sign_in("S1")
    assert tables(asked) == before
    assert before["workload"] == [
        ("R1", "works here", 1, 0, 0, 0, 3000, 0, 0, None, None),
        *before["workload"][1:],
    ]


def one(coder: str, session: str = LABEL, value: int = 6, day: date | None = None) -> ImportedRating:
    slots = shipped_instrument().slots()
    return ImportedRating(session, coder, dict.fromkeys(slots, rated(value)), rated_on=day)


def test_self_ratings_come_in_from_a_table_by_the_counselors_code(study):
    study.sign_in("S1")
    assert study.do(imported.store_imported, [one(COUNSELOR)], Purpose.SELF) == 1
    rows = study.sql(
        "SELECT p.code, p.role, r.role, r.purpose FROM rating r JOIN person p ON p.id = r.person_id"
    )
    assert (COUNSELOR, "clinician", "clinician", "self") in rows


def test_a_table_may_name_the_person_and_nothing_comes_in_twice(study):
    study.sign_in("S1")
    person_id = study.do(people.add_person, "P7", Role.CLINICIAN)
    study.sql("UPDATE counselor SET person_id = :id", id=person_id)
    study.do(imported.store_imported, [one("P7")], Purpose.SELF)
    for code in ("P7", COUNSELOR):
        with pytest.raises(UserError, match="already"):
            study.do(imported.store_imported, [one(code)], Purpose.SELF)


def test_a_counselor_who_codes_here_gives_no_self_ratings_that_would_bear_a_coders_role(study):
    study.sign_in("S1")
    study.sql("UPDATE counselor SET person_id = :id", id=study.people["R2"])
    with pytest.raises(UserError, match="R2 codes for this study"):
        study.do(self_ratings.ask_for, COUNSELOR, [study.session_id])
    with pytest.raises(UserError, match="R2 codes for this study"):
        study.do(imported.store_imported, [one("R2")], Purpose.SELF)
    assert study.sql("SELECT COUNT(*) FROM rating WHERE purpose = 'self'") == [(0,)]


def test_a_table_of_self_ratings_by_others_is_refused_whole(study):
    study.sign_in("S1")
    for rating, match in (
        (one("R1"), "R1 is no counselor of this study"),
        (one(COUNSELOR, "C9-1"), "held by somebody else or have no counselor"),
    ):
        with pytest.raises(UserError, match=match):
            study.do(imported.store_imported, [one(COUNSELOR), rating], Purpose.SELF)
    assert study.sql("SELECT COUNT(*) FROM rating WHERE purpose = 'self'") == [(0,)]
    assert study.sql("SELECT COUNT(*) FROM person WHERE role = 'clinician'") == [(0,)]


def test_the_rules_of_the_instrument_hold_for_counselors_too(asked):
    asked.set(*SLOT, rated(1))
    assert asked.answer("warm_regard", "competence") == NOT_APPLICABLE


def test_coders_are_neither_asked_nor_may_they_ask(study):
    for question in (self_ratings.own_sessions, self_ratings.ask_for):
        with pytest.raises(UserError, match="supervisor"):
            study.do(question, COUNSELOR, *([[]] if question is self_ratings.ask_for else []))
    study.sign_in("S1")
    with pytest.raises(UserError, match="does not allow"):
        study.assign("R1", Purpose.SELF)
