"""How long recordings are kept, and which are due for removal."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mio_fidelity.coding import people, study_settings
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db
from mio_fidelity.store.models import Client, Recording, TreatmentSession
from mio_fidelity.store.whereabouts import VAULT

SETTING = "retention"
MOST_YEARS, MOST_MONTHS = 100, 11
CONSENT, TIME_OVER = "consent withdrawn", "time is over"
IN_VAULT, IN_STUDY, IN_PLACE, REMOVED = "in the vault", "plain, in the study", "plain, elsewhere", "removed"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long: so many years and months after each session, or until a day for all; neither for ever."""

    years: int | None = None
    until: date | None = None
    months: int = 0


def retention(db: Db) -> Retention:
    """What the study has chosen."""
    value = study_settings.chosen(db, SETTING)
    until = value.get("until")
    months = value.get("months", 0)
    return Retention(value.get("years"), date.fromisoformat(until) if until else None, months)


def set_retention(db: Db, chosen: Retention) -> None:
    """Choose how long recordings are kept. Nothing is removed by itself.

    Raises:
        UserError: a number makes no sense, or the person signed in is no supervisor.
    """
    if chosen.years is not None and not 0 <= chosen.years <= MOST_YEARS:
        raise UserError("Recordings are kept from 0 to {most} years. Check the number.", most=MOST_YEARS)
    if not 0 <= chosen.months <= MOST_MONTHS:
        raise UserError("A number of months goes from 0 to {most}. Check the number.", most=MOST_MONTHS)
    until = chosen.until.isoformat() if chosen.until else None
    said = {"years": chosen.years, "months": chosen.months, "until": until}
    study_settings.choose(db, SETTING, said)


def keep(db: Db, session_ids: Collection[str], until: date | None) -> int:
    """Give the recordings of sessions a last day of keeping of their own; how many.

    Args:
        db: The study.
        session_ids: Which sessions.
        until: The last day; None for what the rule of the study says.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    wanted, kept = set(session_ids), 0
    for row in db.scalars(select(Recording).where(Recording.removed_at.is_(None))):
        if row.session_id in wanted:
            row.keep_until = until
            kept += 1
    return kept


def own_day(db: Db, session_ids: Collection[str]) -> date | None:
    """The day of their own that all recordings of these sessions have; None where they have none, or several.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    rows = db.execute(
        select(Recording.session_id, Recording.keep_until).where(Recording.removed_at.is_(None))
    )
    days = {day for session_id, day in rows if session_id in set(session_ids)}
    return days.pop() if len(days) == 1 else None


def kept_until(own: date | None, held_on: date | None, added_at: datetime, rule: Retention) -> date | None:
    """The last day on which a recording is kept; None for ever.

    Args:
        own: The day of its own, which goes before the rule.
        held_on: Of its session; one without a date counts from when its recording was added.
        added_at: When the recording was added.
        rule: Of the study.
    """
    if own is not None:
        return own
    if rule.years is not None:
        return _months_after(held_on or added_at.date(), 12 * rule.years + rule.months)
    return rule.until


def kept_in(location: str, removed_at: datetime | None) -> str:
    """What a recording is kept in, in words that the window translates."""
    if removed_at:
        return REMOVED
    if location.startswith(f"{VAULT}/"):
        return IN_VAULT
    return IN_PLACE if Path(location).is_absolute() else IN_STUDY


def removal(db: Db, today: date) -> Listing:
    """The sessions whose recordings are due for removal: consent was withdrawn, or their time is over."""
    people.only_supervisors(db)
    rule = retention(db)
    ids: list[str] = []
    rows: list[tuple[Value, ...]] = []
    for session, client, parts in _with_recordings(db):
        ends = [kept_until(part.keep_until, session.held_on, part.added_at, rule) for part in parts]
        last = max((end for end in ends if end), default=None) if None not in ends else None
        if client.withdrew_on is not None:
            why, since = CONSENT, client.withdrew_on
        elif last is not None and last < today:
            why, since = TIME_OVER, last
        else:
            continue
        ids.append(session.id)
        size = sum(part.byte_size for part in parts) / _MEGABYTE
        places = sorted({kept_in(part.location, part.removed_at) for part in parts})
        held = session.held_on
        rows.append((client.code, session.number, held, why, since, len(parts), places[-1], round(size, 1)))
    return Listing("removal", Sentence("Due for removal"), _COLUMNS, ids, rows)


def _with_recordings(db: Db) -> list[tuple[Any, Any, list[Recording]]]:
    """Sessions by client and number, with their clients and those recordings that were not removed."""
    parts: dict[str, list[Recording]] = {}
    for part in db.scalars(select(Recording).where(Recording.removed_at.is_(None)).order_by(Recording.part)):
        parts.setdefault(part.session_id, []).append(part)
    rows = db.execute(
        select(TreatmentSession, Client)
        .join(Client, Client.id == TreatmentSession.client_id)
        .order_by(Client.code, TreatmentSession.number)
    )
    return [(session, client, parts[session.id]) for session, client in rows if session.id in parts]


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_COLUMNS = (
    Column("client", Sentence("Client")),
    Column("number", Sentence("Session"), Kind.NUMBER),
    Column("held_on", Sentence("Held on"), Kind.DAY),
    Column("why", Sentence("Why"), Kind.STATE),
    Column(
        "since", Sentence("Since"), Kind.DAY, Sentence("The day of withdrawal, or the last day of keeping.")
    ),
    Column("parts", Sentence("Parts"), Kind.NUMBER),
    Column("kept", Sentence("Kept"), Kind.STATE),
    Column("megabytes", Sentence("MB"), Kind.NUMBER),
)
