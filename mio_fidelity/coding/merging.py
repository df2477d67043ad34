"""Taking returned work in: first what it would do, then that in one transaction, or a conflict for a person.

A rating follows the other computer as long as what it holds here is something that computer knows: what was
handed out, or what it returned before. Whatever it holds otherwise came about here, and is never overwritten.
So the same file again, an older one after a newer one, and files in any order give the same study.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mio_fidelity.coding.following import Both, add_heard, follow, heard_more, untold
from mio_fidelity.coding.merging_rows import Here, given_again, ratings_of, still_open
from mio_fidelity.coding.outgoing import current_packages
from mio_fidelity.coding.package_content import (
    Content,
    contents_of,
    digest,
    digest_in,
    first_state,
    is_same_state,
    is_untouched,
    moment,
    says_the_same,
    unfinished,
    without_words,
)
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.return_file import spoilt
from mio_fidelity.coding.returned import Back, Returned, fits, read_returned
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.store import Db, Project, actor
from mio_fidelity.store.models import Conflict, Package, PackageReturn, Person, now

# How a conflict ends by itself: later work of the same coder fits.
OVERTAKEN = "overtaken"
# More than clocks of two computers that are set differ, whatever their zones.
_CLOCKS_DIFFER = timedelta(days=1)


class Kind(StrEnum):
    """What is to be done with a rating that came back."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflicting"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why two sides cannot both stand."""

    WITHDRAWN = "withdrawn"
    REASSIGNED = "reassigned"
    HANDED_AGAIN = "handed out again"
    SUBMITTED = "submitted here"
    AMENDED = "amended here"
    CHANGED = "changed here"
    REMOVED = "removed"
    SALVAGED = "salvaged"


@dataclass(frozen=True, slots=True)
class Compared:
    """One rating that came back, for supervisors.

    Attributes:
        session: Label of its session; empty when the study does not know the rating.
        why: Of a conflict; None otherwise.
    """

    rating_id: str
    session: str
    blind_code: str
    kind: Kind
    submitted: bool
    why: Why | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What taking a file in would do, or did.

    Attributes:
        seen: Whether this very file was taken in before.
        misdated: How many were, by their own times, begun before they were given or end in the future, and
            by more than clocks differ: the other computer's was wrong.
        missing: Ratings of the package that nobody has submitted, neither here nor there.
        revoked: Whether the package was given up meanwhile.
        salvaged: Whether it was saved from a damaged study: what its audit trail no longer leads to is a
            conflict.
        sha256: Of the file.
    """

    package_id: str
    person_code: str
    returned_at: datetime
    rows: tuple[Compared, ...]
    seen: bool
    misdated: int
    missing: int
    revoked: bool
    salvaged: bool
    sha256: str

    def count(self, kind: Kind) -> int:
        """How many ratings of a kind there are."""
        return sum(row.kind is kind for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A rating that came back, its rating here, and what to do.

    Attributes:
        leads: Whether what stands here is what the other computer knows.
    """

    back: Back
    rating: Here | None
    ours: Content | None
    kind: Kind
    why: Why | None = None
    leads: bool = False


def look(project: Project, file: Path) -> Comparison:
    """What `merge` would do with a file now; on any thread, nothing is changed.

    Raises:
        UserError: it is no return file, damaged, of another study or of a newer program, or the person
            signed in is no supervisor.
    """
    return project.ask_elsewhere(compare, read_returned(project, file))


def merge(
    project: Project, file: Path, progress: Progress | None = None, shown: Comparison | None = None
) -> Comparison:
    """Take a return file in, all of it or nothing; on any thread.

    Args:
        project: The study.
        file: What came back.
        progress: Told the share done; stops the work when cancelled.
        shown: What `look` said to the person who decided; nothing else is done. None when nobody was asked.

    Raises:
        UserError: as `look`, what was shown is no longer so, or the study could not be written. Nothing was
            changed.
        Cancelled: the person asked to stop. Nothing was changed.
    """
    with _all_kept():
        # Held by nobody else, it is gone before garbage is looked for again.
        return project.do_elsewhere(
            take_in, read_returned(project, file), progress or Progress(None, None), shown
        ).value


@contextmanager
def _all_kept() -> Iterator[None]:
    """Look for no garbage among thousands of lines that are all wanted until the end: a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def compare(db: Db, returned: Returned) -> Comparison:
    """What `take_in` would do."""
    only_supervisors(db)
    return _told(db, returned, _judge(db, returned))


def take_in(db: Db, returned: Returned, progress: Progress, shown: Comparison | None = None) -> Comparison:
    """Put what came back where it belongs, and store conflicts; once the same file, for good.

    Raises:
        UserError: something in it cannot be, it is not what was shown, or the person signed in is no
            supervisor.
    """
    only_supervisors(db)
    judged = _judge(db, returned)
    told = _told(db, returned, judged)
    if shown not in (None, told):
        raise UserError(
            "The file or the study has changed since you looked, so nothing was taken in. Look again."
        )
    if told.seen:
        return told
    progress.at(0.2)
    taken: dict[str, Both] = {
        each.back.rating_id: (each.ours, each.back.content)
        for each in judged
        if each.ours and each.kind in (Kind.NEW, Kind.CHANGED)
    }
    leads = {each.back.rating_id for each in judged if each.leads}
    heard = {key: both for key, both in taken.items() if is_same_state(*both) or key not in leads}
    rest = {key: both for key, both in taken.items() if key not in heard}
    add_heard(db, heard)
    follow(db, returned.package_id, returned.person_id, rest, returned.lines)
    progress.at(0.9)
    row = PackageReturn(package_id=returned.package_id, by_id=actor(db), sha256=returned.sha256)
    row.outcome = _outcome(returned, judged)
    db.add(row)
    db.flush()
    _keep_conflicts(db, judged, row.id)
    progress.at(1.0)
    return told


def _judge(db: Db, returned: Returned) -> list[_Judged]:
    package = db.get_one(Package, returned.package_id)
    ids = [back.rating_id for back in returned.ratings]
    ours, known = contents_of(db, ids), _known(db, returned.package_id, package)
    ratings, current = ratings_of(db, ids), current_packages(db)
    found = []
    for back in returned.ratings:
        rating = ratings.get(back.rating_id)
        if rating is None or back.rating_id not in package.contents["ratings"]:
            found.append(_Judged(back, None, None, Kind.UNKNOWN))
            continue
        fit = fits(back.content, rating.instrument)
        if returned.salvaged and not fit:
            # What it lost leaves it unfinished: to be looked at, and not to be counted.
            back = replace(back, content=unfinished(back.content))
            fit = fits(back.content, rating.instrument)
        if not fit:
            raise spoilt()
        if rating.withheld:
            # Nothing that could be about the client is taken in any more, not even to be looked at.
            back = replace(back, content=without_words(back.content))
        elsewhere = current.get(rating.id, package.id) != package.id
        own = ours[rating.id]
        leads = digest(own) in map(digest_in, back.states)
        kind, why = _kind(db, back, rating, own, known.get(rating.id, set()), elsewhere)
        found.append(_Judged(back, rating, own, kind, why, leads))
    return _without_lost(db, returned, found) if returned.salvaged else found


def _without_lost(db: Db, returned: Returned, judged: list[_Judged]) -> list[_Judged]:
    """Where the other study lost what would lead to the work, a person decides."""
    changed = [each for each in judged if each.kind in (Kind.NEW, Kind.CHANGED) and each.ours]
    taken: dict[str, Both] = {
        each.back.rating_id: (each.ours, each.back.content)
        for each in changed
        if each.ours and each.leads and not is_same_state(each.ours, each.back.content)
    }
    lost = untold(db, returned.package_id, taken, returned.lines)
    lost |= {
        each.back.rating_id
        for each in changed
        if digest(each.back.content) != digest_in(each.back.states[-1])
    }
    return [
        replace(each, kind=Kind.CONFLICT, why=Why.SALVAGED) if each.back.rating_id in lost else each
        for each in judged
    ]


def _kind(
    db: Db, back: Back, rating: Here, ours: Content, known: set[str], elsewhere: bool
) -> tuple[Kind, Why | None]:
    here, there = digest(ours), digest_in(back.states[-1])
    if here == there:
        more = rating.submitted_at is None and not rating.withdrawn_at and heard_more(ours, back.content)
        return (Kind.CHANGED if more else Kind.SAME), None
    if back.states[-1] in known:
        return Kind.SAME, None
    if rating.withheld:
        return Kind.CONFLICT, Why.REMOVED
    if rating.withdrawn_at is not None:
        return Kind.CONFLICT, Why.REASSIGNED if given_again(db, rating) else Why.WITHDRAWN
    if elsewhere:
        return Kind.CONFLICT, Why.HANDED_AGAIN
    if here in map(digest_in, back.states):
        return (Kind.NEW if is_untouched(ours) else Kind.CHANGED), None
    if says_the_same(ours, back.content):
        more = ours["submitted_at"] is None and heard_more(ours, back.content)
        return (Kind.CHANGED if more else Kind.SAME), None
    if ours["submitted_at"] is None:
        return Kind.CONFLICT, Why.CHANGED
    return Kind.CONFLICT, Why.AMENDED if ours["amendments"] else Why.SUBMITTED


def _known(db: Db, package_id: str, package: Package) -> dict[str, set[str]]:
    """Rating id to the states that were handed out or have come back before."""
    found = {key: {first_state(each)} for key, each in package.contents["ratings"].items()}
    for outcome in db.scalars(select(PackageReturn.outcome).where(PackageReturn.package_id == package_id)):
        for key, (_, states) in outcome["ratings"].items():
            found.setdefault(key, set()).update(states)
    return found


def _told(db: Db, returned: Returned, judged: list[_Judged]) -> Comparison:
    package = db.get_one(Package, returned.package_id)
    rows = tuple(
        Compared(
            each.back.rating_id,
            each.rating.session if each.rating else "",
            each.rating.blind_code if each.rating else "",
            each.kind,
            each.back.content["submitted_at"] is not None,
            each.why,
        )
        for each in judged
    )
    seen = select(PackageReturn.id).where(
        PackageReturn.package_id == package.id, PackageReturn.sha256 == returned.sha256
    )
    done = {row.rating_id for row in rows if row.submitted}
    open_ = set(still_open(db, sorted(package.contents["ratings"])))
    return Comparison(
        package.id,
        db.get_one(Person, package.person_id).code,
        returned.made_at,
        rows,
        db.scalar(seen) is not None,
        sum(_is_misdated(each) for each in judged if each.kind not in (Kind.SAME, Kind.UNKNOWN)),
        len(open_ - done),
        package.revoked_at is not None,
        returned.salvaged,
        returned.sha256,
    )


def _is_misdated(judged: _Judged) -> bool:
    content, rating = judged.back.content, judged.rating
    begun, submitted = moment(content["begun_at"]), moment(content["submitted_at"])
    too_early = rating is not None and begun is not None and begun < rating.assigned_at - _CLOCKS_DIFFER
    return too_early or any(each is not None and each > now() + _CLOCKS_DIFFER for each in (begun, submitted))


def _outcome(returned: Returned, judged: list[_Judged]) -> dict[str, Any]:
    return {
        "returned_at": returned.made_at.isoformat(),
        "salvaged": returned.salvaged,
        "counts": {kind: sum(each.kind is kind for each in judged) for kind in Kind},
        "ratings": {
            each.back.rating_id: [each.kind, list(each.back.states)] for each in judged if each.rating
        },
    }


def _keep_conflicts(db: Db, judged: list[_Judged], return_id: str) -> None:
    """Store conflicts; one with an earlier state of the same work gives way to it."""
    waiting = db.scalars(select(Conflict).where(Conflict.settled_at.is_(None))).all()
    for each in judged:
        state = each.back.states[-1]
        earlier = [
            row
            for row in waiting
            if row.rating_id == each.back.rating_id and row.theirs["state"] in each.back.states
        ]
        if each.kind is Kind.CONFLICT:
            row = earlier[0] if earlier else Conflict(rating_id=each.back.rating_id)
            row.return_id = return_id
            row.ours = {"why": each.why, "content": each.ours}
            row.theirs = {"state": state, "content": each.back.content}
            db.add(row)
            continue
        for row in earlier:
            if row.theirs["state"] != state:
                row.settled_at, row.by_id, row.choice = now(), actor(db), OVERTAKEN
    db.flush()
