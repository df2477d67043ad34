"""Recordings going into the vault, in a process that can be killed: ``python -m tests.faults.vault_run``.

Each line of the input starts a forked process that takes in whatever is plain. Prints the id of that process
when it begins, and its exit code when it has ended.
"""

import os
import sys
from pathlib import Path

from mio_fidelity.gui.vault_work import VaultTally, look, sweep, take_in
from mio_fidelity.store import Project, schema


def main(folder: Path, passphrase: str, person_id: str) -> None:
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(folder, passphrase, person_id)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def work(folder: Path, passphrase: str, person_id: str) -> None:
    with Project.open(folder, passphrase) as project:
        project.sign_in(person_id)
        print(os.getpid(), flush=True)
        sweep(project)
        seen = look(project, None, lambda _: None, lambda: False)
        plain = [each for each in seen.recordings if not each.sealed]
        take_in(project, plain, True, VaultTally(len(plain)), lambda _: None, lambda: False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
