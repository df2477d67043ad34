"""What a coder may know of a session: no more than its code, its length, and how far she is with it.

What the window makes of it is looked at in tests/gui/test_blindness.py.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.coding import recordings
from mio_fidelity.coding.desk import Desk, Progress, QueueRow, desk, queue
from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose
from tests.conftest import Made
from tests.flows import canaries
from tests.flows.canaries import CANARIES, ME, CanaryStudy, readable

# Modules that only supervisors may use, whatever is called.
SUPERVISORS = (
    "consensus",
    "consensus_lists",
    "counselor_criterion",
    "discuss",
    "intake",
    "manifest",
    "master_codes",
    "masters",
    "meeting_lists",
    "meetings",
    "people_lists",
    "planned",
    "ready",
    "recalibration",
    "self_ratings",
    "staff",
    "study_lists",
    "two_ratings",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, dict[str, str]]:
    return canaries.build(tmp_path_factory.mktemp("canaries"))


@pytest.fixture
def made(tmp_path: Path, built: tuple[Made, dict[str, str]]) -> Iterator[CanaryStudy]:
    copied = canaries.copy(built, tmp_path)
    yield copied
    copied.study.project.close()


def bare_row(row: QueueRow) -> QueueRow:
    """Without what differs between any two sessions."""
    return replace(row, rating_id="", blind_code="S-" + "X" * (len(row.blind_code) - 2), duration_ms=0)


def bare_desk(one: Desk) -> Desk:
    return replace(one, rating_id="", blind_code="", part_ms=(), place=None)


def to_do(made: CanaryStudy) -> list[QueueRow]:
    return [row for row in made.study.ask(queue) if row.progress is Progress.ASSIGNED]


def test_a_line_of_the_list_has_no_more_than_these_fields():
    assert [field.name for field in fields(QueueRow)] == [
        "rating_id",
        "blind_code",
        "duration_ms",
        "kind",
        "progress",
        "answered",
        "slots",
        "due_on",
        "submitted_at",
    ]


def test_a_rating_as_its_coder_sees_it_has_no_more_than_these_fields():
    assert [field.name for field in fields(Desk)] == [
        "rating_id",
        "blind_code",
        "person_code",
        "instrument",
        "answers",
        "marks",
        "notes",
        "heard",
        "part_ms",
        "kind",
        "position_ms",
        "speed",
        "submitted_at",
        "amendments",
        "coverage_share",
        "place",
    ]


def test_all_kinds_of_assignments_look_the_same_in_the_list(made):
    rows = to_do(made)
    assert {row.rating_id for row in rows} == set(made.ratings.values())
    assert len({bare_row(row) for row in rows}) == 1


def test_all_kinds_of_assignments_look_the_same_when_they_are_opened(made):
    first, *others = (bare_desk(made.study.ask(desk, rating_id)) for rating_id in made.ratings.values())
    assert others == [first] * len(others)


def test_a_second_rating_of_a_session_shows_nothing_of_the_first(made):
    for kind in ("production again", "double again"):
        again = made.study.ask(desk, made.ratings[kind])
        assert (again.answers, again.marks, again.notes, again.heard) == ({}, (), "", ())
        assert again.position_ms == 0


def test_nothing_that_is_asked_for_a_coder_says_whose_session_it_is_or_why(made):
    rows = made.study.ask(queue)
    known = [repr(rows), *(repr(made.study.ask(desk, row.rating_id)) for row in rows)]
    folder = made.study.folder
    known += [repr(made.study.ask(recordings.media_of, row.rating_id, folder)) for row in rows]
    told = readable("\n".join(known).lower())
    assert [word for word in CANARIES if word.lower() in told] == []


def test_the_list_and_its_order_do_not_depend_on_what_a_rating_is_for(made):
    before = made.study.ask(queue), [made.study.ask(desk, each) for each in made.ratings.values()]
    # Occasions of their own, for two ratings of a session may now have the same purpose.
    for at, rating_id in enumerate(made.ratings.values()):
        purpose = list(Purpose)[(at + 3) % 5]
        made.study.sql(
            "UPDATE rating SET purpose = :purpose, occasion = :nth, plan_id = NULL WHERE id = :id",
            purpose=purpose,
            nth=10 + at,
            id=rating_id,
        )
    assert (made.study.ask(queue), [made.study.ask(desk, each) for each in made.ratings.values()]) == before


def test_the_list_does_not_depend_on_whose_sessions_they_are(made):
    before = made.study.ask(queue), [made.study.ask(desk, each) for each in made.ratings.values()]
    made.study.sql("UPDATE treatment_session SET arm = 'other', counselor_id = NULL, number = number + 100")
    made.study.sql("UPDATE client SET code = 'C' || substr(id, 1, 6), site_id = NULL")
    assert (made.study.ask(queue), [made.study.ask(desk, each) for each in made.ratings.values()]) == before


def test_a_coder_opens_nobody_elses_ratings(made):
    mine = {row.rating_id for row in made.study.ask(queue)}
    others = [row[0] for row in made.study.sql("SELECT id FROM rating") if row[0] not in mine]
    assert len(others) == 3, "two of the peer, one consensus"
    for rating_id in others:
        with pytest.raises(UserError, match="not one of your sessions"):
            made.study.ask(desk, rating_id)
        with pytest.raises(UserError, match="not one of your sessions"):
            made.study.ask(recordings.media_of, rating_id, made.study.folder)


def for_supervisors() -> Iterator[Any]:
    """Every public verb and question of the supervisors' modules."""
    for name in SUPERVISORS:
        module = importlib.import_module(f"mio_fidelity.coding.{name}")
        for word, function in vars(module).items():
            if word.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ == module.__name__ and "db" in inspect.signature(function).parameters:
                yield pytest.param(function, id=f"{name}.{word}")


def anything(function: Callable[..., object]) -> list[object]:
    """Something for each argument that has to be given; who may not ask is refused before it is looked at."""
    wanted = list(inspect.signature(function).parameters.values())[1:]
    needed = (each for each in wanted if each.default is each.empty)
    return [date(2031, 3, 3) if each.annotation is date else "" for each in needed]


@pytest.mark.parametrize("function", list(for_supervisors()))
def test_what_only_supervisors_may_see_or_do_refuses_a_coder(made, function):
    made.study.sign_in(ME)
    with pytest.raises(UserError, match="supervisor"):
        made.study.do(function, *anything(function))
