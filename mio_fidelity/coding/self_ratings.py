"""Ratings that counselors give their own sessions: who gives them, and for which sessions they are asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.assign import assign
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Client, Counselor, Person, Rating, TreatmentSession

INDEPENDENT = (Purpose.PRODUCTION, Purpose.RELIABILITY)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of a counselor, and how far the self-rating of it is.

    Attributes:
        coded: Whether a coder's rating of it is submitted.
        asked_at: When the self-rating was asked for; None when it was not.
        submitted_at: When it was submitted.
    """

    session_id: str
    client: str
    number: int
    coded: bool
    asked_at: datetime | None
    submitted_at: datetime | None


def own_sessions(db: Db, counselor: str) -> tuple[OwnSession, ...]:
    """The sessions of the counselor with this code, by client and number.

    Raises:
        UserError: there is no such counselor, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    row = _counselor(db, counselor)
    own = TreatmentSession.counselor_id == row.id
    given = select(Rating.session_id, Rating.purpose, Rating.assigned_at, Rating.submitted_at).join(
        TreatmentSession, TreatmentSession.id == Rating.session_id
    )
    coded: set[str] = set()
    asked: dict[str, tuple[datetime, datetime | None]] = {}
    for session_id, purpose, assigned_at, submitted_at in db.execute(
        given.where(own, Rating.withdrawn_at.is_(None))
    ):
        if purpose == Purpose.SELF:
            asked[session_id] = assigned_at, submitted_at
        elif purpose in INDEPENDENT and submitted_at:
            coded.add(session_id)
    sessions = db.execute(
        select(TreatmentSession.id, Client.code, TreatmentSession.number)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(own)
        .order_by(Client.code, TreatmentSession.number)
    )
    return tuple(
        OwnSession(session_id, client, number, session_id in coded, *asked.get(session_id, (None, None)))
        for session_id, client, number in sessions
    )


def ask_for(db: Db, counselor: str, session_ids: Sequence[str], due_on: date | None = None) -> int:
    """Ask a counselor to rate own sessions; how many are asked for now.

    Who is no person of the study yet becomes a clinician under the counselor's own code, and can sign in. A
    session is rated with the edition its coders used, else with the one added last.

    Args:
        db: The study.
        counselor: The counselor's code.
        session_ids: Which sessions; those that were asked for already are passed over.
        due_on: When the ratings are due.

    Raises:
        UserError: there is no such counselor; somebody else has the code; a session is not the counselor's;
            or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    person = rater(db, _counselor(db, counselor))
    there = set(
        db.scalars(
            select(Rating.session_id).where(Rating.purpose == Purpose.SELF, Rating.withdrawn_at.is_(None))
        )
    )
    wanted = [session_id for session_id in dict.fromkeys(session_ids) if session_id not in there]
    for session_id in wanted:
        assign(db, session_id, person.id, _edition(db, session_id), Purpose.SELF, due_on)
    return len(wanted)


def rater(db: Db, counselor: Counselor) -> Person:
    """The person who is ``counselor``; made a clinician under the same code when there is nobody yet.

    Raises:
        UserError: somebody else has the code, the counselor codes for the study, or the person signed in is
            no supervisor.
    """
    people.only_supervisors(db)
    if counselor.person_id is not None:
        known = db.get_one(Person, counselor.person_id)
        if known.role != Role.CLINICIAN:
            raise UserError(
                "{code} codes for this study, and self-ratings are given in the role of a clinician. Leave "
                "out this counselor.",
                code=known.code,
            )
        return known
    found = db.scalar(select(Person).where(Person.code == counselor.code))
    if found is not None and found.role != Role.CLINICIAN:
        raise UserError(
            "Somebody who codes in this study is called {code}, as the counselor is. Give the counselor's "
            "person another code.",
            code=counselor.code,
        )
    if found is None:
        found = db.get_one(Person, people.add_person(db, counselor.code, Role.CLINICIAN))
    counselor.person_id = found.id
    return found


def raters(db: Db, codes: Iterable[str]) -> dict[str, Person]:
    """Code of a counselor, or of the person who is one, to that person.

    Raises:
        UserError: a code is neither; or as `rater`.
    """
    people.only_supervisors(db)
    counselors = list(db.scalars(select(Counselor)))
    by_code = {each.code: each for each in counselors}
    people_ = {person.id: person.code for person in db.scalars(select(Person))}
    by_person = {people_[each.person_id]: each for each in counselors if each.person_id}
    found = {}
    for code in sorted(codes):
        counselor = by_code.get(code) or by_person.get(code)
        if counselor is None:
            raise UserError(
                "{code} is no counselor of this study. In a table of self-ratings the coder is the "
                "counselor who held the session.",
                code=code,
            )
        found[code] = rater(db, counselor)
    return found


def refuse_others(db: Db, pairs: set[tuple[str, str]]) -> None:
    """Let only self-ratings pass.

    Args:
        db: The study.
        pairs: Ids of session and person.

    Raises:
        UserError: somebody is said to have rated a session that somebody else held.
    """
    people.only_supervisors(db)
    own = db.execute(
        select(TreatmentSession.id, Counselor.person_id).join(
            Counselor, Counselor.id == TreatmentSession.counselor_id
        )
    )
    if pairs - {(session_id, person_id) for session_id, person_id in own}:
        raise UserError(
            "Self-ratings are for the own sessions only, and some of these were held by somebody else or "
            "have no counselor in the study. Take those rows out, or add the counselors first."
        )


def _counselor(db: Db, code: str) -> Counselor:
    found = db.scalar(select(Counselor).where(Counselor.code == code))
    if found is None:
        raise UserError("No counselor of the study is called {code}.", code=code)
    return found


def _edition(db: Db, session_id: str) -> str:
    """Otherwise it could not be compared."""
    used = db.scalar(
        select(Rating.instrument_id)
        .where(
            Rating.session_id == session_id,
            Rating.purpose.in_(INDEPENDENT),
            Rating.submitted_at.is_not(None),
        )
        .order_by(Rating.submitted_at)
        .limit(1)
    )
    return used or latest_edition(db).id
