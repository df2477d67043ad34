"""Removing recordings: the files, then everything the study knows of them. Work for a `Job`."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mio_fidelity.coding import removal
from mio_fidelity.coding.removal import Doomed, Preview, Words
from mio_fidelity.media.condition import Condition, condition
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.media.source import Source
from mio_fidelity.store import Project
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.durable import settle
from mio_fidelity.store.study_file import connected


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a supervisor chose.

    Attributes:
        words: What is erased beside the recordings.
        outside: Whether files outside the study folder are deleted too.
        backups: Whether the backups made before, which hold keys and words, are deleted.
    """

    words: frozenset[Words] = frozenset()
    outside: bool = False
    backups: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """What came of it.

    Attributes:
        recordings: How many.
        deleted: Files that were deleted.
        absent: Files that were not where they were said to lie; a copy may lie elsewhere.
        left: Files outside the study that stay where they are: they were not to go, or another file than the
            recording lies there by now.
        stuck: Files that could not be deleted; their sessions stay as they were.
        backups: Old backups that were deleted.
        changed: The tables that were changed.
    """

    recordings: int
    deleted: int
    absent: tuple[Doomed, ...]
    left: tuple[Doomed, ...]
    stuck: tuple[Doomed, ...]
    backups: int
    changed: frozenset[str]


def look(
    project: Project, session_ids: Collection[str], _tell: OnProgress, _cancelled: IsCancelled
) -> tuple[Preview, int]:
    """What would go and what would stay, and how many backups there are.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    found = project.ask_elsewhere(removal.preview, session_ids, project.folder)
    # Those of a server are out of reach; the dialog says so.
    return found, 0 if project.on_server else len(list_backups(project.folder))


def remove(
    project: Project, found: Preview, wanted: Wanted, on_progress: OnProgress, cancelled: IsCancelled
) -> Removed:
    """Remove for good. The files first: were the study to forget them before, nobody could find them.

    Stopped, or killed, before the end, files may be gone of which the study still thinks that they are
    there; they stay due, and removing them once more ends the work.

    Raises:
        UserError: the study could not be written, or no new backup be made before old ones are deleted.
        Cancelled: ``cancelled`` said yes.
    """
    progress = Progress(on_progress, cancelled)
    deleted, absent, left, stuck = 0, [], [], []
    for nth, file in enumerate(found.files):
        progress.at(nth / (len(found.files) + 1))
        if not file.inside and (not wanted.outside or _is_another(file, cancelled)):
            left.append(file)
            continue
        try:
            file.path.unlink()
            deleted += 1
        except (FileNotFoundError, NotADirectoryError):
            absent.append(file)
        except OSError:
            stuck.append(file)
    _settle_folders(found.files)
    sessions = sorted(set(found.sessions) - {file.session_id for file in stuck})
    for file in found.files:
        if file.sha256 and file.session_id in sessions:
            # A picture that is left is enciphered, and made of nothing else that is left.
            with suppress(OSError):
                project.peaks.forget(file.sha256)
    done = project.do_elsewhere(removal.remove, sessions, wanted.words)
    gone = 0
    if not project.on_server:
        empty_log(project)
        gone = delete_backups(project) if wanted.backups else 0
    on_progress(1.0)
    return Removed(done.value, deleted, tuple(absent), tuple(left), tuple(stuck), gone, done.changed)


def _is_another(file: Doomed, cancelled: IsCancelled) -> bool:
    """Whether something else than the recording lies in its place by now.

    Of one that is still awaited nothing is known but its name.
    """
    quietly = Progress(None, cancelled)
    found = condition(Source(file.path), file.byte_size, file.sha256, True, quietly)
    return found is Condition.OTHER and bool(file.sha256)


def _settle_folders(files: Sequence[Doomed]) -> None:
    for folder in {file.path.parent for file in files}:
        with suppress(OSError):
            settle(folder)


def empty_log(project: Project) -> None:
    """Move the log into the file and empty it: it still holds what was erased, enciphered as the file is."""
    connection = connected(project.file.path, project.file.key)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()


def delete_backups(project: Project) -> int:
    """Make a new backup, then delete all that were made before; how many.

    Raises:
        UserError: the new one could not be made; the old ones stay.
    """
    back_up(project.file)
    newest, *older = list_backups(project.folder)
    deleted = 0
    for backup in older:
        with suppress(OSError):
            # A copy of a damaged study may have its log beside it, with keys and words of its own.
            backup.log.unlink(missing_ok=True)
            backup.path.unlink()
            backup.keys.unlink(missing_ok=True)
            deleted += 1
    with suppress(OSError):
        settle(newest.path.parent)
    return deleted
