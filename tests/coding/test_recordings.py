"""Sessions and recordings: no doubles, nothing half done, moved files found by their content."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mio_fidelity.coding import assign, people, recordings
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.media.probe import Examined, examine
from mio_fidelity.store import Purpose, Role
from tests import media_factory
from tests.conftest import CLIENT, NUMBER, SITE, OpenStudy

TABLES = ("client", "counselor", "site", "treatment_session", "recording", "rating", "audit")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Examined]:
    """A recording that is not in the study."""
    path = media_factory.make(tmp_path_factory.mktemp("another") / "another.wav", 1, "wav")
    return path, examine(path)


def everything(study: OpenStudy) -> list[object]:
    return [study.sql(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]


def add(study: OpenStudy, facts: SessionFacts, *files: tuple[Path, Examined]) -> str:
    named = [(str(path), found) for path, found in files]
    return study.do(recordings.add_session, facts, named, study.folder)


FACTS = SessionFacts("C2", 1, "PE", "K2", "South")
WRONG: dict[str, tuple[SessionFacts, str]] = {
    "twice": (SessionFacts(CLIENT, NUMBER, "PE", "K2", "East"), "belongs to another site|has a session"),
    "twice at the same site": (
        SessionFacts(CLIENT, NUMBER, "PE", "K2", SITE),
        f"has a session {NUMBER} already",
    ),
    "number": (replace(FACTS, number=0), "numbered from 1"),
    "client": (replace(FACTS, client="Jane"), "looks like a name"),
    "counselor": (replace(FACTS, counselor="Jane"), "looks like a name"),
    "arm": (replace(FACTS, arm="x" * 30), "not a label"),
    "site": (replace(FACTS, site="a@b"), "not a label"),
    "site of the client": (SessionFacts(CLIENT, 2, site="Elsewhere"), "belongs to another site"),
}


@pytest.mark.parametrize(("facts", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_refused_session_leaves_nothing_behind(
    study: OpenStudy, another: tuple[Path, Examined], facts: SessionFacts, sentence: str
) -> None:
    study.sign_in("S1")
    before = everything(study)
    with pytest.raises(UserError, match=sentence):
        add(study, facts, another)
    assert everything(study) == before


def test_the_same_recording_is_not_taken_in_twice(study: OpenStudy, another: tuple[Path, Examined]) -> None:
    study.sign_in("S1")
    same = (study.recording, examine(study.recording))
    before = everything(study)
    for files in ([same], [another, same], [another, another]):
        with pytest.raises(UserError, match="in the study already"):
            add(study, FACTS, *files)
    assert everything(study) == before


def test_only_a_supervisor_adds_recordings(study: OpenStudy, another: tuple[Path, Examined]) -> None:
    with pytest.raises(UserError, match="Only a supervisor"):
        add(study, FACTS, another)


def test_the_parts_of_a_recording_are_played_in_order(
    study: OpenStudy, another: tuple[Path, Examined], tmp_path: Path
) -> None:
    study.sign_in("S1")
    second = media_factory.make(tmp_path / "a.wav", 2, "wav")
    study.session_id = add(study, FACTS, another, (second, examine(second)))
    study.rating_id = study.assign("R1")
    study.sign_in("R1")
    assert study.desk().part_ms == (1000, 2000)
    media = study.ask(recordings.media_of, study.rating_id, study.folder)
    assert [medium.path for medium in media] == [another[0].resolve(), second.resolve()]


def test_adding_and_giving_to_people_is_all_or_nothing(
    study: OpenStudy, another: tuple[Path, Examined]
) -> None:
    study.sign_in("S1")
    study.do(people.add_person, "K9", Role.CLINICIAN)
    everybody = [member.id for member in study.ask(people.roster)]
    before = everything(study)
    files = [(str(another[0]), another[1])]
    with pytest.raises(UserError, match="K9"):
        study.do(assign.add_and_assign, FACTS, files, study.folder, everybody, Purpose.PRODUCTION)
    assert everything(study) == before
    two = [study.people["R1"], study.people["R2"]]
    study.do(assign.add_and_assign, FACTS, files, study.folder, two, Purpose.PRODUCTION)
    assert len(study.sql("SELECT * FROM rating")) == 3


@pytest.fixture
def medium(study: OpenStudy) -> recordings.Medium:
    (medium,) = study.ask(recordings.media_of, study.rating_id, study.folder)
    return medium


def test_a_moved_recording_is_taken_wherever_it_lies(
    study: OpenStudy, medium: recordings.Medium, tmp_path: Path
) -> None:
    moved = medium.path.rename(tmp_path / "moved.bin")
    study.do(recordings.relocate, medium.recording_id, moved, examine(moved).sha256, study.folder)
    (found,) = study.ask(recordings.media_of, study.rating_id, study.folder)
    assert found.path == moved
    back = moved.rename(study.folder / "recordings" / "back.wav")
    study.do(recordings.relocate, medium.recording_id, back, examine(back).sha256, study.folder)
    assert study.sql("SELECT location FROM recording") == [("recordings/back.wav",)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: media_factory.truncated(path, 0.9),
        media_factory.corrupt_middle,
        lambda path: media_factory.make(path, 4, "wav"),
    ],
    ids=["cut", "damaged", "another"],
)
def test_only_the_very_recording_is_taken_for_a_moved_one(
    study: OpenStudy, medium: recordings.Medium, tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    place = tmp_path / "candidate.wav"
    place.write_bytes(medium.path.read_bytes())
    spoil(place)
    before = everything(study)
    with pytest.raises(UserError, match="not the recording that belongs here"):
        study.do(recordings.relocate, medium.recording_id, place, examine(place).sha256, study.folder)
    assert everything(study) == before


def test_a_client_or_counselor_without_a_site_gets_one_later(
    study: OpenStudy, another: tuple[Path, Examined], tmp_path: Path
) -> None:
    study.sign_in("S1")
    add(study, SessionFacts("C2", 1, counselor="K2"), another)
    second = media_factory.make(tmp_path / "b.wav", 2, "wav")
    add(study, SessionFacts("C2", 2, counselor="K2", site="South"), (second, examine(second)))
    places = "SELECT site.code FROM {table} JOIN site ON site.id = site_id WHERE {table}.code = '{code}'"
    for table, code in (("client", "C2"), ("counselor", "K2")):
        assert study.sql(places.format(table=table, code=code)) == [("South",)]


def test_people_have_codes_of_their_own(study: OpenStudy) -> None:
    with pytest.raises(UserError, match="Only a supervisor"):
        study.do(people.add_person, "R9", Role.CODER)
    study.sign_in("S1")
    with pytest.raises(UserError, match="called R1 already"):
        study.do(people.add_person, " R1 ", Role.CODER)
    with pytest.raises(UserError, match="looks like a name"):
        study.do(people.add_person, "Robert", Role.CODER)
    people.check_codes(["R1", "R2"])
    for codes in (["R1", "R1"], ["R1 ", "R1"], ["R1", " R1"]):
        with pytest.raises(UserError, match="Two people"):
            people.check_codes(codes)
    assert [member.code for member in study.ask(people.roster)] == ["R1", "R2", "S1"]
