"""The command line: the verbs and questions of the windows, for scripts and machines without a screen."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mio_fidelity import __version__
from mio_fidelity.cli import (
    assign,
    certification,
    counselors,
    drift,
    export,
    package,
    reliability,
    server,
    sessions,
    study,
    verify,
)
from mio_fidelity.cli.passphrase import PASSPHRASE_VARIABLE, study_arguments
from mio_fidelity.cli.study import ASKS
from mio_fidelity.errors import UserError
from mio_fidelity.settings import default_demo_folder

__all__ = ["ASKS", "COMMANDS", "PASSPHRASE_VARIABLE", "Command", "Entries", "main"]


@dataclass(frozen=True, slots=True)
class Entries:
    """What the command line starts but does not know: the windows, and the check of everything."""

    window: Callable[[Path | None], int]
    demo: Callable[[Path, bool], int]
    self_test: Callable[[bool], int]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what it does, its arguments, its function, and what its help says at the end."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Entries], int]
    epilog: str = ""


def main(words: Sequence[str], entries: Entries) -> int:
    """Run the command in ``words``; the exit code: 0 done, 2 when a person has to act."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark instead of failing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(_old_spelling(words) or ["window"])
    try:
        code = int(options.run(options, entries))
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"mio-fidelity: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("\nmio-fidelity: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read along has seen enough; nothing more can be said, not even at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


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
        one = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter
            if command.epilog
            else argparse.HelpFormatter,
        )
        command.arguments(one)
        one.set_defaults(run=command.run)
    return parser


def _window_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", type=Path, nargs="?", help="a study folder to offer for opening")


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=None, help="where the demo study lies")
    parser.add_argument(
        "--again", action="store_true", help="throw the old demo study away and make a new one"
    )


def _self_test_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", action="store_true", help="open and close the real window too")


def _window(options: argparse.Namespace, entries: Entries) -> int:
    return entries.window(options.study)


def _demo(options: argparse.Namespace, entries: Entries) -> int:
    return entries.demo(options.folder or default_demo_folder(), options.again)


def _self_test(options: argparse.Namespace, entries: Entries) -> int:
    return entries.self_test(options.window)


def _without(
    run: Callable[[argparse.Namespace], int],
) -> Callable[[argparse.Namespace, Entries], int]:
    """For the commands that start nothing else."""
    return lambda options, _entries: run(options)


COMMANDS = (
    Command("window", "Open the window.", _window_arguments, _window),
    Command("demo", "Open the window on the demo study, which is made when missing.", _demo_arguments, _demo),
    Command("new", "Make a new, encrypted study.", study.new_arguments, _without(study.new)),
    Command(
        "add-recording",
        "Check a recording, add it to a study, and give it to people to rate.",
        study.recording_arguments,
        _without(study.add_recording),
    ),
    Command(
        "info",
        "Say what a study holds and whether its file is intact.",
        study_arguments,
        _without(study.info),
    ),
    Command(
        "assign",
        "Give sessions out by a plan, or show what it would give out.",
        assign.arguments,
        _without(assign.run),
        assign.EPILOG,
    ),
    Command(
        "reliability",
        "Say how reliable the ratings of a study, or of a table from elsewhere, are.",
        reliability.arguments,
        _without(reliability.run),
        reliability.EPILOG,
    ),
    Command(
        "certification",
        "Say whether coders meet the study's rule, and keep the verdict.",
        certification.arguments,
        _without(certification.run),
        certification.EPILOG,
    ),
    Command(
        "counselors",
        "Say how faithful the sessions of the counselors are, over the sessions and in each arm.",
        counselors.arguments,
        _without(counselors.run),
        counselors.EPILOG,
    ),
    Command(
        "import-sessions",
        "Take sessions in from a manifest or a folder of recordings.",
        sessions.arguments,
        _without(sessions.run),
        sessions.EPILOG,
    ),
    Command(
        "export",
        "Write the tables of a study: sessions, recordings, assignments, workload and more.",
        export.arguments,
        _without(export.run),
        export.EPILOG,
    ),
    Command(
        "package",
        "Hand a coder's work out in one file, take returned work in, and list both.",
        package.arguments,
        _without(package.run),
        package.EPILOG,
    ),
    Command(
        "verify",
        "Check a study: its file, audit trail, ratings, recordings and backups.",
        verify.arguments,
        _without(verify.run),
        verify.EPILOG,
    ),
    Command(
        "connect",
        "Connect to a study on a server, try the connection, and say who signs in as whom.",
        server.connect_arguments,
        _without(server.connect),
        server.CONNECT_EPILOG,
    ),
    Command(
        "move",
        "Move a study from its folder to a server, or back.",
        server.move_arguments,
        _without(server.move),
        server.MOVE_EPILOG,
    ),
    Command(
        "export-plain",
        "Write the pseudonymous ratings into a plain, unencrypted SQLite file.",
        server.plain_arguments,
        _without(server.plain),
    ),
    Command(
        "drift",
        "Say which coder rates otherwise than before, since when and by how much.",
        drift.arguments,
        _without(drift.run),
        drift.EPILOG,
    ),
    Command(
        "self-test",
        "Check that everything the program needs works on this computer.",
        _self_test_arguments,
        _self_test,
    ),
)
