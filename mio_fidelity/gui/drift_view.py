"""What of a drift report is looked at, and the cards that show it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from mio_fidelity.analysis.drift_results import CoderDrift, DriftSeries, Reference, Standing
from mio_fidelity.gui import figures
from mio_fidelity.gui.drift_cards import Card
from mio_fidelity.gui.drift_chart import Line
from mio_fidelity.gui.drift_work import Charted, Numbers, key_of
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate
ChartKind = Literal["ewma", "cusum"]
# The most serious first; a chart with too little to say says less than one in control.
_GRAVITY = (
    Standing.DRIFTING,
    Standing.APART,
    Standing.RECALIBRATED,
    Standing.IN_CONTROL,
    Standing.TOO_FEW,
)
_ROLES = {Standing.DRIFTING: "alarm", Standing.APART: "warn"}


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at; nothing of it needs to be computed anew.

    Attributes:
        references: What the differences are from.
        kind: Which chart.
        dimension: Key of the dimension.
        last: Only the last sessions of each coder, so many; 0 for all.
        since: The first day; None for the beginning.
        until: The last day; None for today.
    """

    references: tuple[Reference, ...] = (Reference.MASTER, Reference.PARTNERS)
    kind: ChartKind = "ewma"
    dimension: str = ""
    last: int = 0
    since: date | None = None
    until: date | None = None

    def shows(self, series: DriftSeries) -> bool:
        """Whether this series is among what is looked at."""
        return series.dimension == self.dimension and series.reference in self.references

    def rows(self, numbers: Numbers) -> NDArray[np.intp]:
        """Which sessions are looked at."""
        seen = np.ones(len(numbers.days), dtype=bool)
        if self.since is not None:
            seen &= numbers.days >= self.since.toordinal()
        if self.until is not None:
            seen &= numbers.days <= self.until.toordinal()
        return np.flatnonzero(seen)


def standing_words(standing: Standing) -> str:
    """How a chart stands, in a word or two."""
    return {
        Standing.IN_CONTROL: translate("Drift", "in control"),
        Standing.DRIFTING: translate("Drift", "drifting"),
        Standing.APART: translate("Drift", "apart from one partner"),
        Standing.RECALIBRATED: translate("Drift", "recalibrated, too few sessions since"),
        Standing.TOO_FEW: translate("Drift", "too few sessions"),
    }[standing]


def reference_words(reference: Reference) -> str:
    """What scores are held against."""
    if reference is Reference.MASTER:
        return translate("Drift", "master codes")
    return translate("Drift", "partners")


def gravest(standings: Iterable[Standing]) -> Standing:
    """The most serious of them; too few when there is none."""
    return min(standings, key=_GRAVITY.index, default=Standing.TOO_FEW)


def cards_of(found: Charted, view: View) -> tuple[Card, ...]:
    """A card for each coder in the order of the codes, at last one for all of them together."""
    cards = [
        _card(found, view, coder.person_id, coder.coder, coder.series, coder) for coder in found.report.coders
    ]
    group = translate("Drift", "All coders together")
    against_master = View((Reference.MASTER,), view.kind, view.dimension, view.last, view.since, view.until)
    return (*cards, _card(found, against_master, "", group, found.report.group, None))


def lines_of(found: Charted, view: View, series: Iterable[DriftSeries]) -> tuple[Line, ...]:
    """The lines of those series that are looked at and have something to draw."""
    topics = {topic.key: (nth, topic) for nth, topic in enumerate(found.report.topics)}
    within: dict[str, int] = {}
    patterns = {}
    for key, (_, topic) in topics.items():
        patterns[key] = within[topic.color] = within.get(topic.color, -1) + 1
    by_scale = found.report.options.by == "scale"
    lines = []
    for each in series:
        numbers = found.numbers[key_of(each)]
        at = view.rows(numbers)
        # While the limits are being set there is no chart.
        at = at[~np.isnan(numbers.ewma[at])]
        if not view.shows(each) or each.standing is Standing.TOO_FEW or not len(at):
            continue
        nth, topic = topics[each.topic]
        ends = _arms(numbers, at, view.kind, found.report.options.h)
        upper, lower, high, low = ends
        lines.append(
            Line(
                tag=str(nth + 1),
                title=topic.title,
                color=(topic.key, topic.color),
                pattern=patterns[each.topic] if by_scale else nth,
                days=numbers.days[at],
                upper=upper,
                lower=lower,
                high=high,
                low=low,
                outside=(upper > high) | (lower < low),
                flagged=numbers.flagged[at],
                dotted=each.reference is Reference.MASTER and len(view.references) > 1,
                breaks=tuple(day.toordinal() for day in each.recalibrated),
            )
        )
    return tuple(lines)


