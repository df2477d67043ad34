"""The fidelity of counselors: domain scores over the sessions, the arms, the study's own criterion."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

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
    Source,
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

# Arm to counselor to the positions of the sessions held.
ByArm = Mapping[str, Mapping[str, list[int]]]
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
        _arm_rows(found, _by_arm(sessions, held), compared, options),
        own_rows(found, held, options.confidence),
        bands,
        _share([sessions[at] for at in held], bands, options),
        _remarks(found, sessions, bands),
        RULES[options.rule],
    )


def _sessions(found: Scored, bands: Sequence[Band]) -> tuple[SessionScore, ...]:
    made = []
    each_has = found.scores.T.tolist()
    for at, row in enumerate(found.table.sessions):
        scores = dict(zip(found.slots, each_has[at], strict=True))
        client = row.label.removesuffix(f"-{row.number}")
        meets = meets_all(scores, row.arm, bands)
        made.append(SessionScore(row, client, int(found.coders[at]), found.sources[at], scores, meets))
    return tuple(made)


def _asked(arm: str, bands: Sequence[Band]) -> list[Band]:
    return [band for band in bands if band.arm in ("", arm)]


def meets_all(scores: Mapping[Slot, float], arm: str, bands: Sequence[Band]) -> bool | None:
    """Whether all that is asked of the arm is met; None when that cannot be told."""
    if not bands:
        return None
    own = {band: scores.get((band.domain, band.dimension)) for band in _asked(arm, bands)}
    if not own or None in own.values():
        return None
    there = [band.met_by(score) for band, score in own.items() if score is not None and not np.isnan(score)]
    # Competence is not applicable where nothing occurred: to leave out what fails already would flatter.
    if not all(there):
        return False
    return True if len(there) == len(own) else None


def _share(sessions: Sequence[SessionScore], bands: Sequence[Band], options: CounselorOptions) -> Share:
    judged = [each.meets for each in sessions if each.meets is not None]
    asked = sum(bool(_asked(each.row.arm, bands)) for each in sessions)
    why = "" if bands else Sentence("The study has not chosen a criterion.")
    figure = share_of(sum(judged), len(judged), options.confidence, why)
    return Share(sum(judged), figure, asked - len(judged), len(sessions) - asked if bands else 0)


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
        ClientLine(client, tuple(held))
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
        trends(found.slots, own, options.confidence),
        {slot: _by_number(own, found.scores[nth, at]) for nth, slot in enumerate(found.slots)},
        _share(own, bands, options),
        own_rows(found, at, options.confidence),
        sum(by == code for by in found.own_by.values()),
    )


def trends(slots: Sequence[Slot], sessions: Sequence[SessionScore], confidence: float) -> dict[Slot, Figure]:
    """Slopes per session within clients, of a counselor's sessions or of one client's."""
    numbers, clients = [each.row.number or 0 for each in sessions], [each.client for each in sessions]
    return {
        slot: slope_within(numbers, [each.scores[slot] for each in sessions], clients, confidence)
        for slot in slots
    }


def _by_number(sessions: Sequence[SessionScore], scores: Floats) -> tuple[Point, ...]:
    scored_ = ~np.isnan(scores)
    numbers, place = np.unique([each.row.number or 0 for each in sessions], return_inverse=True)
    n = np.bincount(place[scored_], minlength=len(numbers))
    sums = np.bincount(place[scored_], scores[scored_], len(numbers))
    return tuple(
        Point(int(number), float(total / clients), int(clients))
        for number, total, clients in zip(numbers, sums, n, strict=True)
        if clients
    )


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


def _by_arm(sessions: Sequence[SessionScore], held: Sequence[int]) -> ByArm:
    made: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at in held:
        row = sessions[at].row
        if row.arm:
            made[row.arm][row.counselor].append(at)
    return {arm: made[arm] for arm in sorted(made)}


def _arm_rows(
    found: Scored, by_arm: ByArm, compared: tuple[str, str] | None, options: CounselorOptions
) -> tuple[ArmRow, ...]:
    rows = []
    for slot, scores in zip(found.slots, found.scores, strict=True):
        levels = {arm: _level(scores, counselors) for arm, counselors in by_arm.items()}
        if compared is not None:
            first, second = (levels[arm].counselors for arm in compared)
            difference = difference_of_arms(first, second, options.confidence)
        else:
            why = Sentence("All sessions are in one arm.") if by_arm else Sentence("No session has an arm.")
            difference = Figure(NAN, NAN, NAN, 0, why)
        rows.append(ArmRow(*slot, levels, difference))
    return tuple(rows)


def _level(scores: Floats, counselors: Mapping[str, list[int]]) -> ArmLevel:
    own = {code: moments(scores[at]) for code, at in counselors.items()}
    everybody = [at for those in counselors.values() for at in those]
    return ArmLevel(moments(scores[everybody]), {code: each.mean for code, each in own.items() if each.n})


def _remarks(found: Scored, sessions: Sequence[SessionScore], bands: Sequence[Band]) -> tuple[str, ...]:
    return *_on_sessions(sessions), *_on_editions(found, bands)


def _on_sessions(sessions: Sequence[SessionScore]) -> Iterator[Sentence]:
    means = sum(each.source is Source.MEAN and bool(each.row.counselor) for each in sessions)
    if means:
        yield Sentence("Sessions that count with the mean of several ratings: {n}.", n=means)
    arms: defaultdict[str, set[str]] = defaultdict(set)
    for each in sessions:
        arms[each.row.counselor] |= {each.row.arm} - {""}
    both = sorted((code for code in arms if code and len(arms[code]) > 1), key=natural)
    if both:
        yield Sentence(
            "Worked in several arms, which their means take together: {codes}.", codes=", ".join(both)
        )
    lost = sum(not each.row.counselor for each in sessions)
    if lost:
        yield Sentence("Coded sessions without a counselor, left out: {n}.", n=lost)


def _on_editions(found: Scored, bands: Sequence[Band]) -> Iterator[Sentence]:
    if found.other_editions:
        yield Sentence(
            "Ratings given with another edition of the instrument, left out: {n}. Their scores mean what "
            "that edition said.",
            n=found.other_editions,
        )
    if found.other_own:
        yield Sentence("Self-ratings given with another edition, not compared: {n}.", n=found.other_own)
    lacking = {(band.domain, band.dimension) for band in bands} - set(found.slots)
    for domain, dimension in sorted(lacking):
        yield Sentence(
            "The criterion asks for {domain}, {dimension}, which this edition does not have; no session "
            "of its arm can be judged.",
            domain=domain,
            dimension=dimension,
        )
