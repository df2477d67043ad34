"""Score tables made from numbers."""

from datetime import date

import numpy as np

from mio_fidelity.analysis.findings import Findings, Options, compute
from mio_fidelity.analysis.table import STATES, LeftOut, ScoreTable, SessionRow, columns_of
from mio_fidelity.answer import State
from mio_fidelity.instrument import shipped_instrument

RATED, NOT_APPLICABLE = STATES.index(State.RATED), STATES.index(State.NOT_APPLICABLE)
QUICK = Options(replicates=50)


def made(
    sessions: int = 24, coders: int = 3, arms: tuple[str, ...] = ("MIO", "PE"), seed: int = 1
) -> ScoreTable:
    """Rotating pairs of coders on the practice set; every sixth session is coded once.

    The first column is always 1 but once, the second is always 4, in the fourth some do not apply.
    """
    random, columns = np.random.default_rng(1), columns_of(shipped_instrument())
    size = (len(columns), sessions, coders)
    true = random.normal(4, 1.3, (len(columns), sessions, 1))
    values = np.clip(np.round(true + random.normal(0, 0.7, size)), 1, 7)
    values[0], values[0, 1], values[1] = 1, 2, 4
    states = np.full(size, RATED, dtype=np.int8)
    for at in range(sessions):
        out = random.permutation(coders)[2 if at % 6 else 1 :]
        values[:, at, out], states[:, at, out] = np.nan, -1
    absent = (states[3] == RATED) & (np.arange(sessions) % 4 == 0)[:, None]
    values[3][absent], states[3][absent] = np.nan, NOT_APPLICABLE
    rows = tuple(
        SessionRow(
            f"C{at:05}-1", arms[at % len(arms)] if arms else "", "S1", f"K{at % 3}", 1, date(2025, 3, 1)
        )
        for at in range(sessions)
    )
    codes = tuple(f"R{nth + 1}" for nth in range(coders))
    left_out = (LeftOut("C77777-3", "R2", "not submitted yet"),)
    words = {"purposes": "reliability"}
    return ScoreTable(columns, rows, codes, values, states, left_out, shipped_instrument(), words)


def found(table: ScoreTable) -> Findings:
    """The findings of a table, with few replicates."""
    return compute(table, QUICK)


def master_of(table: ScoreTable, sessions: int, lower_by: int = 1) -> ScoreTable:
    """Master codes of the first sessions: so many points under what the first coder there said."""
    values = table.values[:, :sessions]
    first = np.where(np.isnan(values), -np.inf, values).max(axis=2, keepdims=True) - lower_by
    codes = np.where(np.isfinite(first), first, np.nan)
    states = np.where(np.isnan(codes), NOT_APPLICABLE, RATED).astype(np.int8)
    return ScoreTable(table.columns, table.sessions[:sessions], ("GOLD",), codes, states)
