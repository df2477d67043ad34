"""The commands about servers, as somebody types them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mio_fidelity.coding import people
from mio_fidelity.store import Project
from mio_fidelity.store.profile import FILE, Profile, keep_profile, read_profile
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


def test_a_connection_that_is_kept_changes_only_when_that_is_wanted(tmp_path: Path) -> None:
    there, words = tmp_path / "there", words_in(tmp_path / "words", PASSWORD)
    files = str(tmp_path / "shared")
    # Nothing listens there: whether the server answers is another question.
    before = Profile("127.0.0.1", "x", "y", 1, "prefer", files=files)
    keep_profile(there, before)
    content = (there / FILE).read_bytes()
    for changed in (["--host", "localhost"], ["--user", "z"], ["--port", "2"], ["--files", tmp_path]):
        said = refused("connect", there, *changed, "--passphrase-file", words)
        assert "Another connection is kept in this folder" in said
        assert "--replace" in said
        assert (there / FILE).read_bytes() == content
    # What is not named is not asked for again.
    again = ["--host", "127.0.0.1", "--database", "x", "--user", "y", "--port", "1"]
    for same in ([], again):
        assert "no database server does" in refused("connect", there, *same, "--passphrase-file", words)
        assert (there / FILE).read_bytes() == content
    refused("connect", there, "--user", "z", "--replace", "--passphrase-file", words)
    assert read_profile(there) == replace(before, user="z")


def test_a_connection_that_cannot_be_read_makes_way_for_a_whole_one(tmp_path: Path) -> None:
    there, words = tmp_path / "there", words_in(tmp_path / "words", PASSWORD)
    where = ["--host", "127.0.0.1", "--port", "1", "--database", "x", "--user", "y"]
    for some in (["--host", "127.0.0.1"], ["--files", tmp_path]):
        assert "--database and --user" in refused("connect", there, *some, "--passphrase-file", words)
        assert not there.exists()
    there.mkdir()
    (there / FILE).write_text("{")
    for some in ([], where[:2]):
        assert "Connect to the server anew" in refused("connect", there, *some, "--passphrase-file", words)
    refused("connect", there, *where, "--passphrase-file", words)
    assert read_profile(there) == Profile("127.0.0.1", "x", "y", 1)
