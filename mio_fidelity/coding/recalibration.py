"""Master sessions a coder rates anew because something has moved, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import aliased

from mio_fidelity.coding.assign import assign
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recalibration_draw import master_candidates
from mio_fidelity.coding.recalibration_outcome import Outcome, RecalibrationRow, outcome_of
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import (
    Person,
    Rating,
    Recalibration,
    Score,
    now,
)

# Over when what is left of the difference is within half of the flag's size, and never asked to be nearer
# than a quarter of a point; without a flag, within half a point.
_LEFT, _NEAREST, _WITHOUT_FLAG = 0.5, 0.25, 0.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """A recalibration that was drawn.

    Attributes:
        rating_ids: The new assignments.
        words: What was drawn, and what to keep in mind.
    """

    id: str
    rating_ids: tuple[str, ...]
    words: Sentence


def draw_masters(
    db: Db, person_id: str, n: int, reason: Mapping[str, Any], seed: int, due_on: date | None = None
) -> Drawn:
    """Give a coder ``n`` master sessions to rate anew; nothing on her list tells them from others.

    Args:
        db: The study.
        person_id: The coder.
        n: How many sessions.
        reason: What the chart said: as `drift_words.as_reason` writes it, or empty.
        seed: Decides which sessions.
        due_on: When they are due.

    Raises:
        UserError: there are no master sessions that the coder may rate, the coder has left, a recalibration
            is open, ``n`` is not positive, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    person = db.get_one(Person, person_id)
    if n < 1:
        raise UserError("Draw at least one master session.")
    if not person.active:
        raise UserError("{code} has left the study. Choose somebody else.", code=person.code)
    row = _open(db, person)
    fresh, again = master_candidates(db, person, seed)
    chosen = (fresh + again)[:n]
    row.by_id, row.reason, row.drawn_at = actor(db), dict(reason), now()
    db.add(row)
    db.flush()
    edition = latest_edition(db)
    made = [assign(db, each, person_id, edition.id, Purpose.DRIFT, due_on) for each in chosen]
    for rating_id in made:
        db.get_one(Rating, rating_id).recalibration_id = row.id
    return Drawn(
        row.id, tuple(made), _drawn_words(person.code, n, len(chosen), len(set(chosen) - set(fresh)))
    )


def _open(db: Db, person: Person) -> Recalibration:
    """A new recalibration, or one that is open and of which everything was taken back."""
    row = db.scalar(
        select(Recalibration).where(Recalibration.person_id == person.id, Recalibration.closed_at.is_(None))
    )
    if row is None:
        return Recalibration(person_id=person.id)
    if db.scalar(select(Rating.id).where(Rating.recalibration_id == row.id, Rating.withdrawn_at.is_(None))):
        raise UserError("A recalibration of {code} is open. Close it first.", code=person.code)
    return row


def _drawn_words(code: str, wanted: int, given: int, again: int) -> Sentence:
    said = Sentence("Master sessions that {code} has to rate: {n}.", code=code, n=given)
    if given < wanted:
        said = Sentence("{said} There are no more than that.", said=said)
    if again:
        said = Sentence(
            "{said} {again} of them {code} has rated before and may remember: there are no others.",
            said=said,
            again=again,
            code=code,
        )
    return said


def close_recalibration(db: Db, recalibration_id: str) -> Outcome:
    """Hold what was rated against the master codes and keep the outcome.

    Raises:
        UserError: it is closed already, sessions of it are still to be rated, none is left, or the person
            signed in is no supervisor.
    """
    only_supervisors(db)
    row = db.get_one(Recalibration, recalibration_id)
    if row.closed_at is not None:
        raise UserError("This recalibration is closed already. Draw a new one if it is not enough.")
    ratings = db.scalars(
        select(Rating).where(Rating.recalibration_id == row.id, Rating.withdrawn_at.is_(None))
    ).all()
    waiting = sum(rating.submitted_at is None for rating in ratings)
    if waiting:
        raise UserError(
            "Sessions of this recalibration still to be rated: {n}. Wait for them, or take them back.",
            n=waiting,
        )
    if not ratings:
        raise UserError("No session of this recalibration was rated. Draw a new one before closing this.")
    plain = _outcome(db, row, ratings)
    row.closed_at, row.outcome = now(), plain
    return outcome_of(plain)


