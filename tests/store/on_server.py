"""Studies on the server of the tests, each in a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mio_fidelity.coding import assign, offline, people
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Project, Purpose, Role
from mio_fidelity.store.server import ServerProject
from tests.conftest import OpenStudy, empty_tables
from tests.postgres import PASSWORD, Postgres


@contextmanager
def study_on(server: Postgres, folder: Path, recording: Path) -> Iterator[OpenStudy]:
    """A study with R1, R2 and S1 and a session that R1 rates; R1 is signed in."""
    server.place(folder, database := server.new_database(empty_tables()))
    project = Project.create(folder, PASSWORD, "A study of tests")
    roles = {"R1": Role.CODER, "R2": Role.CODER, "S1": Role.SUPERVISOR}
    members = {code: project.do(people.add_person, code, role).value for code, role in roles.items()}
    instrument_id = project.do(assign.use_instrument, shipped_instrument()).value
    found = examine(recording)
    session_id = project.do(add_session, SessionFacts("C1", 1), [(str(recording), found)], folder).value
    rating_id = project.do(assign.assign, session_id, members["R1"], instrument_id, Purpose.PRODUCTION).value
    project.sign_in(members["R1"])
    study = OpenStudy(project, members, instrument_id, session_id, rating_id, recording)
    yield study
    study.project.close()
    if not server.is_running():
        server.start()
    server.drop(database)


def on_server(study: OpenStudy) -> ServerProject:
    """Its project, as what it is."""
    assert isinstance(study.project, ServerProject)
    return study.project


def bridged(study: OpenStudy) -> ServerProject:
    """Its project, ready to go on without the server."""
    project = on_server(study)
    project.begin_bridge(offline.bridged()).replica = project.fetch_rows()
    return project
