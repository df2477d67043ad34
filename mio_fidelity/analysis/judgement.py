"""A coder held to the rule: what was compared, each thing asked and whether it was shown, and why."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from mio_fidelity.analysis.against import Against, absent_points, against, agreement_over_scales
from mio_fidelity.analysis.criteria import Criterion, Part, Tally, criteria
from mio_fidelity.analysis.table import Column, Floats, columns_of
from mio_fidelity.answer import OPEN, Answer, State
from mio_fidelity.coding.certification import Rule, rule_to_plain
from mio_fidelity.errors import Sentence
from mio_fidelity.instrument import Instrument

# Between scale and dimension, in the keys of stored answers; no key of an instrument holds it.
_INSIDE = "/"


@dataclass(frozen=True, slots=True)
class JudgedSession:
    """A session as the coder first rated it, and as the master codes have it.

    Attributes:
        label: Client and number, as supervisors see it.
        own: "scale/dimension" to the coder's answer, encoded.
        master: The same of the master codes.
    """

    rating_id: str
    master_id: str
    session_id: str
    blind_code: str
    label: str
    submitted_at: datetime
    own: Mapping[str, str]
    master: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A session of the coder that was not counted, and why."""

    label: str
    blind_code: str
    why: str


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """One scale and dimension against the master codes."""

    scale: str
    number: int
    title: str
    dimension: str
    dimension_title: str
    figures: Against


