"""Backups and going back, in a process that can be killed: ``python -m tests.faults.backup_run``.

Each line of the input names what is done; a forked process does it for ever. Prints the id of that process
when it begins, and its exit code when it has ended.
"""

import os
import sys
from itertools import count
from pathlib import Path

from mio_fidelity.coding import rate
from mio_fidelity.store import Project, schema
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.restore import keys_for, restore


def main(folder: Path, passphrase: str, person_id: str, rating_id: str) -> None:
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            (keep_backing_up if line.strip() == "back up" else keep_going_back)(
                folder, passphrase, person_id, rating_id
            )
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def keep_backing_up(folder: Path, passphrase: str, person_id: str, rating_id: str) -> None:
    project = Project.open(folder, passphrase)
    project.sign_in(person_id)
    print(os.getpid(), flush=True)
    for nth in count():
        project.do(rate.set_notes, rating_id, f"{nth} " * 1000)
        back_up(project.file)


def keep_going_back(folder: Path, passphrase: str, _person_id: str, _rating_id: str) -> None:
    print(os.getpid(), flush=True)
    while True:
        for backup in list_backups(folder)[-2:]:
            keys, _ = keys_for(folder, backup, passphrase)
            restore(folder, backup, keys, keys)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
