"""Findings and score tables as plain values that JSON keeps to the last digit, and back."""

import base64
import math
import types
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from mio_fidelity.analysis.table import Column, LeftOut, ScoreTable, SessionRow
from mio_fidelity.errors import Sentence
from mio_fidelity.instrument import Instrument

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A value of dataclasses, mappings and tuples as dictionaries, lists, texts and numbers.

    Numbers that JSON does not know become the texts "nan", "inf" and "-inf".
    """
    if isinstance(value, Sentence):
        values = value.values.items()
        # As texts, so that a sentence that comes back is made plain in the same way.
        parts = {name: to_plain(each) if isinstance(each, Sentence) else str(each) for name, each in values}
        return {"sentence": value.template, "values": parts}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of type ``kind`` that `to_plain` made plain."""
    return cast(T, _back(kind, plain))


def _back(kind: Any, plain: Any) -> Any:
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if plain is None else _back(next(each for each in of if each is not type(None)), plain)
    if origin is tuple:
        kinds = [of[0]] * len(plain) if of[-1] is Ellipsis else of
        return tuple(_back(each, item) for each, item in zip(kinds, plain, strict=True))
    if origin is Literal:
        return plain
    if origin is not None and issubclass(origin, Mapping):
        return {of[0](key): _back(of[1], item) for key, item in plain.items()}
    if kind is str and isinstance(plain, dict):
        values = {name: _back(str, each) for name, each in plain["values"].items()}
        return Sentence(plain["sentence"], **values)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _back(hints[name], item) for name, item in plain.items()})
    return kind.fromisoformat(plain) if kind in (date, datetime) else kind(plain)


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def table_to_plain(table: ScoreTable) -> dict[str, Any]:
    """A score table as plain values; of the instrument only its fingerprint."""
    return {
        "columns": to_plain(table.columns),
        "sessions": to_plain(table.sessions),
        "coders": list(table.coders),
        "values": _packed(table.values.astype("<f8")),
        "states": _packed(table.states),
        "left_out": to_plain(table.left_out),
        "instrument": table.instrument.sha256 if table.instrument else None,
        "filter_words": dict(table.filter_words),
    }


def table_from_plain(plain: Mapping[str, Any], instrument: Instrument | None) -> ScoreTable:
    """The score table that `table_to_plain` made plain.

    Args:
        plain: What it made.
        instrument: What was rated with; None for a table from elsewhere.
    """
    sessions, coders = from_plain(tuple[SessionRow, ...], plain["sessions"]), tuple(plain["coders"])
    columns = from_plain(tuple[Column, ...], plain["columns"])
    shape = len(columns), len(sessions), len(coders)
    return ScoreTable(
        columns,
        sessions,
        coders,
        np.frombuffer(_unpacked(plain["values"]), "<f8").reshape(shape).astype(np.float64),
        np.frombuffer(_unpacked(plain["states"]), np.int8).reshape(shape).copy(),
        from_plain(tuple[LeftOut, ...], plain["left_out"]),
        instrument,
        plain["filter_words"],
    )


def _packed(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array).tobytes())).decode("ascii")


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))
