"""A server that goes away while somebody rates: nothing is lost, and nothing comes twice."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from mio_fidelity.answer import Answer, Reason, State, rated
from mio_fidelity.coding import desk, offline, people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project
from mio_fidelity.store.bridge import Handed
from mio_fidelity.store.models import Rating
from mio_fidelity.store.server import ServerProject
from tests.conftest import OpenStudy
from tests.postgres import PASSWORD, Postgres, binaries
from tests.store.on_server import bridged, on_server

pytestmark = [
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
    # On a server anyway.
    pytest.mark.on_folder,
]

WARM = "warm_regard"


def waiting(study: OpenStudy) -> int:
    bridge = on_server(study).bridge
    assert bridge is not None
    return bridge.waiting


def handed_in(project: ServerProject) -> Handed:
    """As soon as the server has let go of what was broken off."""
    for _ in range(20):
        with suppress(UserError):
            return project.hand_in()
    return project.hand_in()


def test_rating_goes_on_and_arrives_in_order_exactly_once(remote: OpenStudy, server: Postgres) -> None:
    project = bridged(remote)
    remote.do(rate.begin, remote.rating_id)
    remote.set(WARM, "fidelity", rated(3))
    server.stop()
    remote.set(WARM, "fidelity", rated(4))
    remote.set(WARM, "fidelity", rated(5))
    remote.do(rate.set_notes, remote.rating_id, "typed without a server")
    mark = remote.do(rate.mark_evidence, remote.rating_id, WARM, 700, "warm voice")
    remote.do(rate.edit_mark, mark, note="warm words")
    cannot = Answer(State.CANNOT_RATE, reason=Reason.INAUDIBLE)
    remote.set("child_mind", "fidelity", cannot)
    before = remote.desk()
    assert (before.answers[WARM, "fidelity"], before.answers["child_mind", "fidelity"]) == (rated(5), cannot)
    assert [(each.id, each.note) for each in before.marks] == [(mark, "warm words")]
    assert waiting(remote) == 6

    server.start()
    handed = project.hand_in()
    assert (handed.arrived, handed.refused, waiting(remote)) == (6, (), 0)
    assert remote.desk() == before
    verbs = [line.verb for line in remote.audit()][-6:]
    assert verbs == ["set_answer", "set_answer", "set_notes", "mark_evidence", "edit_mark", "set_answer"]
    assert project.hand_in().arrived == 0
    assert project.sound()


def test_what_needs_the_server_is_refused_with_a_sentence(remote: OpenStudy, server: Postgres) -> None:
    bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(4))
    with pytest.raises(UserError, match="has to wait"):
        remote.do(people.set_coverage_share, 0.5)
    with pytest.raises(UserError, match="has to wait"):
        remote.ask(lambda db: db.get(Rating, remote.rating_id))
    assert len(remote.ask(desk.queue)) == 1


def test_a_verb_that_refuses_leaves_nothing_in_the_journal(remote: OpenStudy, server: Postgres) -> None:
    bridged(remote)
    server.stop()
    with pytest.raises(UserError, match="Please rate"):
        remote.do(rate.submit, remote.rating_id)
    assert waiting(remote) == 0


def test_all_is_rated_and_submitted_without_a_server(remote: OpenStudy, server: Postgres) -> None:
    project = bridged(remote)
    remote.do(rate.begin, remote.rating_id)
    server.stop()
    for slot in remote.desk().open_slots:
        if slot in remote.desk().open_slots:
            remote.set(*slot, rated(4))
    remote.do(rate.submit, remote.rating_id, little_heard=True)
    assert remote.desk().submitted_at is not None
    answers = remote.desk().answers
    server.start()
    assert project.hand_in().refused == ()
    assert remote.desk().answers == answers
    assert remote.desk().submitted_at is not None


def test_what_somebody_changed_meanwhile_is_left_and_told(
    remote: OpenStudy, server: Postgres, tmp_path: Path
) -> None:
    project = bridged(remote)
    remote.set(WARM, "fidelity", rated(2))
    server.stop()
    remote.set(WARM, "fidelity", rated(6))
    remote.do(rate.set_notes, remote.rating_id, "from the train")
    server.start()
    with Project.open(remote.project.place, PASSWORD) as elsewhere:
        elsewhere.sign_in(remote.people["R1"])
        elsewhere.do(rate.set_answer, remote.rating_id, WARM, "fidelity", rated(1))
    handed = project.hand_in()
    assert handed.arrived == 1
    (refused,) = handed.refused
    assert "changed elsewhere" in refused.why
    assert offline.said(refused) == "warm_regard, fidelity: rated:6"
    assert remote.answer(WARM, "fidelity") == rated(1)
    assert remote.desk().notes == "from the train"
    # It stays to be seen, also when the program was closed meanwhile.
    bridge = project.begin_bridge(offline.bridged())
    assert bridge.refused() == handed.refused
    bridge.forget_refused()
    assert bridge.refused() == ()


def test_a_rating_taken_back_meanwhile_refuses_what_comes_late(remote: OpenStudy, server: Postgres) -> None:
    project = bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(6))
    server.start()

    def take_back(db: Db) -> None:
        db.get_one(Rating, remote.rating_id).withdrawn_at = db.get_one(Rating, remote.rating_id).assigned_at

    with Project.open(remote.project.place, PASSWORD) as elsewhere:
        elsewhere.do(take_back)
    (refused,) = project.hand_in().refused
    assert "not one of your sessions" in refused.why


def test_a_call_that_was_stored_although_the_answer_was_lost_is_not_stored_again(remote: OpenStudy) -> None:
    project = bridged(remote)
    bridge = project.bridge
    assert bridge is not None
    call = bridge.new_call()
    lost = project._do_as(call, rate.mark_evidence, remote.rating_id, WARM, 700, "once").value
    assert lost == call.made
    # As after a connection that broke at the very end: the same call goes to the journal too.
    bridge.replica = None
    project.bridge = None
    without = project.fetch_rows()
    without.do("", lambda _db, _value: None, rate.remove_mark, lost)
    bridge.replica, bridge.away, project.bridge = without, True, bridge
    assert bridge.do(call, rate.mark_evidence, remote.rating_id, WARM, 700, "once").value == lost
    assert project.hand_in().arrived == 0
    assert [mark.id for mark in remote.desk().marks] == [lost]


def test_the_journal_survives_a_kill_and_is_handed_in_by_the_next_start(
    remote: OpenStudy, server: Postgres
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.store.rate_offline", str(remote.project.place), remote.rating_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin
    assert program.stdout
    assert program.stdout.readline() == "ready\n"
    server.stop()
    print("go", file=program.stdin, flush=True)
    shown = [program.stdout.readline().strip() for _ in range(3)]
    os.kill(program.pid, signal.SIGKILL)
    program.communicate()
    assert shown == ["1", "2", "3"]
    kept = b"".join(path.read_bytes() for path in (remote.project.place / "journal").iterdir())
    assert b"set_answer" not in kept
    assert b"canary" not in kept

    server.start()
    project = bridged(remote)
    assert project.hand_in().arrived >= 3
    assert remote.desk().notes.startswith("canary")
    assert remote.answer(WARM, "fidelity").value in (3, 4, 5, 6, 7)


def test_who_rates_does_not_wait_for_somebody_who_stores_for_long(remote: OpenStudy) -> None:
    project = bridged(remote)
    with Project.open(remote.project.place, PASSWORD) as elsewhere, elsewhere._engine.begin():
        # Storing all the time.
        remote.set(WARM, "fidelity", rated(6))
        assert (remote.answer(WARM, "fidelity"), waiting(remote)) == (rated(6), 1)
        with pytest.raises(UserError, match="storing something large"):
            project.hand_in()
    assert project.hand_in().arrived == 1
    assert remote.answer(WARM, "fidelity") == rated(6)


def test_a_server_that_hangs_without_a_word_is_given_up(
    remote: OpenStudy, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mio_fidelity.store.server.PATIENCE_S", 1.0)
    project = bridged(remote)
    remote.do(rate.begin, remote.rating_id)
    server.freeze(True)
    try:
        remote.set(WARM, "fidelity", rated(6))
        assert (remote.answer(WARM, "fidelity"), waiting(remote)) == (rated(6), 1)
    finally:
        server.freeze(False)
    assert handed_in(project).refused == ()
    assert remote.answer(WARM, "fidelity") == rated(6)
    assert [line.verb for line in remote.audit()].count("set_answer") == 1


def test_somebody_elses_journal_is_not_touched(remote: OpenStudy, server: Postgres) -> None:
    project = bridged(remote)
    server.stop()
    remote.set(WARM, "fidelity", rated(6))
    server.start()
    project.sign_in(remote.people["R2"])
    assert project.begin_bridge(offline.bridged()).waiting == 0
    project.sign_in(remote.people["R1"])
    assert project.begin_bridge(offline.bridged()).waiting == 1
