"""What the check of a study on a real server finds, and that it finds nothing where nothing is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import assign, rate, study_settings
from mio_fidelity.store import Project, Purpose
from mio_fidelity.store.profile import read_profile
from mio_fidelity.store.verify import Check, verify_study
from tests.conftest import OpenStudy
from tests.postgres import PASSWORD, Postgres, binaries
from tests.store.on_server import study_on
from tests.test_cli import run

pytestmark = pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer")


@pytest.fixture
def remote(server: Postgres, tmp_path: Path, recording: Path) -> Iterator[OpenStudy]:
    """With a submitted rating that was amended; opened once more since."""
    with study_on(server, tmp_path / "remote", recording) as study:
        study.submit()
        study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(5)}, "typing slip")
        study.sign_in("S1")
        study.do(
            assign.assign, study.session_id, study.people["R2"], study.instrument_id, Purpose.DRIFT, date.max
        )
        study.do(study_settings.choose, "canary", {"one": [1, 2.5, "two"]})
        study.project.close()
        study.project = Project.open(study.project.place, PASSWORD)
        study.sign_in("R1")
        yield study


def checked(study: OpenStudy) -> dict[str, Check]:
    return {each.key: each for each in verify_study(study.project.place, PASSWORD)}


def past_the_program(server: Postgres, study: OpenStudy, statement: str) -> None:
    """As whoever owns the database could, leaving the rules as they were."""
    off = "SET session_replication_role = replica"
    server.sql(f"{off}; {statement}", read_profile(study.project.place).database)


def test_a_study_that_was_worked_in_fits_while_others_work(remote: OpenStudy) -> None:
    remote.project.say_moved()
    found = checked(remote)
    assert {key: each.fits for key, each in found.items()} == dict.fromkeys(
        ("file", "trail", "tail", "rows", "recordings", "backups"), True
    )
    assert found["rows"].numbers["rows"] > 20
    assert found["trail"].numbers["lines"] == len(remote.audit())
    assert "whoever looks after the server" in str(found["backups"].says)


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("UPDATE score SET value = 7 WHERE value = 5", "rows"),
        ("UPDATE rating SET begun_at = '2020-01-01'", "rows"),
        ("DELETE FROM score WHERE value = 5", "rows"),
        ("UPDATE rating SET due_on = '2020-01-01' WHERE due_on IS NOT NULL", "rows"),
        ("UPDATE person SET role = 'supervisor'", "rows"),
        ("UPDATE setting SET value = '{}' WHERE key = 'canary'", "rows"),
        ("UPDATE audit SET verb = 'set_answer' WHERE verb = 'amend'", "trail"),
        ("DELETE FROM audit WHERE id = 3", "trail"),
        ("ALTER TABLE audit DISABLE TRIGGER audit_update", "file"),
        ("DROP FUNCTION audit_delete CASCADE", "file"),
        ("DELETE FROM audit WHERE id > (SELECT max(id) - 3 FROM audit)", "tail"),
    ],
)
def test_what_was_changed_past_the_program_is_found(
    remote: OpenStudy, server: Postgres, statement: str, key: str
) -> None:
    past_the_program(server, remote, statement)
    assert key in [each.key for each in checked(remote).values() if not each.fits]


def test_who_opens_a_study_that_was_put_back_is_told_once(remote: OpenStudy, server: Postgres) -> None:
    place = remote.project.place
    assert remote.project.remarks == ()
    past_the_program(server, remote, "DELETE FROM audit WHERE id > (SELECT max(id) - 3 FROM audit)")
    with Project.open(place, PASSWORD) as again:
        (remark,) = again.remarks
        assert "ends earlier" in str(remark)
    with Project.open(place, PASSWORD) as later:
        assert later.remarks == ()


def test_the_command_says_what_fits(remote: OpenStudy, server: Postgres, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text(PASSWORD)
    done = run("verify", remote.project.place, "--passphrase-file", words)
    assert "ok   file         on a server" in done.stdout
    past_the_program(server, remote, "UPDATE score SET value = 7 WHERE value = 5")
    run("verify", remote.project.place, "--passphrase-file", words, code=1)
