"""The command line: the verbs and questions of the windows, for scripts and machines without a screen."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mio_fidelity import __version__
from mio_fidelity.coding import assign, overview, people, recordings
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import read_instrument, shipped_instrument
from mio_fidelity.media.probe import Examined, clock, examine
from mio_fidelity.settings import default_demo_folder
from mio_fidelity.store import Project, Purpose, Role

PASSPHRASE_VARIABLE = "MIO_FIDELITY_PASSPHRASE"
ASKS = {Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.PRODUCTION, Purpose.RELIABILITY, Purpose.DRIFT}


@dataclass(frozen=True, slots=True)
class Entries:
    """What the command line starts but does not know: the windows, and the check of everything."""

    window: Callable[[Path | None], int]
    demo: Callable[[Path, bool], int]
    self_test: Callable[[bool], int]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what it does, its arguments, its function."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Entries], int]


def main(words: Sequence[str], entries: Entries) -> int:
    """Run the command in ``words``; the exit code: 0 done, 2 when a person has to act."""
    options = _parser().parse_args(_old_spelling(words) or ["window"])
    try:
        return int(options.run(options, entries))
    except UserError as error:
        print(f"mio-fidelity: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("\nmio-fidelity: stopped", file=sys.stderr)
        return 130


def _old_spelling(words: Sequence[str]) -> list[str]:
    """Frozen programs are customarily asked to test themselves with a flag."""
    return ["self-test" if word == "--self-test" else word for word in words]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mio-fidelity",
        description="Fidelity coding of recorded therapy sessions. Without a command the window opens.",
        epilog=f"The pass phrase is asked for, or taken from the variable {PASSPHRASE_VARIABLE} or a file; "
        "never from the command line, where others can see it.",
    )
    parser.add_argument("--version", action="version", version=f"MIO Fidelity {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(one)
        one.set_defaults(run=command.run)
    return parser


def _study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", type=Path, help="the study folder")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="read the pass phrase from FILE")


def _window_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", type=Path, nargs="?", help="a study folder to offer for opening")


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=None, help="where the demo study lies")
    parser.add_argument(
        "--again", action="store_true", help="throw the old demo study away and make a new one"
    )


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument("--title", default="Study", help="what the study is called in the window")
    parser.add_argument(
        "--supervisor", action="append", default=[], metavar="CODE", help="a supervisor's code"
    )
    parser.add_argument("--coder", action="append", default=[], metavar="CODE", help="a coder's code")
    parser.add_argument("--instrument", type=Path, metavar="FILE", help="the lab's own instrument file")


def _recording_arguments(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="the recording; several are its parts"
    )
    parser.add_argument("--client", required=True, help="pseudonymous id, such as C017")
    parser.add_argument("--number", required=True, type=int, help="which session of the treatment, from 1")
    for name in ("arm", "site", "counselor"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--date", type=date.fromisoformat, help="day of the session, YYYY-MM-DD")
    parser.add_argument("--knowingly", action="store_true", help="take damaged files in as they are")
    parser.add_argument(
        "--assign", action="append", default=[], metavar="CODE", help="give it to this person"
    )
    parser.add_argument("--purpose", type=Purpose, choices=sorted(ASKS), default=Purpose.PRODUCTION)
    parser.add_argument("--due", type=date.fromisoformat, help="day the ratings are due, YYYY-MM-DD")


def _self_test_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", action="store_true", help="open and close the real window too")


def _window(options: argparse.Namespace, entries: Entries) -> int:
    return entries.window(options.study)


def _demo(options: argparse.Namespace, entries: Entries) -> int:
    return entries.demo(options.folder or default_demo_folder(), options.again)


def _self_test(options: argparse.Namespace, entries: Entries) -> int:
    return entries.self_test(options.window)


def _new(options: argparse.Namespace, _entries: Entries) -> int:
    instrument = read_instrument(options.instrument) if options.instrument else shipped_instrument()
    people.check_codes([*options.supervisor, *options.coder])
    with Project.create(options.study, _passphrase(options, new=True), options.title) as project:
        for role, codes in ((Role.SUPERVISOR, options.supervisor), (Role.CODER, options.coder)):
            for code in codes:
                project.do(people.add_person, code, role)
        project.do(assign.use_instrument, instrument)
    print("The study is ready. Keep the pass phrase safe: without it nobody can open the study.")
    return 0


def _add_recording(options: argparse.Namespace, _entries: Entries) -> int:
    facts = recordings.SessionFacts(
        options.client, options.number, options.arm, options.counselor, options.site, options.date
    )
    with Project.open(options.study, _passphrase(options)) as project:
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
    print(f"Added: {clock(sum(each.duration_ms for each in found))}, given to {len(to)} people.")
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


def _info(options: argparse.Namespace, _entries: Entries) -> int:
    with Project.open(options.study, _passphrase(options)) as project:
        for name, value in project.ask(overview.overview):
            print(f"{name:28} {value}")
        sound = project.sound()
        print(f"{'integrity':28} {'intact' if sound else 'DAMAGED'}")
    return 0 if sound else 1


def _passphrase(options: argparse.Namespace, new: bool = False) -> str:
    """From the file named, the environment, or a prompt, in that order."""
    if options.passphrase_file:
        try:
            return str(options.passphrase_file.read_text(encoding="utf-8-sig")).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                "The file with the pass phrase cannot be read. Check its name and rights."
            ) from error
    if PASSPHRASE_VARIABLE in os.environ:
        return os.environ[PASSPHRASE_VARIABLE]
    if not sys.stdin.isatty():
        raise UserError(
            "There is no terminal to ask for the pass phrase. Set {variable} or use --passphrase-file.",
            variable=PASSPHRASE_VARIABLE,
        )
    phrase = getpass.getpass("Pass phrase: ")
    if new and getpass.getpass("Once more: ") != phrase:
        raise UserError("The two pass phrases differ. Start again.")
    return phrase


COMMANDS = (
    Command("window", "Open the window.", _window_arguments, _window),
    Command("demo", "Open the window on the demo study, which is made when missing.", _demo_arguments, _demo),
    Command("new", "Make a new, encrypted study.", _new_arguments, _new),
    Command(
        "add-recording",
        "Check a recording, add it to a study, and give it to people to rate.",
        _recording_arguments,
        _add_recording,
    ),
    Command("info", "Say what a study holds and whether its file is intact.", _study, _info),
    Command(
        "self-test",
        "Check that everything the program needs works on this computer.",
        _self_test_arguments,
        _self_test,
    ),
)
