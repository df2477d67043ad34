"""Coder packages: made, taken in again, and listed."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.coding import merging, packages, people
from mio_fidelity.coding.listings import listing
from mio_fidelity.coding.merging import Comparison, Kind
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

EPILOG = """\
  make   hands a coder's open sessions out: one file (.miopack), a small study that her own pass phrase opens,
         or the first one in --first-passphrase-file. She opens the file in the window.
  merge  takes in what she returned (.mioback): all of it or nothing. What was changed in both places waits as
         a conflict, to be settled in the window. With --dry-run only says what it would do.
  list   says what is out, came back and is missing.

--json prints one object with the keys
  schema_version   1; changes when a key changes its meaning or goes
  make   package, sessions, left, bytes
  merge  package, person, returned_at, stored, seen (this file was taken in before), salvaged (it was saved
         from a damaged study), misdated (how many have times that cannot be), missing, counts (new, changed,
         same, conflicting, unknown), ratings (blind_code, session, kind, why, submitted)
  list   packages: one object a package, with the columns of the table and its id

exit code: 0 done, also when conflicts wait; 2 when it could not be done, with a sentence that says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The three things that can be done."""
    parts = parser.add_subparsers(required=True, metavar="what")
    make = parts.add_parser("make", help="hand work out")
    study_arguments(make)
    make.add_argument("person", help="the code of the coder")
    make.add_argument("target", type=Path, help="the file to write")
    make.add_argument("--without-recordings", action="store_true", help="she has the recordings already")
    make.add_argument(
        "--first-passphrase-file",
        type=Path,
        metavar="FILE",
        help="a first pass phrase, for a coder who has none of her own",
    )
    merge = parts.add_parser("merge", help="take returned work in")
    study_arguments(merge)
    merge.add_argument("file", type=Path, help="what the coder returned")
    merge.add_argument("--dry-run", action="store_true", help="only say what would be done")
    shown = parts.add_parser("list", help="say what is out")
    study_arguments(shown)
    for part, run_part in ((make, _make), (merge, _merge), (shown, _list)):
        part.add_argument("--json", action="store_true", help="print JSON")
        supervisor_argument(part)
        part.set_defaults(part=run_part)


def run(options: argparse.Namespace) -> int:
    """Do one of them."""
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        options.part(project, options)
    return 0


def _make(project: Project, options: argparse.Namespace) -> None:
    ids = {member.code: member.id for member in project.ask(people.roster)}
    if options.person not in ids:
        raise UserError("Nobody in the study is called {code}.", code=options.person)
    first = None
    if options.first_passphrase_file:
        first = passphrase(argparse.Namespace(passphrase_file=options.first_passphrase_file))
    made = packages.make_package(
        project,
        ids[options.person],
        options.target.absolute(),
        first,
        with_recordings=not options.without_recordings,
    )
    if options.json:
        found = {"package": made.package_id, "sessions": made.sessions, "left": made.left}
        _print_json(found | {"bytes": made.byte_size})
    else:
        what = "session" if made.sessions == 1 else "sessions"
        print(f"{made.sessions} {what} handed out, {made.left} left; {made.byte_size / 1e6:.1f} MB")


def _merge(project: Project, options: argparse.Namespace) -> None:
    told = merging.look(project, options.file) if options.dry_run else merging.merge(project, options.file)
    if options.json:
        _print_json(_plain(told, stored=not (options.dry_run or told.seen)))
        return
    if told.seen:
        print("This file was taken in before; nothing was changed.")
        return
    print("Dry run, nothing is stored:" if options.dry_run else "Taken in:")
    for kind in Kind:
        print(f"{kind:14} {told.count(kind)}")
    if told.misdated:
        print(f"With times that cannot be, from a computer whose clock was wrong: {told.misdated}")
    if told.salvaged:
        print("The coder's study was damaged: what its audit trail no longer leads to waits as a conflict.")
    if told.count(Kind.CONFLICT) and not options.dry_run:
        print("Settle the conflicts in the window: Study, Packages.")


def _plain(told: Comparison, stored: bool) -> dict[str, Any]:
    return {
        "package": told.package_id,
        "person": told.person_code,
        "returned_at": told.returned_at.isoformat(),
        "stored": stored,
        "seen": told.seen,
        "salvaged": told.salvaged,
        "misdated": told.misdated,
        "missing": told.missing,
        "counts": {kind: told.count(kind) for kind in Kind},
        "ratings": [
            {
                "blind_code": row.blind_code,
                "session": row.session,
                "kind": row.kind,
                "why": row.why,
                "submitted": row.submitted,
            }
            for row in told.rows
        ],
    }


def _list(project: Project, options: argparse.Namespace) -> None:
    found = project.ask(listing, "packages", date.today())
    keys = [column.key for column in found.columns]
    rows = [
        {
            "id": row_id,
            **{
                key: value.isoformat() if isinstance(value, date) else value
                for key, value in zip(keys, row, strict=True)
            },
        }
        for row_id, row in zip(found.ids, found.rows, strict=True)
    ]
    if options.json:
        _print_json({"packages": rows})
        return
    for row in rows:
        print(
            f"{row['person']:6} {row['made']}  {row['state']:8} {row['sessions']} handed out, "
            f"{row['submitted']} submitted, {row['missing'] or 0} missing, "
            f"{row['conflicts'] or 0} {'conflict' if row['conflicts'] == 1 else 'conflicts'}"
        )
    if not rows:
        print("Nothing was handed out.")


def _print_json(found: dict[str, Any]) -> None:
    print(json.dumps({"schema_version": 1, **found}, indent=2, ensure_ascii=False))
