"""What words on the command line mean: filters, points, pairs."""

import argparse
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from mio_fidelity.errors import UserError
from mio_fidelity.store import Purpose

if TYPE_CHECKING:
    from mio_fidelity.analysis.study import ScoreFilter

_POINTS = re.compile(r"\s*(-?\d{1,4})\s*(?:-|\.\.|–)\s*(-?\d{1,4})\s*")
_MOST_POINTS = 101


def _only(read: Callable[[str], Any]) -> Callable[[tuple[str, ...]], Any]:
    """For keys with one value."""

    def one(values: tuple[str, ...]) -> Any:
        (value,) = values
        return read(value)

    return one


# Key of a filter: the field it fills, and how its values are read.
_FILTERS: dict[str, tuple[str, Callable[[tuple[str, ...]], Any]]] = {
    "purpose": ("purposes", lambda values: tuple(map(Purpose, values))),
    "arm": ("arms", tuple),
    "site": ("sites", tuple),
    "coder": ("coders", tuple),
    "since": ("since", _only(date.fromisoformat)),
    "until": ("until", _only(date.fromisoformat)),
    "first": ("first_number", _only(int)),
    "last": ("last_number", _only(int)),
    "instrument": ("instrument", _only(str)),
}


def iso_day(text: str) -> date:
    """The day an option names.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("this is no day; write it as 2026-03-31") from error


def study_filter(words: Iterable[str]) -> "ScoreFilter":
    """The filter of a study that ``words``, such as "arm=MIO", ask for.

    Raises:
        UserError: a key or value is none.
    """
    from mio_fidelity.analysis.study import ScoreFilter

    fields = {}
    for key, values in chosen_values(words).items():
        if key not in _FILTERS:
            raise UserError(
                "There is no filter {key}. The filters are {all}.", key=key, all=", ".join(_FILTERS)
            )
        name, read = _FILTERS[key]
        try:
            fields[name] = read(values)
        except ValueError as error:
            raise UserError(
                "The filter {key} cannot be {value}. See --help for the filters.",
                key=key,
                value=",".join(values),
            ) from error
    return ScoreFilter(**fields)


def chosen_values(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Key to values of filters; a key that comes twice has both.

    Raises:
        UserError: a word is no key with a value.
    """
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        key, value = pair_of(word, "--filter")
        values = tuple(part.strip() for part in value.split(",") if part.strip())
        found[key] = found.get(key, ()) + values
    return found


def pair_of(word: str, option: str) -> tuple[str, str]:
    """Key and value of a word such as "arm=MIO".

    Raises:
        UserError: it is no such word.
    """
    key, _, value = (part.strip() for part in word.partition("="))
    if not key or not value:
        raise UserError("{option} is followed by a key, = and a value, such as arm=MIO.", option=option)
    return key.casefold(), value


def points_of(text: str) -> tuple[int, ...]:
    """The points that "1-7" declares.

    Raises:
        UserError: it declares none, or one, or more than a hundred.
    """
    found = _POINTS.fullmatch(text)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not low < high < low + _MOST_POINTS:
        raise UserError("The points of a scale are written as the lowest and the highest, such as 1-7.")
    return tuple(range(low, high + 1))
