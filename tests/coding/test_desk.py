"""What a coder sees: her own work and nothing that tells who it is about."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest

from mio_fidelity.answer import OPEN, rated
from mio_fidelity.coding import assign, desk, overview, rate, recordings
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from mio_fidelity.store.models import new_id
from tests.conftest import SECRETS, OpenStudy, _answer_all

FORBIDDEN = ("arm", "site", "client", "counselor", "number", "purpose", "path", "location", "file", "role")
OTHERS: dict[str, Callable[[OpenStudy, str], object]] = {
    "desk": lambda study, mark: study.desk(),
    "recordings": lambda study, mark: study.ask(recordings.media_of, study.rating_id, study.folder),
    "begin": lambda study, mark: study.do(rate.begin, study.rating_id),
    "answer": lambda study, mark: study.set("warm_regard", "fidelity", rated(2)),
    "notes": lambda study, mark: study.do(rate.set_notes, study.rating_id, "mine"),
    "mark": lambda study, mark: study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1),
    "edit mark": lambda study, mark: study.do(rate.edit_mark, mark, note="mine"),
    "remove mark": lambda study, mark: study.do(rate.remove_mark, mark),
    "hear": lambda study, mark: study.do(rate.hear, study.rating_id, 0, 100, 1.0),
    "place": lambda study, mark: study.do(rate.keep_place, study.rating_id, 0, 1.0),
    "submit": lambda study, mark: study.do(rate.submit, study.rating_id),
    "amend": lambda study, mark: study.do(rate.amend, study.rating_id, "warm_regard", {}, "why"),
}


@pytest.mark.parametrize("attempt", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("who", ["R2", "S1"])
def test_nobody_reaches_the_rating_of_somebody_else(
    study: OpenStudy, attempt: Callable[[OpenStudy, str], object], who: str
) -> None:
    study.set("warm_regard", "fidelity", rated(5))
    mark = study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1000, "hers")
    before, lines = study.desk(), study.audit()
    study.sign_in(who)
    with pytest.raises(UserError, match="not one of your sessions"):
        attempt(study, mark)
    assert study.audit() == lines
    study.sign_in("R1")
    assert study.desk() == before


def test_a_rating_that_does_not_exist_is_nobodys(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="not one of your sessions"):
        study.ask(desk.desk, new_id())
    with pytest.raises(UserError, match="gone already"):
        study.do(rate.remove_mark, new_id())


def test_the_queue_is_ones_own(study: OpenStudy) -> None:
    hers = study.assign("R2")
    assert [row.rating_id for row in study.ask(desk.queue)] == [study.rating_id]
    study.sign_in("R2")
    assert [row.rating_id for row in study.ask(desk.queue)] == [hers]
    study.sign_in("S1")
    assert study.ask(desk.queue) == ()


@pytest.mark.parametrize("kind", [desk.Desk, desk.QueueRow, desk.Mark, desk.Amended])
def test_a_coders_view_has_no_field_that_could_unblind_her(kind: type) -> None:
    names = [field.name for field in fields(kind)]
    assert not [name for name in names if any(word in name.split("_") for word in FORBIDDEN)]


def test_no_word_of_a_coders_view_tells_whom_it_is_about(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(5))
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1000, "kind")
    study.do(rate.hear, study.rating_id, 0, 1000, 1.0)
    seen = study.desk()
    texts = [repr(seen), repr(study.ask(desk.queue)), repr(seen.tallies), repr(seen.open_slots)]
    (medium,) = study.ask(recordings.media_of, study.rating_id, study.folder)
    texts.append(repr(medium))
    texts.append(repr(study.ask(overview.overview)))
    for text in texts:
        shown = text.replace(seen.instrument.general, "")
        assert not [word for word in (*SECRETS, study.session_id, str(study.folder)) if word in shown]


def test_each_assignment_has_a_blind_code_of_its_own(study: OpenStudy) -> None:
    ids = [study.rating_id, study.assign("R2"), study.assign("R1"), study.assign("R1", Purpose.DRIFT)]
    codes = [study.sql("SELECT blind_code FROM rating WHERE id = :id", id=each)[0][0] for each in ids]
    assert len(set(codes)) == 4


def test_the_desk_shows_what_was_done(study: OpenStudy) -> None:
    study.set("warm_regard", "fidelity", rated(5))
    study.set("warm_regard", "competence", rated(5))
    study.set("warm_regard", "competence", OPEN)
    for at_ms in (900, 100):
        study.do(rate.mark_evidence, study.rating_id, "warm_regard", at_ms, f"at {at_ms}")
    study.do(rate.mark_evidence, study.rating_id, "child_mind", -50)
    seen = study.desk()
    assert [(mark.scale, mark.at_ms) for mark in seen.marks] == [
        ("child_mind", 0),
        ("warm_regard", 100),
        ("warm_regard", 900),
    ]
    assert seen.tallies == {"warm_regard": 2, "child_mind": 1}
    assert ("warm_regard", "fidelity") not in seen.open_slots
    assert ("warm_regard", "competence") in seen.open_slots
    assert len(seen.open_slots) == 19
    assert seen.duration_ms == 3000
    assert seen.person_code == "R1"
    assert seen.place == (1, 1)
    (row,) = study.ask(desk.queue)
    assert (row.answered, row.slots, row.duration_ms) == (1, 20, 3000)


STEPS: tuple[Callable[[str], tuple[Callable[..., object], tuple[Any, ...]]], ...] = (
    lambda own: (rate.set_answer, (own, "warm_regard", "competence", rated(5))),
    lambda own: (rate.set_answer, (own, "warm_regard", "fidelity", rated(1))),
    lambda own: (rate.mark_evidence, (own, "warm_regard", 900, "kind")),
    lambda own: (rate.hear, (own, 0, 1000, 1.0)),
    lambda own: (rate.keep_place, (own, 700, 1.5)),
    lambda own: (rate.set_notes, (own, "a good start")),
    lambda own: (rate.begin, (own,)),
    lambda own: (_answer_all, (own, 4)),
    lambda own: (rate.submit, (own, True)),
    lambda own: (rate.amend, (own, "warm_regard", {"fidelity": rated(6)}, "heard it again")),
)


def test_a_desk_asked_for_again_is_the_desk_whatever_was_changed(study: OpenStudy) -> None:
    known = study.desk()
    for step in STEPS:
        verb, args = step(study.rating_id)
        done = study.project.do(verb, *args)
        assert done.changed
        known = study.ask(desk.again, known, done.changed)
        assert known == study.desk()
        assert known.open_slots == study.desk().open_slots


@pytest.mark.parametrize("changed", [{"score"}, {"score", "rating"}, {"*"}])
def test_a_desk_is_not_asked_for_again_by_somebody_else(study: OpenStudy, changed: set[str]) -> None:
    hers = study.desk()
    study.sign_in("R2")
    with pytest.raises(UserError, match="not one of your sessions"):
        study.ask(desk.again, hers, changed)


def test_the_queue_begins_with_what_is_begun_then_what_is_due_and_ends_with_what_is_done(
    study: OpenStudy,
) -> None:
    def due(days: int) -> str:
        day = date(2026, 1, 1) + timedelta(days=days)
        ids = (study.session_id, study.people["R1"], study.instrument_id)
        return study.do_as_supervisor(assign.assign, *ids, Purpose.PRODUCTION, day)

    done = study.rating_id
    study.submit()
    late, soon, begun = due(9), due(2), due(20)
    whenever = study.assign("R1")
    study.do(rate.begin, begun)
    rows = study.ask(desk.queue)
    assert [row.rating_id for row in rows] == [begun, soon, late, whenever, done]
    assert [row.progress for row in rows] == ["begun", "assigned", "assigned", "assigned", "submitted"]
    places = [study.ask(desk.desk, row.rating_id).place for row in rows]
    assert places == [(1, 4), (2, 4), (3, 4), (4, 4), None]


def test_begun_is_when_it_was_first_begun(study: OpenStudy) -> None:
    study.do(rate.begin, study.rating_id)
    first = study.sql("SELECT begun_at FROM rating")
    study.do(rate.begin, study.rating_id)
    assert study.sql("SELECT begun_at FROM rating") == first


def test_a_mark_on_no_scale_is_a_bug(study: OpenStudy) -> None:
    with pytest.raises(KeyError):
        study.do(rate.mark_evidence, study.rating_id, "no_scale", 100)
    assert study.desk().marks == ()
