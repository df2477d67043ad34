"""What a study has chosen: values by a key, each with a default of the module that asks."""

from typing import Any

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.store import Db
from mio_fidelity.store.models import Setting


def chosen(db: Db, key: str) -> dict[str, Any]:
    """What was chosen under ``key``; empty when nothing was."""
    found = db.scalar(select(Setting).where(Setting.key == key))
    return dict(found.value) if found else {}


def choose(db: Db, key: str, value: dict[str, Any]) -> None:
    """Keep a choice; the module that asks for it has checked it.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    found = db.scalar(select(Setting).where(Setting.key == key))
    if found is None:
        db.add(Setting(key=key, value=value))
    else:
        found.value = value
