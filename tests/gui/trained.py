"""A study with master sessions that can be heard, and coders who rated them for training."""

import shutil

from mio_fidelity.answer import rated
from mio_fidelity.coding import masters, rate, recordings
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.media.probe import examine
from tests.coding.trained import add_sessions, fill, give_masters, train, usual
from tests.conftest import CLIENT, OpenStudy

REASON, NOTE = "Twice, and once in depth.", "she waits for it"


def near(scale: int, session: int) -> int:
    """A coder who is a point off on some scales."""
    return usual(scale, session) + (scale == 3)


def far(scale: int, session: int) -> int:
    """A coder who is two points off on half of the scales."""
    point = usual(scale, session)
    return point + (0 if scale % 2 == 0 else 2 if point < 5 else -2)


def with_masters(study: OpenStudy, n: int = 10) -> list[str]:
    """Master codes of ``n`` sessions for training; S1 is signed in."""
    sessions = add_sessions(study, n)
    give_masters(study, sessions)
    return sessions


def two_trainees(study: OpenStudy, n: int = 10) -> dict[str, list[str]]:
    """R1, who meets the rule, and R2, who does not: code to training ratings."""
    sessions = with_masters(study, n)
    return {"R1": train(study, "R1", sessions, near), "R2": train(study, "R2", sessions, far)}


def audible(study: OpenStudy, words: bool = True) -> tuple[str, str]:
    """A session with a real recording, master codes with reasons and evidence; session and master codes."""
    study.sign_in("S1")
    place = study.folder / "recordings" / "audible.wav"
    shutil.copyfile(study.recording, place)
    with place.open("ab") as file:
        # The same recording cannot stand for two sessions.
        file.write(bytes(64))
    found = examine(place)
    facts = SessionFacts(CLIENT, 77)
    session_id = study.do(recordings.add_session, facts, [(str(place), found)], study.folder)
    study.project.peaks.write(found.sha256, found.peaks.to_bytes())
    master_id = study.do(masters.begin_master, session_id)
    study.do(rate.mark_evidence, master_id, "warm_regard", 1200, NOTE * words)
    study.do(rate.mark_evidence, master_id, "child_mind", 2000, "")
    if words:
        study.do(masters.set_rationale, master_id, "warm_regard", REASON)
    study.do(fill, master_id, {})
    study.do(masters.set_for_training, [session_id], True)
    return session_id, master_id


def compared(study: OpenStudy, words: bool = True) -> str:
    """R1's submitted training rating of the audible session: apart on three scales; S1 is signed in."""
    session_id, _ = audible(study, words)
    given = {
        ("warm_regard", "fidelity"): rated(6),
        ("empathic_listening", "competence"): rated(5),
        ("child_mind", "fidelity"): rated(1),
    }
    (rating_id,) = train(study, "R1", [session_id], lambda scale, session: 4, given)
    return rating_id
