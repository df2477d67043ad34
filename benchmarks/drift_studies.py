"""Studies full of scores, in which one of ten coders drifts: for the drift page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select, update

from benchmarks import trials
from mio_fidelity.coding import assign, people
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Project, Purpose, Role
from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.keys import subkey, unlock
from mio_fidelity.store.models import Client, InstrumentEdition, Person, Rating, Score, TreatmentSession
from mio_fidelity.store.models import new_id as fresh

PASSPHRASE = trials.PASSPHRASE
CODERS, NUMBERS, RATINGS_EACH, A_MASTER_IN = 10, 12, 5, 50
DRIFTING, DRIFTS_BY, NOISE = 3, 0.8, 0.8
FIRST, DAYS = datetime(2025, 1, 7, 9, tzinfo=UTC), 540
_AT_A_TIME = 20_000


def made(folder: Path, sessions: int, seed: int = 1) -> Project:
    """An open study: five ratings a session, two of them independent, master codes for each 50th."""
    with Project.create(folder, PASSPHRASE, "A simulated trial, coded") as project:
        for role, codes in ((Role.SUPERVISOR, ["S1"]), (Role.CODER, [f"R{at + 1}" for at in range(CODERS)])):
            for code in codes:
                project.do(people.add_person, code, role)
        project.do(assign.use_instrument, shipped_instrument())
    engine = encrypted_engine(folder / "study.db", subkey(unlock(folder, PASSPHRASE).data_key, "database"))
    with engine.begin() as connection:
        _fill(connection, sessions, np.random.default_rng(seed))
    engine.dispose()
    return opened(folder)


def opened(folder: Path) -> Project:
    """The study in ``folder`` with the supervisor at work."""
    project = Project.open(folder, PASSPHRASE)
    project.sign_in(next(each.id for each in project.ask(people.roster) if each.role is Role.SUPERVISOR))
    return project


def _fill(connection: Connection, sessions: int, rng: np.random.Generator) -> None:
    codes = dict(connection.execute(select(Person.code, Person.id)).tuples().all())
    edition = connection.execute(select(InstrumentEdition.id, InstrumentEdition.sha256)).one()
    clients = [{"id": fresh(), "code": f"C{at:05}"} for at in range(-(-sessions // NUMBERS))]
    connection.execute(insert(Client), clients)
    held = [
        {"id": fresh(), "client_id": clients[at // NUMBERS]["id"], "number": at % NUMBERS + 1}
        for at in range(sessions)
    ]
    connection.execute(insert(TreatmentSession), held)
    rows: list[dict[str, Any]] = []
    scores: list[dict[str, Any]] = []
    for at, session in enumerate(held):
        for rating, values in _rated(at, str(session["id"]), at / sessions, codes, rng):
            rows.append(rating | {"instrument_id": edition.id, "instrument_sha256": edition.sha256})
            scores += values
        if len(scores) > _AT_A_TIME or at == sessions - 1:
            done = [{"key": row["id"], "at": row.pop("done")} for row in rows]
            connection.execute(insert(Rating), rows)
            connection.execute(insert(Score), scores)
            table: Any = Rating.__table__
            for one in done:
                connection.execute(
                    update(table).where(table.c.id == one["key"]).values(submitted_at=one["at"])
                )
            rows, scores = [], []


def _rated(
    at: int, session_id: str, share: float, codes: dict[str, str], rng: np.random.Generator
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The ratings of a session with their scores; ``share`` is how much of the study is over, 0..1."""
    instrument = shipped_instrument()
    domain = {scale.key: at for at, each in enumerate(instrument.domains) for scale in each.scales}
    level = {slot: rng.normal(4, 1.2) for slot in instrument.slots()}
    whose = [(f"R{(at + nth * (1 + at % 4)) % CODERS + 1}", nth) for nth in range(RATINGS_EACH)]
    if at % A_MASTER_IN == 0:
        whose.append(("S1", -1))
    given = set()
    for code, nth in whose:
        if code in given:
            continue
        given.add(code)
        purpose = Purpose.MASTER if nth < 0 else Purpose.RELIABILITY if nth < 2 else Purpose.DRIFT
        done = FIRST + timedelta(days=share * DAYS + rng.random() * 10)
        off = DRIFTS_BY if code == f"R{DRIFTING}" and share > 0.6 else 0.0
        rating_id = fresh()
        yield (
            {
                "id": rating_id,
                "blind_code": f"{rng.integers(1 << 48):012x}",
                "session_id": session_id,
                "person_id": codes[code],
                "role": Role.CODER if nth >= 0 else Role.SUPERVISOR,
                "purpose": purpose,
                "occasion": 1,
                "assigned_at": done - timedelta(days=7),
                "begun_at": done - timedelta(minutes=70),
                "done": done,
                "notes": "",
            },
            [
                {
                    "id": fresh(),
                    "rating_id": rating_id,
                    "scale": scale,
                    "dimension": dimension,
                    "state": "rated",
                    "value": int(
                        np.clip(
                            np.rint(
                                level[scale, dimension] + rng.normal(0, NOISE) - off * (domain[scale] == 2)
                            ),
                            1,
                            7,
                        )
                    ),
                    "scored_at": done,
                }
                for scale, dimension in instrument.slots()
            ],
        )
