"""Twenty coders and two supervisors write to one server at once: nothing is lost, and the trail holds."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mio_fidelity.coding import assign, people
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db, Project, Purpose, Role
from mio_fidelity.store.models import Audit
from tests.conftest import running
from tests.postgres import PASSWORD, binaries

pytestmark = pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer")

CODERS, SUPERVISORS, SECONDS = 20, 2, 6


def told(program: "subprocess.Popen[str]") -> dict[str, int]:
    out, _ = program.communicate(timeout=120)
    return dict(json.loads(out))


def verbs(db: Db) -> list[tuple[str | None, str, str]]:
    rows = db.query(Audit.person_id, Audit.verb, Audit.table_name).order_by(Audit.id)
    return [tuple(row) for row in rows]


def test_nothing_of_what_anybody_stored_is_lost(tmp_path: Path, recording: Path) -> None:
    server = running()
    place = server.place(tmp_path / "soak", database := server.new_database())
    codes = [f"R{n}" for n in range(1, CODERS + 1)] + [f"S{n}" for n in range(1, SUPERVISORS + 1)]
    with Project.create(place, PASSWORD, "A soak") as project:
        ids, ratings = {}, {}
        for code in codes:
            role = Role.SUPERVISOR if code.startswith("S") else Role.CODER
            ids[code] = project.do(people.add_person, code, role).value
        edition = project.do(assign.use_instrument, shipped_instrument()).value
        session = project.do(
            add_session, SessionFacts("C1", 1), [(str(recording), examine(recording))], place
        ).value
        for code in codes:
            ratings[code] = project.do(assign.assign, session, ids[code], edition, Purpose.PRODUCTION).value
        before = project.ask(verbs)
        programs = {
            code: subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.store.soak_writer",
                    str(place),
                    code,
                    ratings[code],
                    str(SECONDS),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for code in codes
        }
        for program in programs.values():
            assert program.stdout
            assert program.stdout.readline() == "ready\n"
        for program in programs.values():
            assert program.stdin
            program.stdin.write("\n")
            program.stdin.flush()
        results = {code: told(program) for code, program in programs.items()}

        assert all(result.get("stored", 0) > 0 for result in results.values()), results
        # What is asked right after is what was stored right before, whoever else wrote in between.
        assert all(each["seen"] == each["stored"] for code, each in results.items() if code.startswith("R"))
        lines = Counter(who for who, verb, _ in project.ask(verbs)[len(before) :])
        assert lines == Counter({ids[code]: result["stored"] for code, result in results.items()})
        assert project.sound()
    server.drop(database)
