"""Examples in a package: those that its coder may hear at home, from sessions and of people unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mio_fidelity.coding.exemplars import shown_to
from mio_fidelity.coding.package_rows import Rows, Sound, keys_of, placeholder, recordings_of
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import EvidenceMark, Exemplar, Rating, TreatmentSession, new_id

_CODE_LETTERS = 12
# Id and digest of an edition of an instrument.
Edition = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a recording that is an example.

    Attributes:
        shows: Of what: dimension, point and note of each.
    """

    scale: str
    at_ms: int
    note: str
    shows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """A session that examples are from.

    Attributes:
        sounds: Its recordings.
        marks: What is shown in it, by the edition that it was marked with.
    """

    sounds: tuple[Sound, ...]
    marks: dict[Edition, list[Mark]]


def examples_for(
    db: Db, person_id: str, sounds_of: Callable[[TreatmentSession], tuple[Sound, ...]]
) -> tuple[Example, ...]:
    """What a person may hear now, each session once; one whose recording is not there is left out.

    Args:
        db: The study.
        person_id: Who.
        sounds_of: The recordings of a session, as they go along.
    """
    sessions: dict[str, TreatmentSession] = {}
    marks: dict[str, tuple[str, Edition, Mark]] = {}
    for exemplar, mark, rating in db.execute(shown_to(person_id).order_by(Exemplar.id)).all():
        sessions[rating.session_id] = rating.session
        edition = rating.instrument_id, rating.instrument_sha256
        _, _, found = marks.setdefault(
            mark.id, (rating.session_id, edition, Mark(mark.scale, mark.at_ms, mark.note, []))
        )
        found.shows.append({"dimension": exemplar.dimension, "point": exemplar.point, "note": exemplar.note})
    examples = {key: Example(sounds_of(session), {}) for key, session in sessions.items()}
    for session_id, edition, found in marks.values():
        examples[session_id].marks.setdefault(edition, []).append(found)
    return tuple(each for each in examples.values() if all(sound.source.is_there() for sound in each.sounds))


def example_rows(example: Example, nobody_id: str, made_at: datetime, keep_until: date | None) -> Rows:
    """The rows of a session that nobody has rated and that has marks; its ratings are open still.

    Args:
        example: The session.
        nobody_id: The person whom they are said to be of.
        made_at: The moment of everything.
        keep_until: The last day for its recordings.
    """
    client, session = placeholder(new_id(), for_training=True)
    ratings, marks, shown = [], [], []
    for nth, ((instrument_id, sha256), found) in enumerate(example.marks.items(), start=1):
        rating = Rating(id=new_id(), blind_code=new_id()[:_CODE_LETTERS], session_id=session.id)
        rating.person_id, rating.instrument_id, rating.instrument_sha256 = nobody_id, instrument_id, sha256
        rating.role, rating.purpose, rating.occasion = Role.CODER, Purpose.PRODUCTION, nth
        rating.assigned_at = rating.begun_at = made_at
        ratings.append(rating)
        for each in found:
            mark = EvidenceMark(id=new_id(), rating_id=rating.id, scale=each.scale, at_ms=each.at_ms)
            mark.note, mark.marked_at = each.note, made_at
            marks.append(mark)
            shown += [
                Exemplar(mark_id=mark.id, person_id=nobody_id, added_at=made_at, **what)
                for what in each.shows
            ]
    recordings = recordings_of(example.sounds, session.id, made_at, keep_until)
    return [client], [session], ratings, recordings, [*keys_of(example.sounds), *marks], shown
