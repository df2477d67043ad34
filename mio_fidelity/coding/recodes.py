"""Which sessions coders rate a second time without being told, for their own stability."""

from collections import defaultdict
from datetime import timedelta

from mio_fidelity.coding.ground import INDEPENDENT, Candidate, Ground, luck
from mio_fidelity.coding.plan import Plan
from mio_fidelity.store import Purpose


def recodes(plan: Plan, ground: Ground, seed: int) -> tuple[list[tuple[Candidate, str, Purpose]], int]:
    """The hidden re-codes that are still missing: session, id of the coder, purpose of the first rating.

    Only what a coder submitted at least ``plan.recode_after_days`` ago, still may code, and has not been
    given again; and no session with a consensus, whose scores have been talked about.

    Returns:
        The re-codes, and how many more the plan wants than there are.
    """
    last = ground.today - timedelta(days=plan.recode_after_days)
    sessions = {each.id: each for each in ground.sessions}
    first: defaultdict[str, dict[str, Purpose]] = defaultdict(dict)
    again: defaultdict[str, set[str]] = defaultdict(set)
    discussed = {one.session_id for one in ground.existing if one.purpose is Purpose.CONSENSUS}
    for one in sorted(ground.existing, key=lambda one: one.purpose):
        if one.purpose not in INDEPENDENT:
            continue
        if one.occasion > 1:
            again[one.person_id].add(one.session_id)
        elif one.submitted_on and one.submitted_on <= last:
            first[one.person_id][one.session_id] = one.purpose
    found, missing = [], 0
    for coder in sorted(ground.coders, key=lambda coder: coder.code):
        had = again[coder.id]
        left = [sessions[each] for each in first[coder.id].keys() - had]
        left = [each for each in left if each.has_recording and not each.about & coder.barred]
        left = [each for each in left if each.id not in discussed]
        left.sort(key=lambda each: (luck(seed, "again", each.client, each.number, coder.code), each.id))
        wanted = max(0, plan.recodes - len(had))
        missing += max(0, wanted - len(left))
        found += [(each, coder.id, first[coder.id][each.id]) for each in left[:wanted]]
    return found, missing