def _arms(
    numbers: Numbers, at: NDArray[np.intp], kind: ChartKind, interval: float
) -> tuple[NDArray[np.float64], ...]:
    if kind == "ewma":
        line = numbers.ewma[at]
        return line, line, numbers.upper[at], numbers.lower[at]
    high = np.where(np.isnan(numbers.up[at]), np.nan, interval)
    return numbers.up[at], numbers.down[at], high, -high


def _card(
    found: Charted, view: View, key: str, title: str, series: Sequence[DriftSeries], coder: CoderDrift | None
) -> Card:
    shown = [each for each in series if view.shows(each)]
    view = _of_coder(view, shown)
    standing = gravest(each.standing for each in shown)
    lines = lines_of(found, view, series)
    words = [standing_words(standing)]
    if standing is Standing.IN_CONTROL and any(line.outside[-1] for line in lines):
        words = [translate("Drift", "not flagged")]
    if coder is None:
        words.insert(0, translate("Drift", "against master codes"))
    elsewhere = gravest(each.standing for each in series)
    if elsewhere is Standing.DRIFTING and standing is not Standing.DRIFTING:
        words.append(
            translate("Drift", "drifting elsewhere: {where}").format(where=_where(found, series, view))
        )
    share, n = within_1(found, view, shown)
    if n:
        words.append(
            translate("Drift", "within 1 point {share} (n = {n})").format(
                share=figures.percent(share), n=f"{n:,}"
            )
        )
    return Card(
        key=key,
        title=title,
        words=" · ".join(words),
        role=_ROLES.get(elsewhere if elsewhere is Standing.DRIFTING else standing, "muted"),
        note="" if lines else _why_empty(shown),
        lines=lines,
        aloud="\n".join(said(each.words) for each in shown),
    )


def _of_coder(view: View, shown: Sequence[DriftSeries]) -> View:
    """The last sessions of a coder begin on the same day in all charts."""
    if not view.last:
        return view
    charted = {(each.day, each.session) for one in shown for each in one.points if not math.isnan(each.ewma)}
    last = sorted(charted)[-view.last :]
    begins = last[0][0] if len(charted) > view.last else view.since
    return replace(view, last=0, since=begins)


def _where(found: Charted, series: Sequence[DriftSeries], view: View) -> str:
    """What else drifts, as a supervisor chooses it in the controls above."""
    titles = dict(found.report.dimensions)
    drifting = [each for each in series if each.standing is Standing.DRIFTING and not view.shows(each)]
    other = dict.fromkeys(
        titles[each.dimension].lower()
        if each.dimension != view.dimension
        else translate("Drift", "against {reference}").format(reference=reference_words(each.reference))
        for each in drifting
    )
    return ", ".join(other)


def _why_empty(shown: Sequence[DriftSeries]) -> str:
    """Why there is no chart, in a sentence."""
    if any(each.standing is not Standing.TOO_FEW for each in shown):
        return translate("Drift", "Nothing to draw on these days. Choose more sessions above.")
    if not shown:
        return translate("Drift", "Nothing can be compared here.")
    # The chart that lacks least: without a master code there may still be sessions of partners.
    return said(max(shown, key=lambda each: len(each.points)).words)


def within_1(found: Charted, view: View, series: Iterable[DriftSeries]) -> tuple[float, int]:
    """Share of the scores looked at that lie within one point of the reference, and how many there are."""
    n = near = 0.0
    for each in series:
        numbers = found.numbers[key_of(each)]
        at = view.rows(numbers)
        n += float(numbers.n_scales[at].sum())
        near += float(numbers.within_1[at].sum())
    return (near / n if n else float("nan")), round(n)
