"""Ratings that were given in another program, taken into the study."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import select

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Answer, State
from mio_fidelity.coding import people, self_ratings
from mio_fidelity.coding.assign import fresh_codes
from mio_fidelity.coding.editions import instrument_of, latest_edition
from mio_fidelity.coding.pseudonyms import label, pseudonym
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    Client,
    Counselor,
    InstrumentEdition,
    Person,
    Rating,
    Score,
    TreatmentSession,
    now,
)

# Stands in the notes of every such rating, so that nobody takes it for one that was given here.
MARK = "Imported from a table of ratings given elsewhere."
# Consensus and master codes are made in this study.
PURPOSES = (
    Purpose.RELIABILITY,
    Purpose.PRODUCTION,
    Purpose.TRAINING,
    Purpose.CERTIFICATION,
    Purpose.DRIFT,
    Purpose.SELF,
)
_NUMBERED = re.compile(r"(.+)-(\d{1,4})")
_AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class ImportedRating:
    """One coder's answers for one session.

    Attributes:
        session: As `session_label` writes it.
        coder: Code of the coder.
        answers: (scale, dimension) to answer; what is not there has no score.
        arm: Of the session, where the table knows it.
        site: Of the client, where the table knows it.
        rated_on: The day it was submitted, where the table knows it; else it counts as submitted now.
    """

    session: str
    coder: str
    answers: Mapping[tuple[str, str], Answer]
    arm: str = ""
    site: str = ""
    rated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an import starts from.

    Attributes:
        instrument: The edition added last, which imported ratings are stored under.
        rated: (session, coder) of the ratings that are there already for the purpose.
    """

    instrument: Instrument
    rated: frozenset[tuple[str, str]]


def ground(db: Db, purpose: Purpose) -> Ground:
    """What the study knows that an import has to fit.

    Raises:
        UserError: the study has no instrument, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    rows = db.execute(
        select(Client.code, TreatmentSession.number, Person.code)
        .select_from(Rating)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .join(Person, Person.id == Rating.person_id)
        .where(Rating.purpose == purpose)
    )
    rated = frozenset((f"{client}-{number}", coder) for client, number, coder in rows)
    return Ground(instrument_of(latest_edition(db)), rated)


def session_parts(text: str) -> tuple[str, int]:
    """Client and session number: "C017-3" is session 3 of C017, "C017" its session 1.

    Raises:
        UserError: the client's id could identify somebody.
    """
    # First the whole: a date must not slip through as an id and a number.
    whole = pseudonym(text)
    found = _NUMBERED.fullmatch(whole)
    # In "BH-03" the number belongs to the id, for "BH" alone is none.
    if found and any(letter.isdigit() for letter in found[1]) and int(found[2]) >= 1:
        return pseudonym(found[1]), int(found[2])
    return whole, 1


def session_label(text: str) -> str:
    """The session as the rest of the program writes it: "C017-03" is "C017-3".

    Raises:
        UserError: as `session_parts`.
    """
    client, number = session_parts(text)
    return f"{client}-{number}"


def store_imported(
    db: Db,
    ratings: Sequence[ImportedRating],
    purpose: Purpose,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> int:
    """Store ratings given elsewhere as submitted ones; all or none. How many were stored.

    People and sessions that the study does not know are made. The sessions need no recording.

    Args:
        db: The study.
        ratings: At most one for each session and coder.
        purpose: What they were given for.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes nothing is stored.

    Raises:
        UserError: only supervisors may; a code could be a name; a coder's role does not allow such ratings,
            or it is the coder's own session; a rating is there already; or the answers do not fit the
            instrument.
        Cancelled: ``cancelled`` said yes.
    """
    people.only_supervisors(db)
    if purpose not in PURPOSES:
        raise UserError("Ratings for this purpose cannot be imported. Choose another purpose.")
    progress = Progress(on_progress, cancelled)
    edition = latest_edition(db)
    instrument = instrument_of(edition)
    if purpose is Purpose.SELF:
        # A table may say who it was by the counselor's code or by the person's.
        known = self_ratings.raters(db, {rating.coder for rating in ratings})
        ratings = [replace(rating, coder=known[rating.coder].code) for rating in ratings]
    _refuse_doubles(ratings, ground(db, purpose).rated)
    coders = _coders(db, {rating.coder for rating in ratings}, purpose)
    sessions = _sessions(db, ratings)
    by_whom = {(sessions[each.session], coders[each.coder].id) for each in ratings}
    if purpose is Purpose.SELF:
        self_ratings.refuse_others(db, by_whom)
    else:
        _refuse_own(db, by_whom)
    blind_codes = fresh_codes(db)
    for start in range(0, len(ratings), _AT_A_TIME):
        made = [
            _rating(each, edition, instrument, purpose, sessions, coders, next(blind_codes))
            for each in ratings[start : start + _AT_A_TIME]
        ]
        db.add_all(made)
        db.flush()
        # Scores can only be added while a rating is open.
        for rating in made:
            rating.begun_at = rating.submitted_at = rating.assigned_at
        db.flush()
        progress.at((start + len(made)) / len(ratings))
    return len(ratings)


def answers_of(
    instrument: Instrument, scores: Mapping[tuple[str, str], int | None]
) -> dict[tuple[str, str], Answer]:
    """Scores as answers: what the instrument's rules make not applicable is that, other gaps have no answer.

    Raises:
        UserError: there is a score where the rules allow none.
    """
    found = {}
    for scale in instrument.scales:
        values = {key: scores.get((scale.key, key)) for key in scale.dimensions}
        for key, value in values.items():
            if instrument.ruled_out(key, values):
                if value is not None:
                    raise ruled_out(instrument, key)
                found[scale.key, key] = NOT_APPLICABLE
            elif value is not None:
                found[scale.key, key] = Answer(State.RATED, value)
    return found


def ruled_out(instrument: Instrument, dimension: str) -> UserError:
    """The sentence for a score where the instrument allows none."""
    rule = instrument.not_applicable[dimension]
    return UserError(
        "There is a score for {dimension} where {other} makes it not applicable. Take it out, or correct "
        "{other}.",
        dimension=instrument.dimensions[dimension].title,
        other=instrument.dimensions[rule.when].title if rule.when else "",
    )


def _rating(
    each: ImportedRating,
    edition: InstrumentEdition,
    instrument: Instrument,
    purpose: Purpose,
    sessions: Mapping[str, str],
    coders: Mapping[str, Person],
    blind_code: str,
) -> Rating:
    person = coders[each.coder]
    # Checked again here: the rules hold whoever calls.
    given = {slot: answer.value for slot, answer in each.answers.items()}
    answers = {**each.answers, **answers_of(instrument, given)}
    for (_scale, dimension), value in given.items():
        if value is not None and value not in instrument.dimensions[dimension].points:
            raise ValueError(f"{value} is not a point of {dimension}")
    rating = Rating(
        blind_code=blind_code,
        session_id=sessions[each.session],
        person_id=person.id,
        instrument_id=edition.id,
        instrument_sha256=edition.sha256,
        role=person.role,
        purpose=purpose,
        assigned_at=_noon(each.rated_on) if each.rated_on else now(),
        notes=MARK,
    )
    for scale, dimension in instrument.slots():
        # A gap is a row too, so that it can be amended.
        score = Score(scale=scale, dimension=dimension)
        score.answer = answers.get((scale, dimension), OPEN)
        if score.answer == NOT_APPLICABLE:
            score.shelved = OPEN.encode()
        rating.scores.append(score)
    return rating


def _noon(day: date) -> datetime:
    """Some moment of the day, by this computer's clock."""
    return datetime.combine(day, time(12)).astimezone()


