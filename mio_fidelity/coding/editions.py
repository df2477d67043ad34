"""The instrument a rating was begun with, read back from the study."""

from sqlalchemy import select

from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument, parse_instrument
from mio_fidelity.store import Db, Purpose
from mio_fidelity.store.models import Audit, InstrumentEdition, Rating

_parsed: dict[str, Instrument] = {}
_for_self: dict[str, Instrument] = {}


def instrument_of(edition: InstrumentEdition) -> Instrument:
    """The instrument as it is stored; read and parsed once per edition."""
    if edition.sha256 not in _parsed:
        instrument = parse_instrument(edition.files)
        if instrument.sha256 != edition.sha256:
            raise RuntimeError("the stored instrument is not the one it says it is")
        _parsed[edition.sha256] = instrument
    return _parsed[edition.sha256]


def instrument_for(rating: Rating) -> Instrument:
    """What ``rating`` is given with; the study is asked for it only once."""
    return _parsed.get(rating.instrument_sha256) or instrument_of(rating.instrument)


def form_of(rating: Rating) -> Instrument:
    """The instrument in the words for whoever gives ``rating``: self-ratings have their own."""
    instrument = instrument_for(rating)
    if rating.purpose != Purpose.SELF:
        return instrument
    # Always the same object, by which the page knows that its form still fits.
    return _for_self.setdefault(instrument.sha256, instrument.for_self())


def latest_instrument(db: Db) -> Instrument:
    """The instrument of the edition that was added last.

    Raises:
        UserError: the study has none.
    """
    return instrument_of(latest_edition(db))


def latest_edition(db: Db) -> InstrumentEdition:
    """The edition that was added last; by the audit trail's order, for a clock may be set back.

    Raises:
        UserError: the study has none.
    """
    added = (
        select(Audit.row_id)
        .where(Audit.table_name == InstrumentEdition.__tablename__, Audit.action == "insert")
        .order_by(Audit.id.desc())
        .limit(1)
    )
    latest = db.scalar(select(InstrumentEdition).where(InstrumentEdition.id == added.scalar_subquery()))
    if latest is None:
        raise UserError("The study has no instrument yet. Choose an instrument file first.")
    return latest
