"""A manifest: a table of sessions and their files, tried out with every wrong line pointed out."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mio_fidelity.coding.imported import session_parts
from mio_fidelity.coding.manifest import Entry, Key, Known, missing, refuse_changed
from mio_fidelity.coding.pseudonyms import label, pseudonym
from mio_fidelity.coding.recordings import MOST_SESSIONS, SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder, ambiguous, day_of, order_in
from mio_fidelity.exchange.manifest_columns import (
    ARM,
    CLIENT,
    COUNSELOR,
    DATE,
    FILE,
    PART,
    ROLES,
    SESSION,
    SITE,
    problems_of,
)
from mio_fidelity.exchange.rows import Problem, Row
from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.media.folder import guess, recordings_in
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress

FOLDER = "folder"
_MOST_PARTS = 99
# Statistics programs write whole numbers of a column with gaps as 3.0.
_WHOLE = re.compile(r"0*(\d{1,4})(?:[.,]0+)?")


@dataclass(frozen=True, slots=True)
class Trying:
    """What a manifest is tried against.

    Attributes:
        known: What the study has.
        folder: What file names are relative to.
        order: Which comes first in dates, where a person has said so; None finds out.
        today: No session is held after it.
    """

    known: Known
    folder: Path
    today: date
    order: DayOrder | None = None


@dataclass(frozen=True)
class Tried:
    """What a manifest would give.

    Attributes:
        entries: The good lines that add something.
        rows: How many lines lie under the header.
        new_sessions: How many sessions the study does not have yet.
        files: How many files would be awaited, and how many of them are there already.
        filled: How many sessions of the study would gain facts that nobody had said before.
        unclear_dates: Whether somebody has to say which comes first, day or month.
        problems: Errors and remarks, those of the file first, then by row.
    """

    entries: tuple[Entry, ...]
    rows: int
    new_sessions: int
    files: int
    files_there: int
    filled: int
    unclear_dates: bool
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the file from being taken as it is."""
        return tuple(problem for problem in self.problems if problem.error)

    @property
    def bad_rows(self) -> int:
        """How many lines are wrong."""
        return len({problem.row for problem in self.errors} - {None})

    @property
    def usable(self) -> bool:
        """Whether something is left once the bad lines are dropped."""
        return bool(self.entries) and all(problem.row is not None for problem in self.errors)


@dataclass
class _Run:
    trying: Trying
    of_names: bool
    at: Mapping[str, int]
    order: DayOrder | None
    problems: list[Problem]
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    seen: dict[tuple[Key, int], int] = field(default_factory=dict)
    facts: dict[Key, tuple[int, SessionFacts]] = field(default_factory=dict)
    files: dict[Path, int] = field(default_factory=dict)
    sites: dict[str, str | None] = field(default_factory=dict)
    # Which session a row is about, also of a row that turns out to be wrong.
    keys: dict[int, Key] = field(default_factory=dict)


def manifest_of(
    folder: Path, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None
) -> RawTable:
    """A folder of recordings as a manifest: what the names of the files say.

    Raises:
        UserError: it is no folder, or no recording is in it.
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    if not folder.is_dir():
        raise UserError("This is no folder. Choose the folder with the recordings.")
    rows = []
    for number, path in enumerate(recordings_in(folder), start=2):
        progress.at(0.0)
        said = guess(path, folder)
        inside = path.relative_to(folder).as_posix()
        rows.append(Row(number, (said.client, said.number, said.part, inside)))
    if not rows:
        raise UserError("No recording is in this folder. Choose the folder with the recordings.")
    progress.at(1.0)
    return RawTable((CLIENT, SESSION, PART, FILE), tuple(rows), (), FOLDER)


def try_manifest(
    raw: RawTable,
    roles: Sequence[str],
    trying: Trying,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Tried:
    """Try every line; nothing is stored.

    Args:
        raw: The table.
        roles: Per column one of `ROLES`, `LEFT_OUT` or `UNKNOWN`.
        trying: What it is tried against.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    problems = [*raw.problems, *problems_of(raw.header, roles)]
    if any(problem.error and problem.row is None for problem in problems):
        return Tried((), _rows_of(raw), 0, 0, 0, 0, False, tuple(problems))
    at = {role: nth for nth, role in enumerate(roles) if role in ROLES}
    days = [row.cells[at[DATE]] for row in raw.rows] if DATE in at else []
    order = trying.order or order_in(days)
    run = _Run(trying, raw.kind == FOLDER, at, order, problems, sites=dict(trying.known.sites))
    for nth, row in enumerate(raw.rows):
        _try_row(run, row)
        if nth % 200 == 0:
            progress.at(nth / len(raw.rows))
    _keep_whole(run)
    _remarks(run)
    progress.at(1.0)
    return _tried(run, raw, unclear=order is None and any(map(ambiguous, days)))


