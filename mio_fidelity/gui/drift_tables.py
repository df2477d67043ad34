"""What the drift page shows and exports as tables."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from mio_fidelity.analysis.drift_results import (
    CoderDrift,
    Disagreement,
    DriftFlag,
    DriftReport,
    DriftSeries,
    Reference,
    Standing,
)
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.errors import Sentence

_STANDINGS = {
    Standing.IN_CONTROL: Sentence("in control"),
    Standing.DRIFTING: Sentence("drifting"),
    Standing.APART: Sentence("apart from one partner"),
    Standing.RECALIBRATED: Sentence("recalibrated"),
    Standing.TOO_FEW: Sentence("too few sessions"),
}
_REFERENCES = {Reference.MASTER: Sentence("master codes"), Reference.PARTNERS: Sentence("partners")}


def series_listing(report: DriftReport, series: Iterable[DriftSeries]) -> Listing:
    """A row for each chart."""
    topics, dimensions = _titles(report)
    rows: list[tuple[Value, ...]] = []
    ids = []
    for each in series:
        flag = next((one for one in reversed(each.flags) if one.cleared_on is None), None)
        ids.append("\n".join((each.coder, each.reference, each.dimension, each.topic)))
        rows.append(
            (
                each.coder or None,
                topics[each.topic],
                dimensions[each.dimension],
                _REFERENCES[each.reference],
                _STANDINGS[each.standing],
                flag.began if flag else None,
                _number(flag.change) if flag else None,
                len(each.points),
                _number(each.mean),
                _number(each.within_1),
                each.n_scores,
                _number(each.limits.target),
                _number(each.limits.sigma),
                each.limits.words,
                each.words,
            )
        )
    columns = (
        Column("coder", Sentence("Coder")),
        Column("topic", Sentence("Domain or scale")),
        Column("dimension", Sentence("Dimension")),
        Column("reference", Sentence("Held against")),
        Column("standing", Sentence("State")),
        Column("began", Sentence("Since"), Kind.DAY),
        Column("change", Sentence("Change"), Kind.NUMBER, Sentence("Of the flag, less what was expected.")),
        Column("sessions", Sentence("Sessions"), Kind.NUMBER),
        Column("mean", Sentence("Mean difference"), Kind.NUMBER, Sentence("Own minus reference, in points.")),
        Column("within_1", Sentence("Within 1"), Kind.SHARE),
        Column("scores", Sentence("Scores"), Kind.NUMBER, Sentence("What the share within 1 rests on.")),
        Column("target", Sentence("Expected"), Kind.NUMBER),
        Column("sigma", Sentence("Sigma"), Kind.NUMBER, Sentence("Of one session's difference, in points.")),
        Column("limits", Sentence("Where the limits come from"), Kind.TEXT),
        Column("words", Sentence("In words"), Kind.TEXT),
    )
    return Listing("drift_charts", Sentence("Control charts"), columns, ids, rows)


def flags_listing(report: DriftReport) -> Listing:
    """A row for each flag, of the group, of coders by code, those that are over too."""
    topics, dimensions = _titles(report)
    flags: list[DriftFlag] = [flag for series in report.group for flag in series.flags]
    flags += [flag for coder in report.coders for series in coder.series for flag in series.flags]
    rows: list[tuple[Value, ...]] = [
        (
            flag.coder or None,
            topics[flag.topic],
            dimensions[flag.dimension],
            _REFERENCES[flag.reference],
            flag.began,
            flag.signalled,
            flag.n,
            _number(flag.size),
            _number(flag.change),
            flag.cleared_on,
            flag.words,
        )
        for flag in flags
    ]
    columns = (
        Column("coder", Sentence("Coder"), help=Sentence("Empty for all coders together.")),
        Column("topic", Sentence("Domain or scale")),
        Column("dimension", Sentence("Dimension")),
        Column("reference", Sentence("Held against")),
        Column("began", Sentence("Since"), Kind.DAY),
        Column("signalled", Sentence("Flagged on"), Kind.DAY),
        Column("sessions", Sentence("Sessions since"), Kind.NUMBER),
        Column("size", Sentence("Difference"), Kind.NUMBER, Sentence("Mean since it began, in points.")),
        Column("change", Sentence("Change"), Kind.NUMBER, Sentence("Less what was expected, in points.")),
        Column("cleared_on", Sentence("Over since"), Kind.DAY),
        Column("words", Sentence("In words"), Kind.TEXT),
    )
    return Listing("drift_flags", Sentence("Flags"), columns, [str(at) for at in range(len(rows))], rows)


def recalibrations_listing(found: Sequence[RecalibrationRow]) -> Listing:
    """A row for each recalibration."""
    rows: list[tuple[Value, ...]] = [
        (
            row.coder,
            _day(row.drawn_at),
            row.submitted,
            row.given,
            _day(row.closed_at) if row.closed_at else None,
            _state(row),
            _number(row.outcome.within_1) if row.outcome else None,
            _number(row.outcome.mean) if row.outcome else None,
            row.outcome.words if row.outcome else None,
            " ".join(row.reason) or None,
        )
        for row in found
    ]
    columns = (
        Column("coder", Sentence("Coder")),
        Column("drawn_on", Sentence("Drawn on"), Kind.DAY),
        Column("rated", Sentence("Rated"), Kind.NUMBER),
        Column("given", Sentence("Master sessions"), Kind.NUMBER),
        Column("closed_on", Sentence("Closed on"), Kind.DAY),
        Column("state", Sentence("State")),
        Column("within_1", Sentence("Within 1"), Kind.SHARE),
        Column(
            "mean", Sentence("Mean difference"), Kind.NUMBER, Sentence("From the master codes, in points.")
        ),
        Column("outcome", Sentence("Outcome"), Kind.TEXT),
        Column("reason", Sentence("Reason"), Kind.TEXT),
    )
    return Listing("recalibrations", Sentence("Recalibrations"), columns, [row.id for row in found], rows)


def apart_listing(report: DriftReport, coder: CoderDrift) -> Listing:
    """The largest disagreements of a coder; the id of a row is its place among them."""
    dimensions = _titles(report)[1]
    rows: list[tuple[Value, ...]] = [
        (
            each.session,
            each.scale_title,
            dimensions.get(each.dimension, each.dimension),
            each.own,
            each.other,
            each.own - each.other,
            _who(each),
            each.day,
        )
        for each in coder.disagreements
    ]
    columns = (
        Column("session", Sentence("Session"), Kind.TEXT),
        Column("scale", Sentence("Scale"), Kind.TEXT),
        Column("dimension", Sentence("Dimension")),
        Column("own", Sentence("Own"), Kind.NUMBER),
        Column("other", Sentence("Other"), Kind.NUMBER),
        Column("difference", Sentence("Difference"), Kind.NUMBER),
        Column("who", Sentence("Of whom"), Kind.TEXT),
        Column("day", Sentence("Day"), Kind.DAY),
    )
    return Listing("disagreements", Sentence("Largest disagreements"), columns, _places(rows), rows)


def _state(row: RecalibrationRow) -> Sentence:
    if row.outcome is None:
        return Sentence("open")
    return Sentence("over") if row.outcome.passed else Sentence("not over")


def _places(rows: Sequence[object]) -> list[str]:
    return [str(at) for at in range(len(rows))]


def _who(each: Disagreement) -> Value:
    return each.who or Sentence("master codes")


def _titles(report: DriftReport) -> tuple[dict[str, str], dict[str, str]]:
    return {topic.key: topic.title for topic in report.topics}, dict(report.dimensions)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)


def _day(moment: datetime) -> date:
    return moment.astimezone().date()
