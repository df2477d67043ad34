"""The instrument a rating was begun with, read back from the study."""

from mio_fidelity.instrument import Instrument, parse_instrument
from mio_fidelity.store.models import InstrumentEdition

_parsed: dict[str, Instrument] = {}


def instrument_of(edition: InstrumentEdition) -> Instrument:
    """The instrument as it is stored; read and parsed once per edition."""
    if edition.sha256 not in _parsed:
        instrument = parse_instrument(edition.files)
        if instrument.sha256 != edition.sha256:
            raise RuntimeError("the stored instrument is not the one it says it is")
        _parsed[edition.sha256] = instrument
    return _parsed[edition.sha256]
