"""Certification: the rule coders are held to, who has met it, and that only they code for the study.

How somebody is judged by the rule is in `mio_fidelity.analysis.certification`.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from mio_fidelity.coding.ground import INDEPENDENT
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.study_settings import choose, chosen
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import Certification, Person

RULE, REQUIRED = "certification", "require_certification"
# Ratings that can be judged: those compared with master codes.
JUDGEABLE = (Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.DRIFT)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a coder has to show. All of it is spelled out by `words`; there is no other cut-off.

    Attributes:
        sessions: At least so many master sessions.
        share: At least this share of the ratings, 0 to 1, ...
        within: ... lies within so many points of the master codes.
        icc: The least ICC(A,1), in each dimension; None to ask for none.
        domain_share: The least share within so many points in every domain; None to ask for none.
        scored: The least share of what the master codes score that the coder scored too, or None.
        purposes: Which ratings count.
        last: Only the last so many sessions count; None for all.
    """

    sessions: int = 10
    share: float = 0.9
    within: int = 1
    icc: float | None = 0.6
    domain_share: float | None = None
    scored: float | None = None
    purposes: tuple[Purpose, ...] = (Purpose.TRAINING,)
    last: int | None = None

    def problems(self) -> tuple[UserError, ...]:
        """What is wrong with it."""
        shares = (self.share, self.domain_share, self.scored)
        checks = (
            (
                not 1 <= self.sessions <= 1000,
                UserError("A certification rests on 1 to 1000 sessions. Check the number."),
            ),
            (not 0 <= self.within <= 9, UserError("Ratings can be asked to lie within 0 to 9 points.")),
            (
                any(share is not None and not 0 < share <= 1 for share in shares),
                UserError("A share lies above 0 and is 100 percent at most."),
            ),
            (
                self.icc is not None and not 0 < self.icc <= 1,
                UserError("The least ICC lies above 0 and is 1 at most."),
            ),
            (
                not self.purposes or bool(set(self.purposes) - set(JUDGEABLE)),
                UserError("Certification rests on training, certification or recalibration ratings alone."),
            ),
            (
                self.last is not None and self.last < self.sessions,
                UserError("The last sessions that count must be at least as many as are asked for."),
            ),
        )
        return tuple(error for wrong, error in checks if wrong)

    def words(self) -> tuple[Sentence, ...]:
        """The whole rule, a sentence for each thing asked."""
        found = [
            Sentence(
                "At least {n} master sessions, each rated blind; what counts is the first rating of a "
                "session, as it was first submitted.",
                n=self.sessions,
            ),
            Sentence(
                "At least {share} % of the ratings that coder and master codes both score lie within "
                "{points} of the master codes, over all scales and dimensions.",
                share=percent(self.share),
                points=points(self.within),
            ),
        ]
        if self.icc is not None:
            found.append(
                Sentence(
                    "In each dimension the ICC(A,1) of coder and master codes is at least {icc}: two-way, "
                    "absolute agreement, single rating, with the variance components of the scales summed, "
                    "so that differences between scales do not pass for agreement.",
                    icc=coefficient(self.icc),
                )
            )
        if self.domain_share is not None:
            found.append(
                Sentence(
                    "In every domain at least {share} % lie within {points} of the master codes.",
                    share=percent(self.domain_share),
                    points=points(self.within),
                )
            )
        if self.scored is not None:
            found.append(
                Sentence(
                    "Of what the master codes score, the coder scores at least {share} %.",
                    share=percent(self.scored),
                )
            )
        found.append(_counted(self))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One verdict, as it was stored.

    Attributes:
        by: Code of the supervisor who gave it.
        rule: The rule of that day.
        outcome: What it was judged on; `mio_fidelity.analysis.certification.filed` reads it.
    """

    id: str
    person_id: str
    coder: str
    by: str
    made_at: datetime
    passed: bool
    rule: Rule
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """The latest verdict on the person signed in, as that person may see it."""

    made_at: datetime
    passed: bool
    rule: Rule


def rule(db: Db) -> Rule:
    """The rule of the study."""
    return rule_from(chosen(db, RULE))


def rule_from(plain: Mapping[str, Any]) -> Rule:
    """The rule that `rule_to_plain` wrote; what is missing has its default."""
    known = {key: plain[key] for key in Rule.__dataclass_fields__ if key in plain}
    if "purposes" in known:
        known["purposes"] = tuple(Purpose(each) for each in known["purposes"])
    return Rule(**known)


def rule_to_plain(one: Rule) -> dict[str, Any]:
    """The rule as plain values."""
    return {**asdict(one), "purposes": [str(each) for each in one.purposes]}


def set_rule(db: Db, one: Rule) -> None:
    """Choose the rule of the study; verdicts given before keep theirs.

    Raises:
        UserError: something is wrong with it, or the person signed in is no supervisor.
    """
    for problem in one.problems():
        raise problem
    choose(db, RULE, rule_to_plain(one))


def required(db: Db) -> bool:
    """Whether only certified coders are given sessions to code for the study."""
    return bool(chosen(db, REQUIRED).get("on", False))


def set_required(db: Db, on: bool) -> None:
    """Say whether only certified coders are given sessions to code for the study.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    choose(db, REQUIRED, {"on": on})


