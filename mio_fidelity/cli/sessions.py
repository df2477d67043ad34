"""Taking sessions in from a manifest, or from a folder of recordings, and examining their files."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.coding import manifest
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder
from mio_fidelity.exchange.layout import LEFT_OUT, slug
from mio_fidelity.exchange.manifest import Tried, Trying, manifest_of, try_manifest
from mio_fidelity.exchange.manifest_columns import ROLES, guess_roles
from mio_fidelity.exchange.tables import RawTable, read_table
from mio_fidelity.store import Project

ORDERS = {"day": DayOrder.DAY_FIRST, "month": DayOrder.MONTH_FIRST}

EPILOG = """a manifest is a CSV or Excel table with the columns client and session, and any of part, site,
arm, counselor, date and file. File names are taken from the folder of the table. Several rows with the same
client and session are the parts of one session. For a folder, client, session and part are read from the
file names, such as C017_S03_part2.mp3; its rows are the files in the order of their names, those of folders
inside it last, counted from 2. The files stay where they are and are examined next, in the window ("Take in
awaited files").

Every row that is wrong is printed with its number; nothing is stored unless all are well, or
--drop-bad-rows is given. A session comes in with all its rows or not at all. With --dry-run nothing is
stored in any case.

--json prints one object with the keys
  schema_version   1; changes when a key changes its meaning or goes
  stored           whether the sessions were taken in
  rows, bad_rows   rows of the table, and how many of them are wrong
  sessions, files  new sessions and files that come in; files_there: of these, how many lie where they should;
                   filled: sessions of the study that gain facts that were not known
  problems         row (null for the whole table), error (false for a remark), what"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What taking sessions in needs."""
    study_arguments(parser)
    parser.add_argument("manifest", type=Path, help="a CSV or Excel table, or a folder of recordings")
    parser.add_argument("--dry-run", action="store_true", help="only say what would come in")
    parser.add_argument(
        "--drop-bad-rows", action="store_true", help="take the good rows in without the others"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=TITLE",
        help=f"what a column holds: {', '.join(ROLES)}",
    )
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="TITLE",
        help="leave a column out; may be repeated",
    )
    parser.add_argument(
        "--dates",
        choices=sorted(ORDERS),
        help="which comes first in dates such as 3/4/2026; else the column tells",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Try the manifest, say what is wrong, and store it when nothing keeps it from that."""
    path: Path = options.manifest
    folder = path.is_dir()
    raw = manifest_of(path) if folder else read_table(path)
    roles = _roles(raw, options)
    home = (path if folder else path.parent).resolve()
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        trying = Trying(project.ask(manifest.known), home, date.today(), ORDERS.get(options.dates or ""))
        tried = try_manifest(raw, roles, trying)
        wanted = bool(tried.entries) and not options.dry_run
        stored = wanted and (not tried.errors or (options.drop_bad_rows and tried.usable))
        if stored:
            project.do(manifest.take_manifest, tried.entries, project.folder)
    if options.json:
        print(json.dumps(_plain(tried, stored), indent=2, ensure_ascii=False))
    else:
        _print(tried, stored, options.dry_run)
    return 0 if stored or not tried.errors else 2


def _roles(raw: RawTable, options: argparse.Namespace) -> tuple[str, ...]:
    slugs = [slug(title) for title in raw.header]
    said = dict.fromkeys(word.partition("=")[0] for word in options.column)
    # What was guessed to be this gives way to what somebody has said.
    roles = [LEFT_OUT if role in said else role for role in guess_roles(raw.header)]

    def place(title: str) -> int:
        if slug(title) not in slugs:
            raise UserError("The file has no column {title}. Check the header.", title=title)
        return slugs.index(slug(title))

    for word in options.column:
        role, _, title = word.partition("=")
        if role not in ROLES or not title:
            raise UserError("Write --column ROLE=TITLE, with one of {all}.", all=", ".join(ROLES))
        roles[place(title)] = role
    for title in options.leave_out:
        roles[place(title)] = LEFT_OUT
    return tuple(roles)


def _print(tried: Tried, stored: bool, dry: bool) -> None:
    for problem in tried.problems:
        kind = "" if problem.error else "(remark) "
        print(f"{kind}{problem}", file=sys.stderr)
    print("Taken in:" if stored else "Dry run, nothing is stored:" if dry else "Nothing was stored:")
    print(f"{'rows':28} {tried.rows} ({tried.bad_rows} of them bad)")
    print(f"{'new sessions':28} {tried.new_sessions}")
    print(f"{'files':28} {tried.files} ({tried.files_there} of them there)")
    if tried.filled:
        print(f"{'sessions that gain facts':28} {tried.filled}")


def _plain(tried: Tried, stored: bool) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "stored": stored,
        "rows": tried.rows,
        "bad_rows": tried.bad_rows,
        "sessions": tried.new_sessions,
        "files": tried.files,
        "files_there": tried.files_there,
        "filled": tried.filled,
        "problems": [
            {"row": problem.row, "error": problem.error, "what": str(problem.what)}
            for problem in tried.problems
        ],
    }
