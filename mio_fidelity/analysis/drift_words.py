"""Drift in sentences: a flag, a chart, its limits."""

from datetime import date
from typing import Any

from mio_fidelity.analysis.drift_results import DriftOptions, DriftReport, Limits, Origin, Reference
from mio_fidelity.analysis.drift_watch import BACK
from mio_fidelity.errors import Sentence

# Differences below this are not worth a word, in points.
_WORTH = 0.15
# Said with one decimal it is nothing.
_NONE = 0.05
_MONTHS = (
    Sentence("January"),
    Sentence("February"),
    Sentence("March"),
    Sentence("April"),
    Sentence("May"),
    Sentence("June"),
    Sentence("July"),
    Sentence("August"),
    Sentence("September"),
    Sentence("October"),
    Sentence("November"),
    Sentence("December"),
)


def day_in_words(day: date, today: date) -> Sentence:
    """12 October; with the year when that is not this one."""
    month = _MONTHS[day.month - 1]
    if day.year == today.year:
        return Sentence("{day} {month}", day=day.day, month=month)
    return Sentence("{day} {month} {year}", day=day.day, month=month, year=day.year)


def points_in_words(value: float) -> str:
    """Size in points without the leading zero: .8, 1.2."""
    return f"{abs(value):.1f}".removeprefix("0")


def what_in_words(topic: str, dimension: str, by: str) -> Sentence:
    """What is rated: "mentalization-based scales (fidelity)"."""
    if by == "domain":
        return Sentence("{topic} scales ({dimension})", topic=topic.lower(), dimension=dimension.lower())
    return Sentence("{topic} ({dimension})", topic=topic, dimension=dimension.lower())


def flag_in_words(
    coder: str, what: Sentence, reference: Reference, size: float, change: float, n: int, since: Sentence
) -> Sentence:
    """A flag that names a coder, or all of them together.

    Args:
        coder: Code; empty for all coders together.
        what: As `what_in_words` says it.
        reference: What the scores are held against.
        size: Mean difference since it began, in points.
        change: How much of that is new.
        n: Sessions since it began.
        since: As `day_in_words` says it.
    """
    words: dict[str, Any] = {
        "coder": coder,
        "what": what,
        "n": n,
        "since": since,
        "size": _aside(size),
        "change": _aside(change),
        "reference": Sentence("partners")
        if reference is Reference.PARTNERS
        else Sentence("the master codes"),
    }
    if size * change < 0 or abs(size) < abs(change) / 2:
        said = (
            Sentence("{coder} rates {what} {change} than before since {since} (n = {n} sessions)", **words)
            if coder
            else Sentence(
                "All coders together rate {what} {change} than before since {since} (n = {n} sessions)",
                **words,
            )
        )
        if abs(size) < _NONE:
            return Sentence("{said}; now level with {reference}", said=said, reference=words["reference"])
        return Sentence("{said}; now {size} than {reference}", said=said, **words)
    said = (
        Sentence("{coder} rates {what} {size} than {reference} since {since} (n = {n} sessions)", **words)
        if coder
        else Sentence(
            "All coders together rate {what} {size} than {reference} since {since} (n = {n} sessions)",
            **words,
        )
    )
    if abs(size - change) < _WORTH:
        return said
    return Sentence("{said}; {change} than before", said=said, change=_aside(change))


def _aside(value: float) -> Sentence:
    if value < 0:
        return Sentence("{size} lower", size=points_in_words(value))
    return Sentence("{size} higher", size=points_in_words(value))


def apart_in_words(
    coder: str, partner: str, what: Sentence, change: float, n: int, since: Sentence
) -> Sentence:
    """The difference of two coders has changed, and nobody can tell which of them moved.

    Args:
        coder: Code.
        partner: Code of the other.
        what: As `what_in_words` says it.
        change: What is new of the difference, in points: where one was higher before they may be level now.
        n: Sessions since it began.
        since: As `day_in_words` says it.
    """
    return Sentence(
        "{coder} and {partner} no longer differ as they did on {what} since {since}: beside {partner}, "
        "{coder} rates {change} than before (n = {n} sessions). Which of the two has moved cannot be told; "
        "master codes would tell.",
        coder=coder,
        partner=partner,
        what=what,
        since=since,
        change=_aside(change),
        n=n,
    )


