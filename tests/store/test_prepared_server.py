"""A server prepared as the README says: who may do what on it, and encrypted connections."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mio_fidelity import paths
from mio_fidelity.coding import assign, people, rate, removal, server_roles
from mio_fidelity.coding.recordings import SessionFacts, add_session
from mio_fidelity.coding.removal import Words
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Project, Purpose, Role
from mio_fidelity.store.profile import Profile, keep_profile
from tests.conftest import OpenStudy, running
from tests.postgres import PASSWORD, ROOT, Postgres, binaries

PSQL = (binaries() or Path()) / "psql"
pytestmark = pytest.mark.skipif(not PSQL.is_file(), reason="there is no PostgreSQL on this computer")

STUDY = "lab"
NAMES = {"s1": "supervisors", "s2": "supervisors", "r1": "coders"}


@dataclass
class Lab:
    """A prepared server, and everybody's way in."""

    server: Postgres
    root: Path

    def place(self, name: str, **how: str) -> Path:
        """The connection of somebody, by her name there."""
        folder = self.root / name
        profile = {"sslmode": "prefer"} | how
        keep_profile(folder, Profile("127.0.0.1", STUDY, name, self.server.port, **profile))
        return folder

    def open(self, name: str) -> Project:
        return Project.open(self.place(name), PASSWORD)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    server = running()
    file = paths.resources() / "postgresql.sql"
    where = ("-h", "127.0.0.1", "-p", str(server.port), "-U", ROOT)
    done = subprocess.run(
        [PSQL, "-X", "-q", *where, "-v", f"study={STUDY}", "-f", file, "postgres"],
        env={**os.environ, "PGPASSWORD": PASSWORD},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for name, group in NAMES.items():
        server.sql(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE {STUDY}_{group}")
    yield Lab(server, tmp_path)
    server.drop(STUDY)
    for name in (*NAMES, f"{STUDY}_supervisors", f"{STUDY}_coders"):
        server.sql(f"DROP ROLE {name}")


@pytest.fixture
def study(lab: Lab, recording: Path) -> Iterator[OpenStudy]:
    """Made by S1, everybody tied to her name; R1 has submitted a rating with a note. S1 is signed in."""
    with Project.create(lab.place("s1"), PASSWORD, "A study of tests", supervisor="S1") as project:
        project.sign_in(next(each.id for each in project.ask(people.roster)))
        members = {"S1": project.person_id or ""}
        for code, role in (("S2", Role.SUPERVISOR), ("R1", Role.CODER)):
            members[code] = project.do(people.add_person, code, role).value
        for code in members:
            project.do(server_roles.tie, code, code.lower())
        edition = project.do(assign.use_instrument, shipped_instrument()).value
        parts = [(str(recording), examine(recording))]
        session = project.do(add_session, SessionFacts("C1", 1), parts, lab.root).value
        rating = project.do(assign.assign, session, members["R1"], edition, Purpose.PRODUCTION).value
    with lab.open("r1") as project:
        coder = OpenStudy(project, members, edition, session, rating, recording)
        coder.do(rate.set_notes, rating, "canary")
        coder.submit()
    found = OpenStudy(lab.open("s1"), members, edition, session, rating, recording)
    yield found
    found.project.close()


def test_everybody_is_who_her_name_says(study: OpenStudy, lab: Lab) -> None:
    assert study.project.person_id == study.people["S1"]
    with lab.open("r1") as project:
        assert project.person_id == study.people["R1"]
        with pytest.raises(UserError, match="Only a supervisor"):
            project.do(removal.remove, [study.session_id], frozenset(Words))
    assert study.project.sound()


def test_any_supervisor_erases_what_another_ones_study_holds(study: OpenStudy, lab: Lab) -> None:
    with lab.open("s2") as project:
        project.do(removal.remove, [study.session_id], frozenset(Words))
        assert project.sound()
    assert study.sql("SELECT notes FROM rating") == [("",)]
    assert "canary" not in str(study.audit())


def test_a_coders_name_lifts_no_rule_and_makes_no_table(study: OpenStudy, lab: Lab) -> None:
    with lab.open("r1") as project:
        for statement in (
            "ALTER TABLE audit DISABLE TRIGGER USER",
            "DROP FUNCTION audit_update CASCADE",
            "CREATE TABLE own (id integer)",
            "SET session_replication_role = replica",
            f"SET ROLE {STUDY}_supervisors",
        ):
            with project._engine.begin() as connection, pytest.raises(DBAPIError, match=r"owner|permission"):
                connection.execute(text(statement))


def test_tables_belong_to_the_supervisors_and_not_to_who_made_them(study: OpenStudy) -> None:
    owners = study.sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [(f"{STUDY}_supervisors",)]


def test_who_is_in_no_group_does_not_get_in(lab: Lab) -> None:
    lab.server.sql(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORD}'")
    try:
        with pytest.raises(UserError, match="may not do this"):
            lab.open("stranger")
    finally:
        lab.server.sql("DROP ROLE stranger")


def test_nobody_ties_herself_to_a_name_that_would_shut_her_out(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="signed in under another name"):
        study.do(server_roles.tie, "S1", "s2_elsewhere")


@pytest.fixture
def certificate(lab: Lab) -> Iterator[Path]:
    """What vouches for the server, which then offers encryption."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the server of tests")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    lab.server.offer_encryption(made, secret)
    file = lab.root / "root.crt"
    file.write_bytes(made)
    yield file
    lab.server.offer_encryption(None, None)


@pytest.mark.parametrize("protection", ["require", "verify-ca", "verify-full"])
def test_a_connection_is_encrypted_and_knows_its_server(
    study: OpenStudy, lab: Lab, certificate: Path, protection: str
) -> None:
    with (
        Project.open(lab.place("r1", sslmode=protection, root_certificate=str(certificate)), PASSWORD) as one,
        one._engine.connect() as connection,
    ):
        query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.execute(text(query)).scalar() is True


def test_a_server_that_nobody_vouches_for_gets_no_password(
    study: OpenStudy, lab: Lab, certificate: Path
) -> None:
    with pytest.raises(UserError, match="could not prove"):
        Project.open(lab.place("r1", sslmode="verify-full"), PASSWORD)
    certificate.write_bytes(b"")
    with pytest.raises(UserError, match=r"could not prove|no password was sent"):
        Project.open(lab.place("r1", sslmode="verify-full", root_certificate=str(certificate)), PASSWORD)
