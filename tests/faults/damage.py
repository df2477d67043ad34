"""What a damaged study does when it is opened: it says so, or all that is in it is as it was."""

import random
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, attempts
from mio_fidelity.store.models import Base
from tests.conftest import PASSPHRASE

SAID, FOUND, REMARKED = "refused with a sentence", "found by the check", "opened with a warning"
HARMLESS, WORKS = "harmless", "goes on"
Everything = dict[str, list[tuple[Any, ...]]]


def everything(db: Db) -> Everything:
    """Every row of every table."""
    return {
        table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def outcome(folder: Path, before: Everything, passphrase: str = PASSPHRASE) -> str:
    """What came of opening the study; that nothing in it differs unseen is asserted."""
    attempts.forget(folder)
    try:
        with Project.open(folder, passphrase) as project:
            if not project.sound():
                return FOUND
            assert project.ask(everything) == before
            return REMARKED if project.remarks else HARMLESS
    except UserError:
        return SAID


def flip(path: Path, chance: random.Random) -> None:
    """Turn one bit of a file."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
