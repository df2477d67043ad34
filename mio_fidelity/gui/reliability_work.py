"""The work of the reliability page that runs off the window's thread. Pure functions."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mio_fidelity.analysis.findings import Findings, Options, Row, compute
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui.row_numbers import Apart, Behind, behind, largest
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.report.bands import Scheme
from mio_fidelity.store import Project


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A score table with everything the page shows of it.

    Attributes:
        table: The scores.
        findings: The figures.
        worst: The largest disagreements, by dimension.
        seconds: How long it took.
    """

    table: ScoreTable
    findings: Findings
    worst: Mapping[str, tuple[Apart, ...]]
    seconds: float


def read(
    project: Project,
    chosen: ScoreFilter,
    _on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> ScoreTable:
    """The scores that ``chosen`` selects.

    Raises:
        UserError: there are none.
        Cancelled: ``cancelled`` said yes.
    """
    table = project.ask_elsewhere(score_table, chosen)
    if cancelled():
        raise Cancelled
    return table


def reckon(
    table: ScoreTable, options: Options, on_progress: Callable[[float], None], cancelled: Callable[[], bool]
) -> Reckoned:
    """All figures of the page."""
    begun = time.perf_counter()
    findings = compute(table, options, on_progress, cancelled)
    worst = {key: largest(table, key) for key, _ in table.dimensions}
    return Reckoned(table, findings, worst, time.perf_counter() - begun)


def reopen(
    table: ScoreTable,
    findings: Findings,
    _on_progress: Callable[[float], None],
    _cancelled: Callable[[], bool],
) -> Reckoned:
    """Figures that were computed before, with what the page shows beside them."""
    begun = time.perf_counter()
    worst = {key: largest(table, key) for key, _ in table.dimensions}
    return Reckoned(table, findings, worst, time.perf_counter() - begun)


def look_behind(
    table: ScoreTable, row: Row, _on_progress: Callable[[float], None], _cancelled: Callable[[], bool]
) -> Behind:
    """What stands behind one row."""
    return behind(table, row)


def export(
    path: Path,
    findings: Findings,
    table: ScoreTable,
    scheme: Scheme,
    master: ScoreTable | None,
    study: Project | None,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> None:
    """Write the workbook, with what ``study`` says beside the scores; frozen figures stand alone."""
    # Reading a spreadsheet library takes a moment that only who exports should wait for.
    from mio_fidelity.analysis.beside import beside
    from mio_fidelity.report.workbook import write_workbook

    write_workbook(
        path,
        findings,
        table,
        bands=scheme,
        master=master,
        beside=study.ask_elsewhere(beside) if study else None,
        on_progress=on_progress,
        cancelled=cancelled,
    )
