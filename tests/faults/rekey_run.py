"""A supervisor who adds a person, removes her with a new key, and goes on giving the study new keys."""

import os
import sys
from functools import partial
from pathlib import Path

from mio_fidelity.coding import access
from mio_fidelity.store import Project, Role
from tests.faults.killing import forking, ready


def work(folder: str, passphrase: str, journal: str) -> None:
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ready()
    project = Project.open(Path(folder), passphrase)
    code = f"X{Path(journal).name}"
    person_id = access.add_person(project, code, Role.CODER, phrase(code))
    os.write(handle, f"added {code}\n".encode())
    access.removing(project, person_id)()
    while True:
        os.write(handle, f"rekeyed {code}\n".encode())
        access.rekeying(project)()


def phrase(code: str) -> str:
    return f"first phrase of {code}"


if __name__ == "__main__":
    forking(partial(work, *sys.argv[1:]))
