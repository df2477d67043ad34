"""Who works in the study: people who leave and come back, and whose sessions they are kept away from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.assign import withdraw
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Barred, Client, Counselor, Person, Rating, Site


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of sites, counselors and clients, in order."""

    sites: tuple[str, ...]
    counselors: tuple[str, ...]
    clients: tuple[str, ...]


def codes(db: Db) -> Codes:
    """All that somebody can be kept away from."""
    people.only_supervisors(db)
    return Codes(
        tuple(db.scalars(select(Site.code).order_by(Site.code))),
        tuple(db.scalars(select(Counselor.code).order_by(Counselor.code))),
        tuple(db.scalars(select(Client.code).order_by(Client.code))),
    )


def kept_from(db: Db, person_id: str) -> Codes:
    """All that a person is kept away from by `bar`."""
    people.only_supervisors(db)
    own = Barred.person_id == person_id
    return Codes(
        tuple(db.scalars(select(Site.code).join(Barred, Barred.site_id == Site.id).where(own))),
        tuple(
            db.scalars(select(Counselor.code).join(Barred, Barred.counselor_id == Counselor.id).where(own))
        ),
        tuple(db.scalars(select(Client.code).join(Barred, Barred.client_id == Client.id).where(own))),
    )


def leave(db: Db, person_id: str) -> int:
    """Somebody leaves the study: signs in no more, and the sessions not submitted are taken back.

    Returns:
        How many sessions are free again.

    Raises:
        UserError: it is the only supervisor, or the person signed in is none.
    """
    people.only_supervisors(db)
    person = db.get_one(Person, person_id)
    others = select(Person.id).where(Person.role == Role.SUPERVISOR, Person.active, Person.id != person_id)
    if person.role == Role.SUPERVISOR and not db.scalar(others):
        raise UserError("This is the only supervisor. Make somebody else a supervisor first.")
    person.active = False
    open_ = select(Rating.id).where(
        Rating.person_id == person_id,
        Rating.submitted_at.is_(None),
        Rating.withdrawn_at.is_(None),
        # Any other supervisor goes on with it.
        Rating.purpose != Purpose.CONSENSUS,
    )
    return withdraw(db, db.scalars(open_).all())


def come_back(db: Db, person_id: str) -> None:
    """Somebody who left works in the study again."""
    people.only_supervisors(db)
    db.get_one(Person, person_id).active = True


def bar(
    db: Db,
    person_id: str,
    *,
    client: str | None = None,
    counselor: str | None = None,
    site: str | None = None,
) -> None:
    """Say that a person is not to code the sessions of a client, a counselor or a site, given by code.

    Raises:
        UserError: there is none of this code, or the person signed in is no supervisor.
    """
    target = _target(db, client, counselor, site)
    if not db.scalar(select(Barred).filter_by(person_id=person_id, **target)):
        db.add(Barred(person_id=person_id, **target))


def unbar(
    db: Db,
    person_id: str,
    *,
    client: str | None = None,
    counselor: str | None = None,
    site: str | None = None,
) -> None:
    """Lift what `bar` said.

    Raises:
        UserError: as `bar`.
    """
    target = _target(db, client, counselor, site)
    for row in db.scalars(select(Barred).filter_by(person_id=person_id, **target)):
        db.delete(row)


def set_site(db: Db, person_id: str, code: str | None) -> None:
    """Say at which site a person works; None for none."""
    people.only_supervisors(db)
    db.get_one(Person, person_id).site_id = people.site(db, code).id if code else None


def _target(db: Db, client: str | None, counselor: str | None, site: str | None) -> dict[str, str]:
    people.only_supervisors(db)
    tables: tuple[tuple[str, str | None, Any], ...] = (
        ("client_id", client, Client),
        ("counselor_id", counselor, Counselor),
        ("site_id", site, Site),
    )
    ((column, code, table),) = [each for each in tables if each[1] is not None]
    found = db.scalar(select(table.id).where(table.code == code))
    if found is None:
        raise UserError("Nothing in the study is called {code}. Check the code.", code=code)
    return {column: found}
