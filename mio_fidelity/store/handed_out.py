"""Packages are out whatever the study goes back to: what they hold must find its place when it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import or_, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.models import (
    AssignmentPlan,
    Base,
    InstrumentEdition,
    Package,
    Person,
    Rating,
    Recalibration,
    TreatmentSession,
    now,
)

Values = Mapping[str, Any]
# What a rating cannot be without, and what it can.
_NEEDED = {"session_id": TreatmentSession, "person_id": Person, "instrument_id": InstrumentEdition}
_OPTIONAL = {"plan_id": AssignmentPlan, "recalibration_id": Recalibration}


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Values of the rows of all packages, and of the ratings that are in them."""

    packages: tuple[Values, ...] = field(default=(), repr=False)
    ratings: tuple[Values, ...] = field(default=(), repr=False)


def handed_out(path: Path, key: bytes) -> HandedOut:
    """What was handed out by a study that nobody has open; nothing where it cannot be read."""
    try:
        engine = encrypted_engine(path, key)
        try:
            with engine.execution_options(asking=True).connect() as connection:
                packages = [row._asdict() for row in connection.execute(select(Package.__table__))]
                ids = {each for package in packages for each in package["contents"]["ratings"]}
                ratings = [row._asdict() for row in connection.execute(select(Rating.__table__))]
        finally:
            engine.dispose()
    except (sqlcipher.DatabaseError, DatabaseError):
        return HandedOut()
    return HandedOut(tuple(packages), tuple(row for row in ratings if row["id"] in ids))


def know_packages(db: Session, out: HandedOut, by_id: str | None) -> None:
    """Let a study that goes back know the packages made since, with their keys, and the ratings in them.

    A rating is as it was given, for what was done with it comes back. It is taken back where the study has
    another in its place, so that a person decides; one whose session, person or instrument the study did not
    have then stays unknown.

    Args:
        db: The study as it was.
        out: What `handed_out` found before.
        by_id: Who stands for a supervisor that the study did not have then.
    """
    for values in out.packages:
        known = db.get(Package, values["id"])
        if known is not None:
            known.revoked_at = known.revoked_at or values["revoked_at"]
        elif _is_there(db, Person, values["person_id"]):
            by = values["by_id"] if _is_there(db, Person, values["by_id"]) else by_id
            db.add(Package(**{**values, "by_id": by or values["person_id"]}))
    for values in out.ratings:
        if all(_is_there(db, table, values[key]) for key, table in _NEEDED.items()) and _is_free(db, values):
            gone = [key for key, table in _OPTIONAL.items() if not _is_there(db, table, values[key])]
            as_given = dict.fromkeys(["begun_at", "submitted_at", *gone]) | {"notes": ""}
            db.add(Rating(**{**values, **as_given, **_beside_others(db, values)}))
            db.flush()


def _is_there(db: Session, table: type[Base], row_id: str | None) -> bool:
    return row_id is not None and db.get(table, row_id) is not None


def _is_free(db: Session, values: Values) -> bool:
    """Whether no rating of the study has the id or the code of this one."""
    same = or_(Rating.id == values["id"], Rating.blind_code == values["blind_code"])
    return db.scalar(select(Rating.id).where(same).limit(1)) is None


def _beside_others(db: Session, values: Values) -> Values:
    """What differs in a rating whose place another has: it is withdrawn, with an occasion below all."""
    place = (getattr(Rating, key) == values[key] for key in ("session_id", "person_id", "purpose"))
    occasions = db.scalars(select(Rating.occasion).where(*place)).all()
    if values["occasion"] not in occasions:
        return {}
    return {"withdrawn_at": values["withdrawn_at"] or now(), "occasion": min(1, *occasions) - 1}
