"""Drawing an assignment: which sessions, which of them twice, by whom, by when; the same every time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.coding.ground import INDEPENDENT, Candidate, Given, Ground, luck
from mio_fidelity.coding.pairing import Pairs, linked_groups, shares
from mio_fidelity.coding.plan import Plan, Stratum, Unit
from mio_fidelity.coding.recodes import recodes
from mio_fidelity.coding.remarks import FEW_PAIRS as FEW_PAIRS
from mio_fidelity.coding.remarks import judged
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.reliability.precision import expected_interval
from mio_fidelity.store import Purpose


@dataclass(frozen=True, slots=True)
class Assignment:
    """One session for one person."""

    session_id: str
    person_id: str
    purpose: Purpose
    occasion: int = 1
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a plan would give out; nothing is stored.

    Attributes:
        new: The assignments.
        drawn: The sessions the plan samples, given before or now.
        double_coded: Ids of those of them that have, or get, two coders.
        pairs: Codes of two coders -> sessions both code, with what was given before.
        load: Code -> new assignments.
        connected: Whether every coder is linked to every other through sessions coded twice.
        interval: Expected 95% limits of ICC(2,1); NaN when there are too few double-coded sessions.
        remarks: What to know before carrying it out.
    """

    new: tuple[Assignment, ...]
    drawn: tuple[Candidate, ...]
    double_coded: frozenset[str]
    pairs: Mapping[tuple[str, str], int]
    load: Mapping[str, int]
    connected: bool
    interval: tuple[float, float]
    remarks: tuple[UserError, ...]

    @property
    def sampled(self) -> int:
        """How many sessions the plan samples."""
        return len(self.drawn)


