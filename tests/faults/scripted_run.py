"""A coder at work, in a process of its own that can be killed: ``python -m tests.faults.scripted_run``.

Reads the name of a journal from each line of its input, and forks a process that opens the study and works
on it for ever, noting in the journal what it is about to do and what is done. Prints the id of that process,
and its exit code when it has ended.
"""

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from mio_fidelity.answer import Answer
from mio_fidelity.coding import desk, rate
from mio_fidelity.store import Project


def main(folder: Path, passphrase: str, person_id: str, rating_id: str) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(folder, passphrase, person_id, rating_id, Path(line.strip()))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def work(folder: Path, passphrase: str, person_id: str, rating_id: str, journal: Path) -> None:
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    project = Project.open(folder, passphrase)
    project.sign_in(person_id)
    scales = [scale.key for scale in project.ask(desk.desk, rating_id).instrument.scales]
    chance = random.Random(str(journal))
    step = 0
    while True:
        step += 1
        deed = chosen(chance, scales, f"{journal.name}-{step}")
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
    main(Path(sys.argv[1]), *sys.argv[2:])
