"""A study in which everything that a coder must never see is a word that occurs nowhere else."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from mio_fidelity.answer import rated
from mio_fidelity.coding import assign, desk, people, rate, recordings
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db, Purpose, Role
from mio_fidelity.store.models import (
    AssignmentPlan,
    AwaitedFile,
    Barred,
    Client,
    ConsensusReason,
    ConsensusSource,
    Decision,
    Discussion,
    Meeting,
    MeetingSession,
    Participant,
    Person,
    Rating,
)
from tests import media_factory
from tests.conftest import Made, OpenStudy, copy_of, new_study

SECONDS = 12
# Codes of people are not hidden where somebody signs in, and nowhere else to be seen.
ME, PEER, LEADER = "R1", "PVWQ6", "SVWQ4"
ARMS = ("arm-qzxj-one", "arm-qzxj-two")
SITES = ("site-qzxj-north", "site-qzxj-south")
COUNSELORS, CLIENTS = ("KQZX8", "KQZX9"), ("QZX71", "QZX72")
FIRST_NUMBER = 5417
PEER_NOTE, PEER_MARK, PEER_REASON = "peer-note-qzxj", "peer-mark-qzxj", "peer-reason-qzxj"
# What R1 wrote when she rated a session for the first time.
OWN_NOTE, OWN_MARK = "my-first-note", "my-first-mark"
DUE = date(2031, 3, 3)

# One rating of each kind that a plan or a supervisor gives a coder; two are hidden re-codes.
KINDS = {
    "production": (Purpose.PRODUCTION, False),
    "double": (Purpose.RELIABILITY, False),
    "production again": (Purpose.PRODUCTION, True),
    "double again": (Purpose.RELIABILITY, True),
    "training": (Purpose.TRAINING, False),
    "certification": (Purpose.CERTIFICATION, False),
    "drift": (Purpose.DRIFT, False),
}
NUMBERS = tuple(str(FIRST_NUMBER + at) for at in range(len(KINDS)))
# Words are looked for without regard to case. All made-up ones hold "qzx".
CANARIES = ("qzx", *NUMBERS)
OTHER_PEOPLE = ("vwq",)
# What purposes and plans are called, here and in the database.
PURPOSE_WORDS = (
    *(purpose.value for purpose in Purpose if purpose is not Purpose.SELF),
    "double-coded",
    "double coded",
    "re-code",
    "recode",
    "occasion",
    "plan",
)


def readable(text: str) -> str:
    """Without ids, digests and moments: a session number among their digits is luck."""
    return re.sub(r"[0-9a-f]{32,}|datetime\.datetime\([^)]*\)|\d+\.\d{5,}", "", text)


@dataclass
class CanaryStudy:
    """The study, open, with R1 signed in, and her ratings by kind."""

    study: OpenStudy
    ratings: dict[str, str]


def copy(made: tuple[Made, dict[str, str]], place: Path) -> CanaryStudy:
    """A copy in ``place`` of what `build` made, open."""
    return CanaryStudy(copy_of(made[0], place), made[1])


def build(folder: Path) -> tuple[Made, dict[str, str]]:
    """Make the study in ``folder``, closed, to copy from."""
    project = new_study(folder / "study")
    study = OpenStudy(project, {}, "", "", "", folder)
    roles = {ME: Role.CODER, PEER: Role.CODER, LEADER: Role.SUPERVISOR}
    study.people = {code: study.do(people.add_person, code, role) for code, role in roles.items()}
    study.instrument_id = study.do(assign.use_instrument, shipped_instrument())
    study.sign_in(LEADER)
    sessions = dict(zip(KINDS, (_session(study, at) for at in range(len(KINDS))), strict=True))
    _earlier_work(study, sessions)
    ratings = {}
    for kind, (purpose, again) in KINDS.items():
        # The second rating of the same purpose: `assign` counts the occasions.
        ratings[kind] = _give(study, ME, sessions[kind], purpose)
        if again:
            _rate_all(study, ME, ratings[kind], 2, OWN_NOTE, OWN_MARK)
            study.sign_in(LEADER)
            ratings[kind] = _give(study, ME, sessions[kind], purpose)
    study.do(_what_a_supervisor_keeps, sessions["double"], ratings["double"], study.people)
    study.rating_id, study.session_id = ratings["double"], sessions["double"]
    project.close()
    ids = {key: value for key, value in vars(study).items() if key != "project"}
    return (folder / "study", ids), ratings


def _session(study: OpenStudy, at: int) -> str:
    """A session of its own length in milliseconds, for a recording may come once only."""
    name = f"{NUMBERS[at]}-{CLIENTS[at % 2]}-{ARMS[at % 2]}-qzxj-file.wav"
    place = media_factory.make(study.folder / "recordings" / name, SECONDS + at / 100, "wav")
    found = examine(place)
    facts = recordings.SessionFacts(
        CLIENTS[at % 2], FIRST_NUMBER + at, ARMS[at % 2], COUNSELORS[at % 2], SITES[at % 2]
    )
    session_id = study.do(recordings.add_session, facts, [(str(place), found)], study.folder)
    study.project.peaks.write(found.sha256, found.peaks.to_bytes())
    return session_id


def _give(study: OpenStudy, code: str, session_id: str, purpose: Purpose) -> str:
    return study.do(
        assign.assign, session_id, study.people[code], study.instrument_id, purpose, DUE + timedelta(1)
    )


def _earlier_work(study: OpenStudy, sessions: dict[str, str]) -> None:
    """The other coder has submitted the double-coded sessions, with words and an amendment."""
    for kind in ("double", "double again"):
        rating_id = _give(study, PEER, sessions[kind], Purpose.RELIABILITY)
        _rate_all(study, PEER, rating_id, 6, PEER_NOTE, PEER_MARK)
        scale = study.ask(desk.desk, rating_id).instrument.scales[0]
        study.do(rate.amend, rating_id, scale.key, {scale.dimensions[0]: rated(7)}, PEER_REASON)
        study.sign_in(LEADER)


def _rate_all(study: OpenStudy, code: str, rating_id: str, value: int, note: str, mark: str) -> None:
    study.sign_in(code)
    study.rating_id = rating_id
    study.do(rate.begin, rating_id)
    scale = study.desk().instrument.scales[0].key
    study.do(rate.mark_evidence, rating_id, scale, 2_000, mark)
    study.do(rate.set_notes, rating_id, note)
    study.answer_all(value)
    study.do(rate.submit, rating_id, little_heard=True)


def _what_a_supervisor_keeps(db: Db, session_id: str, rating_id: str, staff: dict[str, str]) -> None:
    """A plan, bars, a consensus with reasons, something to discuss, a file that is awaited."""
    plan = AssignmentPlan(
        person_id=staff[LEADER], seed=54170, terms={"phases": "phase-qzxj"}, outcome={"n": "qzxj"}
    )
    db.add(plan)
    db.flush()
    db.get_one(Rating, rating_id).plan_id = plan.id
    client = db.scalars(select(Client).order_by(Client.code)).first()
    if client is None:
        raise LookupError("a study without clients")
    me = db.get_one(Person, staff[ME])
    me.site_id = client.site_id
    db.add(Barred(person_id=me.id, client_id=client.id))
    db.add(AwaitedFile(session_id=session_id, part=2, location="awaited-qzxj.wav", problem="problem-qzxj"))
    held = Meeting(held_on=date(2031, 2, 3), person_id=staff[LEADER], notes="meeting-qzxj")
    db.add(held)
    db.flush()
    db.add(MeetingSession(meeting_id=held.id, session_id=session_id))
    db.add(Decision(meeting_id=held.id, text="Heard whole.", since=date(2020, 1, 1), person_id=staff[LEADER]))
    db.add(
        Discussion(session_id=session_id, person_id=staff[LEADER], note="discuss-qzxj", meeting_id=held.id)
    )
    instrument = db.get_one(Rating, rating_id)
    agreed = Rating(
        blind_code="S-QZXJQ",
        session_id=session_id,
        person_id=staff[LEADER],
        instrument_id=instrument.instrument_id,
        instrument_sha256=instrument.instrument_sha256,
        role=Role.SUPERVISOR,
        purpose=Purpose.CONSENSUS,
        notes="consensus-qzxj",
    )
    db.add(agreed)
    db.flush()
    db.add(ConsensusSource(rating_id=agreed.id, source_id=rating_id))
    db.add(Participant(rating_id=agreed.id, person_id=staff[PEER]))
    db.add(ConsensusReason(rating_id=agreed.id, scale="warm_regard", dimension="fidelity", why="why-qzxj"))
