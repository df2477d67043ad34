"""The workbook of a reliability report."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from mio_fidelity.analysis.beside import Beside
from mio_fidelity.analysis.findings import Findings
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.report.bands import Scheme
from mio_fidelity.report.books import written
from mio_fidelity.report.cells import Sheet
from mio_fidelity.report.sheet_master import write_master
from mio_fidelity.report.sheet_method import write_method
from mio_fidelity.report.sheet_reliability import write_reliability
from mio_fidelity.report.sheet_table1 import write_table_1
from mio_fidelity.report.sheets_coders import write_pairs, write_who
from mio_fidelity.report.sheets_counselors import COUNSELORS, write_counselors
from mio_fidelity.report.sheets_data import Evidence, write_codebook, write_evidence, write_long
from mio_fidelity.report.sheets_domains import write_consistency, write_domain_scores
from mio_fidelity.report.sheets_drift import DRIFT, write_drift, write_stability
from mio_fidelity.report.sheets_training import CERTIFICATION, write_certification
from mio_fidelity.report.words import banner_of


def write_workbook(
    path: Path,
    findings: Findings,
    table: ScoreTable,
    *,
    bands: Scheme = "cicchetti",
    master: ScoreTable | None = None,
    beside: Beside | None = None,
    evidence: Sequence[Evidence] = (),
    dates: bool = True,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> None:
    """Write the report as an Excel workbook. Pure but for the file: may run on any thread.

    Args:
        path: Where to; an old file there is replaced at the very end.
        findings: The figures.
        table: The scores they are of.
        bands: The scheme of bands that was chosen.
        master: Master codes, a table whose sessions have the same labels; None when there are none.
        beside: Drift, certification and counselors of the study; None leaves their sheets out.
        evidence: Coders' remarks, only when somebody asked for them: their text may name people.
        dates: Whether the long data tell the day of the session.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops and an old file stays as it was.

    Raises:
        UserError: the file could not be written; it says why.
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    with written(Path(path), "Reliability across coders") as book:
        write_table_1(book, findings, table)
        write_reliability(book, findings, table, bands)
        progress.at(0.05)
        write_pairs(book, findings, table)
        write_master(book, table, master)
        progress.at(0.1)
        write_domain_scores(book, findings, table, Progress(on_progress, cancelled, 0.1, 0.2))
        write_consistency(book, findings, table)
        write_who(book, findings, table)
        if beside is not None:
            _write_beside(book, beside, table)
        write_long(book, table, dates, Progress(on_progress, cancelled, 0.2, 0.9))
        write_codebook(book, table)
        write_method(book, findings, table, bands)
        if evidence:
            write_evidence(book, table, evidence)
        progress.at(0.9)
    progress.at(1.0)


def _write_beside(book: Workbook, beside: Beside, table: ScoreTable) -> None:
    """Every sheet is there, and says why when it has nothing to show."""
    footer = banner_of(table)
    if isinstance(beside.drift, UserError):
        _say_why(book, DRIFT, beside.drift, footer)
    else:
        write_drift(book, beside.drift)
        write_stability(book, beside.drift)
    if isinstance(beside.standings, UserError):
        _say_why(book, CERTIFICATION, beside.standings, footer)
    else:
        write_certification(book, beside.standings, beside.verdicts, footer)
    if isinstance(beside.counselors, UserError):
        _say_why(book, COUNSELORS, beside.counselors, footer)
    else:
        write_counselors(book, beside.counselors)


def _say_why(book: Workbook, title: str, why: UserError, footer: str) -> None:
    sheet = Sheet(book, title, (90,), footer=footer)
    sheet.heading(title, str(why))
    sheet.finish()
