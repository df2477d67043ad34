"""A small trial: four people, eight clients of two sites and arms, twelve recorded sessions each."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from mio_fidelity.coding import assign, people, recordings
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db, Role
from tests import media_factory
from tests.conftest import Made, OpenStudy, new_study

TODAY = date(2026, 6, 1)
CODERS = ("R1", "R2", "R3")
SUPERVISOR, SECOND, CLINICIAN = "S1", "S2", "K1"
CLIENTS = tuple(f"QZX{nth}" for nth in range(1, 9))
SITES, ARMS = ("qzxj-north", "qzxj-south"), ("qzxj-mio", "qzxj-pe")
LAST = 12


def build(folder: Path) -> Made:
    """Make the trial in ``folder``, closed, to copy from."""
    sound = media_factory.make(folder / "qzxj.wav", 1, "wav")
    with new_study(folder / "study") as project:
        roles = dict.fromkeys(CODERS, Role.CODER) | dict.fromkeys((SUPERVISOR, SECOND), Role.SUPERVISOR)
        roles[CLINICIAN] = Role.CLINICIAN
        members = {code: project.do(people.add_person, code, role).value for code, role in roles.items()}
        instrument_id = project.do(assign.use_instrument, shipped_instrument()).value
        project.do(_add_sessions, sound, project.folder)
    ids = {
        "people": members,
        "instrument_id": instrument_id,
        "session_id": "",
        "rating_id": "",
        "recording": sound,
    }
    return folder / "study", ids


def _add_sessions(db: Db, sound: Path, folder: Path) -> None:
    """Sessions whose recordings differ by their fingerprint alone, so that none has to be decoded again."""
    found = examine(sound)
    for at, client in enumerate(CLIENTS):
        for number in range(1, LAST + 1):
            facts = SessionFacts(client, number, ARMS[at // 2 % 2], f"KQZX{at % 4}", SITES[at % 2])
            one = replace(found, sha256=f"{at * LAST + number:064x}")
            recordings.add_session(db, facts, [(str(sound), one)], folder)


def rate_all(study: OpenStudy, days_ago: int) -> None:
    """Everything given out is submitted, so many days ago."""
    noon = datetime.combine(TODAY - timedelta(days=days_ago), time(12)).astimezone(UTC)
    moment = f"{noon:%Y-%m-%d %H:%M:%S}.000000"
    study.sql("UPDATE rating SET begun_at = :at, submitted_at = :at WHERE withdrawn_at IS NULL", at=moment)
