"""Which ratings a drift report holds against which others, and their scores."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, cast, extract, func, or_, select

from mio_fidelity.analysis.drift_limits import LEAST_LEARNT
from mio_fidelity.analysis.drift_results import DriftOptions, Reference
from mio_fidelity.analysis.table import Column, Floats, columns_of
from mio_fidelity.coding.editions import instrument_of, latest_edition
from mio_fidelity.coding.ground import INDEPENDENT
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import Client, InstrumentEdition, Rating, Score, TreatmentSession

Ints = NDArray[np.int64]

# What is charted against master codes; certification and training only set limits.
CHARTED = (*INDEPENDENT, Purpose.DRIFT)
LEARNT = (Purpose.CERTIFICATION, Purpose.TRAINING)
# As many ids as a statement takes.
_AT_A_TIME = 10_000
# What no key of an instrument holds.
_INSIDE, _BETWEEN = "/", ","


@dataclass(frozen=True)
class Given:
    """Submitted ratings, oldest first, without their scores."""

    ids: list[str]
    sessions: list[str]
    people: list[str]
    purposes: list[str]
    occasions: list[int]
    submitted: list[float]
    editions: list[str]


@dataclass(frozen=True)
class Comparisons:
    """Ratings held against others, each row one pair; numbers are positions in `Given`.

    Attributes:
        own: Shape (rows,).
        other: Shape (rows,); the partner's rating, or master codes.
        learnt: Shape (rows,); whether it is of the training or certification of the coder.
    """

    own: Ints
    other: Ints
    learnt: NDArray[np.bool_]


@dataclass(frozen=True)
class Coded:
    """All that charts are made of.

    Attributes:
        given: The ratings.
        pairs: What is held against what, by reference.
        again: Position of a hidden re-code to that of the first rating.
        values: Shape (ratings, columns), NaN where there is no score or nothing was read.
        labels: Session id to its label.
        other_edition: Ratings whose counterpart was rated with another edition.
        cut: Whether older sessions were left out.
    """

    given: Given
    pairs: dict[Reference, Comparisons]
    again: dict[int, int]
    values: Floats
    columns: tuple[Column, ...]
    instrument: Instrument
    labels: dict[str, str]
    other_edition: int
    cut: bool


def coded(db: Db, options: DriftOptions) -> Coded:
    """Read what there is to compare.

    Raises:
        UserError: the study has no instrument.
    """
    given = _given(db)
    partners, apart = _partners(given)
    masters, apart_too = _masters(given)
    pairs, cut = {}, False
    for reference, rows in ((Reference.MASTER, masters), (Reference.PARTNERS, partners)):
        pairs[reference], shorter = _newest(rows, given, options)
        cut |= shorter
    again = _again(given)
    wanted = {int(at) for each in pairs.values() for side in (each.own, each.other) for at in side}
    wanted |= set(again) | set(again.values())
    instrument = _instrument(db, given, wanted)
    columns = columns_of(instrument)
    values = np.full((len(given.ids), len(columns)), np.nan)
    _read(db, given, sorted(wanted), columns, values)
    labels = _labels(db, {given.sessions[at] for at in wanted})
    return Coded(given, pairs, again, values, columns, instrument, labels, len(apart | apart_too), cut)


def _given(db: Db) -> Given:
    """Ratings that have, or are, something to be held against."""
    with_master = select(Rating.session_id).where(Rating.purpose == Purpose.MASTER)
    with_recode = select(Rating.session_id).where(Rating.occasion > 1)
    query = (
        select(
            Rating.id,
            Rating.session_id,
            Rating.person_id,
            Rating.purpose,
            Rating.occasion,
            # A server would count in decimals.
            cast(extract("epoch", Rating.submitted_at), Float),
            Rating.instrument_sha256,
        )
        .where(
            Rating.submitted_at.is_not(None),
            Rating.withdrawn_at.is_(None),
            Rating.purpose.in_((*CHARTED, *LEARNT, Purpose.MASTER)),
            or_(
                Rating.purpose == Purpose.RELIABILITY,
                Rating.session_id.in_(with_master),
                Rating.session_id.in_(with_recode),
            ),
        )
        .order_by(Rating.submitted_at, Rating.id)
    )
    found = db.execute(query).all()
    columns = [list(column) for column in zip(*found, strict=True)] if found else [[] for _ in range(7)]
    return Given(*columns)


def _partners(given: Given) -> tuple[list[tuple[int, int, bool]], set[int]]:
    """Pairs of independent ratings of a session, each coder's first; and those of different editions.

    Certification ratings of a session are paired too: they tell what two coders' difference is like.
    """
    by_session: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for at, purpose in enumerate(given.purposes):
        if purpose in (Purpose.RELIABILITY, Purpose.CERTIFICATION) and given.occasions[at] == 1:
            by_session[given.sessions[at], purpose].setdefault(given.people[at], at)
    rows, apart = [], set()
    for (_, purpose), those in by_session.items():
        for own, other in permutations(those.values(), 2):
            if given.editions[own] == given.editions[other]:
                rows.append((own, other, purpose == Purpose.CERTIFICATION))
            else:
                apart.add(own)
    return sorted(rows), apart


def _masters(given: Given) -> tuple[list[tuple[int, int, bool]], set[int]]:
    """Ratings beside the latest master codes of the same edition, and those with none but of another."""
    latest: dict[tuple[str, str], int] = {}
    mastered = set()
    for at, purpose in enumerate(given.purposes):
        if purpose == Purpose.MASTER:
            latest[given.sessions[at], given.editions[at]] = at
            mastered.add(given.sessions[at])
    rows, apart = [], set()
    counted = set()
    for at, (purpose, session) in enumerate(zip(given.purposes, given.sessions, strict=True)):
        if session not in mastered or purpose == Purpose.MASTER:
            continue
        # A further independent rating of the session, such as a hidden re-code, is not counted twice.
        independent = purpose in INDEPENDENT
        if independent and (given.occasions[at] > 1 or (session, given.people[at]) in counted):
            continue
        master = latest.get((session, given.editions[at]))
        if master is None:
            apart.add(at)
        elif given.people[master] != given.people[at]:
            rows.append((at, master, purpose in LEARNT))
            counted |= {(session, given.people[at])} if independent else set()
    enough = {
        person
        for person, n in Counter(
            given.people[at] for at, _, learnt in rows if learnt and _certifies(given, at)
        ).items()
        if n >= LEAST_LEARNT
    }
    # What was rated in training sets limits only for want of certification.
    return [
        row for row in rows if not row[2] or _certifies(given, row[0]) or given.people[row[0]] not in enough
    ], apart


def _certifies(given: Given, at: int) -> bool:
    return given.purposes[at] == Purpose.CERTIFICATION


def _newest(
    rows: Sequence[tuple[int, int, bool]], given: Given, options: DriftOptions
) -> tuple[Comparisons, bool]:
    """Of each coder the first sessions, which set limits, and the newest; and whether others are left out."""
    own, other, learnt = (
        np.array(side, dtype=np.int64) for side in (zip(*rows, strict=True) if rows else ((),) * 3)
    )
    found = Comparisons(own, other, learnt.astype(bool))
    if not options.latest:
        return found, False
    mine: defaultdict[str, list[int]] = defaultdict(list)
    for at in dict.fromkeys(own[~found.learnt].tolist()):
        mine[given.people[at]].append(at)
    dropped = {at for each in mine.values() for at in each[options.baseline : -options.latest]}
    if not dropped:
        return found, False
    keep = ~np.isin(own, list(dropped))
    return Comparisons(own[keep], other[keep], found.learnt[keep]), True


def _again(given: Given) -> dict[int, int]:
    """Hidden re-codes to the first rating, of the same edition."""
    first: dict[tuple[str, str, str, str], int] = {}
    again = {}
    for at, purpose in enumerate(given.purposes):
        if purpose not in INDEPENDENT:
            continue
        key = given.sessions[at], given.people[at], purpose, given.editions[at]
        if given.occasions[at] == 1:
            first.setdefault(key, at)
        elif given.occasions[at] == 2 and key in first:
            again[at] = first[key]
    return again


def _instrument(db: Db, given: Given, wanted: set[int]) -> Instrument:
    """The edition most of the ratings were given with, the latest when there are none."""
    counts: defaultdict[str, int] = defaultdict(int)
    for at in wanted:
        counts[given.editions[at]] += 1
    if not counts:
        return instrument_of(latest_edition(db))
    most = max(counts, key=lambda key: (counts[key], key))
    return instrument_of(db.scalars(select(InstrumentEdition).where(InstrumentEdition.sha256 == most)).one())


def _read(db: Db, given: Given, wanted: Sequence[int], columns: tuple[Column, ...], values: Floats) -> None:
    """One line a rating: a row a score would take Python three times as long."""
    answer = func.concat_ws(_INSIDE, Score.scale, Score.dimension, Score.value)
    place = {given.ids[at]: at for at in wanted}
    known: defaultdict[str, int] = defaultdict(lambda: len(known))
    answers: list[int] = []
    lengths, where = [], []
    query = select(Score.rating_id, func.aggregate_strings(answer, _BETWEEN)).group_by(Score.rating_id)
    for rating_id, text in _in_parts(db, query, Score.rating_id, list(place)):
        given_here = [known[each] for each in text.split(_BETWEEN)]
        answers += given_here
        lengths.append(len(given_here))
        where.append(place[rating_id])
    if not answers:
        return
    slot = {(each.scale, each.dimension): at for at, each in enumerate(columns)}
    texts = [text.split(_INSIDE) for text in known]
    column = np.array([slot.get((scale, dimension), -1) for scale, dimension, *_ in texts])[answers]
    value = np.array([float(rest[0]) if rest else np.nan for _, _, *rest in texts])[answers]
    here = column >= 0
    values[np.repeat(where, lengths)[here], column[here]] = value[here]


def _in_parts(db: Db, query: Any, key: Any, ids: Sequence[str]) -> Iterator[Any]:
    for begin in range(0, len(ids), _AT_A_TIME):
        yield from db.execute(query.where(key.in_(ids[begin : begin + _AT_A_TIME])))


def _labels(db: Db, sessions: set[str]) -> dict[str, str]:
    query = select(TreatmentSession.id, Client.code, TreatmentSession.number).join(
        Client, Client.id == TreatmentSession.client_id
    )
    found = _in_parts(db, query, TreatmentSession.id, sorted(sessions))
    return {session_id: f"{code}-{number}" for session_id, code, number in found}
