"""Sessions that a manifest names, taken into the study with the files that are still to be examined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.pseudonyms import label
from mio_fidelity.coding.recordings import SessionFacts, kept_as, new_session
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Db
from mio_fidelity.store.models import AwaitedFile, Client, Counselor, Recording, Site, TreatmentSession

_AT_A_TIME = 100
Key = tuple[str, int]
# What a line may say of a session, and its words.
FACTS = {"site": "site", "arm": "arm", "counselor": "counselor", "held_on": "date"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a manifest: a session and, where one is named, the file of one of its parts."""

    facts: SessionFacts
    part: int = 1
    file: Path | None = None

    @property
    def key(self) -> Key:
        """Client and number of the session."""
        return self.facts.client, self.facts.number


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session the study has, and the parts of it that have a recording or await one."""

    id: str
    facts: SessionFacts
    parts: frozenset[int]


@dataclass(frozen=True)
class Known:
    """What the study has already: sessions, and the site of each client."""

    sessions: Mapping[Key, KnownSession]
    sites: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a manifest added, in numbers; ``filled`` sessions gained facts that nobody had said before."""

    sessions: int
    files: int
    filled: int = 0


def known(db: Db) -> Known:
    """What a manifest has to fit.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    parts: dict[str, set[int]] = {}
    for table in (Recording, AwaitedFile):
        for session_id, part in db.execute(select(table.session_id, table.part)):
            parts.setdefault(session_id, set()).add(part)
    rows = db.execute(
        select(TreatmentSession, Client.code, Site.code, Counselor.code)
        .join(Client, Client.id == TreatmentSession.client_id)
        .outerjoin(Site, Site.id == Client.site_id)
        .outerjoin(Counselor, Counselor.id == TreatmentSession.counselor_id)
    )
    sessions = {
        (client, row.number): KnownSession(
            row.id,
            SessionFacts(client, row.number, row.arm, counselor, site, row.held_on),
            frozenset(parts.get(row.id, ())),
        )
        for row, client, site, counselor in rows
    }
    sites = db.execute(
        select(Client.code, Site.code.label("site")).outerjoin(Site, Site.id == Client.site_id)
    )
    return Known(sessions, {row.code: row.site for row in sites})


def take_manifest(
    db: Db,
    entries: Sequence[Entry],
    study_folder: Path,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> TakenIn:
    """Add the sessions that are new, and await the files that are; all or nothing.

    Args:
        db: The study.
        entries: At most one for each session and part.
        study_folder: Files inside it are remembered relative to it.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes nothing is added.

    Raises:
        UserError: an id could identify somebody, a client belongs to another site, a session is named in
            two ways or otherwise than the study has it, a part has a file already, or the person signed in
            is no supervisor.
        Cancelled: ``cancelled`` said yes.
    """
    found = known(db)
    progress = Progress(on_progress, cancelled)
    sessions = {key: (each.id, each.facts) for key, each in found.sessions.items()}
    parts = {(each.id, part) for each in found.sessions.values() for part in each.parts}
    added = files = 0
    filled: set[str] = set()
    for nth, entry in enumerate(entries):
        if entry.key not in sessions:
            sessions[entry.key] = new_session(db, entry.facts).id, entry.facts
            added += 1
        session_id, facts = sessions[entry.key]
        refuse_changed(facts, entry.facts)
        if missing(facts, entry.facts):
            sessions[entry.key] = session_id, _fill(db, session_id, facts, entry.facts)
            filled.add(session_id)
        if entry.file is not None:
            place = session_id, entry.part
            if place in parts:
                raise UserError(
                    "Session {session} has a file for part {part} already. Take the line out.",
                    session=f"{entry.facts.client}-{entry.facts.number}",
                    part=entry.part,
                )
            parts.add(place)
            location = kept_as(entry.file, study_folder)
            db.add(AwaitedFile(session_id=session_id, part=entry.part, location=location))
            files += 1
        if nth % _AT_A_TIME == 0:
            db.flush()
            progress.at(nth / len(entries))
    db.flush()
    progress.at(1.0)
    return TakenIn(added, files, len(filled))


def refuse_changed(stored: SessionFacts, named: SessionFacts) -> None:
    """Let only facts pass that the study has alike; what a line or the study leaves open fits.

    Raises:
        UserError: something differs.
    """
    for key, name in FACTS.items():
        old, new = getattr(stored, key), getattr(named, key)
        if new is not None and old is not None and new != old:
            raise UserError(
                "The study has this session with {what} {old}, not {new}. Correct the line, or take it out.",
                what=name,
                old=str(old),
                new=str(new),
            )


def missing(stored: SessionFacts, named: SessionFacts) -> tuple[str, ...]:
    """What a line says that the study does not know yet."""
    return tuple(key for key in FACTS if getattr(stored, key) is None and getattr(named, key) is not None)


def _fill(db: Db, session_id: str, stored: SessionFacts, named: SessionFacts) -> SessionFacts:
    session = db.get_one(TreatmentSession, session_id)
    where = people.site(db, named.site) if named.site else None
    people.client(db, stored.client, where)
    if named.counselor and session.counselor_id is None:
        session.counselor_id = people.counselor(db, named.counselor, where).id
    session.arm = session.arm or (label(named.arm) if named.arm else None)
    session.held_on = session.held_on or named.held_on
    return replace(stored, **{key: getattr(named, key) for key in missing(stored, named)})
