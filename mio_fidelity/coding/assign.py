"""Assignments: a rating that nobody has begun is an assignment."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mio_fidelity.coding.certification import refuse_uncertified
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import SessionFacts, add_session, withheld
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    AwaitedFile,
    Barred,
    Client,
    Counselor,
    InstrumentEdition,
    Person,
    Rating,
    TreatmentSession,
    new_blind_code,
    now,
)

if TYPE_CHECKING:
    from mio_fidelity.media.probe import Examined

# What a person of each role may be asked to do.
_MAY_RATE = {
    Role.CODER: {
        Purpose.TRAINING,
        Purpose.CERTIFICATION,
        Purpose.PRODUCTION,
        Purpose.RELIABILITY,
        Purpose.DRIFT,
    },
    # A consensus is begun, not given to somebody.
    Role.SUPERVISOR: set(Purpose) - {Purpose.SELF, Purpose.CONSENSUS},
    Role.CLINICIAN: {Purpose.SELF},
}


def use_instrument(db: Db, instrument: Instrument) -> str:
    """Keep a copy of ``instrument`` in the study, once; its id.

    Raises:
        UserError: the study has this edition with other content, for an edition in use never changes; or the
            person signed in is no supervisor.
    """
    only_supervisors(db)
    found = db.scalar(select(InstrumentEdition).where(InstrumentEdition.sha256 == instrument.sha256))
    if found:
        return found.id
    if db.scalar(
        select(InstrumentEdition.id).where(
            InstrumentEdition.key == instrument.key, InstrumentEdition.edition == instrument.edition
        )
    ):
        raise UserError(
            "Edition {edition} of this instrument is in use with other content. An edition in use never "
            "changes: give the changed file a new edition.",
            edition=instrument.edition,
        )
    edition = InstrumentEdition(
        key=instrument.key,
        title=instrument.title,
        edition=instrument.edition,
        sha256=instrument.sha256,
        files=dict(instrument.files),
    )
    db.add(edition)
    db.flush()
    return edition.id


def assign(
    db: Db, session_id: str, person_id: str, instrument_id: str, purpose: Purpose, due_on: date | None = None
) -> str:
    """Give ``session_id`` to a person to rate, under a blind code of its own; the new rating's id.

    Raises:
        UserError: the person's role does not fit the purpose, it is the person's own session, the study asks
            for a certification that the person has not, the session has no recording, or the person signed
            in is no supervisor.
    """
    only_supervisors(db)
    person = db.get_one(Person, person_id)
    _check(db, person, db.get_one(TreatmentSession, session_id), purpose)
    edition = db.get_one(InstrumentEdition, instrument_id)
    before = db.scalar(
        select(func.max(Rating.occasion)).where(
            Rating.session_id == session_id, Rating.person_id == person_id, Rating.purpose == purpose
        )
    )
    rating = Rating(
        blind_code=next(fresh_codes(db)),
        session_id=session_id,
        person_id=person_id,
        instrument_id=instrument_id,
        instrument_sha256=edition.sha256,
        role=person.role,
        purpose=purpose,
        occasion=(before or 0) + 1,
        due_on=due_on,
    )
    db.add(rating)
    db.flush()
    return rating.id


def may_be_given(db: Db, session_id: str, person_id: str, purpose: Purpose) -> bool:
    """Whether `assign` would give the session to the person."""
    try:
        _check(db, db.get_one(Person, person_id), db.get_one(TreatmentSession, session_id), purpose)
    except UserError:
        return False
    return True


def fresh_codes(db: Db) -> Iterator[str]:
    """Blind codes nobody has: among some thousand ratings two equal ones are not unlikely."""
    used = set(db.scalars(select(Rating.blind_code)))
    while True:
        code = new_blind_code()
        if code not in used:
            used.add(code)
            yield code


def _check(db: Db, person: Person, session: TreatmentSession, purpose: Purpose) -> None:
    if purpose not in _MAY_RATE[Role(person.role)]:
        raise UserError(
            "The role of {code} does not allow this kind of rating. Choose another person or purpose.",
            code=person.code,
        )
    _refuse_own(db, person, session, purpose)
    _refuse_barred(db, person, session)
    refuse_uncertified(db, person, purpose)
    # Who held the session needs no recording of it.
    if purpose is not Purpose.SELF:
        _refuse_unrecorded(db, session)


def _refuse_unrecorded(db: Db, session: TreatmentSession) -> None:
    if not session.recordings:
        raise UserError("This session has no recording yet. Add the recording first.")
    if withheld(db, session):
        raise UserError("The recording of this session was removed from the study. Choose another session.")
    if db.scalar(select(AwaitedFile.id).where(AwaitedFile.session_id == session.id)):
        raise UserError("A part of this session's recording is still awaited. Take it in first.")


def _refuse_barred(db: Db, person: Person, session: TreatmentSession) -> None:
    site_id = db.get_one(Client, session.client_id).site_id
    about = {session.client_id, session.counselor_id, site_id}
    for row in db.scalars(select(Barred).where(Barred.person_id == person.id)):
        if {row.client_id, row.counselor_id, row.site_id} & about - {None}:
            raise UserError(
                "{code} is not to code the sessions of this client, counselor or site. Choose another "
                "person.",
                code=person.code,
            )


def _refuse_own(db: Db, person: Person, session: TreatmentSession, purpose: Purpose) -> None:
    counselor = db.get_one(Counselor, session.counselor_id) if session.counselor_id else None
    own = counselor is not None and counselor.person_id == person.id
    if own != (purpose is Purpose.SELF):
        raise UserError(
            "Nobody rates the own sessions except as a self-rating, and a self-rating is for the own "
            "sessions only. Choose another person or purpose."
        )


def withdraw(db: Db, rating_ids: Collection[str]) -> int:
    """Take assignments back; what was begun stays on record and counts nowhere.

    Its occasion becomes 0 or less, so that the same person can be given the session again.

    Raises:
        UserError: one of them is submitted, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    ratings = [db.get_one(Rating, rating_id) for rating_id in rating_ids]
    if any(rating.submitted_at for rating in ratings):
        raise UserError("A submitted rating stays. Take only sessions back that are not submitted yet.")
    open_ = [rating for rating in ratings if rating.withdrawn_at is None]
    for rating in open_:
        rating.withdrawn_at = now()
        rating.occasion = _before_all(db, rating)
        db.flush()
    return len(open_)


def _before_all(db: Db, rating: Rating) -> int:
    """An occasion below those of the person's ratings of the session, 0 at most."""
    lowest = db.scalar(
        select(func.min(Rating.occasion)).where(
            Rating.session_id == rating.session_id,
            Rating.person_id == rating.person_id,
            Rating.purpose == rating.purpose,
        )
    )
    return min(1, lowest or 0) - 1


def assign_latest(
    db: Db, session_id: str, person_id: str, purpose: Purpose, due_on: date | None = None
) -> str:
    """As `assign`, with the instrument edition added last.

    Raises:
        UserError: as `assign`, or the study has no instrument.
    """
    return assign(db, session_id, person_id, latest_edition(db).id, purpose, due_on)


def add_and_assign(
    db: Db,
    facts: SessionFacts,
    files: Sequence[tuple[str, "Examined"]],
    study_folder: Path,
    people: Sequence[str],
    purpose: Purpose,
    due_on: date | None = None,
) -> str:
    """Add a session with its recording and give it to ``people``, all or nothing; the session's id.

    Raises:
        UserError: as `recordings.add_session` and `assign`.
    """
    session_id = add_session(db, facts, files, study_folder)
    for person_id in people:
        assign_latest(db, session_id, person_id, purpose, due_on)
    return session_id
