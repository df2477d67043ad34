"""How fast work is handed out, with and without recordings, and taken in again.

.venv/bin/python benchmarks/exchange.py [--megabytes 3000] [--packages 10] [--folder /some/disk]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mio_fidelity.coding import assign, merging, packages, people, returning, vault
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.vault import new_key, seal
from mio_fidelity.store import Db, Project, Role
from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.keys import Cost
from mio_fidelity.store.models import (
    Client,
    InstrumentEdition,
    Package,
    Rating,
    Recording,
    Score,
    TreatmentSession,
    now,
)
from mio_fidelity.store.parcel import unpack

CHEAP = Cost(64, 1, 1)
PHRASE = "a pass phrase of hers"
SESSIONS = 60


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes, with everything on the disk afterwards."""
    os.sync()
    begun = time.perf_counter()
    work()
    os.sync()
    return time.perf_counter() - begun


def home(folder: Path, coders: int) -> tuple[Project, list[str]]:
    """A study with a supervisor signed in, and the ids of coders."""
    project = Project.create(folder, "a pass phrase", "Speed", CHEAP)
    supervisor = project.do(people.add_person, "S1", Role.SUPERVISOR).value
    ids = [project.do(people.add_person, f"R{nth}", Role.CODER).value for nth in range(coders)]
    project.do(assign.use_instrument, shipped_instrument())
    project.sign_in(supervisor)
    return project, ids


def fill(db: Db, coder: str, first: int, files: Sequence[tuple[str, str, int]]) -> None:
    """Sessions for one coder: place, fingerprint and size of the recording of each."""
    edition = db.query(InstrumentEdition).one()
    client = Client(code=f"C{first}")
    db.add(client)
    db.flush()
    for nth, (location, sha256, size) in enumerate(files):
        session = TreatmentSession(client_id=client.id, number=nth + 1)
        db.add(session)
        db.flush()
        facts = {"kind": "audio", "container": "wav", "codec": "pcm_s16le", "duration_ms": 3_000_000}
        recording = Recording(
            session_id=session.id, location=location, sha256=sha256, byte_size=size, **facts
        )
        rating = Rating(blind_code=f"S-{first + nth}", session_id=session.id, person_id=coder)
        rating.instrument_id, rating.instrument_sha256 = edition.id, edition.sha256
        rating.role, rating.purpose = "coder", "production"
        db.add_all([recording, rating])
    db.flush()


def rate_all(db: Db) -> None:
    """Every rating answered and submitted."""
    ratings = db.query(Rating).all()
    slots = shipped_instrument().slots()
    for rating in ratings:
        rating.begun_at = now()
        db.add_all(
            Score(rating_id=rating.id, scale=scale, dimension=dimension, state="rated", value=4)
            for scale, dimension in slots
        )
    db.flush()
    for rating in ratings:
        rating.submitted_at = now()