def partners_moved_in_words(coder: str, what: Sentence, since: Sentence) -> Sentence:
    """Partners say that a coder moved, master codes say not."""
    return Sentence(
        "On {what} {coder} and the partners have moved apart since {since}, but against the master codes "
        "{coder} has not moved: the partners may have.",
        coder=coder,
        what=what,
        since=since,
    )


def rule_in_words(options: DriftOptions) -> tuple[Sentence, ...]:
    """When a change is flagged, whom a flag names, and when it is over; `drift_watch` has the formulas."""
    return (
        Sentence(
            "A change is flagged when both charts are beyond their limits to the same side, {least} sessions "
            "or more came after those that set the limits, and the change has lasted for {since} sessions or "
            "more and is {worth} points or more on average. It must also be larger than chance makes it: the "
            "more charts and sessions are watched, and the fewer sessions the limits rest on, the larger.",
            least=options.least,
            since=options.since,
            worth=f"{options.worth:g}".removeprefix("0"),
        ),
        Sentence(
            "A flag names a coder when it holds against the master codes, or against two partners or more "
            "unless the master codes say otherwise; of two coders alone nobody can tell which has moved. One "
            "of all coders together must show in more than half of them."
        ),
        Sentence(
            "A flag is over when the moving average has stayed in the inner half of its limits for {back} "
            "sessions, after a recalibration that went well, or after {least} sessions without a flag since "
            "another one.",
            back=BACK,
            least=options.least,
        ),
    )


def limits_in_words(origin: Origin, n: int, target: float, sigma: float, floored: bool) -> Sentence:
    """Where the limits come from, and what was done about a small number or a tiny spread."""
    words: dict[str, Any] = {"n": n, "target": f"{target:+.2f}", "sigma": f"{sigma:.2f}"}
    if origin is Origin.NONE:
        return Sentence("No session has been compared, so there are no limits.")
    if origin is Origin.CERTIFICATION:
        said = Sentence(
            "Limits from certification ({n} sessions): usual difference {target} points, standard deviation "
            "of one session {sigma}.",
            **words,
        )
    elif origin is Origin.FIRST:
        said = Sentence(
            "Limits from the first {n} sessions, which are not watched: usual difference {target} points, "
            "standard deviation of one session {sigma}.",
            **words,
        )
    else:
        said = Sentence(
            "Too few sessions for limits of one's own: those of all coders (standard deviation of one "
            "session {sigma}, n = {n}), and no usual difference. What looks like a change may have been so "
            "from the start.",
            **words,
        )
    if floored:
        return Sentence(
            "{said} The scores spread less than rounding alone makes them, so that spread was taken.",
            said=said,
        )
    return said


def as_reason(report: DriftReport, coder: str) -> dict[str, Any]:
    """What the charts say of a coder now, as `recalibration.draw_masters` keeps it."""
    scales = {topic.key: topic.scales for topic in report.topics}
    return {
        "flags": [
            {
                "topic": flag.topic,
                "scales": list(scales[flag.topic]),
                "dimension": flag.dimension,
                "reference": flag.reference.value,
                "size": flag.size,
                "change": flag.change,
                "began": flag.began.isoformat(),
                "n": flag.n,
                "words": str(flag.words),
            }
            for flag in report.coder(coder).flags
        ]
    }


def chart_in_words(limits: Limits, n: int, least: int, beyond: bool = False) -> Sentence:
    """A chart without a flag; ``beyond`` is whether it is beyond a limit all the same."""
    if limits.origin is Origin.NONE:
        return Sentence("No session has been compared yet.")
    if n < least:
        return Sentence("Too few (n = {n}) to say.", n=n)
    if beyond:
        return Sentence(
            "Beyond its limits at the last of {n} sessions, and not flagged: too little to be sure, or the "
            "other side of what somebody else does.",
            n=n,
        )
    return Sentence("In control over {n} sessions.", n=n)
