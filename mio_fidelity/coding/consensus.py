"""Consensus on a session coded twice: a rating of its own, beside the independent ones it rests on.

The independent ratings stay as they were, and they alone feed reliability.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from mio_fidelity.answer import OPEN, Answer, State
from mio_fidelity.coding import rate
from mio_fidelity.coding.assign import fresh_codes
from mio_fidelity.coding.compared import Key, SideBySide, Source
from mio_fidelity.coding.desk import amendments_of, answers_of, desk_of, marks_of
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.ready import independent
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import ConsensusReason, ConsensusSource, Participant, Person, Rating, now


def begin(db: Db, session_id: str, participants: Sequence[str]) -> str:
    """Begin the consensus on a session, or go on with the one that is begun; the rating's id.

    What all coders said alike is filled in.

    Args:
        db: The study.
        session_id: A session whose independent ratings are all submitted.
        participants: Ids of the people who take part.

    Raises:
        UserError: an independent rating is missing or open, they were given with different editions, nobody
            takes part, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    begun: str | None = db.scalar(_consensus_of(session_id))
    if begun is not None:
        return begun
    sources = _sources_of(db, session_id)
    rating = Rating(
        blind_code=next(fresh_codes(db)),
        session_id=session_id,
        person_id=actor(db),
        instrument_id=sources[0].instrument_id,
        instrument_sha256=sources[0].instrument_sha256,
        role=Role.SUPERVISOR,
        purpose=Purpose.CONSENSUS,
        occasion=_next_occasion(db, session_id),
        begun_at=now(),
    )
    db.add(rating)
    db.flush()
    db.add_all(ConsensusSource(rating_id=rating.id, source_id=source.id) for source in sources)
    set_participants(db, rating.id, participants)
    _fill_in(db, rating, [answers_of(db, source.id) for source in sources])
    return rating.id


def side_by_side(db: Db, rating_id: str) -> SideBySide:
    """The ratings a consensus rests on, and the consensus.

    Raises:
        UserError: there is no such consensus, or the person signed in is no supervisor.
    """
    rating = _consensus(db, rating_id)
    sources = db.scalars(
        select(Rating)
        .join(ConsensusSource, ConsensusSource.source_id == Rating.id)
        .join(Person, Person.id == Rating.person_id)
        .where(ConsensusSource.rating_id == rating_id)
        .order_by(Person.code)
    ).all()
    reasons = select(ConsensusReason).where(ConsensusReason.rating_id == rating_id)
    people = (
        select(Person.id, Person.code)
        .join(Participant, Participant.person_id == Person.id)
        .where(Participant.rating_id == rating_id)
        .order_by(Person.code)
    )
    return SideBySide(
        rating.session_id,
        desk_of(db, rating),
        tuple(
            Source(
                source.id,
                source.blind_code,
                source.person.code,
                answers_of(db, source.id),
                marks_of(db, source.id),
                source.notes,
            )
            for source in sources
        ),
        {(row.scale, row.dimension): row.why for row in db.scalars(reasons)},
        {row.id: row.code for row in db.execute(people)},
        tuple(remark for source in sources for remark in _remarks(db, source, rating.begun_at)),
    )


def set_consensus(
    db: Db, rating_id: str, scale: str, dimension: str, answer: Answer, why: str | None = None
) -> rate.Change:
    """Store the consensus on one dimension of one scale, by the rules of the instrument.

    Args:
        db: The study.
        rating_id: The consensus.
        scale: Which scale.
        dimension: Which dimension.
        answer: What was decided.
        why: The reason; an empty one takes it away, None leaves it.

    Returns:
        What the answer was before.

    Raises:
        UserError: it is submitted, a rule made the dimension not applicable, or the person signed in is no
            supervisor.
        ValueError: the answer is none this instrument has.
    """
    _open(db, rating_id)
    change = rate.set_answer(db, rating_id, scale, dimension, answer)
    if why is not None:
        _explain(db, rating_id, scale, dimension, why.strip())
    return change


def set_participants(db: Db, rating_id: str, participants: Collection[str]) -> None:
    """Say who takes part.

    Args:
        db: The study.
        rating_id: The consensus.
        participants: Ids of people of the study.

    Raises:
        UserError: it is nobody, the consensus is submitted, or the person signed in is no supervisor.
    """
    _open(db, rating_id)
    if not participants:
        raise UserError("A consensus has at least one person who took part. Say who it was.")
    rows = db.scalars(select(Participant).where(Participant.rating_id == rating_id)).all()
    for row in rows:
        if row.person_id not in participants:
            db.delete(row)
    there = {row.person_id for row in rows}
    for person_id in dict.fromkeys(participants):
        if person_id not in there:
            db.add(Participant(rating_id=rating_id, person_id=db.get_one(Person, person_id).id))


