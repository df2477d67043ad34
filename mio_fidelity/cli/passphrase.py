"""Where the pass phrase of a study comes from: never from the command line, where others can see it."""

import argparse
import getpass
import os
import sys
from pathlib import Path

from mio_fidelity.errors import UserError

PASSPHRASE_VARIABLE = "MIO_FIDELITY_PASSPHRASE"


def study_arguments(parser: argparse.ArgumentParser) -> None:
    """The study folder, and where its pass phrase is."""
    parser.add_argument("study", type=Path, help="the study folder")
    passphrase_argument(parser)


def passphrase_argument(parser: argparse.ArgumentParser) -> None:
    """Where the pass phrase is."""
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="read the pass phrase from FILE")


def passphrase(options: argparse.Namespace, new: bool = False) -> str:
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
