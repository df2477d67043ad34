"""Examining awaited files, several at a time, and keeping each as soon as it is known. Work for a `Job`."""

import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from mio_fidelity.coding import intake
from mio_fidelity.errors import UserError
from mio_fidelity.media.probe import Examined, examine
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Project

MOST_AT_A_TIME = 4
# What a file costs beside being read, in bytes that could be read meanwhile.
PER_FILE_BYTES = 500_000
TOO_EARLY_S, TOO_EARLY_SHARE = 3.0, 0.02


@dataclass(frozen=True, slots=True)
class Waiting:
    """An awaited file, and how large it is; None when it is not there."""

    file: intake.Awaited
    byte_size: int | None


@dataclass
class Tally:
    """How far a run has come: the work writes it, the window reads it.

    Attributes:
        files: How many there are to examine.
        taken: How many became recordings.
        refused: How many have a problem, which is kept.
        changed: The tables that were changed.
    """

    files: int
    taken: int = 0
    refused: int = 0
    changed: set[str] = field(default_factory=set)


def look(project: Project, on_progress: OnProgress, cancelled: IsCancelled) -> tuple[Waiting, ...]:
    """Every awaited file, and which of them are there.

    Raises:
        UserError: the person signed in is no supervisor.
        Cancelled: ``cancelled`` said yes.
    """
    files = project.ask_elsewhere(intake.awaited, project.folder)
    progress = Progress(on_progress, cancelled)
    found = []
    for nth, each in enumerate(files):
        progress.at(nth / len(files))
        found.append(Waiting(each, _byte_size(each.path)))
    return tuple(found)


def run(
    project: Project,
    files: Sequence[Waiting],
    as_they_are: bool,
    tally: Tally,
    on_progress: OnProgress,
    cancelled: IsCancelled,
) -> None:
    """Examine ``files`` and take them in, or keep what is wrong with them; each in its own transaction.

    Args:
        project: The study.
        files: What to examine.
        as_they_are: Whether damaged files are taken in too.
        tally: Told of every file that is stored.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops, and what is stored stays.

    Raises:
        UserError: the study cannot be written.
        Cancelled: ``cancelled`` said yes.
    """
    failed = threading.Event()
    shares = _Shares(files, on_progress)

    def given_up() -> bool:
        return cancelled() or failed.is_set()

    with ThreadPoolExecutor(at_a_time(), thread_name_prefix="examine") as pool:

        def begin(some: Iterable[tuple[int, Waiting]]) -> dict[Future[Examined | str], Waiting]:
            return {
                pool.submit(_examined, each.file.path, as_they_are, partial(shares.tell, nth), given_up): each
                for nth, each in some
            }

        to_do = iter(list(enumerate(files)))
        # A few more than are worked on, so that nobody idles while one is stored.
        running = begin(islice(to_do, 2 * at_a_time()))
        try:
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    _keep(project, running.pop(future).file, future.result(), tally)
                    running |= begin(islice(to_do, 1))
                    shares.tell_all()
        except BaseException:
            failed.set()
            pool.shutdown(cancel_futures=True)
            raise


def at_a_time() -> int:
    """How many files are examined at once: one processor is left to the window."""
    return max(1, min(MOST_AT_A_TIME, (os.cpu_count() or 1) - 1))


def seconds_left(elapsed_s: float, share: float) -> float | None:
    """About how long it still takes; None while that cannot be told."""
    if elapsed_s < TOO_EARLY_S or share < TOO_EARLY_SHARE:
        return None
    return elapsed_s * (1 - share) / share


class _Shares:
    """How much of every file is done, weighed by size; each thread writes the share of its own file."""

    def __init__(self, files: Sequence[Waiting], on_progress: OnProgress) -> None:
        self._weights = [(each.byte_size or 0) + PER_FILE_BYTES for each in files]
        self._total = sum(self._weights)
        self._shares = [0.0] * len(files)
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def tell(self, nth: int, share: float) -> None:
        self._shares[nth] = share
        self.tell_all()

    def tell_all(self) -> None:
        # One at a time, so that what is told never goes back.
        with self._lock:
            done = sum(weight * share for weight, share in zip(self._weights, self._shares, strict=True))
            self._on_progress(done / self._total)


def _examined(
    path: Path, as_they_are: bool, on_progress: OnProgress, cancelled: IsCancelled
) -> Examined | str:
    """What the file is, or why it is not taken in."""
    Progress(None, cancelled).at(0.0)
    try:
        if not os.path.exists(path):
            raise UserError(
                "The file is not where it is said to lie. Connect its drive, or look for moved recordings; "
                "then try again."
            )
        found = examine(path, on_progress, cancelled)
    except UserError as error:
        on_progress(1.0)
        return str(error)
    if found.problems and not as_they_are:
        return " ".join(str(problem) for problem in found.problems)
    return found


def _keep(project: Project, file: intake.Awaited, found: Examined | str, tally: Tally) -> None:
    """Store one file; durable when this returns."""
    if isinstance(found, Examined):
        try:
            tally.changed |= project.do_elsewhere(intake.take_in, file.id, found).changed
        except UserError as error:
            # In the study already. Where nothing can be stored, noting that is refused too and ends the run.
            found = str(error)
        else:
            tally.taken += 1
            # A picture that cannot be kept is made again when it is wanted.
            with suppress(OSError):
                project.peaks.write(found.sha256, found.peaks.to_bytes())
            return
    if found != file.problem:
        tally.changed |= project.do_elsewhere(intake.note_problem, file.id, found).changed
    tally.refused += 1


def _byte_size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return None
