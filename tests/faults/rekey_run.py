"""A supervisor who gives the study new keys and can be killed: ``python -m tests.faults.rekey_run``.

Reads the name of a journal from each line of its input, and forks a process that opens the study, adds a
person, removes her with a new key, and goes on giving the study new keys, noting each when it is done. Prints
the id of that process, and its exit code when it has ended.
"""

import os
import sys
from pathlib import Path

from mio_fidelity.coding import access
from mio_fidelity.store import Project, Role


def main(folder: Path, passphrase: str) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(folder, passphrase, Path(line.strip()))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def work(folder: Path, passphrase: str, journal: Path) -> None:
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    project = Project.open(folder, passphrase)
    code = f"X{journal.name}"
    person_id = access.add_person(project, code, Role.CODER, phrase(code))
    os.write(handle, f"added {code}\n".encode())
    access.removing(project, person_id)()
    while True:
        os.write(handle, f"rekeyed {code}\n".encode())
        access.rekeying(project)()


def phrase(code: str) -> str:
    return f"first phrase of {code}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
