"""The ratings as plain rows under codes, for work elsewhere; what leaves the study is on record."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, select

from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.store import Db
from mio_fidelity.store.models import (
    Amendment,
    Client,
    Counselor,
    EvidenceMark,
    InstrumentEdition,
    Person,
    Rating,
    Score,
    Setting,
    Site,
    TreatmentSession,
    now,
)

Rows = list[tuple[Any, ...]]


def plain_rows(db: Db, words: bool) -> Mapping[str, tuple[tuple[str, ...], Rows]]:
    """Table to its columns and rows.

    Args:
        db: The study.
        words: Whether notes, evidence and reasons are to be among them.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    found: dict[str, Executable] = {
        "people": _people(),
        "sessions": _sessions(),
        "ratings": _ratings(words),
        "scores": select(
            Score.rating_id, Score.scale, Score.dimension, Score.state, Score.value, Score.reason
        ),
        "amendments": _amendments(words),
    }
    if words:
        found["evidence"] = select(
            EvidenceMark.rating_id, EvidenceMark.scale, EvidenceMark.at_ms, EvidenceMark.note
        )
    return {name: _read(db, query) for name, query in found.items()}


def note_plain_copy(db: Db, words: bool) -> None:
    """Put on record that a copy without encryption is made.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    note(db, "plain_copy", {"words": words})


def note(db: Db, key: str, what: Mapping[str, Any]) -> None:
    """Keep under ``key`` what was done last; the audit trail has what was done before, and by whom."""
    value = {**what, "at": now().isoformat()}
    found = db.scalar(select(Setting).where(Setting.key == key))
    if found is None:
        db.add(Setting(key=key, value=value))
    else:
        found.value = value


def _people() -> Executable:
    return select(Person.code.label("person"), Person.role, Person.active).order_by(Person.code)


def _sessions() -> Executable:
    return (
        select(
            TreatmentSession.id.label("session_id"),
            Client.code.label("client"),
            TreatmentSession.number,
            TreatmentSession.arm,
            Counselor.code.label("counselor"),
            Site.code.label("site"),
            TreatmentSession.held_on,
        )
        .join(Client, Client.id == TreatmentSession.client_id)
        .outerjoin(Counselor, Counselor.id == TreatmentSession.counselor_id)
        .outerjoin(Site, Site.id == Client.site_id)
        .order_by(Client.code, TreatmentSession.number)
    )


def _ratings(words: bool) -> Executable:
    query = (
        select(
            Rating.id.label("rating_id"),
            Rating.session_id,
            Person.code.label("person"),
            Rating.role,
            Rating.purpose,
            Rating.occasion,
            InstrumentEdition.title.label("instrument"),
            InstrumentEdition.edition,
            Rating.assigned_at,
            Rating.begun_at,
            Rating.submitted_at,
        )
        .join(Person, Person.id == Rating.person_id)
        .join(InstrumentEdition, InstrumentEdition.id == Rating.instrument_id)
        .where(Rating.withdrawn_at.is_(None))
        .order_by(Rating.assigned_at, Rating.id)
    )
    return query.add_columns(Rating.notes) if words else query


def _amendments(words: bool) -> Executable:
    query = select(
        Amendment.rating_id,
        Amendment.scale,
        Amendment.dimension,
        Amendment.old,
        Amendment.new,
        Amendment.amended_at,
    ).order_by(Amendment.amended_at)
    return query.add_columns(Amendment.why) if words else query


def _read(db: Db, query: Executable) -> tuple[tuple[str, ...], Rows]:
    answer = db.execute(query)
    return tuple(answer.keys()), [tuple(row) for row in answer]
