"""The tables of the study page about sessions: recordings, coding, assignments. For supervisors."""

from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from mio_fidelity.coding import people
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.coding.outgoing import current_packages
from mio_fidelity.coding.retention import REMOVED, kept_in, kept_until, retention
from mio_fidelity.coding.study_state import (
    AWAITED,
    NO_FILE,
    READY,
    TROUBLED,
    Coding,
    all_sessions,
    coding_of,
    day_of,
)
from mio_fidelity.errors import Sentence
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import (
    AwaitedFile,
    Client,
    ConsensusSource,
    Person,
    Rating,
    Recording,
    TreatmentSession,
)

_MEGABYTE = 1_000_000
_GRAVITY = (NO_FILE, READY, AWAITED, TROUBLED)


def sessions(db: Db, today: date) -> Listing:
    """Every session of the therapy, with its recordings and how far its coding is."""
    people.only_supervisors(db)
    coding, consensus = coding_of(db), _consensus(db)
    recorded, awaited = _recorded(db), _awaited(db)
    ids: list[str] = []
    rows: list[tuple[Value, ...]] = []
    for session_id, number, arm, held_on, client, site, counselor in all_sessions(db):
        done = coding.get(session_id, Coding())
        parts, length, recording = recorded.get(session_id, (0, None, NO_FILE))
        if session_id in awaited and recording != REMOVED:
            recording = TROUBLED if awaited[session_id] else max(AWAITED, recording, key=_GRAVITY.index)
        ids.append(session_id)
        rows.append(
            (
                client,
                number,
                site,
                arm,
                counselor,
                held_on,
                length,
                parts or None,
                recording,
                done.state,
                done.given or None,
                done.submitted or None,
                "double-coded" if done.double else None,
                consensus.get(session_id),
                done.due,
                _overdue(done.due, today),
            )
        )
    return Listing("sessions", Sentence("Sessions"), _SESSION_COLUMNS, ids, rows)


def _recorded(db: Db) -> dict[str, tuple[int, int, str]]:
    """Per session the number of its recordings, their length in ms, and the state of the worst."""
    rows = db.execute(
        select(
            Recording.session_id,
            func.count(),
            func.sum(Recording.duration_ms),
            func.max(case((Recording.problems != "", 1), else_=0)),
            func.count(Recording.removed_at),
        ).group_by(Recording.session_id)
    )
    return {
        session: (parts, length, REMOVED if removed else TROUBLED if trouble else READY)
        for session, parts, length, trouble, removed in rows
    }


def _awaited(db: Db) -> dict[str, bool]:
    """Per session that waits for a file, whether something is wrong with one."""
    trouble = func.max(case((AwaitedFile.problem != "", 1), else_=0))
    rows = db.execute(select(AwaitedFile.session_id, trouble).group_by(AwaitedFile.session_id))
    return {session: bool(wrong) for session, wrong in rows}


def recordings(db: Db, today: date) -> Listing:  # noqa: ARG001 - every listing is asked for alike
    """Every recording and every file that is awaited; without names and places of files."""
    people.only_supervisors(db)
    sessions, rule = all_sessions(db), retention(db)
    about, held = {row[0]: (row[4], row[1]) for row in sessions}, {row[0]: row[3] for row in sessions}
    ids: list[str] = []
    rows: list[tuple[Value, ...]] = []
    for row in db.execute(
        select(
            Recording.id,
            Recording.session_id,
            Recording.part,
            Recording.duration_ms,
            Recording.kind,
            Recording.container,
            Recording.codec,
            Recording.byte_size,
            Recording.added_at,
            Recording.problems,
            Recording.location,
            Recording.removed_at,
            Recording.keep_until,
        )
    ):
        ids.append(row.id)
        rows.append(
            (
                *about[row.session_id],
                row.part,
                REMOVED if row.removed_at else TROUBLED if row.problems else READY,
                kept_in(row.location, row.removed_at),
                None
                if row.removed_at
                else kept_until(row.keep_until, held[row.session_id], row.added_at, rule),
                row.duration_ms,
                str(row.kind),
                f"{row.container} / {row.codec}",
                round(row.byte_size / _MEGABYTE, 1),
                day_of(row.added_at),
                row.problems.replace("\n", " ") or None,
            )
        )
    waiting = select(AwaitedFile.id, AwaitedFile.session_id, AwaitedFile.part, AwaitedFile.problem)
    for awaited_id, session_id, part, problem in db.execute(waiting):
        ids.append(awaited_id)
        state = TROUBLED if problem else AWAITED
        rows.append((*about[session_id], part, state, *[None] * 7, problem or None))
    # By client, session and part; awaited files stand among the recordings of their session.
    order = sorted(range(len(rows)), key=lambda nth: rows[nth][:3])
    return Listing(
        "recordings",
        Sentence("Recordings"),
        _RECORDING_COLUMNS,
        [ids[nth] for nth in order],
        [rows[nth] for nth in order],
    )


