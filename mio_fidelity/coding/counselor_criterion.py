"""What the study asks of a session's domain scores: its own choice, and nothing before it has chosen."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from mio_fidelity.coding import people
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.study_settings import choose, chosen
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db
from mio_fidelity.store.models import InstrumentEdition, TreatmentSession

KEY = "counselor_criterion"


@dataclass(frozen=True, slots=True)
class Band:
    """Between which limits a domain score is to lie in sessions of an arm.

    Which way is good depends on the arm: little psychoeducation is as it should be in one and not in another.

    Attributes:
        arm: The arm; empty for sessions of any arm or none.
        domain: Key of the domain.
        dimension: Key of the dimension.
        least: The lowest score that meets it; None without a lower limit.
        most: The highest score that meets it; None without an upper limit.
    """

    arm: str
    domain: str
    dimension: str
    least: float | None = None
    most: float | None = None

    def met_by(self, score: float) -> bool:
        """Whether ``score``, which is a number, lies between the limits."""
        low = self.least is None or score >= self.least - 1e-9
        return low and (self.most is None or score <= self.most + 1e-9)


def criterion(db: Db) -> tuple[Band, ...]:
    """What the study has chosen; nothing unless it has.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    return tuple(Band(**each) for each in chosen(db, KEY).get("bands", ()))


def set_criterion(db: Db, bands: Sequence[Band]) -> None:
    """Choose what a session is to meet: all that is said for its arm. Nothing takes the criterion away.

    Raises:
        UserError: a limit is none, no instrument of the study has the domain or dimension, no session the
            arm, the same is said twice, or the person signed in is no supervisor.
    """
    people.only_supervisors(db)
    instruments = [instrument_of(edition) for edition in db.scalars(select(InstrumentEdition))]
    arms = {"", *(arm for arm in db.scalars(select(TreatmentSession.arm).distinct()) if arm)}
    seen = set()
    for band in bands:
        _check(band, instruments, arms)
        slot = band.arm, band.domain, band.dimension
        if slot in seen:
            raise UserError("The same domain and dimension of an arm has two lines. Keep one of them.")
        seen.add(slot)
    choose(db, KEY, {"bands": [asdict(band) for band in bands]})


def _check(band: Band, instruments: Sequence[Instrument], arms: set[str]) -> None:
    fitting = [
        each.dimensions[band.dimension].points
        for each in instruments
        if band.domain in {domain.key for domain in each.domains} and band.dimension in each.dimensions
    ]
    if not fitting:
        raise UserError(
            "No instrument of the study has the domain {domain} with the dimension {dimension}.",
            domain=band.domain,
            dimension=band.dimension,
        )
    if band.arm not in arms:
        raise UserError("No session of the study is in the arm {arm}. Check how it is written.", arm=band.arm)
    limits = [limit for limit in (band.least, band.most) if limit is not None]
    if not limits:
        raise UserError("Give a lowest or a highest score, or take the line out.")
    low, high = min(points[0] for points in fitting), max(points[-1] for points in fitting)
    if not all(math.isfinite(limit) and low <= limit <= high for limit in limits):
        raise UserError("A limit lies between {low} and {high}, as the points do.", low=low, high=high)
    if limits != sorted(limits):
        raise UserError("The lowest score that meets the criterion lies above the highest. Exchange them.")
