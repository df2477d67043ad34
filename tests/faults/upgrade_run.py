"""An older study opened for the first time: its folder is the line of the input."""

import sys
from functools import partial
from pathlib import Path

from mio_fidelity.store import Project, schema
from tests.faults.killing import forking, ready


def work(passphrase: str, folder: str) -> None:
    ready()
    Project.open(Path(folder), passphrase).close()


if __name__ == "__main__":
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    forking(partial(work, *sys.argv[1:]))
