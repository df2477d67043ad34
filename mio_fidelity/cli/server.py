"""Studies on a server: connecting, who signs in as whom, moving there and back, a plain copy."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.coding import moving, server_roles
from mio_fidelity.errors import UserError
from mio_fidelity.report.plain_copy import WARNING, write_plain_copy
from mio_fidelity.store import Project
from mio_fidelity.store.profile import SSL_MODES, Profile, is_on_server, keep_profile, read_profile
from mio_fidelity.store.server import ServerProject, upgrade_study
from mio_fidelity.store.server_door import NoStudyThereError

CONNECT_EPILOG = """\
The folder then stands for the study: every command, and the window, open it with the password of the
database role as its pass phrase. Only server.json is written into it, never a password. A connection that the
folder holds already stays as it is; with --replace what is named changes in it, and the rest stays. With the
part for servers installed (python3 start.py server) the password can be kept in the system's keyring by the
window.

A database role gives access to the whole database; what coders may do is asked by the program. Give each
person a role of her own, and tie it to her code with --tie. resources/postgresql.sql prepares a server.

Backups are made by whoever looks after the server. While it is away coders go on rating; nothing else does.
"""
MOVE_EPILOG = """\
Copies all rows of all tables in one transaction, counts them, and checks the audit trail on the other side.
The old place stays as it is; put it away once the new one was opened. Recordings are not copied: those kept
in the study folder are looked for in the folder that the new place names.
"""


def connect_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the server is, and as whom."""
    study_arguments(parser)
    parser.add_argument("--host", help="name or address of the server")
    parser.add_argument("--port", type=int, help="5432 unless told")
    parser.add_argument("--database", help="the database on it")
    parser.add_argument("--user", help="the database role")
    parser.add_argument(
        "--protection", dest="sslmode", choices=SSL_MODES, help="as libpq's sslmode; require unless told"
    )
    parser.add_argument(
        "--certificate", dest="root_certificate", metavar="FILE", help="vouches for the server"
    )
    parser.add_argument("--files", metavar="FOLDER", help="where the recordings lie")
    parser.add_argument("--replace", action="store_true", help="change the connection kept in the folder")
    parser.add_argument("--upgrade", action="store_true", help="bring an older study up to date")
    parser.add_argument("--tie", action="append", default=[], metavar="CODE=ROLE", help="whose role it is")
    parser.add_argument("--json", action="store_true", help="print JSON")
    supervisor_argument(parser)


def connect(options: argparse.Namespace) -> int:
    """Keep a connection, try it, and say what is there."""
    _keep_connection(options)
    words = passphrase(options)
    if options.upgrade:
        upgrade_study(options.study, words)
    try:
        return _tried(options, words)
    except NoStudyThereError:
        if options.tie:
            raise
        said = "Connected. There is no study in this database yet: make one with new, or bring one with move."
        _say(options, {"connected": True, "study": False}, said)
        return 0


def _keep_connection(options: argparse.Namespace) -> None:
    """Write down what was named; what is kept already changes only when that is wanted."""
    named = {each.name: getattr(options, each.name) for each in fields(Profile)}
    named = {name: value for name, value in named.items() if value is not None}
    if not named:
        return
    whole = {"host", "database", "user"} <= set(named)
    kept = _kept(options.study, whole)
    if kept is None and not whole:
        raise UserError("Name the server, the database and the user: --host, --database and --user.")
    wanted = Profile(**named) if kept is None else replace(kept, **named)
    if kept is not None and wanted != kept and not options.replace:
        raise UserError(
            "Another connection is kept in this folder. Name another folder, or add --replace: it changes "
            "this one for all commands and for the window."
        )
    if wanted != kept:
        keep_profile(options.study, wanted)


def _kept(folder: Path, whole: bool) -> Profile | None:
    """The connection in a folder; one that cannot be read makes way for a ``whole`` new one."""
    if not is_on_server(folder):
        return None
    try:
        return read_profile(folder)
    except UserError:
        if whole:
            return None
        raise


def _tried(options: argparse.Namespace, words: str) -> int:
    with Project.open(options.study, words) as project:
        if not isinstance(project, ServerProject):
            raise UserError("This folder holds a study of its own. Name the server with --host.")
        if options.tie:
            sign_in(project, options.by)
        for word in options.tie:
            code, _, role = word.partition("=")
            project.do(server_roles.tie, code, role)
        found = {"connected": True, "study": True, "trail_whole": project.sound()}
    _say(options, found, "Connected; the study's record is whole." if found["trail_whole"] else "DAMAGED")
    return 0 if found["trail_whole"] else 1


def move_arguments(parser: argparse.ArgumentParser) -> None:
    """From where to where."""
    study_arguments(parser)
    parser.add_argument("to", type=Path, help="a folder made by connect, or a new folder")
    parser.add_argument(
        "--to-passphrase-file", type=Path, metavar="FILE", help="the password or pass phrase there"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    supervisor_argument(parser)


def move(options: argparse.Namespace) -> int:
    """Move a study."""
    there = argparse.Namespace(passphrase_file=options.to_passphrase_file)
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        moved = moving.move(project, options.to, passphrase(there, new=True))
    n = sum(moved.rows.values())
    _say(
        options,
        {"rows": dict(moved.rows), "pictures": moved.pictures},
        f"Moved: {n} rows, counted and checked on the other side. The old place is as it was.",
    )
    return 0


def plain_arguments(parser: argparse.ArgumentParser) -> None:
    """What to write, and where."""
    study_arguments(parser)
    parser.add_argument("file", type=Path, help="the SQLite file to write")
    parser.add_argument("--words", action="store_true", help="with notes, evidence and reasons")
    parser.add_argument("--json", action="store_true", help="print JSON")
    supervisor_argument(parser)


def plain(options: argparse.Namespace) -> int:
    """Write a plain copy."""
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        rows = write_plain_copy(project, options.file, options.words)
    print(f"mio-fidelity: {WARNING}", file=sys.stderr)
    _say(options, {"rows": dict(rows)}, f"Written: {sum(rows.values())} rows; it is on record.")
    return 0


def _say(options: argparse.Namespace, found: Mapping[str, object], words: str) -> None:
    print(json.dumps(found, indent=1) if options.json else words)
