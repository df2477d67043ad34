"""What a coder does to her own rating. Every call is on the disk when it returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Answer, State
from mio_fidelity.coding.coverage import share_heard
from mio_fidelity.coding.editions import instrument_for
from mio_fidelity.coding.own_session import asked_share
from mio_fidelity.coding.people import works_on
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import Amendment, EvidenceMark, Place, Rating, Score, Stretch, Study, now

# Stretches closer than this are one, so that an hour of listening is a handful of rows.
_SAME_STRETCH_MS = 250


@dataclass(frozen=True, slots=True)
class Change:
    """What an answer was and what it became."""

    scale: str
    dimension: str
    before: Answer
    after: Answer


def begin(db: Db, rating_id: str) -> None:
    """Note that the coder has started."""
    rating = _own(db, rating_id)
    if rating.begun_at is None:
        rating.begun_at = now()


def set_answer(db: Db, rating_id: str, scale: str, dimension: str, answer: Answer) -> Change:
    """Store an answer. Dimensions that it makes not applicable become so; when it lifts that, they come back.

    Returns:
        What the answer was before, so that it can be taken back.

    Raises:
        UserError: the rating is submitted or somebody else's, or a rule made the dimension not applicable.
        ValueError: the answer is none this instrument has.
    """
    rating = _own_open(db, rating_id)
    instrument = instrument_for(rating)
    rows = {row.dimension: row for row in db.scalars(_of_scale(), {"rating": rating_id, "scale": scale})}
    before = rows[dimension].answer if dimension in rows else OPEN
    _check(instrument, scale, dimension, answer, _values(rows))
    _row(db, rating, rows, scale, dimension).answer = answer
    _apply_rules(db, rating, instrument, scale, rows)
    return Change(scale, dimension, before, answer)


def amend(db: Db, rating_id: str, scale: str, answers: Mapping[str, Answer], why: str) -> None:
    """Change a scale of a submitted rating; what stood there stays on record, with the reason.

    Args:
        db: The study.
        rating_id: Which rating.
        scale: Which scale.
        answers: The new answer of each dimension that changes.
        why: The reason.

    Raises:
        UserError: no reason is given, the rating is not submitted yet or somebody else's, or the answers do
            not fit the rules of the instrument.
        ValueError: as in `set_answer`.
    """
    rating = _own(db, rating_id)
    if rating.submitted_at is None:
        raise UserError("This rating is not submitted yet, so it needs no amendment: simply rate again.")
    if not why.strip():
        raise UserError("Say why the rating is amended; the reason is kept beside the old score.")
    rows = {row.dimension: row for row in rating.scores if row.scale == scale}
    instrument = instrument_for(rating)
    wanted = _amended(instrument, scale, rows, answers)
    values = {dimension: answer.value for dimension, answer in wanted.items()}
    at = after_all(db, rating_id)
    for dimension, new in wanted.items():
        row = rows[dimension]
        if row.answer == new:
            continue
        old = row.answer.encode()
        record = Amendment(rating_id=rating_id, person_id=actor(db), scale=scale, dimension=dimension)
        record.old, record.new, record.why, record.amended_at = old, new.encode(), why.strip(), at
        db.add(record)
        # The amendment goes first: the database lets a locked score change only to what an amendment says.
        db.flush()
        row.shelved = old if instrument.ruled_out(dimension, values) else None
        row.answer = new
        db.flush()


def after_all(db: Db, rating_id: str) -> datetime:
    """A moment after all amendments of a rating: now, unless the clock was set back since."""
    last = db.scalar(select(func.max(Amendment.amended_at)).where(Amendment.rating_id == rating_id))
    return max(now(), last + timedelta(microseconds=1)) if last else now()


def submit(db: Db, rating_id: str, little_heard: bool = False) -> None:
    """Close the rating for good.

    Args:
        db: The study.
        rating_id: Which rating.
        little_heard: The coder knows that less was heard than the study asks for.

    Raises:
        UserError: something is not answered yet, or too little was heard and ``little_heard`` is not set.
        ValueError: it is a consensus.
    """
    rating = _own_open(db, rating_id)
    if rating.purpose == Purpose.CONSENSUS:
        raise ValueError("a consensus is submitted with its reasons")
    instrument = instrument_for(rating)
    answered = {(row.scale, row.dimension) for row in rating.scores if row.state != State.OPEN}
    missing = [slot for slot in instrument.slots() if slot not in answered]
    if missing:
        titles = dict.fromkeys(instrument.scale(scale).title for scale, _ in missing)
        raise UserError("Please rate {scales} before submitting.", scales=", ".join(titles))
    asked = asked_share(rating, db.scalars(select(Study)).one().coverage_share)
    heard = share_heard(
        [(stretch.start_ms, stretch.end_ms) for stretch in rating.stretches],
        sum(part.duration_ms for part in rating.session.recordings),
    )
    if heard < asked and not little_heard:
        raise UserError(
            "Only {heard} % of the recording was heard; this study asks for {asked} %. Listen to the rest, "
            "or submit knowingly.",
            heard=int(heard * 100),
            asked=round(asked * 100),
        )
    rating.submitted_at = now()


def set_notes(db: Db, rating_id: str, notes: str) -> None:
    """Store the session notes."""
    _own_open(db, rating_id).notes = notes


def mark_evidence(db: Db, rating_id: str, scale: str, at_ms: int, note: str = "") -> str:
    """Mark a moment as evidence for ``scale``; the new mark's id."""
    rating = _own_open(db, rating_id)
    instrument_for(rating).scale(scale)
    mark = EvidenceMark(rating_id=rating_id, scale=scale, at_ms=max(0, at_ms), note=note)
    db.add(mark)
    db.flush()
    return mark.id