def draw(
    plan: Plan,
    ground: Ground,
    seed: int,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Proposal:
    """Draw ``plan``: the same plan, ground and seed give the same proposal, in whatever order rows come.

    Each session has its own luck, from the seed and its client and number: sessions that are added later do
    not change what was drawn before. What has been given stays, and counts.

    Raises:
        UserError: the plan has a problem.
        Cancelled: ``cancelled`` said yes.
    """
    problems = plan.problems()
    if problems:
        raise problems[0]
    progress = Progress(on_progress, cancelled)
    work = _Draw(plan, ground, seed)
    work.sample()
    progress.at(0.2)
    work.pair()
    progress.at(0.6)
    work.spread()
    work.draw_again()
    progress.at(0.8)
    found = work.proposal()
    progress.at(1.0)
    return found


@dataclass
class _Draw:
    """One draw, step by step."""

    plan: Plan
    ground: Ground
    seed: int
    drawn: list[Candidate] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)
    given: list[tuple[Candidate, int, Purpose, int]] = field(default_factory=list)
    remarks: list[UserError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.coders = sorted(self.ground.coders, key=lambda coder: coder.code)
        self.at = {coder.id: nth for nth, coder in enumerate(self.coders)}
        self.by_session: defaultdict[str, list[Given]] = defaultdict(list)
        self.load: NDArray[np.int64] = np.zeros(len(self.coders), dtype=np.int64)
        for one in self.ground.existing:
            self.by_session[one.session_id].append(one)
            if one.submitted_on is None and one.person_id in self.at:
                self.load[self.at[one.person_id]] += 1
        self._may: dict[frozenset[str], NDArray[np.bool_]] = {}
        for code in self.ground.unknown:
            self._remark("The plan names {code}, who does not code in this study now.", code=code)
        if self.ground.uncertified:
            self._remark(
                "This study gives sessions to certified coders only, so these get none: {codes}. Certify "
                "them first.",
                codes=", ".join(self.ground.uncertified),
            )
        for arm in sorted(set(self.plan.arms) - {each.arm for each in self.ground.sessions}):
            self._remark("The plan names the arm {arm}, which no session has.", arm=arm)
        for site in sorted(set(self.plan.sites) - {each.site for each in self.ground.sessions}):
            self._remark("The plan names the site {site}, which no session has.", site=site)
        if self.plan.first_due and self.plan.first_due < self.ground.today:
            self._remark("The day on which the first sessions are due has passed. Choose a later one.")

    def sample(self) -> None:
        """Choose the sessions; those given before come first, so that they are kept."""
        groups: defaultdict[tuple[str, str], list[Candidate]] = defaultdict(list)
        silent = 0
        for each in self.ground.sessions:
            phase = self._phase(each)
            if phase is None or not self._wanted(each):
                continue
            if not each.has_recording:
                silent += 1
                continue
            groups[self._unit(each), phase].append(each)
        takes = {phase.name: phase.take for phase in self.plan.phases}
        short = 0
        for (_, phase), sessions in groups.items():
            take = takes[phase]
            sessions.sort(key=lambda each: (not self._independent(each), self._luck(each), each.id))
            self.drawn += sessions if take is None else sessions[: max(take, self._kept(sessions))]
            short += take is not None and len(sessions) < take
        self.drawn.sort(key=lambda each: (each.client, each.number))
        if not self.drawn and not silent:
            self._remark("No session fits the plan. Look at its phases, arms and sites.")
        if silent:
            self._remark("Sessions that have no recording yet, and cannot be drawn: {n}.", n=silent)
        if short:
            self._remark("Phases that have fewer sessions than the plan takes: {n}.", n=short)

    def pair(self) -> None:
        """Choose the sessions that two code, spread over the strata, and who the two are."""
        self.pairs: Counter[tuple[int, int]] = Counter()
        for each in self.ground.sessions:
            self.pairs.update(combinations(sorted(self._coders_of(each)), 2))
        self.doubled = {each.id for each in self.drawn if len(self._pair_of(each)) > 1}
        wanted = round(self.plan.double_share * len(self.drawn))
        chosen = self._halves()[: max(0, wanted - len(self.doubled))]
        self.doubled |= {each.id for each in chosen}
        fresh = self._to_double(wanted - len(self.doubled))
        self.doubled |= {each.id for each in fresh}
        self._choose_pairs(sorted([*chosen, *fresh], key=lambda each: (self._luck(each), each.id)))
        missing = wanted - len(self.doubled)
        if missing > 0 and len(self.coders) > 1:
            self._remark(
                "Sessions that were to be coded twice as well: {n}. No two coders may code them, or they "
                "have been given to one coder already.",
                n=missing,
            )

    def _choose_pairs(self, sessions: Iterable[Candidate]) -> None:
        """Give each to two coders, or to one beside the coder it has."""
        chooser = Pairs(len(self.coders), self.pairs, self.load)
        offers, chances, open_ = [], [], []
        for each in sessions:
            has = self._coders_of(each)
            if self._pair_of(each) and not has:
                # The other one has left the study.
                self._give(each, self._idlest(each, self._free(each)), Purpose.RELIABILITY)
                continue
            open_.append((each, has))
            offers.append(chooser.offer(self._free(each), *has))
            chances.append(luck(self.seed, "pair", each.client, each.number))
        for (each, has), couple in zip(open_, chooser.choose(offers, chances), strict=True):
            self.pairs[couple] += 1
            for coder in set(couple) - has:
                self._give(each, coder, Purpose.RELIABILITY)

    def spread(self) -> None:
        """Give every other session to one coder, so that all have about the same work."""
        nobody = 0
        rest = [each for each in self.drawn if not self._independent(each) and each.id not in self.doubled]
        for each in sorted(rest, key=lambda each: (self._luck(each), each.id)):
            if self._free(each).any():
                self._give(each, self._idlest(each, self._free(each)), Purpose.PRODUCTION)
            else:
                nobody += 1
        if nobody and self.coders:
            self._remark(
                "Sessions that nobody may code: {n}. Look at who is barred from them, or has rated them for "
                "another purpose.",
                n=nobody,
            )

    def draw_again(self) -> None:
        """Choose hidden re-codes among what each coder submitted long enough ago."""
        found, missing = recodes(self.plan, self.ground, self.seed)
        for each, person_id, purpose in found:
            self._give(each, self.at[person_id], purpose, occasion=2)
        if missing:
            self._remark(
                "Hidden re-codes that cannot be drawn yet: {n}. A coder has too few sessions that she "
                "submitted long enough ago (days: {days}). Carry the plan out again later.",
                n=missing,
                days=self.plan.recode_after_days,
            )

    def proposal(self) -> Proposal:
        """All of it, with what it amounts to."""
        names = [coder.code for coder in self.coders]
        every_pair = {(names[a], names[b]): self.pairs[a, b] for a, b in combinations(range(len(names)), 2)}
        linked = linked_groups(len(names), (pair for pair, n in self.pairs.items() if n))
        connected = len(set(linked)) <= 1
        # Where nobody is certified, that has been said.
        if names or not self.ground.uncertified:
            self.remarks += judged(
                self.plan, len(names), len(self.drawn), len(self.doubled), every_pair, connected
            )
        limits = expected_interval(self.plan.expected_icc, len(self.doubled))
        load: Counter[str] = Counter(dict.fromkeys(names, 0))
        load.update(names[coder] for _, coder, _, _ in self.given)
        return Proposal(
            self._dated(),
            tuple(self.drawn),
            frozenset(self.doubled),
            every_pair,
            dict(load),
            connected,
            limits,
            tuple(self.remarks),
        )

    def _dated(self) -> tuple[Assignment, ...]:
        """With due dates from one shuffled order per coder, so that a date says nothing about a session."""
        by_coder: defaultdict[int, list[tuple[Candidate, Purpose, int]]] = defaultdict(list)
        for each, coder, purpose, occasion in self.given:
            by_coder[coder].append((each, purpose, occasion))
        found = []
        for coder, work in sorted(by_coder.items()):
            person = self.coders[coder]
            work.sort(key=lambda one: luck(self.seed, "order", one[0].client, one[0].number, person.code))
            for nth, (each, purpose, occasion) in enumerate(work):
                found.append(Assignment(each.id, person.id, purpose, occasion, self._due(nth)))
        return tuple(found)

    def _due(self, nth: int) -> date | None:
        first, pace = self.plan.first_due, self.plan.per_week
        return first + timedelta(weeks=nth // pace) if first and pace else first

    def _to_double(self, wanted: int) -> list[Candidate]:
        """The sessions nobody has been given yet that two shall code: shares of the strata, then luck."""
        if wanted <= 0:
            return []
        groups: defaultdict[tuple[str, ...], list[Candidate]] = defaultdict(list)
        sizes: Counter[tuple[str, ...]] = Counter()
        have: Counter[tuple[str, ...]] = Counter()
        for each in self.drawn:
            stratum = self._stratum(each)
            sizes[stratum] += 1
            have[stratum] += each.id in self.doubled
            if not self._independent(each) and self._free(each).sum() > 1:
                groups[stratum].append(each)
        room = {stratum: len(groups[stratum]) for stratum in sizes}
        share = shares(sizes, have, room, wanted, lambda stratum: luck(self.seed, "stratum", *stratum))
        chosen = []
        for stratum, n in share.items():
            groups[stratum].sort(
                key=lambda each: (luck(self.seed, "twice", each.client, each.number), each.id)
            )
            chosen += groups[stratum][:n]
        return chosen

    def _give(self, each: Candidate, coder: int, purpose: Purpose, occasion: int = 1) -> None:
        self.given.append((each, coder, purpose, occasion))
        self.load[coder] += 1

    def _allowed(self, each: Candidate) -> NDArray[np.bool_]:
        """Which coders may code it, shape (coders,)."""
        found = self._may.get(each.about)
        if found is None:
            found = np.array([not coder.barred & each.about for coder in self.coders], dtype=bool)
            self._may[each.about] = found
        return found

    def _independent(self, each: Candidate) -> list[Given]:
        """Who codes it for the study already, each once."""
        return [one for one in self.by_session[each.id] if one.purpose in INDEPENDENT and one.occasion == 1]

    def _kept(self, sessions: Iterable[Candidate]) -> int:
        return sum(bool(self._independent(each)) for each in sessions)

    def _pair_of(self, each: Candidate) -> set[str]:
        """Ids of those who code it as one of two, whether they still work in the study or not."""
        return {one.person_id for one in self._independent(each) if one.purpose is Purpose.RELIABILITY}

    def _coders_of(self, each: Candidate) -> set[int]:
        """Those of `_pair_of` who may be given more."""
        return {self.at[person_id] for person_id in self._pair_of(each) if person_id in self.at}

    def _free(self, each: Candidate) -> NDArray[np.bool_]:
        """Which coders may code it and never had it, not for training either; shape (coders,)."""
        free = self._allowed(each).copy()
        had = (one.person_id for one in self.by_session[each.id])
        free[[self.at[person_id] for person_id in had if person_id in self.at]] = False
        return free

    def _halves(self) -> list[Candidate]:
        """Sessions of which one of two coders is left, when somebody can take the other's place."""
        found = [each for each in self.drawn if len(self._pair_of(each)) == 1 and self._free(each).any()]
        return sorted(found, key=lambda each: (self._luck(each), each.id))

    def _idlest(self, each: Candidate, who: NDArray[np.bool_]) -> int:
        """The one of ``who`` with the least to do."""
        open_ = np.flatnonzero(who)
        order = np.roll(open_, int(luck(self.seed, "turn", each.client, each.number) * open_.size))
        return int(order[np.argmin(self.load[order])])

    def _phase(self, each: Candidate) -> str | None:
        return next((p.name for p in self.plan.phases if p.first <= each.number <= p.last), None)

    def _wanted(self, each: Candidate) -> bool:
        arms, sites = self.plan.arms, self.plan.sites
        return (not arms or each.arm in arms) and (not sites or each.site in sites)

    def _unit(self, each: Candidate) -> str:
        return {
            Unit.CLIENT: each.client,
            Unit.COUNSELOR: each.counselor,
            Unit.SITE: each.site,
            Unit.ARM: each.arm,
            Unit.STUDY: "",
        }[self.plan.unit]

    def _stratum(self, each: Candidate) -> tuple[str, ...]:
        values = {
            Stratum.ARM: each.arm,
            Stratum.SITE: each.site,
            Stratum.COUNSELOR: each.counselor,
            Stratum.PHASE: self._phase(each) or "",
        }
        # In whatever order the plan names them.
        return tuple(values[name] for name in Stratum if name in self.plan.double_by)

    def _luck(self, each: Candidate) -> float:
        return luck(self.seed, "session", each.client, each.number)

    def _remark(self, template: str, **values: object) -> None:
        self.remarks.append(UserError(template, **values))
