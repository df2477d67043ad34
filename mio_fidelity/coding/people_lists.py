"""The tables of the study page about people: who codes, counsels and is cared for, and where."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import func, select

from mio_fidelity.coding import people
from mio_fidelity.coding.listing import Column, Kind, Listing, Value, natural
from mio_fidelity.coding.study_state import CODED, Coding, all_sessions, coding_of, day_of
from mio_fidelity.errors import Sentence
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import Barred, Client, Counselor, Person, Rating, Recording, Site

T = TypeVar("T")
SOON, LATELY = timedelta(days=7), timedelta(days=28)
# No work of coders: a consensus is made together, and counselors rate their own sessions.
_NOT_GIVEN = (Purpose.CONSENSUS, Purpose.SELF)


def workload(db: Db, today: date) -> Listing:
    """Per person who codes: what is open, late and due soon, and what was done lately."""
    people.only_supervisors(db)
    lengths: dict[str, int] = {
        session: int(length)
        for session, length in db.execute(
            select(Recording.session_id, func.sum(Recording.duration_ms)).group_by(Recording.session_id)
        )
    }
    given: defaultdict[str, list[Any]] = defaultdict(list)
    for row in db.execute(
        select(
            Rating.person_id,
            Rating.session_id,
            Rating.due_on,
            Rating.assigned_at,
            Rating.submitted_at,
            Rating.begun_at.is_not(None).label("begun"),
        ).where(Rating.withdrawn_at.is_(None), Rating.purpose.not_in(_NOT_GIVEN))
    ):
        given[row.person_id].append(row)
    ids, rows = [], []
    for person in _in_order(db, Person):
        own = given[person.id]
        if not own and (person.role != Role.CODER or not person.active):
            continue
        ids.append(person.id)
        rows.append((person.code, _works(person), *_tally(own, lengths, today)))
    return Listing("workload", Sentence("Workload"), _WORKLOAD, ids, rows)


def _tally(own: list[Any], lengths: dict[str, int], today: date) -> tuple[Value, ...]:
    open_ = [row for row in own if row.submitted_at is None]
    done = [day_of(row.submitted_at) for row in own if row.submitted_at]
    took = [(row.submitted_at - row.assigned_at).total_seconds() / 86_400 for row in own if row.submitted_at]
    return (
        len(open_),
        sum(row.begun for row in open_),
        sum(row.due_on is not None and row.due_on < today for row in open_),
        sum(row.due_on is not None and today <= row.due_on <= today + SOON for row in open_),
        sum(lengths.get(row.session_id, 0) for row in open_) or None,
        len(done),
        sum(day is not None and day > today - LATELY for day in done),
        round(median(took), 1) if took else None,
        max((day for day in done if day), default=None),
    )


def calendar(db: Db, today: date) -> Listing:
    """Per day: ratings due, those of them still open, and ratings submitted."""
    people.only_supervisors(db)
    due: Counter[date] = Counter()
    open_: Counter[date] = Counter()
    done: Counter[date] = Counter()
    for due_on, submitted_at in db.execute(
        select(Rating.due_on, Rating.submitted_at).where(
            Rating.withdrawn_at.is_(None), Rating.purpose.not_in(_NOT_GIVEN)
        )
    ):
        if due_on:
            due[due_on] += 1
            open_[due_on] += submitted_at is None
        day = day_of(submitted_at)
        if day:
            done[day] += 1
    days = sorted({*due, *done})
    rows = [
        (
            day,
            due[day] or None,
            open_[day] or None,
            done[day] or None,
            "overdue" if open_[day] and day < today else None,
        )
        for day in days
    ]
    return Listing("calendar", Sentence("Calendar"), _CALENDAR, [day.isoformat() for day in days], rows)


def staff(db: Db, today: date) -> Listing:  # noqa: ARG001 - every listing is asked for alike
    """Everybody who works in the study, and whose sessions each is kept away from."""
    people.only_supervisors(db)
    site = _codes(db, Site)
    client = _codes(db, Client)
    counselor = _codes(db, Counselor)
    kept: defaultdict[str, list[str]] = defaultdict(list)
    for row in db.scalars(select(Barred)):
        code = (
            client.get(row.client_id or "")
            or counselor.get(row.counselor_id or "")
            or site.get(row.site_id or "")
        )
        kept[row.person_id].append(code or "")
    for code, person_id in db.execute(select(Counselor.code, Counselor.person_id)):
        if person_id:
            kept[person_id].append(code)
    ids, rows = [], []
    for person in _in_order(db, Person):
        ids.append(person.id)
        away = ", ".join(sorted(set(kept[person.id]))) or None
        rows.append((person.code, str(person.role), _works(person), site.get(person.site_id or ""), away))
    return Listing("people", Sentence("People"), _STAFF, ids, rows)


def counselors(db: Db, today: date) -> Listing:  # noqa: ARG001
    """Every counselor with clients, sessions and how many of them are coded."""
    people.only_supervisors(db)
    found = _by(db, 6)
    site = _codes(db, Site)
    ids, rows = [], []
    for each in _in_order(db, Counselor):
        own = found[each.code]
        sites = {row[5] for row, _ in own if row[5]} | {site[key] for key in [each.site_id] if key}
        ids.append(each.id)
        rows.append((each.code, _list(sites), len({row[4] for row, _ in own}), *_progress(own)))
    return Listing("counselors", Sentence("Counselors"), _COUNSELORS, ids, rows)


def clients(db: Db, today: date) -> Listing:  # noqa: ARG001
    """Every client with arm, counselors, sessions and how many of them are coded."""
    people.only_supervisors(db)
    found = _by(db, 4)
    site = _codes(db, Site)
    ids, rows = [], []
    for each in _in_order(db, Client):
        own = found[each.code]
        arms, by = _list(row[2] for row, _ in own), _list(row[6] for row, _ in own)
        ids.append(each.id)
        rows.append((each.code, site.get(each.site_id or ""), arms, by, *_progress(own)))
    return Listing("clients", Sentence("Clients"), _CLIENTS, ids, rows)


def sites(db: Db, today: date) -> Listing:  # noqa: ARG001
    """Every site with those who work and are cared for there, and how many sessions are coded."""
    people.only_supervisors(db)
    found = _by(db, 5)
    work_at = Counter(db.scalars(select(Person.site_id).where(Person.active, Person.role == Role.CODER)))
    ids, rows = [], []
    for each in _in_order(db, Site):
        own = found[each.code]
        by, cared = {row[6] for row, _ in own if row[6]}, {row[4] for row, _ in own}
        ids.append(each.id)
        rows.append((each.code, len(by), len(cared), work_at[each.id], *_progress(own)))
    return Listing("sites", Sentence("Sites"), _SITES, ids, rows)


def _codes(db: Db, table: Any) -> dict[str, str]:
    """Id to code."""
    return {row.id: row.code for row in db.execute(select(table.id, table.code))}


def _in_order(db: Db, table: type[T]) -> list[T]:
    """Every row, R2 before R10."""
    rows: list[Any] = list(db.scalars(select(table)))
    return sorted(rows, key=lambda row: natural(row.code))


def _by(db: Db, at: int) -> defaultdict[str | None, list[tuple[Any, Coding]]]:
    """Sessions and how far their coding is, by one of the values of `all_sessions`."""
    coding, found = coding_of(db), defaultdict(list)
    for row in all_sessions(db):
        found[row[at]].append((row, coding.get(row[0], Coding())))
    return found


def _progress(own: list[tuple[Any, Coding]]) -> tuple[Value, ...]:
    given = sum(bool(coding.given) for _, coding in own)
    coded = sum(coding.state == CODED for _, coding in own)
    return len(own), given, coded, coded / given if given else None


def _list(codes: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({code for code in codes if code})) or None


def _works(person: Person) -> str:
    return "works here" if person.active else "has left"


_SESSIONS = (
    Column("sessions", Sentence("Sessions"), Kind.NUMBER),
    Column("given", Sentence("Given out"), Kind.NUMBER, Sentence("Sessions that somebody is to code.")),
    Column("coded", Sentence("Coded"), Kind.NUMBER, Sentence("Sessions whose ratings are all submitted.")),
    Column("share", Sentence("Coded of given out"), Kind.SHARE),
)
_WORKLOAD = (
    Column("coder", Sentence("Coder")),
    Column("works", Sentence("State"), Kind.STATE),
    Column("open", Sentence("To do"), Kind.NUMBER, Sentence("Ratings given out and not submitted.")),
    Column("begun", Sentence("Begun"), Kind.NUMBER),
    Column("overdue", Sentence("Late"), Kind.NUMBER, Sentence("Open, and due before today.")),
    Column("soon", Sentence("Due in 7 days"), Kind.NUMBER),
    Column("length", Sentence("To hear"), Kind.LENGTH, Sentence("Length of the recordings to do.")),
    Column("submitted", Sentence("Submitted"), Kind.NUMBER),
    Column("lately", Sentence("Last 28 days"), Kind.NUMBER, Sentence("Submitted in the last 28 days.")),
    Column(
        "days",
        Sentence("Days taken"),
        Kind.NUMBER,
        Sentence("Median days between giving out and submission."),
    ),
    Column("last", Sentence("Last submitted"), Kind.DAY),
)
_CALENDAR = (
    Column("day", Sentence("Day"), Kind.DAY),
    Column("due", Sentence("Due"), Kind.NUMBER, Sentence("Ratings due that day, submitted or not.")),
    Column("open", Sentence("Still open"), Kind.NUMBER, Sentence("Of those due, not submitted.")),
    Column("submitted", Sentence("Submitted"), Kind.NUMBER, Sentence("Ratings submitted that day.")),
    Column("overdue", Sentence("Late"), Kind.STATE),
)
_STAFF = (
    Column("person", Sentence("Code")),
    Column("role", Sentence("Role"), Kind.STATE),
    Column("works", Sentence("State"), Kind.STATE),
    Column("site", Sentence("Works at")),
    Column(
        "away",
        Sentence("Kept away from"),
        Kind.TEXT,
        Sentence("Clients, counselors and sites whose sessions this person is not given."),
    ),
)
_COUNSELORS = (
    Column("counselor", Sentence("Counselor")),
    Column("site", Sentence("Sites"), Kind.WORD, Sentence("Where the counselor or the clients are.")),
    Column("clients", Sentence("Clients"), Kind.NUMBER),
    *_SESSIONS,
)
_CLIENTS = (
    Column("client", Sentence("Client")),
    Column("site", Sentence("Site")),
    Column("arm", Sentence("Arm")),
    Column("counselor", Sentence("Counselors")),
    *_SESSIONS,
)
_SITES = (
    Column("site", Sentence("Site")),
    Column("counselors", Sentence("Counselors"), Kind.NUMBER),
    Column("clients", Sentence("Clients"), Kind.NUMBER),
    Column("coders", Sentence("Coders"), Kind.NUMBER, Sentence("Coders who work at the site.")),
    *_SESSIONS,
)
