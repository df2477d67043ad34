"""Studies with known scores, and tables of scores."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from mio_fidelity.analysis.table import STATES, Column, ScoreTable, SessionRow
from mio_fidelity.answer import Answer, State, rated
from mio_fidelity.coding import people
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    InstrumentEdition,
    Person,
    Rating,
    Score,
    TreatmentSession,
    new_blind_code,
)
from tests.conftest import OpenStudy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Lab:
    """A study into which ratings are put as they are wanted."""

    def __init__(self, study: OpenStudy) -> None:
        self.study = study

    def give(self, session: str, coder: str, score: int = 4, **more: Any) -> str:
        """A rating with one score everywhere; see `_give` for what can differ."""
        return self.study.do(_give, session, coder, score, self.study.instrument_id, **more)

    def ask(self, question: Any, *arguments: Any) -> Any:
        return self.study.ask(question, *arguments)


def _give(
    db: Db,
    session: str,
    coder: str,
    score: int,
    instrument_id: str,
    answers: Mapping[tuple[str, str], Answer] | None = None,
    purpose: Purpose = Purpose.RELIABILITY,
    at: datetime | None = NOON,
    arm: str = "MIO",
    site: str = "North",
    occasion: int = 1,
    counselor: str = "",
) -> str:
    edition = db.get_one(InstrumentEdition, instrument_id)
    client_code, number = session.split("-")
    client = people.client(db, client_code, people.site(db, site))
    person = db.scalar(select(Person).where(Person.code == coder))
    if person is None:
        person = db.get_one(Person, people.add_person(db, coder, Role.CODER))
    found = db.scalar(
        select(TreatmentSession).where(
            TreatmentSession.client_id == client.id, TreatmentSession.number == int(number)
        )
    )
    if found is None:
        found = TreatmentSession(client_id=client.id, number=int(number), arm=arm, held_on=date(2026, 1, 5))
        found.counselor_id = people.counselor(db, counselor, None).id if counselor else None
        db.add(found)
        db.flush()
    rating = Rating(
        blind_code=new_blind_code(),
        session_id=found.id,
        person_id=person.id,
        instrument_id=edition.id,
        instrument_sha256=edition.sha256,
        role=person.role,
        purpose=purpose,
        occasion=occasion,
        begun_at=NOON,
    )
    for scale, dimension in instrument_of(edition).slots():
        row = Score(scale=scale, dimension=dimension)
        row.answer = (answers or {}).get((scale, dimension), rated(score))
        rating.scores.append(row)
    db.add(rating)
    db.flush()
    rating.submitted_at = at
    return rating.id


@pytest.fixture
def lab(study: OpenStudy) -> Lab:
    """The study of a supervisor, with no reliability ratings yet."""
    study.sign_in("S1")
    return Lab(study)


def scale(key: str, dimension: str = "fidelity", domain: str = "care") -> Column:
    return Column(
        key, key.title(), 1, domain, domain.title(), dimension, dimension.title(), tuple(range(1, 8))
    )


def table(scores: Any, columns: tuple[Column, ...] = (), **more: Any) -> ScoreTable:
    """A table of one scale, or of several; shape (sessions, coders) or (scales, sessions, coders)."""
    values = np.array(scores, dtype=np.float64)
    values = values[None] if values.ndim == 2 else values
    columns = columns or tuple(scale(f"scale{nth}") for nth in range(len(values)))
    states = np.where(np.isnan(values), -1, STATES.index(State.RATED)).astype(np.int8)
    sessions = tuple(SessionRow(f"C{nth:03d}-1") for nth in range(values.shape[1]))
    coders = tuple(f"R{nth + 1}" for nth in range(values.shape[2]))
    return ScoreTable(columns, more.pop("sessions", sessions), coders, values, states, **more)
