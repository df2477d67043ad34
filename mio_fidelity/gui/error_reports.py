"""Reports of errors the program does not know: kept on this computer, to be read before they go anywhere."""

import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

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


def show_folder() -> None:
    """Open the folder in the system's own file window."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder())))
