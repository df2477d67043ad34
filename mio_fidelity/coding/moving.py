"""Moving a study between a folder and a server: everything, or nothing."""

import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.plain_rows import note
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project
from mio_fidelity.store.journal import waits
from mio_fidelity.store.keys import Cost
from mio_fidelity.store.models import Recording
from mio_fidelity.store.move import copy_rows
from mio_fidelity.store.profile import is_on_server, keep_profile, read_profile
from mio_fidelity.store.server import empty_database
from mio_fidelity.store.server_door import ServerDoor
from mio_fidelity.store.study_folder import fill_with


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move copied.

    Attributes:
        rows: Table to number of rows.
        pictures: How many pictures of recordings came along; the others are made again when they are wanted.
    """

    rows: Mapping[str, int]
    pictures: int


def move(project: Project, target: Path, words: str, cost: Cost | None = None) -> Moved:
    """Copy the whole study to another place; the old one stays as it is, and says that it was moved.

    Locations of recordings stay as they are: those inside the study folder are looked for in the folder that
    the new place names, and are not copied.

    Args:
        project: The study; whoever is signed in is a supervisor.
        target: A folder that leads to an empty database on a server, or a new folder for a study.
        words: The password there, or the pass phrase of the new folder.
        cost: Work per guess at that pass phrase; None for the usual.

    Raises:
        UserError: it is no supervisor, the place is not empty, or something could not be written there. The
            study is where it was.
    """
    project.ask(only_supervisors)
    if project.on_server and waits(project.place):
        raise UserError(
            "What was rated on this computer without the server has not arrived there yet. Let whoever rated "
            "it open the study here once more; then move it."
        )
    to_server = is_on_server(target)
    if to_server == project.on_server:
        raise UserError(
            "A study moves from a folder to a server, or from a server to a folder. To copy a study, "
            "close it and copy the folder whole."
        )
    if not to_server and target.exists() and any(target.iterdir()):
        raise UserError("There is something in this place already. Choose a new folder for the study.")
    project.do(note_move, "server" if to_server else "folder")
    rows = _to_server(project, target, words) if to_server else _to_folder(project, target, words, cost)
    with Project.open(target, words) as there:
        moved = Moved(rows, _copy_pictures(project, there))
    if isinstance(project, ServerDoor):
        # Wanted, not needed: the study is there.
        with suppress(UserError):
            project.say_moved()
    return moved


def note_move(db: Db, to: str) -> None:
    """Put on record where the study goes; the copy carries this line too.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    note(db, "moved", {"to": to})


def _to_server(project: Project, target: Path, words: str) -> Mapping[str, int]:
    with empty_database(target, words) as engine:
        rows = project.ask_elsewhere(copy_rows, engine)
    profile = read_profile(target)
    if not profile.files:
        keep_profile(target, replace(profile, files=str(project.folder.resolve())))
    return rows


def _to_folder(project: Project, target: Path, words: str, cost: Cost | None) -> Mapping[str, int]:
    scratch = target.parent / f"new-study-{secrets.token_hex(4)}.tmp"
    try:
        for name in ("peaks", "recordings", "backups"):
            (scratch / name).mkdir(parents=True)
        rows = fill_with(scratch, words, cost, lambda engine: project.ask_elsewhere(copy_rows, engine))
        if target.exists():
            target.rmdir()
        scratch.rename(target)
    except OSError as error:
        raise UserError(
            "The study could not be made here: {reason}. Choose a folder on a disk that you may write and "
            "that has room.",
            reason=error.strerror or "the disk refused",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return rows


def _copy_pictures(project: Project, there: Project) -> int:
    n = 0
    for sha256 in project.ask(_fingerprints):
        content = project.peaks.read(sha256)
        if content is not None:
            there.peaks.write(sha256, content)
            n += 1
    return n


def _fingerprints(db: Db) -> list[str]:
    return list(db.scalars(select(Recording.sha256).where(Recording.removed_at.is_(None)).distinct()))
