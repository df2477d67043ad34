"""A study of nine sessions made by verbs alone, small enough to be counted by hand.

North: C1 with sessions 1 to 3 (arm MIO, counselor K1) and C2 with session 1 (arm PE, counselor K2). South:
C10 with sessions 1 and 2 (arm MIO, counselor K3), of which 2 awaits a file that was refused. C3, of which
nothing is known, has a session that awaits a file and one without. QZX7 is that of conftest's study, taken
back from R1.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from mio_fidelity.coding import (
    assign,
    discuss,
    intake,
    manifest,
    meetings,
    people,
    planned,
    rate,
    recordings,
    staff,
)
from mio_fidelity.coding.manifest import Entry
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.media.probe import Examined, examine
from mio_fidelity.store import Purpose, Role
from tests.conftest import Made, OpenStudy

TODAY = date.today()
SOON, LATE, LATER = TODAY + timedelta(days=3), TODAY - timedelta(days=1), TODAY + timedelta(days=8)
HELD = date(2026, 3, 31)
CANARY = "qzxjcanary"


@dataclass
class Small:
    """The study and the ids of its sessions and ratings, by what they are called here."""

    study: OpenStudy
    sessions: dict[str, str] = field(default_factory=dict)
    ratings: dict[str, str] = field(default_factory=dict)

    @property
    def made(self) -> Made:
        """To copy from once the study is closed."""
        study = self.study
        return study.folder, {
            "people": study.people,
            "instrument_id": study.instrument_id,
            "session_id": study.session_id,
            "rating_id": study.rating_id,
            "recording": study.recording,
        }


def build(study: OpenStudy) -> Small:
    """Fill conftest's study; S1 is signed in afterwards."""
    study.sign_in("S1")
    for code, role in (("R10", Role.CODER), ("S2", Role.SUPERVISOR), ("K9", Role.CLINICIAN)):
        study.people[code] = study.do(people.add_person, code, role)
    small = Small(study)
    _add_sessions(small)
    _give_out(small)
    _submit(small, "twice R1", "twice R2", "once", "again")
    _take_back(small)
    study.do(staff.bar, study.people["R2"], client="C2")
    study.do(staff.bar, study.people["R2"], site="South")
    study.do(staff.set_site, study.people["R2"], "North")
    study.do(staff.leave, study.people["S2"])
    study.do(discuss.put, small.sessions["C1-2"], "warm_regard", "Listen again.")
    _meet(small)
    return small


def _meet(small: Small) -> None:
    """Two were there, one session was talked about, one thing decided."""
    study = small.study
    held = study.do(meetings.hold, HELD)
    study.do(meetings.set_attendance, held, [study.people["R1"], study.people["S1"]])
    study.do(meetings.set_sessions, held, [small.sessions["C1-1"]])
    study.do(meetings.decide, "warm_regard", None, "A smile alone is no warmth.", HELD, held)


def _add_sessions(small: Small) -> None:
    study = small.study
    found = examine(study.recording)
    north, south = (
        SessionFacts("C1", 1, "MIO", "K1", "North", HELD),
        SessionFacts("C10", 1, "MIO", "K3", "South"),
    )
    facts = {
        "C1-1": north,
        "C1-2": replace(north, number=2),
        "C1-3": replace(north, number=3),
        "C2-1": replace(north, client="C2", arm="PE", counselor="K2"),
        "C10-1": south,
    }
    for nth, (name, each) in enumerate(facts.items(), 1):
        parts = 2 if name == "C1-2" else 1
        files = [(f"{CANARY}.wav", _other(found, nth * 10 + part)) for part in range(parts)]
        small.sessions[name] = study.do(recordings.add_session, each, files, study.folder)
    entries = [
        Entry(replace(south, number=2), 1, study.folder / f"{CANARY}.mp3"),
        Entry(SessionFacts("C3", 1), 1, Path(f"/{CANARY}/{CANARY}.mp3")),
        Entry(SessionFacts("C3", 2)),
    ]
    study.do(manifest.take_manifest, entries, study.folder)
    (lost, _) = study.ask(intake.awaited, study.folder)
    study.do(intake.note_problem, lost.id, "It is cut short.")


def _other(found: Examined, nth: int) -> Examined:
    """The same sound with another fingerprint."""
    return replace(found, sha256=f"{nth:064x}")


def _give_out(small: Small) -> None:
    """C1-1 twice and again to R1; C1-2 begun and late, C1-3 due soon; C2-1 done; C10-1 to two, open."""
    for name, session, code, purpose, due in (
        ("twice R1", "C1-1", "R1", Purpose.RELIABILITY, LATE),
        ("twice R2", "C1-1", "R2", Purpose.RELIABILITY, LATE),
        ("again", "C1-1", "R1", Purpose.RELIABILITY, None),
        ("late", "C1-2", "R1", Purpose.PRODUCTION, LATE),
        ("soon", "C1-3", "R1", Purpose.PRODUCTION, SOON),
        ("once", "C2-1", "R1", Purpose.PRODUCTION, None),
        ("again open", "C2-1", "R1", Purpose.PRODUCTION, LATE),
        ("back", "C10-1", "R2", Purpose.PRODUCTION, LATE),
        ("pair R1", "C10-1", "R1", Purpose.RELIABILITY, LATER),
        ("pair R10", "C10-1", "R10", Purpose.RELIABILITY, TODAY),
    ):
        study = small.study
        small.ratings[name] = study.do_as_supervisor(
            assign.assign, small.sessions[session], study.people[code], study.instrument_id, purpose, due
        )


def _submit(small: Small, *names: str) -> None:
    study, own = small.study, small.study.rating_id
    for name in names:
        study.sign_in("R2" if name == "twice R2" else "R1")
        study.rating_id = small.ratings[name]
        study.submit(5 if name == "twice R2" else 4)
    study.rating_id = own
    study.sign_in("R1")
    study.do(rate.begin, small.ratings["late"])
    study.sign_in("S1")


def _take_back(small: Small) -> None:
    study = small.study
    study.do(planned.withdraw, [small.ratings["back"], study.rating_id])
