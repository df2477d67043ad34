"""Returned work that does not fit what stands here: both sides, and what a supervisor chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from mio_fidelity.answer import Answer
from mio_fidelity.coding.applying import amend_to, answer_of, put, with_new_ids
from mio_fidelity.coding.assign import fresh_codes
from mio_fidelity.coding.editions import form_of
from mio_fidelity.coding.merging import Why
from mio_fidelity.coding.package_content import Content, contents_of, moment
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import Client, Conflict, Person, Rating, now


class Choice(StrEnum):
    """What becomes of a conflict. What is not taken stays on record in it."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Side:
    """One side: what it answers, and how far it is.

    Attributes:
        answers: (scale, dimension) to answer; a slot that is not there is open.
        marks: How many pieces of evidence.
    """

    answers: Mapping[tuple[str, str], Answer]
    begun_at: datetime | None
    submitted_at: datetime | None
    notes: str
    marks: int


@dataclass(frozen=True)
class Open:
    """A conflict that waits for a person.

    Attributes:
        session: Label of the session.
        others: Codes of those who have the session instead, and whether they have begun.
        choices: What can be chosen.
    """

    id: str
    session: str
    person_code: str
    why: Why
    instrument: Instrument
    ours: Side
    theirs: Side
    others: tuple[tuple[str, bool], ...]
    choices: tuple[Choice, ...]


def waiting(db: Db) -> tuple[Open, ...]:
    """The conflicts nobody has settled.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    rows = db.execute(
        select(Conflict, Rating)
        .join(Rating, Rating.id == Conflict.rating_id)
        .where(Conflict.settled_at.is_(None))
        .order_by(Rating.blind_code, Conflict.id)
    ).all()
    contents = contents_of(db, {rating.id for _, rating in rows})
    return tuple(_open(db, conflict, rating, contents[rating.id]) for conflict, rating in rows)


def settle(db: Db, conflict_id: str, choice: Choice) -> None:
    """Choose a side, or let both stand.

    Theirs, for an open rating: it becomes what came back, and one that was taken back is given again. For a
    submitted one the answers are amended. Both: what came back becomes a further occasion of its own.

    Raises:
        UserError: the conflict is settled already, the choice does not fit it, or the person signed in is no
            supervisor.
    """
    only_supervisors(db)
    conflict = db.get_one(Conflict, conflict_id)
    if conflict.settled_at is not None:
        raise UserError("This conflict is settled already. Look at the list again.")
    rating = db.get_one(Rating, conflict.rating_id)
    ours, theirs = contents_of(db, [rating.id])[rating.id], conflict.theirs["content"]
    if choice not in _choices(ours, theirs):
        raise UserError("The rating has changed meanwhile, and this can no longer be chosen. Look again.")
    # What stood here when it was chosen, should more have happened since it was merged.
    conflict.ours = {**conflict.ours, "content": ours}
    if choice is Choice.THEIRS:
        _take(db, rating, ours, theirs)
    elif choice is Choice.BOTH:
        _take_beside(db, rating, theirs)
    conflict.settled_at, conflict.by_id, conflict.choice = now(), actor(db), choice


def _open(db: Db, conflict: Conflict, rating: Rating, ours: Content) -> Open:
    client = db.get_one(Client, rating.session.client_id)
    theirs = conflict.theirs["content"]
    return Open(
        conflict.id,
        f"{client.code}-{rating.session.number}",
        rating.person.code,
        Why(conflict.ours["why"]),
        form_of(rating),
        _side(ours),
        _side(theirs),
        _others(db, rating),
        _choices(ours, theirs),
    )


def _side(content: Content) -> Side:
    return Side(
        {(row["scale"], row["dimension"]): answer_of(row) for row in content["scores"]},
        moment(content["begun_at"]),
        moment(content["submitted_at"]),
        content["notes"],
        len(content["marks"]),
    )


def _others(db: Db, rating: Rating) -> tuple[tuple[str, bool], ...]:
    if rating.withdrawn_at is None:
        return ()
    rows = db.execute(
        select(Person.code, Rating.begun_at)
        .join(Rating, Rating.person_id == Person.id)
        .where(
            Rating.session_id == rating.session_id,
            Rating.purpose == rating.purpose,
            Rating.withdrawn_at.is_(None),
            Rating.assigned_at >= rating.withdrawn_at,
        )
        .order_by(Person.code)
    )
    return tuple((code, begun is not None) for code, begun in rows)


def _choices(ours: Content, theirs: Content) -> tuple[Choice, ...]:
    if ours["submitted_at"] is None:
        return Choice.OURS, Choice.THEIRS
    if theirs["submitted_at"] is None:
        # A submitted rating does not become an open one.
        return (Choice.OURS,)
    return Choice.OURS, Choice.THEIRS, Choice.BOTH


def _take(db: Db, rating: Rating, ours: Content, theirs: Content) -> None:
    if rating.withdrawn_at is not None:
        rating.withdrawn_at = None
        rating.occasion = _next_occasion(db, rating)
        db.flush()
    if ours["submitted_at"] is not None:
        amend_to(db, rating.id, theirs, "Returned work was taken instead.")
        return
    heard = {row["id"] for row in theirs["stretches"]}
    more = [row for row in ours["stretches"] if row["id"] not in heard]
    put(db, {rating.id: theirs | {"stretches": [*theirs["stretches"], *more]}})


def _take_beside(db: Db, rating: Rating, theirs: Content) -> None:
    beside = Rating(
        blind_code=next(fresh_codes(db)),
        session_id=rating.session_id,
        person_id=rating.person_id,
        instrument_id=rating.instrument_id,
        instrument_sha256=rating.instrument_sha256,
        role=rating.role,
        purpose=rating.purpose,
        occasion=_next_occasion(db, rating),
        due_on=rating.due_on,
        assigned_at=rating.assigned_at,
    )
    db.add(beside)
    db.flush()
    put(db, {beside.id: with_new_ids(theirs)})


def _next_occasion(db: Db, rating: Rating) -> int:
    last = db.scalar(
        select(func.max(Rating.occasion)).where(
            Rating.session_id == rating.session_id,
            Rating.person_id == rating.person_id,
            Rating.purpose == rating.purpose,
        )
    )
    return max(last or 0, 0) + 1
