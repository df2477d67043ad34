"""Taking recordings into the vault and copying them out of it. Work for a `Job`.

Killed at any moment, a recording is heard where it was or where it will be: the encrypted file is whole and
on the disk before its key is stored, and has its name after that.
"""

import os
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from mio_fidelity.coding import vault
from mio_fidelity.coding.vault import Kept
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.media.vault import new_key, seal_checked, sealed_bytes
from mio_fidelity.store import Project
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.durable import settle
from mio_fidelity.store.whereabouts import NEW, VAULT

_COPY_BYTES = 1 << 20
# Held from the first byte of a sealed file until it has its name: nobody may take it for left over meanwhile.
_SEALING = Lock()
# What a wav file of FFmpeg is called, and so on; anything else has the name of its container.
SUFFIXES = {"mov": ".mp4", "matroska": ".mkv", "asf": ".wma"}


@dataclass
class VaultTally:
    """How far a run has come: the work writes it, the window reads it.

    Attributes:
        files: How many there are.
        done: How many are where they are to be.
        refused: Those that are not, and why.
        originals: How many plain files were deleted.
        changed: The tables that were changed.
    """

    files: int
    done: int = 0
    refused: list[tuple[Kept, UserError]] = field(default_factory=list)
    originals: int = 0
    changed: set[str] = field(default_factory=set)


