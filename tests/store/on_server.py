"""Studies on the server of the tests, each in a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mio_fidelity.coding import assign, offline, people, server_roles
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Project, Purpose, Role
from mio_fidelity.store.profile import keep_profile, read_profile
from mio_fidelity.store.server import ServerProject
from tests.conftest import OpenStudy, empty_tables, running
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


def open_under_own_name(study: OpenStudy, code: str) -> None:
    """Make a database role that a supervisor, who is signed in, ties to somebody; open the study with it."""
    server, profile = running(), read_profile(study.project.place)
    role = f"{code}_{profile.database}".lower()
    server.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    server.sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        profile.database,
    )
    study.do(server_roles.tie, code, role)
    study.project.close()
    keep_profile(study.project.place, replace(profile, user=role))
    study.project = Project.open(study.project.place, PASSWORD)


def on_server(study: OpenStudy) -> ServerProject:
    """Its project, as what it is."""
    assert isinstance(study.project, ServerProject)
    return study.project


def bridged(study: OpenStudy) -> ServerProject:
    """Its project, ready to go on without the server."""
    project = on_server(study)
    project.begin_bridge(offline.bridged()).replica = project.fetch_rows()
    return project
