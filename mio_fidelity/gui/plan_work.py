"""The work of the assignment page that runs off the window's thread, and plans as files. Pure functions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mio_fidelity.coding import planned
from mio_fidelity.coding.draw import Proposal, draw
from mio_fidelity.coding.plan import Plan
from mio_fidelity.coding.planned import CarriedOut
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.report.files import replacing
from mio_fidelity.store import Done, Project


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan as it was drawn; nothing is stored.

    Attributes:
        today: The day re-codes are reckoned from.
        fingerprint: Of the study it was drawn on.
        sessions: How many sessions the study has.
        arms: The arms of the study.
        sites: Its sites.
        counts: Arm -> phase -> sessions the plan samples.
    """

    plan: Plan
    seed: int
    today: date
    fingerprint: str
    sessions: int
    arms: tuple[str, ...]
    sites: tuple[str, ...]
    proposal: Proposal
    counts: Mapping[str, Mapping[str, int]]


def draw_now(
    project: Project,
    plan: Plan,
    seed: int,
    today: date,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Drawn:
    """Draw ``plan`` on the study as it is.

    Raises:
        UserError: the plan has a problem.
        Cancelled: ``cancelled`` said yes.
    """
    ground = project.ask_elsewhere(planned.ground, plan, today)
    if cancelled():
        raise Cancelled
    proposal = draw(plan, ground, seed, on_progress, cancelled)
    return Drawn(
        plan,
        seed,
        today,
        ground.fingerprint,
        len(ground.sessions),
        tuple(sorted({each.arm for each in ground.sessions if each.arm})),
        tuple(sorted({each.site for each in ground.sessions if each.site})),
        proposal,
        per_phase(plan, proposal),
    )


def store(
    project: Project,
    drawn: Drawn,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Done[CarriedOut]:
    """Give out what was drawn, or nothing.

    Raises:
        UserError: the study has changed since.
        Cancelled: ``cancelled`` said yes.
    """
    return project.do_elsewhere(
        planned.carry_out,
        drawn.plan,
        drawn.seed,
        drawn.today,
        expected=drawn.fingerprint,
        on_progress=on_progress,
        cancelled=cancelled,
    )


def per_phase(plan: Plan, proposal: Proposal) -> dict[str, dict[str, int]]:
    """Arm to phase to number of sessions that the plan samples."""
    found: dict[str, dict[str, int]] = {}
    for each in sorted(proposal.drawn, key=lambda each: each.arm):
        row = found.setdefault(each.arm, {phase.name: 0 for phase in plan.phases})
        row[next(phase.name for phase in plan.phases if phase.first <= each.number <= phase.last)] += 1
    return found


def write_plan(path: Path, plan: Plan, seed: int) -> None:
    """Keep ``plan`` in a TOML file that `read_plan` reads; the seed stands in a comment.

    Raises:
        UserError: nothing can be written there; an old file is as it was.
    """
    with replacing(path) as scratch:
        scratch.write_text(f"# Drawn with: --seed {seed}\n{as_toml(plan)}", encoding="utf-8")


def as_toml(plan: Plan) -> str:
    """The plan as TOML: a line for each value, then a table for each phase."""
    plain = plan.to_plain()
    phases = plain.pop("phases")
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items()]
    for phase in phases:
        lines += ["", "[[phases]]", *(f"{key} = {_toml(value)}" for key, value in phase.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A text, number, truth or list of texts. JSON writes them as TOML reads them, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