def _try_row(run: _Run, row: Row) -> None:
    try:
        entry = _entry(run, row)
        _fits(run, entry, row.number)
    except UserError as error:
        run.problems.append(Problem(row.number, error))
    else:
        run.entries.append((row.number, entry))


def _entry(run: _Run, row: Row) -> Entry:
    def cell(role: str) -> str:
        return row.cells[run.at[role]] if role in run.at else ""

    if run.of_names and not (cell(CLIENT) and cell(SESSION)):
        raise UserError(
            "The name of this file does not tell client and session. Rename it like C017_S03.mp3, or "
            "leave it out."
        )
    key = client, number = _session(cell(CLIENT), cell(SESSION), CLIENT in run.at)
    run.keys[row.number] = key
    held_on = day_of(cell(DATE), run.order) if cell(DATE) else None
    if held_on and not date(1990, 1, 1) <= held_on <= run.trying.today:
        raise UserError("The date lies in the future or far in the past. Check it.")
    facts = SessionFacts(
        client,
        number,
        label(cell(ARM)) if cell(ARM) else None,
        pseudonym(cell(COUNSELOR)) if cell(COUNSELOR) else None,
        label(cell(SITE)) if cell(SITE) else None,
        held_on,
    )
    part = _whole(cell(PART), _MOST_PARTS) if cell(PART) else 1
    file = run.trying.folder / cell(FILE).replace("\\", "/") if cell(FILE) else None
    return Entry(facts, part, file)


def _session(client: str, session: str, has_client: bool) -> Key:
    if not session:
        raise UserError("There is no session in this row. Fill it in, or take the row out.")
    if not has_client:
        return session_parts(session)
    if not client:
        raise UserError("There is no client in this row. Fill it in, or take the row out.")
    return pseudonym(client), _whole(session, MOST_SESSIONS)


def _whole(text: str, most: int) -> int:
    found = _WHOLE.fullmatch(text)
    if found and 1 <= int(found[1]) <= most:
        return int(found[1])
    raise UserError("Sessions and parts are whole numbers from 1. Correct the cell.")


def _fits(run: _Run, entry: Entry, number: int) -> None:
    """Whether a line fits the lines before it and what the study has."""
    place = entry.key, entry.part
    if place in run.seen:
        raise UserError(
            "The same session and part is in row {row} already. Take one of them out, or number the parts.",
            row=run.seen[place],
        )
    client, site = entry.facts.client, entry.facts.site
    if site and run.sites.get(client) not in (None, site):
        raise UserError("The client {code} belongs to another site. Check the id and the site.", code=client)
    first, facts = run.facts.get(entry.key, (number, entry.facts))
    if any(
        getattr(entry.facts, key) not in (None, getattr(facts, key))
        for key in ("site", "arm", "counselor", "held_on")
    ):
        raise UserError(
            "It names the same session as row {row}, with another site, arm, counselor or date. Correct one "
            "of them.",
            row=first,
        )
    stored = run.trying.known.sessions.get(entry.key)
    if stored:
        refuse_changed(stored.facts, entry.facts)
    if entry.file is not None and entry.file in run.files:
        # Which of the two is right, nobody can tell.
        run.problems.append(Problem(run.files[entry.file], _same_file(number)))
        raise _same_file(run.files[entry.file])
    known_file = stored and entry.file is not None and entry.part in stored.parts
    if stored and known_file and not missing(stored.facts, entry.facts):
        what = UserError("The study has this session and its file already; the row adds nothing.")
        run.problems.append(Problem(number, what, error=False))
    run.seen[place] = number
    run.facts[entry.key] = first, facts
    run.sites[client] = site or run.sites.get(client)
    if entry.file is not None:
        run.files[entry.file] = number


def _same_file(row: int) -> UserError:
    return UserError(
        "The file is named in row {row} too. The same recording cannot stand for two sessions.", row=row
    )


