"""What stands beside a coder's charts: stability, the largest disagreements, leniency, and how she works."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
from sqlalchemy import func, select

from mio_fidelity.analysis.drift_data import Coded, Comparisons, Ints
from mio_fidelity.analysis.drift_results import Context, Disagreement, Reference, Stability
from mio_fidelity.analysis.table import Floats
from mio_fidelity.coding.coverage import share_heard
from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.severity import coder_severity
from mio_fidelity.store import Db
from mio_fidelity.store.models import Rating, Recording, Stretch

LARGEST = 20
# Newest ratings of a coder that tell coverage and pace, and newest sessions that the severity model rests on.
NEWEST, SEVERITY_SESSIONS = 50, 200
LEAST_FOR_ICC = 5
_DAY_MINUTES = 24 * 60


def day_of(seconds: float) -> date:
    """The day of this computer's clock."""
    return datetime.fromtimestamp(seconds).date()


def stability(data: Coded, person: str) -> tuple[Stability, ...]:
    """A coder's hidden re-codes against the first ratings, per dimension."""
    second = [at for at in data.again if data.given.people[at] == person]
    first = [data.again[at] for at in second]
    found = []
    for key in data.instrument.dimensions:
        columns = [at for at, column in enumerate(data.columns) if column.dimension == key]
        new, old = data.values[second][:, columns], data.values[first][:, columns]
        gaps = (new - old)[~np.isnan(new - old)]
        n = len(gaps)
        found.append(
            Stability(
                key,
                len(second),
                n,
                float((np.abs(gaps) <= 1).mean()) if n else float("nan"),
                float(gaps.mean()) if n else float("nan"),
                _own_agreement(old, new),
            )
        )
    return tuple(found)


def _own_agreement(old: Floats, new: Floats) -> Estimate:
    """ICC(A,1) of session means over the scales both ratings scored."""
    both = ~np.isnan(old) & ~np.isnan(new)
    n = both.sum(axis=1)
    use = n > 0
    counts = Counts(int(use.sum()), int(use.sum()), int(2 * use.sum()), 1)
    if use.sum() < LEAST_FOR_ICC:
        return undefined("too_few_sessions", counts, "ICC(A,1) of a coder with herself")
    means = [np.where(both, side, 0.0).sum(axis=1)[use] / n[use] for side in (old, new)]
    return icc_complete(np.stack(means, axis=1))["ICC(2,1)"]


def disagreements(
    data: Coded,
    person: str,
    codes: dict[str, str],
    references: Sequence[Reference],
    dimensions: Sequence[str],
) -> tuple[Disagreement, ...]:
    """The scores furthest from their reference, the largest and newest first."""
    given, found = data.given, []
    columns = [at for at, column in enumerate(data.columns) if column.dimension in dimensions]
    for reference in references:
        own, other = _mine(data.pairs[reference], data, person)
        gaps = np.abs(data.values[own][:, columns] - data.values[other][:, columns])
        row, column = np.nonzero(np.nan_to_num(gaps) > 0)
        size = gaps[row, column]
        for nth in np.lexsort((-own[row], -size))[:LARGEST]:
            one, two, what = int(own[row[nth]]), int(other[row[nth]]), columns[column[nth]]
            found.append(
                Disagreement(
                    given.ids[one],
                    given.ids[two],
                    data.labels[given.sessions[one]],
                    day_of(given.submitted[one]),
                    data.columns[what].scale,
                    data.columns[what].title,
                    data.columns[what].dimension,
                    int(data.values[one, what]),
                    int(data.values[two, what]),
                    reference,
                    codes[given.people[two]] if reference is Reference.PARTNERS else "",
                )
            )
    found.sort(key=lambda each: (-abs(each.own - each.other), -each.day.toordinal()))
    return tuple(found[:LARGEST])


