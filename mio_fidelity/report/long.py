"""The scores in long form: one row per session, coder, scale and dimension."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mio_fidelity.analysis.table import STATES, ScoreTable
from mio_fidelity.answer import State
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.report.cells import STARTS_A_FORMULA, plain_text
from mio_fidelity.report.files import replacing

# Names of the columns, and what they hold.
COLUMNS = {
    "session": "Pseudonymous label of the session",
    "arm": "Arm of the study; empty when unknown",
    "site": "Code of the site; empty when unknown",
    "counselor": "Pseudonymous code of the counselor; empty when unknown",
    "number": "Number of the session within the treatment",
    "date": "Day of the session, year-month-day; empty where it is left out",
    "coder": "Code of the coder",
    "scale": "Key of the scale",
    "dimension": "Key of the dimension",
    "state": "What the coder answered",
    "value": "The score; empty unless the state is rated",
}
STATE_WORDS = {
    State.OPEN: "Nothing was answered",
    State.RATED: "A score was given",
    State.NOT_APPLICABLE: "The scale did not apply, by rule or by the coder's choice",
    State.CANNOT_RATE: "The coder could not rate, for example because the sound was bad",
}
ROWS_AT_A_TIME = 500


class LongRow(NamedTuple):
    """One score, or why there is none."""

    session: str
    arm: str
    site: str
    counselor: str
    number: int | None
    held_on: date | None
    coder: str
    scale: str
    dimension: str
    state: str
    value: float | None


def n_long_rows(table: ScoreTable) -> int:
    """How many rows there are."""
    return int(table.rated.sum()) * len(table.columns)


def long_rows(table: ScoreTable, *, dates: bool = True) -> Iterator[LongRow]:
    """The rows, session by session, coder by coder, in the order of the form.

    Args:
        table: The scores.
        dates: Whether to tell the day of the session.
    """
    keys = [(plain_text(column.scale), plain_text(column.dimension)) for column in table.columns]
    coders = [plain_text(code) for code in table.coders]
    names = [str(state) for state in STATES]
    for at, session in enumerate(table.sessions):
        label, arm = plain_text(session.label), plain_text(session.arm)
        site, counselor = plain_text(session.site), plain_text(session.counselor)
        held_on = session.held_on if dates else None
        for nth in np.flatnonzero(table.rated[at]).tolist():
            states = table.states[:, at, nth].tolist()
            values = table.values[:, at, nth].tolist()
            for (scale, dimension), state, value in zip(keys, states, values, strict=True):
                # A column that a coder's rating has no answer for is as open as one never touched.
                yield LongRow(
                    label,
                    arm,
                    site,
                    counselor,
                    session.number,
                    held_on,
                    coders[nth],
                    scale,
                    dimension,
                    names[max(state, STATES.index(State.OPEN))],
                    None if value != value else int(value) if value == int(value) else value,
                )


def write_long_csv(
    path: Path,
    table: ScoreTable,
    *,
    dates: bool = True,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> None:
    """Write the scores as a CSV file: commas, decimal points, UTF-8.

    The file begins with a byte order mark: without it Excel takes UTF-8 for the encoding of the computer and
    spoils every accent, while SPSS expects it and R and pandas are told to skip it (``UTF-8-BOM``,
    ``utf-8-sig``). A text that a spreadsheet would run as a formula gets an apostrophe in front.

    Args:
        path: Where to.
        table: The scores.
        dates: Whether to tell the day of the session.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops and an old file stays as it was.

    Raises:
        UserError: the file could not be written.
        Cancelled: ``cancelled`` said yes.
    """
    progress, total = Progress(on_progress, cancelled), max(n_long_rows(table), 1)
    with replacing(Path(path)) as scratch:
        with scratch.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for nth, row in enumerate(long_rows(table, dates=dates)):
                writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
                if nth % ROWS_AT_A_TIME == 0:
                    progress.at(nth / total)
        progress.at(1.0)


def harmless(text: str) -> str:
    """``text`` with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
