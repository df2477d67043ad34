"""Which stretches of a chart are flags, whose they are, and whether they are over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from mio_fidelity.analysis.drift_context import day_of
from mio_fidelity.analysis.drift_data import Given
from mio_fidelity.analysis.drift_own import LEAST_MASTER, Share, by_coder, is_own, is_shared, shares
from mio_fidelity.analysis.drift_results import Against, DriftFlag, DriftOptions, Reference, Standing
from mio_fidelity.analysis.drift_tracks import GROUP, Track
from mio_fidelity.analysis.drift_watch import BACK, Charted, Episode
from mio_fidelity.analysis.drift_words import (
    apart_in_words,
    day_in_words,
    flag_in_words,
    partners_moved_in_words,
    what_in_words,
)
from mio_fidelity.errors import Sentence

# Day, session, rating, what it is held against, and who gave that.
Seen = tuple[date, str, str, tuple[str, ...], tuple[str, ...]]
# A flag, and the stretch of the chart it is about.
Flagged = tuple[Episode, DriftFlag]


@dataclass(frozen=True)
class Naming:
    """What flags are put into words with.

    Attributes:
        people: Ids of the coders, by number.
        codes: Their codes.
        seen: By reference, what is shown of each rating beside the numbers.
        dimension_titles: Key to title.
        today: Days of its year are said without the year.
    """

    given: Given
    people: Sequence[str]
    codes: Sequence[str]
    seen: Mapping[Reference, Mapping[int, Seen]]
    dimension_titles: Mapping[str, str]
    today: date
    options: DriftOptions


def flags_of(track: Track, master: Track | None, naming: Naming) -> dict[int, tuple[Flagged, ...]]:
    """The flags of all coders on one track.

    Args:
        track: The charts.
        master: The track against master codes, when ``track`` is against partners.
        naming: What flags are put into words with.
    """
    found = {
        coder: tuple(
            (episode, _flag(track, master, chart, episode, naming))
            for episode in chart.episodes
            if coder != GROUP
            or is_shared(by_coder(track.rows, track.base, chart, episode.began, episode.last))
        )
        for coder, chart in track.charts.items()
    }
    if track.reference is Reference.MASTER:
        return found
    return {coder: tuple(_unless_explained(flags, found, naming)) for coder, flags in found.items()}


def _unless_explained(
    flags: Sequence[Flagged], found: Mapping[int, Sequence[Flagged]], naming: Naming
) -> list[Flagged]:
    """Without the mirror images of the flags of partners."""
    number = {code: at for at, code in enumerate(naming.codes)}
    kept = []
    for episode, flag in flags:
        partners = [number[each.who] for each in flag.against if each.who and each.holds]
        mirrored = flag.standing is Standing.APART and any(
            other.standing is Standing.DRIFTING
            and other.size * flag.size < 0
            and other.began <= (flag.cleared_on or naming.today)
            and flag.began <= (other.cleared_on or naming.today)
            for partner in partners
            for _, other in found.get(partner, ())
        )
        if not mirrored:
            kept.append((episode, flag))
    return kept


def _flag(track: Track, master: Track | None, chart: Charted, episode: Episode, naming: Naming) -> DriftFlag:
    here = slice(episode.began, episode.last + 1)
    seen = chart.watched[here]
    n, size, change = (
        int(seen.sum()),
        float(chart.gap[here][seen].mean()),
        float(chart.off[here][seen].mean()),
    )
    found, of_master = _looked_at(track, master, chart, episode.began, episode.last)
    named = track.reference is Reference.MASTER or is_own(found, of_master)
    days = [
        day_of(naming.given.submitted[at]) for at in chart.rating[[episode.began, episode.signalled]].tolist()
    ]
    against = [_against(each, naming) for each in (*found, *([of_master] if of_master else []))]
    flag = DriftFlag(
        naming.codes[chart.coder] if chart.coder != GROUP else "",
        track.topic.key,
        track.dimension,
        track.reference,
        days[0],
        days[1],
        n,
        size,
        change,
        tuple(against),
        Standing.DRIFTING if named else Standing.APART,
        _cleared(track, chart, episode, naming),
        day_in_words(days[0], naming.today),
    )
    return replace(flag, words=_words(flag, track, found, of_master, naming))


def _looked_at(
    track: Track, master: Track | None, chart: Charted, began: int, last: int
) -> tuple[tuple[Share, ...], Share | None]:
    """The change against each partner, and against master codes."""
    if chart.coder == GROUP:
        return (), None
    found = shares(track.rows, track.base, chart, began, last)
    if track.reference is Reference.MASTER:
        return (), found[0] if found else None
    of_master = shares(master.rows, master.base, chart, began, last) if master else ()
    return found, of_master[0] if of_master else None


def _against(share: Share, naming: Naming) -> Against:
    who = "" if share.who == GROUP else naming.codes[share.who]
    return Against(who, share.n, share.change, share.holds)


def _cleared(track: Track, chart: Charted, episode: Episode, naming: Naming) -> date | None:
    """When it was over: by itself, or by a recalibration after which the coder was in control."""
    if episode.over:
        return day_of(naming.given.submitted[int(chart.rating[episode.last + BACK])])
    later = [at for at, start in enumerate(chart.starts) if start > episode.began]
    if not later:
        return None
    restart = track.restarts[chart.coder][later[-1]]
    if restart.passed or chart.since_start >= naming.options.least:
        return day_of(restart.closed)
    return None


def _words(
    flag: DriftFlag, track: Track, found: Sequence[Share], of_master: Share | None, naming: Naming
) -> Sentence:
    what = what_in_words(track.topic.title, naming.dimension_titles[track.dimension], naming.options.by)
    since = day_in_words(flag.began, naming.today)
    if flag.standing is Standing.DRIFTING:
        return flag_in_words(flag.coder, what, flag.reference, flag.size, flag.change, flag.n, since)
    speaks = of_master is not None and of_master.n >= LEAST_MASTER and not of_master.holds
    if speaks and sum(each.holds for each in found) > 1:
        return partners_moved_in_words(flag.coder, what, since)
    most = max(found, key=lambda each: each.n * each.change * np.sign(flag.change))
    return apart_in_words(flag.coder, naming.codes[most.who], what, most.change, most.n, since)
