"""The scores that stand for each session: one rating, consensus or mean; and the self-ratings beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from mio_fidelity.analysis.counselor_results import CounselorOptions, Rule, Slot, Source
from mio_fidelity.analysis.findings import session_means
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.analysis.table import Floats, ScoreTable
from mio_fidelity.coding.self_ratings import INDEPENDENT
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import Client, Person, Rating, TreatmentSession

RULES: Mapping[Rule, Sentence] = {
    Rule.CONSENSUS: Sentence(
        "A session coded once counts with that rating; one coded twice with the consensus when there is one, "
        "else with the mean of the independent ratings."
    ),
    Rule.MEAN: Sentence(
        "Every session counts with the mean of its independent ratings; consensus is not used."
    ),
    Rule.FIRST: Sentence("Every session counts with the independent rating that was submitted first."),
}


@dataclass(frozen=True)
class Scored:
    """Coded sessions and their scores.

    Attributes:
        table: The independent ratings.
        slots: The domain scores.
        scores: Shape (slots, sessions), NaN without one.
        scales: The same of every column of the table.
        coders: Shape (sessions,): independent ratings.
        sources: Of each session.
        own: As ``scores``, of the self-ratings.
        own_by: Session label to counselor, of all self-ratings, coded sessions or not.
        other_editions: How many independent ratings were given with another edition.
        other_own: How many self-ratings were.
    """

    table: ScoreTable
    slots: tuple[Slot, ...]
    scores: Floats
    scales: Floats
    coders: Any
    sources: tuple[Source, ...]
    own: Floats
    own_by: Mapping[str, str]
    other_editions: int
    other_own: int


def scored(db: Db, options: CounselorOptions) -> Scored:
    """The scores that stand for each session; never master codes, training, drift checks or re-codes.

    Raises:
        UserError: nothing has been coded yet.
    """
    table = score_table(db, ScoreFilter(INDEPENDENT, occasion=1, instrument=options.instrument))
    if not table.sessions:
        raise UserError("No coder has submitted a rating yet; what counselors do is known from ratings.")
    assert table.instrument is not None
    sha256 = table.instrument.sha256
    own = score_table(db, ScoreFilter((Purpose.SELF,), instrument=sha256))
    slots = tuple(
        (domain, dimension)
        for dimension, _ in table.dimensions
        for domain, _ in table.domains
        if table.of(dimension, domain)
    )
    several = table.rated.sum(axis=1) > 1
    many = Source.FIRST if options.rule is Rule.FIRST else Source.MEAN
    sources = [many if each else Source.ONE for each in several]
    scales, scores = table.values, _domains(table, slots)
    if options.rule is Rule.FIRST:
        first = _first(db, table)
        scales, scores = scales[:, np.arange(len(first)), first], scores[:, np.arange(len(first)), first]
    else:
        scales, scores = (np.stack([session_means(each) for each in cube]) for cube in (scales, scores))
    if options.rule is Rule.CONSENSUS:
        agreed = score_table(db, ScoreFilter((Purpose.CONSENSUS,), instrument=sha256))
        here, there = _matched(table, agreed)
        scores[:, here] = _one_each(_domains(agreed, slots))[:, there]
        scales[:, here] = _one_each(agreed.values)[:, there]
        for at in here:
            sources[at] = Source.CONSENSUS
    beside = np.full_like(scores, np.nan)
    here, there = _matched(table, own)
    beside[:, here] = _one_each(_domains(own, slots))[:, there]
    return Scored(
        table,
        slots,
        scores,
        scales,
        table.rated.sum(axis=1),
        tuple(sources),
        beside,
        {row.label: row.counselor for row in own.sessions},
        _of_other_editions(table),
        _of_other_editions(own),
    )


def _domains(table: ScoreTable, slots: tuple[Slot, ...]) -> Floats:
    """Shape (slots, sessions, coders)."""
    return np.stack([table.domain_scores(dimension, domain) for domain, dimension in slots])


def _one_each(cube: Floats) -> Floats:
    """The scores of a table whose sessions have one rating each, without the axis of the coders."""
    return np.stack([session_means(each) for each in cube])


def _matched(table: ScoreTable, other: ScoreTable) -> tuple[list[int], list[int]]:
    """Positions of the sessions that both tables have."""
    places = {row.label: at for at, row in enumerate(other.sessions)}
    here = [at for at, row in enumerate(table.sessions) if row.label in places]
    return here, [places[table.sessions[at].label] for at in here]


def _first(db: Db, table: ScoreTable) -> Any:
    """Position of the coder who submitted first, for each session."""
    rows = db.execute(
        select(Client.code, TreatmentSession.number, Person.code)
        .select_from(Rating)
        .join(Person, Person.id == Rating.person_id)
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(
            Rating.purpose.in_(INDEPENDENT),
            Rating.occasion == 1,
            Rating.withdrawn_at.is_(None),
            Rating.submitted_at.is_not(None),
        )
        .order_by(Rating.submitted_at, Rating.id)
    )
    sessions = {row.label: at for at, row in enumerate(table.sessions)}
    coders = {code: at for at, code in enumerate(table.coders)}
    found = np.full(len(sessions), -1)
    for client, number, code in rows:
        at, by = sessions.get(f"{client}-{number}", -1), coders.get(code, -1)
        if at >= 0 and by >= 0 and found[at] < 0 and table.rated[at, by]:
            found[at] = by
    return found


def _of_other_editions(table: ScoreTable) -> int:
    return sum(each.why == "rated with another edition of the instrument" for each in table.left_out)