def assignments(db: Db, today: date) -> Listing:
    """Every rating that was given out: to whom, why, when it is due, how far it is."""
    people.only_supervisors(db)
    rows = db.execute(
        select(
            Rating.id,
            Rating.blind_code,
            Client.code,
            TreatmentSession.number,
            Person.code.label("coder"),
            Rating.purpose,
            Rating.occasion,
            Rating.assigned_at,
            Rating.due_on,
            Rating.submitted_at,
            Rating.begun_at.is_not(None).label("begun"),
            Rating.withdrawn_at.is_not(None).label("withdrawn"),
        )
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .join(Person, Person.id == Rating.person_id)
        .where(Rating.purpose != Purpose.CONSENSUS)
        .order_by(Client.code, TreatmentSession.number, Person.code)
    ).all()
    out = current_packages(db)
    return Listing(
        "assignments",
        Sentence("Assignments"),
        _ASSIGNMENT_COLUMNS,
        [row.id for row in rows],
        [
            (
                row.blind_code,
                row.code,
                row.number,
                row.coder,
                str(row.purpose),
                row.occasion,
                day_of(row.assigned_at),
                row.due_on,
                _assignment_state(row, today, row.id in out),
                day_of(row.submitted_at),
            )
            for row in rows
        ],
    )


def _assignment_state(row: Any, today: date, out: bool) -> str:
    if row.withdrawn:
        return "taken back"
    if row.submitted_at:
        return "submitted"
    if _overdue(row.due_on, today):
        return "overdue"
    if row.begun:
        return "begun"
    return "handed out" if out else "not begun"


def _consensus(db: Db) -> dict[str, str]:
    """Session id to how far its consensus is."""
    rows = db.execute(
        select(Rating.session_id, Rating.submitted_at)
        .where(Rating.purpose == Purpose.CONSENSUS, Rating.withdrawn_at.is_(None))
        .where(Rating.id.in_(select(ConsensusSource.rating_id)))
    )
    return {session: "done" if submitted else "begun" for session, submitted in rows}


def _overdue(due: date | None, today: date) -> str | None:
    return "overdue" if due and due < today else None


_SESSION_COLUMNS = (
    Column("client", Sentence("Client")),
    Column("number", Sentence("Session"), Kind.NUMBER, Sentence("Which session of the treatment it is.")),
    Column("site", Sentence("Site")),
    Column("arm", Sentence("Arm")),
    Column("counselor", Sentence("Counselor")),
    Column("held_on", Sentence("Held on"), Kind.DAY),
    Column("length", Sentence("Length"), Kind.LENGTH, Sentence("Of all parts, found by decoding.")),
    Column("parts", Sentence("Parts"), Kind.NUMBER, Sentence("Files that are played as one recording.")),
    Column("recording", Sentence("Recording"), Kind.STATE),
    Column("coding", Sentence("Coding"), Kind.STATE),
    Column("given", Sentence("Coders"), Kind.NUMBER, Sentence("Independent ratings given out.")),
    Column("submitted", Sentence("Submitted"), Kind.NUMBER, Sentence("Independent ratings submitted.")),
    Column("double", Sentence("Double"), Kind.STATE, Sentence("Given to two coders for reliability.")),
    Column("consensus", Sentence("Consensus"), Kind.STATE),
    Column("due", Sentence("Due"), Kind.DAY, Sentence("The first day on which an open rating is due.")),
    Column("overdue", Sentence("Late"), Kind.STATE),
)
_KEPT_HELP = Sentence(
    "In the vault a recording is encrypted like the study. A plain file can be heard by whoever gets at it."
)
_RECORDING_COLUMNS = (
    Column("client", Sentence("Client")),
    Column("number", Sentence("Session"), Kind.NUMBER),
    Column("part", Sentence("Part"), Kind.NUMBER),
    Column("state", Sentence("State"), Kind.STATE),
    Column("kept", Sentence("Kept"), Kind.STATE, _KEPT_HELP),
    Column(
        "keep_until",
        Sentence("Kept until"),
        Kind.DAY,
        Sentence("The last day of keeping, by the study's rule or its own; empty where there is no limit."),
    ),
    Column("length", Sentence("Length"), Kind.LENGTH, Sentence("Found by decoding.")),
    Column("kind", Sentence("Kind"), Kind.STATE),
    Column("format", Sentence("Format")),
    Column("megabytes", Sentence("MB"), Kind.NUMBER),
    Column("added", Sentence("Added"), Kind.DAY),
    Column("problem", Sentence("What to know"), Kind.TEXT),
)
_ASSIGNMENT_COLUMNS = (
    Column("blind_code", Sentence("Blind code"), Kind.TEXT, Sentence("What the coder sees of the session.")),
    Column("client", Sentence("Client")),
    Column("number", Sentence("Session"), Kind.NUMBER),
    Column("coder", Sentence("Coder")),
    Column("purpose", Sentence("Purpose"), Kind.STATE),
    Column(
        "occasion",
        Sentence("Occasion"),
        Kind.NUMBER,
        Sentence("2 when the same coder rates the session again."),
    ),
    Column("assigned", Sentence("Given out"), Kind.DAY),
    Column("due", Sentence("Due"), Kind.DAY),
    Column("state", Sentence("State"), Kind.STATE),
    Column("submitted", Sentence("Submitted on"), Kind.DAY),
)