def _keep_whole(run: _Run) -> None:
    """A session comes in with all its rows or not at all: without a part, it would be rated by halves."""
    wrong = {problem.row for problem in run.problems if problem.error and problem.row is not None}
    because: dict[Key, int] = {}
    for number in sorted(wrong & set(run.keys)):
        because.setdefault(run.keys[number], number)
    for number, entry in run.entries:
        if entry.key in because and number not in wrong:
            what = UserError(
                "It belongs to the session of row {row}, which is wrong. Correct that one.",
                row=because[entry.key],
            )
            run.problems.append(Problem(number, what))
    run.entries = [(number, entry) for number, entry in run.entries if entry.key not in because]


def _remarks(run: _Run) -> None:
    """What is no error, and somebody should know: of those the table names, with what the study has."""
    at_sites: defaultdict[str, set[str]] = defaultdict(set)
    in_arms: defaultdict[str, set[str]] = defaultdict(set)
    named = [entry.facts for _, entry in run.entries]
    every = (*named, *(each.facts for each in run.trying.known.sessions.values()))
    run.problems += [Problem(None, what, error=False) for what in _spelled_twice(named, every)]
    for facts in every:
        if facts.counselor and facts.site:
            at_sites[facts.counselor].add(facts.site)
        if facts.arm:
            in_arms[facts.client].add(facts.arm)
    for code in dict.fromkeys(facts.counselor for facts in named if facts.counselor):
        sites = at_sites[code]
        if len(sites) > 1:
            what = UserError(
                "The counselor {code} has clients at {sites}. Check whether that is one person.",
                code=code,
                sites=", ".join(sorted(sites)),
            )
            run.problems.append(Problem(None, what, error=False))
    for code in dict.fromkeys(facts.client for facts in named):
        arms = in_arms[code]
        if len(arms) > 1:
            what = UserError(
                "The client {code} has sessions in two arms: {arms}. Check the id.",
                code=code,
                arms=", ".join(sorted(arms)),
            )
            run.problems.append(Problem(None, what, error=False))


def _spelled_twice(named: Sequence[SessionFacts], every: Sequence[SessionFacts]) -> Iterator[UserError]:
    """Ids and labels of the table that are told apart by capitals alone."""
    for what in ("client", "site", "arm", "counselor"):
        spellings: defaultdict[str, set[str]] = defaultdict(set)
        for code in sorted({getattr(facts, what) for facts in every} - {None}):
            spellings[code.casefold()].add(code)
        here = {getattr(facts, what) for facts in named}
        for codes in spellings.values():
            if len(codes) > 1 and codes & here:
                yield UserError(
                    "{codes} differ in capitals alone, and count as different. Check the spelling.",
                    codes=", ".join(sorted(codes)),
                )


def _tried(run: _Run, raw: RawTable, unclear: bool) -> Tried:
    known = run.trying.known.sessions
    useful = []
    filled: set[Key] = set()
    there = 0
    for number, entry in run.entries:
        stored = known.get(entry.key)
        if stored and (entry.file is None or entry.part in stored.parts):
            if missing(stored.facts, entry.facts):
                filled.add(entry.key)
                useful.append(replace(entry, file=None))
            continue
        useful.append(entry)
        if entry.file is None:
            continue
        if _is_there(entry.file):
            there += 1
        else:
            what = UserError("The file is not there yet. The session is added and waits for it.")
            run.problems.append(Problem(number, what, error=False))
    if raw.rows and not useful and not any(problem.error for problem in run.problems):
        what = UserError("The study has all of these sessions and files already; there is nothing to add.")
        run.problems.append(Problem(None, what, error=False))
    run.problems.sort(key=lambda problem: (problem.row or 0, not problem.error))
    return Tried(
        entries=tuple(useful),
        rows=_rows_of(raw),
        new_sessions=len({entry.key for entry in useful} - set(known)),
        files=sum(entry.file is not None for entry in useful),
        files_there=there,
        filled=len(filled),
        unclear_dates=unclear,
        problems=tuple(run.problems),
    )


def _rows_of(raw: RawTable) -> int:
    """All rows under the header, those of another length too."""
    return len(raw.rows) + len({problem.row for problem in raw.problems if problem.error} - {None})


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:
        # A name longer than names can be, or a folder that may not be looked into.
        return False