def certificates(db: Db, person_id: str | None = None) -> tuple[Certificate, ...]:
    """Every verdict, or those on one person; the latest first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    by = aliased(Person)
    query = (
        select(Certification, Person.code, by.code.label("by"))
        .join(Person, Person.id == Certification.person_id)
        .join(by, by.id == Certification.by_id)
        .order_by(Certification.made_at.desc())
    )
    if person_id is not None:
        query = query.where(Certification.person_id == person_id)
    return tuple(
        Certificate(
            row.id, row.person_id, code, given_by, row.made_at, row.passed, rule_from(row.rule), row.outcome
        )
        for row, code, given_by in db.execute(query)
    )


def certified(db: Db) -> Mapping[str, Certificate]:
    """Person to the latest verdict, passed or not: the one that counts.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    return {each.person_id: each for each in reversed(certificates(db))}


def own_certificate(db: Db) -> OwnCertificate | None:
    """The latest verdict on the person signed in."""
    row = db.scalar(
        select(Certification)
        .where(Certification.person_id == actor(db))
        .order_by(Certification.made_at.desc())
        .limit(1)
    )
    return OwnCertificate(row.made_at, row.passed, rule_from(row.rule)) if row else None


def uncertified(db: Db) -> frozenset[str]:
    """Coders whom the study's own rule keeps from coding for it; nobody while it asks for no certification.

    Supervisors give the master codes and are not held to them.
    """
    if not required(db):
        return frozenset()
    rows = db.execute(select(Certification.person_id, Certification.passed).order_by(Certification.made_at))
    latest = {row.person_id: row.passed for row in rows}
    coders = db.scalars(select(Person.id).where(Person.role == Role.CODER))
    return frozenset(person_id for person_id in coders if not latest.get(person_id, False))


def refuse_uncertified(db: Db, person: Person, purpose: Purpose) -> None:
    """Let only those pass who may code for the study.

    Raises:
        UserError: the study asks for a certification, and ``person`` has none.
    """
    if purpose in INDEPENDENT and person.id in uncertified(db):
        raise UserError(
            "{code} is not certified, and this study gives sessions to certified coders only. Certify {code} "
            "first, or choose somebody else.",
            code=person.code,
        )


def percent(share: float) -> str:
    """A share that is asked for, in percent with all its digits."""
    return f"{share * 100:.10g}"


def coefficient(value: float) -> str:
    """A coefficient that is asked for, with all its digits, two at least, and no nought before the point."""
    return f"{value:.10f}".rstrip("0").ljust(4, "0").removeprefix("0")


def points(within: int) -> Sentence:
    """A distance in words."""
    return Sentence("1 point") if within == 1 else Sentence("{n} points", n=within)


def _counted(one: Rule) -> Sentence:
    names: Collection[Sentence] = [_PURPOSES[each] for each in one.purposes]
    if one.last is None:
        return Sentence("Counted are all ratings for {purposes}.", purposes=_listed(names))
    return Sentence(
        "Counted are the last {n} sessions rated for {purposes}.", n=one.last, purposes=_listed(names)
    )


def _listed(names: Collection[Sentence]) -> Sentence:
    first, *rest = names
    for each in rest:
        first = Sentence("{first}, {rest}", first=first, rest=each)
    return first


_PURPOSES = {
    Purpose.TRAINING: Sentence("training"),
    Purpose.CERTIFICATION: Sentence("certification"),
    Purpose.DRIFT: Sentence("recalibration"),
}
