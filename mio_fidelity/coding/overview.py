"""What a study holds, in numbers."""

from sqlalchemy import func, select

from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import InstrumentEdition, Person, Rating, Recording, Study, TreatmentSession


def overview(db: Db) -> tuple[tuple[str, str], ...]:
    """Names and values, in the order in which they are read; nothing that identifies anybody."""
    study = db.scalars(select(Study)).one()
    # The work of coders; counselors rate themselves beside it.
    given = Rating.purpose.not_in((Purpose.CONSENSUS, Purpose.SELF))
    editions = db.execute(select(InstrumentEdition.title, InstrumentEdition.edition)).all()
    return (
        ("title", study.title),
        ("made", f"{study.created_at:%Y-%m-%d}"),
        *(("instrument", f"{title}, edition {edition}") for title, edition in editions),
        ("people", _count(db, Person)),
        ("sessions", _count(db, TreatmentSession)),
        ("recordings", _count(db, Recording)),
        ("ratings assigned", _count(db, Rating, given)),
        ("ratings begun", _count(db, Rating, given, Rating.begun_at.is_not(None))),
        ("ratings submitted", _count(db, Rating, given, Rating.submitted_at.is_not(None))),
    )


def _count(db: Db, table: type, *conditions: object) -> str:
    return str(db.scalar(select(func.count()).select_from(table).where(*conditions)))  # type: ignore[arg-type]
