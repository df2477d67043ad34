"""Which scale and dimension a score belongs to: of an instrument, or as they come in the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mio_fidelity.analysis.table import Column, columns_of
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.layout import DIMENSION, SCALE, Layout, short, slug
from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.instrument import Instrument, shipped_instrument

USUAL_POINTS = tuple(range(1, 8))


@dataclass
class Scales:
    """The columns of a table of scores, and the way to them.

    Attributes:
        columns: What is scored.
        instrument: Whose columns they are; None for scales as they come.
        remarks: What to know about the choice.
    """

    columns: tuple[Column, ...]
    instrument: Instrument | None
    remarks: tuple[UserError, ...] = ()
    _scales: dict[str, str] = field(init=False)
    _dimensions: dict[str, str] = field(init=False)
    _at: dict[tuple[str, str], int] = field(init=False)
    _found: dict[tuple[str, str], int | UserError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._scales, self._dimensions, self._at = {}, {}, {}
        for at, column in enumerate(self.columns):
            self._at[column.scale, column.dimension] = at
            for name in (column.title, column.scale):
                self._scales[slug(name)] = column.scale
            for name in (column.dimension_title, column.dimension):
                self._dimensions[slug(name)] = column.dimension

    def find(self, scale: str, dimension: str) -> int | UserError:
        """The position of the column, or why there is none."""
        if (scale, dimension) not in self._found:
            self._found[scale, dimension] = self._look_up(scale, dimension)
        return self._found[scale, dimension]

    def _look_up(self, scale: str, dimension: str) -> int | UserError:
        for what, text, known in ((SCALE, scale, self._scales), (DIMENSION, dimension, self._dimensions)):
            if not slug(text):
                return UserError("There is no {what} in it. Fill it in.", what=what)
            if slug(text) not in known:
                return _unknown(what, text, known)
        key = self._scales[slug(scale)], self._dimensions[slug(dimension)]
        if key not in self._at:
            return UserError(
                "The scale {scale} has no {dimension}. Take the row out.",
                scale=short(scale),
                dimension=short(dimension),
            )
        return self._at[key]


def scales_of(
    raw: RawTable, layout: Layout, instrument: Instrument | None, points: tuple[int, ...] | None
) -> Scales:
    """The columns of a table.

    Args:
        raw: The table.
        layout: What its columns hold.
        instrument: Whose scales they must be; None: the shipped one's when half match, else as they come.
        points: The declared points of scales as they come; None for 1 to 7.
    """
    pairs = _pairs(raw, layout)
    if instrument is None:
        shipped = shipped_instrument()
        candidate = Scales(columns_of(shipped), shipped)
        known = sum(isinstance(candidate.find(*pair), int) for pair in pairs)
        instrument = shipped if 2 * known >= len(pairs) > 0 else None
    if instrument is None:
        return _as_they_come(pairs, points)
    remarks = []
    if points is not None and any(each.points != points for each in instrument.dimensions.values()):
        remarks.append(
            UserError("The scales are those of the instrument, so its points were taken, not the ones given.")
        )
    return Scales(columns_of(instrument), instrument, tuple(remarks))


def _pairs(raw: RawTable, layout: Layout) -> Sequence[tuple[str, str]]:
    """Every scale and dimension that is named, in order of appearance."""
    if not layout.is_long:
        return [(scale, dimension) for _, scale, dimension in layout.slots]
    scale, dimension = layout.at(SCALE) or 0, layout.at(DIMENSION) or 0
    named = dict.fromkeys((row.cells[scale], row.cells[dimension]) for row in raw.rows)
    return [pair for pair in named if all(map(slug, pair))]


def _as_they_come(pairs: Sequence[tuple[str, str]], points: tuple[int, ...] | None) -> Scales:
    numbers: dict[str, int] = {}
    columns: dict[tuple[str, str], Column] = {}
    for scale, dimension in pairs:
        number = numbers.setdefault(slug(scale), len(numbers) + 1)
        key = slug(scale), slug(dimension)
        if key not in columns:
            titles = _title(scale), _title(dimension)
            columns[key] = Column(
                key[0], titles[0], number, "", "", key[1], titles[1], points or USUAL_POINTS
            )
    remarks: tuple[UserError, ...] = ()
    if points is None:
        remarks = (UserError("The scales are not declared; their points were taken to be 1-7."),)
    return Scales(tuple(columns.values()), None, remarks)


def _title(text: str) -> str:
    words = short(text.replace("_", " "))
    return words[:1].upper() + words[1:]


def _unknown(what: str, text: str, known: dict[str, str]) -> UserError:
    close = get_close_matches(slug(text), known, 1)
    if close:
        return UserError(
            "The {what} {name} is not known; did you mean {close}? Correct it.",
            what=what,
            name=short(text),
            close=known[close[0]],
        )
    return UserError(
        "The {what} {name} is none of the instrument. Correct it, or take the row out.",
        what=what,
        name=short(text),
    )
