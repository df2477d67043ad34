"""Ratings from a file: as a table of scores on its own, or as ratings for a study."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mio_fidelity.analysis.table import STATES, ScoreTable, SessionRow
from mio_fidelity.answer import State
from mio_fidelity.coding.imported import ImportedRating, answers_of
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.dry_run import DryRun, Wanted, dry_run
from mio_fidelity.exchange.layout import guess_layout, slot_names, slug
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.exchange.values import NA_CODES
from mio_fidelity.instrument import Instrument, shipped_instrument
from mio_fidelity.media.progress import IsCancelled, OnProgress


def try_file(
    path: Path,
    wanted: Wanted | None = None,
    named: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> DryRun:
    """Read a file of ratings and say what is wrong with it.

    Args:
        path: CSV or Excel, long or wide.
        wanted: What the scores are expected to be.
        named: Role of a column to its title, where the titles are not the usual ones.
        left_out: Titles of columns that hold something else.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: the file cannot be read, or has no such columns.
        Cancelled: ``cancelled`` said yes.
    """
    wanted = wanted or Wanted()
    raw = read_table(path, on_progress, cancelled)
    wanted = replace(wanted, instrument=wanted.instrument or _shipped_if_half_match(raw.header))
    layout = guess_layout(raw.header, wanted.instrument, named, left_out)
    return dry_run(raw, layout, wanted, None, cancelled)


def _shipped_if_half_match(header: Collection[str]) -> Instrument | None:
    """For a wide table of nobody's instrument: the shipped one when half of the columns are its own."""
    shipped = shipped_instrument()
    names = slot_names(shipped)
    known = sum(slug(title) in names for title in header)
    return shipped if known and 2 * known >= len(header) - 2 else None


def table_from_file(
    path: Path,
    *,
    instrument: Instrument | None = None,
    points: tuple[int, ...] | None = None,
    na_codes: tuple[str, ...] = NA_CODES,
    drop_bad_rows: bool = False,
) -> ScoreTable:
    """The scores of a file, without a study.

    Args:
        path: CSV or Excel, long or wide.
        instrument: What the scores are of; None: the shipped instrument when half of the columns are its
            own, else scales as they come.
        points: The points of scales as they come; None for 1 to 7.
        na_codes: Texts that mean "no score", beside the empty cell.
        drop_bad_rows: Use the good rows although others are wrong.

    Raises:
        UserError: the file cannot be read, or has rows that are wrong.
    """
    tried = try_file(path, Wanted(instrument, points, na_codes))
    if not tried.usable or (tried.errors and not drop_bad_rows):
        raise refusal(tried)
    return table_of(tried)


def refusal(tried: DryRun) -> UserError:
    """One sentence for a file that is not used as it is."""
    if tried.bad_rows:
        return UserError(
            "Rows that are wrong: {bad} of {rows}; nothing was used. The first: {problem}",
            bad=tried.bad_rows,
            rows=tried.rows,
            problem=_numbered(tried),
        )
    return tried.errors[0].what


def _numbered(tried: DryRun) -> UserError:
    first = next(problem for problem in tried.errors if problem.row is not None)
    return UserError("row {row}: {what}", row=first.row, what=first.what)


def table_of(tried: DryRun) -> ScoreTable:
    """The scores of the good rows as a table."""
    sessions = {label: at for at, label in enumerate(dict.fromkeys(each.session for each in tried.scores))}
    coders = {code: at for at, code in enumerate(sorted({each.coder for each in tried.scores}))}
    shape = (len(tried.columns), len(sessions), len(coders))
    values, states = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int8)
    rows = np.array([sessions[each.session] for each in tried.scores], dtype=int)
    people = np.array([coders[each.coder] for each in tried.scores], dtype=int)
    columns = np.array([each.column for each in tried.scores], dtype=int)
    # Who has one score has rated the session, and left the others open.
    states[:, rows, people] = STATES.index(State.OPEN)
    values[columns, rows, people] = [np.nan if each.value is None else each.value for each in tried.scores]
    states[~np.isnan(values)] = STATES.index(State.RATED)
    if tried.instrument:
        _mark_ruled_out(tried, tried.instrument, values, states)
    used = np.unique(columns)
    return ScoreTable(
        tuple(tried.columns[at] for at in used),
        tuple(SessionRow(each, tried.arms.get(each, ""), tried.sites.get(each, "")) for each in sessions),
        tuple(coders),
        values[used],
        states[used],
        instrument=tried.instrument,
        filter_words={"source": "a table of ratings given elsewhere"},
    )


def _mark_ruled_out(tried: DryRun, instrument: Instrument, values: np.ndarray, states: np.ndarray) -> None:
    """A gap where a rule of the instrument makes the dimension not applicable is just that."""
    where = {(column.scale, column.dimension): at for at, column in enumerate(tried.columns)}
    for (scale, dimension), at in where.items():
        rule = instrument.not_applicable[dimension]
        deciding = where.get((scale, rule.when)) if rule.when else None
        if deciding is not None:
            ruled = np.isin(values[deciding], rule.at) & np.isnan(values[at])
            states[at][ruled] = STATES.index(State.NOT_APPLICABLE)


def ratings_of(tried: DryRun) -> tuple[ImportedRating, ...]:
    """The scores of the good rows as ratings for a study.

    Raises:
        ValueError: they were not read for a study with an instrument.
    """
    if tried.instrument is None:
        raise ValueError("ratings of a study need its instrument")
    together: dict[tuple[str, str], dict[tuple[str, str], int | None]] = defaultdict(dict)
    for score in tried.scores:
        column = tried.columns[score.column]
        value = None if score.value is None else int(score.value)
        together[score.session, score.coder][column.scale, column.dimension] = value
    return tuple(
        ImportedRating(
            session,
            coder,
            answers_of(tried.instrument, scores),
            tried.arms.get(session, ""),
            tried.sites.get(session, ""),
            tried.days.get((session, coder)),
        )
        for (session, coder), scores in together.items()
    )
