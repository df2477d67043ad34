"""A session that two coders rated independently."""

from collections.abc import Mapping

from mio_fidelity.answer import Answer, rated
from mio_fidelity.coding import assign, desk, rate
from mio_fidelity.store import Purpose
from tests.conftest import OpenStudy

Key = tuple[str, str]
# The largest difference, a smaller one, one that only a rule makes.
FIRST = {
    ("empathic_listening", "fidelity"): rated(2),
    ("warm_regard", "competence"): rated(3),
    ("child_mind", "fidelity"): rated(1),
}
SECOND = {("empathic_listening", "fidelity"): rated(6), ("empathic_listening", "competence"): rated(5)}


def give(
    study: OpenStudy, code: str, answers: Mapping[Key, Answer], session_id: str = "", words: bool = True
) -> str:
    """Have ``code`` rate a session, 4 wherever nothing else is said, with evidence and notes; the rating."""
    rating_id = study.do_as_supervisor(
        assign.assign,
        session_id or study.session_id,
        study.people[code],
        study.instrument_id,
        Purpose.RELIABILITY,
    )
    study.sign_in(code)
    study.do(rate.begin, rating_id)
    for slot in study.ask(desk.desk, rating_id).instrument.slots():
        ruled_out = study.ask(desk.desk, rating_id).answers.get(slot)
        if ruled_out is None:
            study.do(rate.set_answer, rating_id, *slot, answers.get(slot, rated(4)))
    at_ms, note = 500 if code == "R1" else 900, f"heard by {code}" * words
    study.do(rate.mark_evidence, rating_id, "warm_regard", at_ms, note)
    study.do(rate.mark_evidence, rating_id, "child_mind", 1500, "")
    study.do(rate.set_notes, rating_id, f"all in all, says {code}" * words)
    study.do(rate.submit, rating_id, little_heard=True)
    return rating_id


def double_coded(study: OpenStudy, session_id: str = "", words: bool = True) -> tuple[str, str]:
    """Both ratings of a session, with ``words`` in their notes; S1 is signed in afterwards."""
    ids = give(study, "R1", FIRST, session_id, words), give(study, "R2", SECOND, session_id, words)
    study.sign_in("S1")
    return ids
