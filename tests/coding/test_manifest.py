"""Manifests in a real study: what they add, and what they leave alone."""

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from mio_fidelity.coding import intake, manifest, people
from mio_fidelity.coding.manifest import Entry, TakenIn, known, take_manifest
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.manifest import Trying, try_manifest
from mio_fidelity.exchange.manifest_columns import guess_roles
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Role
from tests import media_factory
from tests.conftest import ARM, CLIENT, COUNSELOR, NUMBER, SITE, OpenStudy
from tests.exchange.files import csv_file

FACTS = SessionFacts("C017", 3, "MIO", "K17", "North", date(2026, 3, 31))
TABLES = ("site", "client", "counselor", "treatment_session", "awaited_file", "recording", "rating")


@pytest.fixture
def supervised(study: OpenStudy) -> OpenStudy:
    study.sign_in("S1")
    return study


def entries(study: OpenStudy) -> list[Entry]:
    """Two sessions, one of them in two parts inside the study folder, the other without a file."""
    inside = study.folder / "recordings"
    return [
        Entry(FACTS, 1, inside / "qzxj-1.mp3"),
        Entry(SessionFacts("C017", 3), 2, inside / "deep" / "qzxj-2.mp3"),
        Entry(replace(FACTS, number=4)),
    ]


def stored(study: OpenStudy) -> dict[str, int]:
    return {table: study.sql(f"SELECT count(*) FROM {table}")[0][0] for table in (*TABLES, "audit")}


def take(study: OpenStudy, wanted: list[Entry]) -> TakenIn:
    return study.do(take_manifest, wanted, study.folder)


def test_sessions_come_in_with_their_facts_and_the_files_they_wait_for(supervised: OpenStudy) -> None:
    before = stored(supervised)
    assert take(supervised, entries(supervised)) == TakenIn(sessions=2, files=2)
    now = stored(supervised)
    grown = {table: now[table] - before[table] for table in TABLES}
    assert grown == {
        "site": 1,
        "client": 1,
        "counselor": 1,
        "treatment_session": 2,
        "awaited_file": 2,
        "recording": 0,
        "rating": 0,
    }
    assert now["audit"] > before["audit"]
    found = supervised.ask(known)
    assert found.sites == {CLIENT: SITE, "C017": "North"}
    assert found.sessions["C017", 3].facts == FACTS
    assert found.sessions["C017", 3].parts == {1, 2}
    assert found.sessions["C017", 4].parts == frozenset()
    own = found.sessions[CLIENT, NUMBER]
    assert (own.facts, own.parts) == (SessionFacts(CLIENT, NUMBER, ARM, COUNSELOR, SITE), {1})
    assert own.id == supervised.session_id


def test_files_inside_the_study_are_remembered_so_that_it_can_be_moved(
    supervised: OpenStudy, tmp_path: Path
) -> None:
    inside = supervised.folder / "recordings"
    wanted = [
        Entry(FACTS, 1, inside / "a.mp3"),
        Entry(FACTS, 2, inside / ".." / "recordings" / "b.mp3"),
        Entry(FACTS, 3, tmp_path / "elsewhere" / "c.mp3"),
    ]
    take(supervised, wanted)
    places = [row[0] for row in supervised.sql("SELECT location FROM awaited_file ORDER BY part")]
    assert places == [
        "recordings/a.mp3",
        "recordings/b.mp3",
        str((tmp_path / "elsewhere" / "c.mp3").resolve()),
    ]


def test_a_bad_line_leaves_nothing_of_the_others(supervised: OpenStudy) -> None:
    good = entries(supervised)
    before = stored(supervised)
    for bad, sentence in (
        (Entry(SessionFacts("Margaret", 1)), "looks like a name"),
        (Entry(SessionFacts("C018", 1, counselor="Margaret")), "looks like a name"),
        (Entry(SessionFacts("C018", 0)), "numbered from 1"),
        (Entry(SessionFacts("C018", 10_000)), "numbered from 1"),
        (Entry(SessionFacts("C018", 1, arm="x" * 25)), "not a label"),
        (Entry(SessionFacts("C017", 5, site="South")), "belongs to another site"),
        (Entry(replace(FACTS, arm="PE"), 3, Path("b.mp3")), "with arm MIO, not PE"),
        (Entry(FACTS, 2, Path("b.mp3")), "has a file for part 2 already"),
        (Entry(SessionFacts(CLIENT, NUMBER, arm="other")), f"with arm {ARM}, not other"),
        (Entry(SessionFacts(CLIENT, NUMBER), 1, Path("b.mp3")), "has a file for part 1 already"),
    ):
        with pytest.raises(UserError, match=sentence) as refused:
            take(supervised, [*good, bad])
        assert "Margaret" not in str(refused.value)
        assert "b.mp3" not in str(refused.value)
        assert stored(supervised) == before


