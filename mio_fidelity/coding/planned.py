"""Carrying a plan out, and what supervisors do with assignments afterwards."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.assign import assign, fresh_codes, withdraw
from mio_fidelity.coding.certification import uncertified
from mio_fidelity.coding.draw import Proposal, draw
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.ground import Candidate, Given, Ground, Rater
from mio_fidelity.coding.plan import Plan
from mio_fidelity.coding.recordings import audible
from mio_fidelity.coding.told import told, told_of
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    AssignmentPlan,
    AwaitedFile,
    Barred,
    Client,
    Counselor,
    Person,
    Rating,
    Site,
    TreatmentSession,
    now,
)

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What a plan gave out, in numbers."""

    sampled: int
    assigned: int
    double_coded: int
    recodes: int


@dataclass(frozen=True, slots=True)
class EarlierPlan:
    """A plan that was carried out.

    Attributes:
        terms: As `Plan.to_plain` writes them.
        outcome: Names and numbers of what was drawn.
    """

    id: str
    made_at: datetime
    seed: int
    terms: dict[str, Any]
    outcome: dict[str, Any]


def ground(db: Db, plan: Plan, today: date) -> Ground:
    """What ``plan`` is drawn on.

    Raises:
        UserError: the plan names somebody nobody in the study is called, or the person signed in is no
            supervisor.
    """
    people.only_supervisors(db)
    _refuse_unknown(db, plan)
    everybody, kept_away = _raters(db, plan), uncertified(db)
    known = {coder.code for coder in everybody}
    return Ground(
        _candidates(db),
        tuple(coder for coder in everybody if coder.id not in kept_away),
        (*_given(db), *_told(db, today)),
        today,
        tuple(code for code in plan.coders if code not in known),
        tuple(coder.code for coder in everybody if coder.id in kept_away),
    )


