"""Rates until it is killed; says after each answer how many it has given. Its server goes away meanwhile."""

import sys
from itertools import count
from pathlib import Path

from mio_fidelity.answer import rated
from mio_fidelity.coding import offline, people, rate
from mio_fidelity.store import Project
from mio_fidelity.store.server import ServerProject
from tests.postgres import PASSWORD


def main(place: Path, rating_id: str) -> None:
    project = Project.open(place, PASSWORD)
    assert isinstance(project, ServerProject)
    project.sign_in(next(each.id for each in project.ask(people.roster) if each.code == "R1"))
    project.begin_bridge(offline.bridged()).replica = project.fetch_rows()
    print("ready", flush=True)
    sys.stdin.readline()
    for n in count(1):
        project.do(rate.set_notes, rating_id, f"canary {n}")
        project.do(rate.set_answer, rating_id, "warm_regard", "fidelity", rated(n % 5 + 3))
        print(n, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
