"""Assignments, and editions of an instrument side by side."""

from datetime import UTC, datetime

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import assign, people, recordings
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Counselor, InstrumentEdition
from tests.coding.instruments import made
from tests.conftest import OpenStudy

FIRST = made(("fidelity", [0, 1, 2], "", False), edition="1")
CHANGED = made(("fidelity", [0, 1, 2, 3], "", False), edition="1")
SECOND = made(("fidelity", [0, 1, 2, 3], "", False), edition="2")


def test_an_edition_in_use_never_changes_in_place(study: OpenStudy) -> None:
    first = study.use_instrument(FIRST)
    assert study.use_instrument(FIRST) == first
    with pytest.raises(UserError, match="Edition 1 of this instrument is in use with other content"):
        study.use_instrument(CHANGED)
    assert len(study.sql("SELECT id FROM instrument_edition")) == 2


def test_each_rating_keeps_its_edition_when_a_new_one_comes(study: OpenStudy) -> None:
    study.instrument_id = study.use_instrument(FIRST)
    old = study.assign("R1", Purpose.DRIFT)
    study.instrument_id = study.use_instrument(SECOND)
    new = study.assign("R1", Purpose.DRIFT)
    study.reopen()
    for rating_id, instrument, top in ((old, FIRST, 2), (new, SECOND, 3)):
        study.rating_id = rating_id
        assert study.desk().instrument == instrument
        ((stored,),) = study.sql("SELECT instrument_sha256 FROM rating WHERE id = :id", id=rating_id)
        assert stored == instrument.sha256
        study.set("warmth", "fidelity", rated(top))
        with pytest.raises(ValueError, match="not a point"):
            study.set("warmth", "fidelity", rated(top + 1))


def test_the_latest_edition_is_the_one_given_when_none_is_named(study: OpenStudy) -> None:
    latest = study.use_instrument(SECOND)
    rating_id = study.do_as_supervisor(
        assign.assign_latest, study.session_id, study.people["R2"], Purpose.TRAINING
    )
    assert study.sql("SELECT instrument_id FROM rating WHERE id = :id", id=rating_id) == [(latest,)]


def test_rating_again_is_another_occasion(study: OpenStudy) -> None:
    study.assign("R1")
    study.assign("R1", Purpose.DRIFT)
    study.assign("R2")
    rows = study.sql(
        "SELECT person.code, purpose, occasion FROM rating JOIN person ON person.id = person_id"
        " ORDER BY 1, 2, 3"
    )
    assert rows == [
        ("R1", "drift", 1),
        ("R1", "production", 1),
        ("R1", "production", 2),
        ("R2", "production", 1),
    ]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.CODER, {"training", "certification", "production", "reliability", "drift"}),
        (Role.SUPERVISOR, set(Purpose) - {Purpose.SELF, Purpose.CONSENSUS}),
        (Role.CLINICIAN, {"self"}),
    ],
)
def test_what_somebody_may_rate_follows_from_the_role(
    study: OpenStudy, role: Role, allowed: set[str]
) -> None:
    study.sign_in("S1")
    person_id = study.do(people.add_person, "X1", role)
    study.people["X1"] = person_id
    _own_session(study, person_id if role is Role.CLINICIAN else None)
    for purpose in Purpose:
        if purpose in allowed:
            study.assign("X1", purpose)
        else:
            with pytest.raises(UserError, match="role of X1 does not allow"):
                study.assign("X1", purpose)


def _own_session(study: OpenStudy, person_id: str | None) -> None:
    study.do(lambda db: setattr(db.query(Counselor).one(), "person_id", person_id))


def test_nobody_rates_the_own_session_except_as_a_self_rating(study: OpenStudy) -> None:
    _own_session(study, study.people["R2"])
    with pytest.raises(UserError, match="Nobody rates the own sessions"):
        study.assign("R2")
    study.assign("R1")


def test_a_session_without_a_recording_is_not_given_to_anybody(study: OpenStudy) -> None:
    study.sign_in("S1")
    study.session_id = study.do(recordings.add_session, SessionFacts("C2", 1), [], study.folder)
    with pytest.raises(UserError, match="no recording yet"):
        study.assign("R1")


def test_a_blind_code_that_is_taken_is_not_given_again(
    study: OpenStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((taken,),) = study.sql("SELECT blind_code FROM rating")
    codes = iter([taken, taken, "S-22222"])
    monkeypatch.setattr(assign, "new_blind_code", lambda: next(codes))
    rating_id = study.assign("R2")
    assert study.sql("SELECT blind_code FROM rating WHERE id = :id", id=rating_id) == [("S-22222",)]


def test_a_clock_that_was_set_back_does_not_bring_an_old_edition_back(study: OpenStudy) -> None:
    def with_a_wrong_clock(db: Db) -> None:
        newest = InstrumentEdition(key=SECOND.key, title=SECOND.title, edition=SECOND.edition)
        newest.sha256, newest.files = SECOND.sha256, dict(SECOND.files)
        newest.added_at = datetime(2000, 1, 1, tzinfo=UTC)
        db.add(newest)

    study.do(with_a_wrong_clock)
    assert study.ask(latest_edition).sha256 == SECOND.sha256