def carry_out(
    db: Db,
    plan: Plan,
    seed: int,
    today: date,
    expected: str | None = None,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> CarriedOut:
    """Give out what ``plan`` draws, all or nothing, and keep the plan with its seed.

    Args:
        db: The study.
        plan: The terms.
        seed: What luck comes from.
        today: The day re-codes are reckoned from.
        expected: Fingerprint of the ground somebody has seen the preview of.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes nothing is given out.

    Raises:
        UserError: the study has changed since the preview, there is nothing to give out, there is no
            instrument, or the person signed in is no supervisor.
        Cancelled: ``cancelled`` said yes.
    """
    base = ground(db, plan, today)
    if expected is not None and base.fingerprint != expected:
        raise UserError(
            "The study has changed since this preview was made, so nothing was assigned. Look at the new "
            "preview and assign again."
        )
    found = draw(plan, base, seed, on_progress and (lambda share: on_progress(share / 4)), cancelled)
    if not found.new:
        raise UserError("There is nothing to assign: everything this plan draws has been given out already.")
    recodes = sum(one.occasion > 1 for one in found.new)
    done = CarriedOut(found.sampled, len(found.new), len(found.double_coded), recodes)
    kept = AssignmentPlan(
        person_id=db.info["person_id"], seed=seed, terms=plan.to_plain(), outcome=_plain(found)
    )
    db.add(kept)
    db.flush()
    _store(db, found, kept.id, Progress(on_progress, cancelled, 0.25, 1.0))
    return done


def _store(db: Db, found: Proposal, plan_id: str, progress: Progress) -> None:
    edition, codes = latest_edition(db), fresh_codes(db)
    role = {person.id: person.role for person in db.scalars(select(Person))}
    assigned_at = now()
    for start in range(0, len(found.new), _AT_A_TIME):
        progress.at(start / len(found.new))
        db.add_all(
            Rating(
                blind_code=next(codes),
                session_id=one.session_id,
                person_id=one.person_id,
                instrument_id=edition.id,
                instrument_sha256=edition.sha256,
                role=role[one.person_id],
                purpose=one.purpose,
                occasion=one.occasion,
                due_on=one.due_on,
                assigned_at=assigned_at,
                plan_id=plan_id,
            )
            for one in found.new[start : start + _AT_A_TIME]
        )
        db.flush()
    progress.at(1.0)


def _plain(found: Proposal) -> dict[str, Any]:
    return {
        "sampled": found.sampled,
        "assigned": len(found.new),
        "double_coded": len(found.double_coded),
        "connected": found.connected,
        "load": dict(found.load),
        "pairs": {f"{one} {two}": n for (one, two), n in found.pairs.items() if n},
    }


def plans(db: Db) -> tuple[EarlierPlan, ...]:
    """The plans carried out, the last first."""
    people.only_supervisors(db)
    rows = db.scalars(select(AssignmentPlan).order_by(AssignmentPlan.made_at.desc()))
    return tuple(EarlierPlan(row.id, row.made_at, row.seed, row.terms, row.outcome) for row in rows)


def reassign(db: Db, rating_id: str, person_id: str) -> str:
    """Take an assignment back and give it to somebody else, under a new blind code; the new rating's id.

    Raises:
        UserError: it is submitted, taken back already or a hidden re-code, the other one has left, may not
            code it or has it already, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    old = db.get_one(Rating, rating_id)
    if old.withdrawn_at:
        raise UserError("This session has been taken back already. Look at the list again.")
    if old.occasion > 1:
        raise UserError(
            "This is a hidden re-code, which only the coder who rated the session first can do. Take it back "
            "instead."
        )
    person = db.get_one(Person, person_id)
    if not person.active:
        raise UserError("{code} has left the study. Choose somebody else.", code=person.code)
    again = select(Rating.id).where(
        Rating.session_id == old.session_id, Rating.person_id == person_id, Rating.withdrawn_at.is_(None)
    )
    if db.scalar(again):
        raise UserError("This person has the session already. Choose somebody else.")
    if old.session_id in told_of(db, person_id):
        raise UserError(
            "{code} has discussed this session or could hear an example from it, so it would not be rated "
            "blind. Choose somebody else.",
            code=person.code,
        )
    withdraw(db, [rating_id])
    new = assign(db, old.session_id, person_id, old.instrument_id, Purpose(old.purpose), old.due_on)
    db.get_one(Rating, new).plan_id = old.plan_id
    return new


def _candidates(db: Db) -> tuple[Candidate, ...]:
    # A session one of whose parts is still awaited cannot be heard whole.
    recorded = set(db.scalars(audible())) - set(db.scalars(select(AwaitedFile.session_id)))
    rows = db.execute(
        select(
            TreatmentSession.id,
            TreatmentSession.number,
            TreatmentSession.arm,
            Client.id.label("client_id"),
            Client.code.label("client"),
            Site.id.label("site_id"),
            Site.code.label("site"),
            Counselor.id.label("counselor_id"),
            Counselor.code.label("counselor"),
        )
        .join(Client, Client.id == TreatmentSession.client_id)
        .outerjoin(Site, Site.id == Client.site_id)
        .outerjoin(Counselor, Counselor.id == TreatmentSession.counselor_id)
    )
    return tuple(
        Candidate(
            row.id,
            row.client,
            row.number,
            row.arm or "",
            row.site or "",
            row.counselor or "",
            frozenset(each for each in (row.client_id, row.counselor_id, row.site_id) if each),
            row.id in recorded,
        )
        for row in rows
    )


def _refuse_unknown(db: Db, plan: Plan) -> None:
    """A coder who left is remarked on; a code that nobody ever had is a slip of the pen."""
    codes = set(db.scalars(select(Person.code)))
    for code in plan.coders:
        if code not in codes:
            coders = db.scalars(
                select(Person.code).where(Person.active, Person.role == Role.CODER).order_by(Person.code)
            )
            raise UserError(
                "The plan names {code}, but nobody in the study is called so. Its coders are {all}.",
                code=code,
                all=", ".join(coders) or "none",
            )


def _raters(db: Db, plan: Plan) -> tuple[Rater, ...]:
    """The coders of the plan, with whom each is kept away from."""
    barred: defaultdict[str, set[str]] = defaultdict(set)
    for row in db.execute(select(Barred.person_id, Barred.client_id, Barred.counselor_id, Barred.site_id)):
        barred[row.person_id] |= {each for each in row[1:] if each}
    for person_id, counselor_id in db.execute(select(Counselor.person_id, Counselor.id)):
        if person_id:
            barred[person_id].add(counselor_id)
    query = select(Person).where(Person.active, Person.role != Role.CLINICIAN)
    if plan.coders:
        query = query.where(Person.code.in_(plan.coders))
    else:
        query = query.where(Person.role == Role.CODER)
    found = []
    for person in db.scalars(query.order_by(Person.code)):
        if person.site_id and not plan.own_site:
            barred[person.id].add(person.site_id)
        found.append(Rater(person.id, person.code, frozenset(barred[person.id])))
    return tuple(found)


def _given(db: Db) -> tuple[Given, ...]:
    rows = db.execute(
        select(
            Rating.session_id, Rating.person_id, Rating.purpose, Rating.occasion, Rating.submitted_at
        ).where(Rating.withdrawn_at.is_(None))
    )
    # Days are the days of this computer's clock.
    return tuple(
        Given(
            row.session_id,
            row.person_id,
            Purpose(row.purpose),
            row.occasion,
            row.submitted_at.astimezone().date() if row.submitted_at else None,
        )
        for row in rows
    )


def _told(db: Db, today: date) -> tuple[Given, ...]:
    """Who was told what a session's codes are, as if it had been given for a consensus."""
    pairs = sorted(told(db))
    return tuple(Given(session, person, Purpose.CONSENSUS, 1, today) for session, person in pairs)
