"""Wrong pass phrases make the next attempt wait.

This slows somebody down who sits at the keyboard. Whoever has a copy of the folder guesses without this
program; what slows that down is argon2id.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mio_fidelity.errors import UserError
from mio_fidelity.store.durable import write_durably

FILE = "attempts.json"
FREE = 3
SHORTEST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
# Counted no further: the longest wait comes long before.
MOST = 1000


@dataclass(slots=True)
class _Wrong:
    """How many were wrong in a row, and the time of the last: of this computer's clock, or of this run."""

    count: int = 0
    at: float = 0.0


# By folder: holds where the folder cannot be written, and when the clock is put forward.
_of_this_run: dict[Path, _Wrong] = {}


def wait_after(wrong: int) -> float:
    """Seconds to wait after so many wrong pass phrases in a row; twice as long each time, up to a limit."""
    if wrong < FREE:
        return 0.0
    return min(LONGEST_WAIT_S, SHORTEST_WAIT_S * 2.0 ** min(wrong - FREE, 20))


def wait_left(folder: Path) -> float:
    """Seconds until the next attempt is taken; 0 when it is taken now."""
    kept, here = _kept(folder), _of_this_run.get(folder.resolve(), _Wrong())
    left = [0.0]
    if here.count:
        left.append(here.at + wait_after(here.count) - time.monotonic())
    if kept.count:
        if kept.at > time.time():
            # The clock was put back: wait once more, not until that day comes again.
            kept.at = time.time()
            _keep(folder, kept)
        left.append(kept.at + wait_after(kept.count) - time.time())
    return max(left)


def refuse_early(folder: Path) -> None:
    """Take no attempt before its time.

    Raises:
        UserError: it is too early; it says how long to wait.
    """
    left = wait_left(folder)
    if left > 0:
        raise UserError(
            "Too many wrong pass phrases in a row. Wait, then try again; seconds left: {seconds}.",
            seconds=int(left) + 1,
        )


def note_wrong(folder: Path) -> None:
    """Remember one more wrong pass phrase."""
    before = max(_kept(folder).count, _of_this_run.get(folder.resolve(), _Wrong()).count)
    _of_this_run[folder.resolve()] = _Wrong(before + 1, time.monotonic())
    _keep(folder, _Wrong(before + 1, time.time()))


def forget(folder: Path) -> None:
    """The right one was found."""
    _of_this_run.pop(folder.resolve(), None)
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def _kept(folder: Path) -> _Wrong:
    """What stands in the file; one that cannot be read says nothing."""
    try:
        found = json.loads((folder / FILE).read_bytes())
        return _Wrong(min(MOST, max(0, int(found["wrong"]))), float(found["at"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return _Wrong()


def _keep(folder: Path, wrong: _Wrong) -> None:
    with suppress(OSError):
        write_durably(folder / FILE, json.dumps({"wrong": wrong.count, "at": wrong.at}).encode())
