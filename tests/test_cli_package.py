"""Packages from the command line: round trip, what is printed, and every refusal with a sentence."""

import json

import pytest

from tests.coding.packed import LAPTOP, Laptop
from tests.test_cli import refused, run


@pytest.fixture
def folder(study):
    """A closed study with work for R1."""
    study.project.close()
    return study.folder


@pytest.fixture
def first(tmp_path):
    """The words that hand R1's work out."""
    phrase = tmp_path / "first.txt"
    phrase.write_text(LAPTOP)
    return "--first-passphrase-file", phrase


def told(*words):
    """The JSON that is printed."""
    found = json.loads(run("package", *words, "--json").stdout)
    assert found["schema_version"] == 1
    return found


def test_a_round_trip(folder, first, study, tmp_path):
    file = tmp_path / "r1.miopack"
    made = told("make", folder, "R1", file, *first)
    assert (made["sessions"], made["left"], made["bytes"]) == (1, 0, file.stat().st_size)
    laptop = Laptop(file, tmp_path / "laptop")
    laptop.work(study.rating_id, submit=True)
    back = laptop.give_back()
    assert told("merge", folder, back, "--dry-run")["stored"] is False
    found = told("merge", folder, back)
    assert (found["stored"], found["counts"]["new"], found["ratings"][0]["kind"]) == (True, 1, "new")
    assert "taken in before" in run("package", "merge", folder, back).stdout
    (row,) = told("list", folder)["packages"]
    assert (row["person"], row["state"], row["submitted"]) == ("R1", "back", 1)
    assert "1 submitted" in run("package", "list", folder).stdout


def test_an_empty_list_says_so(folder):
    assert "Nothing was handed out." in run("package", "list", folder).stdout


@pytest.mark.parametrize("content", [b"", b"MIO return 1\n" + b"a" * 48, b"MIO return 9\n" + b"0" * 99])
def test_bad_files_are_refused_with_a_sentence(folder, tmp_path, content):
    bad = tmp_path / "bad.mioback"
    bad.write_bytes(content)
    refused("package", "merge", folder, bad)


def test_what_is_not_there_is_refused_with_a_sentence(folder, first, tmp_path):
    refused("package", "merge", folder, tmp_path / "nothing")
    refused("package", "make", folder, "R9", tmp_path / "x.miopack")
    refused("package", "make", folder, "R1", tmp_path / "x.miopack")
    refused("package", "make", folder, "R1", tmp_path / "no folder" / "x.miopack", *first)
    run("package", "make", folder, "R1", tmp_path / "x.miopack", *first)
    refused("package", "make", folder, "R1", tmp_path / "y.miopack", *first)
    assert not (tmp_path / "y.miopack").exists()
