"""Master sessions, and a trainee who rates them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import select

from mio_fidelity.answer import OPEN, Answer, State, rated
from mio_fidelity.coding import masters, rate, recordings, training
from mio_fidelity.coding.desk import answers_of
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.instrument import Instrument, parse_instrument, shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db
from mio_fidelity.store.models import Rating
from tests.conftest import OpenStudy

Key = tuple[str, str]
Points = Callable[[int, int], int]


def add_sessions(study: OpenStudy, n: int) -> list[str]:
    """Sessions 1 to ``n`` of the client M1; S1 is signed in afterwards."""
    study.sign_in("S1")
    found = examine(study.recording)
    return [
        study.do(
            recordings.add_session,
            SessionFacts("M1", nth, "MIO", "K7", "North"),
            [(f"m{nth}.wav", replace(found, sha256=f"{nth:064x}"))],
            study.folder,
        )
        for nth in range(1, n + 1)
    ]


def fill(db: Db, rating_id: str, answers: Mapping[Key, Answer]) -> None:
    """Answer everything, 4 wherever nothing else is said, and submit."""
    rating = db.get_one(Rating, rating_id)
    rate.begin(db, rating_id)
    for slot in instrument_of(rating.instrument).slots():
        if answers_of(db, rating_id).get(slot, OPEN).state is not State.NOT_APPLICABLE:
            rate.set_answer(db, rating_id, *slot, answers.get(slot, rated(4)))
            db.flush()
    rate.submit(db, rating_id, little_heard=True)


def points(study: OpenStudy, point: Points, session: int) -> dict[Key, Answer]:
    """``point(scale number from 0, session)`` on every dimension."""
    instrument = study.ask(_instrument)
    order = {scale.key: nth for nth, scale in enumerate(instrument.scales)}
    return {slot: rated(point(order[slot[0]], session)) for slot in instrument.slots()}


def _instrument(db: Db) -> Instrument:
    return instrument_of(db.scalars(select(Rating)).first().instrument)


def usual(scale: int, session: int) -> int:
    """A master's points: 2 to 6, other on each scale and session."""
    return 2 + (scale * 2 + session * 3) % 5


def give_masters(
    study: OpenStudy, sessions: list[str], point: Points = usual, more: Mapping[Key, Answer] | None = None
) -> list[str]:
    """Master codes of all ``sessions`` by S1, which are for training then."""
    study.sign_in("S1")
    ids = []
    for nth, session_id in enumerate(sessions):
        ids.append(study.do(masters.begin_master, session_id))
        study.do(fill, ids[-1], points(study, point, nth) | dict(more or {}))
    study.do(masters.set_for_training, sessions, True)
    return ids


def train(
    study: OpenStudy, code: str, sessions: list[str], point: Points, more: Mapping[Key, Answer] | None = None
) -> list[str]:
    """Have ``code`` rate ``sessions`` for training; S1 is signed in afterwards."""
    study.sign_in("S1")
    ids = list(study.do(training.assign_training, study.people[code], sessions))
    study.sign_in(code)
    for nth, rating_id in enumerate(ids):
        study.do(fill, rating_id, points(study, point, nth) | dict(more or {}))
    study.sign_in("S1")
    return ids


def newer_edition(study: OpenStudy) -> str:
    """The practice instrument in a later edition; its id."""
    shipped = shipped_instrument()
    files = {
        name: text.replace(f'edition = "{shipped.edition}"', 'edition = "later"')
        for name, text in shipped.files.items()
    }
    return study.use_instrument(parse_instrument(files))
