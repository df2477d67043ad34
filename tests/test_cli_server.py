"""The commands about servers, as somebody types them."""

import json
from pathlib import Path

import pytest

from mio_fidelity.coding import people
from mio_fidelity.store import Project
from tests.conftest import PASSPHRASE, OpenStudy, running
from tests.postgres import PASSWORD, ROOT, binaries
from tests.test_cli import refused, run

pytestmark = [
    pytest.mark.on_folder,
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
]


def words_in(path: Path, words: str) -> Path:
    path.write_text(words)
    return path


def test_a_study_is_moved_opened_and_copied_plainly(
    study: OpenStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = running(), study.folder
    study.project.close()
    there, words = tmp_path / "there", words_in(tmp_path / "words", PASSWORD)
    database = server.new_database()
    server.place(there, database)
    monkeypatch.setenv("MIO_FIDELITY_PASSPHRASE", PASSPHRASE)
    moved = json.loads(run("move", folder, there, "--to-passphrase-file", words, "--json").stdout)
    assert (moved["rows"]["rating"], moved["pictures"]) == (1, 1)

    where = ("--host", "127.0.0.1", "--port", str(server.port), "--database", database, "--user", ROOT)
    again = tmp_path / "again"
    done = run(
        "connect", again, *where, "--protection", "prefer", "--tie", f"S1={ROOT}", "--passphrase-file", words
    )
    assert done.stdout == "Connected; the study's record is whole.\n"
    with Project.open(again, PASSWORD) as project:
        assert project.person_id == study.people["S1"]
    plain = run("export-plain", again, tmp_path / "plain.db", "--json", "--passphrase-file", words)
    assert json.loads(plain.stdout)["rows"]["ratings"] == 1
    assert "NOT encrypted" in plain.stderr
    assert PASSWORD not in (again / "server.json").read_text()
    assert run("info", again, "--passphrase-file", words).returncode == 0
    server.drop(database)


def test_a_study_is_made_on_a_server_and_brought_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, there, words = running(), tmp_path / "there", words_in(tmp_path / "words", PASSWORD)
    database = server.new_database()
    where = ("--host", "127.0.0.1", "--port", str(server.port), "--database", database, "--user", ROOT)
    found = run("connect", there, *where, "--protection", "prefer", "--passphrase-file", words)
    assert "no study in this database yet" in found.stdout
    run("new", there, "--supervisor", "S1", "--coder", "R1", "--passphrase-file", words)
    assert "record is whole" in run("connect", there, "--passphrase-file", words).stdout
    assert run("verify", there, "--passphrase-file", words).stdout.startswith("ok   file         on a server")
    own = words_in(tmp_path / "own", "a pass phrase of my own")
    run("move", there, tmp_path / "home", "--passphrase-file", words, "--to-passphrase-file", own)
    assert "on a server" not in run("verify", tmp_path / "home", "--passphrase-file", own).stdout
    with Project.open(tmp_path / "home", "a pass phrase of my own") as project:
        assert [each.code for each in project.ask(people.roster)] == ["R1", "S1"]
    server.drop(database)


def test_a_connection_that_fails_says_why(tmp_path: Path) -> None:
    words = words_in(tmp_path / "words", PASSWORD)
    where = ("--host", "127.0.0.1", "--port", "1", "--database", "x", "--user", "y")
    said = refused("connect", tmp_path / "there", *where, "--passphrase-file", words)
    assert "no database server does" in said
