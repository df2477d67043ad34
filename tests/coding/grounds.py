"""Studies that exist only as the ground of a draw, and what becomes of them when a draw is carried out."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mio_fidelity.coding.draw import Proposal
from mio_fidelity.coding.ground import Candidate, Given, Ground, Rater
from mio_fidelity.coding.plan import Phase, Plan, Stratum, Unit

TODAY = date(2026, 6, 1)
FEW = settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32 - 1)
PHASES = (Phase("early", 1, 4, 1), Phase("middle", 5, 8, 2), Phase("late", 9, 12, None))
PLANS = st.builds(
    Plan,
    phases=st.just(PHASES) | st.just(PHASES[:1]),
    unit=st.sampled_from(Unit),
    arms=st.sampled_from([(), ("MIO",)]),
    sites=st.sampled_from([(), ("East", "North", "West")]),
    double_share=st.sampled_from([0.0, 0.2, 0.5, 1.0]) | st.floats(0, 1),
    double_by=st.lists(st.sampled_from(Stratum), unique=True).map(tuple),
    recodes=st.integers(0, 3),
)
ARMS, SITES = ("MIO", "PE"), ("East", "North", "South", "West")


def session(client: int, number: int, *, counselor: int | None = None, recorded: bool = True) -> Candidate:
    """A session of the client of this number; arm, site and counselor follow from the client."""
    site = SITES[client % 4]
    who = f"K{client % 6 if counselor is None else counselor}"
    about = frozenset({f"client {client}", f"counselor {who}", f"site {site}"})
    return Candidate(
        f"s{client:03}-{number:02}",
        f"C{client:03}",
        number,
        ARMS[client // 4 % 2],
        site,
        who,
        about,
        recorded,
    )


def trial(clients: int, sessions: int = 12) -> tuple[Candidate, ...]:
    """So many clients, each with so many sessions."""
    return tuple(session(client, number) for client in range(clients) for number in range(1, sessions + 1))


def coders(n: int, barred: dict[int, set[str]] | None = None) -> tuple[Rater, ...]:
    """Coders R01, R02, ..., of whom some are barred."""
    return tuple(
        Rater(f"r{nth}", f"R{nth:02}", frozenset((barred or {}).get(nth, ()))) for nth in range(1, n + 1)
    )


def ground(clients: int = 12, people: int = 4, barred: dict[int, set[str]] | None = None) -> Ground:
    """A study in which nothing has been given out yet."""
    return Ground(trial(clients), coders(people, barred), (), TODAY)


def after(base: Ground, found: Proposal, submitted_on: date | None = None) -> Ground:
    """The study once a draw was carried out, and everything submitted where a day is given."""
    new = tuple(
        Given(one.session_id, one.person_id, one.purpose, one.occasion, submitted_on) for one in found.new
    )
    return replace(base, existing=base.existing + new)


def without(base: Ground, person_id: str) -> Ground:
    """The study once somebody left: what is not submitted is taken back."""
    kept = tuple(one for one in base.existing if one.person_id != person_id or one.submitted_on)
    return replace(base, coders=tuple(each for each in base.coders if each.id != person_id), existing=kept)


def submitted(base: Ground, days_ago: int) -> Ground:
    """The study once everything given was submitted so many days ago."""
    day = base.today - timedelta(days=days_ago)
    return replace(base, existing=tuple(replace(one, submitted_on=day) for one in base.existing))


def who_codes(base: Ground, found: Proposal) -> dict[str, list[str]]:
    """Session -> ids of those who code it for the first time, with what was given before."""
    by_session: defaultdict[str, list[str]] = defaultdict(list)
    for one in (*base.existing, *found.new):
        if one.occasion == 1:
            by_session[one.session_id].append(one.person_id)
    return dict(by_session)


ABOUT = [
    *(f"client {n}" for n in range(8)),
    *(f"counselor K{n}" for n in range(6)),
    *(f"site {site}" for site in SITES),
]


@st.composite
def any_ground(draw: st.DrawFn, bars: bool = True) -> Ground:
    """A small study of any make-up: gaps, sessions without a recording, people who are barred."""
    each = st.tuples(st.integers(0, 7), st.integers(1, 14))
    chosen = draw(st.sets(each, max_size=60))
    silent = draw(st.sets(each, max_size=5))
    sessions = tuple(session(*one, recorded=one not in silent) for one in sorted(chosen))
    people = draw(st.integers(0, 6))
    barred = (
        draw(
            st.fixed_dictionaries(
                {nth: st.sets(st.sampled_from(ABOUT), max_size=3) for nth in range(1, people + 1)}
            )
        )
        if bars
        else {}
    )
    return Ground(sessions, coders(people, barred), (), TODAY)


def remarks(found: Proposal) -> str:
    """The remarks of a proposal, a line each."""
    return "\n".join(map(str, found.remarks))
