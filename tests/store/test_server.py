"""A study on a real PostgreSQL: who gets in, what is said when nobody does, and what the server keeps."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, people, rate, server_roles
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, Role, schema
from mio_fidelity.store.keys import SHARED
from mio_fidelity.store.profile import Profile, keep_profile, read_profile
from tests.conftest import OpenStudy
from tests.postgres import PASSWORD, Postgres, binaries
from tests.store.on_server import on_server

pytestmark = pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer")


def changed(study: OpenStudy, place: Path, **values: object) -> Path:
    """A folder whose profile differs."""
    was = read_profile(study.project.place)
    fields = {name: getattr(was, name) for name in Profile.__dataclass_fields__}
    keep_profile(place, Profile(**{**fields, **values}))  # type: ignore[arg-type]
    return place


@pytest.mark.parametrize(
    ("values", "words", "says"),
    [
        ({"host": "no-such-host.invalid"}, PASSWORD, "No computer of this name"),
        ({"port": 1}, PASSWORD, "no database server|no database server does"),
        ({}, "wrong-password-qzxj", "does not accept this name with this password"),
        ({"user": "nobody_qzxj"}, PASSWORD, "does not accept|does not know this name"),
        ({"database": "nothing_qzxj"}, PASSWORD, "no such database"),
        ({"database": "postgres"}, PASSWORD, "no study in this database"),
        ({"sslmode": "require"}, PASSWORD, "no encrypted connection"),
        ({"sslmode": "verify-full"}, PASSWORD, "no encrypted connection|prove"),
    ],
)
def test_each_way_of_not_getting_in_has_its_sentence(
    remote: OpenStudy, tmp_path: Path, values: dict[str, object], words: str, says: str
) -> None:
    place = changed(remote, tmp_path / "changed", **values)
    with pytest.raises(UserError, match=says) as caught:
        Project.open(place, words)
    told = f"{caught.value} {caught.value.values}"
    assert words not in told
    assert PASSWORD not in told


def test_a_server_that_is_down_is_said_to_be(remote: OpenStudy, server: Postgres) -> None:
    server.stop()
    with pytest.raises(UserError, match="no database server does"):
        Project.open(remote.project.place, PASSWORD)
    with pytest.raises(UserError, match=r"cannot be reached|no database server"):
        remote.ask(desk.queue)


def test_a_newer_study_and_one_of_an_older_program_are_refused(remote: OpenStudy) -> None:
    remote.sql("UPDATE alembic_version SET version_num = 'zzzz'")
    with pytest.raises(UserError, match="newer version"):
        Project.open(remote.project.place, PASSWORD)
    remote.sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(UserError, match="older version"):
        Project.open(remote.project.place, PASSWORD)
    remote.sql("UPDATE alembic_version SET version_num = :v", v=schema.NEWEST)
    Project.open(remote.project.place, PASSWORD).close()


def test_the_password_is_in_no_log_no_file_and_no_address(
    remote: OpenStudy, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    remote.do(rate.begin, remote.rating_id)
    with pytest.raises(DBAPIError) as caught:
        remote.sql("SELECT nothing FROM nowhere")
    told = f"{caught.value!r} {caplog.text} {remote.project._engine.url!r} {remote.project._engine!r}"
    assert PASSWORD not in told
    assert all(PASSWORD.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_database_with_a_study_takes_no_second_one(remote: OpenStudy) -> None:
    with pytest.raises(UserError, match="already"):
        Project.create(remote.project.place, PASSWORD, "Another")


def test_a_broken_connection_is_made_anew_without_a_word(remote: OpenStudy, server: Postgres) -> None:
    remote.do(rate.begin, remote.rating_id)
    server.stop()
    server.start()
    remote.set("warm_regard", "fidelity", rated(3))
    assert remote.answer("warm_regard", "fidelity") == rated(3)
    assert len([line for line in remote.audit() if line.verb == "set_answer"]) == 1


def test_texts_sort_as_they_do_in_a_folder(remote: OpenStudy) -> None:
    remote.sign_in("S1")
    for code in ("a1", "B2", "b10", "Z9", "A-2", "A1"):
        remote.do(people.add_person, code, Role.CODER)
    codes = [member.code for member in remote.ask(people.roster)]
    assert codes == sorted(codes)


def test_a_person_tied_to_a_role_is_signed_in_by_it_and_nobody_else_is_she(
    remote: OpenStudy, server: Postgres, tmp_path: Path
) -> None:
    remote.sign_in("S1")
    database = read_profile(remote.project.place).database
    server.sql(f"DROP ROLE IF EXISTS rita; CREATE ROLE rita LOGIN PASSWORD '{PASSWORD}'")
    server.sql(
        "GRANT USAGE ON SCHEMA public TO rita; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA"
        " public TO rita; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rita",
        database,
    )
    remote.do(server_roles.tie, "R1", "rita")
    assert remote.ask(server_roles.ties) == {"R1": "rita"}
    place = changed(remote, tmp_path / "rita", user="rita")
    with Project.open(place, PASSWORD) as project:
        assert project.person_id == remote.people["R1"]
        with pytest.raises(UserError, match="somebody else"):
            project.sign_in(remote.people["S1"])
        project.do(rate.begin, remote.rating_id)
        with project._engine.begin() as connection, pytest.raises(DBAPIError, match="must be owner"):
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    with Project.open(remote.project.place, PASSWORD) as shared:
        assert SHARED in shared.ring.names()
        with pytest.raises(UserError, match="of her own"):
            shared.sign_in(remote.people["R1"])
        with pytest.raises(UserError, match="Nobody has signed in"):
            shared.ask(server_roles.ties)
        shared.sign_in(remote.people["S1"])
        assert shared.ask(server_roles.ties) == {"R1": "rita"}
    remote.sign_in("R2")
    with pytest.raises(UserError, match="supervisor"):
        remote.do(server_roles.tie, "R2", "rita")
    server.sql("DROP OWNED BY rita", database)
    server.sql("DROP ROLE rita")


def test_nobody_is_tied_to_a_name_that_the_server_does_not_know(remote: OpenStudy, server: Postgres) -> None:
    remote.sign_in("S1")
    server.sql("DROP ROLE IF EXISTS a_group; CREATE ROLE a_group NOLOGIN")
    for name in ("postgrse", "Postgres", "a_group"):
        with pytest.raises(UserError, match=f"no name {name} that may sign in"):
            remote.do(server_roles.tie, "R1", name)
    assert remote.ask(server_roles.ties) == {}
    server.sql("DROP ROLE a_group")


def test_pass_phrases_are_the_servers_business(remote: OpenStudy) -> None:
    for change in (
        lambda: remote.project.ring.check("a long pass phrase"),
        lambda: remote.project.ring.replace_slot("x", "a long pass phrase"),
        remote.project.ring.new_recovery_key,
        remote.project.put_away,
    ):
        with pytest.raises(UserError, match="on a server"):
            change()


def test_unlocking_wants_the_password_it_was_opened_with(remote: OpenStudy) -> None:
    assert remote.project.unlock(PASSWORD) == remote.project.opened
    with pytest.raises(UserError, match="not the password"):
        remote.project.unlock("another")


def test_pictures_are_kept_sealed_and_found_again(remote: OpenStudy) -> None:
    remote.project.peaks.write("ab" * 32, b"a picture")
    with Project.open(remote.project.place, PASSWORD) as again:
        assert again.peaks.read("ab" * 32) == b"a picture"
    assert not any(b"a picture" in path.read_bytes() for path in remote.folder.rglob("*") if path.is_file())


def test_a_verb_elsewhere_and_one_here_do_not_break_the_chain(remote: OpenStudy) -> None:
    def twice(db: Db) -> None:
        rate.set_notes(db, remote.rating_id, "one")
        db.flush()
        rate.set_notes(db, remote.rating_id, "two")

    remote.project.do_elsewhere(twice)
    remote.do(rate.set_notes, remote.rating_id, "three")
    assert remote.project.ask_elsewhere(desk.queue)
    assert on_server(remote).sound()
    remote.sql("ALTER TABLE audit DISABLE TRIGGER USER")
    remote.sql("UPDATE audit SET verb = 'other' WHERE id = 2")
    assert not on_server(remote).sound()
