"""The fidelity of counselors: domain scores over the sessions, the arms, the study's own criterion."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import select

from mio_fidelity.analysis.counselor_own import own_rows
from mio_fidelity.analysis.counselor_results import (
    ArmLevel,
    ArmRow,
    ClientLine,
    CounselorLine,
    CounselorOptions,
    CounselorReport,
    Figure,
    Point,
    SessionScore,
    Share,
    Slot,
)
from mio_fidelity.analysis.counselor_scores import RULES, Scored, scored
from mio_fidelity.analysis.counselor_statistics import (
    NAN,
    difference_of_arms,
    moments,
    share_of,
    slope_within,
)
from mio_fidelity.analysis.table import Floats
from mio_fidelity.coding import people
from mio_fidelity.coding.counselor_criterion import Band, criterion
from mio_fidelity.coding.listing import natural
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db
from mio_fidelity.store.models import Counselor

# The arms of the trials this program was made for; a study may have others.
_USUAL = ("MIO", "PE")


def counselor_report(db: Db, options: CounselorOptions | None = None) -> CounselorReport:
    """Everything about the fidelity of the counselors.

    Raises:
        UserError: nothing has been coded yet, no coded session is in an arm that is to be compared, or the
            person signed in is no supervisor.
    """
    people.only_supervisors(db)
    options = options or CounselorOptions()
    found, bands = scored(db, options), criterion(db)
    assert found.table.instrument is not None
    codes = sorted(db.scalars(select(Counselor.code)), key=natural)
    sessions = _sessions(found, bands)
    by_code: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(sessions):
        by_code[each.row.counselor].append(at)
    arms = tuple(sorted({each.row.arm for each in sessions if each.row.arm and each.row.counselor}))
    compared = _compared(arms, options)
    held = [at for code in codes for at in by_code[code]]
    return CounselorReport(
        options,
        found.table.instrument,
        tuple(_line(found, sessions, code, by_code[code], bands, options) for code in codes),
        arms,
        compared,
        tuple(_arm_row(found, sessions, held, slot, arms, compared, options) for slot in found.slots),
        own_rows(found, held, options.confidence),
        bands,
        _share([sessions[at] for at in held], bands, options),
        _remarks(found, sessions, bands),
        RULES[options.rule],
    )


def _sessions(found: Scored, bands: Sequence[Band]) -> tuple[SessionScore, ...]:
    made = []
    for at, row in enumerate(found.table.sessions):
        scores = dict(zip(found.slots, found.scores[:, at].tolist(), strict=True))
        client = row.label.removesuffix(f"-{row.number}")
        meets = _meets(scores, row.arm, bands)
        made.append(SessionScore(row, client, int(found.coders[at]), found.sources[at], scores, meets))
    return tuple(made)


def _asked(arm: str, bands: Sequence[Band]) -> list[Band]:
    return [band for band in bands if band.arm in ("", arm)]


def _meets(scores: Mapping[Slot, float], arm: str, bands: Sequence[Band]) -> bool | None:
    """All that is asked of the arm; what is not scored cannot be told."""
    own = [(scores.get((band.domain, band.dimension), NAN), band) for band in _asked(arm, bands)]
    if not own or any(np.isnan(score) for score, _ in own):
        return None
    return all(band.met_by(score) for score, band in own)


def _share(sessions: Sequence[SessionScore], bands: Sequence[Band], options: CounselorOptions) -> Share:
    judged = [each.meets for each in sessions if each.meets is not None]
    asked = sum(bool(_asked(each.row.arm, bands)) for each in sessions)
    why = "" if bands else Sentence("The study has not chosen a criterion.")
    figure = share_of(sum(judged), len(judged), options.confidence, why)
    return Share(sum(judged), figure, asked - len(judged))


def _line(
    found: Scored,
    sessions: Sequence[SessionScore],
    code: str,
    at: list[int],
    bands: Sequence[Band],
    options: CounselorOptions,
) -> CounselorLine:
    own = [sessions[each] for each in at]
    by_client: defaultdict[str, list[SessionScore]] = defaultdict(list)
    for each in own:
        by_client[each.client].append(each)
    clients = tuple(
        ClientLine(client, tuple(held), _trends(found.slots, held, options))
        for client, held in sorted(by_client.items(), key=lambda item: natural(item[0]))
    )
    columns = [(column.scale, column.dimension) for column in found.table.columns]
    return CounselorLine(
        code,
        tuple(sorted({each.row.site for each in own if each.row.site})),
        tuple(sorted({each.row.arm for each in own if each.row.arm})),
        clients,
        {slot: moments(found.scores[nth, at]) for nth, slot in enumerate(found.slots)},
        {key: moments(found.scales[nth, at]) for nth, key in enumerate(columns)},
        _trends(found.slots, own, options),
        {slot: _by_number(slot, own) for slot in found.slots},
        _share(own, bands, options),
        own_rows(found, at, options.confidence),
        sum(by == code for by in found.own_by.values()),
    )


def _trends(
    slots: Sequence[Slot], sessions: Sequence[SessionScore], options: CounselorOptions
) -> dict[Slot, Figure]:
    numbers, clients = [each.row.number or 0 for each in sessions], [each.client for each in sessions]
    return {
        slot: slope_within(numbers, [each.scores[slot] for each in sessions], clients, options.confidence)
        for slot in slots
    }


def _by_number(slot: Slot, sessions: Sequence[SessionScore]) -> tuple[Point, ...]:
    scores: defaultdict[int, list[float]] = defaultdict(list)
    for each in sessions:
        if not np.isnan(each.scores[slot]):
            scores[each.row.number or 0].append(each.scores[slot])
    return tuple(Point(number, float(np.mean(own)), len(own)) for number, own in sorted(scores.items()))


def _compared(arms: tuple[str, ...], options: CounselorOptions) -> tuple[str, str] | None:
    if options.arms is not None:
        for arm in options.arms:
            if arm not in arms:
                raise UserError(
                    "No coded session with a counselor is in the arm {arm}. The arms are: {all}.",
                    arm=arm,
                    all=", ".join(arms) or "none",
                )
        return options.arms
    if set(_USUAL) <= set(arms):
        return _USUAL
    return (arms[0], arms[1]) if len(arms) > 1 else None


def _arm_row(
    found: Scored,
    sessions: Sequence[SessionScore],
    held: Sequence[int],
    slot: Slot,
    arms: Sequence[str],
    compared: tuple[str, str] | None,
    options: CounselorOptions,
) -> ArmRow:
    scores = found.scores[found.slots.index(slot)]
    levels = {
        arm: _level(scores, [at for at in held if sessions[at].row.arm == arm], sessions) for arm in arms
    }
    if compared is None:
        why = Sentence("All sessions are in one arm.") if arms else Sentence("No session has an arm.")
        return ArmRow(*slot, levels, Figure(NAN, NAN, NAN, 0, why))
    first, second = (levels[arm].counselors for arm in compared)
    return ArmRow(*slot, levels, difference_of_arms(first, second, options.confidence))


def _level(scores: Floats, at: list[int], sessions: Sequence[SessionScore]) -> ArmLevel:
    by: defaultdict[str, list[float]] = defaultdict(list)
    for each in at:
        if not np.isnan(scores[each]):
            by[sessions[each].row.counselor].append(float(scores[each]))
    return ArmLevel(moments(scores[at]), {code: float(np.mean(own)) for code, own in by.items()})


def _remarks(found: Scored, sessions: Sequence[SessionScore], bands: Sequence[Band]) -> tuple[str, ...]:
    made: list[Sentence] = []
    lost = sum(not each.row.counselor for each in sessions)
    if lost:
        made.append(Sentence("Coded sessions without a counselor, left out: {n}.", n=lost))
    if found.other_editions:
        made.append(
            Sentence(
                "Ratings given with another edition of the instrument, left out: {n}. Their scores mean what "
                "that edition said.",
                n=found.other_editions,
            )
        )
    if found.other_own:
        made.append(
            Sentence("Self-ratings given with another edition, not compared: {n}.", n=found.other_own)
        )
    lacking = {(band.domain, band.dimension) for band in bands} - set(found.slots)
    for domain, dimension in sorted(lacking):
        made.append(
            Sentence(
                "The criterion asks for {domain}, {dimension}, which this edition does not have; no session "
                "of its arm can be judged.",
                domain=domain,
                dimension=dimension,
            )
        )
    return tuple(made)
