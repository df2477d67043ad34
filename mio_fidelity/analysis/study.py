"""The scores of a study, filtered; what was left out, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, func, select

from mio_fidelity.analysis.table import STATES, Column, LeftOut, ScoreTable, SessionRow, columns_of
from mio_fidelity.answer import State
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import (
    Client,
    Counselor,
    InstrumentEdition,
    Person,
    Rating,
    Score,
    Site,
    TreatmentSession,
)

# What no key of an instrument holds.
_INSIDE, _BETWEEN = "/", ","


class _Given(NamedTuple):
    """A rating, without its scores. A row of the database would take three times as long to look into."""

    id: str
    session_id: str
    purpose: str
    occasion: int
    submitted_at: datetime | None
    instrument_sha256: str
    coder: str
    client: str
    number: int
    arm: str | None
    held_on: date | None
    site: str | None
    counselor: str | None


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which ratings count. Empty means all; the default is what reliability rests on.

    Attributes:
        purposes: Purposes of the ratings; never consensus, master codes or self-ratings unless named.
        sites: Site codes.
        arms: Arms.
        coders: Coder codes.
        since: First day of submission.
        until: Last day of submission.
        first_number: First session number of the treatment phase.
        last_number: Last session number of the phase.
        occasion: Which of the ratings of a session by the same coder; None for the first submitted.
        instrument: Fingerprint of an instrument edition; None for the one most ratings were given with.
    """

    purposes: tuple[Purpose, ...] = (Purpose.RELIABILITY,)
    sites: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    first_number: int | None = None
    last_number: int | None = None
    occasion: int | None = None
    instrument: str | None = None

    def words(self) -> dict[str, str]:
        """What is selected, in words, for the Method sheet."""
        found = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value not in (None, ()):
                found[each.name] = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return found


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a filter can choose from in this study."""

    sites: tuple[str, ...]
    arms: tuple[str, ...]
    coders: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    instruments: tuple[tuple[str, str], ...]


def filter_choices(db: Db) -> FilterChoices:
    """The sites, arms, coders, purposes and editions that ratings have.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)

    def all_of(column: Any, query: Select[Any]) -> tuple[str, ...]:
        return tuple(
            sorted(value for value in db.scalars(query.with_only_columns(column).distinct()) if value)
        )

    base = select(Rating.id).join(TreatmentSession, TreatmentSession.id == Rating.session_id)
    with_site = base.join(Client, Client.id == TreatmentSession.client_id).join(
        Site, Site.id == Client.site_id
    )
    editions = db.execute(
        select(InstrumentEdition.sha256, InstrumentEdition.title, InstrumentEdition.edition)
    ).all()
    purposes = set(db.scalars(select(Rating.purpose).distinct()))
    return FilterChoices(
        all_of(Site.code, with_site),
        all_of(TreatmentSession.arm, base),
        all_of(Person.code, base.join(Person, Person.id == Rating.person_id)),
        tuple(purpose for purpose in Purpose if purpose in purposes),
        tuple((sha256, f"{title}, edition {edition}") for sha256, title, edition in editions),
    )


def score_table(db: Db, chosen: ScoreFilter | None = None) -> ScoreTable:
    """The submitted, independent scores that ``chosen`` selects.

    Raises:
        UserError: the study has no ratings that could be used, self-ratings are chosen with others, or the
            person signed in is no supervisor.
    """
    only_supervisors(db)
    chosen = chosen or ScoreFilter()
    if Purpose.SELF in chosen.purposes and len(chosen.purposes) > 1:
        raise UserError("Self-ratings are never pooled with other ratings. Choose them alone.")
    found = _ratings(db, chosen)
    edition = _edition(db, chosen, found)
    used, left_out = _split(found, edition.sha256)
    instrument = instrument_of(edition)
    columns = columns_of(instrument)
    sessions, coders = _axes(used)
    shape = (len(columns), len(sessions), len(coders))
    values, states = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int8)
    place = {}
    for row in used:
        at = sessions[row.session_id], coders[row.coder]
        place[row.id] = at
        states[:, at[0], at[1]] = STATES.index(State.OPEN)
    _fill(db, chosen, place, columns, values, states)
    # One of each session.
    rows = {row.session_id: row for row in used}
    return ScoreTable(
        columns,
        tuple(_session_row(rows[session_id]) for session_id in sessions),
        tuple(coders),
        values,
        states,
        tuple(left_out),
        instrument,
        chosen.words(),
    )


def _ratings(db: Db, chosen: ScoreFilter) -> list[_Given]:
    query = _selected(
        select(
            Rating.id,
            Rating.session_id,
            Rating.purpose,
            Rating.occasion,
            Rating.submitted_at,
            Rating.instrument_sha256,
            Person.code.label("coder"),
            Client.code.label("client"),
            TreatmentSession.number,
            TreatmentSession.arm,
            TreatmentSession.held_on,
            Site.code.label("site"),
            Counselor.code.label("counselor"),
        ),
        chosen,
    )
    found = db.execute(query.order_by(Client.code, TreatmentSession.number, Person.code))
    return [_Given._make(row) for row in found]


