"""Reports of errors the program does not know: kept on this computer, to be read before they go anywhere.

What Python says of an error by itself holds the values that were at hand: ids, notes, paths. What is said and
kept here is the kind of error and places in the program.
"""

import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path

from mio_fidelity import __version__


def written(kind: type[BaseException], trace: TracebackType | None) -> str:
    """What is told of an error: where in the program it happened; no data, no names, no paths."""
    lines = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    ]
    head = [f"MIO Fidelity {__version__}", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", kind.__name__]
    return "\n".join([*head, *lines])


def folder() -> Path:
    """Where reports are kept."""
    return user_log_path("mio-fidelity", appauthor=False)


def keep(report: str) -> bool:
    """Write a report into its folder; whether it could be written."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        name = f"error-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.txt"
        (place / name).write_text(report + "\n", encoding="utf-8")
    except OSError:
        return False
    return True


def count() -> int:
    """How many are kept."""
    try:
        return sum(1 for _ in folder().glob("error-*.txt"))
    except OSError:
        return 0


def tell(kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> str:
    """Say an error where the program was started from, and keep its report; the report."""
    report = written(kind, trace)
    said = [report] if keep(report) else [report, "the report could not be kept"]
    # A program without a terminal has nowhere to say it.
    if sys.stderr is not None:
        print(*said, sep="\n", file=sys.stderr)
    return report


def take_over() -> None:
    """From now on `tell` says what Python would have said by itself, on any thread; others' ways stay."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _tell
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda what: _tell(what.exc_type, what.exc_value, what.exc_traceback)
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda what: _tell(what.exc_type, what.exc_value, what.exc_traceback)


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        tell(kind, error, trace)
