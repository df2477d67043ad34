"""The rating instrument: scales, points, anchors and rules, read from files and never written in code."""

from mio_fidelity.instrument.model import Dimension, Domain, Instrument, NotApplicable, Scale
from mio_fidelity.instrument.reader import parse_instrument, read_instrument, shipped_instrument

__all__ = [
    "Dimension",
    "Domain",
    "Instrument",
    "NotApplicable",
    "Scale",
    "parse_instrument",
    "read_instrument",
    "shipped_instrument",
]
