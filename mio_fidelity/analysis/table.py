"""A table of scores, whether from a study or from a file: which sessions, which coders, which answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.answer import State
from mio_fidelity.instrument import Instrument

Floats = NDArray[np.float64]
STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is scored: a dimension of a scale.

    Attributes:
        scale: Key of the scale.
        title: Its title.
        number: Its number on the form.
        domain: Key of its domain; empty when the table knows no domains.
        domain_title: Title of its domain.
        dimension: Key of the dimension, such as "fidelity".
        dimension_title: Title of the dimension.
        points: The declared points.
    """

    scale: str
    title: str
    number: int
    domain: str
    domain_title: str
    dimension: str
    dimension_title: str
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as far as it is known: a pseudonymous label, and what it may be grouped by."""

    label: str
    arm: str = ""
    site: str = ""
    counselor: str = ""
    number: int | None = None
    held_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rating that was not used, and why."""

    session: str
    coder: str
    why: str


@dataclass(frozen=True)
class ScoreTable:
    """Scores of many sessions by many coders.

    Attributes:
        columns: What is scored; the first axis of ``values``.
        sessions: The second axis.
        coders: Codes of the coders; the third axis.
        values: Shape (columns, sessions, coders), NaN where there is no score.
        states: Same shape, positions in `STATES`; -1 where the coder did not rate the session.
        left_out: Ratings that were not used.
        instrument: What was rated with; None for a table from elsewhere.
        filter_words: What was selected, in words, for the Method sheet.
    """

    columns: tuple[Column, ...]
    sessions: tuple[SessionRow, ...]
    coders: tuple[str, ...]
    values: Floats
    states: NDArray[np.int8]
    left_out: tuple[LeftOut, ...] = ()
    instrument: Instrument | None = None
    filter_words: Mapping[str, str] = field(default_factory=dict)

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Shape (sessions, coders): who rated what, whatever was answered."""
        return np.asarray((self.states >= 0).any(axis=0), dtype=bool)

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """Key and title of each dimension, in order."""
        return tuple(dict.fromkeys((column.dimension, column.dimension_title) for column in self.columns))

    @property
    def domains(self) -> tuple[tuple[str, str], ...]:
        """Key and title of each domain, in order; empty when the table knows none."""
        pairs = ((column.domain, column.domain_title) for column in self.columns if column.domain)
        return tuple(dict.fromkeys(pairs))

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the scores, their labels and arms; the order of reading does not matter."""
        rows = np.argsort([session.label for session in self.sessions], kind="stable")
        order = np.argsort(self.coders, kind="stable")
        labels = [
            [(self.sessions[at].label, self.sessions[at].arm) for at in rows],
            [self.coders[at] for at in order],
            [(column.scale, column.dimension) for column in self.columns],
        ]
        # Not-a-number has many bit patterns.
        values = np.where(np.isnan(self.values), np.nan, self.values)[:, rows][:, :, order]
        digest = hashlib.sha256(json.dumps(labels).encode())
        digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(self.states[:, rows][:, :, order]).tobytes())
        return digest.hexdigest()

    def of(self, dimension: str, domain: str | None = None) -> list[int]:
        """Positions of the columns of a dimension, of one domain or of all."""
        return [
            at
            for at, column in enumerate(self.columns)
            if column.dimension == dimension and domain in (None, column.domain)
        ]

    def domain_scores(self, dimension: str, domain: str) -> Floats:
        """Mean of a domain's scales, by the instrument's missing rule.

        Returns:
            Shape (sessions, coders); NaN where fewer than the asked share of the applicable scales is rated.
        """
        at = self.of(dimension, domain)
        values, states = self.values[at], self.states[at]
        rated = (~np.isnan(values)).sum(axis=0)
        applicable = len(at) - (states == STATES.index(State.NOT_APPLICABLE)).sum(axis=0)
        share = self.instrument.missing_share if self.instrument else 1.0
        # The rule of `Instrument.enough_rated`, for all cells at once.
        enough = (rated > 0) & (rated / np.maximum(applicable, 1) >= share - 1e-9)
        sums = np.nansum(values, axis=0)
        return np.where(enough, sums / np.maximum(rated, 1), np.nan)

    def chosen(self, sessions: Sequence[bool] | NDArray[np.bool_]) -> "ScoreTable":
        """The table of some of the sessions, with the coders who rated any of them."""
        keep = np.asarray(sessions, dtype=bool)
        coders = np.asarray((self.states[:, keep] >= 0).any(axis=(0, 1)), dtype=bool)
        return ScoreTable(
            self.columns,
            tuple(row for row, kept in zip(self.sessions, keep, strict=True) if kept),
            tuple(code for code, kept in zip(self.coders, coders, strict=True) if kept),
            self.values[:, keep][:, :, coders],
            self.states[:, keep][:, :, coders],
            self.left_out,
            self.instrument,
            self.filter_words,
        )


def columns_of(instrument: Instrument) -> tuple[Column, ...]:
    """The columns of an instrument, in the order of the form."""
    found = []
    for domain in instrument.domains:
        for scale in domain.scales:
            for key in scale.dimensions:
                dimension = instrument.dimensions[key]
                found.append(
                    Column(
                        scale.key,
                        scale.title,
                        scale.number,
                        domain.key,
                        domain.title,
                        key,
                        dimension.title,
                        dimension.points,
                    )
                )
    return tuple(found)
