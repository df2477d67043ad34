"""Making a study, adding recordings to it, and saying what it holds."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.cli.words import iso_day
from mio_fidelity.coding import assign, overview, people, recordings
from mio_fidelity.decimals import counted
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import read_instrument, shipped_instrument
from mio_fidelity.media.probe import Examined, clock, examine
from mio_fidelity.store import Project, Purpose, Role

ASKS = {Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.PRODUCTION, Purpose.RELIABILITY, Purpose.DRIFT}


def new_arguments(parser: argparse.ArgumentParser) -> None:
    """What making a study needs."""
    study_arguments(parser)
    parser.add_argument("--title", default="Study", help="what the study is called in the window")
    for role, code in (("supervisor", "S1"), ("coder", "R1")):
        parser.add_argument(
            f"--{role}",
            action="append",
            default=[],
            metavar="CODE",
            help=f"a {role}'s code, such as {code}; may be repeated",
        )
    parser.add_argument("--instrument", type=Path, metavar="FILE", help="the lab's own instrument file")


def recording_arguments(parser: argparse.ArgumentParser) -> None:
    """What adding a recording needs."""
    study_arguments(parser)
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="the recording; several are its parts"
    )
    parser.add_argument("--client", required=True, help="pseudonymous id, such as C017")
    parser.add_argument("--number", required=True, type=int, help="which session of the treatment, from 1")
    for name, words in (
        ("arm", "arm of the trial, such as MIO"),
        ("site", "site of the client, such as North"),
        ("counselor", "who held it: pseudonymous id, such as K02"),
    ):
        parser.add_argument(f"--{name}", help=words)
    parser.add_argument("--date", type=iso_day, help="day of the session, YYYY-MM-DD")
    parser.add_argument("--knowingly", action="store_true", help="take damaged files in as they are")
    parser.add_argument(
        "--assign",
        action="append",
        default=[],
        metavar="CODE",
        help="give it to this person; may be repeated",
    )
    parser.add_argument(
        "--purpose",
        type=Purpose,
        choices=sorted(ASKS),
        default=Purpose.PRODUCTION,
        help="what the ratings are for; production unless told",
    )
    parser.add_argument("--due", type=iso_day, help="day the ratings are due, YYYY-MM-DD")


def new(options: argparse.Namespace) -> int:
    """Make a study."""
    instrument = read_instrument(options.instrument) if options.instrument else shipped_instrument()
    people.check_codes([*options.supervisor, *options.coder])
    with Project.create(options.study, passphrase(options, new=True), options.title) as project:
        for role, codes in ((Role.SUPERVISOR, options.supervisor), (Role.CODER, options.coder)):
            for code in codes:
                project.do(people.add_person, code, role)
        project.do(assign.use_instrument, instrument)
    print("The study is ready. Keep the pass phrase safe: without it nobody can open the study.")
    return 0


def add_recording(options: argparse.Namespace) -> int:
    """Check a recording, add it, and give it to people."""
    facts = recordings.SessionFacts(
        options.client, options.number, options.arm, options.counselor, options.site, options.date
    )
    with Project.open(options.study, passphrase(options)) as project:
        person = {member.code: member.id for member in project.ask(people.roster)}
        unknown = [code for code in options.assign if code not in person]
        if unknown:
            raise UserError("Nobody in the study is called {code}.", code=", ".join(unknown))
        found = [_examined(path) for path in options.files]
        if any(each.problems for each in found) and not options.knowingly:
            raise UserError("Nothing was added. To take the file in as it is, add --knowingly.")
        files = [(str(path), each) for path, each in zip(options.files, found, strict=True)]
        to = list(dict.fromkeys(person[code] for code in options.assign))
        project.do(assign.add_and_assign, facts, files, project.folder, to, options.purpose, options.due)
        # A picture that cannot be kept is made again when it is wanted.
        with suppress(OSError):
            for each in found:
                project.peaks.write(each.sha256, each.peaks.to_bytes())
    length, whom = clock(sum(each.duration_ms for each in found)), counted(len(to), "person", "people")
    print(f"Added: {length}, given to {whom}.")
    return 0


def _examined(path: Path) -> Examined:
    show = sys.stderr.isatty()

    def progress(share: float) -> None:
        if show:
            print(f"\rReading the recording: {share:4.0%}", end="", file=sys.stderr)

    found = examine(path, progress)
    if show:
        print(file=sys.stderr)
    for problem in found.problems:
        print(f"mio-fidelity: {problem}", file=sys.stderr)
    return found


def info(options: argparse.Namespace) -> int:
    """Print what a study holds; 1 when its file is damaged."""
    with Project.open(options.study, passphrase(options)) as project:
        for name, value in project.ask(overview.overview):
            print(f"{name:28} {value}")
        sound = project.sound()
        print(f"{'integrity':28} {'intact' if sound else 'DAMAGED'}")
    return 0 if sound else 1
