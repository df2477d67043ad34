"""Figures frozen in a study, from the command line."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mio_fidelity.cli.acting import sign_in_if_needed
from mio_fidelity.coding import people
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, Role

if TYPE_CHECKING:
    from mio_fidelity.analysis.results import Findings
    from mio_fidelity.analysis.table import ScoreTable

FORMS = {"two_way": "two-way", "one_way": "one-way"}


def freezing_arguments(parser: argparse.ArgumentParser) -> None:
    """Freezing, and listing what is frozen."""
    group = parser.add_argument_group("figures kept in a study for good")
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--freeze", metavar="LABEL", help="keep these figures under a name; no personal data in it"
    )
    one.add_argument("--frozen", action="store_true", help="only list what was kept")
    group.add_argument("--as", dest="by", metavar="CODE", help="who does it; needless with one supervisor")


def check_freezing(options: argparse.Namespace, is_study: bool) -> None:
    """Refuse early what could not be frozen late.

    Raises:
        UserError: there is no study, or no name.
    """
    if (options.frozen or options.freeze is not None) and not is_study:
        raise UserError("Figures are frozen in a study only. Name a study folder instead of a table.")
    if options.freeze is not None and not options.freeze.strip():
        raise UserError("Give the frozen figures a name first, such as the paper they are for.")


def person_who_freezes(project: Project, code: str | None) -> str:
    """The id of the person with this code, or whose pass phrase it is, or of the only supervisor.

    Raises:
        UserError: nobody has the code, or there is not one supervisor.
    """
    if code is None and project.holder is not None:
        return project.holder
    members = project.ask(people.roster)
    if code is None:
        supervisors = [member.id for member in members if member.role == Role.SUPERVISOR]
        if len(supervisors) != 1:
            raise UserError("Say who freezes the figures: add --as with the code of a person.")
        return supervisors[0]
    for member in members:
        if member.code == code:
            return member.id
    raise UserError("Nobody in the study is called {code}.", code=code)


def keep(
    folder: Path, phrase: str, options: argparse.Namespace, findings: "Findings", table: "ScoreTable"
) -> str:
    """Freeze; the line that says so."""
    from mio_fidelity.analysis.frozen import freeze

    with Project.open(folder, phrase) as project:
        project.sign_in(person_who_freezes(project, options.by))
        project.do(freeze, findings, options.freeze, table)
    return f"Frozen in the study as {options.freeze.strip()}"


def frozen_lines(folder: Path, phrase: str, code: str | None) -> list[str]:
    """What is frozen, the newest first; asked by the supervisor with this code where it has to be one."""
    from mio_fidelity.analysis.frozen import frozen_list

    with Project.open(folder, phrase) as project:
        sign_in_if_needed(project, code)
        kept = project.ask(frozen_list)
    return [
        f"{line.made_at:%Y-%m-%d %H:%M} UTC  {line.person_code:8}  {line.n_sessions:4} double-coded  "
        f"{FORMS[line.form]}  {line.label}"
        for line in kept
    ] or ["Nothing is frozen in this study yet."]