def submit_consensus(db: Db, rating_id: str) -> None:
    """Close the consensus for good.

    Raises:
        UserError: something is not decided, a reason or everybody who took part is missing, it is submitted
            already, or the person signed in is no supervisor.
    """
    rating = _open(db, rating_id)
    shown = side_by_side(db, rating_id)
    instrument = shown.own.instrument
    if shown.own.open_slots:
        raise UserError(
            "Please decide on {scales} before submitting.", scales=_titles(instrument, shown.own.open_slots)
        )
    if shown.unexplained:
        raise UserError(
            "Please say why for {scales} before submitting: the consensus is not what every coder said.",
            scales=_titles(instrument, shown.unexplained),
        )
    if not shown.took_part:
        raise UserError("A consensus has at least one person who took part. Say who it was.")
    rating.submitted_at = now()


def _consensus_of(session_id: str) -> Select[Any]:
    return (
        select(Rating.id)
        .where(
            Rating.session_id == session_id,
            Rating.purpose == Purpose.CONSENSUS,
            Rating.withdrawn_at.is_(None),
            Rating.id.in_(select(ConsensusSource.rating_id)),
        )
        .order_by(Rating.assigned_at.desc())
    )


def _next_occasion(db: Db, session_id: str) -> int:
    last = select(func.max(Rating.occasion)).where(
        Rating.session_id == session_id, Rating.purpose == Purpose.CONSENSUS
    )
    return (db.scalar(last) or 0) + 1


def _sources_of(db: Db, session_id: str) -> Sequence[Rating]:
    sources = db.scalars(select(Rating).where(Rating.session_id == session_id, *independent())).all()
    if len({source.person_id for source in sources}) < 2:
        raise UserError("A consensus rests on the ratings of two coders. Have the session coded twice first.")
    if any(source.submitted_at is None for source in sources):
        raise UserError(
            "A coder has not submitted this session yet. The consensus begins when all ratings are in."
        )
    if len({source.instrument_id for source in sources}) > 1:
        raise UserError(
            "The coders rated this session with different editions of the instrument, which cannot be "
            "compared. Have one of them rate it again."
        )
    return sources


def _fill_in(db: Db, rating: Rating, given: Sequence[Mapping[Key, Answer]]) -> None:
    """What all say alike; what a rule then decides follows by itself."""
    instrument = instrument_of(rating.instrument)
    for scale in instrument.scales:
        values: dict[str, int | None] = {}
        for dimension in rate.deciding_first(instrument, scale.key):
            answers = {answer.get((scale.key, dimension), OPEN) for answer in given}
            answer = answers.pop()
            chosen = instrument.not_applicable[dimension].coder_may_choose
            by_rule = answer.state is State.NOT_APPLICABLE and not chosen
            if answers or answer == OPEN or by_rule or instrument.ruled_out(dimension, values):
                continue
            rate.set_answer(db, rating.id, scale.key, dimension, answer)
            values[dimension] = answer.value


def _consensus(db: Db, rating_id: str) -> Rating:
    only_supervisors(db)
    rating = db.get(Rating, rating_id)
    if rating is None or rating.purpose != Purpose.CONSENSUS or rating.withdrawn_at:
        raise UserError("This consensus is not in the study any more. Go back to the list.")
    return rating


def _open(db: Db, rating_id: str) -> Rating:
    rating = _consensus(db, rating_id)
    if rating.submitted_at is not None:
        raise UserError("This consensus is submitted, so it was not changed.")
    return rating


def _explain(db: Db, rating_id: str, scale: str, dimension: str, why: str) -> None:
    where = {"rating_id": rating_id, "scale": scale, "dimension": dimension}
    row = db.scalar(select(ConsensusReason).filter_by(**where))
    if row is None and why:
        db.add(ConsensusReason(**where, why=why))
    elif row is not None and why:
        row.why = why
    elif row is not None:
        db.delete(row)


def _remarks(db: Db, source: Rating, begun_at: datetime | None) -> list[Sentence]:
    found = []
    if source.withdrawn_at is not None:
        found.append(
            Sentence("The rating of {code} was taken back after it was used here.", code=source.person.code)
        )
    instrument = instrument_of(source.instrument)
    found += [
        Sentence(
            "{code} amended {scale} ({dimension}) after this consensus was begun. Look at it again.",
            code=source.person.code,
            scale=instrument.scale(change.scale).title,
            dimension=instrument.dimensions[change.dimension].title.lower(),
        )
        for change in amendments_of(db, source.id)
        if begun_at is not None and change.at > begun_at
    ]
    return found


def _titles(instrument: Instrument, slots: Sequence[Key]) -> str:
    return ", ".join(dict.fromkeys(instrument.scale(scale).title for scale, _ in slots))
