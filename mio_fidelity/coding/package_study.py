"""The study inside a package: one coder's open sessions, and of everything else nothing.

Sessions, clients and recordings get ids of their own, so that two assignments of one session cannot be told
to be that; purpose and occasion are the same for all. The real ones stay at home.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mio_fidelity.coding.package_content import PARTS, Content, digest, moment, row_values
from mio_fidelity.coding.package_examples import Example, example_rows
from mio_fidelity.coding.package_rows import Rows, Sound, keys_of, placeholder, recordings_of
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    Base,
    Decision,
    InstrumentEdition,
    Person,
    Place,
    Rating,
    Setting,
    Study,
    new_id,
)

SETTING = "package"
FORMAT = 1


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
        examples: What she may hear of other sessions; none without recordings.
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
    examples: tuple[Example, ...]
    instruments: Sequence[dict[str, Any]]
    decisions: Sequence[dict[str, Any]]
    left: int
    package_id: str = field(default_factory=new_id)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """Every recording."""
        sounds = (*(work.sounds for work in self.works), *(example.sounds for example in self.examples))
        return tuple(sound for some in sounds for sound in some)

    @property
    def keep_until(self) -> date | None:
        """The last day for all recordings that go along: the earliest, as each its own would tell of it."""
        return min((each.keep_until for each in self.sounds if each.key and each.keep_until), default=None)

    def baselines(self) -> dict[str, str]:
        """Rating id to the digest of what it held when it was handed out."""
        return {work.rating_id: digest(work.content) for work in self.works}


def fill(db: Db, out: Outgoing, made_at: datetime, key: bytes, program: str) -> None:
    """Write the rows of a package into an empty study."""
    nobody = Person(id=new_id(), code="-", role=Role.SUPERVISOR, active=False)
    db.add_all(
        [
            Study(title=out.title, coverage_share=out.coverage_share),
            Person(id=out.person_id, code=out.person_code, role=Role.CODER),
            nobody,
            Setting(key=SETTING, value=_about(out, made_at, key, program)),
            *(InstrumentEdition(**values) for values in out.instruments),
        ]
    )
    db.flush()
    db.add_all(Decision(**values, person_id=nobody.id) for values in out.decisions)
    works = [_work_rows(work, out.person_id, made_at, out.keep_until) for work in out.works]
    examples = [example_rows(example, nobody.id, made_at, out.keep_until) for example in out.examples]
    # Kind by kind: nothing tells the database layer which of them refers to which.
    for kind in zip(*works, *examples, strict=True):
        db.add_all(row for rows in kind for row in rows)
        db.flush()
    for _, _, ratings, *_ in examples:
        for rating in ratings:
            # Only now: a submitted rating takes no more marks.
            rating.submitted_at = made_at
    db.flush()


def _about(out: Outgoing, made_at: datetime, key: bytes, program: str) -> dict[str, Any]:
    """What the package is, for the program that opens it."""
    return {
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


def _work_rows(work: Work, person_id: str, made_at: datetime, keep_until: date | None) -> Rows:
    client, session = placeholder(work.blind_code, for_training=False)
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
    more: list[Base] = [
        table(rating_id=rating.id, **row_values(part, row))
        for part, (table, _) in PARTS.items()
        for row in work.content[part]
    ]
    if work.place:
        more.append(Place(rating_id=rating.id, position_ms=work.place[0], speed=work.place[1]))
    recordings = recordings_of(work.sounds, session.id, made_at, keep_until)
    return [client], [session], [rating], recordings, [*keys_of(work.sounds), *more], []
