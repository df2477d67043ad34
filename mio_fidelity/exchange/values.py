"""What the text of a cell says: a score, that there is none, or nothing that can be used."""

import re

from mio_fidelity.analysis.table import Column
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.layout import short

# An empty cell is always missing; a number such as 99 only where somebody says so.
NA_CODES = ("NA", "N/A", ".")
_NUMBER = re.compile(r"[+-]?(\d{1,15}([.,]\d*)?|[.,]\d+)", re.ASCII)


def read_value(text: str, column: Column, na: frozenset[str]) -> float | UserError | None:
    """The score in a cell, None where it is a code for missing, or what is wrong with it.

    Args:
        text: The cell.
        column: What is scored.
        na: Codes for missing, in small letters.
    """
    where = f"{column.title}, {column.dimension_title}"
    if text.casefold() in na:
        return None
    if not _NUMBER.fullmatch(text):
        return UserError(
            "The score for {where} is not a number. Correct it, or name what stands there as a code for "
            "missing.",
            where=where,
        )
    value = float(text.replace(",", "."))
    if f"{value:g}" in na:
        return None
    if value not in column.points:
        return UserError(
            "The score {value} for {where} is not on the scale {points}. Correct it, declare other points, "
            "or name it as a code for missing.",
            value=short(text),
            where=where,
            points=points_words(column.points),
        )
    return value


def points_words(points: tuple[int, ...]) -> str:
    """The points as one writes them: "1-7", or one by one when some are left out."""
    if points == tuple(range(points[0], points[-1] + 1)):
        return f"{points[0]}-{points[-1]}"
    return ", ".join(map(str, points))
