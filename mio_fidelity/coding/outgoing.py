"""What of a coder's work can go to a computer of her own, and what is there already."""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.coding.package_examples import examples_for
from mio_fidelity.coding.package_rows import Sound
from mio_fidelity.coding.package_study import Outgoing, Work
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import audible, source_of_part
from mio_fidelity.coding.retention import kept_until, retention
from mio_fidelity.errors import UserError
from mio_fidelity.media.vault import new_key
from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import (
    AwaitedFile,
    Decision,
    InstrumentEdition,
    Package,
    Person,
    Place,
    Rating,
    Study,
    TreatmentSession,
)

# What may leave the house: a consensus is of several people, a self-rating of somebody who knows the session.
HANDED = (Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.PRODUCTION, Purpose.RELIABILITY, Purpose.DRIFT)
_FACTS = (
    "sha256",
    "byte_size",
    "kind",
    "container",
    "codec",
    "duration_ms",
    "claimed_ms",
    "packet_errors",
)


def current_packages(db: Db) -> Mapping[str, str]:
    """Rating id to the package it is out in: the last one that was not revoked."""
    rows = db.execute(
        select(Package.id, Package.contents).where(Package.revoked_at.is_(None)).order_by(Package.made_at)
    )
    return {rating_id: package_id for package_id, contents in rows for rating_id in contents["ratings"]}


def handed_out(db: Db) -> frozenset[str]:
    """The open ratings of the person at work that are out on another computer."""
    me = actor(db)
    mine = select(Rating.id).where(
        Rating.person_id == me, Rating.submitted_at.is_(None), Rating.withdrawn_at.is_(None)
    )
    return frozenset(db.scalars(mine)) & current_packages(db).keys()


def available(db: Db, person_id: str) -> dict[str, Rating]:
    """The open assignments of a person that are not out, by id, in the order of her queue."""
    rows = db.scalars(
        select(Rating)
        .where(
            Rating.person_id == person_id,
            Rating.submitted_at.is_(None),
            Rating.withdrawn_at.is_(None),
            Rating.purpose.in_(HANDED),
        )
        # Of two ratings of one session the first occasion goes first.
        .order_by(Rating.occasion, Rating.due_on, Rating.blind_code)
        .options(selectinload(Rating.session).selectinload(TreatmentSession.recordings))
    )
    out = current_packages(db)
    return {row.id: row for row in rows if row.id not in out}


def gather(
    db: Db, person_id: str, rating_ids: Collection[str] | None, with_recordings: bool, folder: Path
) -> Outgoing:
    """All that a package for a person would hold.

    Args:
        db: The study.
        person_id: Whose work.
        rating_ids: Which of her open assignments; None for all.
        with_recordings: Whether recordings get a key to go along.
        folder: The study folder.

    Raises:
        UserError: one of the assignments cannot go, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    person, study = db.get_one(Person, person_id), db.scalars(select(Study)).one()
    chosen = _chosen(db, person_id, rating_ids)
    contents, sounds = contents_of(db, chosen), partial(_sounds, db, with_recordings, folder)
    places = {
        row.rating_id: (row.position_ms, row.speed)
        for row in db.scalars(select(Place).where(Place.rating_id.in_(chosen)))
    }
    works = tuple(
        Work(
            rating.id,
            rating.blind_code,
            rating.instrument_id,
            rating.instrument_sha256,
            rating.due_on,
            contents[rating.id],
            places.get(rating.id),
            sounds(rating.session),
        )
        for rating in chosen.values()
    )
    examples = examples_for(db, person_id, sounds) if with_recordings else ()
    used = {work.instrument_id for work in works}
    used |= {edition for example in examples for edition, _ in example.marks}
    return Outgoing(
        study.id,
        study.title,
        study.coverage_share,
        person_id,
        person.code,
        works,
        examples,
        [_values(row, "id key title edition sha256 files added_at") for row in _editions(db, used)],
        [_values(row, "id scale dimension text since made_at") for row in _decisions(db)],
        _open(db, person_id) - len(works),
    )


def _chosen(db: Db, person_id: str, rating_ids: Collection[str] | None) -> dict[str, Rating]:
    """What goes along: of each session one rating, where all of it may be heard."""
    found = available(db, person_id)
    if rating_ids is not None:
        if not set(rating_ids) <= set(found):
            raise UserError(
                "Some of these sessions are handed out already, submitted, or somebody else's. Choose again."
            )
        found = {rating_id: found[rating_id] for rating_id in found if rating_id in set(rating_ids)}
    heard = set(db.scalars(audible())) - set(db.scalars(select(AwaitedFile.session_id)))
    # A second rating of the same recording in one file would give a hidden re-code away.
    first: dict[str, Rating] = {}
    for rating in found.values():
        if rating.session_id in heard:
            first.setdefault(rating.session_id, rating)
    # In an order that says nothing: a hidden re-code would stand behind the first ones.
    return {rating.id: rating for rating in sorted(first.values(), key=lambda row: row.blind_code)}


def _open(db: Db, person_id: str) -> int:
    open_ = select(Rating.id).where(
        Rating.person_id == person_id,
        Rating.submitted_at.is_(None),
        Rating.withdrawn_at.is_(None),
        Rating.purpose.in_(HANDED),
    )
    return len(db.scalars(open_).all())


def _sounds(db: Db, with_recordings: bool, folder: Path, session: TreatmentSession) -> tuple[Sound, ...]:
    rule = retention(db)
    return tuple(
        Sound(
            source_of_part(db, part, folder),
            new_key() if with_recordings else None,
            {column: getattr(part, column) for column in _FACTS},
            kept_until(part.keep_until, session.held_on, part.added_at, rule),
        )
        for part in session.recordings
    )


def _editions(db: Db, ids: Collection[str]) -> Collection[InstrumentEdition]:
    return db.scalars(
        select(InstrumentEdition)
        .where(InstrumentEdition.id.in_(ids))
        .order_by(InstrumentEdition.added_at, InstrumentEdition.id)
    ).all()


def _decisions(db: Db) -> Collection[Decision]:
    return db.scalars(
        select(Decision).where(Decision.withdrawn_at.is_(None)).order_by(Decision.made_at)
    ).all()


def _values(row: object, columns: str) -> dict[str, Any]:
    return {column: getattr(row, column) for column in columns.split()}