@dataclass(frozen=True)
class Judgement:
    """A coder held to the rule, with all it was judged on.

    Attributes:
        words: The rule, a sentence for each thing asked.
        instrument: Title and edition.
        sessions: What was counted, in the order of submission.
        not_counted: What was not, and why.
        dimensions: Agreement per dimension.
        domains: Agreement per domain.
        scales: Every scale in every dimension, in the order of the form.
        criteria: Each thing asked.
        remarks: What to keep in mind, in sentences.
        versions: The program's.
    """

    person_id: str
    coder: str
    rule: Rule
    words: tuple[str, ...]
    instrument: str
    instrument_sha256: str
    sessions: tuple[JudgedSession, ...]
    not_counted: tuple[NotCounted, ...]
    tally: Tally
    dimensions: tuple[Part, ...]
    domains: tuple[Part, ...]
    scales: tuple[ScaleRow, ...]
    criteria: tuple[Criterion, ...]
    remarks: tuple[str, ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything asked was shown."""
        return bool(self.criteria) and all(criterion.met for criterion in self.criteria)

    @cached_property
    def verdict(self) -> Sentence:
        """The verdict, and what it still lacks."""
        if self.passed:
            return Sentence("{coder} meets the rule.", coder=self.coder)
        lacking = sum(not criterion.met for criterion in self.criteria)
        return Sentence(
            "{coder} does not meet the rule yet: {lacking} of {n} criteria are not shown to be met.",
            coder=self.coder,
            lacking=lacking,
            n=len(self.criteria),
        )

    @cached_property
    def data_sha256(self) -> str:
        """Fingerprint of the rule and of all scores it was applied to."""
        data = [
            self.person_id,
            rule_to_plain(self.rule),
            self.instrument_sha256,
            [[one.rating_id, one.master_id, dict(one.own), dict(one.master)] for one in self.sessions],
        ]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def encoded(answers: Mapping[tuple[str, str], Answer]) -> dict[str, str]:
    """Answers as a judgement keeps them."""
    return {f"{scale}{_INSIDE}{dimension}": answer.encode() for (scale, dimension), answer in answers.items()}


def judged(
    person: tuple[str, str],
    rule: Rule,
    instrument: Instrument,
    sessions: Sequence[JudgedSession],
    not_counted: Sequence[NotCounted] = (),
    versions: Mapping[str, str] | None = None,
) -> Judgement:
    """Hold a coder to ``rule``. Pure.

    Args:
        person: Id and code of the coder.
        rule: The rule.
        instrument: What all ``sessions`` were rated with, on both sides.
        sessions: What is counted, a session once.
        not_counted: What is not, for the record.
        versions: Of the program.
    """
    columns = columns_of(instrument)
    own, master = (_values(columns, [getattr(one, side) for one in sessions]) for side in ("own", "master"))
    tally = _tally(columns, sessions, own, master, rule.within)
    dimension = [(column.dimension, column.dimension_title) for column in columns]
    domain = [(column.domain, column.domain_title) for column in columns]
    dimensions, domains = (tuple(_parts(keys, own, master, rule.within)) for keys in (dimension, domain))
    n_sessions = int((~np.isnan(own - master)).any(axis=0).sum()) if columns else 0
    return Judgement(
        *person,
        rule,
        rule.words(),
        f"{instrument.title}, edition {instrument.edition}",
        instrument.sha256,
        tuple(sessions),
        tuple(not_counted),
        tally,
        dimensions,
        domains,
        tuple(_scales(columns, own, master, instrument)),
        tuple(criteria(rule, n_sessions, tally, dimensions, domains)),
        tuple(_remarks(tally, sessions, not_counted)),
        dict(versions or {}),
    )


def _answers(one: Mapping[str, str], columns: Sequence[Column]) -> list[Answer]:
    given = {key: Answer.decode(word) for key, word in one.items()}
    return [given.get(f"{column.scale}{_INSIDE}{column.dimension}", OPEN) for column in columns]


def _values(columns: Sequence[Column], given: Sequence[Mapping[str, str]]) -> Floats:
    """Shape (columns, sessions), NaN where there is no point."""
    values = np.full((len(columns), len(given)), np.nan)
    for nth, one in enumerate(given):
        for at, answer in enumerate(_answers(one, columns)):
            if answer.value is not None:
                values[at, nth] = answer.value
    return values


def _tally(
    columns: Sequence[Column], sessions: Sequence[JudgedSession], own: Floats, master: Floats, within: int
) -> Tally:
    found: Counter[str] = Counter()
    for one in sessions:
        pairs = zip(_answers(one.own, columns), _answers(one.master, columns), strict=True)
        for mine, theirs in pairs:
            found.update(_fate(mine, theirs))
    compared, close = _close(own, master, within)
    return Tally(
        len(columns) * len(sessions),
        found["no_master"],
        found["applicability"],
        found["scorable"],
        found["not_scored"],
        compared,
        close,
    )


def _fate(own: Answer, master: Answer) -> Iterator[str]:
    unsaid = (State.OPEN, State.CANNOT_RATE)
    if master.state in unsaid:
        yield "no_master"
    if master.state is State.RATED:
        yield "scorable"
        if own.state in unsaid:
            yield "not_scored"
    if not {own.state, master.state} & set(unsaid) and own.state is not master.state:
        yield "applicability"


def _close(own: Floats, master: Floats, within: int) -> tuple[int, int]:
    gaps = np.abs(own - master)
    gaps = gaps[~np.isnan(gaps)]
    return len(gaps), int((gaps <= within).sum())


def _parts(keys: Sequence[tuple[str, str]], own: Floats, master: Floats, within: int) -> Iterator[Part]:
    """One part for each (key, title) that occurs in ``keys``, which names the part of every column."""
    for key, title in dict.fromkeys(keys):
        at = [nth for nth in range(len(keys)) if keys[nth][0] == key]
        one, two = own[at], master[at]
        yield Part(key, title, *_close(one, two, within), agreement_over_scales(one, two))


def _scales(
    columns: Sequence[Column], own: Floats, master: Floats, instrument: Instrument
) -> Iterator[ScaleRow]:
    for column, one, two in zip(columns, own, master, strict=True):
        figures = against(one, two, absent_points(instrument, column.dimension))
        yield ScaleRow(
            column.scale, column.number, column.title, column.dimension, column.dimension_title, figures
        )


def _remarks(
    tally: Tally, sessions: Sequence[JudgedSession], not_counted: Sequence[NotCounted]
) -> Iterator[Sentence]:
    if len(sessions) == 1:
        yield Sentence("There is one session only, so nothing can be said of how sessions are told apart.")
    if tally.no_master:
        yield Sentence(
            "Without a master code, and so counted out: {n} of {asked} answers.",
            n=tally.no_master,
            asked=tally.asked,
        )
    if tally.applicability:
        yield Sentence(
            "Disagreements on whether a scale is applicable: {n}; such a rating lies neither near nor far.",
            n=tally.applicability,
        )
    if tally.not_scored:
        yield Sentence("Scored by the master codes and not by the coder: {n}.", n=tally.not_scored)
    if not_counted:
        yield Sentence("Sessions not counted, each with its reason: {n}.", n=len(not_counted))
