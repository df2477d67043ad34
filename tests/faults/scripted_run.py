"""A coder at work, for ever: notes in a journal what she is about to do and what is done."""

import json
import os
import random
import sys
from functools import partial
from pathlib import Path
from typing import Any

from mio_fidelity.answer import Answer
from mio_fidelity.coding import desk, rate
from mio_fidelity.store import Project
from tests.faults.killing import forking, ready


def work(folder: str, passphrase: str, person_id: str, rating_id: str, journal: str) -> None:
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ready()
    project = Project.open(Path(folder), passphrase)
    project.sign_in(person_id)
    scales = [scale.key for scale in project.ask(desk.desk, rating_id).instrument.scales]
    chance = random.Random(journal)
    step = 0
    while True:
        step += 1
        deed = chosen(chance, scales, f"{Path(journal).name}-{step}")
        os.write(handle, f"{json.dumps(['about to', *deed])}\n".encode())
        do(project, rating_id, *deed)
        os.write(handle, f"{json.dumps(['done', *deed])}\n".encode())


def chosen(chance: random.Random, scales: list[str], tag: str) -> tuple[Any, ...]:
    """One thing a coder does: a word and what belongs to it."""
    match chance.randrange(5):
        case 0 | 1:
            dimension = chance.choice(("fidelity", "competence"))
            return "answer", chance.choice(scales), dimension, f"rated:{chance.randint(2, 7)}"
        case 2:
            return "mark", chance.choice(scales), chance.randrange(3000), f"mark {tag}"
        case 3:
            return "notes", f"notes {tag} " * chance.choice((1, 10, 500))
        case _:
            start = chance.randrange(2900)
            return "hear", start, start + chance.randrange(1, 100)


def do(project: Project, rating_id: str, what: str, *details: Any) -> None:
    if what == "answer":
        scale, dimension, word = details
        project.do(rate.set_answer, rating_id, scale, dimension, Answer.decode(word))
    elif what == "mark":
        project.do(rate.mark_evidence, rating_id, *details)
    elif what == "notes":
        project.do(rate.set_notes, rating_id, *details)
    else:
        project.do(rate.hear, rating_id, *details, 1.0)


if __name__ == "__main__":
    forking(partial(work, *sys.argv[1:]))
