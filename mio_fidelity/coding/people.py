"""Who works in the study, and whom it is about: codes, never names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mio_fidelity.coding.pseudonyms import label, pseudonym
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import Client, Counselor, Person, Rating, Site, Study


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can sign in."""

    id: str
    code: str
    role: Role


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What the study says of itself."""

    title: str
    coverage_share: float


def only_supervisors(db: Db) -> None:
    """Let only supervisors pass; with one pass phrase for all, whoever holds it until somebody signs in.

    Raises:
        UserError: the person signed in is no supervisor, or nobody is where people sign in as themselves.
    """
    if db.info.get("nobody", False):
        raise UserError("Nobody has signed in. Choose who you are first.")
    person_id = db.info["person_id"]
    if person_id is not None and db.get_one(Person, person_id).role != Role.SUPERVISOR:
        raise UserError("Only a supervisor can do this. Ask the supervisor of the study.")


def works_on(db: Db, rating: Rating) -> bool:
    """Whether ``rating`` is the work of the person signed in; a consensus is that of every supervisor."""
    me = actor(db)
    if rating.purpose == Purpose.CONSENSUS:
        return db.get_one(Person, me).role == Role.SUPERVISOR
    return rating.person_id == me


def add_person(db: Db, code: str, role: Role) -> str:
    """Add a coder, supervisor or clinician under a code such as R2; the new id.

    Raises:
        UserError: the code is taken or could be a name, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    code = pseudonym(code)
    if db.scalar(select(Person).where(Person.code == code)):
        raise UserError("Somebody is called {code} already. Choose another code.", code=code)
    person = Person(code=code, role=role)
    db.add(person)
    db.flush()
    return person.id


def check_codes(codes: Sequence[str]) -> None:
    """Check codes for people before a study is made for them.

    Raises:
        UserError: one could be a name, or two are the same.
    """
    seen = set()
    for code in map(pseudonym, codes):
        if code in seen:
            raise UserError("Two people are called {code}. Give each a code of their own.", code=code)
        seen.add(code)


def roster(db: Db) -> tuple[Member, ...]:
    """Everybody who can sign in, by code."""
    people = db.scalars(select(Person).where(Person.active).order_by(Person.code))
    return tuple(Member(person.id, person.code, Role(person.role)) for person in people)


def study_facts(db: Db) -> StudyFacts:
    """The study's title and settings."""
    study = db.scalars(select(Study)).one()
    return StudyFacts(study.title, study.coverage_share)


def set_coverage_share(db: Db, share: float) -> None:
    """Set the share of a recording that must be heard before submitting asks no question.

    Raises:
        UserError: ``share`` is not between 0 and 1, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    if not 0 <= share <= 1:
        raise UserError("The share to be heard lies between 0 and 100 percent.")
    db.scalars(select(Study)).one().coverage_share = share


def site(db: Db, code: str) -> Site:
    """The site called ``code``, made when it is new."""
    code = label(code)
    found = db.scalar(select(Site).where(Site.code == code))
    if found is None:
        found = Site(code=code)
        db.add(found)
        db.flush()
    return found


def counselor(db: Db, code: str, at: Site | None) -> Counselor:
    """The counselor called ``code``, made when new; one without a site gets ``at``."""
    code = pseudonym(code)
    found = db.scalar(select(Counselor).where(Counselor.code == code))
    if found is None:
        found = Counselor(code=code, site_id=at.id if at else None)
        db.add(found)
        db.flush()
    elif at and found.site_id is None:
        found.site_id = at.id
    return found


def client(db: Db, code: str, at: Site | None) -> Client:
    """The client with the pseudonymous id ``code``, made when new.

    Raises:
        UserError: the id could identify somebody, or belongs to a client of another site.
    """
    code = pseudonym(code)
    found = db.scalar(select(Client).where(Client.code == code))
    if found is None:
        found = Client(code=code, site_id=at.id if at else None)
        db.add(found)
        db.flush()
    elif at and found.site_id and found.site_id != at.id:
        raise UserError("The client {code} belongs to another site. Check the id and the site.", code=code)
    elif at and found.site_id is None:
        found.site_id = at.id
    return found