def look(project: Project, ids: Collection[str] | None, _tell: OnProgress, _cancelled: IsCancelled) -> "Seen":
    """What is kept where.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    sweep(project)
    found = project.ask_elsewhere(vault.kept, project.folder, ids)
    return Seen(found, project.ask_elsewhere(vault.originals, project.folder))


@dataclass(frozen=True, slots=True)
class Seen:
    """Recordings, and plain files that were left behind when theirs went into the vault."""

    recordings: tuple[Kept, ...]
    left_behind: tuple[Path, ...]


def take_in(
    project: Project,
    recordings: Sequence[Kept],
    delete: bool,
    tally: VaultTally,
    on_progress: OnProgress,
    cancelled: IsCancelled,
) -> None:
    """Take ``recordings`` into the vault, one after the other; stopped, it goes on with the rest next time.

    Args:
        project: The study.
        recordings: What is still plain.
        delete: Whether plain files inside the study folder are deleted afterwards, those of earlier runs too.
        tally: Told of every file.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops, and what is in the vault stays there.

    Raises:
        UserError: the study or its disk cannot be written.
        Cancelled: ``cancelled`` said yes.
    """
    shares = Shares(recordings, on_progress, cancelled)
    try:
        for nth, recording in enumerate(recordings):
            try:
                _take_one(project, recording, shares.of(nth), tally)
                tally.done += 1
            except UserError as error:
                tally.refused.append((recording, error))
    finally:
        if delete:
            tally.originals += delete_originals(project)
    on_progress(1.0)


def _take_one(project: Project, recording: Kept, progress: Progress, tally: VaultTally) -> None:
    with _SEALING:
        _seal_one(project, recording, progress, tally)


def _seal_one(project: Project, recording: Kept, progress: Progress, tally: VaultTally) -> None:
    folder = project.folder / VAULT
    place, key = vault.new_place(), new_key()
    final = project.folder / place
    fresh = final.with_name(final.name + NEW)
    try:
        folder.mkdir(exist_ok=True)
        _need_room(folder, sealed_bytes(recording.byte_size))
        seal_checked(recording.source.path, fresh, key, recording.sha256, progress)
        settle(folder)
    except OSError as error:
        raise UserError(
            "The vault could not be written: {reason}. Free some space or check the disk, and go on; the "
            "recording is where it was.",
            reason=error.strerror or "the disk refused",
        ) from error
    try:
        done = project.do_elsewhere(vault.take_in, recording.id, recording.location, place, key)
    except UserError:
        fresh.unlink(missing_ok=True)
        raise
    tally.changed |= done.changed
    # What fails now is done when the study is opened next; until then it is heard from where it is.
    with suppress(OSError):
        os.replace(fresh, final)
        settle(folder)


def sweep(project: Project) -> None:
    """Give files their names that lack it, and remove those whose key was never stored; cheap if all is well.

    While something is being sealed all stays as it is, until the next time.

    Raises:
        UserError: the study cannot be read.
    """
    if not _SEALING.acquire(blocking=False):
        return
    try:
        _sweep(project)
    finally:
        _SEALING.release()


def _sweep(project: Project) -> None:
    folder = project.folder / VAULT
    try:
        unfinished = [*folder.glob(f"*{NEW}"), *folder.glob("*.tmp")]
    except OSError:
        return
    if not unfinished:
        return
    names = project.ask_elsewhere(vault.places)
    for path in unfinished:
        final = path.with_name(path.name.removesuffix(NEW))
        with suppress(OSError):
            if final.name in names and not final.exists():
                os.replace(path, final)
            else:
                path.unlink(missing_ok=True)


def delete_originals(project: Project) -> int:
    """Delete the plain files inside the study folder of what is in the vault; how many.

    First comes a backup: a study that has lost its database gets the keys back from it. For that of a server
    its own backups have to do.

    Raises:
        UserError: no backup could be made; then nothing is deleted.
    """
    files = project.ask_elsewhere(vault.originals, project.folder)
    if not files:
        return 0
    if not project.on_server:
        back_up(project.file)
    deleted = 0
    for path in files:
        # Open in another program, perhaps; the next run finds it again.
        with suppress(OSError):
            path.unlink()
            deleted += 1
    for folder in {path.parent for path in files}:
        with suppress(OSError):
            settle(folder)
    return deleted


def copy_out(
    project: Project,
    recordings: Sequence[Kept],
    target: Path,
    tally: VaultTally,
    on_progress: OnProgress,
    cancelled: IsCancelled,
) -> None:
    """Write plain copies into a folder, named by session and part; nothing that is there is replaced.

    Raises:
        UserError: the folder cannot be written.
        Cancelled: ``cancelled`` said yes; what is copied stays.
    """
    shares = Shares(recordings, on_progress, cancelled)
    out: list[str] = []
    try:
        for nth, recording in enumerate(recordings):
            try:
                _copy_one(recording, target, shares.of(nth))
            except UserError as error:
                tally.refused.append((recording, error))
            else:
                tally.done += 1
                out.append(recording.id)
    finally:
        if out:
            tally.changed |= project.do_elsewhere(vault.note_copied_out, out).changed
    on_progress(1.0)


def _copy_one(recording: Kept, folder: Path, progress: Progress) -> None:
    suffix = SUFFIXES.get(recording.container, f".{recording.container}")
    name = f"{recording.session} part {recording.part}{suffix}"
    scratch, target = folder / f"{name}.tmp", folder / name
    try:
        if target.exists():
            raise UserError("There is a file of this name in the folder already. Choose another folder.")
        _need_room(folder, recording.byte_size)
        with recording.source.open() as plain, scratch.open("wb") as copy:
            while piece := plain.read(_COPY_BYTES):
                copy.write(piece)
                progress.at(min(1.0, copy.tell() / max(recording.byte_size, 1)))
            copy.flush()
            os.fsync(copy.fileno())
        scratch.replace(target)
    except FileNotFoundError as error:
        raise UserError("The recording is not where it is said to lie. Find it first.") from error
    except OSError as error:
        raise UserError(
            "The copy could not be written: {reason}. Choose a folder on a disk that has room.",
            reason=error.strerror or "the disk refused",
        ) from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def _need_room(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size:
        raise UserError(
            "There is no room on the disk for another {mb} MB. Free some space, and go on.",
            mb=max(1, round(size / 1e6)),
        )


class Shares:
    """The share of a batch that each recording is, by size."""

    def __init__(self, recordings: Sequence[Kept], on_progress: OnProgress, cancelled: IsCancelled) -> None:
        self._sizes = [each.byte_size + 1 for each in recordings]
        self._on_progress, self._cancelled = on_progress, cancelled

    def of(self, nth: int) -> Progress:
        """The progress of one of them."""
        total, before = sum(self._sizes), sum(self._sizes[:nth])
        return Progress(
            self._on_progress, self._cancelled, before / total, (before + self._sizes[nth]) / total
        )
