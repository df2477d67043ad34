"""Who holds a study: one program at a time, and a note beside the lock that says which."""

import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from mio_fidelity.errors import UserError

LOCK, NOTE = "study.lock", "study.holder"
# A note from another computer counts for so long after its last sign of life: on some network disks a lock
# holds on one computer alone.
FRESH_S = 180


@dataclass(frozen=True, slots=True)
class Holder:
    """The computer and process that hold a study, and since when. No person, no path."""

    computer: str
    process: int
    since: str
    seen: str

    @property
    def here(self) -> bool:
        """Whether it is on this computer."""
        return self.computer == platform.node()

    def fresh(self) -> bool:
        """Whether it gave a sign of life lately."""
        try:
            age = datetime.now(UTC) - datetime.fromisoformat(self.seen)
        except (ValueError, TypeError):
            return False
        return abs(age.total_seconds()) < FRESH_S

    def clock(self) -> str:
        """Since when, on this computer's clock; with the day when that was not today."""
        since = datetime.fromisoformat(self.since).astimezone()
        same_day = since.date() == datetime.now().astimezone().date()
        return since.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")


class Hold:
    """A study held by this program; others get a sentence.

    Raises:
        UserError: somebody holds it, or nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Not thread_local: a question asked elsewhere must see that the study is held.
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise _taken(holder(folder)) from error
        except OSError as error:
            raise UserError(
                "The study lies where nothing can be written ({reason}). Copy the whole study folder to a "
                "disk that you may write, and open it there.",
                reason=error.strerror or "the disk refused",
            ) from error
        # A note left on this computer is of a program that crashed: its lock is gone.
        other = holder(folder)
        if other is not None and not other.here and other.fresh():
            self._lock.release()
            raise _taken(other)
        self._since = _now()
        self.beat()

    @property
    def is_locked(self) -> bool:
        """Whether it is held still."""
        return self._lock.is_locked

    def beat(self) -> None:
        """Give a sign of life; without room on the disk the lock itself must do."""
        note = Holder(platform.node(), os.getpid(), self._since, _now())
        scratch = self._folder / f"{NOTE}.tmp"
        # Nothing is lost with it, so nobody waits for the disk.
        with suppress(OSError):
            scratch.write_text(json.dumps(asdict(note)), encoding="utf-8")
            os.replace(scratch, self._folder / NOTE)

    def release(self) -> None:
        """Let go; calling it twice does no harm."""
        if not self._lock.is_locked:
            return
        # A note on its own keeps nobody out for long.
        with suppress(OSError):
            (self._folder / NOTE).unlink(missing_ok=True)
        self._lock.release()


def holder(folder: Path) -> Holder | None:
    """Who noted that the study is held; None when nobody did, or when the note cannot be read."""
    try:
        found = json.loads((folder / NOTE).read_bytes())
        note = Holder(*(found[name] for name in ("computer", "process", "since", "seen")))
        note.clock()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return note


def _taken(by: Holder | None) -> UserError:
    if by is None:
        return UserError(
            "This study is open already, in another window or another program on this computer. Go on there, "
            "or close it first."
        )
    if not by.here:
        return UserError(
            "This study is open already on another computer ({computer}, since {since}). Two programs on one "
            "file lose ratings: close it there first, or give that coder a package.",
            computer=by.computer,
            since=by.clock(),
        )
    if by.process == os.getpid():
        return UserError(
            "This study is open already in this program (since {since}). Go on there, or close it first.",
            since=by.clock(),
        )
    return UserError(
        "This study is open already on this computer: another window or program, process {process}, since "
        "{since}. Go on there, or close it first.",
        process=by.process,
        since=by.clock(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
