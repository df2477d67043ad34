"""Going back to a backup: in one step, undoable, and finished after a power cut."""

import os
import shutil
from pathlib import Path

from mio_fidelity.store.durable import settle

# Made complete under the first name; from the moment it has the second, it is what the study will be.
MAKING, READY = "restoring.tmp", "restoring"


def is_restoring(folder: Path) -> bool:
    """Whether a restoration was decided on and not finished."""
    # Unlike Path.is_dir, a name no system allows counts as absent.
    return os.path.isdir(folder / READY)


def finish_restore(folder: Path) -> None:
    """Finish what was decided on, and remove what was not; whoever calls holds the study.

    Raises:
        OSError: the disk refused; the next opening goes on.
    """
    shutil.rmtree(folder / MAKING, ignore_errors=True)
    if not is_restoring(folder):
        return
    ready = folder / READY
    if (ready / "study.db").exists():
        # The log belongs to the file that goes.
        for name in ("study.db-wal", "study.db-shm"):
            (folder / name).unlink(missing_ok=True)
    # The database last: as long as it is there, nothing of the old log may come back.
    for path in sorted(ready.iterdir(), key=lambda each: each.name == "study.db"):
        os.replace(path, folder / path.name)
    settle(folder)
    ready.rmdir()
    settle(folder)
