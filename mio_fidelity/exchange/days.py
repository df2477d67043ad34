"""Days as people write them: one order of day and month for a whole column, never guessed row by row."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from mio_fidelity.errors import UserError

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(
    r"(\d{1,2})[-. ]\s?([A-Za-z]{3,9})[-. ,]\s?(\d{4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})"
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class DayOrder(StrEnum):
    """Which comes first where the year is last."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


def order_in(texts: Iterable[str]) -> DayOrder | None:
    """The order of a column, told by a day after the 12th; None where nothing tells it, or two disagree."""
    found = set()
    for text in texts:
        match = _YEAR_LAST.fullmatch(text.strip())
        if match:
            one, two = int(match[1]), int(match[2])
            if one > 12 >= two:
                found.add(DayOrder.DAY_FIRST)
            elif two > 12 >= one:
                found.add(DayOrder.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def ambiguous(text: str) -> bool:
    """Whether a text is one day or another, by the order of day and month."""
    match = _YEAR_LAST.fullmatch(text.strip())
    if match is None:
        return False
    one, two = int(match[1]), int(match[2])
    return one != two and max(one, two) <= 12


def day_of(text: str, order: DayOrder | None) -> date:
    """The day a text names: 2026-03-31, 2026/3/31, 20260331, 31.3.2026, 3/31/2026, 31 Mar 2026.

    Args:
        text: What is written.
        order: Which comes first where the year is last and either could be.

    Raises:
        UserError: it is no day, or the order is needed and not known.
    """
    text = text.strip()
    try:
        if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NAMED.fullmatch(text):
            day, month, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
            return date(int(year), _month(month), int(day))
        if match := _YEAR_LAST.fullmatch(text):
            if order is None and ambiguous(text):
                raise UserError(
                    "This date can be read in two ways. Say whether the day or the month comes first, or "
                    "write dates as 2026-03-31."
                )
            one, two, year = int(match[1]), int(match[2]), int(match[3])
            first_is_day = one > 12 or (order is DayOrder.DAY_FIRST and two <= 12)
            return date(year, two, one) if first_is_day else date(year, one, two)
    except ValueError:
        pass
    raise UserError("This is not a date. Write it as 2026-03-31.")


def _month(name: str) -> int:
    """1 to 12 of "Mar" or "march"; "Sept" too.

    Raises:
        ValueError: no month begins so.
    """
    (found,) = (nth for nth, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold()))
    return found
