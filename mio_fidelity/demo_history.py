"""The past of the demo study: simulated ratings, marked as such."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from mio_fidelity import paths
from mio_fidelity.answer import NOT_APPLICABLE, OPEN, rated
from mio_fidelity.coding import people, self_ratings
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import InstrumentEdition, Person, Rating, Score, new_blind_code

# Stands in the notes of every such rating, so that nobody takes it for a coder's work.
MARK = "Simulated for the demo: nobody rated this session, and there is no recording of it."
_ASSIGNED_BEFORE, _BEGUN_BEFORE = timedelta(days=14), timedelta(minutes=70)

Line = Mapping[str, str]


def read_history(name: str = "history") -> tuple[Line, ...]:
    """The lines of ``history.csv`` or ``courses.csv`` in ``resources/demo``, one a rating."""
    with (paths.resources() / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def add_courses(db: Db, instrument_id: str, lines: Sequence[Line]) -> None:
    """Add clients seen through all their sessions, and the self-ratings of their counselors.

    Args:
        db: The study, in which the coders work already.
        instrument_id: The edition they are said to be rated with.
        lines: As `read_history` gives them, of the courses.
    """
    for line in lines:
        if line["purpose"] == Purpose.SELF:
            self_ratings.rater(db, people.counselor(db, line["coder"], people.site(db, line["site"])))
    add_history(db, instrument_id, lines)


def add_history(db: Db, instrument_id: str, lines: Sequence[Line]) -> None:
    """Add finished ratings of the past, and their sessions, which have no recording.

    Args:
        db: The study, in which the coders work already.
        instrument_id: The edition they are said to be rated with.
        lines: As `read_history` gives them.
    """
    edition = db.get_one(InstrumentEdition, instrument_id)
    instrument = instrument_of(edition)
    coders = {person.code: person for person in db.scalars(select(Person))}
    used = set(db.scalars(select(Rating.blind_code)))
    sessions: dict[tuple[str, str], str] = {}
    ratings = []
    for line in lines:
        key = line["client"], line["session"]
        if key not in sessions:
            sessions[key] = add_session(db, _facts(line), (), paths.resources())
        rating = _rating(line, sessions[key], coders[line["coder"]], edition)
        while (code := new_blind_code()) in used:
            pass
        used.add(code)
        rating.blind_code = code
        rating.scores = _scores(line, instrument)
        ratings.append(rating)
    db.add_all(ratings)
    # Nothing can be added to a submitted rating, so the scores go first.
    db.flush()
    for rating, line in zip(ratings, lines, strict=True):
        rating.submitted_at = datetime.fromisoformat(line["submitted_at"])


def _facts(line: Line) -> SessionFacts:
    return SessionFacts(
        line["client"],
        int(line["session"]),
        line["arm"],
        line["counselor"],
        line["site"],
        date.fromisoformat(line["held_on"]),
    )


def _rating(line: Line, session_id: str, coder: Person, edition: InstrumentEdition) -> Rating:
    submitted = datetime.fromisoformat(line["submitted_at"])
    return Rating(
        session_id=session_id,
        person_id=coder.id,
        instrument_id=edition.id,
        instrument_sha256=edition.sha256,
        role=coder.role,
        purpose=Purpose(line.get("purpose", Purpose.RELIABILITY)),
        assigned_at=submitted - _ASSIGNED_BEFORE,
        begun_at=submitted - _BEGUN_BEFORE,
        notes=MARK,
    )


def _scores(line: Line, instrument: Instrument) -> list[Score]:
    found = []
    for scale, dimension in instrument.slots():
        given = {key: line[f"{scale}.{key}"] for key in instrument.scale(scale).dimensions}
        values = {key: int(text) if text else None for key, text in given.items()}
        score = Score(
            scale=scale, dimension=dimension, scored_at=datetime.fromisoformat(line["submitted_at"])
        )
        value = values[dimension]
        if instrument.ruled_out(dimension, values):
            score.answer, score.shelved = NOT_APPLICABLE, OPEN.encode()
        elif value is not None:
            score.answer = rated(value)
        else:
            raise ValueError(f"{scale}, {dimension} has no score")
        found.append(score)
    return found
