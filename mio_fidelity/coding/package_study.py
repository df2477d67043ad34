"""The study inside a package: one coder's open sessions, and of everything else nothing.

Sessions, clients and recordings get ids of their own, so that two assignments of one session cannot be told
to be that; purpose and occasion are the same for all. The real ones stay at home.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mio_fidelity.coding.package_content import PARTS, Content, digest, moment, row_values
from mio_fidelity.coding.recordings import VAULT
from mio_fidelity.media.source import Source
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    Client,
    Decision,
    InstrumentEdition,
    Person,
    Place,
    Rating,
    Recording,
    Setting,
    Study,
    TreatmentSession,
    VaultKey,
    new_id,
)

SETTING = "package"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that goes along, or that the coder has already.

    Attributes:
        source: Where its bytes come from at home.
        key: Enciphers it in the package; None when it is not in it.
        facts: Columns of its row that tell nothing of whose it is.
        id: Of its row in the package, and its name in the vault there.
    """

    source: Source = field(repr=False)
    key: bytes | None = field(repr=False)
    facts: dict[str, Any]
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Work:
    """One assignment that goes along."""

    rating_id: str
    blind_code: str
    instrument_id: str
    instrument_sha256: str
    due_on: date | None
    content: Content
    place: tuple[int, float] | None
    sounds: tuple[Sound, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """All that a package holds.

    Attributes:
        instruments: Values of the editions' rows.
        decisions: Values of the decisions' rows.
        left: Open sessions that do not go along: out in another package, not to be heard, or the same
            recording as one that does.
    """

    study_id: str
    title: str
    coverage_share: float
    person_id: str
    person_code: str
    works: tuple[Work, ...]
    instruments: Sequence[dict[str, Any]]
    decisions: Sequence[dict[str, Any]]
    left: int
    package_id: str = field(default_factory=new_id)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """Every recording."""
        return tuple(sound for work in self.works for sound in work.sounds)

    def baselines(self) -> dict[str, str]:
        """Rating id to the digest of what it held when it was handed out."""
        return {work.rating_id: digest(work.content) for work in self.works}


def fill(db: Db, out: Outgoing, made_at: datetime, key: bytes, program: str) -> None:
    """Write the rows of a package into an empty study."""
    nobody = Person(code="-", role=Role.SUPERVISOR, active=False)
    db.add_all(
        [
            Study(title=out.title, coverage_share=out.coverage_share),
            Person(id=out.person_id, code=out.person_code, role=Role.CODER),
            nobody,
            *(InstrumentEdition(**values) for values in out.instruments),
        ]
    )
    about = {
        "package": out.package_id,
        "study": out.study_id,
        "person": out.person_id,
        "made_at": made_at.isoformat(),
        "format": FORMAT,
        "program": program,
        "key": key.hex(),
        "baselines": out.baselines(),
        "returned": {},
    }
    db.add(Setting(key=SETTING, value=about))
    db.flush()
    db.add_all(Decision(**values, person_id=nobody.id) for values in out.decisions)
    for work in out.works:
        _add(db, work, out.person_id, made_at)
    db.flush()


def _add(db: Db, work: Work, person_id: str, made_at: datetime) -> None:
    client = Client(id=new_id(), code=work.blind_code)
    session = TreatmentSession(id=new_id(), client_id=client.id, number=1)
    rating = Rating(
        id=work.rating_id,
        blind_code=work.blind_code,
        session_id=session.id,
        person_id=person_id,
        instrument_id=work.instrument_id,
        instrument_sha256=work.instrument_sha256,
        role=Role.CODER,
        purpose=Purpose.PRODUCTION,
        due_on=work.due_on,
        assigned_at=made_at,
        begun_at=moment(work.content["begun_at"]),
        notes=work.content["notes"],
    )
    # One after the other: nothing tells the database layer which of them refers to which.
    for row in (client, session, rating):
        db.add(row)
        db.flush()
    for nth, sound in enumerate(work.sounds, start=1):
        db.add(
            Recording(
                id=sound.id,
                session_id=session.id,
                part=nth,
                location=f"{VAULT}/{sound.id}" if sound.key else f"recordings/{sound.id}",
                added_at=made_at,
                **sound.facts,
            )
        )
        db.flush()
        if sound.key:
            db.add(VaultKey(recording_id=sound.id, key=sound.key))
    for part, (table, _) in PARTS.items():
        db.add_all(table(rating_id=rating.id, **row_values(part, row)) for row in work.content[part])
    if work.place:
        db.add(Place(rating_id=rating.id, position_ms=work.place[0], speed=work.place[1]))
