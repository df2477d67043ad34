"""A table as the study page shows it and as it is exported: plain values in rows, each with an id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from mio_fidelity.errors import Sentence

_DIGITS = re.compile(r"(\d+)")

Value = str | int | float | date | None


class Kind(StrEnum):
    """What a column holds: how it is aligned, sorted, formatted and filtered.

    WORD: a code or label of few different values. STATE: one of a few words that the window translates.
    TEXT: anything. SHARE: 0 to 1, shown in percent. LENGTH: milliseconds.
    """

    WORD = "word"
    STATE = "state"
    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in exports, its title in the window, what it holds."""

    key: str
    title: Sentence
    kind: Kind = Kind.WORD
    help: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of plain values; None where there is nothing to say.

    Attributes:
        key: Its name in exports and on the command line.
        ids: The id behind each row.
        rows: Per row one value per column. A day is a `date`, never a text.
    """

    key: str
    title: Sentence
    columns: tuple[Column, ...]
    ids: Sequence[str]
    rows: Sequence[tuple[Value, ...]]

    def at(self, key: str) -> int:
        """The position of a column."""
        return next(at for at, column in enumerate(self.columns) if column.key == key)


@lru_cache(maxsize=65_536)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which R2 comes before R10."""
    parts = _DIGITS.split(text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
