"""Score tables of a study of a size that would take long to rate by hand."""

from datetime import date, timedelta
from itertools import combinations

import numpy as np

from mio_fidelity.analysis.table import STATES, LeftOut, ScoreTable, SessionRow, columns_of
from mio_fidelity.answer import State
from mio_fidelity.instrument import shipped_instrument


def score_table(sessions=48, coders=4, groups=1, seed=3, left_out=()):
    """Coders rotate in pairs, in one or more groups that share no session; scale 4 sits on one point."""
    columns = columns_of(shipped_instrument())
    random = np.random.default_rng(seed)
    values = np.full((len(columns), sessions, coders), np.nan)
    pairs = [pair for pair in combinations(range(coders), 2) if pair[0] % groups == pair[1] % groups]
    lenient = random.normal(0, 0.3, coders)
    for at, column in enumerate(columns):
        restricted = column.number == 4
        true = random.normal(1.2 if restricted else 4.2, 0.25 if restricted else 1.5, sessions)
        for session in range(sessions):
            for coder in pairs[session % len(pairs)]:
                noise = 0.2 if restricted else 0.7
                bias = 0 if restricted else lenient[coder]
                given = true[session] + bias + random.normal(0, noise)
                values[at, session, coder] = np.clip(np.round(given), 1, 7)
    return table_of(values, left_out=left_out)


def table_of(values, left_out=()):
    """A table of the shipped instrument with these scores, shape (columns, sessions, coders)."""
    states = np.where(np.isnan(values), -1, STATES.index(State.RATED)).astype(np.int8)
    first = date(2026, 1, 10)
    rows = tuple(
        SessionRow(f"S-{at:05d}", "ab"[at % 2], "north", "K1", at % 20, first + timedelta(days=at % 300))
        for at in range(values.shape[1])
    )
    coders = tuple(f"R{at + 1:02d}" for at in range(values.shape[2]))
    instrument = shipped_instrument()
    found = tuple(LeftOut(*each) for each in left_out)
    return ScoreTable(
        columns_of(instrument), rows, coders, values, states, found, instrument, {"purposes": "reliability"}
    )