def edit_mark(db: Db, mark_id: str, note: str | None = None, at_ms: int | None = None) -> None:
    """Change the note or the moment of a mark."""
    mark = _own_mark(db, mark_id)
    if note is not None:
        mark.note = note
    if at_ms is not None:
        mark.at_ms = max(0, at_ms)


def remove_mark(db: Db, mark_id: str) -> None:
    """Take a mark away; the audit trail keeps what it said."""
    db.delete(_own_mark(db, mark_id))


def hear(db: Db, rating_id: str, start_ms: int, end_ms: int, speed: float) -> None:
    """Note that a stretch of the recording was heard at ``speed``; a submitted rating's coverage stays."""
    rating = _own(db, rating_id)
    start_ms = max(0, start_ms)
    if rating.submitted_at is not None or end_ms <= start_ms:
        return
    last = rating.stretches[-1] if rating.stretches else None
    if last and last.speed == speed and _goes_on(last, start_ms):
        last.start_ms, last.end_ms = min(last.start_ms, start_ms), max(last.end_ms, end_ms)
        return
    db.add(Stretch(rating_id=rating_id, start_ms=start_ms, end_ms=end_ms, speed=speed))


def keep_place(db: Db, rating_id: str, position_ms: int, speed: float) -> None:
    """Remember where the coder is listening, for the next time."""
    _own(db, rating_id)
    place = db.get(Place, rating_id)
    if place is None:
        db.add(Place(rating_id=rating_id, position_ms=position_ms, speed=speed))
    else:
        place.position_ms, place.speed = position_ms, speed


def _goes_on(last: Stretch, start_ms: int) -> bool:
    """Not across a long pause: when something was heard is part of the record."""
    return abs(start_ms - last.end_ms) <= _SAME_STRETCH_MS and now() - last.heard_at < timedelta(hours=1)


def _own(db: Db, rating_id: str) -> Rating:
    rating = db.scalar(_rating(), {"id": rating_id})
    if rating is None or not works_on(db, rating) or rating.withdrawn_at:
        raise UserError("This is not one of your sessions. Go back to your queue.")
    return rating


def _own_open(db: Db, rating_id: str) -> Rating:
    rating = _own(db, rating_id)
    if rating.submitted_at is not None:
        raise UserError("This rating is submitted, so it was not changed. Use Amend, and say why.")
    return rating


