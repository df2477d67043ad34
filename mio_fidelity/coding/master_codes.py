"""One session's master codes as supervisors look at them, whoever gave them."""

from collections.abc import Mapping
from dataclasses import dataclass

from mio_fidelity.coding import masters
from mio_fidelity.coding.desk import Desk, desk_of
from mio_fidelity.store import Db
from mio_fidelity.store.models import Rating


@dataclass(frozen=True, slots=True)
class MasterCodes:
    """Answers and evidence, and scale to why they are what they are."""

    desk: Desk
    rationales: Mapping[str, str]


def master_codes(db: Db, rating_id: str) -> MasterCodes:
    """The master codes, submitted or not.

    Raises:
        UserError: there are no such master codes, or the person signed in is no supervisor.
    """
    why = masters.rationales(db, rating_id)
    return MasterCodes(desk_of(db, db.get_one(Rating, rating_id)), why)
