"""Each thing a certification rule asks, whether it was shown, and why, in words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mio_fidelity import decimals
from mio_fidelity.coding.certification import Rule, coefficient, percent, points
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the answers.

    Attributes:
        asked: All answers of the counted sessions.
        no_master: Of these, where the master codes are open or could not be rated; counted out.
        applicability: One says not applicable, the other does not.
        scorable: The master codes have a score.
        not_scored: Of these, the coder could not rate or left it open.
        compared: Both gave a score.
        within: Of these, how many lie within the points the rule names.
    """

    asked: int
    no_master: int
    applicability: int
    scorable: int
    not_scored: int
    compared: int
    within: int

    @property
    def share(self) -> float:
        """Share of the compared within the points; NaN when nothing is compared."""
        return self.within / self.compared if self.compared else math.nan


@dataclass(frozen=True, slots=True)
class Part:
    """The agreement of one part of the form: a dimension, or a domain over all dimensions.

    Attributes:
        icc: ICC(A,1) with the variance components of its scales summed.
    """

    key: str
    title: str
    compared: int
    within: int
    icc: Estimate

    @property
    def share(self) -> float:
        """Share within the points; NaN when nothing is compared."""
        return self.within / self.compared if self.compared else math.nan


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing asked.

    Attributes:
        key: "sessions", "share", "icc", "domain_share" or "scored".
        part: Key of the dimension or domain; empty for all.
        met: Whether it was shown. What cannot be computed was not.
        value: What was found; NaN when it cannot be computed.
        asked: The least value the rule asks for.
        why: The verdict in words, with its numbers.
    """

    key: str
    part: str
    met: bool
    value: float
    asked: float
    why: str


def criteria(
    rule: Rule, n_sessions: int, tally: Tally, dimensions: Sequence[Part], domains: Sequence[Part]
) -> Iterator[Criterion]:
    """Each thing ``rule`` asks, and whether it was shown."""
    yield Criterion(
        "sessions",
        "",
        n_sessions >= rule.sessions,
        n_sessions,
        rule.sessions,
        Sentence("Master sessions rated: {n}; {asked} are asked for.", n=n_sessions, asked=rule.sessions),
    )
    yield _of_share("share", "", rule.share, tally.within, tally.compared, rule.within, None)
    if rule.icc is not None:
        for part in dimensions:
            yield _of_icc(part, rule.icc)
    if rule.domain_share is not None:
        for part in domains:
            yield _of_share(
                "domain_share",
                part.key,
                rule.domain_share,
                part.within,
                part.compared,
                rule.within,
                part.title,
            )
    if rule.scored is not None:
        yield _of_scored(rule.scored, tally.compared, tally.scorable)


def _of_share(
    key: str, part: str, asked: float, close: int, compared: int, within: int, title: str | None
) -> Criterion:
    where = title or Sentence("All scales")
    if not compared:
        why = Sentence(
            "{where}: no rating has both a score of the coder and a master code, so this is not shown.",
            where=where,
        )
        return Criterion(key, part, False, math.nan, asked, why)
    share = close / compared
    why = Sentence(
        "{where}: {close} of {compared} ratings ({share} %) lie within {within} of the master codes; "
        "{asked} % are asked for.",
        where=where,
        close=close,
        compared=compared,
        share=percent(_cut(share, 3)),
        within=points(within),
        asked=percent(asked),
    )
    return Criterion(key, part, _reaches(share, asked), share, asked, why)


def _of_icc(part: Part, asked: float) -> Criterion:
    wanted = coefficient(asked)
    if not part.icc.defined:
        why = Sentence(
            "{dimension}: the ICC cannot be computed, so {asked} is not shown. {reason}",
            dimension=part.title,
            asked=wanted,
            reason=part.icc.remark,
        )
        return Criterion("icc", part.key, False, math.nan, asked, why)
    why = Sentence(
        "{dimension}: ICC(A,1) {value} ({interval}, {n} sessions); {asked} is asked for.",
        dimension=part.title,
        value=decimals.coefficient(_cut(part.icc.value, 3), 3),
        interval=_interval(part.icc),
        n=part.icc.n_sessions,
        asked=wanted,
    )
    return Criterion("icc", part.key, _reaches(part.icc.value, asked), part.icc.value, asked, why)


def _interval(icc: Estimate) -> Sentence:
    if math.isnan(icc.low):
        return Sentence("no interval")
    return Sentence(
        "95 % interval {low} to {high}",
        low=decimals.coefficient(icc.low),
        high=decimals.coefficient(icc.high),
    )


def _of_scored(asked: float, compared: int, scorable: int) -> Criterion:
    share = compared / scorable if scorable else math.nan
    why = Sentence(
        "{compared} of the {scorable} ratings the master codes score are scored by the coder; {asked} % are "
        "asked for.",
        compared=compared,
        scorable=scorable,
        asked=percent(asked),
    )
    return Criterion("scored", "", bool(scorable) and _reaches(share, asked), share, asked, why)


def _cut(value: float, digits: int) -> float:
    """Rounded down: what falls just short must not look as if it did not."""
    step: float = 10.0**digits
    return math.floor(value * step + 1e-6) / step


def _reaches(value: float, asked: float) -> bool:
    # 9 of 10 are 90 %, whatever binary fractions make of it.
    return value >= asked - 1e-9
