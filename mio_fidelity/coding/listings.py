"""Every table of the study, by its key: what the study page shows and the command ``export`` writes."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from mio_fidelity.coding import (
    consensus_lists,
    meeting_lists,
    package_lists,
    people_lists,
    retention,
    study_lists,
)
from mio_fidelity.coding.listing import Listing
from mio_fidelity.store import Db

LISTINGS: Mapping[str, Callable[[Db, date], Listing]] = MappingProxyType(
    {
        "sessions": study_lists.sessions,
        "recordings": study_lists.recordings,
        "removal": retention.removal,
        "assignments": study_lists.assignments,
        "consensus": consensus_lists.consensus,
        "discuss": consensus_lists.to_discuss,
        "meetings": meeting_lists.meetings,
        "decisions": meeting_lists.decisions,
        "workload": people_lists.workload,
        "calendar": people_lists.calendar,
        "people": people_lists.staff,
        "counselors": people_lists.counselors,
        "clients": people_lists.clients,
        "sites": people_lists.sites,
        "packages": package_lists.packages,
    }
)


def listing(db: Db, key: str, today: date) -> Listing:
    """The table called ``key``, one of `LISTINGS`, as it stands ``today``.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    return LISTINGS[key](db, today)
