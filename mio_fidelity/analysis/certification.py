"""Holding coders to the rule of the study, and keeping the verdict with all it was judged on."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from mio_fidelity import __version__
from mio_fidelity.analysis.judgement import (
    JudgedSession,
    Judgement,
    NotCounted,
    encoded,
    judged,
)
from mio_fidelity.analysis.plain import from_plain, to_plain
from mio_fidelity.coding.certification import (
    JUDGEABLE,
    Certificate,
    Rule,
    certificates,
    rule_to_plain,
)
from mio_fidelity.coding.certification import rule as rule_of
from mio_fidelity.coding.desk import answers_of
from mio_fidelity.coding.editions import instrument_of, latest_edition
from mio_fidelity.coding.gold import latest_masters
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.training import first_submitted
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import Db, Purpose, Role, actor
from mio_fidelity.store.models import (
    Certification,
    Client,
    InstrumentEdition,
    Person,
    Rating,
    TreatmentSession,
)

__all__ = ["Judgement", "certify", "filed", "judge", "judge_all", "verdicts"]


def judge(db: Db, person_id: str, rule: Rule | None = None) -> Judgement:
    """Hold a person to the rule of the study, or to ``rule``; nothing is stored.

    What counts is the first rating of a session, as it was first submitted, with the latest master codes of
    the same edition; where that cannot be compared, the session is not counted.

    Raises:
        UserError: the study has no instrument, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    rule = rule or rule_of(db)
    person = db.get_one(Person, person_id)
    kept, not_counted = _paired(db, person_id, rule)
    kept, more = _one_edition(kept)
    not_counted += more
    if rule.last is not None:
        not_counted += [
            _left(row, Sentence("rated before the last sessions that count")) for row in kept[: -rule.last]
        ]
        kept = kept[-rule.last :]
    edition = db.get_one(InstrumentEdition, kept[0].instrument_id) if kept else latest_edition(db)
    return judged(
        (person.id, person.code),
        rule,
        instrument_of(edition),
        [_session(db, row) for row in kept],
        not_counted,
        {"program": __version__},
    )


def judge_all(db: Db) -> tuple[Judgement, ...]:
    """Everybody who codes here, or has ratings to be judged by, held to the rule of the study; by code.

    Raises:
        UserError: as `judge`.
    """
    only_supervisors(db)
    trained = select(Rating.person_id).where(Rating.purpose.in_(JUDGEABLE), Rating.submitted_at.is_not(None))
    people = db.scalars(
        select(Person.id)
        .where(or_((Person.role == Role.CODER) & Person.active, Person.id.in_(trained)))
        .order_by(Person.code)
    )
    return tuple(judge(db, person_id) for person_id in people)


def certify(db: Db, person_id: str, expected: str | None = None) -> str:
    """Keep the verdict on a person, passed or not, for good; the latest counts. The new row's id.

    Args:
        db: The study.
        person_id: Whom.
        expected: `Judgement.data_sha256` of what the supervisor has seen.

    Raises:
        UserError: the scores have changed since, it is the supervisor's own verdict, or the person signed in
            is no supervisor.
    """
    only_supervisors(db)
    if person_id == actor(db):
        raise UserError("Nobody certifies oneself. Ask another supervisor.")
    found = judge(db, person_id)
    if expected is not None and found.data_sha256 != expected:
        raise UserError(
            "The ratings, the master codes or the rule have changed since this was shown, so nothing was "
            "stored. Look at the new figures and decide again."
        )
    row = Certification(
        person_id=person_id,
        by_id=actor(db),
        passed=found.passed,
        rule=rule_to_plain(found.rule),
        outcome=to_plain(found),
    )
    db.add(row)
    db.flush()
    return row.id


def filed(certificate: Certificate) -> Judgement:
    """The judgement a stored verdict rests on, to the last digit."""
    return from_plain(Judgement, certificate.outcome)


def verdicts(db: Db) -> tuple[tuple[Certificate, Judgement], ...]:
    """Every stored verdict with what it rests on, the latest first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    return tuple((certificate, filed(certificate)) for certificate in certificates(db))


def _paired(db: Db, person_id: str, rule: Rule) -> tuple[list[Any], list[NotCounted]]:
    """The ratings that can be held against master codes, in the order of submission, and the others."""
    rows = _submitted(db, person_id)
    there = latest_masters(db, {row.session_id for row in rows})
    own = set(
        db.scalars(select(Rating.id).where(Rating.person_id == person_id, Rating.purpose == Purpose.MASTER))
    )
    with_master = {session_id for session_id, _ in there}
    seen: set[str] = set()
    kept, others = [], []
    for row in rows:
        again = row.session_id in seen
        seen.add(row.session_id)
        master = there.get((row.session_id, row.instrument_sha256))
        if row.purpose not in rule.purposes:
            continue
        if again:
            why = Sentence("a further rating of the same session")
        elif row.session_id not in with_master:
            why = Sentence("no submitted master codes")
        elif master is None:
            why = Sentence("master codes of another edition of the instrument")
        elif master in own:
            why = Sentence("the master codes are the coder's own")
        else:
            kept.append(row)
            continue
        others.append(_left(row, why))
    return kept, others


def _submitted(db: Db, person_id: str) -> Sequence[Any]:
    """The ratings of a person that could prove something, in the order of submission."""
    return db.execute(
        select(
            Rating.id,
            Rating.session_id,
            Rating.purpose,
            Rating.blind_code,
            Rating.submitted_at,
            Rating.instrument_id,
            Rating.instrument_sha256,
            Client.code,
            TreatmentSession.number,
        )
        .join(TreatmentSession, TreatmentSession.id == Rating.session_id)
        .join(Client, Client.id == TreatmentSession.client_id)
        .where(
            Rating.person_id == person_id,
            Rating.purpose.in_(JUDGEABLE),
            or_(Rating.purpose != Purpose.DRIFT, Rating.recalibration_id.is_not(None)),
            Rating.submitted_at.is_not(None),
            Rating.withdrawn_at.is_(None),
        )
        .order_by(Rating.submitted_at, Rating.occasion)
    ).all()


def _one_edition(kept: Sequence[Any]) -> tuple[list[Any], list[NotCounted]]:
    """The ratings given with the edition that most, or else the last, were given with."""
    if not kept:
        return [], []
    counts = Counter(row.instrument_sha256 for row in kept)
    last = {row.instrument_sha256: nth for nth, row in enumerate(kept)}
    edition = max(counts, key=lambda each: (counts[each], last[each]))
    others = [row for row in kept if row.instrument_sha256 != edition]
    why = Sentence("rated with another edition of the instrument than most")
    return [row for row in kept if row.instrument_sha256 == edition], [_left(row, why) for row in others]


def _session(db: Db, row: Any) -> JudgedSession:
    master_id = latest_masters(db, [row.session_id])[row.session_id, row.instrument_sha256]
    return JudgedSession(
        row.id,
        master_id,
        row.session_id,
        row.blind_code,
        f"{row.code}-{row.number}",
        row.submitted_at,
        encoded(first_submitted(db, row.id)),
        encoded(answers_of(db, master_id)),
    )


def _left(row: Any, why: Sentence) -> NotCounted:
    return NotCounted(f"{row.code}-{row.number}", row.blind_code, why)
