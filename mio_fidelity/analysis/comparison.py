"""What changed between two findings, in sentences."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mio_fidelity.analysis.plain import to_plain
from mio_fidelity.analysis.results import Findings, Row
from mio_fidelity.decimals import counted


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings of then against findings of now.

    Attributes:
        same_data: Whether the scores are the same.
        same_settings: Whether filter and options are.
        same_figures: Whether all figures are, to the last digit.
        sentences: What is the same and what differs.
    """

    same_data: bool
    same_settings: bool
    same_figures: bool
    sentences: tuple[str, ...]


def compare(then: Findings, now: Findings) -> Comparison:
    """What differs between ``then`` and ``now``."""
    same_data = then.data_sha256 == now.data_sha256
    settings = [
        *_changed("filter", then.filter_words, now.filter_words),
        *_changed("setting", to_plain(then.options), to_plain(now.options)),
    ]
    figures = list(_figures(then, now))
    sentences = [
        "The scores are the same." if same_data else _data(then, now),
        *settings,
        *_changed("version of", then.versions, now.versions),
        *(figures or ["All figures are the same to the last digit."]),
    ]
    return Comparison(same_data, not settings, not figures, tuple(sentences))


def _data(then: Findings, now: Findings) -> str:
    old, new = then.design.counts, now.design.counts
    if old == new:
        return "The scores differ, though there are as many sessions, ratings and coders as then."
    return (
        f"The scores differ: {counted(old.n_sessions, 'session')} with {counted(old.n_ratings, 'rating')} by "
        f"{counted(old.n_coders, 'coder')} then, {new.n_sessions} with {new.n_ratings} by {new.n_coders} now."
    )


def _changed(what: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"Another {what} {key}: {then.get(key, 'none')} then, {now.get(key, 'none')} now."
        for key in dict.fromkeys((*then, *now))
        if then.get(key) != now.get(key)
    ]


def _figures(then: Findings, now: Findings) -> Iterable[str]:
    if to_plain(then.design) != to_plain(now.design):
        if then.design.form != now.design.form:
            yield f"Another form of ICC: {then.design.form} then, {now.design.form} now."
        else:
            yield "The design is described by other numbers."
    old = {(row.kind, row.key, row.dimension): row for row in then.rows}
    new = {(row.kind, row.key, row.dimension): row for row in now.rows}
    for key in dict.fromkeys((*old, *new)):
        if key not in new or key not in old:
            row = old.get(key) or new[key]
            yield f"{row.title}, {row.dimension}: {'only then' if key in old else 'only now'}."
        elif to_plain(old[key]) != to_plain(new[key]):
            yield _row(old[key], new[key])
    for what, before, after in (
        ("pairs of coders", then.pairs, now.pairs),
        ("coders against the others", then.who, now.who),
        ("internal consistencies", then.consistency, now.consistency),
    ):
        pair = {str(to_plain(each)) for each in before}, {str(to_plain(each)) for each in after}
        if pair[0] != pair[1]:
            yield f"{len(pair[1] - pair[0])} of {len(after)} {what} differ."


def _row(then: Row, now: Row) -> str:
    old, new = _headline(then), _headline(now)
    told = [
        f"{name} {_number(old[name])} then, {_number(new[name])} now"
        for name in old
        if _number(old[name]) != _number(new[name])
    ]
    return f"{then.title}, {then.dimension}: {'; '.join(told) or 'differs in further digits or figures'}."


def _headline(row: Row) -> dict[str, float]:
    named = {"alpha": row.alpha, "AC2": row.ac2, "exact agreement": row.exact, "within 1": row.within_1}
    return {
        "n": float(row.moments.n),
        "mean": row.moments.mean,
        "SD": row.moments.sd,
        "ICC": row.icc.value,
        "its lower limit": row.icc.low,
        "its upper limit": row.icc.high,
        **{name: estimate.value for name, estimate in named.items() if estimate is not None},
    }


def _number(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".")
