"""A study of many recorded sessions, to assign from."""

import uuid

from mio_fidelity.coding import people
from mio_fidelity.store import Db, Role
from mio_fidelity.store.models import Recording, TreatmentSession

ARMS = ("care", "usual")


def fill(db: Db, clients: int = 14, numbers: range = range(1, 12), sites: int = 4, coders: int = 5) -> None:
    """Clients with sessions, at sites and in arms in turn, and the coders R1, R2, ..."""
    there = {member.code for member in people.roster(db)}
    for nth in range(1, coders + 1):
        if f"R{nth}" not in there:
            people.add_person(db, f"R{nth}", Role.CODER)
    for nth in range(clients):
        at = people.site(db, f"Site {nth % sites + 1}")
        who = people.counselor(db, f"K{nth % (2 * sites) + 1:02}", at)
        client = people.client(db, f"C{nth + 1:04}", at)
        for number in numbers:
            _add_session(db, client.id, who.id, ARMS[nth // sites % 2], number)
    db.flush()


def _add_session(db: Db, client_id: str, counselor_id: str, arm: str, number: int) -> None:
    session = TreatmentSession(
        id=uuid.uuid4().hex, client_id=client_id, counselor_id=counselor_id, arm=arm, number=number
    )
    sound = Recording(
        session_id=session.id,
        location=f"recordings/{session.id}.wav",
        sha256=uuid.uuid4().hex * 2,
        byte_size=1,
        kind="audio",
        container="wav",
        codec="pcm",
        duration_ms=1000,
    )
    db.add_all((session, sound))
