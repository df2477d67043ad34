"""Trying what a table of ratings would give, with every row that is wrong pointed out and nothing stored."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mio_fidelity.analysis.table import Column
from mio_fidelity.coding.imported import ruled_out, session_label
from mio_fidelity.coding.pseudonyms import label, pseudonym
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder, day_of, order_in
from mio_fidelity.exchange.layout import (
    ARM,
    CODER,
    DIMENSION,
    RATED_ON,
    SCALE,
    SESSION,
    SITE,
    VALUE,
    Layout,
    problems_of,
)
from mio_fidelity.exchange.rows import Problem, Row
from mio_fidelity.exchange.scales import Scales, scales_of
from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.exchange.values import NA_CODES, read_value
from mio_fidelity.instrument import Instrument
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the scores are expected to be.

    Attributes:
        instrument: What they are of; columns it does not have are errors. None: the shipped instrument when
            half of the columns match it, else scales as they come.
        points: The declared points of scales that no instrument declares; None for 1 to 7.
        na_codes: Texts that mean "no score", beside the empty cell.
        for_study: Whether ids must be fit for a study and scores must keep the instrument's rules.
        rated: (session, coder) that may not come again.
    """

    instrument: Instrument | None = None
    points: tuple[int, ...] | None = None
    na_codes: tuple[str, ...] = NA_CODES
    for_study: bool = False
    rated: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Score:
    """One cell with a score, or with a code for none.

    Attributes:
        row: Number of its row.
        column: Position in the columns of the dry run.
        value: The score; None where a code says that there is none.
    """

    row: int
    session: str
    coder: str
    column: int
    value: float | None


@dataclass(frozen=True)
class DryRun:
    """What a file would give.

    Attributes:
        columns: What is scored.
        instrument: The instrument the columns are of; None for scales as they come.
        scores: Of the good rows, in the order of the file.
        arms: Session to arm, where the table says it.
        sites: Session to site.
        days: (session, coder) to the day the rating was given.
        rows: How many rows lie under the header.
        problems: Errors and remarks, those of the file first, then by row.
    """

    columns: tuple[Column, ...]
    instrument: Instrument | None
    scores: tuple[Score, ...]
    arms: Mapping[str, str]
    sites: Mapping[str, str]
    days: Mapping[tuple[str, str], date]
    rows: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the file from being used as it is."""
        return tuple(problem for problem in self.problems if problem.error)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What to know."""
        return tuple(problem for problem in self.problems if not problem.error)

    @property
    def bad_rows(self) -> int:
        """How many rows are wrong."""
        return len({problem.row for problem in self.errors} - {None})

    @property
    def usable(self) -> bool:
        """Whether something is left once the bad rows are dropped."""
        return bool(self.scores) and all(problem.row is not None for problem in self.errors)


@dataclass
class _Run:
    """The work in progress."""

    wanted: Wanted
    na: frozenset[str]
    scales: Scales
    problems: list[Problem]
    scores: list[Score] = field(default_factory=list)
    groups: dict[str, dict[str, str]] = field(default_factory=lambda: {ARM: {}, SITE: {}})
    order: DayOrder | None = None
    days: dict[tuple[str, str], date] = field(default_factory=dict)
    ids: dict[tuple[str, str], str | UserError] = field(default_factory=dict)

    def complain(self, row: int | None, what: UserError) -> None:
        self.problems.append(Problem(row, what))

    def remark(self, what: UserError) -> None:
        self.problems.append(Problem(None, what, error=False))


