"""One person who writes to a study on a server as fast as she can, and tells at the end what was stored."""

import json
import sys
import time
from pathlib import Path

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project
from mio_fidelity.store.models import Rating
from tests.postgres import PASSWORD

SLOT = ("warm_regard", "fidelity")


def note_by_supervisor(db: Db, rating_id: str, words: str) -> None:
    """A change of a supervisor's, on a row that nobody else writes."""
    people.only_supervisors(db)
    db.get_one(Rating, rating_id).notes = words


def main(place: Path, code: str, rating_id: str, seconds: float) -> None:
    stored, seen = 0, 0
    with Project.open(place, PASSWORD) as project:
        project.sign_in(next(each.id for each in project.ask(people.roster) if each.code == code))
        supervisor = code.startswith("S")
        print("ready", flush=True)
        sys.stdin.readline()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if supervisor:
                    project.do(note_by_supervisor, rating_id, f"{code} {stored + 1}")
                else:
                    # No rule follows from any of these, so each is one line of the trail.
                    answer = rated(stored % 4 + 3)
                    project.do(rate.set_answer, rating_id, *SLOT, answer)
                    seen += project.ask(desk.desk, rating_id).answers[SLOT] == answer
            except UserError as error:
                print(json.dumps({"refused": str(error)}), flush=True)
                return
            stored += 1
    print(json.dumps({"stored": stored, "seen": seen}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
