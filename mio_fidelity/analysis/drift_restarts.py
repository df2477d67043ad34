"""Recalibrations as charts know them: where they begin anew."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from sqlalchemy import select

from mio_fidelity.analysis.drift_data import Coded
from mio_fidelity.analysis.drift_results import Recalibrated
from mio_fidelity.analysis.drift_tracks import Restart
from mio_fidelity.store import Db
from mio_fidelity.store.models import Rating, Recalibration


def recalibrations_by_person(db: Db) -> dict[str, list[Recalibration]]:
    """The recalibrations of each person, oldest first."""
    found: defaultdict[str, list[Recalibration]] = defaultdict(list)
    for row in db.scalars(select(Recalibration).order_by(Recalibration.drawn_at)):
        found[row.person_id].append(row)
    return found


def rated_again(db: Db, people: Collection[str]) -> defaultdict[str, set[str]]:
    """Recalibration of one of ``people`` to its ratings."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    query = select(Rating.recalibration_id, Rating.id).where(
        Rating.person_id.in_(people), Rating.recalibration_id.is_not(None)
    )
    for key, rating_id in db.execute(query):
        found[str(key)].add(rating_id)
    return found


def restarts_of(rows: Sequence[Recalibration], rated: Mapping[str, set[str]], data: Coded) -> list[Restart]:
    """What begins anew; ``rated`` is a recalibration's id to the ids of its ratings."""
    found = []
    for row in sorted((row for row in rows if row.closed_at), key=lambda row: row.closed_at or row.drawn_at):
        closed = (row.closed_at or row.drawn_at).timestamp()
        about = {
            (scale, flag["dimension"]) for flag in row.reason.get("flags", ()) for scale in flag["scales"]
        }
        own = {at for at, key in enumerate(data.given.ids) if key in rated[row.id]}
        after = int(np.searchsorted(np.array(data.given.submitted), closed))
        passed = bool((row.outcome or {}).get("passed"))
        found.append(Restart(after, frozenset(own), frozenset(about), closed, passed))
    return found


def as_known(row: Recalibration) -> Recalibrated:
    """A recalibration as a report tells of it."""
    closed = row.closed_at
    return Recalibrated(
        row.id,
        row.drawn_at.astimezone().date(),
        closed.astimezone().date() if closed else None,
        bool((row.outcome or {}).get("passed")) if closed else None,
    )
