"""What a supervisor wants coded: which sessions, how many twice, by whom, by when."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from mio_fidelity.errors import UserError
from mio_fidelity.instrument.files import toml_of


class Unit(StrEnum):
    """Per whom a number of sessions is taken."""

    CLIENT = "client"
    COUNSELOR = "counselor"
    SITE = "site"
    ARM = "arm"
    STUDY = "study"


class Stratum(StrEnum):
    """What the double-coded sessions are spread evenly over."""

    ARM = "arm"
    SITE = "site"
    COUNSELOR = "counselor"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the treatment, and how many of its sessions are taken per unit; None takes all."""

    name: str
    first: int
    last: int
    take: int | None = 1


# What stands in a plan file where all sessions of a phase are taken.
ALL = "all"
# What a field of the window can hold.
MOST_SEED = 2**31 - 1
# Beyond these a day cannot be reckoned with.
MOST_DAYS = 3650
FIRST_YEAR, LAST_YEAR = 2000, 2199

PHASES = (Phase("early", 1, 4), Phase("middle", 5, 8), Phase("late", 9, 12))


@dataclass(frozen=True, slots=True)
class Plan:
    """The terms of an assignment. With a seed and a study they give one assignment and no other.

    Attributes:
        phases: Which session numbers count, and how many sessions of each phase are taken.
        unit: Per whom that many are taken.
        arms: Only sessions of these arms; empty for all.
        sites: Only sessions of these sites; empty for all.
        coders: Codes of those who code; empty for every active coder.
        double_share: Share of the sampled sessions coded by two coders, 0 to 1.
        double_by: What the double-coded sessions are spread evenly over.
        own_site: Whether coders code sessions of the site they work at.
        recodes: Sessions each coder codes a second time without being told.
        recode_after_days: How long after submitting a session it can be drawn again.
        first_due: When the first sessions are due; None for no due dates.
        per_week: Sessions a coder codes in a week; None when all are due at once.
        expected_icc: What the expected width of the interval is worked out for.
    """

    phases: tuple[Phase, ...] = PHASES
    unit: Unit = Unit.CLIENT
    arms: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    double_share: float = 0.2
    double_by: tuple[Stratum, ...] = (Stratum.ARM, Stratum.PHASE)
    own_site: bool = False
    recodes: int = 0
    recode_after_days: int = 28
    first_due: date | None = None
    per_week: int | None = None
    expected_icc: float = 0.75

    def problems(self) -> tuple[UserError, ...]:
        """What keeps the plan from being drawn."""
        found = [UserError(text) for wrong, text in self._checks() if wrong]
        found += [
            UserError(
                "The phase {name} needs a first session from 1, a last one not before it, and at least one "
                "session to take.",
                name=phase.name,
            )
            for phase in self.phases
            if not 1 <= phase.first <= phase.last or (phase.take is not None and phase.take < 1)
        ]
        found += [
            UserError(
                "The phases {one} and {two} overlap. Let each session number belong to one phase.",
                one=one.name,
                two=two.name,
            )
            for one, two in pairwise(sorted(self.phases, key=lambda phase: phase.first))
            if two.first <= one.last
        ]
        return tuple(found)

    def _checks(self) -> tuple[tuple[bool, str], ...]:
        names = [phase.name for phase in self.phases]
        return (
            (not self.phases, "The plan names no phase of the treatment. Name at least one."),
            (len(set(names)) < len(names), "Two phases have the same name. Give each its own."),
            (
                not 0 <= self.double_share <= 1,
                "The share that is coded twice lies between 0 and 1 (0 and 100 percent).",
            ),
            (self.recodes < 0, "The number of hidden re-codes cannot be negative."),
            (
                not 0 <= self.recode_after_days <= MOST_DAYS,
                "The days before a re-code lie between 0 and 3650.",
            ),
            (
                self.first_due is not None and not FIRST_YEAR <= self.first_due.year <= LAST_YEAR,
                "The first sessions are due in a year from 2000 to 2199. Check the day.",
            ),
            (
                self.per_week is not None and self.per_week < 1,
                "A coder codes at least one session a week, or no number is given.",
            ),
            (
                self.per_week is not None and self.first_due is None,
                "Sessions a week need a day on which the first are due.",
            ),
            (not 0 < self.expected_icc < 1, "The expected ICC lies between 0 and 1."),
        )

    def to_plain(self) -> dict[str, Any]:
        """The plan as texts, numbers, lists and tables; without what is None."""
        plain = {key: value for key, value in asdict(self).items() if value is not None}
        plain["phases"] = [
            {**asdict(phase), "take": ALL if phase.take is None else phase.take} for phase in self.phases
        ]
        plain["double_by"] = [str(each) for each in self.double_by]
        plain["unit"] = str(self.unit)
        for key in ("arms", "sites", "coders"):
            plain[key] = list(plain[key])
        if self.first_due:
            plain["first_due"] = self.first_due.isoformat()
        return plain