def dry_run(
    raw: RawTable,
    layout: Layout,
    wanted: Wanted | None = None,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> DryRun:
    """Try to read the scores of ``raw``.

    Args:
        raw: The table.
        layout: What its columns hold.
        wanted: What the scores are expected to be.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    wanted = wanted or Wanted()
    progress = Progress(on_progress, cancelled)
    total = len(raw.rows) + len({problem.row for problem in raw.problems if problem.error})
    wrong = problems_of(layout, raw.header, wanted.instrument)
    if wrong:
        return DryRun((), None, (), {}, {}, {}, total, (*wrong, *raw.problems))
    scales = scales_of(raw, layout, wanted.instrument, wanted.points)
    na = frozenset(code.strip().casefold() for code in wanted.na_codes) | {""}
    run = _Run(wanted, na, scales, list(raw.problems))
    at = layout.at(RATED_ON)
    run.order = order_in(row.cells[at] for row in raw.rows) if at is not None else None
    for nth, row in enumerate(raw.rows):
        _read_row(run, layout, row)
        if nth % 2000 == 0:
            progress.at(0.9 * nth / len(raw.rows))
    _refuse_duplicates(run)
    if wanted.for_study and scales.instrument:
        _refuse_ruled_out(run, scales.instrument)
    bad = {problem.row for problem in run.problems if problem.error}
    scores = tuple(score for score in run.scores if score.row not in bad)
    _remark(run, scores)
    progress.at(1.0)
    problems = sorted(run.problems, key=lambda problem: (problem.row is not None, problem.row or 0))
    return DryRun(
        columns=scales.columns,
        instrument=scales.instrument,
        scores=scores,
        arms=run.groups[ARM],
        sites=run.groups[SITE],
        days=run.days,
        rows=total,
        problems=tuple(problems),
    )


def _read_row(run: _Run, layout: Layout, row: Row) -> None:
    session, coder = (_id(run, row, layout, role) for role in (SESSION, CODER))
    groups = _groups(run, row, layout, session)
    found = list(_cells(run, layout, row))
    if not session or not coder or not groups or not _note_day(run, row, layout, (session, coder)):
        return
    if (session, coder) in run.wanted.rated:
        run.complain(
            row.number,
            UserError("This coder's rating of the session is in the study already. Take the row out."),
        )
        return
    run.scores += [Score(row.number, session, coder, column, value) for column, value in found]


def _id(run: _Run, row: Row, layout: Layout, role: str) -> str:
    """The session or the coder; empty when there is none, which has then been said."""
    text = row.cells[layout.at(role) or 0]
    if text.casefold() in run.na:
        run.complain(row.number, UserError("There is no {what} in it. Fill it in.", what=role))
        return ""
    if (role, text) not in run.ids:
        run.ids[role, text] = _checked(text, role, run.wanted.for_study)
    found = run.ids[role, text]
    if isinstance(found, UserError):
        run.complain(row.number, found)
        return ""
    return found


def _checked(text: str, role: str, for_study: bool) -> str | UserError:
    if not for_study:
        return text
    try:
        return session_label(text) if role == SESSION else pseudonym(text)
    except UserError as error:
        return error


def _groups(run: _Run, row: Row, layout: Layout, session: str) -> bool:
    """Note the arm and the site; whether they are the same in all rows of the session."""
    fine = True
    for role, known in run.groups.items():
        at = layout.at(role)
        text = "" if at is None else row.cells[at]
        if not text or text.casefold() in run.na or not session:
            continue
        try:
            text = label(text) if run.wanted.for_study else text
        except UserError as error:
            run.complain(row.number, error)
            fine = False
        if known.setdefault(session, text) != text:
            what = UserError("The session has another {what} in a row above. Correct one of them.", what=role)
            run.complain(row.number, what)
            fine = False
    return fine


def _note_day(run: _Run, row: Row, layout: Layout, rating: tuple[str, str]) -> bool:
    """Note the day of the rating; whether it is a day, and the same in all rows of the rating."""
    at = layout.at(RATED_ON)
    text = "" if at is None else row.cells[at]
    if not text or text.casefold() in run.na:
        return True
    try:
        day = day_of(text, run.order)
    except UserError as error:
        run.complain(row.number, error)
        return False
    if day > date.today():
        run.complain(row.number, UserError("The day of the rating lies in the future. Correct it."))
        return False
    if run.days.setdefault(rating, day) != day:
        run.complain(row.number, UserError("The rating has another day in a row above. Correct one of them."))
        return False
    return True


def _cells(run: _Run, layout: Layout, row: Row) -> Iterator[tuple[int, float | None]]:
    """Column and value of the row's scores, without those that are wrong."""
    if layout.is_long:
        scale, dimension, value = (row.cells[layout.at(role) or 0] for role in (SCALE, DIMENSION, VALUE))
        cells = [(scale, dimension, value)]
    else:
        cells = [(scale, dimension, row.cells[at]) for at, scale, dimension in layout.slots]
    for scale, dimension, text in cells:
        column = run.scales.find(scale, dimension)
        if isinstance(column, UserError):
            run.complain(row.number, column)
            continue
        value_or_error = read_value(text, run.scales.columns[column], run.na)
        if isinstance(value_or_error, UserError):
            run.complain(row.number, value_or_error)
        else:
            yield column, value_or_error


def _refuse_duplicates(run: _Run) -> None:
    """Of two scores for one thing nobody knows which is right: neither is used, and they are not averaged."""
    seen: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for score in run.scores:
        seen[score.session, score.coder, score.column].append(score.row)
    same: dict[int, set[int]] = defaultdict(set)
    for rows in seen.values():
        for row in rows if len(rows) > 1 else ():
            same[row].update(set(rows) - {row})
    for row, others in same.items():
        what = UserError(
            "It has the same session, coder, scale and dimension as row {others}. Keep one of them.",
            others=", ".join(map(str, sorted(others)[:5])),
        )
        run.complain(row, what)


def _refuse_ruled_out(run: _Run, instrument: Instrument) -> None:
    """A score where the instrument's rules make a dimension not applicable."""
    together: dict[tuple[str, str, str], dict[str, Score]] = defaultdict(dict)
    for score in run.scores:
        column = run.scales.columns[score.column]
        together[score.session, score.coder, column.scale][column.dimension] = score
    for scores in together.values():
        values = {key: None if each.value is None else int(each.value) for key, each in scores.items()}
        for key, each in scores.items():
            if each.value is not None and instrument.ruled_out(key, values):
                run.complain(each.row, ruled_out(instrument, key))


def _remark(run: _Run, scores: Sequence[Score]) -> None:
    if not scores:
        if not any(problem.error for problem in run.problems):
            run.complain(None, UserError("There are no scores in the file, only codes for missing ones."))
        return
    if all(score.value is None for score in scores):
        run.complain(None, UserError("There are no scores in the file, only codes for missing ones."))
    if len({score.coder for score in scores}) == 1:
        run.remark(
            UserError(
                "Only one coder is in the file: scores can be described, but reliability needs a second."
            )
        )
    for what in run.scales.remarks:
        run.remark(what)
    if not run.wanted.for_study and _could_identify({score.session for score in scores}, session_label):
        run.remark(
            UserError("Some session ids look like names, dates or personal numbers; outputs will show them.")
        )
    if not run.wanted.for_study and _could_identify({score.coder for score in scores}, pseudonym):
        run.remark(UserError("Some coders' codes look like names; outputs will show them."))


def _could_identify(ids: Collection[str], check: Callable[[str], object]) -> bool:
    for each in ids:
        try:
            check(each)
        except UserError:
            return True
    return False
