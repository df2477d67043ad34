"""Which supervisor a command is run by."""

import argparse

from mio_fidelity.coding import people
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, Role


def supervisor_argument(parser: argparse.ArgumentParser) -> None:
    """Who runs the command."""
    parser.add_argument(
        "--as",
        dest="by",
        metavar="CODE",
        help="the supervisor who does it; needless with only one, or with a pass phrase of her own",
    )


def sign_in(project: Project, code: str | None) -> None:
    """Say who is at work: whose pass phrase it is, else the supervisor named, else the only one.

    In a study without a supervisor that is whoever holds the pass phrase.

    Raises:
        UserError: nobody has this code, it is somebody else's than the pass phrase, or there are several
            supervisors and none is named.
    """
    if code is None and project.holder is not None:
        return
    members = project.ask(people.roster)
    if code is None:
        supervisors = [member for member in members if member.role == Role.SUPERVISOR]
        if len(supervisors) > 1:
            raise UserError("Say who you are: add --as with the code of a supervisor.")
        found = supervisors
    else:
        found = [member for member in members if member.code == code]
        if not found:
            raise UserError("Nobody in the study is called {code}.", code=code)
    for member in found:
        project.sign_in(member.id)


def sign_in_if_needed(project: Project, code: str | None) -> None:
    """As `sign_in`, where people open the study as themselves; else whoever holds the pass phrase may ask.

    Raises:
        UserError: as `sign_in`.
    """
    if project.nobody:
        sign_in(project, code)