def _mine(pairs: Comparisons, data: Coded, person: str) -> tuple[Ints, Ints]:
    mine = np.array([data.given.people[at] == person for at in pairs.own.tolist()], dtype=bool)
    mine &= ~pairs.learnt
    return pairs.own[mine], pairs.other[mine]


def leniency(
    data: Coded, people: Sequence[str], dimensions: Sequence[str]
) -> dict[str, tuple[Estimate, ...]]:
    """Severity of each of ``people`` per dimension: every scale of a session is a thing rated."""
    pairs = data.pairs[Reference.PARTNERS]
    ratings = sorted({int(at) for at in pairs.own[~pairs.learnt]})
    sessions = list(dict.fromkeys(data.given.sessions[at] for at in reversed(ratings)))[:SEVERITY_SESSIONS]
    row, coder = {key: at for at, key in enumerate(sessions)}, {key: at for at, key in enumerate(people)}
    found = {}
    for key in dimensions:
        columns = [at for at, column in enumerate(data.columns) if column.dimension == key]
        cube = np.full((len(sessions), len(columns), len(people)), np.nan)
        for at in ratings:
            if data.given.sessions[at] in row:
                cube[row[data.given.sessions[at]], :, coder[data.given.people[at]]] = data.values[at, columns]
        stacked = cube.reshape(-1, len(people))
        double = stacked[(~np.isnan(stacked)).sum(axis=1) > 1]
        if len(double):
            found[key] = coder_severity(double).coders
        else:
            nothing = undefined("no_session_with_two_coders", Counts(), "rating scale model")
            found[key] = (nothing,) * len(people)
    return found


def contexts(db: Db, data: Coded, people: Sequence[str]) -> dict[str, Context]:
    """Coverage and pace of each coder's newest charted ratings."""
    mine: defaultdict[str, list[str]] = defaultdict(list)
    for at in sorted({int(at) for pairs in data.pairs.values() for at in pairs.own[~pairs.learnt]}):
        mine[data.given.people[at]].append(data.given.ids[at])
    newest = {person: mine[person][-NEWEST:] for person in people}
    every = {key for each in newest.values() for key in each}
    heard, spent = _heard(db, data, every), _minutes(db, every)
    found = {}
    for person in people:
        minutes = np.array([spent[key] for key in newest[person] if key in spent])
        at_once = minutes[minutes <= _DAY_MINUTES]
        shares = [heard[key] for key in newest[person] if key in heard]
        found[person] = Context(
            float(np.median(shares)) if shares else float("nan"),
            len(shares),
            float(np.median(at_once)) if len(at_once) else float("nan"),
            len(at_once),
            len(minutes) - len(at_once),
        )
    return found


def _minutes(db: Db, ratings: set[str]) -> dict[str, float]:
    """Rating to the minutes from beginning to submitting it."""
    query = select(Rating.id, Rating.begun_at, Rating.submitted_at).where(Rating.id.in_(ratings))
    return {
        key: (end - begin).total_seconds() / 60
        for key, begin, end in db.execute(query)
        if begin and end and end > begin
    }


def _heard(db: Db, data: Coded, ratings: set[str]) -> dict[str, float]:
    """Rating to the share of its recording that was heard; without those nobody listened to here."""
    if not ratings:
        return {}
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    rows = db.execute(
        select(Stretch.rating_id, Stretch.start_ms, Stretch.end_ms).where(Stretch.rating_id.in_(ratings))
    )
    for rating_id, start, end in rows:
        spans[rating_id].append((start, end))
    session = {key: data.given.sessions[at] for at, key in enumerate(data.given.ids) if key in spans}
    sums = db.execute(
        select(Recording.session_id, func.sum(Recording.duration_ms))
        .where(Recording.session_id.in_(set(session.values())))
        .group_by(Recording.session_id)
    )
    lengths = {row[0]: row[1] for row in sums}
    return {
        key: share_heard(each, lengths[session[key]])
        for key, each in spans.items()
        if session[key] in lengths
    }