def _refuse_doubles(ratings: Iterable[ImportedRating], stored: frozenset[tuple[str, str]]) -> None:
    seen = set(stored)
    for each in ratings:
        if (each.session, each.coder) in seen:
            raise UserError(
                "Some of these sessions have a rating by the same coder for this purpose already. Nothing "
                "was imported; take those rows out, or choose another purpose."
            )
        seen.add((each.session, each.coder))


def _coders(db: Db, codes: Iterable[str], purpose: Purpose) -> dict[str, Person]:
    found = {person.code: person for person in db.scalars(select(Person))}
    for code in sorted(codes):
        if code not in found:
            found[code] = db.get_one(Person, people.add_person(db, code, Role.CODER))
        elif found[code].role == Role.CLINICIAN and purpose is not Purpose.SELF:
            raise UserError(
                "The role of {code} does not allow this kind of rating. Choose another person or purpose.",
                code=code,
            )
    return found


def _sessions(db: Db, ratings: Iterable[ImportedRating]) -> dict[str, str]:
    """Label to id of every session that is rated, made where missing."""
    rows = db.execute(
        select(Client.code, TreatmentSession.number, TreatmentSession.id).join(
            Client, Client.id == TreatmentSession.client_id
        )
    )
    found = {f"{client}-{number}": session_id for client, number, session_id in rows}
    for each in ratings:
        if each.session not in found:
            code, number = session_parts(each.session)
            where = people.site(db, each.site) if each.site else None
            client = people.client(db, code, where)
            arm = label(each.arm) if each.arm else None
            session = TreatmentSession(client_id=client.id, number=number, arm=arm)
            db.add(session)
            db.flush()
            found[each.session] = session.id
    return found


def _refuse_own(db: Db, pairs: set[tuple[str, str]]) -> None:
    own = db.execute(
        select(TreatmentSession.id, Counselor.person_id)
        .join(Counselor, Counselor.id == TreatmentSession.counselor_id)
        .where(Counselor.person_id.is_not(None))
    )
    if any((session_id, person_id) in pairs for session_id, person_id in own):
        raise UserError(
            "Nobody rates the own sessions, and some of these are the coder's own. Take those rows out."
        )