def handing_out(place: Path, megabytes: int) -> None:
    """Sixty sessions, without and with recordings, beside ``cp``."""
    project, (coder,) = home(place / "home", 1)
    plain, copies, target = place / "plain", place / "copies", place / "coder.miopack"
    plain.mkdir()
    files = []
    for nth in range(SESSIONS):
        path = plain / f"recording-{nth}"
        with path.open("wb") as file:
            for _ in range(max(1, megabytes // SESSIONS)):
                file.write(os.urandom(1_000_000))
        files.append((str(path), fingerprint(path), path.stat().st_size))
    project.do(fill, coder, 0, files)
    audio = sum(size for *_, size in files) / 1e6

    def copy() -> float:
        took = timed(lambda: subprocess.run(["cp", "-r", plain, copies], check=True))
        shutil.rmtree(copies)
        return took

    def make(with_recordings: bool) -> float:
        took = timed(
            lambda: packages.make_package(project, coder, target, PHRASE, with_recordings=with_recordings)
        )
        target.unlink()
        for package_id in project.ask(lambda db: db.scalars(select(Package.id)).all()):
            project.do(packages.revoke, package_id)
        return took

    say(f"make, {SESSIONS} sessions without audio", make(False), "bound: 2 s")
    for where in ("in place", "in the vault"):
        if where == "in the vault":
            seal_all(project)
        # Before and after, as disks have moods.
        copied = [copy()]
        packed = make(True)
        copied.append(copy())
        cp = sum(copied) / 2
        say(f"cp {audio:.0f} MB, twice", cp, f"{audio / cp:.0f} MB/s; {copied[0]:.2f} and {copied[1]:.2f} s")
        say(f"make with {audio:.0f} MB of audio {where}", packed, f"{audio / packed:.0f} MB/s")
        print(f"{'share of the speed of cp':44} {cp / packed:7.0%}     (bound: 50 %)", flush=True)
    project.close()


def seal_all(project: Project) -> None:
    """Every recording into the vault."""
    (project.folder / "vault").mkdir()
    for recording in project.ask(vault.kept, project.folder):
        key, kept = new_key(), vault.new_place()
        seal(recording.source.path, project.folder / kept, key, Progress(None, None))
        project.do(vault.take_in, recording.id, recording.location, kept, key)


def taking_in(place: Path, n: int, ratings: int) -> None:
    """Several packages, all of them rated."""
    project, coders = home(place / "home2", n)
    backs = []
    for nth, coder in enumerate(coders):
        first = 10_000 + nth * ratings
        project.do(fill, coder, first, [(f"x{first + k}", f"{first + k:064x}", 1) for k in range(ratings)])
        file, folder = place / f"{nth}.miopack", place / f"laptop-{nth}"
        packages.make_package(project, coder, file, PHRASE, with_recordings=False, cost=CHEAP)
        unpack(file, folder, Progress(None, None))
        with Project.open(folder, PHRASE) as laptop:
            laptop.ring.replace_slot(coder, PHRASE)
        with Project.open(folder, PHRASE) as laptop:
            laptop.do(rate_all)
            returning.return_work(laptop, place / f"{nth}.mioback")
        backs.append(place / f"{nth}.mioback")
    cpu = time.process_time()
    took = timed(lambda: [merging.merge(project, back) for back in backs])
    cpu = time.process_time() - cpu
    say(f"merge {n} packages of {ratings} ratings", took, f"bound: 5 s; {cpu:.2f} s of processor")
    bare = written_bare(project, place / "bare.db", n)
    say("the same rows, written bare", bare, f"merging took {took / bare:.1f} times as long")
    project.close()


def written_bare(project: Project, path: Path, transactions: int) -> float:
    """Seconds that the driver takes to write all scores and audit lines into an empty encrypted database.

    Without reading, checking, comparing, chaining, keys of others and triggers: how fast this machine is now.
    """
    tables = ("score", "audit")

    def read(db: Db) -> dict[str, tuple[str, list[Any]]]:
        run = db.connection().exec_driver_sql
        return {
            table: (
                run("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one(),
                [tuple(row) for row in run(f"SELECT * FROM {table}")],
            )
            for table in tables
        }

    stored, engine = project.ask(read), encrypted_engine(path, os.urandom(32))
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for made, _ in stored.values():
            connection.exec_driver_sql(made)

        def write() -> None:
            for nth in range(transactions):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                for table, (_, rows) in stored.items():
                    first, end = (len(rows) * part // transactions for part in (nth, nth + 1))
                    values = ", ".join("?" * len(rows[0]))
                    connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({values})", rows[first:end])
                connection.exec_driver_sql("COMMIT")

        took = timed(write)
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return took


def say(what: str, seconds: float, more: str) -> None:
    """One line of the table."""
    print(f"{what:44} {seconds:7.2f} s   ({more})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=3000)
    parser.add_argument("--packages", type=int, default=10)
    parser.add_argument("--ratings", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    print("load before:", *(f"{load:.1f}" for load in os.getloadavg()))
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        handing_out(Path(name), asked.megabytes)
        taking_in(Path(name), asked.packages, asked.ratings)
    print("load after:", *(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