def test_who_stops_half_way_has_stored_nothing(supervised: OpenStudy) -> None:
    many = [Entry(SessionFacts(f"C{nth:04}", 1), 1, Path(f"{nth}.mp3")) for nth in range(500)]
    before, asked = stored(supervised), count()
    with pytest.raises(Cancelled):
        supervised.do(take_manifest, many, supervised.folder, None, lambda: next(asked) > 2)
    assert stored(supervised) == before


def test_taken_in_twice_files_are_refused_and_mere_sessions_add_nothing(supervised: OpenStudy) -> None:
    wanted = entries(supervised)
    take(supervised, wanted)
    before = stored(supervised)
    with pytest.raises(UserError, match="Session C017-3 has a file for part 1 already"):
        take(supervised, wanted)
    assert take(supervised, wanted[2:]) == TakenIn(0, 0)
    assert stored(supervised) == before
    assert take(supervised, [Entry(SessionFacts("C017", 4), 1, Path("new.mp3"))]) == TakenIn(0, 1)


def test_only_supervisors_take_sessions_in(study: OpenStudy) -> None:
    study.sign_in("S1")
    study.project.do(people.add_person, "K9", Role.CLINICIAN)
    members = {member.code: member.id for member in study.ask(people.roster)}
    wanted, before = entries(study), stored(study)
    for code in ("R1", "K9"):
        study.project.sign_in(members[code])
        with pytest.raises(UserError, match="Only a supervisor"):
            take(study, wanted)
        with pytest.raises(UserError, match="Only a supervisor"):
            study.ask(known)
    assert stored(study) == before


def test_a_trial_of_2400_rows_comes_in_at_once_and_only_once(supervised: OpenStudy) -> None:
    folder = supervised.folder / "recordings"
    rows = [
        (
            f"C{client:03}",
            number,
            "NESW"[client % 4],
            ("MIO", "PE")[client % 2],
            f"K{client % 16}",
            f"{client}_{number}.mp3",
        )
        for client in range(200)
        for number in range(1, 13)
    ]
    raw = read_table(
        csv_file(folder / "manifest.csv", rows, ("client", "session", "site", "arm", "counselor", "file"))
    )

    def tried() -> tuple[Entry, ...]:
        trying = Trying(supervised.ask(known), folder, date(2026, 6, 1))
        found = try_manifest(raw, guess_roles(raw.header), trying)
        assert found.errors == ()
        return found.entries

    shares: list[float] = []
    done = supervised.do(take_manifest, tried(), supervised.folder, shares.append)
    assert done == TakenIn(2400, 2400)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    found = supervised.ask(known)
    assert len(found.sessions) == 2401
    assert found.sessions["C199", 12].facts == SessionFacts("C199", 12, "PE", "K7", "W")
    assert tried() == ()


def test_what_was_taken_in_and_examined_is_known_by_its_part(supervised: OpenStudy) -> None:
    sound = media_factory.make(supervised.folder / "recordings" / "qzxj-new.wav", 1, "wav")
    take(supervised, [Entry(FACTS, 2, sound)])
    (waiting,) = supervised.ask(intake.awaited, supervised.folder)
    assert (waiting.session, waiting.part, waiting.path) == ("C017-3", 2, sound)
    supervised.do(intake.take_in, waiting.id, examine(sound))
    assert supervised.ask(manifest.known).sessions["C017", 3].parts == {2}
    with pytest.raises(UserError, match="has a file for part 2 already"):
        take(supervised, [Entry(FACTS, 2, sound)])