def plan_from(terms: Mapping[str, Any]) -> Plan:
    """The plan that ``terms`` describe, in the form of `Plan.to_plain`.

    Raises:
        UserError: a key or a value is not known, or the plan cannot be drawn.
    """
    _known(terms, tuple(field.name for field in fields(Plan)))
    values = dict(terms)
    try:
        if "phases" in values:
            values["phases"] = tuple(_phase(phase) for phase in _list(values["phases"], "phases"))
        if "unit" in values:
            values["unit"] = _member(Unit, values["unit"])
        if "double_by" in values:
            values["double_by"] = tuple(
                _member(Stratum, each) for each in _list(values["double_by"], "double_by")
            )
        for key in ("arms", "sites", "coders"):
            if key in values:
                values[key] = tuple(_text(each, key) for each in _list(values[key], key))
        if isinstance(values.get("first_due"), str):
            values["first_due"] = date.fromisoformat(values["first_due"])
        plan = Plan(**values)
        _check_kinds(plan)
    except (TypeError, ValueError) as error:
        raise UserError(
            "The plan has a value of the wrong kind. Shares are numbers such as 0.2, days are written "
            "2026-03-01, names stand in quotes and lists in brackets."
        ) from error
    problems = plan.problems()
    if problems:
        raise problems[0]
    return plan


def read_plan(path: Path) -> Plan:
    """The plan in a TOML file.

    Raises:
        UserError: the file cannot be read, is no TOML, or describes no plan.
    """
    try:
        terms = toml_of(path.name, path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise UserError("There is no such plan file. Check its name.") from error
    except OSError as error:
        raise UserError(
            "The plan file cannot be read ({reason}). Check your rights.",
            reason=error.strerror or "the disk refused",
        ) from error
    except (ValueError, UserError) as error:
        raise UserError(
            "The plan file is not TOML. Write one value a line, such as double_share = 0.2, and save it as "
            "plain text."
        ) from error
    return plan_from(terms)


def _known(terms: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for key in terms:
        if key in names:
            continue
        close = get_close_matches(key, names, 1)
        if close:
            raise UserError(
                "The plan has a line {key} that is not known; did you mean {close}?", key=key, close=close[0]
            )
        raise UserError(
            "The plan has a line {key} that is not known. Known are {all}.", key=key, all=", ".join(names)
        )


def _phase(terms: Any) -> Phase:
    if not isinstance(terms, Mapping):
        raise TypeError
    _known(terms, ("name", "first", "last", "take"))
    if not {"name", "first", "last"} <= set(terms):
        raise UserError("Each phase in the plan has a name, a first and a last session. Add what is missing.")
    phase = Phase(**{**terms, "take": None} if terms.get("take") == ALL else terms)
    numbers = (phase.first, phase.last, *(n for n in (phase.take,) if n is not None))
    if not isinstance(phase.name, str) or not all(map(_whole, numbers)):
        raise TypeError
    return phase


def _member(kind: type[StrEnum], text: Any) -> Any:
    if text not in list(kind):
        raise UserError(
            "{text} is not known in a plan. Choose one of {all}.", text=str(text), all=", ".join(kind)
        )
    return kind(text)


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise UserError('{key} in the plan is a list, such as ["R1", "R2"].', key=key)
    return list(value)


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise UserError('{key} in the plan is a list, such as ["R1", "R2"].', key=key)
    return value


def _check_kinds(plan: Plan) -> None:
    numbers = (plan.double_share, plan.expected_icc)
    whole = (plan.recodes, plan.recode_after_days, *(n for n in (plan.per_week,) if n is not None))
    if not all(isinstance(n, float) or _whole(n) for n in numbers) or not all(map(_whole, whole)):
        raise TypeError
    # A moment is a date to Python, but no day.
    if not isinstance(plan.own_site, bool) or isinstance(plan.first_due, datetime):
        raise TypeError
    if not isinstance(plan.first_due, date | None):
        raise TypeError


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
