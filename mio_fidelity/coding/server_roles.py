"""Which database role belongs to whom, in a study on a server."""

from collections.abc import Mapping

from sqlalchemy import select, text

from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import Person, Setting
from mio_fidelity.store.server_door import ROLES

_MAY_SIGN_IN = text("SELECT true FROM pg_roles WHERE rolname = :role AND rolcanlogin")


def tie(db: Db, code: str, role: str) -> None:
    """Let only a database role sign in as a person, and that role as nobody else.

    Args:
        db: The study.
        code: The person's.
        role: The database role; empty to let anybody again who may open the study.

    Raises:
        UserError: nobody has this code, the role is none of the server or belongs to somebody else, it would
            shut out who is signed in, or that person is no supervisor.
    """
    only_supervisors(db)
    person = db.scalar(select(Person).where(Person.code == code))
    if person is None:
        raise UserError("Nobody in the study is called {code}.", code=code)
    row = db.scalar(select(Setting).where(Setting.key == ROLES))
    if person.id == actor(db) and role and role != db.scalar(text("SELECT session_user")):
        raise UserError(
            "You are signed in under another name on the server, and would shut yourself out. Tie your own "
            "code to the name that you use."
        )
    kept = {key: value for key, value in (row.value if row else {}).items() if key != person.id}
    if role and role in kept.values():
        raise UserError("This name on the server belongs to somebody else already. Each has one of her own.")
    if role and not db.scalar(_MAY_SIGN_IN, {"role": role}):
        raise UserError(
            "The server knows no name {role} that may sign in. Look how it is written there, in small and "
            "capital letters too, or have it made first.",
            role=role,
        )
    if role:
        kept[person.id] = role
    if row is None:
        db.add(Setting(key=ROLES, value=kept))
    else:
        row.value = kept


def ties(db: Db) -> Mapping[str, str]:
    """Code to database role.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.scalar(select(Setting).where(Setting.key == ROLES))
    kept = row.value if row else {}
    return {person.code: kept[person.id] for person in db.scalars(select(Person)) if person.id in kept}
