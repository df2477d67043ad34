"""Recordings going into the vault, or plain copies out of it: whatever is plain, or into the folder named."""

import sys
from functools import partial
from itertools import count
from pathlib import Path

from mio_fidelity.gui.vault_work import VaultTally, copy_out, look, sweep, take_in
from mio_fidelity.store import Project, schema
from tests.coding.vaulted import never, quiet
from tests.faults.killing import forking, ready


def work(folder: str, passphrase: str, person_id: str, target: str) -> None:
    with Project.open(Path(folder), passphrase) as project:
        project.sign_in(person_id)
        if target:
            copies(project, Path(target))
            return
        ready()
        sweep(project)
        seen = look(project, None, quiet, never)
        plain = [each for each in seen.recordings if not each.sealed]
        take_in(project, plain, True, VaultTally(len(plain)), quiet, never)


def copies(project: Project, target: Path) -> None:
    """Copies of all, into one folder after the other."""
    seen = look(project, None, quiet, never)
    ready()
    for nth in count():
        place = target / str(nth)
        place.mkdir()
        copy_out(project, seen.recordings, place, VaultTally(len(seen.recordings)), quiet, never)


if __name__ == "__main__":
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    forking(partial(work, *sys.argv[1:]))
