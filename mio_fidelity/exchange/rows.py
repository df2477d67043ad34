"""A row of any table, what can be wrong with it, and how many cells are too many."""

from dataclasses import dataclass

from mio_fidelity.errors import UserError

MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row, or about the whole file.

    Attributes:
        row: Row number as a spreadsheet counts, from 1; None for the file.
        what: What it is and what to do.
        error: Whether it keeps the row, or the file, from being used; else it is a remark.
    """

    row: int | None
    what: UserError
    error: bool = True

    def __str__(self) -> str:
        return str(self.what) if self.row is None else f"Row {self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row under the header.

    Attributes:
        number: As a spreadsheet counts, from 1.
        cells: Their texts without surrounding space, one per column of the header.
    """

    number: int
    cells: tuple[str, ...]


def too_large() -> UserError:
    """The sentence for a table that no study of this kind fills."""
    return UserError("The file has more than 20 million cells. Check that it is the right file.")
