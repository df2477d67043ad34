"""Studies of a trial's size, with sessions and ratings and without scores: for the study page."""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

from mio_fidelity.coding import assign, people
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Db, Project, Purpose, Role
from mio_fidelity.store.models import (
    Client,
    Counselor,
    InstrumentEdition,
    Rating,
    Recording,
    Site,
    TreatmentSession,
    new_id,
)

PASSPHRASE = "trials are made here"
SITES, COUNSELORS, CODERS, NUMBERS = 4, 20, 10, 12
TODAY = date(2026, 11, 2)


def made(folder: Path, sessions: int, ratings: int, seed: int = 1) -> Project:
    """An open study of 12 sessions a client at 4 sites in 2 arms, by 20 counselors, coded by 10 coders."""
    project = Project.create(folder, PASSPHRASE, "A simulated trial")
    project.do(_fill, sessions, ratings, random.Random(seed))
    supervisor = next(each for each in project.ask(people.roster) if each.role is Role.SUPERVISOR)
    project.sign_in(supervisor.id)
    return project


def _fill(db: Db, sessions: int, ratings: int, luck: random.Random) -> None:
    people.add_person(db, "S1", Role.SUPERVISOR)
    coders = [people.add_person(db, f"R{nth}", Role.CODER) for nth in range(1, CODERS + 1)]
    edition = db.get_one(InstrumentEdition, assign.use_instrument(db, shipped_instrument()))
    sites = [Site(id=new_id(), code=f"Site {letter}") for letter in "ABCD"[:SITES]]
    db.add_all(sites)
    db.flush()
    counselors = [
        Counselor(id=new_id(), code=f"T{nth:02}", site_id=sites[nth % SITES].id) for nth in range(COUNSELORS)
    ]
    db.add_all(counselors)
    db.flush()
    clients = -(-sessions // NUMBERS)
    cared = [Client(id=new_id(), code=f"C{nth:05}", site_id=sites[nth % SITES].id) for nth in range(clients)]
    db.add_all(cared)
    held = [
        TreatmentSession(
            id=new_id(),
            client_id=cared[nth // NUMBERS].id,
            counselor_id=counselors[nth // NUMBERS % COUNSELORS].id,
            arm=("MIO", "PE")[nth // NUMBERS // SITES % 2],
            number=nth % NUMBERS + 1,
            held_on=TODAY - timedelta(days=luck.randrange(540)),
        )
        for nth in range(sessions)
    ]
    db.flush()
    db.add_all(held)
    db.flush()
    db.add_all(_recording(each, luck) for each in held)
    each_has = ratings // sessions or 1
    db.add_all(
        _rating(session, coders[(nth + again) % CODERS], edition, again, luck)
        for nth, session in enumerate(held)
        for again in range(each_has)
    )


def _recording(session: TreatmentSession, luck: random.Random) -> Recording:
    return Recording(
        session_id=session.id,
        location=f"recordings/{new_id()}.mp3",
        sha256=f"{luck.getrandbits(256):064x}",
        byte_size=luck.randrange(20_000_000, 60_000_000),
        kind="audio",
        container="mp3",
        codec="mp3",
        duration_ms=luck.randrange(40 * 60_000, 60 * 60_000),
    )


def _rating(
    session: TreatmentSession, coder: str, edition: InstrumentEdition, again: int, luck: random.Random
) -> Rating:
    begin = datetime.combine(TODAY - timedelta(days=luck.randrange(1, 540)), time(9)).astimezone()
    done = begin + timedelta(days=luck.randrange(1, 40))
    submitted = done.date() < TODAY
    return Rating(
        session_id=session.id,
        person_id=coder,
        instrument_id=edition.id,
        instrument_sha256=edition.sha256,
        role=Role.CODER,
        purpose=Purpose.RELIABILITY if again < 2 else Purpose.DRIFT,
        blind_code=f"{luck.getrandbits(48):012x}",
        due_on=(begin + timedelta(days=28)).date(),
        assigned_at=begin,
        begun_at=done if submitted else None,
        submitted_at=done if submitted else None,
    )
