"""Awaited files: taken in, refused with a reason, given up, and found in another place."""

from dataclasses import replace
from pathlib import Path

import pytest

from mio_fidelity.coding import intake
from mio_fidelity.errors import UserError
from mio_fidelity.media.probe import examine
from tests import media_factory
from tests.coding.awaiting import await_files, problems, sounds, taken
from tests.conftest import OpenStudy


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return sounds(tmp_path / "rec", 3)


def test_an_awaited_file_becomes_the_recording_of_its_session(study: OpenStudy, files: list[Path]) -> None:
    first, *_ = await_files(study, files)
    assert (first.session, first.part, first.path) == ("C01-1", 1, files[0])
    study.do(intake.take_in, first.id, examine(files[0]))
    assert taken(study) == ["C01-1"]
    assert problems(study) == {"C01-2": "", "C01-3": ""}
    ((location, problem),) = study.sql(
        "SELECT location, problems FROM recording WHERE session_id <> :s", s=study.session_id
    )
    assert (location, problem) == (str(files[0]), "")


def test_a_file_inside_the_study_is_remembered_relative_to_it(study: OpenStudy) -> None:
    inside = media_factory.make(study.folder / "recordings" / "a.wav", 0.3, "wav")
    (file,) = await_files(study, [inside])
    study.do(intake.take_in, file.id, examine(inside))
    assert ["recordings/a.wav"] in [list(row) for row in study.sql("SELECT location FROM recording")]


def test_what_is_wrong_with_a_damaged_file_stays_with_the_recording(study: OpenStudy, tmp_path: Path) -> None:
    path = media_factory.truncated(media_factory.make(tmp_path / "a.wav", 4, "wav"), 0.5)
    (file,) = await_files(study, [path])
    study.do(intake.take_in, file.id, examine(path))
    assert "cut short" in study.sql("SELECT problems FROM recording WHERE problems <> ''")[0][0]


def test_the_same_recording_comes_in_once_and_the_other_goes_on_waiting(
    study: OpenStudy, files: list[Path]
) -> None:
    first, second, _ = await_files(study, files)
    study.do(intake.take_in, first.id, examine(files[0]))
    with pytest.raises(UserError, match="in the study already"):
        study.do(intake.take_in, second.id, examine(files[0]))
    assert taken(study) == ["C01-1"]
    assert list(problems(study)) == ["C01-2", "C01-3"]


def test_a_problem_is_kept_until_the_file_is_taken_in(study: OpenStudy, files: list[Path]) -> None:
    first, *_ = await_files(study, files)
    study.do(intake.note_problem, first.id, "The file is empty.")
    study.reopen()
    assert problems(study)["C01-1"] == "The file is empty."


def test_files_given_up_are_awaited_no_more_and_their_sessions_stay(
    study: OpenStudy, files: list[Path]
) -> None:
    first, second, third = await_files(study, files)
    sessions = study.sql("SELECT count(*) FROM treatment_session")
    assert study.do(intake.await_no_more, [first.id, third.id]) == 2
    assert study.ask(intake.awaited, study.folder) == (second,)
    assert study.sql("SELECT count(*) FROM treatment_session") == sessions


def test_every_recording_and_awaited_file_is_named_with_its_place(
    study: OpenStudy, files: list[Path]
) -> None:
    await_files(study, files[:1])
    recording, waiting = study.ask(intake.files, study.folder)
    assert recording.path == study.folder / "recordings" / study.recording.name
    assert recording.byte_size == study.recording.stat().st_size
    assert (waiting.path, waiting.sha256, waiting.session) == (files[0], "", "C01-1")
    assert "qzxj" not in repr((recording, waiting)), "a place can be logged by accident"


def test_new_places_are_remembered_all_at_once(study: OpenStudy, files: list[Path], tmp_path: Path) -> None:
    (file,) = await_files(study, files[:1])
    study.do(intake.note_problem, file.id, "The file is not there.")
    recording, waiting = study.ask(intake.files, study.folder)
    places = [(recording, tmp_path / "b.wav"), (waiting, tmp_path / "c.wav")]
    assert study.do(intake.relocate_all, places, study.folder) == 2
    assert [each.path for each in study.ask(intake.files, study.folder)] == [
        tmp_path / "b.wav",
        tmp_path / "c.wav",
    ]
    assert problems(study) == {"C01-1": ""}, "what was wrong was wrong at the old place"


@pytest.mark.parametrize("gone", ["recording", "awaited"])
def test_no_place_is_remembered_when_one_of_them_is_no_longer_what_was_searched(
    study: OpenStudy, files: list[Path], tmp_path: Path, gone: str
) -> None:
    (file,) = await_files(study, files[:1])
    recording, waiting = study.ask(intake.files, study.folder)
    if gone == "recording":
        recording = replace(recording, sha256="0" * 64)
    else:
        study.do(intake.await_no_more, [file.id])
    before = study.sql("SELECT location FROM recording")
    places = [(recording, tmp_path / "b.wav"), (waiting, tmp_path / "c.wav")]
    with pytest.raises(UserError, match="Search again"):
        study.do(intake.relocate_all, places, study.folder)
    assert study.sql("SELECT location FROM recording") == before


def test_all_of_it_is_for_supervisors(study: OpenStudy, files: list[Path]) -> None:
    first, *_ = await_files(study, files)
    found = examine(files[0])
    study.sign_in("R1")
    for verb, arguments in (
        (intake.take_in, (first.id, found)),
        (intake.note_problem, (first.id, "wrong")),
        (intake.await_no_more, ([first.id],)),
        (intake.relocate_all, ([], study.folder)),
    ):
        with pytest.raises(UserError, match="Only a supervisor"):
            study.do(verb, *arguments)
    for question in (intake.awaited, intake.files):
        with pytest.raises(UserError, match="Only a supervisor"):
            study.ask(question, study.folder)
