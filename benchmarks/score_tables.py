"""Score tables and studies of any size, for `benchmarks.reliability`."""

from pathlib import Path

import numpy as np
from sqlalchemy import insert

from mio_fidelity.analysis.table import STATES, ScoreTable, SessionRow, columns_of
from mio_fidelity.answer import State
from mio_fidelity.coding import assign, people
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Project, Role
from mio_fidelity.store.models import Client, Rating, Score, TreatmentSession, new_id, now

PASSPHRASE = "a phrase for the benchmark"
DOUBLE_CODED = 0.25


def simulated(sessions: int, coders: int, double_coded: float = DOUBLE_CODED, seed: int = 1) -> ScoreTable:
    """A table of the shipped instrument; rotating coders; competence not applicable where fidelity is 1."""
    rng, instrument = np.random.default_rng(seed), shipped_instrument()
    columns = columns_of(instrument)
    shape = len(columns), sessions, coders
    level = 4 + rng.normal(size=(shape[0], sessions, 1)) + 0.4 * rng.normal(size=(shape[0], 1, coders))
    values = np.clip(np.rint(level + rng.normal(size=shape)), 1, 7)
    codings = np.where(rng.random(sessions) < double_coded, 2, 1)
    rated = rng.random((sessions, coders)).argsort(axis=1).argsort(axis=1) < codings[:, None]
    states = np.where(np.broadcast_to(rated, shape), STATES.index(State.RATED), -1).astype(np.int8)
    place = {(each.scale, each.dimension): at for at, each in enumerate(columns)}
    for (scale, dimension), at in place.items():
        if dimension == "competence":
            floor = rated & (values[place[scale, "fidelity"]] == 1)
            states[at][floor] = STATES.index(State.NOT_APPLICABLE)
    values[states != STATES.index(State.RATED)] = np.nan
    rows = tuple(SessionRow(f"C{n // 12:05d}-{n % 12 + 1}", ("MIO", "PE")[n % 2]) for n in range(sessions))
    codes = tuple(f"R{n:02d}" for n in range(coders))
    return ScoreTable(columns, rows, codes, values, states, (), instrument)


def stored(table: ScoreTable, folder: Path) -> Project:
    """An open study with the scores of ``table``, written past the verbs, which would take an hour."""
    project = Project.create(folder, PASSPHRASE, "Benchmark")
    person = {code: project.do(people.add_person, code, Role.CODER).value for code in table.coders}
    instrument_id = project.do(assign.use_instrument, shipped_instrument()).value
    sha256 = shipped_instrument().sha256
    clients = {row.label.split("-")[0]: new_id() for row in table.sessions}
    sessions = [
        {"id": new_id(), "client_id": clients[client], "number": int(number), "arm": row.arm}
        for row in table.sessions
        for client, number in [row.label.split("-")]
    ]
    ratings, scores = [], []
    for row, coder in zip(*np.nonzero(table.rated), strict=True):
        rating = {"id": new_id(), "blind_code": f"S{len(ratings)}", "session_id": sessions[row]["id"]}
        rating |= {"person_id": person[table.coders[coder]], "instrument_id": instrument_id, "role": "coder"}
        rating |= {"instrument_sha256": sha256, "purpose": "reliability", "begun_at": now()}
        ratings.append(rating)
        scores += _scores(table, rating["id"], int(row), int(coder))
    with project._engine.begin() as connection:
        connection.execute(insert(Client), [{"id": clients[code], "code": code} for code in clients])
        for model, rows in ((TreatmentSession, sessions), (Rating, ratings), (Score, scores)):
            connection.execute(insert(model), rows)
        connection.exec_driver_sql("UPDATE rating SET submitted_at = begun_at")
    return project


def _scores(table: ScoreTable, rating_id: str, row: int, coder: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for at, column in enumerate(table.columns):
        value, state = table.values[at, row, coder], STATES[table.states[at, row, coder]]
        score = {"rating_id": rating_id, "scale": column.scale, "dimension": column.dimension, "state": state}
        found.append(score | {"value": None if np.isnan(value) else int(value), "scored_at": now()})
    return found
