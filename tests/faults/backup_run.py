"""Backups and going back to them, for ever: each line of the input says which."""

import sys
from functools import partial
from itertools import count
from pathlib import Path

from mio_fidelity.coding import rate
from mio_fidelity.store import Project, schema
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.restore import keys_for, restore
from tests.faults.killing import forking, ready


def work(folder: str, passphrase: str, person_id: str, rating_id: str, what: str) -> None:
    if what == "back up":
        keep_backing_up(Path(folder), passphrase, person_id, rating_id)
    else:
        keep_going_back(Path(folder), passphrase)


def keep_backing_up(folder: Path, passphrase: str, person_id: str, rating_id: str) -> None:
    project = Project.open(folder, passphrase)
    project.sign_in(person_id)
    ready()
    for nth in count():
        project.do(rate.set_notes, rating_id, f"{nth} " * 1000)
        back_up(project.file)


def keep_going_back(folder: Path, passphrase: str) -> None:
    ready()
    while True:
        for backup in list_backups(folder)[-2:]:
            keys, _ = keys_for(folder, backup, passphrase)
            restore(folder, backup, keys, keys)


if __name__ == "__main__":
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    forking(partial(work, *sys.argv[1:]))
