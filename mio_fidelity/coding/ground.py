"""What an assignment is drawn on: sessions, coders, and what has been given already."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mio_fidelity.store import Purpose

# What coders rate for the study, each without knowing of the other.
INDEPENDENT = (Purpose.PRODUCTION, Purpose.RELIABILITY)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that could be drawn.

    Attributes:
        about: Ids of its client, counselor and site: who is barred from one of them may not code it.
    """

    id: str
    client: str
    number: int
    arm: str
    site: str
    counselor: str
    about: frozenset[str]
    has_recording: bool = True


@dataclass(frozen=True, slots=True)
class Rater:
    """Somebody who codes, and the ids of the clients, counselors and sites whose sessions she may not."""

    id: str
    code: str
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment that exists, as far as drawing more depends on it."""

    session_id: str
    person_id: str
    purpose: Purpose
    occasion: int
    submitted_on: date | None


@dataclass(frozen=True)
class Ground:
    """What a plan is drawn on: the sessions, the coders, and what has been given already.

    Attributes:
        unknown: Codes the plan names that do not code here now.
        uncertified: Codes of those who would code, were they certified; they are not among the coders.
    """

    sessions: tuple[Candidate, ...]
    coders: tuple[Rater, ...]
    existing: tuple[Given, ...]
    today: date
    unknown: tuple[str, ...] = ()
    uncertified: tuple[str, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a draw could come out otherwise."""
        parts = (
            sorted(
                (
                    *(each.id, each.client, each.number, each.arm, each.site, each.counselor),
                    *(each.has_recording, *sorted(each.about)),
                )
                for each in self.sessions
            ),
            sorted((each.id, each.code, *sorted(each.barred)) for each in self.coders),
            sorted(
                (one.session_id, one.person_id, one.purpose, one.occasion, str(one.submitted_on))
                for one in self.existing
            ),
        )
        return hashlib.sha256(repr((parts, self.today)).encode()).hexdigest()


def luck(seed: int, *words: object) -> float:
    """A number in [0, 1) that depends on the seed and the words alone."""
    text = "|".join(map(str, (seed, *words)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest()) / 256**7
