"""Giving sessions out by a plan: what it would give out, or gave out, printed or as JSON."""

import argparse
import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.cli.words import iso_day
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

if TYPE_CHECKING:
    from mio_fidelity.coding.draw import Proposal
    from mio_fidelity.coding.plan import Plan

EXAMPLE = """\
# How many sessions of each phase of the treatment are taken; take = "all" takes every one.
phases = [
    {name = "early", first = 1, last = 4, take = 1},
    {name = "middle", first = 5, last = 8, take = 1},
    {name = "late", first = 9, last = 12, take = 1},
]
unit = "client"                # so many of each client; or counselor, site, arm, study
arms = []                      # only these arms; [] for all
sites = []                     # only these sites
coders = []                    # only these people; [] for every active coder
double_share = 0.2             # share of the sessions that two code
double_by = ["arm", "phase"]   # spread evenly over these; also site, counselor
own_site = false               # whether coders code sessions of the site they work at
recodes = 0                    # sessions each coder rates again without being told
recode_after_days = 28         # the earliest, counted from when she submitted the session
# first_due = 2026-03-02       # when the first sessions are due
# per_week = 4                 # how many a coder codes in a week from then on
expected_icc = 0.75            # what the expected interval is worked out for
"""

EPILOG = f"""a plan is a TOML file. This one is what an empty file means:

{EXAMPLE}
The same plan, seed and study give the same assignment. What was given out before stays; a plan that is
carried out again adds what is missing. With --dry-run nothing is stored.

--json prints one object with the keys
  schema_version     1; changes when a key changes its meaning or goes
  stored             whether it was given out
  day, seed, plan    what it was drawn with
  sampled            sessions the plan takes; by_phase: phase -> sessions
  assignments        sessions given to people now; of these recodes are hidden re-codes
  double_coded       n, share (of the sampled sessions), wanted (the share the plan asks for)
  interval           95% limits of ICC(2,1) to expect: icc, low, high; null with fewer than two sessions
  connected          whether all coders are linked through sessions coded twice
  coders             code, load (sessions given now)
  pairs              coders (two codes), n (sessions both code)
  remarks            sentences"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What giving out by a plan needs."""
    study_arguments(parser)
    parser.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan, see below")
    parser.add_argument("--seed", type=int, required=True, metavar="N", help="what luck comes from")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be given out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--day",
        type=iso_day,
        metavar="YYYY-MM-DD",
        help="reckon re-codes from this day, not today",
    )
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Draw the plan, give it out unless it is a dry run, and say what it amounts to."""
    from mio_fidelity.coding import planned
    from mio_fidelity.coding.draw import draw
    from mio_fidelity.coding.plan import MOST_SEED, read_plan

    if not 0 <= options.seed <= MOST_SEED:
        raise UserError("The seed is a whole number from 0 to {most}.", most=MOST_SEED)
    plan, day = read_plan(options.plan), options.day or date.today()
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        ground = project.ask(planned.ground, plan, day)
        found = draw(plan, ground, options.seed)
        stored = bool(found.new) and not options.dry_run
        if stored:
            project.do(planned.carry_out, plan, options.seed, day, expected=ground.fingerprint)
    if options.json:
        plain = {"schema_version": 1, "stored": stored, "day": day.isoformat(), "seed": options.seed}
        print(json.dumps(plain | _plain(plan, found), indent=2, ensure_ascii=False))
        return 0
    if stored:
        print("Given out:")
    else:
        print("Dry run, nothing is stored:" if found.new else "There is nothing to give out:")
    print(*_lines(plan, found), sep="\n")
    return 0


def _by_phase(plan: "Plan", found: "Proposal") -> dict[str, int]:
    return {
        phase.name: sum(phase.first <= each.number <= phase.last for each in found.drawn)
        for phase in plan.phases
    }


def _share(found: "Proposal") -> float:
    return len(found.double_coded) / found.sampled if found.sampled else 0.0


def _lines(plan: "Plan", found: "Proposal") -> Iterator[str]:
    from mio_fidelity.cli.printed import coefficient

    low, high = found.interval
    by_phase = ", ".join(f"{n} {name}" for name, n in _by_phase(plan, found).items())
    facts = {
        "sessions sampled": f"{found.sampled} ({by_phase})",
        "assignments": str(len(found.new)),
        "coded twice": f"{len(found.double_coded)} ({_share(found):.1%} of the sampled)",
        "expected ICC": "cannot be computed"
        if math.isnan(low)
        else f"{coefficient(plan.expected_icc)}, 95% interval {coefficient(low)} to {coefficient(high)}",
        "hidden re-codes": str(_recodes(found)),
        "coders linked": "yes" if found.connected else "no",
    }
    yield from (f"  {name:18} {value}" for name, value in facts.items())
    yield from _table(found)
    if found.remarks:
        yield ""
        yield from (f"- {remark}" for remark in found.remarks)


def _table(found: "Proposal") -> Iterator[str]:
    """A line for each coder: sessions given now, then sessions coded together with each other coder."""
    codes = sorted(found.load)
    if not codes:
        return
    wide = max(5, *(len(code) + 2 for code in codes))
    yield ""
    yield f"  {'coder':{wide}}{'load':>6}   coded twice with"
    yield " " * (wide + 8) + "".join(f"{code:>{wide}}" for code in codes)
    for code in codes:
        together = (
            "-" if other == code else found.pairs[min(code, other), max(code, other)] for other in codes
        )
        yield f"  {code:{wide}}{found.load[code]:>6}" + "".join(f"{cell:>{wide}}" for cell in together)


def _recodes(found: "Proposal") -> int:
    return sum(one.occasion > 1 for one in found.new)


def _plain(plan: "Plan", found: "Proposal") -> dict[str, Any]:
    low, high = found.interval
    return {
        "plan": plan.to_plain(),
        "sampled": found.sampled,
        "by_phase": _by_phase(plan, found),
        "assignments": len(found.new),
        "recodes": _recodes(found),
        "double_coded": {"n": len(found.double_coded), "share": _share(found), "wanted": plan.double_share},
        "interval": None if math.isnan(low) else {"icc": plan.expected_icc, "low": low, "high": high},
        "connected": found.connected,
        "coders": [{"code": code, "load": found.load[code]} for code in sorted(found.load)],
        "pairs": [{"coders": list(pair), "n": n} for pair, n in sorted(found.pairs.items())],
        "remarks": [str(remark) for remark in found.remarks],
    }
