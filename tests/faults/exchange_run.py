"""What goes out and comes in: each line of the input says what, in which study, which file."""

import json
import os
import signal
import sys
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

from mio_fidelity.coding import merging, packages
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.report.listings import Origin, write_listings
from mio_fidelity.store import Project, schema
from mio_fidelity.store.parcel import unpack
from tests.coding.packed import LAPTOP, QUIETLY
from tests.conftest import CHEAP
from tests.faults.killing import forking, ready


def work(passphrase: str, supervisor: str, coder: str, line: str) -> None:
    what, folder, file = json.loads(line)
    if what == "unpack":
        ready()
        for nth in count():
            unpack(Path(file), Path(folder) / str(nth), QUIETLY)
    project = Project.open(Path(folder), passphrase)
    project.sign_in(supervisor)
    ready()
    if what == "hand out, unnamed":
        replace = os.replace
        os.replace = lambda old, new: (
            signal.raise_signal(signal.SIGKILL) if new == Path(file) else replace(old, new)
        )
        packages.make_package(project, coder, Path(file), LAPTOP, cost=CHEAP)
    elif what == "hand out":
        packages.make_package(project, coder, Path(file), LAPTOP, cost=CHEAP)
        signal.pause()
    elif what == "merge":
        while True:
            # After the first time there is nothing left to take in.
            merging.merge(project, Path(file))
    elif what == "export":
        while True:
            tables = [project.ask(listing, key, date(2026, 11, 21)) for key in LISTINGS]
            write_listings(Path(file), tables, Origin("A study of tests", {}))


if __name__ == "__main__":
    # Imported where it is wanted, which would take longer than what is to be killed.
    schema.known(schema.NEWEST)
    forking(partial(work, *sys.argv[1:]))
