"""A study in which one coder has moved, with master sessions to draw from."""

from datetime import UTC, datetime, timedelta

import numpy as np

from mio_fidelity.coding import people
from mio_fidelity.coding.desk import answers_of
from mio_fidelity.demo_history import add_history
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Role
from tests.coding.trained import add_sessions, fill, give_masters

CODERS = ("R1", "R2", "R3", "R4")
DRIFTING, TOPIC = "R4", "mentalization"


def lines(sessions=84, shift=-2, seed=5):
    """Each session rated by two coders in turn; from the middle on R4 lowers the fidelity of a domain."""
    rng = np.random.default_rng(seed)
    instrument = shipped_instrument()
    moved = {scale.key for domain in instrument.domains if domain.key == TOPIC for scale in domain.scales}
    begins = datetime.now(UTC).replace(hour=12) - timedelta(days=4 * sessions + 20)
    pairs = [(a, b) for at, a in enumerate(CODERS) for b in CODERS[at + 1 :]]
    made = []
    for nth in range(sessions):
        truth = {slot: int(rng.integers(4, 7)) for slot in instrument.slots()}
        held = begins + timedelta(days=4 * nth)
        for coder in pairs[nth % len(pairs)]:
            line = {
                "client": f"D{nth // 12 + 11}",
                "session": str(nth % 12 + 1),
                "arm": "MIO",
                "counselor": "K1",
                "site": "North",
                "held_on": held.date().isoformat(),
                "coder": coder,
                "submitted_at": (held + timedelta(days=5, minutes=nth)).isoformat(),
            }
            for (scale, dimension), true in truth.items():
                moves = coder == DRIFTING and nth >= sessions // 2 and scale in moved
                off = shift if moves and dimension == "fidelity" else 0
                given = true + off + int(rng.choice((-1, 0, 0, 0, 1)))
                line[f"{scale}.{dimension}"] = str(min(7, max(2, given)))
            made.append(line)
    return made


def drifted(study, masters=3, **more):
    """Fill an open study so; S1 is signed in afterwards. The ids of the master sessions."""
    study.sign_in("S1")
    new = {code for code in CODERS if code not in {each.code for each in study.ask(people.roster)}}
    # The dictionary belongs to all tests.
    study.people = study.people | {
        code: study.do(people.add_person, code, Role.CODER) for code in sorted(new)
    }
    study.do(add_history, study.instrument_id, lines(**more))
    sessions = add_sessions(study, masters) if masters else []
    if sessions:
        give_masters(study, sessions)
    study.sign_in("S1")
    return sessions


def rate_as_masters(study, code):
    """Have a coder rate what was drawn for her as the master codes are; S1 is signed in afterwards."""
    given = study.sql(
        "SELECT r.id, m.id FROM rating r JOIN rating m ON m.session_id = r.session_id"
        " WHERE m.purpose = 'master' AND r.recalibration_id IS NOT NULL AND r.submitted_at IS NULL"
    )
    study.sign_in(code)
    for own, master in given:
        study.do(fill, own, study.ask(answers_of, master))
    study.sign_in("S1")
