"""A batch at work, in a process of its own that can be killed: ``python -m tests.faults.intake_run``.

Prints a line whenever another file is stored, and ends when all are.
"""

import sys
from functools import partial
from pathlib import Path

from mio_fidelity.gui.intake_work import Tally, look, run
from mio_fidelity.store import Project


def main(folder: Path, passphrase: str, person_id: str) -> None:
    with Project.open(folder, passphrase) as project:
        project.sign_in(person_id)
        waiting = look(project, lambda _: None, lambda: False)
        tally = Tally(len(waiting))
        run(project, waiting, False, tally, partial(tell, tally, {0}), lambda: False)


def tell(tally: Tally, told: set[int], _share: float) -> None:
    stored = tally.taken + tally.refused
    if stored not in told:
        told.add(stored)
        print(stored, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
