"""What of a coder's own work goes on while the server is away, and how it is told to the server later."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding import (
    decisions,
    desk,
    exemplars,
    outgoing,
    own_calibration,
    people,
    rate,
    recordings,
    returning,
    training,
)
from mio_fidelity.store import Db
from mio_fidelity.store.bridge import Bridged
from mio_fidelity.store.journal import Entry
from mio_fidelity.store.models import EvidenceMark, Rating, Score

_ANSWER, _ANSWERS = "answer", "answers"

VERBS = (
    rate.begin,
    rate.set_answer,
    rate.amend,
    rate.submit,
    rate.set_notes,
    rate.mark_evidence,
    rate.edit_mark,
    rate.remove_mark,
    rate.hear,
    rate.keep_place,
)
# Of these the ones about others, such as examples, are answered with nothing.
QUESTIONS = (
    desk.desk,
    desk.again,
    desk.queue,
    decisions.decisions_for,
    training.own_training,
    exemplars.exemplars,
    outgoing.handed_out,
    returning.is_package,
    own_calibration.coders_see_own,
    people.roster,
    people.study_facts,
    recordings.media_of,
    recordings.was_taken_away,
)


def bridged() -> Bridged:
    """All of it, for `ServerProject.begin_bridge`."""
    verbs = {verb.__name__: verb for verb in VERBS}
    return Bridged(verbs, frozenset(QUESTIONS), frozenset({"submit"}), plain, alive, stood)


def plain(value: Any) -> Any:
    """An argument of a verb as JSON can hold it."""
    if isinstance(value, Answer):
        return {_ANSWER: value.encode()}
    if isinstance(value, Mapping):
        return {_ANSWERS: {key: answer.encode() for key, answer in value.items()}}
    return value


def alive(value: Any) -> Any:
    """The argument that `plain` turned into ``value``."""
    if not isinstance(value, Mapping):
        return value
    if _ANSWER in value:
        return Answer.decode(value[_ANSWER])
    return {key: Answer.decode(word) for key, word in value[_ANSWERS].items()}


def stood(db: Db, verb: str, args: tuple[Any, ...]) -> Any:
    """What a verb is about to change, as a plain value; a question.

    Args:
        db: The study.
        verb: Its name.
        args: What it is called with, as it is.

    Returns:
        None for a verb that adds and changes nothing.
    """
    if verb == "set_answer":
        return _answer(db, *args[:3])
    if verb == "amend":
        scale = args[1]
        rows = db.scalars(select(Score).where(Score.rating_id == args[0], Score.scale == scale))
        return {row.dimension: row.answer.encode() for row in rows}
    if verb == "set_notes":
        return db.scalar(select(Rating.notes).where(Rating.id == args[0]))
    if verb in ("edit_mark", "remove_mark"):
        mark = db.get(EvidenceMark, args[0])
        return None if mark is None else [mark.note, mark.at_ms]
    return None


def said(entry: Entry) -> str:
    """What an entry wanted to store, for somebody who reads that it was not stored."""
    args = [alive(value) for value in entry.args]
    if entry.verb == "set_answer":
        return f"{args[1]}, {args[2]}: {args[3].encode()}"
    if entry.verb == "amend":
        changed = ", ".join(f"{key}: {answer.encode()}" for key, answer in args[2].items())
        return f"{args[1]}, {changed} ({args[3]})"
    words = [str(value) for value in (*args[1:], *entry.kwargs.values()) if value not in (None, "")]
    return f"{entry.verb}: {', '.join(words)}" if words else entry.verb


def _answer(db: Db, rating_id: str, scale: str, dimension: str) -> str:
    row = db.scalar(
        select(Score).where(Score.rating_id == rating_id, Score.scale == scale, Score.dimension == dimension)
    )
    return OPEN.encode() if row is None else row.answer.encode()
