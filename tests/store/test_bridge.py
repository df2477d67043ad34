"""Work that goes on without a server: what it cannot take, two windows, times, and connections that died."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, moving, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project
from mio_fidelity.store.journal import waits
from mio_fidelity.store.models import Rating, Score, as_of, now
from mio_fidelity.store.profile import read_profile
from tests.conftest import PASSPHRASE, OpenStudy
from tests.postgres import PASSWORD, Postgres, binaries
from tests.store.on_server import bridged, on_server

pytestmark = [
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
    # On a server anyway.
    pytest.mark.on_folder,
]

WARM, MIND = "warm_regard", "child_mind"


def test_an_entry_that_the_database_cannot_take_is_in_nobody_elses_way(
    remote: OpenStudy, server: Postgres
) -> None:
    project = bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(3))
    # A character that the rows in memory take, and the server does not.
    remote.do(rate.set_notes, remote.rating_id, "typed\0badly")
    remote.set(MIND, "fidelity", rated(5))
    server.start()
    handed = project.hand_in()
    assert handed.arrived == 2
    (refused,) = handed.refused
    assert refused.verb == "set_notes"
    assert "a character that cannot be stored" in refused.why
    assert (remote.answer(WARM, "fidelity"), remote.answer(MIND, "fidelity")) == (rated(3), rated(5))
    assert remote.desk().notes == ""
    assert not project.away
    assert not waits(project.place)
    assert project.sound()


def test_one_of_two_windows_has_the_journal_and_the_other_says_so(remote: OpenStudy) -> None:
    bridged(remote)
    with Project.open(remote.project.place, PASSWORD) as second:
        second.sign_in(remote.people["R1"])
        other = OpenStudy(second, remote.people, remote.instrument_id, "", remote.rating_id, Path())
        with pytest.raises(UserError, match="another window"):
            bridged(other)
        # With the server, all goes on there.
        assert on_server(other).bridge is None
        other.set(WARM, "fidelity", rated(6))
        assert other.answer(WARM, "fidelity") == rated(6)
        # Another person's journal is another one.
        second.sign_in(remote.people["R2"])
        bridged(other)
        second.sign_in(remote.people["R1"])
        on_server(remote).end_bridge()
        bridged(other)


def test_work_keeps_its_own_times_and_the_trail_those_at_which_it_arrived(
    remote: OpenStudy, server: Postgres
) -> None:
    project = bridged(remote)
    server.stop()
    remote.do(rate.begin, remote.rating_id)
    bridge = project.bridge
    assert bridge is not None
    (entry,) = bridge._journal.entries()
    rated_at, long_ago = datetime.fromisoformat(entry.at), datetime.now(UTC) - timedelta(days=3)
    assert abs(datetime.now(UTC) - rated_at) < timedelta(hours=1)
    with as_of(long_ago.isoformat()):
        remote.set(WARM, "fidelity", rated(4))
    server.start()
    before = datetime.now(UTC)
    assert project.hand_in().arrived == 2
    assert remote.ask(_times, remote.rating_id) == (rated_at, long_ago)
    trail = remote.sql("SELECT at FROM audit WHERE verb IN ('begin', 'set_answer')")
    assert trail
    assert all(before <= line.at <= datetime.now(UTC) for line in trail)


def _times(db: Db, rating_id: str) -> tuple[datetime | None, datetime]:
    (score,) = db.scalars(select(Score).where(Score.rating_id == rating_id))
    return db.get_one(Rating, rating_id).begun_at, score.scored_at


def test_no_work_is_done_in_a_time_to_come() -> None:
    with as_of((datetime.now(UTC) + timedelta(days=1)).isoformat()):
        assert now() <= datetime.now(UTC)
    with as_of(""):
        assert now() <= datetime.now(UTC)


def test_a_study_does_not_move_away_from_what_waits_for_it(
    remote: OpenStudy, server: Postgres, tmp_path: Path
) -> None:
    project = bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(4))
    server.start()
    with Project.open(project.place, PASSWORD) as supervisors:
        supervisors.sign_in(remote.people["S1"])
        with pytest.raises(UserError, match="has not arrived there yet"):
            moving.move(supervisors, tmp_path / "home", PASSPHRASE)
    assert not (tmp_path / "home").exists()
    assert [line.verb for line in remote.audit() if line.verb == "note_move"] == []


def test_a_damaged_journal_is_set_aside_and_the_study_goes_on(remote: OpenStudy, server: Postgres) -> None:
    bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(4))
    remote.set(MIND, "fidelity", rated(5))
    server.start()
    (path,) = (remote.project.place / "journal").glob("*.journal")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="open it here again"):
        on_server(remote).hand_in()

    project = bridged(remote)
    bridge = project.bridge
    assert bridge is not None
    assert bridge.damaged
    assert project.hand_in().arrived == 1
    assert (remote.answer(WARM, "fidelity"), waits(project.place)) == (rated(4), False)
    assert path.with_name(path.name + ".damaged").read_bytes() == content
    remote.set(MIND, "fidelity", rated(6))
    assert remote.answer(MIND, "fidelity") == rated(6)


def test_a_question_over_a_dead_connection_is_asked_once_more(remote: OpenStudy, server: Postgres) -> None:
    assert len(remote.ask(desk.queue)) == 1
    hang_up(server, remote)
    assert len(remote.ask(desk.queue)) == 1
    project = bridged(remote)
    hang_up(server, remote)
    assert len(remote.ask(desk.queue)) == 1
    assert not project.away


def hang_up(server: Postgres, study: OpenStudy) -> None:
    """Let the server end all connections to the study, and take new ones."""
    database = read_profile(study.project.place).database
    server.sql(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{database}'")


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_a_verb_reads_what_the_last_one_stored_however_the_server_is_set(
    remote: OpenStudy, server: Postgres, level: str
) -> None:
    database = read_profile(remote.project.place).database
    server.sql(f"ALTER DATABASE {database} SET default_transaction_isolation = '{level}'")
    hang_up(server, remote)
    with Project.open(remote.project.place, PASSWORD) as again:
        assert again.do(_isolation).value == "read committed"
        assert again.ask(_isolation) == "repeatable read"


def _isolation(db: Db) -> str:
    return str(db.scalar(text("SHOW transaction_isolation")))
