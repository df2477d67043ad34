"""What a coder may see of her own calibration, when the supervisor allows it: nothing about anybody else."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from statistics import fmean

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from mio_fidelity.coding.editions import instrument_of, latest_edition
from mio_fidelity.coding.gold import latest_masters
from mio_fidelity.coding.study_settings import choose, chosen
from mio_fidelity.store import Db, Purpose, actor
from mio_fidelity.store.models import Rating, Score

KEY = "coders_see_own_calibration"
# With fewer sessions a coder could tell which of them were coded twice.
LEAST = 5


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A domain in one dimension: own scores against those of others and master codes.

    Attributes:
        difference: Mean, own less other, in points.
        within_1: Share of scores within one point.
    """

    domain: str
    domain_title: str
    dimension: str
    dimension_title: str
    n_scores: int
    difference: float
    within_1: float


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """A coder's own calibration.

    Attributes:
        allowed: Whether the study shows it to coders at all; when not, the rest is empty.
        until: The first day that does not count. Whole months alone do: a number that changed with each
            rating would tell which sessions are coded twice.
        enough: Whether there are enough sessions to say something.
    """

    allowed: bool
    until: date
    enough: bool
    lines: tuple[OwnLine, ...]


def coders_see_own(db: Db) -> bool:
    """Whether coders may see their own calibration; no, unless a supervisor said so."""
    return bool(chosen(db, KEY).get("on", False))


def let_coders_see_own(db: Db, on: bool) -> None:
    """Choose whether coders may see their own calibration.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    choose(db, KEY, {"on": bool(on)})


def own_calibration(db: Db, today: date | None = None) -> OwnCalibration:
    """The calibration of the person at work, to the end of the last month.

    Raises:
        UserError: nobody has signed in.
    """
    me = actor(db)
    until = (today or date.today()).replace(day=1)
    if not coders_see_own(db):
        return OwnCalibration(False, until, False, ())
    gaps, sessions = _gaps(db, me, until)
    if sessions < LEAST:
        return OwnCalibration(True, until, False, ())
    instrument = instrument_of(latest_edition(db))
    lines = []
    for dimension in instrument.dimensions.values():
        for domain in instrument.domains:
            some = [each for scale in domain.scales for each in gaps[scale.key, dimension.key]]
            if some:
                lines.append(
                    OwnLine(
                        domain.key,
                        domain.title,
                        dimension.key,
                        dimension.title,
                        len(some),
                        fmean(some),
                        fmean(abs(each) <= 1 for each in some),
                    )
                )
    return OwnCalibration(True, until, True, tuple(lines))


def _gaps(db: Db, me: str, until: date) -> tuple[defaultdict[tuple[str, str], list[int]], int]:
    """Own less other by scale and dimension, and over how many sessions."""
    own, other, mine, theirs = aliased(Rating), aliased(Rating), aliased(Score), aliased(Score)
    # Days are the days of this computer's clock.
    end = datetime.combine(until, time.min).astimezone().astimezone(UTC)
    rows = db.execute(
        select(own.session_id, other.id, other.purpose, mine.scale, mine.dimension, mine.value - theirs.value)
        .join(other, (other.session_id == own.session_id) & (other.person_id != own.person_id))
        .join(mine, mine.rating_id == own.id)
        .join(
            theirs,
            (theirs.rating_id == other.id)
            & (theirs.scale == mine.scale)
            & (theirs.dimension == mine.dimension),
        )
        .where(
            own.person_id == me,
            own.occasion == 1,
            own.instrument_sha256 == other.instrument_sha256,
            or_(
                (own.purpose == Purpose.RELIABILITY)
                & (other.purpose == Purpose.RELIABILITY)
                & (other.occasion == 1),
                own.purpose.in_((Purpose.RELIABILITY, Purpose.PRODUCTION, Purpose.DRIFT))
                & (other.purpose == Purpose.MASTER),
            ),
            *(each.submitted_at < end for each in (own, other)),
            *(each.withdrawn_at.is_(None) for each in (own, other)),
            mine.value.is_not(None),
            theirs.value.is_not(None),
        )
    )
    gaps: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    sessions = set()
    # Master codes that were revised stay on record and count no more.
    masters = set(latest_masters(db, before=end).values())
    for session_id, other_id, purpose, scale, dimension, gap in rows:
        if gap is not None and (purpose != Purpose.MASTER or other_id in masters):
            gaps[scale, dimension].append(gap)
            sessions.add(session_id)
    return gaps, len(sessions)