def _selected(query: Any, chosen: ScoreFilter) -> Any:
    query = (
        query.select_from(Rating)
        .join(Person, Person.id == Rating.person_id)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .outerjoin(Site, Site.id == Client.site_id)
        .outerjoin(Counselor, Counselor.id == TreatmentSession.counselor_id)
        .where(Rating.purpose.in_(chosen.purposes), Rating.withdrawn_at.is_(None))
    )
    if chosen.sites:
        query = query.where(Site.code.in_(chosen.sites))
    if chosen.arms:
        query = query.where(TreatmentSession.arm.in_(chosen.arms))
    if chosen.coders:
        query = query.where(Person.code.in_(chosen.coders))
    # Days are the days of this computer's clock.
    if chosen.since:
        query = query.where(Rating.submitted_at >= datetime.combine(chosen.since, time.min).astimezone())
    if chosen.until:
        query = query.where(Rating.submitted_at <= datetime.combine(chosen.until, time.max).astimezone())
    if chosen.first_number is not None:
        query = query.where(TreatmentSession.number >= chosen.first_number)
    if chosen.last_number is not None:
        query = query.where(TreatmentSession.number <= chosen.last_number)
    if chosen.occasion is not None:
        query = query.where(Rating.occasion == chosen.occasion)
    return query


def _edition(db: Db, chosen: ScoreFilter, found: Sequence[_Given]) -> InstrumentEdition:
    """The edition asked for, else the one most submitted ratings were given with."""
    wanted = chosen.instrument
    if wanted is None:
        counts: dict[str, int] = {}
        for row in found:
            submitted = row.submitted_at is not None
            counts[row.instrument_sha256] = counts.get(row.instrument_sha256, 0) + submitted
        wanted = max(counts, key=lambda key: (counts[key], key)) if counts else None
    edition = db.scalar(select(InstrumentEdition).where(InstrumentEdition.sha256 == wanted))
    if edition is None:
        raise UserError(
            "There are no ratings of this kind in the study yet. Choose another purpose or filter."
        )
    return edition


def _split(found: Sequence[_Given], sha256: str) -> tuple[list[_Given], list[LeftOut]]:
    """The ratings used: submitted, of the edition, a coder's first for a session; the others with why.

    Of master codes the latest count, whoever gave them.
    """
    used: dict[tuple[str, str], _Given] = {}
    left_out = []
    for row in sorted(found, key=_turn):
        why = ""
        master = row.purpose == Purpose.MASTER
        who = "" if master else row.coder
        if row.submitted_at is None:
            why = Sentence("not submitted yet")
        elif row.instrument_sha256 != sha256:
            why = Sentence("rated with another edition of the instrument")
        elif (row.session_id, who) in used and master:
            why = Sentence("older master codes of the session")
        elif (row.session_id, who) in used:
            why = Sentence("a further rating of the session by the same coder")
        if why:
            left_out.append(LeftOut(f"{row.client}-{row.number}", row.coder, why))
        else:
            used[row.session_id, who] = row
    return list(used.values()), left_out


def _turn(row: _Given) -> tuple[float, int]:
    """Master codes with the latest first; all others as they were given."""
    if row.purpose != Purpose.MASTER or row.submitted_at is None:
        return 0.0, row.occasion
    return -row.submitted_at.timestamp(), -row.occasion


def _axes(used: Sequence[_Given]) -> tuple[dict[str, int], dict[str, int]]:
    ordered = sorted(used, key=attrgetter("client", "number"))
    sessions = dict.fromkeys(row.session_id for row in ordered)
    coders = sorted({row.coder for row in used})
    return {key: at for at, key in enumerate(sessions)}, {code: at for at, code in enumerate(coders)}


def _fill(
    db: Db,
    chosen: ScoreFilter,
    place: dict[str, tuple[int, int]],
    columns: tuple[Column, ...],
    values: np.ndarray[Any, Any],
    states: np.ndarray[Any, Any],
) -> None:
    """One line a rating: a row a score would take Python three times as long."""
    if not place:
        return
    answer = func.concat_ws(_INSIDE, Score.scale, Score.dimension, Score.state, Score.value)
    wanted = _selected(select(Rating.id), chosen).subquery()
    ratings = db.execute(
        select(Score.rating_id, func.aggregate_strings(answer, _BETWEEN))
        .where(Score.rating_id.in_(select(wanted.c.id)))
        .group_by(Score.rating_id)
    )
    # Every answer that occurs, by its text; there are some hundred.
    known: defaultdict[str, int] = defaultdict(lambda: len(known))
    answers: list[int] = []
    lengths, where = [], []
    for rating_id, text in ratings:
        if rating_id in place:
            given = [known[each] for each in text.split(_BETWEEN)]
            answers += given
            lengths.append(len(given))
            where.append(place[rating_id])
    if not answers:
        return
    column, state, value = _meanings(known, columns)
    session, coder = np.repeat(np.array(where), lengths, axis=0).T
    column, state, value = column[answers], state[answers], value[answers]
    here = column >= 0
    states[column[here], session[here], coder[here]] = state[here]
    values[column[here], session[here], coder[here]] = value[here]


def _meanings(known: Iterable[str], columns: tuple[Column, ...]) -> tuple[np.ndarray[Any, Any], ...]:
    """Column (-1 for none), state and value of each text of `_fill`."""
    place = {(each.scale, each.dimension): at for at, each in enumerate(columns)}
    found = []
    for text in known:
        scale, dimension, state, *value = text.split(_INSIDE)
        point = float(value[0]) if value else np.nan
        found.append((place.get((scale, dimension), -1), STATES.index(State(state)), point))
    column, state_at, points = zip(*found, strict=True)
    return np.array(column), np.array(state_at, dtype=np.int8), np.array(points)


def _session_row(row: _Given) -> SessionRow:
    return SessionRow(
        f"{row.client}-{row.number}",
        row.arm or "",
        row.site or "",
        row.counselor or "",
        row.number,
        row.held_on,
    )


def submitted_count(db: Db) -> int:
    """How many ratings are submitted, of any purpose: changes when findings are out of date."""
    return db.scalar(select(func.count()).select_from(Rating).where(Rating.submitted_at.is_not(None))) or 0
