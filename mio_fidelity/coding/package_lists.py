"""The packages as a table: what is out, what came back, what is missing. For supervisors."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from mio_fidelity.coding import people
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.coding.study_state import day_of
from mio_fidelity.errors import Sentence
from mio_fidelity.store import Db
from mio_fidelity.store.models import Conflict, Package, PackageReturn, Person, Rating

OUT, PARTLY, BACK, REVOKED = "out", "partly", "back", "revoked"


def packages(db: Db, today: date) -> Listing:  # noqa: ARG001 - every listing is asked for alike
    """Every package, the newest first."""
    people.only_supervisors(db)
    codes = dict(db.execute(select(Person.id, Person.code)).all())
    returns, conflicts = _returns(db), _conflicts(db)
    closed = set(db.scalars(select(Rating.id).where(Rating.submitted_at.is_not(None))))
    withdrawn = set(db.scalars(select(Rating.id).where(Rating.withdrawn_at.is_not(None))))
    ids: list[str] = []
    rows: list[tuple[Value, ...]] = []
    for row in db.scalars(select(Package).order_by(Package.made_at.desc())):
        given = set(row.contents["ratings"])
        times, last, came = returns.get(row.id, (0, None, set()))
        submitted = len(given & closed & came)
        missing = len(given - closed - withdrawn)
        ids.append(row.id)
        rows.append(
            (
                codes[row.person_id],
                day_of(row.made_at),
                _state(row, times, missing),
                len(given),
                len(given & came),
                submitted,
                missing if row.revoked_at is None else None,
                conflicts.get(row.id) or None,
                last,
                times or None,
                "inside" if row.contents["recordings"] else "none",
                codes[row.by_id],
            )
        )
    return Listing("packages", Sentence("Packages"), _COLUMNS, ids, rows)


def _state(row: Package, times: int, missing: int) -> str:
    if row.revoked_at is not None:
        return REVOKED
    if not missing:
        return BACK
    return PARTLY if times else OUT


def _returns(db: Db) -> dict[str, tuple[int, date | None, set[str]]]:
    """Package to how often work came back, when last, and of which ratings."""
    found: dict[str, tuple[int, date | None, set[str]]] = {}
    query = select(PackageReturn.package_id, PackageReturn.merged_at, PackageReturn.outcome)
    for package_id, at, outcome in db.execute(query.order_by(PackageReturn.merged_at)):
        times, _, came = found.get(package_id, (0, None, set[str]()))
        found[package_id] = (times + 1, day_of(at), came | set(outcome["ratings"]))
    return found


def _conflicts(db: Db) -> dict[Any, int]:
    query = (
        select(PackageReturn.package_id, func.count())
        .join(Conflict, Conflict.return_id == PackageReturn.id)
        .where(Conflict.settled_at.is_(None))
        .group_by(PackageReturn.package_id)
    )
    return dict(db.execute(query).all())


_COLUMNS = (
    Column("person", Sentence("Coder")),
    Column("made", Sentence("Made on"), Kind.DAY),
    Column("state", Sentence("State"), Kind.STATE),
    Column("sessions", Sentence("Handed out"), Kind.NUMBER, Sentence("Sessions in the package.")),
    Column("returned", Sentence("Returned"), Kind.NUMBER, Sentence("Sessions of which work came back.")),
    Column("submitted", Sentence("Submitted"), Kind.NUMBER, Sentence("Of these, submitted.")),
    Column(
        "missing",
        Sentence("Missing"),
        Kind.NUMBER,
        Sentence("Neither submitted nor taken back; empty when the package was revoked."),
    ),
    Column("conflicts", Sentence("Conflicts"), Kind.NUMBER, Sentence("Waiting for a decision.")),
    Column("last", Sentence("Last return"), Kind.DAY),
    Column("times", Sentence("Returns"), Kind.NUMBER, Sentence("How often work came back.")),
    Column("recordings", Sentence("Recordings"), Kind.STATE),
    Column("by", Sentence("Made by")),
)