def _outcome(db: Db, row: Recalibration, ratings: Sequence[Rating]) -> dict[str, Any]:
    """The outcome as plain values, as it is stored."""
    gaps = _gaps(db, row.id)
    flags = []
    for flag in row.reason.get("flags", ()):
        scales = set(flag["scales"])
        some = [gap for scale, dimension, gap in gaps if scale in scales and dimension == flag["dimension"]]
        flags.append(
            {
                "words": flag["words"],
                "before": flag["size"],
                "after": float(np.mean(some)) if some else None,
                "n_scores": len(some),
                "limit": max(_NEAREST, abs(flag["size"]) * _LEFT),
            }
        )
    every = np.array([gap for *_, gap in gaps])
    mean = float(every.mean()) if len(every) else None
    if flags:
        passed = all(each["after"] is not None and abs(each["after"]) <= each["limit"] for each in flags)
    else:
        passed = mean is not None and abs(mean) <= _WITHOUT_FLAG
    return {
        "n_sessions": len(ratings),
        "n_scores": len(every),
        "within_1": float((np.abs(every) <= 1).mean()) if len(every) else None,
        "mean": mean,
        "flags": flags,
        "passed": passed,
    }


def _gaps(db: Db, recalibration_id: str) -> list[tuple[str, str, int]]:
    """Scale, dimension and difference from the latest master codes of the same edition."""
    master, theirs = aliased(Rating), aliased(Score)
    rows = db.execute(
        select(Score.rating_id, Score.scale, Score.dimension, Score.value - theirs.value)
        .join(Rating, Rating.id == Score.rating_id)
        .join(
            master,
            (master.session_id == Rating.session_id) & (master.instrument_sha256 == Rating.instrument_sha256),
        )
        .join(
            theirs,
            (theirs.rating_id == master.id)
            & (theirs.scale == Score.scale)
            & (theirs.dimension == Score.dimension),
        )
        .where(
            Rating.recalibration_id == recalibration_id,
            Rating.withdrawn_at.is_(None),
            Rating.submitted_at.is_not(None),
            master.purpose == Purpose.MASTER,
            master.submitted_at.is_not(None),
            master.withdrawn_at.is_(None),
            Score.value.is_not(None),
        )
        .order_by(master.submitted_at)
    )
    # The latest master codes come last and stay, even where they have no score.
    latest = {(rating, scale, dimension): gap for rating, scale, dimension, gap in rows}
    return [(scale, dimension, gap) for (_, scale, dimension), gap in latest.items() if gap is not None]


def recalibrations(db: Db, person_id: str | None = None) -> tuple[RecalibrationRow, ...]:
    """The recalibrations of the study, or of one coder, newest first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    query = select(Recalibration, Person.code).join(Person, Person.id == Recalibration.person_id)
    if person_id is not None:
        query = query.where(Recalibration.person_id == person_id)
    given: dict[str | None, list[bool]] = {}
    for key, submitted_at in db.execute(
        select(Rating.recalibration_id, Rating.submitted_at).where(
            Rating.recalibration_id.is_not(None), Rating.withdrawn_at.is_(None)
        )
    ):
        given.setdefault(key, []).append(submitted_at is not None)
    return tuple(
        RecalibrationRow(
            row.id,
            row.person_id,
            code,
            row.drawn_at,
            row.closed_at,
            tuple(flag["words"] for flag in row.reason.get("flags", ())),
            sum(given.get(row.id, ())),
            len(given.get(row.id, ())),
            outcome_of(row.outcome) if row.outcome else None,
        )
        for row, code in db.execute(query.order_by(Recalibration.drawn_at.desc()))
    )