def _own_mark(db: Db, mark_id: str) -> EvidenceMark:
    mark = db.get(EvidenceMark, mark_id)
    if mark is None:
        raise UserError("This mark is gone already.")
    _own_open(db, mark.rating_id)
    return mark


def _values(rows: dict[str, Score]) -> dict[str, int | None]:
    return {dimension: row.value for dimension, row in rows.items()}


# A key press waits for these two, so they are made once; not at import, where they would set up all tables.
@cache
def _rating() -> Select[Rating]:
    return select(Rating).where(Rating.id == bindparam("id"))


@cache
def _of_scale() -> Select[Score]:
    return select(Score).where(Score.rating_id == bindparam("rating"), Score.scale == bindparam("scale"))


def _row(db: Db, rating: Rating, rows: dict[str, Score], scale: str, dimension: str) -> Score:
    if dimension not in rows:
        row = Score(rating=rating, scale=scale, dimension=dimension, state=State.OPEN, shelved=None)
        db.add(row)
        rows[dimension] = row
    return rows[dimension]


def _check(
    instrument: Instrument, scale: str, dimension: str, answer: Answer, values: dict[str, int | None]
) -> None:
    if dimension not in instrument.scale(scale).dimensions:
        raise ValueError(f"{scale} has no {dimension}")
    if answer.value is not None and answer.value not in instrument.dimensions[dimension].points:
        raise ValueError(f"{answer.value} is not a point of {dimension}")
    if instrument.ruled_out(dimension, values):
        rule = instrument.not_applicable[dimension]
        raise UserError(
            "{dimension} is not applicable here, because of the score for {other}. Change that one first.",
            dimension=instrument.dimensions[dimension].title,
            other=instrument.dimensions[rule.when].title if rule.when else "",
        )
    if answer.state is State.NOT_APPLICABLE and not instrument.not_applicable[dimension].coder_may_choose:
        raise UserError(
            "A rule decides what is not applicable in this instrument. Press X if this cannot be rated."
        )


def _apply_rules(db: Db, rating: Rating, instrument: Instrument, scale: str, rows: dict[str, Score]) -> None:
    for dimension in deciding_first(instrument, scale):
        row = rows.get(dimension)
        if instrument.ruled_out(dimension, _values(rows)):
            row = _row(db, rating, rows, scale, dimension)
            if row.shelved is None:
                row.shelved = row.answer.encode()
                row.answer = NOT_APPLICABLE
        elif row is not None and row.shelved is not None:
            row.answer, row.shelved = Answer.decode(row.shelved), None


def deciding_first(instrument: Instrument, scale: str) -> list[str]:
    """The scale's dimensions, each after the one whose score decides whether it is applicable."""

    def depth(dimension: str) -> int:
        when = instrument.not_applicable[dimension].when
        return 0 if when is None else 1 + depth(when)

    return sorted(instrument.scale(scale).dimensions, key=depth)


def _amended(
    instrument: Instrument, scale: str, rows: dict[str, Score], answers: Mapping[str, Answer]
) -> dict[str, Answer]:
    """All answers of the scale after an amendment, with the rules applied."""
    if unknown := set(answers) - set(instrument.scale(scale).dimensions):
        raise ValueError(f"{scale} has no {', '.join(unknown)}")
    wanted = {dimension: row.answer for dimension, row in rows.items()} | dict(answers)
    for dimension in deciding_first(instrument, scale):
        values = {key: answer.value for key, answer in wanted.items()}
        if dimension not in answers:
            if instrument.ruled_out(dimension, values):
                wanted[dimension] = NOT_APPLICABLE
                continue
            if (shelved := rows[dimension].shelved) is not None:
                wanted[dimension] = Answer.decode(shelved)
        if wanted[dimension].state is State.OPEN:
            raise UserError(
                "With these answers {dimension} needs one too. A submitted rating has no gaps.",
                dimension=instrument.dimensions[dimension].title,
            )
        if not (wanted[dimension] == NOT_APPLICABLE and instrument.ruled_out(dimension, values)):
            _check(instrument, scale, dimension, wanted[dimension], values)
    return wanted
